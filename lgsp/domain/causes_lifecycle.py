"""The causes of what looks odd in a dossier's life: edits of dates that were promised, jumps and resets.

None of them turns a dossier away. The agency is asked, not the vendor: its staff know why a date was changed.
"""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity

_ASK_VI = "Không cần gửi lại; đơn vị xử lý hồ sơ giải trình. Giá trị báo lần đầu vẫn được giữ làm chứng cứ."
_ASK_EN = "Nothing has to be sent again; the agency explains it. What was first told is kept as evidence."
_KNOWN_VI = "Không cần làm gì; ngày hẹn trả cũ và mới đều được giữ."
_KNOWN_EN = "Nothing has to be done; the old and the new due date are both kept."


def _edit(code: str, vi: str, en: str) -> Cause:
    """Return a cause for an edit that somebody should be able to explain."""
    return Cause(code, vi, en, Party.AGENCY, _ASK_VI, _ASK_EN, severity=Severity.WARNING)


ROWS = (
    _edit(
        "status-jump",
        "{place}: chuyển trạng thái không theo trình tự ({detail})",
        "{place}: the status moved out of the ordinary order ({detail})",
    ),
    _edit(
        "reset",
        "{place}: hồ sơ đã kết thúc hoặc đã quá hạn được đặt lại ({detail})",
        "{place}: a dossier that had ended, or was overdue, was set anew ({detail})",
    ),
    Cause(
        "due-date-extended",
        "{place}: ngày hẹn trả được lùi do bổ sung hồ sơ hoặc tạm dừng tính thời gian ({detail})",
        "{place}: the due date moved for a supplement, an extension or a pause ({detail})",
        Party.NOBODY,
        _KNOWN_VI,
        _KNOWN_EN,
        severity=Severity.INFO,
    ),
    _edit(
        "due-date-edited",
        "{place}: ngày hẹn trả bị sửa mà không có lý do kèm theo ({detail})",
        "{place}: the due date was changed, and nothing says why ({detail})",
    ),
    _edit(
        "due-date-edited-late",
        "{place}: ngày hẹn trả bị sửa khi đã quá hạn hoặc đã kết thúc xử lý ({detail})",
        "{place}: the due date was changed after it had passed, or after the handling had ended ({detail})",
    ),
    _edit(
        "finish-set-to-due",
        "{place}: ngày kết thúc xử lý được đặt đúng bằng ngày hẹn trả ({detail})",
        "{place}: the finish date was set to the due date ({detail})",
    ),
    _edit(
        "finish-date-edited",
        "{place}: ngày kết thúc xử lý đã báo bị sửa ({detail})",
        "{place}: a finish date that had been told was changed ({detail})",
    ),
)

"""The causes of what differs from a catalogue, of what waits for one, and of what lists close.

A catalogue turns nothing away: the national one is typed by hand too, and may be behind.
"""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity

_COMPARE_VI = (
    "Không cần gửi lại; nhà cung cấp đồng bộ lại danh mục thủ tục, hoặc cơ quan công bố sửa trên Cổng. Xem"
    " `lgsp procedures show` với mã thủ tục."
)
_COMPARE_EN = (
    "Nothing has to be sent again; the vendor reads the catalogue anew, or the publishing agency corrects it"
    " on the portal. See `lgsp procedures show` with the code."
)
_BROUGHT_VI = (
    "Người vận hành xem `lgsp jobs history` và chạy tác vụ lấy danh mục thủ tục. Hồ sơ tự đi tiếp khi danh"
    " mục có mã; chờ lâu như tổng các khoảng chuyển lại thì đi nguyên như nguồn đã báo."
)
_BROUGHT_EN = (
    "An operator looks at `lgsp jobs history` and runs the job that brings the catalogue. The dossier goes on"
    " by itself as soon as the code is there; after as long as all intervals of patience it goes as it was"
    " told."
)
_NOTHING_VI, _NOTHING_EN = "Không cần làm gì.", "Nothing has to be done."
_UNLISTED_VI = (
    "Nhà cung cấp điền tên thủ tục, lĩnh vực hoặc sửa mã; cơ quan công bố đăng thủ tục trên Cổng. Hồ sơ tự đi"
    " tiếp khi danh mục có mã; chờ lâu như tổng các khoảng chuyển lại thì đi nguyên như nguồn đã báo."
)
_UNLISTED_EN = (
    "The vendor gives the names or corrects the code; the publishing agency lists the procedure on the"
    " portal. The dossier goes on by itself as soon as the code is there; after as long as all intervals of"
    " patience it goes as it was told."
)


def _differs(code: str, vi: str, en: str) -> Cause:
    """Return a cause for what a message says otherwise than the catalogue."""
    return Cause(code, vi, en, Party.VENDOR, _COMPARE_VI, _COMPARE_EN, severity=Severity.WARNING)


ROWS = (
    _differs(
        "procedure-unknown",
        "{place}: danh mục thủ tục không có mã này ({detail})",
        "{place}: the catalogue of procedures does not have this code ({detail})",
    ),
    _differs(
        "procedure-closed",
        "{place}: thủ tục đã đóng trong danh mục ({detail})",
        "{place}: the procedure is closed in the catalogue ({detail})",
    ),
    _differs(
        "procedure-name-differs",
        "{place}: tên thủ tục khác danh mục ({detail})",
        "{place}: the procedure's name is not that of the catalogue ({detail})",
    ),
    _differs(
        "procedure-field-differs",
        "{place}: lĩnh vực khác danh mục ({detail})",
        "{place}: the field is not that of the catalogue ({detail})",
    ),
    Cause(
        "catalogue-not-here",
        "Hồ sơ thiếu tên thủ tục hoặc lĩnh vực, và danh mục thủ tục chưa được lấy về đủ",
        "The dossier lacks the name of its procedure or field, and the catalogue has not been brought whole",
        Party.PLATFORM,
        _BROUGHT_VI,
        _BROUGHT_EN,
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "procedure-not-listed",
        "Hồ sơ thiếu tên thủ tục hoặc lĩnh vực, và danh mục thủ tục không có mã này",
        "The dossier lacks the name of its procedure or field, and the catalogue does not have its code",
        Party.VENDOR,
        _UNLISTED_VI,
        _UNLISTED_EN,
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "closed-by-list",
        "{place}: mục này không còn trong danh mục đầy đủ vừa lấy về, được đóng và không bị xóa",
        "{place}: a whole list has the item no more; it is closed, and not deleted",
        Party.NOBODY,
        _NOTHING_VI,
        _NOTHING_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "listed-again",
        "{place}: mục này có lại trong danh mục, được mở lại",
        "{place}: the list has the item again; it is open again",
        Party.NOBODY,
        _NOTHING_VI,
        _NOTHING_EN,
        severity=Severity.INFO,
    ),
)

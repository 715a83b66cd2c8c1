"""The causes of what was found when other systems were asked about a message before it was sent."""

from __future__ import annotations

from lgsp.domain.cause import AGAIN_EN, AGAIN_VI, Cause, Party, Severity

_AGENCY_VI = (
    "Cơ quan xử lý đối chiếu với giấy tờ của chủ hồ sơ, sửa ở phần mềm một cửa rồi gửi lại; nếu hồ sơ đúng,"
    " người vận hành cho đi tiếp (release) hoặc hỏi lại (replay)."
)
_AGENCY_EN = (
    "The agency compares it with the owner's papers, mends it at the source and sends it again; if the"
    " dossier is right, an operator releases it, or has it asked anew (replay)."
)
_VENDOR_VI = (
    "Phần mềm một cửa gửi đủ thông tin rồi gửi lại; nếu vẫn cần chuyển, người vận hành cho đi tiếp (release)."
)
_VENDOR_EN = (
    "The source tells what is missing and sends it again; an operator releases it where it has to go without."
)


def _found(code: str, vi: str, en: str, party: Party, mend: tuple[str, str]) -> Cause:
    return Cause(code, vi, en, party, *mend, severity=Severity.WARNING)


ROWS = (
    Cause(
        "checking",
        "Đang chờ hệ thống khác trả lời việc kiểm tra trước khi chuyển",
        "Waiting for the answer of another system, which is asked before it is sent",
        Party.NOBODY,
        AGAIN_VI,
        AGAIN_EN,
        retry_helps=True,
        severity=Severity.INFO,
    ),
    _found(
        "check-differs",
        "{place}: kiểm tra không khớp: {detail}",
        "{place}: what was checked is not so: {detail}",
        Party.AGENCY,
        (_AGENCY_VI, _AGENCY_EN),
    ),
    _found(
        "check-not-found",
        "{place}: hệ thống được hỏi không có người hoặc đối tượng này: {detail}",
        "{place}: the system that was asked knows nobody of the kind: {detail}",
        Party.AGENCY,
        (_AGENCY_VI, _AGENCY_EN),
    ),
    _found(
        "check-refused",
        "{place}: hệ thống được hỏi không trả lời câu hỏi này: {detail}",
        "{place}: the system that was asked will not answer this question: {detail}",
        Party.AGENCY,
        (_AGENCY_VI, _AGENCY_EN),
    ),
    _found(
        "check-incomplete",
        "{place}: nội dung không đủ để kiểm tra: {detail}",
        "{place}: it does not say what has to be known to check it: {detail}",
        Party.VENDOR,
        (_VENDOR_VI, _VENDOR_EN),
    ),
    Cause(
        "check-unavailable",
        "{place}: không kiểm tra được vì hệ thống được hỏi không trả lời: {detail}",
        "{place}: it could not be checked, for nobody answered: {detail}",
        Party.MINISTRY,
        "Nếu đang chờ: trục tự hỏi lại. Nếu đã chuyển: không cần gửi lại; xem lại hệ thống được hỏi.",
        "What waits is asked about again by itself. What went needs nothing; see to the system asked.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
)

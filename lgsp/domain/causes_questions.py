"""The causes for which a question that somebody waits for got no answer."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity

_LATER_VI = "Hỏi lại sau số giây ghi ở Retry-After; câu hỏi không được xếp hàng để hỏi sau."
_LATER_EN = "Ask again after the seconds of Retry-After; a question is not kept to be asked later."
_OVER_VI, _OVER_EN = "Cần thì hỏi lại.", "Ask again where the answer is still wanted."


def _later(code: str, vi: str, en: str, severity: Severity = Severity.INFO) -> Cause:
    """Return a cause for which nobody was asked: the far side is spared just now."""
    words = (code, vi, en, Party.PLATFORM, _LATER_VI, _LATER_EN)
    return Cause(*words, retry_helps=True, severity=severity)


def _over(code: str, vi: str, en: str, party: Party, severity: Severity) -> Cause:
    """Return a cause for which nobody knows what the far side would have said."""
    return Cause(code, vi, en, party, _OVER_VI, _OVER_EN, retry_helps=True, severity=severity)


ROWS = (
    Cause(
        "nobody-answers",
        "{place}: chưa có tuyến nào chỉ hệ thống trả lời loại câu hỏi này cho hệ thống đang hỏi: {detail}",
        "{place}: no route names a system that answers this question for the one that asks: {detail}",
        Party.PLATFORM,
        "Nhờ người vận hành trục công bố tuyến cho loại câu hỏi này, hoặc hỏi loại khác.",
        "Ask an operator of the platform to publish a route for this question, or ask another type.",
    ),
    _later(
        "too-busy",
        "Đã có quá nhiều câu hỏi đang chờ hệ thống trả lời; câu hỏi này chưa được hỏi",
        "As many questions as may wait for the answering system wait already; this one was not asked",
        Severity.WARNING,
    ),
    _later(
        "quota-used-up",
        "Đã hết hạn mức câu hỏi gửi tới hệ thống trả lời; câu hỏi này chưa được hỏi",
        "The quota of questions to the answering system is used up; this one was not asked",
    ),
    _over(
        "deadline-passed",
        "Hệ thống trả lời không trả lời kịp trong thời gian bên hỏi chờ",
        "The answering system gave no answer in the time for which the asker waited",
        Party.MINISTRY,
        Severity.WARNING,
    ),
    _over(
        "caller-gone",
        "Bên hỏi đã ngắt kết nối trước khi có câu trả lời",
        "The asker went away before there was an answer",
        Party.VENDOR,
        Severity.INFO,
    ),
    _over(
        "lost-track",
        "Tiến trình đang hỏi dừng giữa chừng: không rõ hệ thống kia đã trả lời hay chưa",
        "The process that asked went away: whether the other system answered is not known",
        Party.PLATFORM,
        Severity.WARNING,
    ),
    Cause(
        "receipt-mistyped",
        "Mã bí mật trên giấy biên nhận gõ chưa đúng",
        "The secret of the receipt was mistyped",
        Party.NOBODY,
        "Gõ lại đúng 12 ký tự in trên giấy biên nhận; không phân biệt chữ hoa, chữ thường và dấu gạch nối.",
        "Type the 12 characters of the receipt again; capitals and hyphens do not matter.",
        severity=Severity.INFO,
    ),
    Cause(
        "answer-broken",
        "Câu trả lời của hệ thống trả lời sai mô hình dữ liệu; không được chuyển cho bên hỏi",
        "The answer is not as its schema asks, and was not handed to the asker",
        Party.MINISTRY,
        "Người vận hành xem chỗ sai trong log (answer broken) và báo đơn vị vận hành hệ thống trả lời.",
        "An operator finds the places in the log (answer broken) and tells those who run that system.",
    ),
)

"""The causes for which the integration platform, or a service behind it, gives no answer."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity
from lgsp.errors import Scope

_AGAIN_VI = "Hỏi lại sau; câu hỏi không được giữ lại để hỏi thay."
_AGAIN_EN = "Ask again later; a question is not kept to be asked by itself."
_CORRECT_VI = "Bên hỏi kiểm tra lại nội dung câu hỏi rồi hỏi lại."
_CORRECT_EN = "Whoever asks looks at the question, mends it and asks again."


def _away(code: str, vi: str, en: str, concerns: Scope = Scope.MESSAGE) -> Cause:
    """Return a cause that passes by itself."""
    words = (code, vi, en, Party.MINISTRY, _AGAIN_VI, _AGAIN_EN)
    return Cause(*words, retry_helps=True, severity=Severity.WARNING, concerns=concerns)


def _wrong(code: str, vi: str, en: str) -> Cause:
    """Return a cause that whoever asks mends."""
    return Cause(code, vi, en, Party.VENDOR, _CORRECT_VI, _CORRECT_EN, severity=Severity.INFO)


def _ours(code: str, vi: str, en: str, mend_vi: str, mend_en: str) -> Cause:
    """Return a cause that the platform's operators and ours settle between them."""
    return Cause(code, vi, en, Party.PLATFORM, mend_vi, mend_en)


ROWS = (
    Cause(
        "ngsp-credentials",
        "Nền tảng tích hợp (NGSP) không chấp nhận client_id, client_secret của tỉnh",
        "The integration platform does not accept our client_id and client_secret",
        Party.PLATFORM,
        "Kiểm tra `client_id`, `client_secret`, `credentials` trong routes.yaml; hỏi nơi cấp ứng dụng.",
        "Look at `client_id`, `client_secret` and `credentials` in routes.yaml; ask who issued them.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    _away(
        "ngsp-no-token",
        "Nền tảng tích hợp không cấp token, hoặc trả lời điều không phải là token",
        "The integration platform gave no token, or something that is none",
        Scope.SYSTEM,
    ),
    _away(
        "ngsp-token-refused",
        "Nền tảng tích hợp không chấp nhận token vừa cấp",
        "The integration platform does not accept the token that it has just given",
        Scope.SYSTEM,
    ),
    _away(
        "ngsp-throttled",
        "Nền tảng tích hợp báo đã gọi quá số lần cho phép",
        "The integration platform says that it was called more often than it allows",
    ),
    _away(
        "ngsp-service-away",
        "Dịch vụ sau nền tảng tích hợp đang tạm dừng hoặc không trả lời",
        "The service behind the integration platform is away or does not answer",
    ),
    Cause(
        "ngsp-answer-unreadable",
        "Câu trả lời không phải JSON hay XML hợp lệ; không được sửa thay, không chuyển cho bên hỏi",
        "The answer is neither valid JSON nor XML; it was not repaired, and not handed to the asker",
        Party.MINISTRY,
        "Báo đơn vị vận hành dịch vụ; phần chi tiết ghi dạng, cỡ và chỗ hỏng, không ghi nội dung.",
        "Tell those who run the service; the detail says form, size and fault, nothing of the content.",
        retry_helps=True,
    ),
    _ours(
        "ngsp-not-subscribed",
        "Ứng dụng của tỉnh chưa được quyền gọi dịch vụ này trên nền tảng tích hợp",
        "Our application may not call this service of the integration platform",
        "Đăng ký (subscribe) ứng dụng với dịch vụ này trên nền tảng, hoặc hỏi đơn vị vận hành nền tảng.",
        "Subscribe the application to the service on the platform, or ask those who run it.",
    ),
    _ours(
        "ngsp-service-unknown",
        "Nền tảng tích hợp không có dịch vụ ở địa chỉ đã khai báo",
        "The integration platform has no service at the configured address",
        "Sửa đường dẫn dịch vụ (`…_path`) trong routes.yaml theo tài liệu của nền tảng.",
        "Mend the path of the service (`…_path`) in routes.yaml after the platform's documents.",
    ),
    _ours(
        "ngsp-not-offered",
        "Nền tảng tích hợp này không có dịch vụ trả lời loại câu hỏi này",
        "This integration platform has no service that answers this question",
        "Nếu nền tảng đã có dịch vụ, khai báo đường dẫn (`…_path`) trong routes.yaml; nếu không, bỏ tuyến.",
        "Where it has one by now, give its path (`…_path`) in routes.yaml; else take the route away.",
    ),
    _ours(
        "ngsp-not-allowed",
        "Dịch vụ cho biết tỉnh không được phép hỏi điều này",
        "The service says that we may not ask this",
        "Hỏi đơn vị vận hành dịch vụ về quyền khai thác của tỉnh.",
        "Ask those who run the service what the province may ask.",
    ),
    _ours(
        "ngsp-service-credentials",
        "Dịch vụ hộ tịch báo mã xác thực không chính xác (100)",
        "The civil status registry says that our credentials are wrong (100)",
        "Hỏi đơn vị vận hành nền tảng: mã xác thực với dịch vụ này do nền tảng gửi.",
        "Ask those who run the platform: it is the platform that shows the credentials to the service.",
    ),
    _ours(
        "ngsp-address-not-allowed",
        "Dịch vụ hộ tịch không cho phép địa chỉ IP (101)",
        "The civil status registry does not allow the IP address (101)",
        "Đề nghị đơn vị vận hành dịch vụ cho phép địa chỉ của nền tảng.",
        "Ask those who run the service to allow the platform's address.",
    ),
    Cause(
        "ngsp-another-subject",
        "Câu trả lời nói về doanh nghiệp hoặc người khác với mã được hỏi; không được chuyển cho bên hỏi",
        "The answer is of another enterprise, or person, than was asked for, and was not handed on",
        Party.MINISTRY,
        "Báo đơn vị vận hành dịch vụ; không dùng câu trả lời này.",
        "Tell those who run the service; do not use that answer.",
    ),
    _wrong(
        "ngsp-question-rejected",
        "{place}: dịch vụ cho biết câu hỏi không hợp lệ",
        "{place}: the service says that the question is wrong",
    ),
    _wrong(
        "ngsp-agency-unknown",
        "{place}: dịch vụ hộ tịch không biết mã đơn vị này (106)",
        "{place}: the civil status registry does not know the agency (106)",
    ),
    _wrong(
        "ngsp-province-unknown",
        "{place}: dịch vụ hộ tịch không biết mã tỉnh này (108)",
        "{place}: the civil status registry does not know the province (108)",
    ),
    _wrong(
        "ngsp-dossier-unfinished",
        "{place}: hồ sơ chưa hoàn thành đăng ký (200)",
        "{place}: the dossier is not registered yet (200)",
    ),
    _wrong(
        "ngsp-list-unknown",
        "{place}: dịch vụ hộ tịch không có loại dữ liệu này (302)",
        "{place}: the civil status registry has no such kind of list (302)",
    ),
)

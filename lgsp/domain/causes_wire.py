"""The causes that lie between us and a system: the line, certificates, and what HTTP says of a server."""

from __future__ import annotations

from lgsp.domain.cause import AGAIN_EN, AGAIN_VI, Cause, Party, Severity
from lgsp.errors import Scope


def _passing(code: str, vi: str, en: str, party: Party, concerns: Scope = Scope.SYSTEM) -> Cause:
    """Return a cause that passes by itself."""
    words = (code, vi, en, party, AGAIN_VI, AGAIN_EN)
    return Cause(*words, retry_helps=True, severity=Severity.WARNING, concerns=concerns)


ROWS = (
    _passing(
        "unreachable", "Không kết nối được đến hệ thống nhận", "The system cannot be reached", Party.NETWORK
    ),
    _passing(
        "timed-out",
        "Hệ thống nhận không trả lời kịp thời",
        "The system did not answer in time",
        Party.NETWORK,
        Scope.MESSAGE,
    ),
    _passing(
        "connection-lost",
        "Mất kết nối trong khi chuyển",
        "The connection was lost",
        Party.NETWORK,
        Scope.MESSAGE,
    ),
    _passing(
        "http-429", "Hệ thống nhận yêu cầu gửi chậm lại", "The system asks us to slow down", Party.MINISTRY
    ),
    _passing(
        "http-502", "Cổng trung gian không gọi được hệ thống nhận", "A proxy got no answer", Party.MINISTRY
    ),
    _passing("http-503", "Hệ thống nhận tạm ngừng phục vụ", "The system is out of service", Party.MINISTRY),
    _passing(
        "http-504", "Cổng trung gian chờ hệ thống nhận quá lâu", "A proxy waited too long", Party.MINISTRY
    ),
    Cause(
        "answer-too-large",
        "Câu trả lời của hệ thống lớn hơn giới hạn {detail} byte",
        "The system's answer is larger than it may be ({detail} bytes)",
        Party.PLATFORM,
        "Kiểm tra giới hạn trong cấu hình của hệ thống; nếu nội dung đúng là lớn như vậy thì nâng giới hạn.",
        "Look at the limit among the system's settings; raise it if the content is that large indeed.",
        retry_helps=True,
    ),
    Cause(
        "certificate-refused",
        "Chứng thư số của hệ thống nhận không được tin cậy hoặc đã hết hạn",
        "The system's certificate is not trusted, or has expired",
        Party.MINISTRY,
        "Yêu cầu bên đó gia hạn chứng thư, hoặc thêm nơi cấp vào danh sách tin cậy của máy chủ.",
        "Ask them to renew it, or add its authority to those this server trusts.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "mail-not-taken",
        "Máy chủ thư không nhận thư cảnh báo",
        "The mail server did not take the alert",
        Party.NETWORK,
        "Kiểm tra mục `smtp` trong routes.yaml rồi thử bằng `lgsp alerts --test`.",
        "Look at `smtp` in routes.yaml, then try `lgsp alerts --test`.",
        retry_helps=True,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "http-other",
        "Máy chủ trả lời bằng mã HTTP không mong đợi",
        "The server answered with an HTTP status that says nothing of its cause",
        Party.MINISTRY,
        "Kiểm tra địa chỉ trong routes.yaml, rồi hỏi đơn vị vận hành máy chủ đó.",
        "Check the address in routes.yaml, then ask those who run that server.",
        retry_helps=True,
    ),
    Cause(
        "broker-admin-refused",
        "RabbitMQ không cho tài khoản quản trị thực hiện yêu cầu",
        "RabbitMQ does not let the administrator's account do what was asked",
        Party.PLATFORM,
        "Kiểm tra tài khoản, mật khẩu và quyền `administrator` của tài khoản quản trị RabbitMQ.",
        "Look at the name, the password and the tag `administrator` of that account.",
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
)

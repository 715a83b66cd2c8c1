"""The causes for which the national reporting system does not take a report, or takes nothing from us."""

from __future__ import annotations

from lgsp.domain.cause import AGAIN_EN, AGAIN_VI, Cause, Party, Severity
from lgsp.errors import Scope

_CORRECT_VI = "Sửa số liệu hoặc thông tin được nêu tên rồi ký và gửi phiên bản sửa, có lý do."
_CORRECT_EN = "Correct what it names, sign a new version with the reason, and send that."


def _refused(code: str, vi: str, en: str) -> Cause:
    """Return a cause that the reporting agency mends by a corrected version."""
    return Cause(code, vi, en, Party.AGENCY, _CORRECT_VI, _CORRECT_EN)


ROWS = (
    _refused(
        "reporting-field-missing",
        "Hệ thống báo cáo từ chối: thiếu thông tin bắt buộc",
        "The reporting system refused it: something required is empty",
    ),
    _refused(
        "reporting-field-refused",
        "Hệ thống báo cáo từ chối giá trị của trường hoặc chỉ tiêu",
        "The reporting system refused the value of a field or an indicator",
    ),
    _refused(
        "reporting-figures-contradict",
        "Hệ thống báo cáo từ chối: số liệu không khớp nhau",
        "The reporting system refused it: the figures do not add up",
    ),
    Cause(
        "reporting-version-old",
        "Hệ thống báo cáo đã có phiên bản mới hơn của báo cáo này",
        "The reporting system holds a newer version of the report",
        Party.NOBODY,
        "Không cần gửi lại phiên bản này; nếu phải sửa, lập phiên bản mới hơn phiên bản đã có.",
        "This version need not be sent; where a correction is due, make a version above the one it holds.",
    ),
    Cause(
        "reporting-version-taken",
        "Hệ thống báo cáo đã có phiên bản này với nội dung khác",
        "The reporting system holds this version with another content",
        Party.AGENCY,
        "Đối chiếu báo cáo đã nhập bằng kênh khác; nếu phải sửa, lập phiên bản mới có lý do.",
        "Compare it with what was entered by another way; where a correction is due, make a new version.",
    ),
    Cause(
        "reporting-agency-unknown",
        "Hệ thống báo cáo chưa đăng ký cơ quan báo cáo này",
        "The reporting system does not know the reporting agency",
        Party.MINISTRY,
        "Đề nghị đơn vị vận hành hệ thống báo cáo đăng ký mã cơ quan, rồi phát lại.",
        "Ask the reporting system's operator to register the agency's code, then replay.",
    ),
    Cause(
        "reporting-period-closed",
        "Hệ thống báo cáo đã khóa kỳ báo cáo này",
        "The reporting system takes no more reports of the period",
        Party.MINISTRY,
        "Đề nghị đơn vị vận hành mở lại kỳ, rồi phát lại; hoặc gửi bằng văn bản và ghi nhận kênh gửi.",
        "Ask its operator to open the period, then replay; or send a document and record that way.",
    ),
    Cause(
        "reporting-login",
        "Hệ thống báo cáo không chấp nhận token vừa cấp",
        "The reporting system gives no token that it accepts",
        Party.MINISTRY,
        "Hệ thống tự thử lại; nếu kéo dài, liên hệ đơn vị vận hành hệ thống báo cáo.",
        "It is tried again by itself; if that goes on, ask the reporting system's operator.",
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "reporting-credentials",
        "Hệ thống báo cáo không chấp nhận tài khoản kết nối",
        "The reporting system does not accept our account",
        Party.PLATFORM,
        "Kiểm tra tên đăng nhập và mật khẩu trong cấu hình của hệ thống.",
        "Check the configured username and password.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "reporting-away",
        "Hệ thống báo cáo đang tạm dừng tiếp nhận",
        "The reporting system says that it takes nothing for the moment",
        Party.MINISTRY,
        AGAIN_VI,
        AGAIN_EN,
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
)

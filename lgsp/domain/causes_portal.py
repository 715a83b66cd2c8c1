"""The causes for which the National Public Service Portal refuses something, or takes nothing from us."""

from __future__ import annotations

from lgsp.domain.cause import AGAIN_EN, AGAIN_VI, Cause, Party, Severity
from lgsp.errors import Scope

_CORRECT_VI = "Sửa trường mà Cổng nêu tên rồi gửi lại hồ sơ."
_CORRECT_EN = "Correct the fields that the portal names and send the dossier again."


def _refused(code: str, vi: str, en: str) -> Cause:
    """Return a cause that the source mends by correcting the dossier."""
    return Cause(code, vi, en, Party.VENDOR, _CORRECT_VI, _CORRECT_EN)


ROWS = (
    _refused(
        "portal-field-missing",
        "Cổng DVCQG từ chối: thiếu trường bắt buộc",
        "The portal refused it: a required field is empty",
    ),
    _refused(
        "portal-field-too-long",
        "Cổng DVCQG từ chối: trường dài quá giới hạn",
        "The portal refused it: a field is too long",
    ),
    _refused(
        "portal-field-malformed",
        "Cổng DVCQG từ chối: trường sai định dạng",
        "The portal refused it: a field has a wrong format",
    ),
    _refused(
        "portal-field-refused",
        "Cổng DVCQG từ chối giá trị của trường",
        "The portal refused the value of a field",
    ),
    _refused("portal-dossier-refused", "Cổng DVCQG từ chối nội dung hồ sơ", "The portal refused the dossier"),
    Cause(
        "portal-status-unknown",
        "Cổng DVCQG không có trạng thái hồ sơ này",
        "The portal does not know the dossier's status",
        Party.PLATFORM,
        "Đối chiếu bảng ánh xạ trạng thái của trục với danh mục của Cổng.",
        "Compare the mapping of statuses with the portal's code list.",
    ),
    Cause(
        "portal-procedure-unknown",
        "Cổng DVCQG không có thủ tục này, hoặc thủ tục chưa được công khai",
        "The portal does not know the procedure, or it is not published",
        Party.AGENCY,
        "Kiểm tra mã thủ tục; đề nghị công khai thủ tục trên CSDL quốc gia về TTHC, rồi phát lại.",
        "Check the procedure's code; have the procedure published in the national database, then replay.",
    ),
    Cause(
        "portal-agency-foreign",
        "Cổng DVCQG: mã hồ sơ không thuộc cơ quan kết nối",
        "The portal says that the dossier's code is not of the connecting agency",
        Party.AGENCY,
        "Kiểm tra mã định danh cơ quan trong mã hồ sơ và cấu hình madonvi.",
        "Check the agency in the dossier's code and the configured agency.",
    ),
    Cause(
        "portal-dossier-missing",
        "Cổng DVCQG chưa có hồ sơ này",
        "The portal does not hold the dossier yet",
        Party.NOBODY,
        "Hệ thống tự chuyển lại; nếu kéo dài, phát lại hồ sơ gốc.",
        "It is sent again by itself; if that goes on, replay the dossier.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "portal-dossier-there",
        "Cổng DVCQG trả lời mâu thuẫn về việc hồ sơ đã có hay chưa",
        "The portal contradicts itself on whether it holds the dossier",
        Party.MINISTRY,
        "Hệ thống tự chuyển lại; nếu kéo dài, liên hệ đơn vị vận hành Cổng.",
        "It is sent again by itself; if that goes on, ask the portal's operator.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "portal-login",
        "Không đăng nhập được vào Cổng DVCQG",
        "The portal gives no session that it accepts",
        Party.MINISTRY,
        "Hệ thống tự thử lại; nếu kéo dài, liên hệ đơn vị vận hành Cổng.",
        "It is tried again by itself; if that goes on, ask the portal's operator.",
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "portal-credentials",
        "Cổng DVCQG không chấp nhận tài khoản kết nối",
        "The portal does not accept our account",
        Party.PLATFORM,
        "Kiểm tra tên đăng nhập và mật khẩu trong cấu hình của hệ thống.",
        "Check the configured username and password.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "portal-away",
        "Cổng DVCQG báo đang bảo trì hoặc quá tải",
        "The portal says that it is under maintenance or overloaded",
        Party.MINISTRY,
        AGAIN_VI,
        AGAIN_EN,
        retry_helps=True,
        severity=Severity.WARNING,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "portal-standing",
        "Cổng DVCQG không cho cơ quan kết nối dùng dịch vụ này",
        "The portal does not let the connecting agency use the service",
        Party.PLATFORM,
        "Kiểm tra madonvi, dstcode trong cấu hình và quyền đã được cấp.",
        "Check the configured agency and destination, and the rights that were granted.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "portal-list-unreadable",
        "Cổng DVCQG không trả về danh sách đọc được; danh mục hiện có được giữ nguyên",
        "The portal gave no list that can be read; the catalogue stays as it is",
        Party.MINISTRY,
        "Hệ thống tự hỏi lại; nếu kéo dài, liên hệ đơn vị vận hành Cổng.",
        "It is asked again by itself; if that goes on, ask the portal's operator.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "portal-record-missing",
        "{place}: có trong danh sách của Cổng DVCQG nhưng Cổng không trả về bản ghi",
        "{place}: the portal lists it and has no record of it",
        Party.MINISTRY,
        "Hệ thống tự hỏi lại; nếu kéo dài, đề nghị đơn vị vận hành Cổng kiểm tra thủ tục này.",
        "It is asked again by itself; if that goes on, ask the portal's operator about this procedure.",
        retry_helps=True,
    ),
    Cause(
        "portal-record-other",
        "{place}: Cổng DVCQG trả về bản ghi mang mã khác",
        "{place}: the portal's record bears another code",
        Party.MINISTRY,
        "Hệ thống tự hỏi lại; nếu kéo dài, đề nghị đơn vị vận hành Cổng kiểm tra thủ tục này.",
        "It is asked again by itself; if that goes on, ask the portal's operator about this procedure.",
        retry_helps=True,
    ),
    Cause(
        "listed-twice",
        "{place}: một mã đứng hai lần trong danh sách với nội dung khác nhau; dùng dòng đầu",
        "{place}: one code stands twice in the list and says different things; the first counts",
        Party.MINISTRY,
        "Đề nghị đơn vị quản lý danh mục sửa dòng trùng.",
        "Ask whoever keeps the list to mend the second row.",
    ),
)

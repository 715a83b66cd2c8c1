"""The causes for which the API answers something else than what was asked for."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity

_READ_VI = "Xem phần chi tiết (detail) và tài liệu của API, sửa yêu cầu rồi gửi lại."
_READ_EN = "Read the detail and the documentation of the API, correct the request and ask again."


def _asked_wrong(code: str, vi: str, en: str, mend_vi: str = _READ_VI, mend_en: str = _READ_EN) -> Cause:
    """Return a cause that whoever asks mends, and that befell no message."""
    return Cause(code, vi, en, Party.VENDOR, mend_vi, mend_en, severity=Severity.INFO)


def _not_now(code: str, vi: str, en: str, severity: Severity) -> Cause:
    """Return a cause for which this process cannot do now what was asked."""
    mend_vi = "Gửi lại sau vài giây; nếu kéo dài, người vận hành chạy `lgsp doctor`."
    mend_en = "Ask again in a few seconds; if that goes on, an operator runs `lgsp doctor`."
    return Cause(code, vi, en, Party.PLATFORM, mend_vi, mend_en, retry_helps=True, severity=severity)


ROWS = (
    _asked_wrong("not-found", "Không có đối tượng được hỏi", "There is no such thing"),
    _asked_wrong(
        "operators-only",
        "Chỉ người vận hành trục được làm việc này",
        "Only operators of the platform may do this",
        "Dùng mã truy cập của người vận hành, hoặc nhờ người vận hành.",
        "Use an operator's token, or ask an operator.",
    ),
    _asked_wrong(
        "not-yours",
        "Vai trò này không được làm việc đó",
        "This role may not do this",
        "Đề nghị quản trị viên đổi vai trò; quyền cần có nằm ở phần detail.",
        "Ask an administrator for another role; the detail names the right.",
    ),
    _asked_wrong(
        "beyond-your-limits",
        "Việc này nằm ngoài phạm vi của tài khoản",
        "This is beyond the limits of the account",
        "Dùng các màn hình trong phạm vi của mình, hoặc đề nghị quản trị viên mở rộng phạm vi.",
        "Keep to what is within your limits, or ask an administrator to widen them.",
    ),
    _asked_wrong(
        "routes-faulty",
        "Bản nháp tuyến có lỗi",
        "The draft of the routes has faults",
        "Sửa từng lỗi được nêu kèm dòng rồi kiểm tra lại.",
        "Mend each fault that is named with its line, and check again.",
    ),
    _asked_wrong(
        "wrong-state",
        "Trạng thái hiện tại không cho phép việc này",
        "The present state does not allow this",
        "Xem trạng thái hiện tại rồi chọn việc phù hợp.",
        "Look at the present state and choose what fits.",
    ),
    _asked_wrong(
        "still-shadow",
        "Tuyến còn chạy song hành: hồ sơ này vẫn do kết nối cũ gửi",
        "The routes are in the shadow still: the older connection tells this dossier",
        "Công bố tuyến không còn mode: shadow rồi xác nhận lại; nếu nơi nhận đã có thì ghi nhận được ngay.",
        "Publish the routes without mode: shadow and say it again; that it is there may be said at once.",
    ),
    _asked_wrong(
        "still-open",
        "Còn lượt chuyển đang mở mà bản nháp để lại cho kết nối cũ",
        "Deliveries are open that the draft leaves to an older connection",
        "Đợi đến khi không còn lượt nào mở, hoặc công bố lại và xác nhận để kết nối cũ gửi các lượt ấy.",
        "Wait until none is open, or publish again and say that the older connection may have them.",
    ),
    _asked_wrong(
        "name-taken",
        "{place}: tên đăng nhập này đã có người dùng, hoặc được dành riêng: {detail}",
        "{place}: somebody signs in by this name, or it is reserved: {detail}",
        "Chọn tên đăng nhập khác; nếu đúng là người này, đặt lại mật khẩu hoặc mở khóa tài khoản.",
        "Choose another sign-in name; if it is this very person, reset the password or enable the account.",
    ),
    _asked_wrong(
        "wrong-parameter",
        "{place}: giá trị không đúng yêu cầu: {detail}",
        "{place}: not as documented: {detail}",
    ),
    _asked_wrong(
        "method-not-allowed",
        "Địa chỉ này không nhận phương thức HTTP đã dùng",
        "This address does not take that HTTP method",
    ),
    _asked_wrong(
        "unknown-method",
        "Máy chủ không biết phương thức HTTP đã dùng",
        "The server does not know that HTTP method",
    ),
    _asked_wrong(
        "malformed-address",
        "Địa chỉ của yêu cầu viết sai dạng: có thể bị hiểu thành địa chỉ khác",
        "The address of the request is malformed: it could be read as another one",
        "Viết lại địa chỉ ở dạng thông thường, như tài liệu của API, rồi gửi lại.",
        "Write the address in its plain form, as the documentation of the API has it, and ask again.",
    ),
    _asked_wrong(
        "another-host",
        "Yêu cầu ghi tên máy chủ (Host) mà trục không phục vụ",
        "The request names a host that is not served here",
        "Gọi đúng tên miền của trục; nếu tên này là của trục, quản trị viên thêm nó vào LGSP_HOSTS.",
        "Call the platform by its own name; if this is one, an administrator adds it to LGSP_HOSTS.",
    ),
    _asked_wrong("not-possible", "Máy chủ không hiểu yêu cầu", "The server does not understand the request"),
    _not_now(
        "not-ready", "Tiến trình này chưa nhận việc được", "This process takes no work now", Severity.WARNING
    ),
    _not_now(
        "journal-unavailable",
        "Nhật ký (cơ sở dữ liệu) chưa ghi được; chưa nhận gì của yêu cầu này",
        "The journal cannot write now; nothing of the request was taken on",
        Severity.CRITICAL,
    ),
    _not_now(
        "too-much-at-once",
        "Đang nhận quá nhiều dữ liệu cùng lúc; chưa nhận gì của yêu cầu này",
        "Too much is being received at once; nothing of the request was taken on",
        Severity.WARNING,
    ),
    Cause(
        "internal",
        "Trục gặp lỗi chưa lường trước khi xử lý yêu cầu này",
        "The platform met a fault of its own while it worked on the request",
        Party.PLATFORM,
        "Báo người vận hành số lỗi (fault) trong câu trả lời: chi tiết nằm trong log dưới số ấy.",
        "Tell an operator the number (fault) of the answer: the log has the particulars under it.",
        retry_helps=True,
    ),
)

"""The causes for which something is turned away at our door, and the oddities that are kept as findings.

One-stop clients judge an answer by its words: no text here may hold those by which they recognise success.
"""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity, oddity

_CORRECT_VI = "Sửa trường này rồi gửi lại."
_CORRECT_EN = "Correct the field and send again."


def _fault(code: str, vi: str, en: str) -> Cause:
    """Return a cause that the vendor mends by correcting a field."""
    return Cause(code, vi, en, Party.VENDOR, _CORRECT_VI, _CORRECT_EN)


FIELD_FAULTS = (
    _fault("missing", "{place}: bắt buộc nhưng để trống", "{place}: required, but missing"),
    _fault("too-long", "{place}: dài quá {detail} ký tự", "{place}: longer than {detail} characters"),
    _fault(
        "bad-date",
        "{place}: ngày giờ không có thật hoặc không đúng dạng {detail}",
        "{place}: no real date and time of the form {detail}",
    ),
    _fault(
        "bad-code",
        "{place}: không phải mã hợp lệ (dạng {detail})",
        "{place}: no valid code (such as {detail})",
    ),
    _fault("bad-format", "{place}: không đúng dạng {detail}", "{place}: not of the form {detail}"),
    _fault(
        "unmapped-status",
        "{place}: mã trạng thái không có trong bảng ánh xạ (chỉ nhận {detail})",
        "{place}: a status code that the mapping does not know (it knows {detail})",
    ),
    _fault(
        "wrong-type", "{place}: sai kiểu dữ liệu, cần {detail}", "{place}: of a wrong type; expected {detail}"
    ),
    _fault(
        "not-one-of",
        "{place}: không thuộc danh sách được dùng: {detail}",
        "{place}: not in the list of what may stand here: {detail}",
    ),
    _fault("rule-broken", "{place}: trái quy tắc {detail}", "{place}: breaks the rule {detail}"),
    _fault(
        "unknown-fact",
        "{place}: không có dữ kiện nào mang mã này",
        "{place}: there is no fact of this id",
    ),
    _fault("too-deep", "{place}: dữ liệu lồng nhau quá sâu", "{place}: nested too deeply"),
)

BODY_FAULTS = (
    Cause(
        "catalogue-not-whole",
        "Trục chưa có đủ danh mục này nên chưa cung cấp; đây không phải danh mục rỗng",
        "The platform has not brought this catalogue whole yet; that does not mean that it is empty",
        Party.PLATFORM,
        "Giữ nguyên danh mục đang dùng và hỏi lại sau khi tác vụ đồng bộ danh mục đã chạy xong.",
        "Keep the catalogue in use, and ask again when the job that brings it has ended.",
        retry_helps=True,
    ),
    Cause(
        "not-json",
        "Nội dung gửi lên không phải JSON hợp lệ",
        "The body is no valid JSON",
        Party.VENDOR,
        "Kiểm tra mã hóa UTF-8 và cú pháp JSON rồi gửi lại.",
        "Check the UTF-8 encoding and the JSON syntax and send again.",
    ),
    Cause(
        "not-a-list",
        "Dữ liệu phải là một mảng JSON",
        "The data must be a JSON array",
        Party.VENDOR,
        "Đặt các phần tử trong một mảng [ ] rồi gửi lại.",
        "Put the items in an array [ ] and send again.",
    ),
    Cause(
        "empty-list",
        "Mảng dữ liệu rỗng, không có gì để nhận",
        "The array is empty; there is nothing to take",
        Party.VENDOR,
        "Gửi ít nhất một phần tử.",
        "Send at least one item.",
    ),
    Cause(
        "too-many",
        "Mảng dữ liệu có quá {detail} phần tử",
        "The array has more than {detail} items",
        Party.VENDOR,
        "Chia nhỏ và gửi mỗi lần tối đa {detail} phần tử.",
        "Split it; send at most {detail} items at a time.",
    ),
    Cause(
        "too-large",
        "Nội dung gửi lên lớn hơn giới hạn {detail}",
        "The body is larger than {detail}",
        Party.VENDOR,
        "Chia nhỏ rồi gửi lại.",
        "Split it and send again.",
    ),
    Cause(
        "unknown-service",
        "Không có dịch vụ này; các dịch vụ được hỗ trợ: {detail}",
        "No such service; supported are: {detail}",
        Party.VENDOR,
        "Kiểm tra tên dịch vụ (service) trong yêu cầu.",
        "Check the service name in the request.",
    ),
    Cause(
        "not-readable",
        "Hệ thống này không có dạng dữ liệu riêng để gửi vào trục",
        "This system has no form of its own that could be read",
        Party.VENDOR,
        "Kiểm tra tên hệ thống gửi, hoặc gửi dữ liệu ở dạng chuẩn của trục.",
        "Check the name of the sending system, or send the canonical form.",
    ),
    Cause(
        "not-admitted",
        "Phiên hoặc mã truy cập không hợp lệ, hoặc đã hết hạn",
        "The session or token is not valid or has run out",
        Party.VENDOR,
        "Đăng nhập lại (mapi/login) hoặc kiểm tra mã truy cập.",
        "Log in again (mapi/login), or check the token.",
    ),
)

THROTTLED = Cause(
    "too-many-requests",
    "Hệ thống hoặc địa chỉ này gọi quá nhanh hoặc đã dùng hết hạn mức; yêu cầu này chưa được ghi nhận",
    "This caller asks too fast, or has used up its quota; nothing of this request was taken on",
    Party.VENDOR,
    "Chờ số giây nêu ở Retry-After rồi gửi lại nguyên văn; nếu thường xuyên gặp, đề nghị nâng hạn mức.",
    "Wait as Retry-After says and send the same again; if it comes often, ask for a higher limit.",
    retry_helps=True,
    severity=Severity.WARNING,
)

REJECTIONS = (
    Cause(
        "invalid",
        "Dữ liệu không hợp lệ",
        "The data are not valid",
        Party.VENDOR,
        "Sửa các trường được nêu rồi gửi lại.",
        "Correct the named fields and send again.",
    ),
    Cause(
        "conflict",
        "{place}: mã này trước đây được gửi với nội dung khác",
        "{place}: this identity came before with another content",
        Party.VENDOR,
        "Gửi nội dung mới với mã mới.",
        "Send the new content under a new identity.",
    ),
    Cause(
        "known-with-another-body",
        "{place}: văn bản này trước đây được gửi với nội dung khác",
        "{place}: this document came before with another content",
        Party.VENDOR,
        "Gửi nội dung mới với mã mới.",
        "Send the new content under a new identity.",
    ),
    Cause(
        "forbidden",
        "{place}: hệ thống gửi không được phép gửi dữ liệu này",
        "{place}: the sender may not say this",
        Party.AGENCY,
        "Kiểm tra mã đơn vị trong mã hồ sơ và phạm vi được cấp cho hệ thống.",
        "Check the agency in the code and what the system was granted.",
    ),
    Cause(
        "type-not-brought",
        "{place}: hệ thống gửi không được gửi loại thông điệp {detail}",
        "{place}: the sender does not bring messages of type {detail}",
        Party.AGENCY,
        "Kiểm tra tên hệ thống gửi và loại thông điệp (type).",
        "Check the name of the sending system and the message type.",
    ),
    Cause(
        "type-not-granted",
        "{place}: thông tin xác thực này không được cấp quyền gửi loại thông điệp {detail}",
        "{place}: this credential was not granted messages of type {detail}",
        Party.AGENCY,
        "Dùng đúng thông tin xác thực, hoặc đề nghị quản trị trục cấp thêm loại {detail}.",
        "Use the right credential, or ask the platform's administrators to grant it {detail}.",
    ),
    Cause(
        "act-not-granted",
        "Thông tin xác thực này không được cấp quyền {detail}"
        " (send: gửi, collect: lấy từ hộp thư, read: tra cứu, ask: hỏi)",
        "This credential was not granted the act {detail} (send, collect from the mailbox, read, or ask)",
        Party.AGENCY,
        "Dùng đúng thông tin xác thực, hoặc đề nghị quản trị trục cấp thêm quyền {detail}.",
        "Use the right credential, or ask the platform's administrators to grant it {detail}.",
    ),
    Cause(
        "agency-not-granted",
        "{place}: hệ thống gửi không được cấp quyền gửi thay cho đơn vị này; phạm vi được cấp: {detail}",
        "{place}: the sender may not speak for this agency; it was granted: {detail}",
        Party.AGENCY,
        "Kiểm tra mã đơn vị, hoặc đề nghị quản trị trục thêm đơn vị này vào phạm vi của hệ thống.",
        "Check the agency's code, or ask the platform's administrators to grant it to the system.",
    ),
    Cause(
        "agency-not-told",
        "{place}: không nêu đơn vị, nên không biết hệ thống có quyền gửi hay không",
        "{place}: names no agency, so it cannot be told whether the sender may speak for it",
        Party.VENDOR,
        "Ghi mã đơn vị vào trường này rồi gửi lại.",
        "Write the agency's code into the field and send again.",
    ),
    Cause(
        "agency-code-closed",
        "{place}: mã cơ quan đã đóng trước ngày tiếp nhận hồ sơ; nay là {detail}",
        "{place}: the agency's code was closed before the dossier was received; it is {detail} now",
        Party.VENDOR,
        "Dùng mã hiện hành cho hồ sơ mới: {detail}; hồ sơ tiếp nhận trước ngày đóng vẫn giữ mã cũ.",
        "Use the agency's present code for new dossiers: {detail}; those received earlier keep the old one.",
    ),
)

FINDINGS = (
    oddity("odd-type", "{place}: kiểu dữ liệu lạ, giữ nguyên", "{place}: of an odd type; kept as it is"),
    Cause(
        "unknown-field",
        "{place}: trường không có trong đặc tả",
        "{place}: a field that no specification names",
        Party.VENDOR,
        "Nếu bị từ chối thì bỏ trường này rồi gửi lại; nếu đã nhận thì nhà cung cấp chỉ cần sửa ở nguồn.",
        "If it was turned away, leave the field out and send again; if it was taken, mend it at the source.",
        severity=Severity.INFO,
    ),
    oddity("missing-field", "{place}: nên có nhưng để trống", "{place}: expected, but missing"),
    oddity(
        "odd-name",
        "{place}: tên trường viết khác kiểu chữ, đã đọc như tên đúng",
        "{place}: the field's name is written in another case; read as the right one",
    ),
    oddity(
        "listed-name-differs",
        "{place}: tên trong danh sách khác tên trong bản ghi chi tiết",
        "{place}: the list names it otherwise than the record does",
    ),
    oddity("number-for-text", "{place}: số thay cho chuỗi ký tự", "{place}: a number where text is expected"),
    oddity(
        "unknown-code",
        "{place}: mã ngoài danh mục, giữ nguyên",
        "{place}: a code that no list holds; kept as it is",
    ),
    oddity(
        "not-a-number", "{place}: không phải số nguyên, giữ nguyên", "{place}: no whole number; kept as it is"
    ),
    oddity(
        "unknown-procedure-form",
        "{place}: mã thủ tục không theo dạng quốc gia",
        "{place}: a procedure code of no national form",
    ),
    oddity(
        "odd-agency",
        "{place}: hồ sơ của đơn vị khác với đơn vị gửi",
        "{place}: the dossier is of another agency than the sender's",
    ),
    oddity(
        "agency-code-unknown",
        "{place}: mã cơ quan chưa có trong danh mục của trục",
        "{place}: an agency's code that no known fact speaks of",
    ),
    oddity(
        "agency-code-ambiguous",
        "{place}: các nguồn nói khác nhau về mã cơ quan này vào ngày đó",
        "{place}: what is known of this agency's code on that day contradicts itself",
    ),
    oddity(
        "agency-code-not-yet-valid",
        "{place}: mã cơ quan chưa có hiệu lực vào ngày tiếp nhận",
        "{place}: the agency's code was not yet in force on the day of receipt",
    ),
    oddity(
        "agency-code-unlisted",
        "{place}: danh mục cơ quan không còn mã này vào ngày đó",
        "{place}: a code that the list of agencies had no more on that day",
    ),
    oddity(
        "not-composed",
        "Tiếng Việt chưa ở dạng dựng sẵn (TCVN 6909:2001), đã chuẩn hóa",
        "Vietnamese letters were not in composed form (TCVN 6909:2001); they were composed",
    ),
    oddity(
        "returned",
        "Nội dung trùng với một bản cũ hơn bản mới nhất",
        "The content equals a version older than the newest",
    ),
    oddity(
        "another-body",
        "Văn bản lấy về cùng mã với một bản đã tiếp nhận nhưng nội dung khác; giữ như một bản mới",
        "Fetched under the identity of an earlier document with another content; kept as a new version",
    ),
    oddity(
        "look-alike",
        "Trùng mã hoặc số, ký hiệu và cơ quan ban hành với một văn bản đã tiếp nhận; vẫn tiếp nhận",
        "Shares its id, or number, notation and issuing body, with a document taken on before;"
        " taken on all the same",
    ),
)

ROWS = (*FIELD_FAULTS, *BODY_FAULTS, THROTTLED, *REJECTIONS, *FINDINGS)

"""The causes for which an edXML packet is turned away, and the oddities that are kept as findings."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity, oddity

_CORRECT_VI = "Sửa gói tin rồi gửi lại."
_CORRECT_EN = "Mend the packet and send it again."
_RESEND_VI = "Nơi nhận không mở được tệp này: nơi gửi kiểm tra tệp, rồi gửi bản cập nhật của văn bản."
_RESEND_EN = "Receivers cannot open this file: the sender looks at it, and sends an update of the document."


def _fault(code: str, vi: str, en: str) -> Cause:
    """Return a cause for which a packet is not read: something would be lost, or is not allowed."""
    return Cause(code, vi, en, Party.VENDOR, _CORRECT_VI, _CORRECT_EN)


def _damage(code: str, vi: str, en: str) -> Cause:
    """Return a cause for a file that was passed on as it came, and that its receivers cannot open."""
    return Cause(code, vi, en, Party.VENDOR, _RESEND_VI, _RESEND_EN, severity=Severity.INFO)


_FAULTS = (
    _fault(
        "not-xml", "{place}: không phải XML đúng cú pháp ({detail})", "{place}: no well-formed XML ({detail})"
    ),
    _fault(
        "doctype",
        "Gói tin khai báo DOCTYPE, không được phép",
        "The packet announces a DOCTYPE, which is not allowed",
    ),
    _fault(
        "foreign-namespace",
        "{place}: không thuộc không gian tên {detail}",
        "{place}: not in the namespace {detail}",
    ),
    _fault(
        "unbound-prefix",
        "{place}: tiền tố {detail} chưa khai báo",
        "{place}: the prefix {detail} is not declared",
    ),
    _fault(
        "packet-too-large",
        "{place}: vượt giới hạn {detail} byte",
        "{place}: beyond the limit of {detail} bytes",
    ),
    _fault(
        "too-many-elements", "{place}: quá nhiều phần tử ({detail})", "{place}: too many elements ({detail})"
    ),
    _fault(
        "too-many-attachments",
        "{place}: quá {detail} tệp đính kèm",
        "{place}: more than {detail} attachments",
    ),
    _fault(
        "attachment-too-large",
        "{place}: tệp vượt giới hạn {detail} byte",
        "{place}: a file beyond {detail} bytes",
    ),
    _fault(
        "zip-ratio",
        "{place}: tệp nén phình quá {detail} lần",
        "{place}: an archive whose content is more than {detail} times larger",
    ),
    _fault(
        "element-in-content",
        "{place}: phần tử nằm trong nội dung tệp",
        "{place}: an element inside a file's content",
    ),
    _fault(
        "repeated-content",
        "{place}: chỉ được có một, gói tin có nhiều",
        "{place}: may stand once, and stands again",
    ),
    _fault(
        "unknown-attachment-layout",
        "{place}: tệp đính kèm đặt sai chỗ, nơi nhận sẽ không thấy",
        "{place}: files in a place where no receiver looks for them",
    ),
    _fault(
        "attachments-on-status",
        "{place}: gói trạng thái không được có tệp đính kèm",
        "{place}: a status packet has no attachments",
    ),
    _fault(
        "attachment-not-kept",
        "{place}: không còn nội dung của tệp ở nơi lưu",
        "{place}: the content of this file is not kept here",
    ),
    _fault(
        "file-altered",
        "{place}: nội dung tệp không khớp mã băm đã ký",
        "{place}: the file is not the one whose hash was signed",
    ),
    _fault(
        "not-a-receiver",
        "{place}: có đơn vị không phải nơi nhận (To) của gói tin",
        "{place}: names somebody who is no receiver of the packet",
    ),
    _fault(
        "foreign-sender",
        "{place}: đơn vị gửi không thuộc các đơn vị của hệ thống này",
        "{place}: the sender is none of this system's agencies",
    ),
    _fault(
        "not-writable",
        "{place}: giá trị không ghi được vào gói tin",
        "{place}: a value that no packet can hold",
    ),
)

_LAYOUT = (
    oddity("byte-order-mark", "{place}: có dấu thứ tự byte ở đầu", "{place}: begins with a byte order mark"),
    oddity(
        "other-encoding",
        "{place}: không viết bằng bảng mã UTF-8, đã đọc theo bảng mã khai báo",
        "{place}: is not written in UTF-8; it was read by the encoding that it declares",
    ),
    oddity(
        "other-than-declared",
        "{place}: tự ghi là UTF-16 nhưng không viết bằng UTF-16, đã đọc như UTF-8",
        "{place}: calls itself UTF-16 and is not; it was read as UTF-8",
    ),
    oddity(
        "comment-left-out",
        "{place}: có chú thích XML, đã bỏ",
        "{place}: has XML comments, which were left out",
    ),
    oddity(
        "unbound-xlink",
        "{place}: tiền tố xlink chưa khai báo, đã hiểu theo chuẩn",
        "{place}: the prefix xlink is not declared; read as usual",
    ),
    oddity(
        "stray-text", "{place}: có chữ nằm ngoài các trường, giữ nguyên", "{place}: text between fields; kept"
    ),
    oddity(
        "repeated-field",
        "{place}: trường lặp lại, lấy lần đầu, giữ cả",
        "{place}: stands again; all are kept",
    ),
    oddity("empty-element", "{place}: phần tử rỗng", "{place}: says nothing"),
    oddity(
        "elements-in-text",
        "{place}: có phần tử con ngoài đặc tả, giữ nguyên",
        "{place}: has elements that no specification names; kept as it is",
    ),
    oddity(
        "unused-attribute",
        "{place}: thuộc tính không dùng đến, giữ nguyên",
        "{place}: an attribute of no use; kept",
    ),
    oddity(
        "misplaced", "{place}: đặt sai chỗ trong gói tin", "{place}: stands in another place than it should"
    ),
)

_FIELDS = (
    oddity(
        "unknown-agency",
        "{place}: mã cơ quan chưa có trong danh mục của trục",
        "{place}: an agency's code that no known fact speaks of",
    ),
    oddity(
        "closed-agency",
        "{place}: mã cơ quan đã đóng",
        "{place}: an agency's code that is closed",
    ),
    oddity(
        "found-by-number",
        "Mã định danh văn bản chưa từng thấy ở đây; tìm được văn bản theo số, ký hiệu, ngày, nơi ban hành",
        "The document's id was never seen here; it was found by number, notation, day and issuing body",
    ),
    oddity(
        "odd-message-type",
        "{place}: gói tin thuộc loại khác với loại đã khai khi gửi",
        "{place}: the packet is of another kind than its sender announced",
    ),
    oddity(
        "odd-code",
        "{place}: mã viết khác danh mục, giữ nguyên",
        "{place}: a known code, written otherwise; kept",
    ),
    oddity(
        "null-text", "{place}: ghi chữ “null” thay cho để trống", "{place}: the word null instead of nothing"
    ),
    oddity(
        "odd-date",
        "{place}: ngày không theo dạng yyyy/MM/dd, đã đọc theo dạng nhận ra",
        "{place}: a date not written yyyy/MM/dd; read by the form it has",
    ),
    oddity(
        "unreal-date",
        "{place}: không đọc được thành một ngày có thật, giữ nguyên",
        "{place}: not to be read as one real day; kept as it is",
    ),
    oddity(
        "long-field",
        "{place}: dài hơn độ dài thông thường của trường này, giữ nguyên",
        "{place}: longer than this field usually may be; kept whole",
    ),
    oddity(
        "swapped-fields",
        "{place}: mã cơ quan và số ký hiệu đặt lẫn chỗ nhau",
        "{place}: agency and document code stand in each other's place",
    ),
    oddity(
        "key-derived",
        "{place}: không có mã định danh văn bản; nhận biết theo cơ quan, ngày, số và ký hiệu",
        "{place}: no document id; known by agency, day, number and notation",
    ),
)

_FILES = (
    _damage(
        "bad-base64",
        "{place}: nội dung tệp không phải base64, giữ nguyên văn; nơi nhận sẽ không mở được",
        "{place}: a file's content is no base64; kept as text, nobody can open it",
    ),
    oddity("base64-spaced", "{place}: base64 có khoảng trắng", "{place}: base64 with space in it"),
    oddity(
        "base64-unpadded", "{place}: base64 thiếu dấu = ở cuối", "{place}: base64 without its last = signs"
    ),
    _damage("empty-attachment", "{place}: tệp rỗng", "{place}: an empty file"),
    oddity(
        "not-a-zip",
        "{place}: khai là ZIP nhưng không phải",
        "{place}: declared as a zip archive, and is none",
    ),
    oddity(
        "zip-not-declared",
        "{place}: tệp được nén ZIP nhưng không khai, đã giải nén",
        "{place}: packed in a zip archive without saying so; it was unpacked",
    ),
    _damage(
        "zip-damaged", "{place}: tệp ZIP bị hỏng, giữ nguyên", "{place}: a damaged zip archive; kept as it is"
    ),
    oddity(
        "zip-many-entries",
        "{place}: tệp ZIP không phải đúng một mục, giữ nguyên",
        "{place}: a zip archive of other than one entry; kept as it is",
    ),
    oddity(
        "zip-odd-method",
        "{place}: tệp ZIP nén theo cách lạ, giữ nguyên",
        "{place}: a zip archive of an unusual method; kept as it is",
    ),
    _damage(
        "zip-encrypted",
        "{place}: tệp ZIP có mật khẩu, giữ nguyên",
        "{place}: a zip archive with a password; kept",
    ),
    _damage(
        "bytes-replaced",
        "{place}: tệp bị hỏng do hệ thống gửi đọc như văn bản, giữ nguyên",
        "{place}: a file that its sender read as text, which damaged it; kept as it came",
    ),
    oddity(
        "attachment-not-listed", "{place}: tệp không có trong bảng kê", "{place}: a file that no list names"
    ),
    _damage(
        "listed-without-content",
        "{place}: có trong bảng kê nhưng không có tệp",
        "{place}: listed, and no file came",
    ),
    oddity("id-without-cid", "{place}: mã tệp thiếu “cid:”", "{place}: an id without its cid: prefix"),
    oddity(
        "path-in-name",
        "{place}: tên tệp chứa đường dẫn, chỉ coi là tên",
        "{place}: a path for a name; only a name here",
    ),
)

_SIGNATURES = (
    oddity("signature-placeholder", "{place}: chữ ký chỉ là mẫu", "{place}: the signature is a placeholder"),
    oddity(
        "signature-wrong-namespace",
        "{place}: chữ ký sai không gian tên, không kiểm tra được",
        "{place}: the signature stands in a wrong namespace, where nothing verifies it",
    ),
    oddity(
        "signature-unverified",
        "{place}: chữ ký gói tin chưa được kiểm tra",
        "{place}: the packet's signature was not verified",
    ),
    oddity(
        "signature-invalid",
        "{place}: chữ ký gói tin không khớp",
        "{place}: the packet's signature does not hold",
    ),
    oddity(
        "signature-valid",
        "{place}: chữ ký gói tin khớp; không phải căn cứ pháp lý, chữ ký có giá trị nằm trong tệp PDF",
        "{place}: the packet's signature holds; what counts is the signature inside the PDF",
    ),
)

ROWS = (*_FAULTS, *_LAYOUT, *_FIELDS, *_FILES, *_SIGNATURES)

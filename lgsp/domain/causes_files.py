"""The causes around files that a dossier names by their addresses, and that go through us."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity


def _passing(code: str, vi: str, en: str, party: Party, mend: tuple[str, str]) -> Cause:
    """Return a cause that may pass: the file is asked for again when somebody wants it next."""
    return Cause(code, vi, en, party, *mend, retry_helps=True, severity=Severity.WARNING)


_LOOK = (
    "Kiểm tra máy chủ tệp của hệ thống nguồn; lần tải sau hệ thống tự lấy lại.",
    "Look at the source's file server; the file is asked for again when it is wanted next.",
)
_OPEN = (
    "Kiểm tra máy chủ tệp có cho tải không cần đăng nhập từ máy của trục hay không.",
    "See that the file server lets the gateway's machine fetch without a login.",
)
_OTHER = (
    "Cung cấp lại tệp đúng định dạng được chấp nhận rồi gửi lại hồ sơ.",
    "Supply the file in an accepted format and send the dossier again.",
)

ROWS = (
    Cause(
        "file-unreachable",
        "{place}: địa chỉ tệp chỉ dùng được trong mạng nội bộ hoặc không phải địa chỉ web: {detail}",
        "{place}: the file's address works inside a closed network only, or is none of the web: {detail}",
        Party.VENDOR,
        "Dùng địa chỉ công khai, không cần đăng nhập; hoặc bật chuyển tiếp tệp (`files` của hệ thống nhận).",
        "Give a public address without a login, or let files go through the gateway (`files` of the system).",
        severity=Severity.WARNING,
    ),
    _passing(
        "file-store-away",
        "Không đọc, ghi được kho tệp của trục",
        "The gateway's own store of files cannot be read or written",
        Party.PLATFORM,
        (
            "Kiểm tra thư mục LGSP_BLOBS_URL: quyền ghi, dung lượng trống.",
            "Look at the folder of LGSP_BLOBS_URL: may it be written, is there room.",
        ),
    ),
    _passing(
        "file-source-away",
        "Không kết nối được đến máy chủ tệp của hệ thống nguồn",
        "The source's file server cannot be reached",
        Party.NETWORK,
        _LOOK,
    ),
    _passing(
        "file-source-slow",
        "Máy chủ tệp của hệ thống nguồn không trả tệp kịp thời",
        "The source's file server did not hand the file out in time",
        Party.NETWORK,
        _LOOK,
    ),
    _passing(
        "file-source-answer",
        "Máy chủ tệp của hệ thống nguồn không trả tệp (không phải HTTP 200)",
        "The source's file server did not hand the file out (no HTTP 200)",
        Party.VENDOR,
        _OPEN,
    ),
    _passing(
        "file-source-elsewhere",
        "Máy chủ tệp dẫn sang máy khác hoặc địa chỉ không được phép",
        "The file server leads to another host, or to an address that may not be asked",
        Party.VENDOR,
        _OPEN,
    ),
    Cause(
        "file-too-large",
        "Tệp lớn hơn giới hạn chuyển tiếp",
        "The file is larger than files that go through us may be",
        Party.AGENCY,
        "Giảm dung lượng tệp, hoặc nâng `files.largest` trong cấu hình của hệ thống nhận.",
        "Make the file smaller, or raise `files.largest` in the system's settings.",
    ),
    Cause(
        "file-type-refused",
        "Nội dung tệp không thuộc các định dạng được chấp nhận",
        "The file's content is of no accepted format",
        Party.VENDOR,
        *_OTHER,
    ),
    Cause(
        "file-type-differs",
        "Nội dung tệp không đúng với phần mở rộng của tên tệp",
        "The file's content is not what the ending of its name says",
        Party.VENDOR,
        *_OTHER,
    ),
    Cause(
        "file-expired",
        "Liên kết tải tệp đã hết hạn, hoặc hồ sơ không còn được lưu",
        "The link to the file has ended, or its dossier is kept no more",
        Party.NOBODY,
        "Gửi lại hồ sơ để có liên kết mới.",
        "Send the dossier again: that makes a new link.",
        severity=Severity.INFO,
    ),
    Cause(
        "file-too-often",
        "Yêu cầu tải tệp quá dày",
        "Files are asked for too often",
        Party.NOBODY,
        "Chờ theo thời gian trong Retry-After rồi tải lại.",
        "Wait as Retry-After says and ask again.",
        retry_helps=True,
        severity=Severity.INFO,
    ),
)

"""What may be odd about the signatures inside attached PDF files: nothing is turned away for it."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity

_ASK_VI = "Hỏi lại cơ quan gửi trước khi dùng văn bản; tệp được giữ nguyên."
_ASK_EN = "Ask the agency that sent it before the document is relied on; the file is kept as it came."
_TRUST_VI = "Kiểm tra thư mục LGSP_TRUST_FOLDER đã có chứng thư của nơi cấp; nếu đã có, hỏi lại cơ quan gửi."
_TRUST_EN = (
    "See that LGSP_TRUST_FOLDER holds the issuer's certificates; if it does, ask the agency that sent it."
)
_SIGN_VI = "Đề nghị cơ quan gửi ký lại bằng chứng thư và phần mềm ký còn phù hợp nếu cần giá trị pháp lý."
_SIGN_EN = (
    "Where its legal force is needed, have the agency sign it anew with a certificate and software of today."
)


def _doubt(code: str, vi: str, en: str) -> Cause:
    """Return a cause for which people should not rely on a file before they asked."""
    return Cause(code, vi, en, Party.AGENCY, _ASK_VI, _ASK_EN, severity=Severity.WARNING)


ROWS = (
    _doubt(
        "pdf-signature-altered",
        "{place}: nội dung đã ký trong tệp PDF bị thay đổi, chữ ký không khớp",
        "{place}: what was signed in the PDF was altered; the signature does not hold",
    ),
    _doubt(
        "pdf-signature-changed",
        "{place}: tệp PDF bị sửa sau khi ký, ngoài những gì chữ ký cho phép",
        "{place}: the PDF was changed after it was signed, beyond what the signature allows",
    ),
    _doubt(
        "pdf-signature-revoked",
        "{place}: chứng thư của người ký trong tệp PDF đã bị thu hồi",
        "{place}: the certificate of a signature in the PDF was revoked",
    ),
    _doubt(
        "pdf-signature-malformed",
        "{place}: không đọc được tệp PDF hoặc chữ ký trong đó",
        "{place}: the PDF, or a signature in it, cannot be read",
    ),
    Cause(
        "pdf-signature-untrusted",
        "{place}: chữ ký trong tệp PDF khớp, nhưng nơi cấp chứng thư không có trong danh sách tin cậy",
        "{place}: a signature in the PDF holds, and the issuer of its certificate is not trusted here",
        Party.PLATFORM,
        _TRUST_VI,
        _TRUST_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "pdf-signature-expired",
        "{place}: chứng thư của người ký trong tệp PDF đã hết hạn, không có dấu thời gian chứng minh lúc ký",
        "{place}: the certificate of a signature in the PDF is expired, and no time stamp proves when",
        Party.AGENCY,
        _SIGN_VI,
        _SIGN_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "pdf-signature-weak",
        "{place}: chữ ký trong tệp PDF dùng thuật toán băm cũ, không còn an toàn",
        "{place}: a signature in the PDF uses an old hash that is not safe any more",
        Party.AGENCY,
        _SIGN_VI,
        _SIGN_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "pdf-signature-unchecked",
        "{place}: chữ ký trong tệp PDF chưa được kiểm tra",
        "{place}: the signatures in the PDF were not checked",
        Party.NOBODY,
        "Mở tệp và kiểm tra chữ ký bằng phần mềm ký số.",
        "Open the file, and check its signatures with signing software.",
        severity=Severity.INFO,
    ),
)

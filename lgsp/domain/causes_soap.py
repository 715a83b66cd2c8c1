"""The causes for which a SOAP service gives no answer, or cannot be asked by one of ours."""

from __future__ import annotations

from lgsp.domain.cause import Cause, Party, Severity, oddity
from lgsp.errors import Scope

_READ_VI = "Đọc lại WSDL của dịch vụ và tài liệu kết nối, sửa phong bì SOAP rồi hỏi lại."
_READ_EN = "Read the service's WSDL and its page again, correct the envelope and ask again."

ROWS = (
    Cause(
        "soap-server-fault",
        "Dịch vụ SOAP báo lỗi phía máy chủ",
        "The SOAP service says that it failed",
        Party.MINISTRY,
        "Hỏi lại sau; nếu kéo dài, báo đơn vị vận hành dịch vụ kèm lời báo lỗi.",
        "Ask again later; if that goes on, tell those who run the service what it said.",
        retry_helps=True,
        severity=Severity.WARNING,
    ),
    Cause(
        "soap-client-fault",
        "Dịch vụ SOAP cho rằng câu hỏi của trục sai",
        "The SOAP service says that what we ask is wrong",
        Party.PLATFORM,
        "Xem lời báo lỗi; đối chiếu cấu hình và tài liệu kết nối mới nhất của dịch vụ.",
        "Read what it said; compare the settings with the service's newest documents.",
    ),
    Cause(
        "soap-credentials",
        "Dịch vụ không chấp nhận thông tin xác thực của trục",
        "The service does not believe who we are",
        Party.PLATFORM,
        "Kiểm tra tài khoản, khóa, địa chỉ dùng để băm và đồng hồ máy chủ; hỏi đơn vị vận hành dịch vụ.",
        "Check account, keys, the address that is hashed and this machine's clock; ask those who run it.",
        retry_helps=True,
        severity=Severity.CRITICAL,
        concerns=Scope.SYSTEM,
    ),
    Cause(
        "soap-answer-unreadable",
        "Câu trả lời không phải là phong bì SOAP đọc được",
        "The answer is no SOAP envelope that can be read",
        Party.MINISTRY,
        "Kiểm tra địa chỉ dịch vụ và thiết bị ở giữa; báo đơn vị vận hành dịch vụ kèm lời trả lời.",
        "Check the service's address and what stands between; tell those who run it what it answered.",
        retry_helps=True,
    ),
    Cause(
        "soap-unreadable",
        "Nội dung gửi đến không phải là phong bì SOAP 1.1 hợp lệ, hoặc quá lớn",
        "What was sent is no envelope of SOAP 1.1, or is too large",
        Party.VENDOR,
        _READ_VI,
        _READ_EN,
        severity=Severity.INFO,
    ),
    Cause(
        "soap-operation-unknown",
        "Dịch vụ này không có thao tác được gọi",
        "This service has no such operation",
        Party.VENDOR,
        _READ_VI,
        _READ_EN,
        severity=Severity.INFO,
    ),
    oddity(
        "damaged-line-ends",
        "Câu trả lời có dấu xuống dòng bị hỏng (u000a) giữa các phần tử; đã đọc như dấu xuống dòng",
        "Line ends between elements came damaged (u000a) and were read as line ends",
    ),
)

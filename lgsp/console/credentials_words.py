"""What kinds of credentials, their standings and their acts are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lgsp.allowances import Taken
from lgsp.console.language import told
from lgsp.console.states import Look
from lgsp.journal.credentials import Kind


class Sort(NamedTuple):
    """A kind of credential: its name, and when one takes it."""

    name: str
    use: str


KINDS: Mapping[Kind, Sort] = {
    Kind.KEY: Sort(told("Khóa API"), told("gửi kèm mỗi yêu cầu; cho phần mềm nhỏ")),
    Kind.CLIENT: Sort(
        told("Ứng dụng OAuth 2.0"),
        told("lấy mã truy cập một giờ tại /oauth2/token (kiểu WSO2), hoặc gửi lgspaccesstoken"),
    ),
    Kind.CERTIFICATE: Sort(
        told("Chứng thư số"), told("TLS hai chiều, trực tiếp hoặc qua máy chủ trung gian tin cậy")
    ),
    Kind.HMAC: Sort(
        told("Khóa ký yêu cầu"), told("ký tham số theo giao thức trục văn bản (XroadVnpt); lưu mã hóa")
    ),
    Kind.PERSON: Sort(told("Khóa cá nhân"), told("gọi API với quyền của một người dùng")),
}

STANDINGS: Mapping[str, Look] = {
    "holds": Look("circle-check", "green", told("có hiệu lực")),
    "not-yet": Look("clock", "azure", told("chưa đến hạn dùng")),
    "ended": Look("calendar-due", "red", told("hết hạn")),
    "revoked": Look("ban", "secondary", told("đã thu hồi")),
    "disabled": Look("user-off", "secondary", told("người dùng bị khóa")),
}
"""By `lgsp.credentials.standing.Standing`."""

ACTS: Mapping[str, str] = {
    "send": told("gửi thông điệp"),
    "collect": told("nhận từ hộp thư"),
    "read": told("xem thông điệp của mình"),
    "ask": told("tra cứu"),
}
"""What a credential may be good for, by the word of its bounds."""

TAKEN: Mapping[str, str] = {
    Taken.REQUESTS.value: told("Yêu cầu"),
    Taken.ITEMS.value: told("Thông điệp gửi vào"),
    Taken.ASKS.value: told("Câu hỏi tra cứu"),
}
"""What limits count."""

RATES: Mapping[str, str] = {
    "per_second": told("mỗi giây"),
    "burst": told("dồn một lúc"),
    "per_minute": told("mỗi phút"),
    "per_day": told("mỗi ngày"),
}
"""In what time, by the word of `lgsp.allowances.Rate`."""

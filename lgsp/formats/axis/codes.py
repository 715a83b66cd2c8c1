"""Knowing the error codes of the document axis.

The numeric table of the national axis is unknown. What is known is that of one province's façade in front of
it (Lạng Sơn, 2026; medium confidence there, low for the axis), and one text of the axis itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

FINE = "0"

_FOREIGN = re.compile(
    r"^Don vi gui (?P<sent>.+?) khong dung voi ma da dang ky:?\s*(?P<known>.*)$", re.IGNORECASE | re.DOTALL
)


class Concerns(StrEnum):
    """Whom an error concerns: what to do about it depends on that."""

    DOCUMENT = "document"
    """This packet, now and for ever."""
    RECEIVER = "receiver"
    """One recipient of it."""
    STANDING = "standing"
    """Us: no packet of ours passes until somebody mends our registration."""
    AXIS = "axis"
    """The axis itself, for a while."""


@dataclass(slots=True, frozen=True)
class ErrorCode:
    """One number.

    Attributes:
        vi, en: what it means.
    """

    code: str
    concerns: Concerns
    vi: str
    en: str


BAD_FILE, BAD_CREDENTIALS, UNKNOWN_RECEIVER, UNKNOWN_SENDER = "10", "15", "18", "19"
SYSTEM_FAULT, FILE_FAULT, BAD_PACKET, LOCKED_RECEIVER = "20", "21", "22", "23"

CODES = {
    known.code: known
    for known in (
        ErrorCode(BAD_FILE, Concerns.DOCUMENT, "tệp gửi lên không hợp lệ", "the file is not valid"),
        ErrorCode(
            BAD_CREDENTIALS,
            Concerns.STANDING,
            "sai mã hệ thống hoặc khóa bí mật",
            "wrong system id or secret",
        ),
        ErrorCode(
            UNKNOWN_RECEIVER,
            Concerns.RECEIVER,
            "đơn vị nhận không có trên trục",
            "the receiver is not on the axis",
        ),
        ErrorCode(
            UNKNOWN_SENDER,
            Concerns.STANDING,
            "đơn vị gửi chưa đăng ký",
            "the sender is not registered",
        ),
        ErrorCode(SYSTEM_FAULT, Concerns.AXIS, "lỗi hệ thống của trục", "a fault of the axis"),
        ErrorCode(
            FILE_FAULT, Concerns.AXIS, "trục không xử lý được tệp", "the axis could not work on the file"
        ),
        ErrorCode(
            BAD_PACKET, Concerns.DOCUMENT, "gói tin edXML không đúng chuẩn", "the packet is no standard edXML"
        ),
        ErrorCode(LOCKED_RECEIVER, Concerns.RECEIVER, "đơn vị nhận đã bị khóa", "the receiver is locked"),
    )
}
"""Every number that anybody has told of."""


def known(code: str) -> ErrorCode | None:
    """Return what a number means, or None: an unknown one is no verdict on the packet."""
    return CODES.get(code.strip().lstrip("0"))


def foreign_sender(sent: str, registered: str) -> str:
    """Return the axis' own words for a sender that is not the registered one."""
    return f"Don vi gui {sent} khong dung voi ma da dang ky: {registered}"


def is_foreign_sender(text: str) -> bool:
    """Tell whether a text says that the sender is not the registered one, whatever its number."""
    return _FOREIGN.match(text.strip()) is not None

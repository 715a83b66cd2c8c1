"""Reading what a request of the axis' protocol asks, beside the packet that it may bring."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import Request

from lgsp.domain.nesting import load
from lgsp.formats.axis import codes
from lgsp.formats.axis.days import read_day
from lgsp.formats.axis.protocol import MessageType
from lgsp.formats.axis.recipients import read_recipients
from lgsp.formats.axis.verifying import Flaw, Signed, Unverified

from .refusing import Denied

_LARGEST = 64 * 1024
"""Bytes of a body that is no packet."""

ODD = codes.BAD_FILE
"""The number of a request that nobody should repeat as it is: of the known ones, that of such packets."""

_NOT_BELIEVED = {
    Flaw.STRANGER: "sai systemid hoặc khóa bí mật",
    Flaw.FORGED: "sai systemid hoặc khóa bí mật",
    Flaw.UNSIGNED: "thiếu hoặc lặp tiêu đề chữ ký",
    Flaw.UNREADABLE: "không đọc được nội dung đã ký",
    Flaw.ALTERED: "tiêu đề khác với nội dung đã ký",
}


async def small_body(request: Request) -> bytes:
    """Return the body of a request that brings no packet.

    Raises:
        Denied: it is too large.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise Denied(ODD, f"Nội dung vượt giới hạn {_LARGEST} byte")
    return body


def json_object(body: bytes) -> dict[str, Any]:
    """Return a body as an object.

    Raises:
        Denied: it is none.
    """
    try:
        said = load(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Denied(ODD, "Nội dung không phải một đối tượng JSON")
    return said


def kind_of(said: str) -> MessageType:
    """Return what packets a request is about.

    Raises:
        Denied: no such kind.
    """
    try:
        return MessageType(said.strip().lower())
    except ValueError:
        raise Denied(ODD, "messagetype phải là edoc hoặc status") from None


def day_of(said: str, name: str) -> date | None:
    """Return a day that a request may name.

    Raises:
        Denied: what it names is none.
    """
    day = read_day(said)
    if said.strip() and day is None:
        raise Denied(ODD, f"{name} phải có dạng yyyy/MM/dd")
    return day


def receivers_of(said: str) -> list[str]:
    """Return the receivers that a request names; none where it leaves them to the packet.

    Raises:
        Denied: they cannot be read.
    """
    found = read_recipients(said)
    if found is None:
        raise Denied(codes.UNKNOWN_RECEIVER, "Tham số to không đọc được: cần danh sách mã, dạng JSON")
    return found


def number_of(said: str) -> int:
    """Return a number that a request may give; 0 for none."""
    return int(said) if said.isdecimal() and said.isascii() and len(said) < _DIGITS else 0


def not_believed(flaw: Unverified, skew: float, now: str) -> Denied:
    """Return the answer to a request that is not what its signature says; a stranger learns nothing by it."""
    if flaw.flaw is Flaw.STALE:
        why = f"timestamp lệch quá {skew:g} giây so với giờ của trục ({now})"
    else:
        why = _NOT_BELIEVED[flaw.flaw]
    named = f" (XroadVnpt-{flaw.name})" if flaw.name and flaw.flaw not in _SECRETIVE else ""
    return Denied(codes.BAD_CREDENTIALS, f"Xác thực thất bại: {why}{named}")


def parameter(signed: Signed, name: str) -> str:
    """Return a parameter of a request; empty when it was not given."""
    return signed.get(name) or ""


_DIGITS = 10
_SECRETIVE = (Flaw.STRANGER, Flaw.FORGED, Flaw.STALE)

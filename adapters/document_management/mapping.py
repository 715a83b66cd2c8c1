"""Writing what the journal knows as the axis' lists have it; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lgsp.adapter import Sent, Standing, Waiting
from lgsp.domain.causes import explain
from lgsp.domain.codes import read_agency
from lgsp.domain.documents import receivers
from lgsp.formats.axis import listing
from lgsp.formats.axis.protocol import SERVICE, MessageType, TransportStatus
from lgsp.formats.edxml import DOCUMENT, STATUS
from lgsp.message import VIETNAM

TYPES = {MessageType.DOCUMENT: DOCUMENT, MessageType.STATUS: STATUS}
KINDS = {type_: kind for kind, type_ in TYPES.items()}

_FORMAT = "%Y/%m/%d %H:%M:%S"
_DOCID = 24
_STATES: Mapping[str, tuple[TransportStatus, str]] = {
    "parked": (TransportStatus.INITIAL, "Chờ văn bản gốc được chuyển trước"),
    "waiting": (TransportStatus.INITIAL, "Chờ gói trước của cùng văn bản"),
    "ready": (TransportStatus.INITIAL, "Chờ chuyển"),
    "sending": (TransportStatus.PROCESSING, "Đang chuyển"),
    "put off": (TransportStatus.INITIAL, "Chưa chuyển được, sẽ chuyển lại"),
    "held": (TransportStatus.INITIAL, "Chờ người vận hành quyết định"),
    "offered": (TransportStatus.INITIAL, "Chờ hệ thống nhận lấy về"),
    "delivered": (TransportStatus.DONE, "Đã chuyển đến nơi nhận"),
    "refused": (TransportStatus.FAIL, "Nơi nhận từ chối"),
    "exhausted": (TransportStatus.FAIL, "Đã hết lượt chuyển lại"),
    "expired": (TransportStatus.FAIL, "Đã hết hạn chuyển"),
    "cancelled": (TransportStatus.FAIL, "Người vận hành đã hủy"),
    "superseded": (TransportStatus.FAIL, "Đã có bản mới hơn"),
    "replaced": (TransportStatus.FAIL, "Người vận hành đã thay bằng bản sửa"),
    "shadowed": (TransportStatus.PROCESSING, "Kết nối cũ phụ trách chuyển, trục không chuyển"),
    "adopted": (TransportStatus.DONE, "Nơi nhận đã có từ trước"),
}
_NOWHERE = (TransportStatus.INITIAL, "Chưa có tuyến chuyển; đơn vị vận hành đã được báo")


def docid_of(message: UUID) -> str:
    """Return the id by which a sender knows its packet: 24 hexadecimal digits, as the axis gives them."""
    return message.hex[:_DOCID]


def written_at(moment: datetime) -> str:
    """Return a moment as the axis writes it in packets: Viet Nam time, without an offset."""
    return moment.astimezone(VIETNAM).strftime(_FORMAT)


def received(one: Waiting) -> listing.Received:
    """Return what waits as an entry of the list of what is to be collected."""
    return listing.Received(
        docid=str(one.id),
        service_type=SERVICE,
        message_type=KINDS[one.type],
        created=written_at(one.since),
        updated=written_at(one.since),
        sender=one.agency,
        receiver=listing.SEVERAL.join(one.recipients),
        status=TransportStatus.INITIAL,
    )


def sent(one: Sent) -> Iterator[listing.Sent]:
    """Yield the entries of a packet in the list of what was sent: one for each receiver."""
    data = one.data
    about = data.get("about", {})
    for code in _receivers(one):
        status, text, at = _standing(one, code)
        yield listing.Sent(
            docid=docid_of(one.message),
            service_type=SERVICE,
            sender=data.get("sender", {}).get("code", ""),
            receiver=code,
            title=data.get("subject") or data.get("description") or "",
            notation=notation_of(data) or about.get("code", ""),
            message_type=KINDS[one.type],
            sent=written_at(one.at),
            received=written_at(at) if at and status is TransportStatus.DONE else "",
            send_status=TransportStatus.DONE,
            receive_status=status,
            receive_text=text,
        )


def notation_of(data: Mapping[str, Any]) -> str:
    """Return number and notation of a document, joined."""
    return "/".join(part for part in (data.get("number"), data.get("notation")) if part)


def _receivers(one: Sent) -> list[str]:
    """Return whom a packet is for, each body once; one that names nobody has one entry all the same."""
    if one.type == STATUS:
        return [one.data.get("about", {}).get("agency", "")]
    return receivers(one.data) or [""]


def _standing(one: Sent, receiver: str) -> tuple[TransportStatus, str, datetime | None]:
    """Return how far a packet has come on its way to a receiver, in words, and since when."""
    concerned = [standing for standing in one.went if _concerns(standing, receiver)]
    if not concerned:
        return *_NOWHERE, None
    newest = max(concerned, key=lambda standing: standing.at)
    status, text = _STATES.get(newest.state, (TransportStatus.INITIAL, newest.state))
    cause = explain(newest.cause).text if newest.cause else ""
    return status, ": ".join(part for part in (text, cause, newest.said) if part), newest.at


def _concerns(standing: Standing, receiver: str) -> bool:
    body = read_agency(receiver).identity
    return not standing.recipients or body in {read_agency(code).identity for code in standing.recipients}

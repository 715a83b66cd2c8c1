"""Taking a packet: judging it, finding its receivers, changing it, and handing it on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from lgsp.formats.axis import codes
from lgsp.formats.axis.protocol import MessageType, TransportStatus
from lgsp.sandbox.axis.directory import Member
from lgsp.sandbox.axis.habits import notation_of, target_of, what_of
from lgsp.sandbox.axis.post import Delivery, Sending
from lgsp.sandbox.axis.readers import read_lenient, strict_fault
from lgsp.sandbox.axis.transit import header_of, pass_on, stamped
from lgsp.sandbox.axis.tree import BadPacket, Node, grow
from lgsp.sandbox.axis.world import Denied, Letter, World, apart

_LATER = timedelta(minutes=13)


@dataclass(slots=True, frozen=True)
class Envelope:
    """What stands around a packet.

    Attributes:
        system: the client that sends it; "" for a peer.
        sender: the agency it sends for, as the request says.
        to: the receivers that the request names; empty leaves it to the packet.
    """

    system: str
    sender: str
    kind: MessageType
    to: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class _Opened:
    """A packet that was read: the agencies that receive it, and those that nobody knows."""

    digest: str
    root: Node
    header: Node
    found: list[Member]
    unknown: list[str]
    faults: dict[str, str]


async def take_packet(world: World, packet: bytes, envelope: Envelope) -> Sending:
    """Take a packet and hand it to each of its receivers, once for all the codes that name it.

    Raises:
        Denied: it is no packet, its sender is not the client's, or a receiver is unknown or closed.
    """
    opened = await apart(len(packet), _open, world, packet, envelope)
    pass_on(opened.root, world.directory, keep_id=world.weather.faults.keep_document_ids)
    moment = world.now()
    written = await apart(len(packet), stamped, opened.root, moment)
    sending = world.post.take(envelope.kind, envelope.sender, digest=opened.digest, **_said(opened))
    for member in opened.found:
        _hand(world, sending, member, written, opened)
    if world.weather.strikes(world.weather.faults.duplicate):
        again = await apart(len(packet), stamped, opened.root, moment + _LATER)
        for member in opened.found:
            if not member.persona:
                world.post.hand(sending, member.code, again, copy=True)
    for code in opened.unknown:
        world.post.update(
            world.post.hand(sending, code, b""), TransportStatus.FAIL, "Don vi nhan khong ton tai"
        )
    return sending


def _open(world: World, packet: bytes, envelope: Envelope) -> _Opened:
    try:
        root = grow(packet)
        header = header_of(root).all("MessageHeader")[0]
    except BadPacket as fault:
        raise Denied(codes.BAD_PACKET, str(fault)) from None
    _check_sender(world, header, envelope)
    found, unknown = _receivers(world, header, envelope)
    personas = {member.persona for member in found if member.persona}
    faults = {persona: _fault(persona, root) for persona in personas}
    return _Opened(hashlib.sha256(packet).hexdigest(), root, header, found, unknown, faults)


def _check_sender(world: World, header: Node, envelope: Envelope) -> None:
    if not envelope.system:
        return
    for sender in (envelope.sender, header.said("From", "OrganId")):
        if not world.directory.may_send(envelope.system, sender):
            root = world.directory.systems[envelope.system].root
            raise Denied(codes.UNKNOWN_SENDER, codes.foreign_sender(sender, root))


def _receivers(world: World, header: Node, envelope: Envelope) -> tuple[list[Member], list[str]]:
    """Return the agencies that a packet is for, each once, and the codes that name none."""
    given = envelope.to or tuple(_addressed(header, envelope.kind))
    members = {code: world.directory.find(code) for code in given}
    unknown = [code for code, member in members.items() if member is None]
    found = {member.code: member for member in members.values() if member is not None}
    if not found or (unknown and not world.weather.faults.partial):
        raise Denied(codes.UNKNOWN_RECEIVER, f"Don vi nhan khong ton tai: {', '.join(unknown)}")
    closed = [code for code in (*given, *found) if code in world.weather.faults.closed]
    if closed:
        raise Denied(codes.LOCKED_RECEIVER, f"Don vi nhan da bi khoa: {closed[0]}")
    return list(found.values()), unknown


def _addressed(header: Node, kind: MessageType) -> list[str]:
    name = "ResponseFor" if kind is MessageType.STATUS else "To"
    return [code for node in header.all(name) if (code := node.said("OrganId"))]


def _fault(persona: str, root: Node) -> str:
    if persona == "dotnet":
        return strict_fault(root)
    try:
        read_lenient(root)
    except BadPacket as fault:
        return str(fault)
    return ""


def _traces(root: Node) -> Node | None:
    return root.first("edXMLEnvelope", "edXMLHeader", "TraceHeaderList")


def _said(opened: _Opened) -> dict[str, str]:
    header, traces = opened.header, _traces(opened.root)
    return {
        "subject": target_of(header, traces),
        "what": what_of(header, traces),
        "title": header.said("Subject"),
        "notation": notation_of(header),
    }


def _hand(world: World, sending: Sending, member: Member, written: bytes, opened: _Opened) -> Delivery:
    delivery = world.post.hand(sending, member.code, b"" if member.persona else written)
    if member.persona:
        fault = opened.faults[member.persona]
        world.letters.append(Letter(delivery, sending.kind, opened.header, _traces(opened.root), fault))
    return delivery

"""Keeping what is on its way: one delivery for each receiver, until it is fetched and said to be done."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lgsp.formats.axis.listing import Received, Sent
from lgsp.formats.axis.protocol import SERVICE, MessageType, TransportStatus
from lgsp.sandbox.axis.transit import written_at

OPEN = (TransportStatus.INITIAL, TransportStatus.PROCESSING)


@dataclass(slots=True)
class Sending:
    """One packet that was taken.

    Attributes:
        docid: what the sender was answered: 24 hex digits.
        subject: the id of the document it is, or is about.
        what: `edoc`, or the code of a status.
        digest: of the packet as it was sent.
    """

    docid: str
    kind: MessageType
    sender: str
    subject: str
    what: str
    digest: str
    at: datetime
    title: str = ""
    notation: str = ""


@dataclass(slots=True)
class Delivery:
    """One packet on its way to one receiver.

    Attributes:
        docid: what the receiver sees: a UUID.
        packet: what it will fetch; empty once nobody will.
        copy: it is a second one of the same packet.
        fetched: how often it was fetched.
    """

    docid: str
    sending: Sending
    receiver: str
    packet: bytes
    updated: datetime
    copy: bool = False
    status: TransportStatus = TransportStatus.INITIAL
    text: str = ""
    fetched: int = 0


@dataclass(slots=True)
class Post:
    """Everything that was taken, in order.

    Attributes:
        now: the wall clock.
        remember: False keeps nothing of what is done but counts, so that memory stays flat.
    """

    now: Callable[[], datetime]
    remember: bool = True
    sendings: list[Sending] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _deliveries: dict[str, Delivery] = field(default_factory=dict)
    _open: dict[str, Delivery] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def take(self, kind: MessageType, sender: str, **said: str) -> Sending:
        """Take a packet, whatever was taken before: the axis knows no duplicates, and counts them here."""
        sending = Sending(docid=secrets.token_hex(12), kind=kind, sender=sender, at=self.now(), **said)
        self.counts[f"taken_{kind}"] += 1
        if self.remember:
            self.counts["duplicates"] += sending.digest in self._seen
            self._seen.add(sending.digest)
            self.sendings.append(sending)
        return sending

    def hand(self, sending: Sending, receiver: str, packet: bytes, *, copy: bool = False) -> Delivery:
        """Put a packet where its receiver will find it."""
        delivery = Delivery(str(uuid.uuid4()), sending, receiver, packet, self.now(), copy)
        self._deliveries[delivery.docid] = self._open[delivery.docid] = delivery
        return delivery

    def find(self, docid: str) -> Delivery | None:
        """Return a delivery by the receiver's id."""
        return self._deliveries.get(docid)

    def update(self, delivery: Delivery, status: TransportStatus, text: str = "") -> None:
        """Note how far the pick-up is; what is done stays done."""
        if delivery.status in OPEN:
            delivery.status, delivery.text, delivery.updated = status, text, self.now()
            self.counts[f"{status}_{delivery.sending.kind}"] += 1
        if delivery.status not in OPEN:
            self._open.pop(delivery.docid, None)
            if not self.remember:
                self._deliveries.pop(delivery.docid, None)

    def waiting(self, kind: MessageType, mine: Callable[[str], bool]) -> list[Delivery]:
        """Return what waits for some receivers, oldest first."""
        return [one for one in self._open.values() if one.sending.kind is kind and mine(one.receiver)]

    def done(self, kind: MessageType, mine: Callable[[str], bool]) -> list[Delivery]:
        """Return what some receivers have fetched and are done with, oldest first."""
        gone = (one for one in self._deliveries.values() if one.status not in OPEN)
        return [one for one in gone if one.sending.kind is kind and mine(one.receiver)]

    def sent(self, kind: str, mine: Callable[[str], bool]) -> list[Delivery]:
        """Return what some senders sent, oldest first; a copy that the axis made is none of theirs."""
        wanted = [one for one in self._deliveries.values() if kind in ("", one.sending.kind)]
        return [one for one in wanted if mine(one.sending.sender) and not one.copy]

    def state(self) -> dict[str, object]:
        """Return what is held: packets by the documents they are about, and deliveries."""
        documents: dict[str, list[dict[str, str]]] = {}
        for sending in self.sendings:
            told = {"what": sending.what, "from": sending.sender, "docid": sending.docid}
            documents.setdefault(sending.subject, []).append({**told, "sha256": sending.digest})
        return {
            "documents": documents,
            "deliveries": [_told(one) for one in self._deliveries.values()],
            **{name: self.counts[name] for name in ("taken_edoc", "taken_status", "duplicates")},
            "counts": dict(self.counts),
        }


def received(delivery: Delivery) -> Received:
    """Return a delivery as the receiver's list shows it."""
    sending = delivery.sending
    return Received(
        docid=delivery.docid,
        service_type=SERVICE,
        message_type=sending.kind,
        created=written_at(sending.at),
        updated=written_at(delivery.updated),
        sender=sending.sender,
        receiver=delivery.receiver,
        status=delivery.status,
        status_text=delivery.text,
    )


def sent(delivery: Delivery) -> Sent:
    """Return a delivery as the sender's list shows it."""
    sending = delivery.sending
    picked_up = written_at(delivery.updated) if delivery.status not in OPEN else ""
    return Sent(
        docid=sending.docid,
        receiver_docid=delivery.docid,
        service_type=SERVICE,
        sender=sending.sender,
        receiver=delivery.receiver,
        title=sending.title,
        notation=sending.notation,
        message_type=sending.kind,
        sent=written_at(sending.at),
        received=picked_up,
        send_status=TransportStatus.DONE,
        receive_status=delivery.status,
        receive_text=delivery.text,
    )


def _told(one: Delivery) -> dict[str, object]:
    return {
        "docid": one.docid,
        "sender_docid": one.sending.docid,
        "subject": one.sending.subject,
        "what": one.sending.what,
        "from": one.sending.sender,
        "to": one.receiver,
        "status": one.status,
        "text": one.text,
        "copy": one.copy,
        "fetched": one.fetched,
    }

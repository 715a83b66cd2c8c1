"""Gathering what three sides say of documents: our document system, the axis, and the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from lgsp.demo.exchange import DMS, Exchange, is_ours, issuer
from lgsp.demo.ledger import pages
from lgsp.demo.stage import AXIS, Stage
from lgsp.demo.threads import Item, Kind, Name, Passage, Thread
from lgsp.domain.codes import document_id
from lgsp.domain.course.packets import DOCUMENT, Packet, Way
from lgsp.formats.axis.protocol import MessageType
from lgsp.journal import documents, reading
from lgsp.journal.contract import Journal, Transaction
from lgsp.sandbox.axis.habits import ARRIVED
from lgsp.sandbox.axis.post import Delivery, Post

_ACTS = {0: "new", 1: "recall", 2: "update", 3: "replace"}
_FOLLOWS = (1, 2)
_CLOSED = ("superseded", "replaced", "cancelled", "shadowed", "adopted")
_STUCK = ("held", "refused", "exhausted", "expired")
_OPEN = ("waiting", "parked")
_AT_ONCE = 20


@dataclass(slots=True)
class Gathered:
    """What the three sides say.

    Attributes:
        messages: ids of all documents and statuses that were taken on and are about known documents.
        strangers: those that are about nothing that anybody here wrote.
        amiss: what stands in no thread and is wrong.
        rejected: packets of the axis that were turned away at our door, by the axis' ids.
    """

    threads: dict[Name, Thread] = field(default_factory=dict)
    messages: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    amiss: list[str] = field(default_factory=list)
    rejected: AbstractSet[str] = frozenset()

    def thread(self, kind: Kind, sender: str, receiver: str, document: str) -> Thread:
        """Return a thread; statuses of one teller about one document are one."""
        name = Name(kind, sender, receiver if kind is Kind.DOCUMENTS else "", document)
        return self.threads.setdefault(name, Thread())


async def gather(stage: Stage) -> Gathered:
    """Return what is known of all documents, of a stage that is at rest."""
    journal, exchange = stage.platform.gateway.journal, stage.exchange
    found = Gathered(rejected=await journal.read(_turned_away))
    rows = await journal.read(_deliveries)
    _of_the_axis(found, exchange)
    _of_the_clerk(found, exchange)
    packets = await _packets(journal, sorted({name.document for name in found.threads}))
    doubts = await _doubts(journal, rows)
    for packet in packets:
        _of_the_journal(found, exchange, packet, doubts)
    found.strangers = {row["message"] for row in rows.values()} - found.messages
    _mark_stuck(found)
    return found


# --- what was told, and what came ---------------------------------------------------------------------------


def _of_the_clerk(found: Gathered, exchange: Exchange) -> None:
    tally = exchange.clerk.tally
    for draft in tally.written:
        about = draft.about if draft.kind in _FOLLOWS else draft.document
        for code, _ in draft.to:
            thread = found.thread(Kind.DOCUMENTS, draft.sender.code, code, about)
            thread.told.append(Item(_ACTS[draft.kind]))
    for said in tally.said:
        found.thread(Kind.STATUSES, said.teller, "", said.document).told.append(Item(said.code))
    for agency, records in tally.received.items():
        for about, record in records.items():
            if record.what:
                found.thread(Kind.DOCUMENTS, issuer(about), agency, about).came.extend(record.what)
    for about, tellers in tally.told.items():
        for teller, codes in tellers.items():
            found.thread(Kind.STATUSES, teller, "", about).came.extend(codes)
    found.amiss += [f"the gateway turned away {what}: {words}" for what, words in tally.refused]
    found.amiss += [f"the document system could not use {line}" for line in tally.unread]


def _of_the_axis(found: Gathered, exchange: Exchange) -> None:
    """Note what the axis took of us, and what its peers told agencies of ours."""
    for one in deliveries(exchange.axis.world.post):
        sending, kind = one.sending, _kind(one)
        if is_ours(sending.sender):
            found.thread(kind, sending.sender, one.receiver, sending.subject).came.append(sending.what)
        elif is_ours(one.receiver):
            thread = found.thread(kind, sending.sender, one.receiver, sending.subject)
            thread.told.append(Item(sending.what, one.docid in found.rejected))
            if kind is Kind.DOCUMENTS and sending.what in ("new", "replace"):
                # the gateway tells the arrival by itself, of what it could take on
                arrived = found.thread(Kind.STATUSES, one.receiver, "", sending.subject)
                arrived.told.append(Item(ARRIVED, one.docid in found.rejected))


def deliveries(post: Post) -> list[Delivery]:
    """Return all that went over the axis, oldest first, without the copies that it made by itself."""
    return post.sent("", lambda _: True)


def _kind(one: Delivery) -> Kind:
    return Kind.DOCUMENTS if one.sending.kind is MessageType.DOCUMENT else Kind.STATUSES


# --- what the journal has -----------------------------------------------------------------------------------


def _turned_away(tx: Transaction) -> frozenset[str]:
    """Return the axis' ids of the packets that lie in quarantine."""
    rows = pages("quarantine", partial(reading.quarantined, tx, AXIS))
    return frozenset(str(row["raw"]["attributes"].get("docId")) for row in rows if row["raw"])


def _deliveries(tx: Transaction) -> dict[int, Mapping[str, Any]]:
    """Return the deliveries of documents and statuses by their numbers."""
    return {
        row["id"]: row
        for system in (DMS, AXIS)
        for row in pages("deliveries", partial(reading.deliveries, tx, {"system": system}))
    }


async def _doubts(journal: Journal, rows: Mapping[int, Mapping[str, Any]]) -> Counter[int]:
    """Return by the numbers of deliveries over the axis how many attempts nobody knows the outcome of."""
    doubts: Counter[int] = Counter()
    tried = (row["message"] for row in rows.values() if row["system"] == AXIS and row["attempt"] > 1)
    for message in set(tried):
        walk = await journal.read(partial(reading.walk, uid=UUID(message)))
        entries = walk["entries"] if walk else ()
        doubts.update(one["delivery"] for one in entries if (one["details"] or {}).get("uncertain"))
    return doubts


async def _packets(journal: Journal, ids: Sequence[str]) -> list[Packet]:
    """Return the messages about some documents, each document's in the order in which they were taken on."""
    found: dict[str, Packet] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        for packet in await journal.read(partial(_lines, ids=some)):
            found[packet.message] = packet
    return list(found.values())


def _lines(tx: Transaction, ids: Sequence[str]) -> list[Packet]:
    answers = [documents.look(tx, (), document_id(one)) for one in ids]
    return [packet for answer in answers for line in answer.lines for packet in line.packets]


def _of_the_journal(found: Gathered, exchange: Exchange, packet: Packet, doubts: Mapping[int, int]) -> None:
    found.messages.add(packet.message)
    plain = exchange.axis.world.directory.code_of
    data = packet.data
    sender, about = plain(data["sender"]["code"]), data["key"]
    if packet.type != DOCUMENT:
        ways = [_passage(data["code"], way, doubts) for way in packet.ways]
        _enter(found, Kind.STATUSES, sender, "", about, ways)
        return
    named = dict.fromkeys(plain(one["code"]) for one in data["recipients"])
    for receiver in named if packet.source == DMS else filter(is_ours, named):
        meant = [way for way in packet.ways if not way.recipients or receiver in map(plain, way.recipients)]
        ways = [_passage(data["act"], way, doubts) for way in meant if way.state not in _CLOSED]
        _enter(found, Kind.DOCUMENTS, sender, receiver, about, ways)


def _enter(  # noqa: PLR0913, PLR0917 - the name of a thread, and what goes along it
    found: Gathered, kind: Kind, sender: str, receiver: str, about: str, ways: Sequence[Passage]
) -> None:
    """Enter one packet on its one way; any other number of ways is against the law of conservation."""
    if len(ways) == 1:
        found.thread(kind, sender, receiver, about).passed.extend(ways)
    else:
        found.amiss.append(f"{about}: {len(ways)} ways from {sender} to {receiver or 'its issuer'}")


def _passage(label: str, way: Way, doubts: Mapping[int, int]) -> Passage:
    return Passage(label, way.system, way.state, doubts.get(way.number, 0), way.cause)


def _mark_stuck(found: Gathered) -> None:
    """Mark what waits for its turn behind something of its document that a person has to decide."""
    stuck = {
        (name.document, one.system)
        for name, thread in found.threads.items()
        for one in thread.passed
        if one.state in _STUCK
    }
    for name, thread in found.threads.items():
        for n, one in enumerate(thread.passed):
            if one.state in _OPEN and (name.document, one.system) in stuck:
                thread.passed[n] = replace(one, behind=True)

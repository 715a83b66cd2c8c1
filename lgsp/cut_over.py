"""Carrying out what taking over from an older connection needs: asking a system what it holds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import orjson
import structlog

from lgsp.adapter import Arrival
from lgsp.enduring import steadily
from lgsp.errors import Refused, Unavailable
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import adopting, dossiers, gaps, handovers
from lgsp.journal.contract import Transaction
from lgsp.journal.gaps import Unjudged, Verdict
from lgsp.journal.lines import line_digest
from lgsp.journal.reading import anchor_on_its_way
from lgsp.journal.turns import Frame
from lgsp.leases import always
from lgsp.message import Message
from lgsp.pacing import Pace

T = TypeVar("T")
log = structlog.get_logger(__name__)
_TICK = 0.1
_PAUSE = 2.0
"""Seconds before a system is asked again that gave no answer."""
_MOST = 100
_LOOKED = 1000
_COUNTS = {
    Verdict.THERE: "there", Verdict.BROUGHT: "brought", Verdict.BUSY: "busy", Verdict.JUDGED: "judged",
}  # fmt: skip
_SUBJECTS = (
    "SELECT id, partitionkey, subject, source FROM messages WHERE type = ? AND revision = 1 AND id > ?"
    " ORDER BY id LIMIT ?"
)


class _Asked(NamedTuple):
    """A subject that the journal knows, by the number of its first message."""

    number: int
    partitionkey: str
    subject: str
    source: str


def live(gateway: Gateway, one: Unjudged, system: str) -> bool:
    """Tell whether the routes of now send the newest of a line, so that the older connection does no more.

    Receivers do not count here: what has any is no snapshot.
    """
    told = Message(one.type, one.subject, one.partitionkey, {}, source=one.source, agency=one.agency)
    return any(wanted.system == system and not wanted.shadow for wanted in gateway.wants(told))


class Gap(NamedTuple):
    """What a cut-over would ask for.

    Attributes:
        lines: subjects of which nobody knows whether they were told.
        live: those that the routes of now send.
        agencies: how many of the live ones each agency has.
        due: the nearest promised date of a live dossier that is not done, in microseconds.
        more: there are more lines than were looked at.
    """

    lines: int
    live: int
    agencies: Counter[str]
    due: int | None
    more: bool


async def foresee(gateway: Gateway, system: str, most: int | None = None) -> Gap:
    """Return what a cut-over would ask for; of `most` lines at most, or of all."""
    lines, agencies, due = 0, Counter[str](), None
    after: bytes | None = b""
    while after is not None and (most is None or lines < most):
        found, after = await gateway.journal.read(
            lambda tx, a=after: gaps.unjudged(tx, system, a, _LOOKED)  # type: ignore[misc]
        )
        lines += len(found)
        mine = [one for one in found if live(gateway, one, system)]
        agencies.update(one.agency for one in mine)
        due = await gateway.journal.read(lambda tx, m=mine, d=due: _nearest(tx, m, d))  # type: ignore[misc]
    return Gap(lines, agencies.total(), agencies, due, after is not None)


class Asking(NamedTuple):
    """What an adoption by asking would ask for.

    Attributes:
        subjects: of the type that the journal knows.
        asked: those of which it does not know that they are there, and of which nothing is on its way.
        more: there are more than were looked at.
    """

    subjects: int
    asked: int
    more: bool


async def foresee_asking(gateway: Gateway, system: str, type_: str, most: int | None = None) -> Asking:
    """Return what an adoption by asking would ask for; of `most` subjects at most, or of all."""
    subjects, asked, after = 0, 0, 0
    while most is None or subjects < most:
        page, unknown = await gateway.journal.read(
            lambda tx, a=after: _page_of(tx, system, type_, a, _LOOKED)  # type: ignore[misc]
        )
        subjects, asked = subjects + len(page), asked + len(unknown)
        if len(page) < _LOOKED:
            return Asking(subjects, asked, more=False)
        after = page[-1].number
    return Asking(subjects, asked, more=True)


def _page_of(
    tx: Transaction, system: str, type_: str, after: int, limit: int
) -> tuple[list[_Asked], list[_Asked]]:
    """Return a page of what the journal knows, and those of it that would be asked for."""
    page = [_Asked._make(row) for row in tx.rows(_SUBJECTS, (type_, after, limit))]
    return page, _unknown(tx, system, type_, page)


def _nearest(tx: Transaction, lines: Sequence[Unjudged], due: int | None) -> int | None:
    known = dossiers.among(tx, [one.partitionkey for one in lines]).values()
    dates = [row.due for row in known if row.due is not None and row.finished is None]
    return min((*dates, *([] if due is None else [due])), default=None)


class CutOver:
    """Carries out cut-overs, and adoptions by asking, at the rate that was asked for.

    Only one process of an installation does it. All that it needs to know stands in the journal: another goes
    on where this one stopped, and what was judged is judged.

    Args:
        gateway: whose journal and systems.
        held: tells, inside the transaction of each act, whether this process is the one now.
        clock: seconds that never run back.
    """

    def __init__(
        self,
        gateway: Gateway,
        held: Callable[[Transaction], bool] = always,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._held = held
        self._clock = clock
        self._pace = Pace(clock)
        self._rests: dict[int, float] = {}

    async def run(self) -> None:
        """Carry out what was ordered until cancelled."""
        await steadily(self.step, "carrying out a handover", log, _TICK)

    async def step(self) -> None:
        """Do what is due of every handover, if this process is the one to do it."""
        running = await self._gateway.journal.read(handovers.running)
        if running and not await self._gateway.journal.write(self._held):
            running = []  # another process does it
        self._pace.earn(dict(running))
        for number, _ in running:
            room = min(self._pace.room(number), _MOST)
            if room and self._rests.get(number, 0.0) <= self._clock():
                self._pace.spend(number, await self._go_on(number, room))

    async def _go_on(self, number: int, room: int) -> int:
        """Ask about a page; return how much of the rate that took."""
        held = await self._gateway.journal.read(lambda tx: handovers.find_row(tx, number))
        to = self._gateway.counterparts.get(held["system"]) if held else None
        if held is None or to is None or not to.health.running:
            return 0
        page = self._judge_some if held["what"] == handovers.CUT_OVER else self._ask_some
        try:
            return await page(held, to, room)
        except Unavailable as fault:
            self._rests[number] = self._clock() + _PAUSE
            log.warning("asking for a handover failed; trying again", system=to.name, fault=fault.cause)
            return room

    # --- a cut-over -------------------------------------------------------------------------------------

    async def _judge_some(self, held: dict[str, Any], to: Counterpart, room: int) -> int:
        after = bytes.fromhex(held["place"])
        if not after and await self._gateway.journal.read(
            lambda tx: gaps.queues(tx, to.name, held["asked_at"])
        ):
            self._rests[held["id"]] = self._clock() + _PAUSE
            return 0  # what is drawn up behind its place would be judged by nobody
        page, further = await self._gateway.journal.read(lambda tx: gaps.unjudged(tx, to.name, after, room))
        mine = [one for one in page if live(self._gateway, one, to.name)]
        counts = Counter(still_shadow=len(page) - len(mine))
        said = await self._probe(to, [(one.type, one.subject, one.partitionkey, one.source) for one in mine])
        for one, arrival in zip(mine, said, strict=True):
            counts.update(await self._write_verdict(one, arrival, held["who"]))
        to.window.look_again()
        place = further.hex() if further is not None else None
        await self._advance(held, place, counts)
        return len(mine)

    async def _write_verdict(self, one: Unjudged, arrival: Arrival, who: str) -> Counter[str]:
        if arrival is Arrival.UNKNOWN:
            return Counter(unknown=1)
        there = arrival is Arrival.ARRIVED
        verdict, alive = await self._gateway.journal.write(
            lambda tx: gaps.judge(tx, one, there=there, who=who)
        )
        return Counter({_COUNTS[verdict]: 1, "deliveries": alive})

    # --- an adoption by asking --------------------------------------------------------------------------

    async def _ask_some(self, held: dict[str, Any], to: Counterpart, room: int) -> int:
        type_, after = orjson.loads(held["wanted"])["type"], int(held["place"] or 0)
        page, ask = await self._gateway.journal.read(lambda tx: _page_of(tx, to.name, type_, after, room))
        said = await self._probe(to, [(type_, one.subject, one.partitionkey, one.source) for one in ask])
        there = [
            one.partitionkey for one, arrival in zip(ask, said, strict=True) if arrival is Arrival.ARRIVED
        ]
        if there:
            _, frames = await self._gateway.journal.write(lambda tx: _adopted(tx, to.name, type_, there))
            self._gateway.broker.publish(frames)
        counts = Counter(
            adopted=len(there), known=len(page) - len(ask), absent=said.count(Arrival.ABSENT),
            unknown=said.count(Arrival.UNKNOWN),
        )  # fmt: skip
        await self._advance(held, str(page[-1].number) if len(page) == room else None, counts)
        return len(ask)

    # --- below ------------------------------------------------------------------------------------------

    async def _probe(self, to: Counterpart, asked: Sequence[tuple[str, str, str, str]]) -> list[Arrival]:
        """Ask for subjects without a body, not more at once than the system allows.

        Raises:
            Unavailable: one of them could not be asked for.
        """
        slots = asyncio.Semaphore(max(1, to.health.limit))

        async def ask(type_: str, subject: str, key: str, source: str) -> Arrival:
            async with slots, asyncio.timeout(to.spec.deliver.timeout):
                return await to.adapter.probe(Message(type_, subject, key, {}, source=source))

        said = await asyncio.gather(*(ask(*one) for one in asked), return_exceptions=True)
        return [_told(one) for one in said]

    async def _advance(self, held: dict[str, Any], place: str | None, counts: Counter[str]) -> None:
        """Note how far it is, unless another process went on meanwhile, or a person stopped it."""

        def act(tx: Transaction) -> None:
            now = handovers.held_now(tx, held["id"])
            if now is None or now["place"] != held["place"] or not self._held(tx):
                return
            handovers.advance(tx, now, held["place"] if place is None else place, counts)
            if place is None and now["state"] == handovers.RUNNING:
                handovers.move(tx, held["id"], "end", "gateway")

        await self._gateway.journal.write(act)


def _unknown(tx: Transaction, system: str, type_: str, page: Sequence[_Asked]) -> list[_Asked]:
    """Return those of which the journal does not know that they are there; of which nothing is on its way."""
    lines = {one: line_digest(system, one.partitionkey) for one in page}
    known = adopting.known(tx, list(lines.values()), type_)
    return [
        one
        for one, line in lines.items()
        if line not in known and one.source != system and not anchor_on_its_way(tx, line, type_)
    ]


def _adopted(tx: Transaction, system: str, type_: str, keys: Sequence[str]) -> tuple[int, list[Frame]]:
    """Note what was found there, but for what we began to tell meanwhile: that may be what was found."""
    lines = {key: line_digest(system, key) for key in keys}
    tx.lock(sorted(lines.values()))
    found = [key for key, line in lines.items() if not anchor_on_its_way(tx, line, type_)]
    return adopting.subjects(tx, system, type_, found, write=True)


def _told(said: Arrival | BaseException) -> Arrival:
    if isinstance(said, TimeoutError):
        raise Unavailable("timed-out")
    if isinstance(said, Refused):
        return Arrival.UNKNOWN
    if isinstance(said, BaseException):
        raise said
    return said

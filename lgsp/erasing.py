"""Erasing content that a home wants kept no longer, nightly, by one process; and what that would be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import structlog

from lgsp.enduring import enduring
from lgsp.gateway import Gateway
from lgsp.journal import asks_erasing, citizens, erasing, erasures, retaining
from lgsp.journal.contract import Transaction
from lgsp.journal.erasing import Judge, Told
from lgsp.journal.erasures import Counts, Run
from lgsp.leases import always
from lgsp.message import VIETNAM, Message
from lgsp.routes import Routes
from lgsp.schedules import Job, Past

log = structlog.get_logger(__name__)
_IDLE, _PAUSE = 20.0, 30.0
"""Seconds between two looks, and after a failure."""
_OTHERS = 2
"""So many times as long as a page took the time belongs to others."""
_DAY = 86_400_000_000
_LOOKING = 2.0
"""Seconds that one look ahead may take; who wants to see the rest goes on behind it."""
BY_TYPE = ""
"""The rule of a message that takes no route with an age of its own: that of its type."""
_PUBLISHED = "SELECT max(at) FROM published"


class Preview(NamedTuple):
    """What would be erased now.

    Attributes:
        counts: as far as it was looked.
        after: the message to go on after; None when all was looked at.
    """

    counts: Counts
    after: int | None


def rules(routes: Routes) -> dict[str, Any]:
    """Return what a home keeps how long, in days, as it stands in runs and entries."""
    by_route = {route.name: route.keep for route in routes.routes if route.keep is not None}
    said = {"types": dict(routes.keep.types), "routes": by_route, "rejected": routes.keep.rejected}
    return {name: part for name, part in said.items() if part}


def shortest(routes: Routes) -> int | None:
    """Return the shortest age of a home in days; None where all is kept for ever."""
    told = rules(routes)
    return min([*told.get("types", {}).values(), *told.get("routes", {}).values()], default=None)


def ages(routes: Routes) -> dict[str, int]:
    """Return for each type the days after which none of its routes keeps it; no type that one keeps for ever.

    It is by these that kept answers to questions go, whatever became of the question.
    """
    found: dict[str, list[int | None]] = {}
    for route in routes.routes:
        found.setdefault(route.type, []).append(route.keep or routes.keep.types.get(route.type))
    return {type_: max(of or 0 for of in some) for type_, some in found.items() if None not in some}


def judge_of(gateway: Gateway) -> Judge:
    """Return what tells for how long a message's content is kept: of all the routes it takes the longest.

    A route without an age of its own goes by the message's type; a type without one is kept for ever. Routes
    are those of now.
    """
    routes, agencies = gateway.routes, gateway.agencies
    types = routes.keep.types
    named = {route.type for route in routes.routes if route.keep is not None}

    def judge(one: Told) -> tuple[int | None, str]:
        by_type = types.get(one.type)
        if by_type is None and one.type not in named:
            return None, BY_TYPE
        taken = [route for route in routes.routes if route.wants(_as_message(one), agencies)]
        ages = [(route.keep or by_type, route.name if route.keep else BY_TYPE) for route in taken]
        ages = ages or [(by_type, BY_TYPE)]
        if any(days is None for days, _ in ages):
            return None, BY_TYPE
        days, rule = max(((days or 0), rule) for days, rule in ages)
        return days * _DAY, rule or "by type"

    return judge


def _as_message(one: Told) -> Message:
    """Return a message as routes look at it; its status is what was first seen of it."""
    status = (orjson.loads(one.watched) if one.watched else {}).get("/status", "")
    return Message(
        one.type, one.subject, one.partitionkey, {"status": status}, source=one.source, agency=one.agency
    )


async def preview(gateway: Gateway, after: int = 0, seconds: float = _LOOKING) -> Preview:
    """Look at what would be erased now, for so many seconds at most; nothing is changed."""
    counts, ends = Counts(), time.monotonic() + seconds
    if shortest(gateway.routes) is None:
        return Preview(counts, None)
    judge = judge_of(gateway)
    while True:
        page = await gateway.journal.read(lambda tx, a=after: erasing.look(tx, judge, a, 2**62))  # type: ignore[misc]
        for one, rule in page.due:
            counts.add(one.type, rule, one.size, one.accepted_at)
        if page.last is None:
            return Preview(counts, None)
        after = page.last
        if time.monotonic() > ends:
            return Preview(counts, after)


class Erasing:
    """Erases, for all processes. When nobody does, content stays until the next one goes on where it stopped.

    Args:
        gateway: whose journal, by the routes of now.
        held: tells, inside the transaction, whether this process is the one that erases.
    """

    def __init__(self, gateway: Gateway, held: Callable[[Transaction], bool] = always) -> None:
        self._gateway = gateway
        self._held = held

    async def run(self) -> None:
        """Erase when it is time, until cancelled."""
        await enduring(self.look, "erasing", log, _PAUSE)

    async def look(self) -> float:
        """Do what is to be done now, a page at most; return after how many seconds to look again."""
        began = time.monotonic()
        journal = self._gateway.journal
        run = await journal.write(lambda tx: self._current(tx) if self._held(tx) else None)
        if run is None:
            return _IDLE
        if await self._page(run):
            return min(_OTHERS * (time.monotonic() - began), 1.0)
        return _IDLE

    def _current(self, tx: Transaction) -> Run | None:
        """Return the run that goes on, or begin the night's; None where there is nothing to do."""
        citizens.renew(tx)
        if erasures.paused(tx):
            return None
        run = erasures.latest(tx)
        if run is not None and run.state == erasures.RUNNING:
            return run
        told = rules(self._gateway.routes)
        if not told or tx.now < self._due(tx, run):
            return None
        return erasures.begin(tx, "retention", "", told)

    def _due(self, tx: Transaction, last: Run | None) -> int:
        published = tx.rows(_PUBLISHED)[0][0]
        since = tx.now if published is None else int(published)
        past = Past(since) if last is None else Past(since, last.began_at, last.changed_at)
        return Job(at=self._gateway.routes.keep.at.strftime("%H:%M")).due(past)  # type: ignore[arg-type]

    async def _page(self, run: Run) -> bool:
        """Take a run a page further; False when it is over, or another process goes on with it."""
        journal, judge = self._gateway.journal, judge_of(self._gateway)
        page = await journal.read(lambda tx: erasing.look(tx, judge, run.place, run.upto))
        on = await journal.write(lambda tx: erasing.step(tx, run, judge, page) if self._held(tx) else None)
        if on is None:
            return False
        if page.last is None:
            await self._finish(on)
        return page.last is not None

    async def _finish(self, run: Run) -> None:
        """Erase what was turned away, end the run, and let go of files that nothing names any more."""
        journal, days = self._gateway.journal, self._gateway.routes.keep.rejected
        after: int | None = 0
        while days is not None and after is not None:
            before = run.changed_at - days * _DAY
            gone, after = await journal.write(
                lambda tx, a=after, b=before: erasing.erase_rejected(tx, b, a)  # type: ignore[misc]
            )
            run.counts.raws += gone
        for type_, age in ages(self._gateway.routes).items():
            await self._answers(run, type_, run.changed_at - age * _DAY)
        await journal.write(lambda tx: erasures.end(tx, run))
        log.info("content erased", run=run.id, messages=sum(one["count"] for one in run.counts.rows()))
        if run.counts.by or run.counts.raws:
            await self._let_go()

    async def _answers(self, run: Run, type_: str, before: int) -> None:
        """Erase kept answers to questions of a type that were asked before a time."""
        journal, more = self._gateway.journal, True
        while more:
            old = await journal.read(lambda tx: asks_erasing.look(tx, type_, before))
            await journal.write(lambda tx, found=old: asks_erasing.erase(tx, found))  # type: ignore[misc]
            for _, asked_at, size in old.rows:
                run.counts.add(type_, "answers", size, asked_at)
            more = old.more

    async def _let_go(self) -> None:
        """Delete the files outside the journal that nothing names any more and nobody brought lately."""
        blobs = self._gateway.blobs
        needed = await self._gateway.journal.read(retaining.blobs_needed)
        before = time.time() - 86_400.0

        def gone() -> int:
            return sum(blobs.let_go(path, before) for path in blobs.old(before, needed))

        log.info("files let go", files=await asyncio.to_thread(gone))


def told(run: Run) -> Mapping[str, Any]:
    """Return a run as it is shown."""
    return run.as_dict()


def next_at(routes: Routes, now: datetime | None = None) -> datetime:
    """Return when erasing begins by itself the next time."""
    moment = now or datetime.now(VIETNAM)
    since = int(moment.timestamp() * 1_000_000)
    due = Job(at=routes.keep.at.strftime("%H:%M")).due(Past(since))  # type: ignore[arg-type]
    return datetime.fromtimestamp(due / 1_000_000, VIETNAM)

"""A source that is asked: it lists what it was not told we have, as the axis does, and stumbles as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from lgsp.adapter import Adapter, Page
from lgsp.fetching import Fetcher
from lgsp.journal import job_orders
from lgsp.message import Raw
from lgsp.testing.making import PAPER
from lgsp.wire.fence import pass_fence
from tests.core.crew import Crew, Member, crew
from tests.core.rig import DESK, paper

NAME = "papers"
JOB = (DESK, NAME)
PLAN = "every: 10s"
Before = Callable[[str], Awaitable[None]]


async def nothing(_: str) -> None:
    """Let a page go, or its confirmation, without ado."""


class Source(Adapter):
    """Lists papers until it was told that we have them: one to a page, and how many it saw as the cursor.

    Attributes:
        waits: what it lists.
        asked: each (job, cursor) that it was asked with.
        gave: the names of the pages that were asked for.
        told: what it was told that we have, as often as it was.
        before: awaited before each page.
        hears: awaited before it takes a confirmation in.
    """

    brings = frozenset({PAPER})
    jobs = frozenset({NAME})

    def __init__(self, *names: str) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]
        self.waits = list(names)
        self.asked: list[tuple[str, Any]] = []
        self.gave: list[str] = []
        self.told: list[str] = []
        self.before: Before = nothing
        self.hears: Before = nothing
        self.closed = 0

    async def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """List what waits."""
        self.asked.append((job, cursor))
        seen = cursor or 0
        try:
            for name in list(self.waits):
                pass_fence()
                await self.before(name)
                seen += 1
                self.gave.append(name)
                yield Page(self.items(name), Raw.of(name.encode()), seen, partial(self._hear, name))
        finally:
            self.closed += 1

    def items(self, name: str) -> Sequence[Any]:
        """Return what stands on a page."""
        return [paper("L", name)]

    async def _hear(self, name: str) -> None:
        await self.hears(name)
        self.told.append(name)
        if name in self.waits:
            self.waits.remove(name)


class Gate:
    """Keeps whoever comes with a name until it is opened; tells that somebody came, and that they gave up."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.came = asyncio.Event()
        self.open = asyncio.Event()
        self.dropped = False

    async def __call__(self, name: str) -> None:
        """Wait, if this is the one."""
        if name == self._name:
            self.came.set()
            try:
                await self.open.wait()
            except asyncio.CancelledError:
                self.dropped = True
                raise


def stumbling(fault: BaseException, at: str) -> Before:
    """Return what raises a fault, once, when a name comes."""
    faults = [fault]

    async def stumble(name: str) -> None:
        if name == at and faults:
            raise faults.pop()

    return stumble


class Fetching:
    """One process that runs jobs, and what a test asks of it."""

    def __init__(self, member: Member, *, alone: bool = False) -> None:
        self.member = member
        self.fetcher = Fetcher(member.gateway, alone=alone)

    def ask(self, source: Source) -> Source:
        """Let the job ask this source from now on."""
        self.member.systems[DESK].adapter = source
        return source

    async def begin(self) -> None:
        """Look whose turn it is; what is begun goes on by itself."""
        await self.fetcher.step()

    async def rest(self) -> None:
        """Wait until every run has ended."""
        async with asyncio.timeout(30):
            while self.fetcher._tasks:
                await asyncio.gather(*self.fetcher._tasks)

    async def go(self) -> dict[str, Any]:
        """Run what is due to its end; return the job as people see it."""
        await self.begin()
        await self.rest()
        return await self.job()

    async def job(self) -> dict[str, Any]:
        """Return the job as people see it."""
        job = self.member.gateway.routes.jobs()[JOB]
        return await self.member.journal.read(lambda tx: job_orders.shown(tx, *JOB, job))

    async def runs(self) -> list[dict[str, Any]]:
        """Return its runs, newest first."""
        return list((await self.member.journal.read(lambda tx: job_orders.history(tx, *JOB)))["runs"])

    async def order(self, act: Callable[..., Any], *more: Any) -> None:
        """Give a person's order."""
        await self.member.journal.write(lambda tx: act(tx, *JOB, "operator", *more))

    async def papers(self) -> list[str]:
        """Return the names of the papers that the journal holds, in their order."""
        sql = "SELECT subject, source FROM messages ORDER BY id"
        rows = await self.member.journal.read(lambda tx: tx.rows(sql))
        assert {source for _, source in rows} <= {DESK}
        raws = await self.member.journal.read(lambda tx: tx.rows("SELECT body FROM raws ORDER BY id"))
        assert len(raws) == len(rows)
        return [bytes(body).decode() for (body,) in raws]


@asynccontextmanager
async def fetching(
    folder: Path, count: int = 1, plan: str = PLAN
) -> AsyncIterator[tuple[Crew, list[Fetching]]]:
    """Let so many processes run the jobs of one journal; nothing of them runs by itself."""
    jobs = [("desk: {adapter: desk}", f"desk: {{adapter: desk, jobs: {{{NAME}: {{{plan}}}}}}}")]
    async with crew(folder, count, jobs) as us:
        ones = [Fetching(member) for member in us.members]
        try:
            yield us, ones
        finally:
            for one in ones:
                await one.fetcher.stop(0)

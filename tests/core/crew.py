"""Several processes of one installation, in this one: each a gateway with a lease, on one journal and one broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lgsp.broker.embedded import EmbeddedBroker
from lgsp.following import Follower
from lgsp.jobs import Sweeper
from lgsp.journal.clocks import micros
from lgsp.journal.sqlite import SqliteJournal
from lgsp.leases import ALL_ROLES, Duty, ProcessLease
from lgsp.routes import parse_routes
from lgsp.standings import Standings
from lgsp.testing.making import SYSTEM
from lgsp.worker import Lane
from tests.core.rig import ROUTES, Portal, Rig


class Ticks:
    """A machine's own clock, in seconds; it stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Member(Rig):
    """One process: its lease, and a sweeper that sweeps only while it is the one."""

    def __init__(
        self, number: int, journal: Any, folder: Path, text: str, *, portal: Portal, broker: Any
    ) -> None:
        super().__init__(journal, folder, portal, parse_routes(text), broker)
        self.ticks = Ticks()
        self.lease = ProcessLease(
            journal, f"host:{number}", ALL_ROLES, entered=self._enlisted, clock=self.ticks
        )
        self.duty = Duty("sweep", self.lease, self.ticks)
        self.sweeper = Sweeper(self.gateway, held=self.duty.held, lease=self.lease)
        self.standings = Standings(self.gateway, lambda _: self.lane.wake())
        self.lane = Lane(self.gateway, self.to, self.standings)
        self.loaded: list[int] = []
        self.follower = Follower(self.gateway, self.standings, self._load)
        self.gateway.fence = self.lease.holds

    def _enlisted(self, worker: int) -> None:
        self.gateway.worker = worker

    async def _load(self, version: int, _: str) -> None:
        self.loaded.append(version)
        self.gateway.published = version

    async def enter(self) -> None:
        """Enter as one worker of several: nothing is recovered but by whoever sweeps."""
        await self.broker.declare(self.systems)
        await self.lease.enter()
        await self.standings.load()
        await self.refill()

    async def claimed(self) -> Any:
        """Claim the one delivery that the broker holds."""
        (claim,) = await self.journal.claim(await self.broker.take(SYSTEM, 1), self.gateway.worker)
        return claim


class Crew:
    """The processes, and the clocks around them."""

    def __init__(self, members: Sequence[Member], clock: Callable[[float], None]) -> None:
        self.members = list(members)
        self._clock = clock

    async def pass_time(self, seconds: float, *beating: Member) -> None:
        """Let time pass in steps of two seconds, in which some of the processes beat as they should."""
        left = seconds
        while left > 0:
            step = min(2.0, left)
            left -= step
            self._clock(step)
            for member in self.members:
                member.ticks.now += step
            for member in beating:
                await member.lease.beat()

    def step(self, seconds: float) -> None:
        """Let the journal's clock step, and no other."""
        self._clock(seconds)


@asynccontextmanager
async def crew(folder: Path, count: int = 2, changes: Sequence[tuple[str, str]] = ()) -> AsyncIterator[Crew]:
    """Let so many processes enter one journal; nothing of them runs by itself."""
    now = [micros()]
    text = ROUTES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    journal = await SqliteJournal.open(folder / "journal.db", lambda: now[0])
    broker, portal = EmbeddedBroker(), Portal()
    members = [Member(n, journal, folder, text, portal=portal, broker=broker) for n in range(count)]

    def move(seconds: float) -> None:
        now[0] += int(seconds * 1_000_000)

    try:
        for member in members:
            await member.enter()
        yield Crew(members, move)
    finally:
        await broker.close()
        await journal.close()

"""Carrying out what operators ordered and what takes its time: bulk replays, and drains."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from lgsp.enduring import steadily
from lgsp.gateway import Gateway
from lgsp.health import Standing
from lgsp.journal import acting, reading, replaying
from lgsp.journal.contract import Transaction
from lgsp.leases import always
from lgsp.pacing import Pace

T = TypeVar("T")
log = structlog.get_logger(__name__)
_DRAINING = Standing.DRAINING.value
_TICK = 0.25


def _orders(tx: Transaction) -> tuple[list[tuple[int, str, int]], dict[str, tuple[str, str | None]]]:
    return replaying.running(tx), reading.standings(tx)


class Replayer:
    """Brings the dead back at the rate that was asked for, and pauses systems that are drained.

    Only one process of an installation does it. All that it needs to know stands in the journal, so another
    may go on at any moment where this one stopped.

    Args:
        gateway: whose journal, and whose windows on the broker.
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

    async def run(self) -> None:
        """Carry out orders until cancelled."""
        await steadily(self.step, "carrying out orders", log, _TICK)

    async def step(self) -> None:
        """Do what is due of every replay and of every drain, if this process is the one to do it."""
        running, standings = await self._gateway.journal.read(_orders)
        await self._replay(running)
        await self._drain([name for name, (standing, _) in standings.items() if standing == _DRAINING])

    async def _act(self, act: Callable[[Transaction], T]) -> T | None:
        """Run an act of the journal, if this process is the one to do it."""
        return await self._gateway.journal.write(lambda tx: act(tx) if self._held(tx) else None)

    async def _replay(self, running: Sequence[tuple[int, str, int]]) -> None:
        self._pace.earn({number: rate for number, _, rate in running})
        for number, system, _ in running:
            self._pace.spend(number, await self._bring_back(number, system, self._pace.room(number)))

    async def _bring_back(self, number: int, system: str, room: int) -> int:
        """Let one replay take a step; return how much of its rate that took."""
        if room < 1:
            return 0
        step = await self._act(lambda tx: replaying.step(tx, number, room))
        if step is None:
            return room  # another process does it: this one saves up nothing meanwhile
        to = self._gateway.counterparts.get(system)
        if step.revived and to is not None:
            to.window.look_again()
        if step.state != replaying.RUNNING:
            log.info("replay ended", replay=number, state=step.state)
        return step.revived

    async def _drain(self, systems: Sequence[str]) -> None:
        """Pause each of the systems of which nothing is on its way any more."""
        for system in systems:
            if await self._act(lambda tx, n=system: acting.drained(tx, n, "gateway")):  # type: ignore[misc]
                log.warning("system is drained", system=system)
                if system in self._gateway.counterparts:
                    self._gateway.counterparts[system].health.drained(self._clock())

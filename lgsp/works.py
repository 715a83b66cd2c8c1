"""The lanes and dispatchers of one process, which come and go with the systems in the routes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from lgsp.dispatch import Dispatcher
from lgsp.gateway import Gateway
from lgsp.journal.contract import Transaction
from lgsp.leases import JOBS, WORK
from lgsp.standings import Standings
from lgsp.worker import Lane


@dataclass(slots=True, frozen=True)
class Part:
    """What a process takes upon itself.

    Attributes:
        roles: of `lgsp.leases`.
        systems: those it sends to; empty is all.
    """

    roles: Collection[str]
    systems: Collection[str] = ()

    def sends_to(self, system: str) -> bool:
        """Tell whether this process has a lane to a system."""
        return WORK in self.roles and (not self.systems or system in self.systems)


class Works:
    """Runs a lane to each system that this process sends to, and a dispatcher where it may dispatch.

    Attributes:
        lanes: by system.
    """

    def __init__(
        self, gateway: Gateway, standings: Standings, part: Part, held: Callable[[Transaction], bool]
    ) -> None:
        self._gateway = gateway
        self._standings = standings
        self._part = part
        self._held = held
        self._lane_tasks: dict[str, asyncio.Task[None]] = {}
        self._dispatching: dict[str, asyncio.Task[None]] = {}
        self.lanes: dict[str, Lane] = {}

    def prepare(self) -> None:
        """Make the lanes that the systems ask for; they do not send yet."""
        for name, to in self._gateway.counterparts.items():
            if self._part.sends_to(name) and name not in self.lanes and to.queued:
                self.lanes[name] = Lane(self._gateway, to, self._standings)

    def start(self) -> None:
        """Let every lane send, and dispatch to every system."""
        self.prepare()
        for name, lane in self.lanes.items():
            if name not in self._lane_tasks:
                self._lane_tasks[name] = asyncio.create_task(lane.run())
        for name, to in self._gateway.counterparts.items():
            if JOBS in self._part.roles and name not in self._dispatching and to.queued:
                dispatcher = Dispatcher(self._gateway, to, self._held)
                self._dispatching[name] = asyncio.create_task(dispatcher.run())

    def wake(self, system: str) -> None:
        """Let a system's lane look again, if this process has one."""
        if system in self.lanes:
            self.lanes[system].wake()

    async def stop(self, systems: Iterable[str], grace: float) -> None:
        """Take nothing new for systems, and finish what is being sent within so many seconds."""
        names = list(systems)
        await ended([self._dispatching.pop(name) for name in names if name in self._dispatching])
        await asyncio.gather(*(self.lanes[name].stop(grace) for name in names if name in self.lanes))
        await ended([self._lane_tasks.pop(name) for name in names if name in self._lane_tasks])
        for name in names:
            self.lanes.pop(name, None)


async def ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """End tasks, and return when they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

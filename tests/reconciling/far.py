"""A far side that knows what it holds, and what takes runs forward in front of it."""

from __future__ import annotations

import asyncio
from typing import Any

from lgsp.adapter import Arrival, Known
from lgsp.errors import Unavailable
from lgsp.journal import dossiers_keeping as register
from lgsp.journal import reconciliations as journalled
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal.reconciliations import TURNED_AWAY, Order
from lgsp.journal.reconciliations_differences import Filter
from lgsp.reconciling.running import Runs
from lgsp.testing.making import SYSTEM
from tests.core.rig import DESK, Portal, Rig, dossier

TYPE = "dossier.v1"


class Far(Portal):
    """A portal that knows what it holds, and can lose it, be away, or be slow.

    Attributes:
        failing: so many questions fail before it answers again.
        cause: how they fail.
        asked: what was asked, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.failing = 0
        self.cause = Unavailable("timed-out")
        self.delay = 0.0
        self.asked: list[str] = []
        self.asking = self.most_asking = 0

    async def known(self, subject: str) -> Known:
        """Answer by what it holds."""
        self.asked.append(subject)
        self.asking += 1
        self.most_asking = max(self.most_asking, self.asking)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.asking -= 1
        if self.failing:
            self.failing -= 1
            raise self.cause
        there = (TYPE, subject) in self.held
        return Known(Arrival.ARRIVED if there else Arrival.ABSENT)

    def lose(self, *keys: str) -> None:
        """Hold some no more."""
        for key in keys:
            del self.held[TYPE, key]


async def told(one: Rig, count: int) -> list[str]:
    """Tell of dossiers, see them delivered, and register them."""
    keys = [f"K{n:03d}" for n in range(count)]
    for key in keys:
        await one.told(dossier(key))
    while await one.go():
        pass
    done = False
    while not done:
        look = await one.journal.read(register.look)
        await one.journal.write(lambda tx, at=look: register.keep(tx, at))
        done = look.place.done
    return keys


async def start(one: Rig, phase: str = TURNED_AWAY, **scope: Any) -> int:
    """Ask for a run."""
    wanted = journalled.Scope(DESK, SYSTEM, **scope)
    order = Order(f"{phase}{scope}", "operator", "", phase)
    run, _ = await one.journal.write(lambda tx: journalled.ask(tx, wanted, order))
    return int(run["id"])


def runs(one: Rig, **more: Any) -> Runs:
    """Return what takes runs forward, impatiently."""
    return Runs(one.gateway, **{"again": (0.01,) * 3, "pause": 0.001, **more})


async def through(steps: Any, most: int = 200) -> None:
    """Take steps until there is nothing to do at once."""
    for _ in range(most):
        if not await steps.step():
            return


async def shown(one: Rig, number: int) -> dict[str, Any]:
    """Return a run as people see it."""
    found = await one.journal.read(lambda tx: journalled.find(tx, number))
    return dict(found)


async def found(one: Rig, number: int) -> dict[str, str]:
    """Return the buckets of what a run found, by key."""
    rows = await one.journal.read(lambda tx: differences.listing(tx, number, Filter(), limit=1000))
    return {row["key"]: row["bucket"] for row in rows}

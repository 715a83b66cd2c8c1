"""Filling the broker's windows from the journal, in journal order: one dispatcher for each system."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from lgsp.errors import GatewayError
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import sweeping
from lgsp.journal.contract import Transaction
from lgsp.journal.turns import Frame
from lgsp.leases import always

log = structlog.get_logger(__name__)
_LOOK, _ASK = 0.1, 0.25
"""Seconds after which a dispatcher looks at its window though nothing woke it; and between two questions to
the broker about what was lost."""


class Dispatcher:
    """Refills one system's window as soon as it is half empty and something waits behind it.

    Args:
        gateway: whose journal and broker.
        to: the system.
        held: tells, inside the transaction of each refill, whether this process is the one that dispatches.
    """

    def __init__(
        self, gateway: Gateway, to: Counterpart, held: Callable[[Transaction], bool] = always
    ) -> None:
        self._gateway = gateway
        self._to = to
        self._held = held

    async def run(self) -> None:
        """Refill until cancelled."""
        while True:
            try:
                await self.refill()
            except GatewayError as fault:
                log.warning("refilling failed; trying again", system=self._to.name, fault=str(fault))
            await self._to.window.until_low(_LOOK)

    async def refill(self) -> None:
        """Dispatch what the window has room for."""
        window = self._to.window
        room = window.room(self._gateway.broker.depth(self._to.name))
        if not window.behind or room == 0 or not self._to.health.filling:
            return
        mark, name = window.mark(), self._to.name
        frames = await self._gateway.journal.write(
            lambda tx: sweeping.refill(tx, name, room) if self._held(tx) else None
        )
        if frames is not None:
            self._gateway.broker.publish(frames)
            window.refilled(mark, all_taken=len(frames) < room)


class Returns:
    """Takes back what this process dispatched and the broker did not get, so that it is dispatched anew."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lost: list[Frame] = []

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                await self.take_back()
            except GatewayError as fault:
                log.warning("taking frames back failed; trying again", fault=str(fault))
            await asyncio.sleep(_ASK)

    async def take_back(self) -> int:
        """Note in the journal which frames did not arrive; return how many there were."""
        self._lost += self._gateway.broker.lost()
        lost = self._lost
        if not lost:
            return 0
        await self._gateway.journal.write(lambda tx: sweeping.undispatch(tx, lost))
        self._lost = []
        for system in {frame.system for frame in lost}:
            if to := self._gateway.counterparts.get(system):
                to.window.look_again()
        return len(lost)

"""Filling the broker's windows from the journal, in journal order: one dispatcher for each system."""

from __future__ import annotations

import structlog

from lgsp.errors import GatewayError
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import sweeping

log = structlog.get_logger(__name__)
_LOOK = 0.1
"""Seconds after which a dispatcher looks at its window though nothing woke it."""


class Dispatcher:
    """Refills one system's window as soon as it is half empty and something waits behind it."""

    def __init__(self, gateway: Gateway, to: Counterpart) -> None:
        self._gateway = gateway
        self._to = to

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
        if not window.behind or room == 0:
            return
        mark = window.mark()
        frames = await self._gateway.journal.write(lambda tx: sweeping.refill(tx, self._to.name, room))
        self._gateway.broker.publish(frames)
        window.refilled(mark, all_taken=len(frames) < room)

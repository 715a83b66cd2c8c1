"""Counting what befell, a little behind, so that whoever looks at the whole need not."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from lgsp.enduring import enduring
from lgsp.journal import figures
from lgsp.journal.contract import Journal, Transaction
from lgsp.leases import always

log = structlog.get_logger(__name__)
_IDLE, _PAUSE = 2.0, 10.0
"""Seconds between two looks once everything is counted, and after a failure."""
_OTHERS = 4
"""So many times as long as a look took the time belongs to others."""


class Summing:
    """Keeps the figures, for all processes. When nobody does, they lag, and the next one catches up.

    Args:
        journal: whose entries are counted: read beside the work that goes on, written in short acts.
        held: tells, inside the transaction, whether this process is the one that counts.
    """

    def __init__(self, journal: Journal, held: Callable[[Transaction], bool] = always) -> None:
        self._journal = journal
        self._held = held

    async def run(self) -> None:
        """Count until cancelled."""
        await enduring(self._round, "counting", log, _PAUSE)

    async def _round(self) -> float:
        """Look once; return after how many seconds to look again."""
        began = time.monotonic()
        done = await self.look()
        return _IDLE if done else min(_OTHERS * (time.monotonic() - began), _IDLE)

    async def look(self) -> bool:
        """Count a part; return True when nothing is left to count now, or another process counts."""
        step = await self._journal.read(figures.look)
        kept = await self._journal.write(lambda tx: self._held(tx) and figures.keep(tx, step))
        return step.place.done or not kept

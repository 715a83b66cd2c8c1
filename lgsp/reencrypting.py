"""Bringing what is kept under the current data key: journal and files, a little at a time, by one process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import islice

import structlog

from lgsp.blobs import Blobs
from lgsp.errors import GatewayError
from lgsp.journal import keys_resealing as resealing
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.keys_resealing import FILES, Progress, Step
from lgsp.keys import PLAIN
from lgsp.leases import always

log = structlog.get_logger(__name__)
_IDLE, _PAUSE = 5.0, 10.0
"""Seconds between two looks while there is nothing to do, and after a failure."""
_OTHERS, _BREATH = 4, 0.01
"""So many times as long as a step took the time belongs to others, and so many seconds at least."""
_SOME = 20
"""Files of one step."""


class Reencrypting:
    """Begins by itself when another key has come into use, and in a journal that was plain until now.

    Args:
        journal: whose.
        blobs: the files that belong to it.
        held: tells, inside the transaction, whether this process is the one that does it.
    """

    def __init__(self, journal: Journal, blobs: Blobs, held: Callable[[Transaction], bool] = always) -> None:
        self._journal = journal
        self._blobs = blobs
        self._held = held

    async def run(self) -> None:
        """Do it whenever it is due, until cancelled."""
        while True:
            pause, began = _PAUSE, time.monotonic()
            try:
                worked = await self.step()
                pause = max(_BREATH, _OTHERS * (time.monotonic() - began)) if worked else _IDLE
            except (GatewayError, OSError) as fault:
                log.warning("encrypting anew failed; trying again", fault=str(fault))
            except Exception:
                log.exception("encrypting anew failed; trying again")
            await asyncio.sleep(pause)

    async def step(self) -> bool:
        """Do a little; return False when there is nothing to do here now."""
        if self._journal.keys.current == PLAIN:
            return False
        now = await self._journal.write(lambda tx: resealing.step(tx) if self._held(tx) else None)
        if now is not None:
            return True
        due = await self._journal.write(lambda tx: resealing.due(tx) if self._held(tx) else None)
        return due is not None and due.place == FILES and await self._bring_files(due)

    async def _bring_files(self, now: Progress) -> bool:
        """Bring some files over, each replaced whole, and note the place behind them."""
        done = await asyncio.to_thread(self._some_files, str(now.after[0]) if now.after else "")
        await self._journal.write(lambda tx: resealing.files_took(tx, now, done))
        return True

    def _some_files(self, after: str) -> Step:
        found = list(islice(self._blobs.reseal(after), _SOME))
        left = [(PLAIN, f"file {one.name}: {one.fault}") for one in found if one.fault]
        last = found[-1].name if found else after
        anew, missed = sum(one.anew for one in found), sum(one.missed for one in found)
        return Step((last,), len(found) < _SOME, len(found), anew, left, missed)

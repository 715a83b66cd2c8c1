"""Counting who fetched which file, in batches: thousands of fetches cost the journal one write a second."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from itertools import islice

import structlog

from lgsp.journal import relayed
from lgsp.journal.contract import Journal, JournalError
from lgsp.journal.relayed import Counted

PAUSE = 1.0
"""Seconds between two writes; the first of a calm time is written at once."""
_TOGETHER = 500
_MOST = 100_000
_Key = tuple[int, int, str, str]
_Batch = dict[_Key, int]
log = structlog.get_logger(__name__)


class Counting:
    """Counts, and writes what it counted beside those who count.

    What was counted in the last second before a process is killed is lost: it is a count, and no proof.
    """

    def __init__(self, journal: Journal, pause: float = PAUSE) -> None:
        self._journal = journal
        self._pause = pause
        self._fetched: Counter[_Key] = Counter()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, message: int, file: int, place: str, who: str) -> None:
        """Count one fetch of a file by an address."""
        if len(self._fetched) < _MOST:
            self._fetched[message, file, place, who] += 1
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    async def close(self) -> None:
        """Write what was counted, if the journal takes it now."""
        self._closing.set()
        if self._writing is not None:
            await self._writing

    async def _write_all(self) -> None:
        try:
            while self._fetched:
                batch = self._some()
                well = await self._write(batch)
                if not well and self._closing.is_set():
                    return
                if not well or len(batch) < _TOGETHER:
                    await self._rest()
        finally:
            self._writing = None

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await self._closing.wait()

    def _some(self) -> _Batch:
        keys = list(islice(self._fetched, _TOGETHER))
        return {key: self._fetched.pop(key) for key in keys}

    async def _write(self, batch: _Batch) -> bool:
        """Write a batch; one that cannot be written now is counted once more."""
        rows = [Counted(*key, times) for key, times in batch.items()]
        try:
            await self._journal.write(lambda tx: relayed.count(tx, rows))
        except JournalError as fault:
            self._fetched.update(batch)
            log.warning("fetches of files are counted later", fault=str(fault))
            return False
        return True

"""Sealing the journal about once a second, beside whatever else goes on, and copying what was signed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from lgsp.domain.merkle.notes import Signer
from lgsp.enduring import steadily
from lgsp.errors import ConfigError, GatewayError
from lgsp.journal import seal, seal_reading, seal_thinning
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.seal import Growth, Log
from lgsp.leases import always

log = structlog.get_logger(__name__)
_IDLE, _PAUSE, _ASIDE = 1.0, 10.0, 2.0
"""Seconds between two looks once all is sealed, after a failure, and while another process seals."""
_PAGE = 2000
_FEW = 100
"""So many entries are hashed at once, on the way: to hand them to a thread would cost more."""
_OTHERS = 4
"""So many times as long as a page took the time belongs to others, while there is much to seal."""
_TIDY = 600.0
_COPY = 10.0
Put = Callable[[str], Awaitable[None]]
"""Puts the text of a checkpoint where it is kept a second time."""


class Sealing:
    """Seals for all processes. It stops nobody: what is not sealed is counted, and waits.

    Args:
        journal: whose entries.
        signing: returns who signs in the name of a log.
        held: tells, inside the transaction, whether this process is the one that seals.
        copies: what is signed is copied to a second place.
    """

    def __init__(
        self,
        journal: Journal,
        signing: Callable[[str], Signer],
        held: Callable[[Transaction], bool] = always,
        *,
        copies: bool = False,
    ) -> None:
        self._journal = journal
        self._signing = signing
        self._held = held
        self._copies = copies
        self._log: Log | None = None
        self._signer: Signer | None = None
        self._mine = False
        self._tidied = float("-inf")
        self._told: str | None = None

    async def run(self) -> None:
        """Seal until cancelled."""
        while True:
            pause, fault = _PAUSE, ""
            try:
                pause = await self._round()
            except ConfigError as wrong:
                fault = wrong.faults[0]
            except GatewayError as wrong:
                fault = str(wrong)
            except Exception as wrong:
                log.exception("sealing failed; trying again")
                fault = type(wrong).__name__
            await self._tell(fault)
            await asyncio.sleep(pause)

    async def _round(self) -> float:
        """Seal a page; return after how many seconds to look again."""
        began = time.monotonic()
        if not self._mine:
            self._mine = await self._journal.write(self._held)
            if not self._mine:
                self._log = None
                return _ASIDE
        if await self.step():
            return min(_OTHERS * (time.monotonic() - began), _IDLE)
        await self._tidy()
        return _IDLE

    async def step(self) -> bool:
        """Seal what is there, a page at most; return whether there is more."""
        known = self._log if self._log is not None else await self._journal.read(seal.load)
        self._log = known
        rows = await self._journal.read(lambda tx: seal.unsealed(tx, known.place, _PAGE))
        if not rows:
            return False
        if self._signer is None or self._signer.key.name != known.place.origin:
            self._signer = await asyncio.to_thread(self._signing, known.place.origin)
        growth = seal.grown(known, rows) if len(rows) < _FEW else await _aside(known, rows)
        self._log = await self._journal.write(lambda tx: self._keep(tx, growth))
        self._mine = self._log is not None
        return self._mine and len(rows) == _PAGE

    def _keep(self, tx: Transaction, growth: Growth) -> Log | None:
        assert self._signer is not None  # noqa: S101 - who seals has read the key
        if not self._held(tx):
            return None
        return seal.keep(tx, growth, self._signer.key, self._signer.sign)

    async def _tidy(self) -> None:
        """Forget, now and then, checkpoints of which there are too many."""
        if time.monotonic() - self._tidied < _TIDY:
            return
        self._tidied = time.monotonic()
        sizes = await self._journal.read(lambda tx: seal_thinning.too_many(tx, tx.now))
        if sizes:
            await self._journal.write(lambda tx: seal_thinning.forget(tx, sizes) if self._held(tx) else None)

    async def _tell(self, fault: str) -> None:
        """Let everybody see what is wrong, when it begins and when it ends."""
        if fault == self._told or (not fault and not self._mine):
            return
        if fault:
            log.warning("sealing failed; trying again", fault=fault)
            self._log, self._signer, self._mine = None, None, False
        try:
            await self._journal.write(lambda tx: self._note(tx, fault))
            self._told = fault
        except GatewayError as away:
            log.warning("telling that sealing failed: the journal does not work", fault=str(away))

    def _note(self, tx: Transaction, fault: str) -> None:
        if self._held(tx):
            seal_thinning.note_standing(tx, copies=self._copies, fault=fault)


async def _aside(known: Log, rows: list[Any]) -> Growth:
    return await asyncio.to_thread(seal.grown, known, rows)


class Copying:
    """Puts the newest checkpoint in a second place, again and again until it is there.

    Args:
        journal: whose log.
        put: where to.
        held: tells, inside the transaction, whether this process is the one that does.
    """

    def __init__(self, journal: Journal, put: Put, held: Callable[[Transaction], bool] = always) -> None:
        self._journal = journal
        self._put = put
        self._held = held

    async def run(self) -> None:
        """Copy until cancelled."""
        await steadily(self.look, "copying a checkpoint", log, _COPY)

    async def look(self) -> bool:
        """Copy the newest checkpoint, if it is not there yet; return whether one was copied.

        Raises:
            GatewayError: it could not be put there.
        """
        newest = await self._journal.read(seal_reading.newest)
        if newest is None or newest.copied_at is not None or not await self._journal.write(self._held):
            return False
        await self._put(newest.note)
        await self._journal.write(lambda tx: seal_thinning.copied(tx, newest.size))
        return True

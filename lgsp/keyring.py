"""The data keys of an installation in one process: unwrapped at its start, followed, made and rewrapped."""

from __future__ import annotations

import asyncio
import secrets

import structlog

from lgsp.errors import ConfigError, GatewayError
from lgsp.journal import keys as kept
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.keys import Book, KeyRow
from lgsp.keyring_file import SETTING, Wrapping, WrappingError
from lgsp.keys import PLAIN, SIZE

log = structlog.get_logger(__name__)
BEAT = 2.0
"""Seconds between two looks for keys that another process made."""
GRACE = 10.0
"""Seconds from the making of a key to its first use: every process knows it by then. One that does not learns
it when it meets it, so nothing hangs on this; it spares all of them doing a transaction twice."""
_MICROS = 1_000_000


class Keyring:
    """Knows the data keys of a journal, and keeps the journal's `DataKeys` taught.

    Args:
        journal: where they stand, wrapped.
        wrapping: what wraps them; None where nothing is to be encrypted.
    """

    def __init__(self, journal: Journal, wrapping: Wrapping | None) -> None:
        self._journal = journal
        self._wrapping = wrapping
        self._learning = asyncio.Lock()
        journal.keys.ask = self._ask

    @property
    def encrypts(self) -> bool:
        """Tell whether what is kept from now on is encrypted."""
        return self._journal.keys.current != PLAIN

    async def begin(self, maker: str = "") -> None:
        """Learn all keys.

        Args:
            maker: in whose name the first one is made where there is none; without one, none is made.

        Raises:
            ConfigError: keys are in use that this process cannot unwrap.
            JournalError: the journal is away.
        """
        found = await self._book()
        if self._wrapping is None and found.keys:
            what = "the journal is encrypted"
            raise ConfigError([f"{SETTING}: {what}; set it to the file that its other processes have"])
        try:
            if maker and self._wrapping is not None and not found.keys:
                await self._add(maker, 0.0, first=True)
            await self.learn(strict=True)
        except WrappingError as fault:
            raise ConfigError([str(fault)]) from fault

    async def learn(self, *, strict: bool = False) -> Book:
        """Learn the keys that are not known here yet, and which one encrypts now; return all.

        Args:
            strict: raise where one that may be in use cannot be unwrapped, instead of leaving it unknown.

        Raises:
            WrappingError: see `strict`.
        """
        async with self._learning:
            found, keys = await self._book(), self._journal.keys
            for row in found.keys:
                if not keys.knows(row.number):
                    await self._learn(row, strict=strict and row.retired_at is None)
            if keys.knows(found.current):
                keys.current = found.current
            return found

    async def _learn(self, row: KeyRow, *, strict: bool) -> None:
        if self._wrapping is None:
            log.warning("data key cannot be unwrapped", key=row.number, fault=f"{SETTING} is not set here")
            return
        try:
            self._journal.keys.learn(row.number, await self._wrapping.unwrap(row.wrapped_by, row.wrapped))
        except WrappingError as fault:
            if strict:
                raise
            log.warning("data key cannot be unwrapped", key=row.number, fault=str(fault))

    async def _ask(self, number: int) -> None:
        """Learn a key that somebody met; one that the journal does not have is lost."""
        found = await self.learn()
        if number not in {row.number for row in found.keys}:
            log.error("something stands under a data key that the journal does not have", key=number)
            self._journal.keys.lose(number)

    async def follow(self) -> None:
        """Look for keys that other processes made, until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self.learn()
            except GatewayError as fault:
                log.warning("looking for data keys failed; trying again", fault=str(fault))
            except Exception:
                log.exception("looking for data keys failed; trying again")

    async def rotate(self, who: str, grace: float = GRACE) -> int:
        """Make another data key, which encrypts when the grace is over, and return its number.

        Raises:
            ConfigError: nothing wraps keys here.
            WrappingError: it cannot be wrapped now.
        """
        number = await self._add(who, grace)
        await self.learn()
        return number

    async def rewrap(self, who: str) -> int:
        """Wrap every data key by the key-encryption key of now, and return how many were not.

        Nothing that is encrypted changes: afterwards the older key-encryption keys are needed no more.

        Raises:
            ConfigError: nothing wraps keys here.
            WrappingError: one cannot be unwrapped or wrapped; none was changed.
        """
        wrapping = self._wraps()
        now, _ = await wrapping.wrap(secrets.token_bytes(SIZE))
        older = [row for row in (await self._book()).keys if row.wrapped_by != now]
        plain = [await wrapping.unwrap(row.wrapped_by, row.wrapped) for row in older]
        fresh = [(row, *await wrapping.wrap(key)) for row, key in zip(older, plain, strict=True)]
        return await self._journal.write(lambda tx: kept.rewrap(tx, fresh, who))

    async def book(self) -> Book:
        """Return what the journal has."""
        return await self._book()

    async def _book(self) -> Book:
        return await self._journal.read(kept.book)

    async def _add(self, who: str, grace: float, *, first: bool = False) -> int:
        wrapped = await self._wraps().wrap(secrets.token_bytes(SIZE))
        after = int(grace * _MICROS)

        def add(tx: Transaction) -> int | None:
            return kept.add(tx, wrapped, who, after, first=first)

        return await self._journal.write(add) or 0

    def _wraps(self) -> Wrapping:
        if self._wrapping is None:
            raise ConfigError([f"{SETTING} is not set: nothing is encrypted here"])
        return self._wrapping

"""Passwords: made, kept as argon2id hashes, and compared beside the event loop, a few at a time."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
"""Characters of a password that a person chooses."""
_AT_ONCE, _QUEUE = 2, 40
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without letters and digits that are taken for one another when they are read out."""


class BusyError(Exception):
    """More people try to sign in at once than can be checked."""


def made() -> str:
    """Return a fresh password of 80 random bits, in groups that can be read out."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


class Passwords:
    """Hashes and compares: 32 MiB and some tens of milliseconds each, in threads, two at a time.

    A process has one of these: it is what bounds the memory that passwords take.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """Return what is kept of a password, of its first `LONGEST` characters; it waits for its turn."""
        async with self._turn:
            return await self._hashed(password)

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Tell whether a password is the one that was kept; None costs the same time, and is always no.

        Raises:
            BusyError: too many wait for their turn.
        """
        if self._waiting >= _QUEUE:
            raise BusyError
        self._waiting += 1
        try:
            async with self._turn:
                self._nobodys = self._nobodys or await self._hashed(made())
                same = await asyncio.to_thread(self._same, hashed or self._nobodys, password[:LONGEST])
                return same and hashed is not None
        finally:
            self._waiting -= 1

    async def _hashed(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password[:LONGEST])

    def _same(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

"""Taking a packet in while it comes, in memory if it is small and else in a file."""

from __future__ import annotations

import asyncio
from typing import Self

from lgsp.formats.axis import codes
from lgsp.formats.axis.hashing import FileHash
from lgsp.formats.edxml import Folder, Passing
from lgsp.message import Raw

from .refusing import Denied

_SMALL = 256 * 1024
"""Bytes up to which a packet stays in memory; the journal holds those itself, too."""

_RUN = 1024 * 1024
"""Bytes that are hashed and written at one go, away from the event loop."""


class Arriving:
    """A packet on its way in: it is taken in while inside.

    Args:
        files: beside which a large one is put down.
        limit: bytes that may come.
    """

    def __init__(self, files: Folder, limit: int) -> None:
        self._files = files
        self._limit = limit
        self._hash = FileHash()
        self._body = b""
        self._to: Passing | None = None
        self._pending: list[bytes] = []
        self._waiting = self._size = 0

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of what came."""
        if self._to is not None and self._to.on_disk:
            await asyncio.to_thread(self._to.close)
        elif self._to is not None:
            self._to.close()

    async def write(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            Denied: the packet is too large.
            OSError: it cannot be written.
        """
        self._pending.append(piece)
        self._waiting += len(piece)
        self._size += len(piece)
        if self._size > self._limit:
            raise Denied(codes.BAD_FILE, f"Gói tin vượt giới hạn {self._limit} byte")
        if self._to is None and self._size > _SMALL:
            self._to = self._files.passing()  # here: whoever is cut short while a thread writes closes it
        if self._waiting >= _RUN:
            await asyncio.to_thread(self._settle)

    async def tail(self, declared: str) -> int | None:
        """Return how many bytes behind the packet are not its own; see `FileHash.tail`."""
        await self._settled()
        return self._hash.tail(declared)

    async def raw(self, content_type: str, tail: int, said: dict[str, str]) -> Raw:
        """Return what came, without the bytes behind it; its file is there as long as one is inside.

        Args:
            content_type: as the sender has it.
            tail: bytes at the end that are not the packet's.
            said: what the request says beside it.
        """
        await self._settled()
        size, digest = self._size - tail, self._hash.digest(tail)
        if self._to is None:
            return Raw(content_type, digest, size, body=self._body[:size], attributes=said)
        await asyncio.to_thread(self._to.truncate, size)
        return Raw(content_type, digest, size, file=self._to, attributes=said)

    async def _settled(self) -> None:
        if self._pending and self._to is None:
            self._settle()
        elif self._pending:
            await asyncio.to_thread(self._settle)

    def _settle(self) -> None:
        """Hash what came, and put it down."""
        came, self._pending, self._waiting = b"".join(self._pending), [], 0
        self._hash.update(came)
        if self._to is None:
            self._body += came
            return
        if self._body:  # it was little until now
            self._to.write(self._body)
            self._body = b""
        self._to.write(came)

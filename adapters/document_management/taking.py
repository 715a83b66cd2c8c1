"""Taking a packet in while it comes, in memory if it is small and else in a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lgsp.formats.axis import codes
from lgsp.formats.axis.hashing import FileHash
from lgsp.formats.edxml import Folder
from lgsp.message import Raw

from .refusing import Denied

_SMALL = 256 * 1024
"""Bytes up to which a packet stays in memory; the journal holds those itself, too."""

_RUN = 1024 * 1024
"""Bytes that are hashed and written at one go, away from the event loop."""


class Arriving:
    """A packet on its way in; see `arriving`."""

    def __init__(self, files: Folder, limit: int) -> None:
        self._limit = limit
        self._hash = FileHash()
        self._to = files.passing()
        self._pending: list[bytes] = []
        self._waiting = self._size = 0

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
        if self._waiting >= _RUN:
            await asyncio.to_thread(self._settle)

    async def tail(self, declared: str) -> int | None:
        """Return how many bytes behind the packet are not its own; see `FileHash.tail`."""
        await self._settled()
        return self._hash.tail(declared)

    async def raw(self, content_type: str, tail: int, said: dict[str, str]) -> Raw:
        """Return what came, without the bytes behind it; its file is there as long as `arriving` is open.

        Args:
            content_type: as the sender has it.
            tail: bytes at the end that are not the packet's.
            said: what the request says beside it.
        """
        await self._settled()
        size, digest = self._size - tail, self._hash.digest(tail)
        if self._size > _SMALL:
            await asyncio.to_thread(self._to.truncate, size)
            return Raw(content_type, digest, size, file=self._to, attributes=said)
        self._to.truncate(size)
        self._to.seek(0)
        return Raw(content_type, digest, size, body=self._to.read(), attributes=said)

    @property
    def on_disk(self) -> bool:
        """Tell whether it is too large to be held in memory."""
        return self._to.on_disk

    def close(self) -> None:
        """Let go of what came."""
        self._to.close()

    async def _settled(self) -> None:
        if self._size <= _SMALL:
            self._settle()
        elif self._pending:
            await asyncio.to_thread(self._settle)

    def _settle(self) -> None:
        pieces, self._pending, self._waiting = self._pending, [], 0
        for piece in pieces:
            self._hash.update(piece)
            self._to.write(piece)


@asynccontextmanager
async def arriving(files: Folder, limit: int) -> AsyncIterator[Arriving]:
    """Take a packet in while inside.

    Args:
        files: beside which a large one is put down.
        limit: bytes that may come.
    """
    one = Arriving(files, limit)
    try:
        yield one
    finally:
        if one.on_disk:
            await asyncio.to_thread(one.close)
        else:
            one.close()

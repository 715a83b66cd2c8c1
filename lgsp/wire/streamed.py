"""Bodies that are too large to be held: read from a file as they go out, taken in pieces as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp

from lgsp.errors import Unavailable
from lgsp.store.passing import Passing

PIECE = 256 * 1024
"""Bytes that are read, written or handed on together."""
_AT_ONCE = 64 * 1024


@dataclass(slots=True, frozen=True)
class Upload:
    """The body of a request of which not all is kept for people, and that may lie in a file.

    Attributes:
        content: the body itself, or a file that does not change while it is sent; its owner closes it.
        tail: bytes that are sent behind it.
        shown: what is kept of it.
    """

    content: Passing | bytes
    tail: bytes = b""
    shown: bytes = b""

    @property
    def at_once(self) -> bytes | None:
        """The whole body where it is small enough to go out like any other."""
        if isinstance(self.content, Passing) or len(self.content) > _AT_ONCE:
            return None
        return self.content + self.tail


class Outflow:
    """An upload on its way out.

    Attributes:
        size: bytes of the whole body.
        whole: its last byte was handed over. Before that no server can take it for complete.
    """

    def __init__(self, upload: Upload) -> None:
        self._content = upload.content
        self._tail = upload.tail
        content = upload.content
        self.size = (content.size if isinstance(content, Passing) else len(content)) + len(upload.tail)
        self.whole = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body; a file is read in a thread."""
        left = self.size
        async for piece in self._inside():
            left -= len(piece)
            self.whole = not left
            yield piece
        self.whole = left == len(self._tail)
        yield self._tail

    async def _inside(self) -> AsyncIterator[bytes]:
        if not isinstance(self._content, Passing):
            for start in range(0, len(self._content), PIECE):
                yield self._content[start : start + PIECE]
            return
        with self._content.open() as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece


class Inflow:
    """Hands an answer on in pieces.

    Args:
        take: given the pieces in order; of a large answer in a thread, one piece after the other. What it
            raises ends the call.
        largest: bytes of an answer that are taken.

    Attributes:
        size: bytes that came.
    """

    def __init__(self, take: Callable[[bytes], object], largest: int) -> None:
        self._take = take
        self._largest = largest
        self.size = 0

    async def drain(self, response: aiohttp.ClientResponse) -> None:
        """Take a whole answer.

        Raises:
            Unavailable: it is larger than it may be.
        """
        held = bytearray()
        async for piece in response.content.iter_chunked(PIECE):
            self.size += len(piece)
            if self.size > self._largest:
                raise Unavailable("answer-too-large", str(self._largest))
            held += piece
            if len(held) >= PIECE:
                await self._hand_on(held)
        await self._hand_on(held)

    async def _hand_on(self, held: bytearray) -> None:
        piece = bytes(held)
        held.clear()
        if len(piece) <= _AT_ONCE:
            self._take(piece)
        else:
            await asyncio.to_thread(self._take, piece)

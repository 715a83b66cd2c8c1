"""Handing out packets and long lists: a packet is written to a file first, so that its faults are known."""

from __future__ import annotations

import asyncio
import binascii
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import IO, Any

from fastapi.responses import StreamingResponse

from lgsp.formats import edxml
from lgsp.formats.edxml import Folder
from lgsp.message import Message

JSON = "application/json;charset=UTF-8"
"""The letters are named: a client that is not told may read Vietnamese as Latin-1."""

_RUN = 384 * 1024
"""Bytes that are read at one go; a multiple of three, so that each run has a base64 of its own."""

_ENTRIES = 1000

Part = bytes | IO[bytes]
"""Bytes as they go out, or a file."""


def written(message: Message, files: Folder) -> IO[bytes]:
    """Return a message as a packet, in a file that is gone once it is closed; it blocks.

    Raises:
        Invalid: it cannot be written, or an attachment is not kept any more.
        OSError: the file cannot be written.
    """
    made = files.passing()
    try:
        edxml.write(message.type, message.data, files, made.write)
    except BaseException:
        made.close()
        raise
    return made


class FileAnswer(StreamingResponse):
    """An answer of known length, made of bytes and files: who reads it sees when it breaks off."""

    def __init__(self, parts: Sequence[Part], media_type: str = JSON, *, coded: bool = True) -> None:
        """Make the answer; its files are closed when it has gone out, or could not.

        Args:
            parts: in the order in which they go.
            media_type: of the whole.
            coded: files go in base64, else as they are.
        """
        length = sum(len(part) if isinstance(part, bytes) else _length(part, coded=coded) for part in parts)
        pieces = _pieces(parts, coded=coded)
        super().__init__(pieces, headers={"Content-Length": str(length)}, media_type=media_type)
        self._parts = parts

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            close(self._parts)


def close(parts: Sequence[Part]) -> None:
    """Close the files among some parts."""
    for part in parts:
        if not isinstance(part, bytes):
            part.close()


def _length(file: IO[bytes], *, coded: bool) -> int:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return (size + 2) // 3 * 4 if coded else size


async def _pieces(parts: Sequence[Part], *, coded: bool) -> AsyncIterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        while piece := await asyncio.to_thread(part.read, _RUN):
            yield binascii.b2a_base64(piece, newline=False) if coded else piece


async def in_runs(entries: Iterator[bytes]) -> AsyncIterator[list[bytes]]:
    """Yield the entries of a list that takes long to make, some at a time, away from the event loop."""
    while run := await asyncio.to_thread(lambda: list(islice(entries, _ENTRIES))):
        yield run


async def listed(runs: AsyncIterator[list[bytes]], before: bytes, after: bytes) -> StreamingResponse:
    """Return a list that is made while it goes out; one that breaks off is no JSON.

    Args:
        runs: entries, as JSON. What the first run raises is raised here, before anything is answered.
        before: what stands in front of them.
        after: what stands behind them.
    """
    first: list[bytes] = await anext(runs, [])
    return StreamingResponse(_joined(first, runs, before, after), media_type=JSON)


async def _joined(
    first: list[bytes], runs: AsyncIterator[list[bytes]], before: bytes, after: bytes
) -> AsyncIterator[bytes]:
    yield before + b",".join(first)
    async for run in runs:
        yield b"," + b",".join(run)
    yield after

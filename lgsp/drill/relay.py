"""The proxy in front of the processes that serve: each connection goes to one that is up, in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

_CHUNK = 65536
_PATIENCE = 1.0


class Relay:
    """Passes bytes both ways, and ends a connection with whichever side ends it.

    Args:
        ports: of the processes behind it.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = list(ports)
        self._turn = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection, and end it at once when nobody is up."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio calls this in a task
        self._passing.add(task)
        self._open.add(writer)
        try:
            behind = await self._behind()
            if behind is not None:
                await _join(reader, writer, *behind)
        finally:
            await _ended(writer)
            self._open.discard(writer)
            self._passing.discard(task)

    async def _behind(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self._ports:
            self._turn += 1
            port = self._ports[self._turn % len(self._ports)]
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    return await asyncio.open_connection("127.0.0.1", port)
        return None

    async def close(self) -> None:
        """End every connection."""
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._passing, return_exceptions=True)


@asynccontextmanager
async def relaying(ports: Sequence[int]) -> AsyncIterator[str]:
    """Relay while inside; yields the address that clients are given."""
    relay = Relay(ports)
    server = await asyncio.start_server(relay.welcome, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await relay.close()
        await server.wait_closed()


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
) -> None:
    ways = [
        asyncio.create_task(_pass(reader, far_writer)),
        asyncio.create_task(_pass(far_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        await _ended(far_writer)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _ended(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()

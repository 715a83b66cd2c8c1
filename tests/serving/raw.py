"""A server of ours on loopback, spoken to byte by byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from lgsp.connections import Patience
from lgsp.serving import running

QUICK = Patience(begin=0.6, idle=1.0, window=1.0, pace=100, unread=1.0, look=0.1)
"""So that no test waits for long."""
HEAD = b"POST /take HTTP/1.1\r\nHost: here\r\n"


@dataclass(slots=True)
class Site:
    """An application that takes bodies and notes what it was told.

    Attributes:
        port: where it is served.
        took: sizes of the bodies that came whole.
        asked: paths, in order.
    """

    port: int = 0
    took: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    clients: list[Client] = field(default_factory=list)

    async def connect(self, **more: Any) -> Client:
        """Open a connection."""
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port, **more))
        self.clients.append(client)
        return client

    async def healthy(self) -> bool:
        """Tell whether somebody honest is served now."""
        client = await self.connect()
        await client.say(HEAD + b"Content-Length: 3\r\n\r\nabc")
        said = await client.answer()
        await client.close()
        return said == (200, b"ok")

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """Answer one request."""
        self.asked.append(scope["path"])
        if scope["path"] == "/hold":
            await self.hold.wait()
        if scope["path"] == "/large":
            await self._large(send)
            return
        size = 0
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            size += len(event["body"])
            if not event["more_body"]:
                break
        self.took.append(size)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def _large(self, send: Callable[[Any], Any]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(400):
            await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@dataclass(slots=True)
class Client:
    """One raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, said: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(said)
        await self.writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """Return the next answer, as status and body; 0 when the connection ended instead."""
        try:
            async with asyncio.timeout(20):
                head = await self.reader.readuntil(b"\r\n\r\n")
                size = next(
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length")
                )
                return int(head.split()[1]), await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0, b""

    async def ended(self) -> bool:
        """Tell whether the server ends the connection without another word."""
        try:
            async with asyncio.timeout(20):
                return await self.reader.read() == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        """End it."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def served(patience: Patience = QUICK) -> AsyncIterator[Site]:
    """Serve a site while inside."""
    site = Site()
    async with running(site, patience=patience) as site.port:
        yield site
        site.hold.set()
        for client in site.clients:
            await client.close()

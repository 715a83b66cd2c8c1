"""Serving an ASGI app in the event loop that is already there, on a port that is known before it starts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

import uvicorn

from lgsp.connections import Connection, Patience
from lgsp.serving_tls import Certificates

_BACKLOG = 2048
_HANDSHAKE = 10.0
_TICKS = 10
"""Looks that uvicorn takes around itself in a second."""


class _Guest(uvicorn.Server):
    """A server in somebody else's loop: signals belong to the host."""

    def __init__(self, config: uvicorn.Config, patience: Patience, tls: Certificates | None) -> None:
        super().__init__(config)
        self._patience = patience
        self._tls = tls
        self._told = asyncio.Event()

    def leave(self) -> None:
        """Have it end now, and not at its next look around."""
        self.should_exit = True
        self._told.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections, each held to its patience."""
        await self.lifespan.startup()
        made = partial(Connection, self.config, self.server_state, {}, patience=self._patience)
        context = self._tls.context() if self._tls else None
        patience = _HANDSHAKE if context else None
        self.servers = [
            await asyncio.get_running_loop().create_server(
                made, sock=one, ssl=context, ssl_handshake_timeout=patience, backlog=_BACKLOG
            )
            for one in sockets or ()
        ]
        self.started = True

    async def main_loop(self) -> None:
        """Look around so often, until it is told to leave."""
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(1 / _TICKS):
                    await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave at once if nobody is connected; else as uvicorn does, which takes looks at who still is."""
        for server in self.servers:
            server.close()
        for one in list(self.server_state.connections):
            one.shutdown()
        await asyncio.sleep(0)  # those that idled are gone with the next turn of the loop
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Look after every connection, and after the certificate."""
        if counter % round(self._patience.look * _TICKS) == 0:
            now = asyncio.get_running_loop().time()
            for one in list(self.server_state.connections):
                if isinstance(one, Connection):
                    one.look(now)
            if self._tls is not None:
                self._tls.refresh()
        return await super().on_tick(counter)


@asynccontextmanager
async def running(
    app: Any,
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    patience: Patience = Patience(),  # noqa: B008 - it cannot change
    tls: Certificates | None = None,
) -> AsyncIterator[int]:
    """Serve the app while inside; yields the bound port (0 asks for any free one).

    Raises:
        OSError: the port is taken.
        ValueError: the certificate cannot be used.
    """
    if tls is not None:
        tls.context()
    with open_door(host, port) as door:
        server = _Guest(_config(app, patience), patience, tls)
        # The socket listens already: who connects before the server has started waits in the kernel.
        task = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield door.getsockname()[1]
        finally:
            server.leave()
            await task


def open_door(host: str, port: int) -> socket.socket:
    """Open a listening socket that says it is TCP: asyncio sets TCP_NODELAY only on those.

    Without it every answer of two packets waits 40 ms for a delayed acknowledgement.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(_BACKLOG)
    except OSError:
        door.close()
        raise
    return door


def _config(app: Any, patience: Patience) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=max(1, int(patience.idle)),
        timeout_graceful_shutdown=2,
    )

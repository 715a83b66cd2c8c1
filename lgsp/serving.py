"""Serving an ASGI app in the event loop that is already there, on a port that is known before it starts."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

_BACKLOG = 2048


class _Guest(uvicorn.Server):
    """A server in somebody else's loop: signals belong to the host."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running(app: Any, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Serve the app while inside; yields the bound port (0 asks for any free one).

    Raises:
        OSError: the port is taken.
    """
    with open_door(host, port) as door:
        server = _Guest(_config(app))
        # The socket listens already: who connects before the server has started waits in the kernel.
        task = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
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


def _config(app: Any) -> uvicorn.Config:
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
        timeout_graceful_shutdown=2,
    )


def calm_collector() -> None:
    """Let Python look for cycles less often: on the hot path nothing but live requests is young.

    Reference counting frees what a message used; the default thresholds walk those live objects for nothing,
    which cost a fifth of the CPU of a message. Call it once, when everything is set up.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)

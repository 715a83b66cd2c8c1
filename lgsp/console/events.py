"""Live pages: one clock for everybody who looks, and what it finds out once for all of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import structlog

from lgsp.errors import GatewayError

log = structlog.get_logger(__name__)

EVERY = 2.0
"""Seconds between two ticks."""
MOST = 500
"""Streams at a time in one process."""
Ask = Callable[[], Awaitable[Any]]


class Ticker:
    """Ticks while somebody looks.

    What many pages show is asked for in one place: a screen names a question with `tell`; whoever shows it
    reads `latest`, which asks at most once a tick, however many look.
    """

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._asks: dict[str, Ask] = {}
        self._answers: dict[str, tuple[float, Any]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._told: dict[str, bytes] = {}
        self._tick = asyncio.Event()
        self._watching = 0
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def tell(self, name: str, ask: Ask, *, live: bool = False) -> None:
        """Name a question; what is `live` is asked at each tick and its answer sent as an event."""
        self._asks[name] = ask
        self._locks[name] = asyncio.Lock()
        if live:
            self._told[name] = b""

    async def latest(self, name: str) -> Any:
        """Return the answer to a question, not older than a tick."""
        async with self._locks[name]:
            at, answer = self._answers.get(name, (float("-inf"), None))
            if time.monotonic() - at >= self._every:
                answer = await self._asks[name]()
                self._answers[name] = (time.monotonic(), answer)
            return answer

    def full(self) -> bool:
        """Tell whether there are as many streams as one process bears."""
        return self._watching >= MOST

    async def stream(self, lasts: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """Yield server-sent events: `tick`, and what is live, until the session or the process ends.

        Args:
            lasts: tells at each tick whether the session still holds.
        """
        self._watching += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        sent: dict[str, bytes] = {}
        try:
            yield b"retry: 3000\n\n"
            while not self._closed:
                await self._next()
                if self._closed or not await lasts():
                    break
                yield self._events(sent)
        finally:
            self._watching -= 1
        if not self._closed:
            yield b"event: over\ndata: session\n\n"

    def _events(self, sent: dict[str, bytes]) -> bytes:
        parts = [b"event: tick\ndata: %d\n\n" % int(time.time())]
        for name, told in self._told.items():
            if told and sent.get(name) != told:
                sent[name] = told
                parts.append(b"event: live\ndata: %s\n\n" % told)
        return b"".join(parts)

    async def _next(self) -> None:
        tick = self._tick
        await tick.wait()

    async def _run(self) -> None:
        while self._watching and not self._closed:
            await asyncio.sleep(self._every)
            for name in self._told:
                try:
                    self._told[name] = orjson.dumps({"name": name, "answer": await self.latest(name)})
                except GatewayError as fault:
                    log.warning("asking for live pages", name=name, fault=str(fault))
            self._beat()

    def _beat(self) -> None:
        tick, self._tick = self._tick, asyncio.Event()
        tick.set()

    def close(self) -> None:
        """End all streams: a stop waits for nobody who only looks."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        self._beat()

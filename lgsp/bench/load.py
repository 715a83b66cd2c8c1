"""A bare asyncio client: keeps a number of connections busy with one request each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

_EXPECTED = (b"HTTP/1.1 200", b"HTTP/1.1 202")
_REFUSED = b'"FAIL"'
"""In an answer of the axis' protocol, which is 200 always."""


@dataclass(slots=True)
class Load:
    """What a load did.

    Attributes:
        millis: of each answer, in milliseconds.
        failed: answers that were not 200 or 202, or that refuse.
    """

    count: int = 0
    failed: int = 0
    seconds: float = 0.0
    millis: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency below which this share of the answers stayed, in milliseconds."""
        ordered = sorted(self.millis)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the last was answered."""

    def __init__(self, requests: Iterator[bytes], load: Load, done: asyncio.Event) -> None:
        self._requests = requests
        self._load = load
        self._done = done
        self._left = b""
        self._began = 0.0
        self._out: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast("asyncio.Transport", transport)
        self._next()

    def _next(self) -> None:
        assert self._out is not None  # noqa: S101 - set when connected
        request = next(self._requests, None)
        if request is None:
            self._out.close()
            return
        self._began = time.perf_counter()
        self._out.write(request)

    def data_received(self, data: bytes) -> None:
        self._left += data
        head = self._left.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._left.lower().find(b"content-length:", 0, head)
        length = int(self._left[at + 15 : self._left.find(b"\r\n", at)])
        if len(self._left) < head + 4 + length:
            return
        self._load.count += 1
        self._load.failed += not self._left.startswith(_EXPECTED) or _REFUSED in self._left
        self._load.millis.append((time.perf_counter() - self._began) * 1000)
        self._left = self._left[head + 4 + length :]
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        self._done.set()


async def drive(port: int, requests: Iterator[bytes], connections: int) -> Load:
    """Send all requests over so many connections; return when the last is answered."""
    load = Load()
    loop = asyncio.get_running_loop()
    ended = [asyncio.Event() for _ in range(connections)]
    began = time.perf_counter()
    for done in ended:
        await loop.create_connection(lambda d=done: _Connection(requests, load, d), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(done.wait() for done in ended))
    load.seconds = time.perf_counter() - began
    return load


def until(deadline: float, make: Callable[[int], bytes], first: int = 0) -> Iterator[bytes]:
    """Yield requests until a moment of the monotonic clock."""
    n = first
    while time.perf_counter() < deadline:
        yield make(n)
        n += 1


def request(path: str, body: bytes, token: str) -> bytes:
    """Return a POST as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body

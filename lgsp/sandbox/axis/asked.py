"""Holding one request to the axis and one answer of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from lgsp.sandbox.app import Event, Receive, Send

JSON, TEXT, HTML = b"application/json", b"text/plain; charset=utf-8", b"text/html; charset=utf-8"
XML = b"application/octet-stream"

_LARGEST = 256 << 20


@dataclass(slots=True, frozen=True)
class Asked:
    """One request.

    Attributes:
        tail: the path behind the axis' own, without slashes around it.
        headers: as they came.
        body: whole.
    """

    method: str
    tail: str
    query: dict[str, str]
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the first header of a name, in any case; "" when there is none."""
        wanted = name.lower().encode()
        found = (value for key, value in self.headers if key.lower() == wanted)
        return next(found, b"").decode("utf-8", "replace")


@dataclass(slots=True, frozen=True)
class Said:
    """One answer.

    Attributes:
        pieces: the body; it is sent as it is made.
        delay: seconds before the first byte.
        retry_after: seconds for the header of that name; None leaves it out.
    """

    pieces: Iterable[bytes]
    status: int = 200
    content_type: bytes = JSON
    delay: float = 0.0
    retry_after: int | None = None

    @classmethod
    def of(
        cls,
        body: bytes,
        status: int = 200,
        content_type: bytes = JSON,
        delay: float = 0.0,
        *,
        retry_after: int | None = None,
    ) -> Said:
        """Return an answer whose body is there as a whole."""
        return cls((body,), status, content_type, delay, retry_after)


def asked_of(scope: Event) -> Asked:
    """Return what an ASGI scope asks, without its body."""
    tail = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
    return Asked(scope["method"], tail, query, list(scope["headers"]))


async def body_of(receive: Receive) -> bytes:
    """Return the whole body of a request, cut off behind 256 MiB."""
    pieces, size, more = [], 0, True
    while more and size < _LARGEST:
        event = await receive()
        pieces.append(event.get("body", b""))
        size += len(pieces[-1])
        more = event.get("more_body", False)
    return b"".join(pieces)


async def say(send: Send, said: Said) -> None:
    """Send an answer, piece by piece."""
    if said.delay:
        await asyncio.sleep(said.delay)
    headers = [(b"content-type", said.content_type)]
    if isinstance(said.pieces, tuple):
        headers.append((b"content-length", str(sum(map(len, said.pieces))).encode()))
    if said.retry_after is not None:
        headers.append((b"retry-after", str(said.retry_after).encode()))
    await send({"type": "http.response.start", "status": said.status, "headers": headers})
    for piece in said.pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})

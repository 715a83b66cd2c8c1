"""Keeping what was said to a system and what it answered, with credentials taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import orjson

KEPT = 64 * 1024
"""Bytes of a request or an answer that are kept; the rest is counted, not kept."""
_HIDDEN = "•••".encode()


@dataclass(slots=True)
class Exchange:
    """One request and its answer, as bytes, redacted.

    Attributes:
        status: HTTP status, or 0 when no answer came.
        millis: from the first byte to the last, in milliseconds.
    """

    url: str
    request: bytes
    status: int = 0
    answer: bytes = b""
    millis: float = 0.0

    def as_dict(self) -> dict[str, str | int | float]:
        """Return it as it is kept."""
        return {
            "url": self.url,
            "request": self.request.decode("utf-8", "replace"),
            "status": self.status,
            "answer": self.answer.decode("utf-8", "replace"),
            "ms": round(self.millis, 2),
        }


_exchanges: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)


@contextmanager
def recorded() -> Iterator[list[Exchange]]:
    """Collect the exchanges of the calls made inside, in order."""
    kept: list[Exchange] = []
    token = _exchanges.set(kept)
    try:
        yield kept
    finally:
        _exchanges.reset(token)


def record(exchange: Exchange) -> None:
    """Keep an exchange for whoever records; nobody may be recording."""
    kept = _exchanges.get()
    if kept is not None:
        kept.append(exchange)


def packed(exchanges: Sequence[Exchange]) -> bytes:
    """Return exchanges as they are kept: a line of JSON that says what follows, then the texts as they are.

    Texts are mostly JSON themselves; writing them into JSON once more would cost more than all else here.
    """
    heads, texts = [], []
    for exchange in exchanges:
        request, answer = exchange.request, exchange.answer
        heads.append((exchange.url, exchange.status, round(exchange.millis, 2), len(request), len(answer)))
        texts += [request, answer]
    return b"".join((orjson.dumps(heads), b"\n", *texts))


def unpacked(kept: bytes) -> list[dict[str, str | int | float]]:
    """Return kept exchanges as they are shown."""
    head, _, texts = kept.partition(b"\n")
    shown, at = [], 0
    for url, status, millis, request, answer in orjson.loads(head):
        said = texts[at : at + request]
        answered = texts[at + request : at + request + answer]
        shown.append(Exchange(url, said, status, answered, millis).as_dict())
        at += request + answer
    return shown


def redacted(text: bytes, secrets: tuple[str, ...]) -> bytes:
    """Return what was said, shortened, with each secret replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.encode(), _HIDDEN)
    return text if len(text) <= KEPT else text[:KEPT] + f"… ({len(text)} bytes)".encode()

"""Keeping what was said to a system and what it answered, with credentials taken out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

KEPT = 64 * 1024
"""Bytes of a request or an answer that are kept; the rest is counted, not kept."""


@dataclass(slots=True)
class Exchange:
    """One request and its answer, redacted.

    Attributes:
        status: HTTP status, or 0 when no answer came.
        millis: from the first byte to the last, in milliseconds.
    """

    url: str
    request: str
    status: int = 0
    answer: str = ""
    millis: float = 0.0

    def as_dict(self) -> dict[str, str | int | float]:
        """Return it as it is kept."""
        return {
            "url": self.url,
            "request": self.request,
            "status": self.status,
            "answer": self.answer,
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


def redacted(text: str, secrets: tuple[str, ...]) -> str:
    """Return the text, shortened, with each secret replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "•••")
    return text if len(text) <= KEPT else text[:KEPT] + f"… ({len(text)} characters)"

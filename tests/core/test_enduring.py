"""Whatever goes wrong in a look, the next one comes, after the rest that is meant; and the log says what failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from lgsp import enduring as module
from lgsp.enduring import enduring, later, steadily
from lgsp.errors import GatewayError


class Log:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []

    def warning(self, what: str, fault: str) -> None:
        """Keep a fault that is one of ours."""
        self.told.append(("warning", what, fault))

    def exception(self, what: str) -> None:
        """Keep a bug."""
        self.told.append(("exception", what, ""))


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was rested; after the fifth time it is cancelled, as when a process ends."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)
        if len(found) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(module.asyncio, "sleep", sleep)
    return found


def looking(*what: float | Exception) -> Callable[[], Any]:
    """Return a look that answers, or fails, as it is told; and then answers 9."""
    left = list(what)

    async def look() -> float:
        one = left.pop(0) if left else 9.0
        if isinstance(one, Exception):
            raise one
        return one

    return look


async def test_each_look_says_when_the_next_one_comes(rests: list[float]) -> None:
    """Also at once; after a failure it is the rest that was given, and a bug ends nothing."""
    log = Log()
    look = looking(0.0, 3.0, GatewayError("reading the journal: away"), ValueError("a bug"))
    with pytest.raises(asyncio.CancelledError):
        await enduring(look, "counting", log, 30.0)
    assert rests == [0.0, 3.0, 30.0, 30.0, 9.0]
    assert log.told == [
        ("warning", "counting failed; trying again", "reading the journal: away"),
        ("exception", "counting failed; trying again", ""),
    ]


async def test_what_is_done_steadily_rests_alike(rests: list[float]) -> None:
    """Whatever it returns, and whether it failed or not."""
    with pytest.raises(asyncio.CancelledError):
        await steadily(looking(0.0, ValueError()), "sweeping", Log(), 0.5)
    assert rests == [0.5] * 5


async def test_what_is_done_later_rests_first(rests: list[float]) -> None:
    """Nothing is looked at before that."""
    seen: list[int] = []

    async def act() -> None:
        seen.append(len(rests))

    with pytest.raises(asyncio.CancelledError):
        await later(act, "learning", Log(), 2.0)
    assert (rests, seen) == ([2.0] * 5, [1, 2, 3, 4])


async def test_a_stop_in_a_look_is_a_stop() -> None:
    """Nobody goes on who was cancelled."""

    async def look() -> float:
        raise asyncio.CancelledError

    log = Log()
    with pytest.raises(asyncio.CancelledError):
        await enduring(look, "counting", log, 1.0)
    assert log.told == []

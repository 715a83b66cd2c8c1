"""Asking again: for as long as it helps, never past the time that is left, and never sooner than was said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest

from lgsp.errors import Refused, Scope, Unavailable
from lgsp.wire.repeating import again

BAD = Unavailable("http-502", scope=Scope.SYSTEM)


class FarSide:
    """Fails so often, and then answers; the pauses before each attempt are kept, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *faults: Exception) -> None:
        self.faults = list(faults)
        self.asked = 0
        self.pauses: list[float] = []
        self.now = 0.0
        monkeypatch.setattr("asyncio.sleep", self._sleep)
        monkeypatch.setattr("tenacity.time", SimpleNamespace(monotonic=lambda: self.now))

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def __call__(self) -> str:
        """Answer, or fail."""
        self.asked += 1
        self.now += 0.001
        if self.faults:
            raise self.faults.pop(0)
        return "well"


def _always() -> bool:
    return True


async def _again(ask: Callable[[], Awaitable[str]], fault: Unavailable = BAD, left: float = 0.5) -> str:
    return await asyncio.wait_for(again(ask, fault, left, _always), 30)


async def test_it_is_asked_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first attempt was another's: those here come behind a pause each."""
    far = FarSide(monkeypatch, BAD, BAD)
    assert await _again(far, left=60.0) == "well"
    assert (far.asked, len(far.pauses)) == (3, 3)


async def test_the_last_word_comes_before_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits into the deadline: whoever asked is told what the far side said, and not that it is late."""
    far = FarSide(monkeypatch, *[BAD] * 100_000)
    with pytest.raises(Unavailable, match="http-502"):
        await _again(far)
    assert far.asked > 0
    assert far.now < 0.501


async def test_no_sooner_than_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a far side asks us to wait is waited, where there is time for it."""
    told = Unavailable("http-503", scope=Scope.SYSTEM, after=3.0)
    far = FarSide(monkeypatch, told)
    assert await _again(far, told, left=60.0) == "well"
    assert min(far.pauses) >= 3.0


async def test_who_says_too_often_and_not_how_long_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Questions in answer to "too many questions" make it worse; a wait that it names counts, however short."""
    often = Unavailable("http-429", scope=Scope.SYSTEM)
    far = FarSide(monkeypatch, *[often] * 100)
    with pytest.raises(Unavailable, match="http-429"):
        await _again(far, often, left=5.0)
    assert far.asked == 2
    assert min(far.pauses) >= 2.0
    brief = Unavailable("http-429", scope=Scope.SYSTEM, after=0.5)
    far = FarSide(monkeypatch, brief)
    assert await _again(far, brief, left=5.0) == "well"
    assert 0.5 <= max(far.pauses) <= 1.0


@pytest.mark.parametrize("after", [5.0, 30.0])
async def test_who_says_later_than_there_is_time_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, after: float
) -> None:
    """A wait that is longer than what is left goes to the caller at once, who knows what to do with it."""
    far = FarSide(monkeypatch)
    with pytest.raises(Unavailable) as told:
        await _again(far, Unavailable("http-503", after=after), left=5.0)
    assert (far.asked, far.pauses, told.value.after) == (0, [], after)


async def test_where_no_time_is_left_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first attempt took all of it: what it brought is what is told."""
    far = FarSide(monkeypatch)
    for left in (0.0, -1.0):
        with pytest.raises(Unavailable, match="http-502"):
            await _again(far, left=left)
    assert (far.asked, far.pauses) == (0, [])


async def test_a_later_wait_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it is said to the second attempt."""
    far = FarSide(monkeypatch, Unavailable("http-503", after=30.0))
    with pytest.raises(Unavailable) as told:
        await _again(far, left=5.0)
    assert (far.asked, told.value.after) == (1, 30.0)


@pytest.mark.parametrize("fault", [Refused("not-found"), KeyError("a bug")])
async def test_other_faults_end_it(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Only what says that nothing was applied is a reason to ask again."""
    far = FarSide(monkeypatch, fault)
    with pytest.raises(type(fault)):
        await _again(far, left=60.0)
    assert far.asked == 1


async def test_what_was_handed_on_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that broke off half-way may be on its way to somebody."""
    far = FarSide(monkeypatch, BAD, BAD)
    with pytest.raises(Unavailable):
        await again(far, BAD, 60.0, lambda: far.asked < 1)
    assert far.asked == 1

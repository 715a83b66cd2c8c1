"""One timer bounds many waits."""

from __future__ import annotations

import asyncio

import pytest

from lgsp.watch import Watch


async def _take(seconds: float, result: str = "done") -> str:
    await asyncio.sleep(seconds)
    return result


async def test_what_is_in_time_returns_its_result() -> None:
    """A wait that ends in time is not touched."""
    assert await Watch().bound(_take(0.01), 5.0) == "done"


async def test_what_takes_too_long_is_ended() -> None:
    """A wait past its bound is cancelled and told as a time-out, and the task that waited goes on."""
    ended: list[str] = []

    async def act() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(TimeoutError):
        await Watch().bound(act(), 0.05)
    assert ended == ["cancelled"]
    await asyncio.sleep(0)  # the task itself is not cancelled
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_only_the_late_one_of_many_is_ended() -> None:
    """Waits do not share their bounds."""
    watch = Watch()
    late = asyncio.create_task(watch.bound(_take(30), 0.05))
    early = asyncio.create_task(watch.bound(_take(0.6), 10.0))
    assert await early == "done"
    with pytest.raises(TimeoutError):
        await late


async def test_a_cancellation_from_outside_stays_one() -> None:
    """Who cancels the task that waits gets its cancellation, not a time-out."""
    task = asyncio.create_task(Watch().bound(_take(30), 10.0))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_watch_that_saw_everybody_out_looks_again() -> None:
    """A later wait is bounded too, after a time in which nobody waited."""
    watch = Watch()
    await watch.bound(_take(0.01), 0.5)
    await asyncio.sleep(0.6)
    with pytest.raises(TimeoutError):
        await watch.bound(_take(30), 0.05)

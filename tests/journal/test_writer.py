"""What shares a transaction of the writer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from lgsp.journal.states import State
from lgsp.journal.turns import Outcome
from lgsp.journal.writer import ACCEPT, SETTLE, Batches, Job, Writer, share


def _job(rank: int, behind: int = 0) -> Job:
    claim: Any = None
    ones = [Outcome(claim, 1, State.DELIVERED, 0, 1) for _ in range(behind + 1)]
    ones[0].then = ones[1:]
    future: Any = asyncio.Future
    return rank, ones[0], future


def test_an_outcome_counts_with_those_of_its_run() -> None:
    """Row 95: a thousand runs of 32 are not one transaction; whoever reads in order could not number them."""
    runs = [_job(SETTLE, 31) for _ in range(100)]
    assert share(runs, 1000) == 31
    assert share([*[_job(ACCEPT)] * 990, *runs], 1000) == 990


def test_something_is_done_however_large_it_is() -> None:
    """A run that is larger than the bound goes by itself."""
    assert share([_job(SETTLE, 31), _job(ACCEPT)], 10) == 1


class Noted(Batches):
    """Batches that only note how many jobs shared a transaction."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def begin(self, jobs: Sequence[Job]) -> None:
        """Note how many they are."""
        self.sizes.append(len(jobs))

    def apply(self, rank: int, items: Sequence[Any]) -> Sequence[Any]:
        """Answer each item with itself."""
        return items

    def commit(self) -> None:
        """Nothing was done."""

    def close(self) -> None:
        """Nothing was opened."""


async def test_what_one_turn_of_the_loop_brings_shares_a_transaction() -> None:
    """However the threads are scheduled: no job goes ahead alone while the loop still brings others."""
    noted = Noted()
    writer = Writer(noted, asyncio.get_running_loop())

    async def one(n: int) -> int:
        time.sleep(0.002)  # noqa: ASYNC251 - as any call that waits does, it lets the writer's thread go ahead
        return int(await writer.submit(ACCEPT, n))

    assert await asyncio.gather(*(one(n) for n in range(20))) == list(range(20))
    assert noted.sizes == [20]
    await writer.close()


async def test_what_is_queued_when_the_writer_closes_is_still_done() -> None:
    """A job that was submitted has its answer, also where the loop had not handed it over yet."""
    noted = Noted()
    writer = Writer(noted, asyncio.get_running_loop())
    waiting = asyncio.ensure_future(writer.submit(ACCEPT, "late"))
    await asyncio.sleep(0)  # it is submitted now
    await writer.close()
    assert await asyncio.wait_for(waiting, 10) == "late"

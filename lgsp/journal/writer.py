"""The one writer: everything that arrives together shares a transaction, and returns after its commit."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Sequence
from itertools import accumulate, takewhile
from typing import Any

from lgsp.errors import GatewayError
from lgsp.journal.contract import JournalError
from lgsp.redacting import plainly

Job = tuple[int, Any, "asyncio.Future[Any]"]
"""Rank, item and the future that waits for it. Applied by rank: outcomes, acceptances, claims, acts."""

Answer = tuple["asyncio.Future[Any]", Any]

SETTLE, ACCEPT, CLAIM, ACT = range(4)
CAP = 1000
"""As many jobs share a transaction at most, an outcome counted with those of its run."""
CLOSED = "writing to the journal: it is closed"


def weight(job: Job) -> int:
    """Return for how many a job counts."""
    return sum(1 + len(one.apart) for one in job[1].each()) if job[0] == SETTLE else 1


def share(jobs: Sequence[Job], most: int) -> int:
    """Return how many of the jobs, the first ones, go into a transaction of `most`; at least one."""
    so_far = accumulate(map(weight, jobs))
    return max(1, sum(1 for _ in takewhile(lambda load: load <= most, so_far)))


class Batches:
    """What one transaction of the writer does with its jobs, rank by rank."""

    def begin(self, jobs: Sequence[Job]) -> None:
        """Start a transaction that will do these jobs."""
        raise NotImplementedError

    def apply(self, rank: int, items: Sequence[Any]) -> Sequence[Any]:
        """Do the items of one rank; return one result each."""
        raise NotImplementedError

    def commit(self) -> None:
        """Make it durable."""
        raise NotImplementedError

    def rollback(self) -> None:
        """Undo it."""
        raise NotImplementedError

    def hopeless(self, fault: Exception) -> bool:  # noqa: ARG002 - those who can tell look at it
        """Tell whether the same would befall each job by itself."""
        return False

    def close(self) -> None:
        """Let go of the connection."""
        raise NotImplementedError


class Batcher:
    """Takes jobs through one transaction after another.

    When a batch fails it is rolled back and its jobs run singly, so that one bad item harms nobody else.
    """

    def __init__(self, batches: Batches) -> None:
        self._batches = batches

    def transact(self, jobs: list[Job]) -> list[Answer]:
        """Do the jobs in one transaction, or else one by one; return each future with its result."""
        try:
            return self._once(jobs)
        except Exception as fault:  # noqa: BLE001 - whatever it was, its jobs must hear of it
            self._batches.rollback()
            if len(jobs) == 1 or self._batches.hopeless(fault):
                return [(job[2], told(fault)) for job in jobs]
        return [pair for job in jobs for pair in self.transact([job])]

    def _once(self, jobs: list[Job]) -> list[Answer]:
        self._batches.begin(jobs)
        answers: list[Answer] = []
        for rank in (SETTLE, ACCEPT, CLAIM, ACT):
            mine = [job for job in jobs if job[0] == rank]
            if mine:
                results = self._batches.apply(rank, [job[1] for job in mine])
                answers += zip((job[2] for job in mine), results, strict=True)
        self._batches.commit()
        return answers


class Writer:
    """A thread that takes *everything* queued into one transaction: no timer, no minimum."""

    def __init__(self, batches: Batches, loop: asyncio.AbstractEventLoop) -> None:
        self._batches = batches
        self._batcher = Batcher(batches)
        self._loop = loop
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        self._waiting: list[Job] = []
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    async def submit(self, rank: int, item: Any) -> Any:
        """Queue a job and return its result after the commit."""
        if self._closed:
            raise JournalError(CLOSED)
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._waiting:
            self._loop.call_soon(self._hand_over)
        self._waiting.append((rank, item, future))
        return await future

    def _hand_over(self) -> None:
        """Queue what came in one turn of the loop together: it shares a transaction, and its commit."""
        waiting, self._waiting = self._waiting, []
        for job in waiting:
            self._queue.put(job)

    async def close(self) -> None:
        """Finish what is queued, then stop."""
        if not self._closed:
            self._closed = True
            self._hand_over()
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        ended = False
        while not ended:
            jobs, ended = self._gather()
            if jobs:
                self._resolve(self._batcher.transact(jobs))
        self._batches.close()

    def _gather(self) -> tuple[list[Job], bool]:
        jobs: list[Job] = []
        load = 0
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            load += weight(job)
            if load >= CAP:
                return jobs, False
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _resolve(self, answers: list[Answer]) -> None:
        try:
            self._loop.call_soon_threadsafe(tell, answers)
        except RuntimeError:
            self._closed = True  # the loop is gone; what was committed stays so


def told(fault: Exception) -> Exception:
    """Return what the caller is told: its own errors as they are, the database's as the journal's."""
    if isinstance(fault, GatewayError):
        return fault
    what = JournalError(f"writing to the journal: {plainly(fault)}")
    what.__cause__ = fault
    return what


def tell(answers: list[Answer]) -> None:
    """Wake those who wait for the answers."""
    for future, result in answers:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)

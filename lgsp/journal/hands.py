"""The hands of the journal on PostgreSQL: group commit on a few connections, done again where they meet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy.util import await_only, greenlet_spawn

from lgsp.journal.accepting import accept
from lgsp.journal.claiming import claim
from lgsp.journal.clocks import Past
from lgsp.journal.contract import JournalError
from lgsp.journal.lines import PUBLISHED, line_digest
from lgsp.journal.salts import Salts
from lgsp.journal.settling import settle
from lgsp.journal.speaking import PostgresTransaction
from lgsp.journal.writer import (  # fmt: skip
    ACCEPT,
    ACT,
    CAP,
    CLAIM,
    CLOSED,
    SETTLE,
    Batcher,
    Batches,
    Job,
    share,
    tell,
    told,
)
from lgsp.keys import DataKeys

LOST = (
    OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError,
)  # fmt: skip
"""The server, or the way to it, is away."""
_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError)
"""Two transactions met: the loser sees what the winner wrote when it is done again."""
_TRIES = 5
_HANDS = 2
"""Connections that take messages on, claim and settle."""
_ENOUGH = 32
"""So many jobs are enough for the second of them to begin."""


class PostgresBatches(Batches):
    """Group commit on one connection, which is opened anew when it is lost."""

    def __init__(
        self,
        connect: Callable[[], Any],
        clock: Callable[[], int] | None,
        past: Past,
        collecting: Collection[str],
        keys: DataKeys,
    ) -> None:
        self._collecting = collecting
        self._keys = keys
        self._connect = connect
        self._past = past
        self._clock = clock
        self._connection: Any = None
        self._drawn: dict[str, list[int]] = {}
        self._salts = Salts()
        self._tx: PostgresTransaction

    def begin(self, jobs: Sequence[Job]) -> None:
        """Begin with the lines of these jobs locked."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await_only(self._connect())
        self._tx = PostgresTransaction(
            self._connection, self._clock, self._drawn, self._collecting, self._keys
        )
        accepts = any(rank == ACCEPT for rank, _, _ in jobs)
        self._tx.start(_lines(jobs), [PUBLISHED] if accepts else [], self._past)

    def apply(self, rank: int, items: Sequence[Any]) -> Sequence[Any]:
        """Do the items of one rank."""
        if rank == SETTLE:
            return settle(self._tx, items)
        if rank == ACCEPT:
            return accept(self._tx, items, self._salts)
        if rank == CLAIM:
            return [claim(self._tx, frames, worker) for frames, worker in items]
        return [act(self._tx) for act in items]

    def commit(self) -> None:
        """Speak what was put off, and commit."""
        self._tx.flush()
        await_only(self._connection.execute("COMMIT"))

    def rollback(self) -> None:
        """Undo it; a connection that cannot even do that is dropped."""
        if self._connection is None:
            return
        try:
            await_only(self._connection.execute("ROLLBACK"))
        except Exception:  # noqa: BLE001 - the server rolls back what its client left
            self._connection.terminate()
            self._connection = None

    def hopeless(self, fault: Exception) -> bool:
        """Tell whether the server is away."""
        return isinstance(fault, LOST)

    async def shut(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            await self._connection.close(timeout=5)


def _lines(jobs: Sequence[Job]) -> list[bytes]:
    """Return the lines whose order a batch decides."""
    lines = [item.claim.line for rank, item, _ in jobs if rank == SETTLE]
    for rank, item, _ in jobs:
        if rank == ACCEPT:
            for offer in item.offers:
                lines += [line_digest(w.system, offer.message.partitionkey) for w in offer.wanted]
    return lines


class _Idle(NamedTuple):
    """A connection without work: what it waits for, and how much of it."""

    queue: list[Job]
    least: int
    roused: asyncio.Future[None]


class Hands:
    """Takes all that is queued into one transaction, on each of a few connections.

    A transaction waits for its server some ten times; a second one works meanwhile, when enough is queued for
    it: many small transactions cost more than few large ones. Acts, which lock as they go and may be long,
    have a connection of their own, and a transaction each.
    """

    def __init__(self, make: Callable[[], PostgresBatches]) -> None:
        self._walking: list[Job] = []
        self._acts: list[Job] = []
        self._closed = False
        self._batches = [make() for _ in range(_HANDS + 1)]
        acting, *walking = (Batcher(batches) for batches in self._batches)
        self._tasks = [
            asyncio.create_task(self._run(acting, self._acts, 1, 1)),
            *(
                asyncio.create_task(self._run(batcher, self._walking, CAP, _ENOUGH if n else 1))
                for n, batcher in enumerate(walking)
            ),
        ]
        self._idle: list[_Idle] = []

    async def submit(self, rank: int, item: Any) -> Any:
        """Queue a job and return its result after the commit."""
        if self._closed:
            raise JournalError(CLOSED)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        (self._acts if rank == ACT else self._walking).append((rank, item, future))
        self._rouse()
        return await future

    async def close(self) -> None:
        """Finish what is queued, then stop."""
        self._closed = True
        self._rouse()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for batches in self._batches:
            await batches.shut()

    def _rouse(self) -> None:
        for idle in self._idle:
            if (self._closed or len(idle.queue) >= idle.least) and not idle.roused.done():
                idle.roused.set_result(None)

    async def _run(self, batcher: Batcher, queue: list[Job], most: int, least: int) -> None:
        while not (self._closed and not queue):
            if len(queue) < least and not self._closed:
                await self._rest(queue, least)
                continue
            some = share(queue, most)
            jobs = queue[:some]
            del queue[:some]
            await self._transact(batcher, jobs)

    async def _rest(self, queue: list[Job], least: int) -> None:
        idle = _Idle(queue, least, asyncio.get_running_loop().create_future())
        self._idle.append(idle)
        await idle.roused
        self._idle.remove(idle)

    async def _transact(self, batcher: Batcher, jobs: list[Job]) -> None:
        for tried in range(1, _TRIES + 1):
            try:
                answers = await greenlet_spawn(batcher.transact, jobs)
            except Exception as fault:  # noqa: BLE001 - the writer must live, and its jobs must hear of it
                answers = [(job[2], told(fault)) for job in jobs]
            again = [job for job, answer in zip(jobs, answers, strict=True) if _crossed(answer[1])]
            if not again or tried == _TRIES:
                break
            kept = {id(job[2]) for job in again}
            tell([answer for answer in answers if id(answer[0]) not in kept])
            jobs, answers = again, []
        tell(answers)


def _crossed(result: Any) -> bool:
    """Tell whether a transaction met another one, and may simply be done again."""
    return isinstance(result, JournalError) and isinstance(result.__cause__, _AGAIN)

"""The journal on PostgreSQL: one writing connection a process, group commit, lines locked before a look.

The acts are the same synchronous code as on SQLite. They run in a greenlet, so that each statement they speak
waits on the event loop instead of holding it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import structlog
from sqlalchemy.util import await_only, greenlet_spawn

from lgsp.journal.accepting import accept
from lgsp.journal.claiming import claim
from lgsp.journal.codec import Salts
from lgsp.journal.contract import Arrival, Claim, Frame, JournalError, Outcome, Settled, Taken, Transaction
from lgsp.journal.dialect import Many, joined, numbered, together
from lgsp.journal.lines import PUBLISHED, line_digest
from lgsp.journal.settling import settle
from lgsp.journal.writer import (
    ACCEPT,
    ACT,
    CAP,
    CLAIM,
    CLOSED,
    SETTLE,
    Batcher,
    Batches,
    Job,
    tell,
    told,
)  # fmt: skip

T = TypeVar("T")
log = structlog.get_logger(__name__)
_EXACT = frozenset({"messages", "deliveries"})
"""Tables whose ids say what came first, whoever wrote it; for the others each process draws a block ahead."""
_BLOCK = 200
_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError)
"""Two transactions met: the loser sees what the winner wrote when it is done again."""
_TRIES = 5
_LOST = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, TimeoutError)
_COMMAND_TIMEOUT = 60.0
_READERS = 4
_HANDS = 2
"""Connections that take messages on, claim and settle."""
_BEGIN = (
    "WITH locks AS MATERIALIZED (SELECT pg_advisory_xact_lock(h) FROM unnest($1::bigint[]) AS h),"
    " shared AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(h) FROM unnest($2::bigint[]) AS h)"
    " SELECT (SELECT count(*) FROM locks) + (SELECT count(*) FROM shared),"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
)
_DRAW = "SELECT nextval($1::text::regclass) FROM generate_series(1, $2::integer)"
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class PostgresTransaction:
    """Statements in one transaction of one connection, spoken from inside a greenlet."""

    def __init__(self, connection: Any, clock: Callable[[], int] | None, drawn: dict[str, list[int]]) -> None:
        self._connection = connection
        self._clock = clock
        self._drawn = drawn
        self._locked: set[int] = set()
        self._pending: list[tuple[Many, tuple[Any, ...]]] = []
        self.now = 0

    def start(self, lines: Sequence[bytes], shared: Sequence[bytes], past: _Past) -> None:
        """Begin, lock lines, and read the clock once they are locked."""
        await_only(self._connection.execute("BEGIN"))
        locks = sorted({_number(line) for line in lines})
        self._locked.update(locks)
        _, now = await_only(self._connection.fetchrow(_BEGIN, locks, [_number(line) for line in shared]))
        self.now = past.then(self._clock() if self._clock else now)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query, which sees all that was written before."""
        if any(many.writes in sql for many, _ in self._pending):
            self.flush()
        return [tuple(row) for row in await_only(self._connection.fetch(numbered(sql), *values))]

    def run(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values: as one statement where its form allows.

        It is spoken before the next look at its table, together with others that wait for the same.
        """
        if not rows:
            return
        many = together(sql)
        if many is None:
            self.flush()
            await_only(self._connection.executemany(numbered(sql), rows))
            return
        for wave in many.waves(rows):
            if any(one.writes in (many.writes, many.reads) for one, _ in self._pending):
                self.flush()
            self._pending.append((many, tuple(zip(*wave, strict=True))))

    def flush(self) -> None:
        """Speak what was put off, as one statement."""
        pending, self._pending = self._pending, []
        if len(pending) == 1:
            many, values = pending[0]
            await_only(self._connection.execute(many.sql, *values))
        elif pending:
            sql = joined(tuple(one.sql for one, _ in pending), tuple(len(values) for _, values in pending))
            await_only(self._connection.execute(sql, *(value for _, values in pending for value in values)))

    def among(
        self,
        sql: str,
        values: Sequence[Any],
        *more: Any,
        before: Sequence[Any] = (),
        each: str = "?",  # noqa: ARG002 - the list is one array here
    ) -> list[Any]:
        """Return the rows of a statement whose `{}` stands for a list of values."""
        return self.rows(sql, (*before, values, *more)) if values else []

    def lock(self, lines: Sequence[bytes]) -> None:
        """Lock lines until the end, in one order for all, so that nobody waits in a ring."""
        wanted = sorted({_number(line) for line in lines} - self._locked)
        if wanted:
            self._locked.update(wanted)
            await_only(self._connection.fetchrow(_BEGIN, wanted, []))

    def horizon(self) -> int:
        """Return the transaction below which everything is decided."""
        return int(await_only(self._connection.fetchval(_HORIZON)))

    def ids(self, table: str, count: int) -> Sequence[int]:
        """Draw fresh ids; where order matters, only now that the lines are locked."""
        if not count:
            return ()
        if table in _EXACT:
            return self._draw(table, count)
        left = self._drawn.setdefault(table, [])
        if len(left) < count:
            left += self._draw(table, max(_BLOCK, count))
        drawn, self._drawn[table] = left[:count], left[count:]
        return drawn

    def _draw(self, table: str, count: int) -> list[int]:
        return [row[0] for row in await_only(self._connection.fetch(_DRAW, f"{table}_ids", count))]


class _Past:
    """The latest moment that any transaction of this process had: the next one's lies behind it."""

    def __init__(self) -> None:
        self._now = 0

    def then(self, now: int) -> int:
        """Return a time, moved on where the clock has not."""
        self._now = max(self._now + 1, now)
        return self._now


def _number(line: bytes) -> int:
    """Return the key of a line's lock; two lines that share one only wait for each other."""
    return int.from_bytes(line[:8].ljust(8, b"\0"), "big", signed=True)


class _PostgresBatches(Batches):
    """Group commit on one connection, which is opened anew when it is lost."""

    def __init__(self, connect: Callable[[], Any], clock: Callable[[], int] | None, past: _Past) -> None:
        self._connect = connect
        self._past = past
        self._clock = clock
        self._connection: Any = None
        self._drawn: dict[str, list[int]] = {}
        self._salts = Salts()
        self._tx: PostgresTransaction

    def begin(self, jobs: Sequence[Job]) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await_only(self._connect())
        self._tx = PostgresTransaction(self._connection, self._clock, self._drawn)
        accepts = any(rank == ACCEPT for rank, _, _ in jobs)
        self._tx.start(_lines(jobs), [PUBLISHED] if accepts else [], self._past)

    def apply(self, rank: int, items: Sequence[Any]) -> Sequence[Any]:
        if rank == SETTLE:
            return settle(self._tx, items)
        if rank == ACCEPT:
            return accept(self._tx, items, self._salts)
        if rank == CLAIM:
            return [claim(self._tx, frames, worker) for frames, worker in items]
        return [act(self._tx) for act in items]

    def commit(self) -> None:
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
        return isinstance(fault, _LOST)

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


class _Writer:
    """Takes all that is queued into one transaction, on each of a few connections.

    A transaction waits for its server some ten times; a second one works meanwhile. Acts, which lock as they
    go and may be long, have a connection of their own, and a transaction each.
    """

    def __init__(self, make: Callable[[], _PostgresBatches]) -> None:
        self._walking: list[Job] = []
        self._acts: list[Job] = []
        self._closed = False
        self._batches = [make() for _ in range(_HANDS + 1)]
        acting, *walking = (Batcher(batches) for batches in self._batches)
        self._tasks = [
            asyncio.create_task(self._run(acting, self._acts, 1)),
            *(asyncio.create_task(self._run(batcher, self._walking, CAP)) for batcher in walking),
        ]
        self._wake: set[asyncio.Future[None]] = set()

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
        for idle in self._wake:
            if not idle.done():
                idle.set_result(None)

    async def _run(self, batcher: Batcher, queue: list[Job], most: int) -> None:
        while not (self._closed and not queue):
            if not queue:
                await self._idle()
                continue
            jobs = queue[:most]
            del queue[:most]
            await self._transact(batcher, jobs)

    async def _idle(self) -> None:
        idle = asyncio.get_running_loop().create_future()
        self._wake.add(idle)
        await idle
        self._wake.discard(idle)

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


class PostgresJournal:
    """The journal of the production profile. Open it with `PostgresJournal.open`."""

    def __init__(self, url: str, clock: Callable[[], int] | None) -> None:
        self._url = url
        self._clock = clock
        past = _Past()
        self._writer = _Writer(lambda: _PostgresBatches(lambda: connect(url), clock, past))
        self._idle: list[Any] = []
        self._reading = asyncio.Semaphore(_READERS)

    @classmethod
    async def open(cls, url: str, clock: Callable[[], int] | None = None) -> PostgresJournal:
        """Open the journal behind a URL, whose tables `lgsp migrate` has made.

        Raises:
            JournalError: the server is not reached.
        """
        try:
            connection = await connect(url)
        except Exception as fault:
            raise JournalError(f"reaching the journal: {type(fault).__name__}: {fault}") from fault
        journal = cls(url, clock)
        journal._idle.append(connection)
        return journal

    async def accept(self, arrival: Arrival) -> Taken:
        """See `Journal.accept`."""
        taken: Taken = await self._writer.submit(ACCEPT, arrival)
        return taken

    async def claim(self, frames: Sequence[Frame], worker: int) -> list[Claim]:
        """See `Journal.claim`."""
        claims: list[Claim] = await self._writer.submit(CLAIM, (frames, worker))
        return claims

    async def settle(self, outcome: Outcome) -> Settled:
        """See `Journal.settle`."""
        settled: Settled = await self._writer.submit(SETTLE, outcome)
        return settled

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """See `Journal.write`."""
        result: T = await self._writer.submit(ACT, act)
        return result

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Journal.read`."""
        async with self._reading:
            try:
                if self._idle:
                    return await self._read(query, self._idle.pop())
            except _LOST:
                self._drop_idle()  # the server was away: those beside it are as dead
            try:
                return await self._read(query, await connect(self._url))
            except _LOST as fault:
                raise JournalError(f"reading the journal: {type(fault).__name__}: {fault}") from fault

    def _drop_idle(self) -> None:
        for connection in self._idle:
            connection.terminate()
        self._idle.clear()

    async def _read(self, query: Callable[[Transaction], T], connection: Any) -> T:
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                tx = PostgresTransaction(connection, self._clock, {})
                tx.now = self._clock() if self._clock else await connection.fetchval(_NOW)
                answer = await greenlet_spawn(query, tx)
        except BaseException:
            connection.terminate()
            raise
        self._idle.append(connection)
        return answer

    async def close(self) -> None:
        """Finish what is queued and let go of the connections."""
        await self._writer.close()
        for connection in self._idle:
            await connection.close(timeout=5)
        self._idle.clear()


_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


async def connect(url: str) -> Any:
    """Return a connection that keeps its prepared statements and gives up on a silent server."""
    host = urlsplit(url).hostname or ""
    local = host in ("127.0.0.1", "localhost", "::1", "")
    return await asyncpg.connect(
        url,
        ssl=None if "sslmode=" in url or local else ssl.create_default_context(),
        timeout=10,
        command_timeout=_COMMAND_TIMEOUT,
        statement_cache_size=512,
        max_cached_statement_lifetime=0,
        server_settings={"application_name": "lgsp", "jit": "off", "plan_cache_mode": "auto"},
    )

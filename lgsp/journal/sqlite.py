"""The journal on SQLite: one writer, WAL, `synchronous=FULL`, one process that holds the lock."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lgsp.errors import ConfigError
from lgsp.journal.accepting import accept
from lgsp.journal.claiming import claim
from lgsp.journal.clocks import Past, steady
from lgsp.journal.contract import Arrival, Taken, Transaction
from lgsp.journal.learning import knowing
from lgsp.journal.migrating import migrate
from lgsp.journal.salts import Salts
from lgsp.journal.settling import settle
from lgsp.journal.sqlite_log import LONG, LogCarrier
from lgsp.journal.turns import Claim, Frame, Outcome, Settled
from lgsp.journal.writer import ACCEPT, ACT, CLAIM, SETTLE, Batches, Job, Writer
from lgsp.keys import DataKeys

T = TypeVar("T")
_CHUNK = 512


class SqliteTransaction:
    """Statements on one SQLite connection."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock: Callable[[], int],
        collecting: Collection[str] = (),
        keys: DataKeys | None = None,
    ) -> None:
        self.collecting = collecting
        self.keys = keys or DataKeys()
        self._cursor = connection.cursor()
        self._clock, self._past = clock, Past()
        self._next: dict[str, int] = {}
        self.now = clock()

    def start(self) -> None:
        """Begin, at a time of its own."""
        self._cursor.execute("BEGIN IMMEDIATE")
        self.now = self._past.then(self._clock())

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of a query."""
        return self._cursor.execute(sql, values).fetchall()

    def run(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        if rows:
            self._cursor.executemany(sql, rows)

    def among(
        self, sql: str, values: Sequence[Any], *more: Any, before: Sequence[Any] = (), each: str = "?"
    ) -> list[Any]:
        """Return the rows of a statement whose `{}` stands for a list of values.

        Lists are padded to a power of two, so that few statements are ever prepared.
        """
        found: list[Any] = []
        for start in range(0, len(values), _CHUNK):
            chunk = list(values[start : start + _CHUNK])
            size = 1 << (len(chunk) - 1).bit_length()
            chunk += [chunk[-1]] * (size - len(chunk))
            found += self._cursor.execute(
                sql.format(",".join([each] * size)), [*before, *chunk, *more]
            ).fetchall()
        return found

    def lock(self, lines: Sequence[bytes]) -> None:
        """Do nothing: the one writer holds every line."""

    def horizon(self) -> None:
        """Return None: with one writer nothing commits out of turn."""

    def ids(self, table: str, count: int) -> range:
        """Draw fresh ids; the process holds the journal's lock, so it counts by itself."""
        if table not in self._next:
            found = self._cursor.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0
            if table == "deliveries":
                closed = self._cursor.execute("SELECT max(id) FROM history").fetchone()[0] or 0
                found = max(found, closed)
            self._next[table] = found + 1
        first = self._next[table]
        self._next[table] = first + count
        return range(first, first + count)

    def forget_ids(self) -> None:
        """Count anew after a rollback."""
        self._next.clear()


class _SqliteBatches(Batches):
    """Group commit on one SQLite connection, used by the writer's thread alone."""

    def __init__(
        self, path: Path, clock: Callable[[], int], collecting: Collection[str], keys: DataKeys
    ) -> None:
        self._connection = _connect(path)
        self._connection.execute(f"PRAGMA wal_autocheckpoint={4 * LONG}")
        self._log = LogCarrier(lambda: _connect(path))
        self._tx = SqliteTransaction(self._connection, clock, collecting, keys)
        self._salts = Salts()

    def begin(self, jobs: Sequence[Job]) -> None:  # noqa: ARG002 - the one writer needs no locks
        self._log.finish(self._connection)
        self._tx.start()

    def apply(self, rank: int, items: Sequence[Any]) -> Sequence[Any]:
        if rank == SETTLE:
            return settle(self._tx, items)
        if rank == ACCEPT:
            return accept(self._tx, items, self._salts)
        if rank == CLAIM:
            return _claims(self._tx, items)
        return [act(self._tx) for act in items]

    def commit(self) -> None:
        self._connection.execute("COMMIT")
        self._log.wrote()

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._tx.forget_ids()

    def close(self) -> None:
        self._log.close()
        self._connection.execute("PRAGMA optimize")
        self._connection.close()


def _claims(tx: Transaction, items: Sequence[tuple[Sequence[Frame], int]]) -> list[list[Claim]]:
    return [claim(tx, frames, worker) for frames, worker in items]


def _itself(value: Any) -> Any:
    return value


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    # unless it is told of one, the library looks in vain for an adapter of each None and each bytes that it
    # binds: half a microsecond, and a message brings dozens
    sqlite3.register_adapter(type(None), _itself)
    sqlite3.register_adapter(bytes, _itself)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA cache_size=-64000")
    # what was plain and is encrypted now, or was erased, is not left in the file's free space
    connection.execute("PRAGMA secure_delete=ON")
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


class SqliteJournal:
    """The journal of the embedded profile. Open it with `SqliteJournal.open`."""

    def __init__(self, path: Path, lock: int, clock: Callable[[], int], keys: DataKeys) -> None:
        self._lock = lock
        self.collecting: set[str] = set()
        self.keys = keys
        batches = _SqliteBatches(path, clock, self.collecting, keys)
        self._writer = Writer(batches, asyncio.get_running_loop())
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="journal-reader")
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._clock = clock

    @classmethod
    async def open(
        cls, path: Path, clock: Callable[[], int] | None = None, keys: DataKeys | None = None
    ) -> SqliteJournal:
        """Open (and create or migrate) the journal at a path.

        Raises:
            ConfigError: another process holds it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock(path)
        await asyncio.to_thread(migrate, f"sqlite:///{path}")
        return cls(path, lock, clock or steady(), keys or DataKeys())

    async def accept(self, arrival: Arrival) -> Taken:
        """See `Journal.accept`."""
        taken: Taken = await knowing(self.keys, lambda: self._writer.submit(ACCEPT, arrival))
        return taken

    async def claim(self, frames: Sequence[Frame], worker: int) -> list[Claim]:
        """See `Journal.claim`."""
        claims: list[Claim] = await knowing(self.keys, lambda: self._writer.submit(CLAIM, (frames, worker)))
        return claims

    async def settle(self, outcome: Outcome) -> Settled:
        """See `Journal.settle`."""
        settled: Settled = await knowing(self.keys, lambda: self._writer.submit(SETTLE, outcome))
        return settled

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """See `Journal.write`."""
        result: T = await knowing(self.keys, lambda: self._writer.submit(ACT, act))
        return result

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Journal.read`."""
        loop = asyncio.get_running_loop()
        return await knowing(self.keys, lambda: loop.run_in_executor(self._readers, self._read, query))

    def _read(self, query: Callable[[Transaction], T]) -> T:
        connection = self._idle.pop() if self._idle else _connect(self._path, read_only=True)
        connection.execute("BEGIN")
        try:
            return query(SqliteTransaction(connection, self._clock, self.collecting, self.keys))
        finally:
            connection.execute("COMMIT")
            self._idle.append(connection)

    async def tend(self) -> None:
        """See `Journal.tend`: the planner's statistics follow what grew."""
        await self.write(lambda tx: tx.rows("PRAGMA optimize"))

    async def close(self) -> None:
        """Finish what is queued and release the lock."""
        await self._writer.close()
        self._readers.shutdown(wait=True)
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        _empty_log(self._path)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _empty_log(path: Path) -> None:
    """Write out what the last connection left in its log: what was plain may stand there still."""
    if Path(f"{path}-wal").exists():
        connection = _connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.close()


def _lock(path: Path) -> int:
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise ConfigError(
            [f"{path}: another process has this journal open; stop it first, or talk to it through its API"]
        ) from None
    return lock

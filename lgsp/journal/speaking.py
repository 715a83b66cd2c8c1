"""Statements in a PostgreSQL transaction, spoken from inside a greenlet so that the loop is never held."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy.util import await_only

from lgsp.journal.clocks import Past
from lgsp.journal.dialect import Many, joined, numbered, together
from lgsp.keys import DataKeys

_EXACT = frozenset({"messages", "deliveries", "job_runs"})
"""Tables whose ids say what came first, whoever wrote it; for the others each process draws a block ahead."""
_BLOCK = 200
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

    def __init__(
        self,
        connection: Any,
        clock: Callable[[], int] | None,
        drawn: dict[str, list[int]],
        collecting: Collection[str],
        keys: DataKeys,
    ) -> None:
        self.collecting = collecting
        self.keys = keys
        self._connection = connection
        self._clock = clock
        self._drawn = drawn
        self._locked: set[int] = set()
        self._pending: list[tuple[Many, tuple[Any, ...]]] = []
        self.now = 0

    def start(self, lines: Sequence[bytes], shared: Sequence[bytes], past: Past) -> None:
        """Begin, lock lines, and read the clock once they are locked."""
        await_only(self._connection.execute("BEGIN"))
        locks = sorted({number_of(line) for line in lines})
        self._locked.update(locks)
        _, now = await_only(self._connection.fetchrow(_BEGIN, locks, [number_of(line) for line in shared]))
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
        wanted = sorted({number_of(line) for line in lines} - self._locked)
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


def number_of(line: bytes) -> int:
    """Return the key of a line's lock; two lines that share one only wait for each other."""
    return int.from_bytes(line[:8].ljust(8, b"\0"), "big", signed=True)

"""Every statement of the rules finds its rows by an index, on either database: no walk through all that grew."""

from __future__ import annotations

import asyncio
import inspect
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import asyncpg
import pytest

from lgsp.journal import (
    alerting,
    backlogs,
    choosing,
    figures,
    glancing,
    pulse,
    reading,
    sqlite,
    troubled,
    troubles,
)
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.migrating import migrate
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.searching import Sought, search
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.states import DEAD
from lgsp.testing.journal import JournalContract
from lgsp.testing.making import SOURCE, SYSTEM
from lgsp.testing.scene import Clock, Opener, Scene

pytestmark = pytest.mark.timeout(500)
"""All rules are played, each in a journal without anything in it; each statement is explained once."""

GROWING = (
    "messages", "bodies", "raws", "presence", "deliveries", "history", "attempts", "entries", "quarantine",
    "agency_entries",
    "catalogue_items",
    "job_runs",
    "aliases",
    "dossiers",
    "dossier_steps",
    "statistics_halves", "statistics_lives", "statistics_pending", "statistics_years",
    "asks", "asks_about", "checks", "disclosures", "disclosed", "erased", "log_tiles", "attached",
)  # fmt: skip
"""Tables with a row for every message, dossier, delivery, attempt, question or look there ever was or is now."""
_READ_WHOLE = re.compile(rf"Seq Scan on ({'|'.join(GROWING)})(?:_(?!ids)\w+)? ")
_SCANNED = re.compile(rf"SCAN ({'|'.join(GROWING)})\b(?!.*INDEX)")
_FORBIDDEN = {
    "enable_seqscan": "off", "plan_cache_mode": "force_generic_plan", "jit": "off",
}  # fmt: skip
_EMPTIED = """
DO $$ DECLARE one name; BEGIN
  FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'
  LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
  PERFORM setval(oid::regclass, 1, false) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
END $$
"""
"""Makes a database as it was at first: quicker than a new one for each rule."""
_DML = {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}
_STARTING = (
    "UPDATE deliveries SET next_attempt_at = ? WHERE next_attempt_at > ?",
    "UPDATE deliveries SET dispatched_at = ? WHERE state = ? AND dispatched_at > ?",
    "UPDATE deliveries SET mailbox = ? WHERE system = ?",
    "UPDATE deliveries SET mailbox = u.c0 FROM unnest",
    "UPDATE deliveries SET state = ?, next_attempt_at = NULL, dispatched_at = NULL, changed_at = ? WHERE system",
)
"""Once after a start, a step of the clock, or when a system begins to collect; of open deliveries only."""
_OPEN_ONES = (
    r"FROM deliveries WHERE state = \? AND worker != \?$",
    r"FROM deliveries WHERE state = \? AND worker = \? AND claimed_at < \?",
    r"^SELECT DISTINCT system FROM deliveries$",
    r"FROM deliveries WHERE state = \? AND system IN \(.*\) AND dispatched_at < \?",
    r"FROM deliveries WHERE system = \? AND state = \? AND dispatched_at IS NOT NULL AND line NOT IN",
    r"FROM deliveries WHERE system = \? AND state = \? LIMIT",
    r"FROM deliveries WHERE system = \? AND \(state = \? OR \(state = \? AND dispatched_at IS NOT NULL\)\)",
    r"UPDATE deliveries SET dispatched_at = NULL WHERE state = \?$",
    r"^SELECT DISTINCT (a\.)?blob FROM (raws|attached)",  # who cleans the store of files asks once
    r"^SELECT system,( state,)? count\(\*\), min\(created_at\).* FROM deliveries",
)
"""Rare looks through all that is open, which is a window's worth of each system: an index for them would be
written for every delivery that goes straight through."""
_NEWEST_FIRST = r"ORDER BY (d\.)?id DESC LIMIT"
"""SQLite calls it a scan to go down the rows by their key; a page of the newest ends it."""
_RULES_OWN = (
    "SELECT line, min(id) FROM deliveries WHERE state IN",
    "SELECT id FROM",
    "SELECT 1 FROM bodies",
    "SELECT 1 FROM raws",
    "SELECT 1 FROM entries WHERE what = 'late outcome'",
    "SELECT h.id FROM history h WHERE attempt >",
    "SELECT 1 FROM deliveries WHERE state = 1 AND (worker IS NOT NULL",
    "SELECT who, cause, details FROM entries WHERE what = 'replay asked'",
    "SELECT who, details FROM entries WHERE what = 'agency list ended'",
    "SELECT body_hash FROM",
    "SELECT seq, message_id FROM (",
    "SELECT pending, count(*) FROM catalogue_items",
    "SELECT count(*)",
    "UPDATE deliveries SET state = 4, next_attempt_at = ",
    "UPDATE deliveries SET state = 2",
    "UPDATE deliveries SET expires_at = ",
    "SELECT what, who, cause, details FROM entries WHERE what LIKE",
    "SELECT what, who, details FROM entries WHERE what LIKE",
    "SELECT what, who, cause, system FROM entries ORDER BY id",
    "SELECT state, cause, worker FROM deliveries ORDER BY id",
    "SELECT key_id, body FROM bodies ORDER BY message_id",
    "SELECT key_id, body FROM raws ORDER BY id",
    "SELECT who, dossier, purpose, basis, cause FROM asks",
    "UPDATE log_tiles SET hashes = ids",
    "SELECT digest FROM asks_about",
    "SELECT id FROM asks WHERE answer IS NOT NULL ORDER BY id",
    "SELECT what FROM entries WHERE what IN ('answered', 'failed')",
)
"""What the rules ask and plant themselves."""
_COMPARED = r"^SELECT (\*|body|details) FROM \w+$"
"""Rules read a table whole to see that it holds nothing in plain, or stayed as it was."""


def _rules() -> Iterator[str]:
    """Yield the rules that ask for a scene and nothing else."""
    for name, method in inspect.getmembers(JournalContract, inspect.isfunction):
        if name.startswith("test_") and list(inspect.signature(method).parameters) == ["self", "scene"]:
            yield name


def _look(tx: Transaction) -> None:
    """Ask what people and alerts ask, all day."""
    for sought in (
        Sought(),
        Sought(source=SOURCE),
        Sought(code="K"),
        Sought(agencies=["H44"]),
        Sought(cause="x"),
    ):
        search(tx, sought)
    choosing.choices(tx)
    for wanted in ({}, {"system": SYSTEM}, {"states": DEAD}, {"states": DEAD, "system": SYSTEM}):
        reading.deliveries(tx, wanted)
    reading.find(tx, SOURCE, "dossier.v1", "K")
    reading.quarantined(tx, SOURCE)
    reading.oldest_open(tx)
    troubles.found(tx, troubles.Patience(0, 0))
    troubled.turned_away(tx, SOURCE, "invalid")
    for since in (0, tx.now):
        alerting.died(tx, since)
        alerting.expiring(tx, since)
        alerting.due(tx, since)
        alerting.turned_away(tx, since)
        alerting.newest_by_source(tx, 0, since)
    alerting.piles(tx)
    alerting.unrouted(tx)
    for of_one in (backlogs.piles, backlogs.put_off, backlogs.affected, backlogs.dealings):
        of_one(tx, SYSTEM)
    backlogs.uncollected(tx, SYSTEM, tx.now)
    pulse.counted(tx, tx.now)
    pulse.took(tx, 1, pulse.first_after(tx, tx.now))
    glancing.queues(tx, [SYSTEM])
    glancing.pace(tx)
    figures.look(tx)
    figures.series(tx, 0)
    figures.between(tx, 0, figures.CAME)


async def _play(opener: Opener, act: Callable[[Scene], Awaitable[Any]]) -> None:
    """Let something happen in a journal of its own."""
    scene = await Scene.begin(opener)
    try:
        await act(scene)
    finally:
        await scene.end()


def _acts() -> list[Callable[[Scene], Awaitable[Any]]]:
    """Return what is played: what people ask of an empty journal, and every rule."""
    return [lambda scene: scene.act(_look), *(getattr(JournalContract(), name) for name in _rules())]


def _on_purpose(sql: str) -> bool:
    said = sql.partition("\n")[0]
    shape = re.sub(r"\$\d+|x?'[^']*'|\b\d+\b", "?", said)
    return (
        said.startswith(_RULES_OWN)
        or shape.startswith(_STARTING)
        or any(re.search(p, shape) for p in (*_OPEN_ONES, _NEWEST_FIRST, _COMPARED))
    )


def _is_dml(sql: str) -> bool:
    return sql.split(" ", 1)[0] in _DML


def _whole(queries: Counter[str]) -> str:
    return "\n".join(f"{query}" for query in queries)


def test_the_rules_are_played() -> None:
    """Finding nothing in nothing would prove nothing."""
    assert len(list(_rules())) > 60


class _Kept(asyncpg.Connection):  # type: ignore[misc]
    """A connection that goes on to the next journal: what it has prepared is not prepared again.

    Attributes:
        said: every statement that was done, once.
        free: those that nobody uses, by what they were asked for.
    """

    said: ClassVar[dict[str, None]] = {}
    free: ClassVar[dict[str, list[_Kept]]] = {}
    asked = ""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as it is there
        """Let the next one have it."""
        if self not in self.free[self.asked]:
            self.free[self.asked].append(self)


async def _kept(url: str, **more: Any) -> _Kept:
    """Return a connection of this kind, one that is free if there is one."""
    asked = f"{url} {more}"
    free = _Kept.free.setdefault(asked, [])
    if free:
        return free.pop()
    connection: _Kept = await _CONNECT(url, connection_class=_Kept, **more)
    connection.asked = asked
    connection.add_query_logger(lambda one: one.exception or _Kept.said.setdefault(one.query))
    return connection


_CONNECT = asyncpg.connect


def test_on_postgresql_every_statement_has_an_index(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reading a table whole is forbidden, a plan that still does it has no index to go by."""
    monkeypatch.setattr(asyncpg, "connect", _kept)

    async def opener(clock: Clock) -> Journal:
        return await PostgresJournal.open(database, clock)

    async def played() -> list[str]:
        plain = await _CONNECT(database, server_settings=_FORBIDDEN, statement_cache_size=0)
        for act in _acts():
            await plain.execute(_EMPTIED)
            await _play(opener, act)
        plans = await _plans(plain, [sql for sql in _Kept.said if _is_dml(sql)])
        for one in (plain, *(one for some in _Kept.free.values() for one in some)):
            await asyncpg.Connection.close(one)
        return plans

    plans = asyncio.run(played())
    whole = Counter(plan for plan in plans if _READ_WHOLE.search(plan) and not _on_purpose(plan))
    assert len(plans) > 400
    assert not whole, _whole(whole)


async def _plans(connection: Any, statements: Sequence[str]) -> list[str]:
    """Return each statement with the plan that is made once for all its values, none of which it knows."""
    plans = []
    for sql in statements:
        await connection.execute(f"PREPARE one AS {sql}")
        count = await connection.fetchval("SELECT cardinality(parameter_types) FROM pg_prepared_statements")
        values = f"({', '.join(['NULL'] * count)})" if count else ""
        rows = await connection.fetch(f"EXPLAIN EXECUTE one{values}")
        plans.append("\n".join([sql, *(row[0] for row in rows)]))
        await connection.execute("DEALLOCATE one")
    return plans


def test_on_sqlite_every_statement_has_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no statistics in a new journal: what it scans there, it would scan for ever."""
    statements: Counter[str] = Counter()
    connect, path = sqlite._connect, tmp_path / "played.db"
    migrate(f"sqlite:///{tmp_path}/empty.db")

    def watched(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
        connection = connect(path, read_only=read_only)
        connection.execute("PRAGMA synchronous=OFF")  # what is played is thrown away
        connection.set_trace_callback(lambda sql: statements.update([sql]))
        return connection

    async def opener(clock: Clock) -> Journal:
        return await SqliteJournal.open(path, clock)

    monkeypatch.setattr(sqlite, "_connect", watched)
    monkeypatch.setattr(sqlite, "migrate", lambda _: None)  # each begins as a copy of an empty one
    for act in _acts():
        for left in tmp_path.glob("played.db*"):
            left.unlink()
        shutil.copy(tmp_path / "empty.db", path)
        asyncio.run(_play(opener, act))
    found = _scans(tmp_path / "empty.db", statements)  # without the statistics of journals with three rows
    assert len(statements) > 1000
    assert not found, _whole(found)


def _scans(path: Path, statements: Counter[str]) -> Counter[str]:
    """Return the statements that walk through a table that grows, each shape once."""
    found: Counter[str] = Counter()
    shapes = {re.sub(r"x?'[^']*'|\b\d+\b", "?", sql): sql for sql in statements}
    with sqlite3.connect(path) as connection:
        for shape, sql in shapes.items():
            if _is_dml(sql) and not _on_purpose(sql):
                plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
                if any(_SCANNED.search(step) for step in plan):
                    found[f"{shape}\n    {plan}"] += 1
    return found

"""Every statement of the rules finds its rows by an index, on either database: no walk through all that grew."""

from __future__ import annotations

import asyncio
import inspect
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

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
from lgsp.testing.servers.postgres import PostgresServer

pytestmark = pytest.mark.timeout(500)
"""All rules are played, each in a journal of its own."""

GROWING = (
    "messages", "bodies", "raws", "presence", "deliveries", "history", "attempts", "entries", "quarantine",
    "agency_entries",
    "catalogue_items",
    "job_runs",
    "aliases",
    "dossiers",
    "dossier_steps",
)  # fmt: skip
"""Tables with a row for every message, dossier, delivery or attempt there ever was or is now."""
_EXPLAINED = re.compile(r"LOG:  duration: [0-9.]+ ms  plan:\n\tQuery Text: (.*?)(?=\n\S|\Z)", re.DOTALL)
_READ_WHOLE = re.compile(rf"Seq Scan on ({'|'.join(GROWING)})(?:_(?!ids)\w+)? ")
_SCANNED = re.compile(rf"SCAN ({'|'.join(GROWING)})\b(?!.*INDEX)")
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
)
"""What the rules ask and plant themselves."""


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


async def _play(name: str, opener: Opener) -> None:
    scene = await Scene.begin(opener)
    try:
        await scene.act(_look)
        await getattr(JournalContract(), name)(scene)
    finally:
        await scene.end()


def _on_purpose(sql: str) -> bool:
    said = sql.partition("\n")[0]
    shape = re.sub(r"\$\d+|x?'[^']*'|\b\d+\b", "?", said)
    return (
        said.startswith(_RULES_OWN)
        or shape.startswith(_STARTING)
        or any(re.search(p, shape) for p in (*_OPEN_ONES, _NEWEST_FIRST))
    )


def _whole(queries: Counter[str]) -> str:
    return "\n".join(f"{query}" for query in queries)


def test_the_rules_are_played() -> None:
    """Finding nothing in nothing would prove nothing."""
    assert len(list(_rules())) > 60


def test_on_postgresql_every_statement_has_an_index(postgres: PostgresServer) -> None:
    """Where reading a table whole is forbidden, a plan that still does it has no index to go by."""
    explained = {
        "session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0",
        "enable_seqscan": "off", "plan_cache_mode": "force_generic_plan", "fsync": "off",
    }  # fmt: skip
    with PostgresServer(explained) as server:
        migrate(server.create("template_lgsp"))
        for name in _rules():
            server.sql(f"CREATE DATABASE {name[:60]} TEMPLATE template_lgsp")
            url = server.url_of(name[:60])

            async def opener(clock: Clock, url: str = url) -> Journal:
                return await PostgresJournal.open(url, clock)

            asyncio.run(_play(name, opener))
        log = (server.folder / "log").read_text(encoding="utf-8")
    plans = [found[1] for found in _EXPLAINED.finditer(log)]
    whole = Counter(plan for plan in plans if _READ_WHOLE.search(plan) and not _on_purpose(plan))
    assert len(plans) > 1000
    assert not whole, _whole(whole)


def test_on_sqlite_every_statement_has_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no statistics in a new journal: what it scans there, it would scan for ever."""
    statements: Counter[str] = Counter()
    connect = sqlite._connect

    def watched(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
        connection = connect(path, read_only=read_only)
        connection.set_trace_callback(lambda sql: statements.update([sql]))
        return connection

    monkeypatch.setattr(sqlite, "_connect", watched)
    for n, name in enumerate(_rules()):

        async def opener(clock: Clock, path: Path = tmp_path / f"{n}.db") -> Journal:
            return await SqliteJournal.open(path, clock)

        asyncio.run(_play(name, opener))
    migrate(f"sqlite:///{tmp_path}/empty.db")  # without the statistics of journals with three rows
    found = _scans(tmp_path / "empty.db", statements)
    assert len(statements) > 1000
    assert not found, _whole(found)


def _scans(path: Path, statements: Counter[str]) -> Counter[str]:
    """Return the statements that walk through a table that grows, each shape once."""
    found: Counter[str] = Counter()
    shapes = {re.sub(r"x?'[^']*'|\b\d+\b", "?", sql): sql for sql in statements}
    with sqlite3.connect(path) as connection:
        for shape, sql in shapes.items():
            if sql.split(" ", 1)[0] in _DML and not _on_purpose(sql):
                plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
                if any(_SCANNED.search(step) for step in plan):
                    found[f"{shape}\n    {plan}"] += 1
    return found

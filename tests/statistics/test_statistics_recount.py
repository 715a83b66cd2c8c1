"""Whatever befalls dossiers, in whatever order it is told: the tables are what a count from scratch comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from lgsp import statistics
from lgsp.domain.agencies.known import built_in
from lgsp.domain.reports.invariants import SETS
from lgsp.domain.reports.periods import SCHEMES, Period
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.journal import dossiers_keeping, statistics_keeping
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers import Row, Step
from lgsp.journal.rows import insert
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.statistics_tables import statistics_pending
from lgsp.statistics import Asked, Table, cut_off
from lgsp.testing.scene import Clock
from tests.statistics.recount import counted

DAY = 86_400_000_000
BEGIN = int(SCHEMES["calendar/1"].read("202511").begins.timestamp()) * 1_000_000
"""Behind it a year of half-months ends, and another one begins."""
DAYS = 100
PERIODS = [
    SCHEMES[name].read(code)
    for name, code in (
        ("government/1", "202512"),
        ("calendar/1", "202512"),
        ("government/1", "202601"),
        ("calendar/1", "202601"),
        ("government/1", "2026"),
    )
]
moments = some.none() | some.integers(0, DAYS * 4).map(lambda quarter: BEGIN + quarter * DAY // 4 + 1)
channels = some.sampled_from(["online", "direct", "post", "online", "direct", ""])
statuses = some.sampled_from([0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 9, 10])
pauses = some.none() | some.tuples(moments.filter(bool), moments)
snapshots = some.fixed_dictionaries(
    {
        "source": some.sampled_from(["one-stop", "one-stop", "one-stop", "other"]),
        "channel": channels, "status": statuses, "received": moments, "due": moments, "finished": moments,
        "returned": moments, "declined": moments, "pauses": pauses, "field": some.sampled_from(["", "F1", "F2"]),
    }
)  # fmt: skip
steps = some.fixed_dictionaries(
    {"source": some.just("one-stop"), "at": moments.filter(bool), "status": statuses.filter(bool)}
)
told = some.lists(
    some.tuples(some.integers(0, 3), some.integers(0, DAYS), snapshots | snapshots | steps),
    min_size=1, max_size=14,
)  # fmt: skip


class Ground:
    """A journal on which each example has agencies of its own."""

    def __init__(self, path: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock(BEGIN + 400 * DAY)
        self.journal = self.loop.run_until_complete(SqliteJournal.open(path, self.clock))
        self.agencies = self.messages = 0

    def read(self, query: Any) -> Any:
        """Ask the journal."""
        return self.loop.run_until_complete(self.journal.read(query))

    def act(self, act: Any) -> Any:
        """Write in the journal."""
        return self.loop.run_until_complete(self.journal.write(act))

    def agency(self) -> str:
        """Return the code of an agency of which nothing was told."""
        self.agencies += 1
        return f"H44.{self.agencies}"

    def rows(self, agency: str, events: list[tuple[int, int, dict[str, Any]]]) -> list[Row | Step]:
        """Return what the register would hold of events: in the order in which they were known."""
        found: list[Row | Step] = []
        revisions: dict[tuple[str, str], int] = {}
        for number, day, said in sorted(events, key=lambda event: event[1]):
            key, known = f"{agency}-260101-{number:04}", BEGIN + day * DAY + 5 * DAY // 12
            self.messages += 1
            if "at" in said:
                found.append(Step(key, self.messages, said["source"], known, said["at"], said["status"]))
                continue
            revision = revisions[key, said["source"]] = revisions.get((key, said["source"]), 0) + 1
            spans = said["pauses"] and f"[[{said['pauses'][0]}, {said['pauses'][1] or 'null'}]]"
            times = [said[name] for name in ("received", "due", "due", "finished", "returned", "declined")]
            who = key, self.messages, said["source"], revision, known, None, agency, "1.0", said["field"]
            found.append(Row(*who, said["channel"], said["status"], *times, None, 0, spans))
        return found

    def register(self, rows: list[Row | Step]) -> None:
        """Enter rows in the register."""

        def enter(tx: Transaction) -> None:
            dossiers_keeping._enter(tx, [row for row in rows if isinstance(row, Row)])
            tx.run(dossiers_keeping._STEP, [row for row in rows if isinstance(row, Step)])
            tx.run(insert(statistics_pending), [(row.message_id, row.key) for row in rows])

        self.act(enter)

    def count(self) -> None:
        """Count until nothing is left."""
        done = False
        while not done:
            look = self.read(statistics_keeping.look)
            assert self.act(lambda tx, look=look: statistics_keeping.keep(tx, look))
            done = look.done

    def table(
        self, agency: str, period: Period, definition: str, known: int | None, by: str = "total"
    ) -> Table:
        """Return a table of an agency."""
        asked = Asked(by, agency, period, definition, known, merged=False)
        found: Table = self.read(lambda tx: statistics.table(tx, asked, built_in()))
        return found


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Lend a journal to all examples."""
    found = Ground(tmp_path_factory.mktemp("statistics") / "journal.db")
    yield found
    found.loop.run_until_complete(found.journal.close())
    found.loop.close()


def check(found: Table, recount: Any, said: object) -> None:
    """Hold a table against a count from scratch, and against its invariants."""
    for name in ("received", "online", "direct", "carried_over", "early", "on_time", "late", "solved", "withdrawn",
                 "stopped", "refused", "in_process", "in_process_late", "waiting", "unclassified"):  # fmt: skip
        assert found.total[name] == recount[name], (name, said)
    assert not SETS[found.definition].check(found.total), said
    for row in found.rows:
        assert not SETS[found.definition].check(row.counts), said


@given(events=told, known=some.integers(20, DAYS + 20), late=some.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tables_are_what_a_count_from_scratch_comes_to(
    ground: Ground, events: list[tuple[int, int, dict[str, Any]]], known: int, late: Any
) -> None:
    """For every way to count, as known now, at the cut-off and at any moment; registered bit by bit."""
    agency = ground.agency()
    rows = ground.rows(agency, events)
    keys = sorted({row.key for row in rows})
    parts = [rows[:3], rows[3:]]
    late.shuffle(parts[1])
    for part in parts:
        ground.register(part)
        ground.count()
    for period in PERIODS:
        begins, ends = int(period.begins.timestamp()) * 1_000_000, cut_off(period)
        for then in (None, ends, BEGIN + known * DAY + 12345):
            if then is not None and then <= begins:
                continue
            end, seen = min(ends, then or ends), (1 << 62) if then is None else then
            for definition in DEFINITIONS:
                found = ground.table(agency, period, definition, then, by="field")
                recount = ground.read(lambda tx, of=(definition, (begins, end), seen): counted(tx, keys, *of))
                check(found, recount, (definition, period.label, then))


@given(events=told, order=some.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_and_number_of_looks_changes_nothing(
    ground: Ground, events: list[tuple[int, int, dict[str, Any]]], order: Any
) -> None:
    """The register filled at once or piece by piece, in any order, looked at again: the same cells."""
    kept = []
    for shuffled in (False, True):
        agency = ground.agency()
        rows = ground.rows(agency, events)
        if shuffled:
            order.shuffle(rows)
        for part in [[row] for row in rows] if shuffled else [rows]:
            ground.register(part)
            if shuffled:
                ground.count()
        ground.count()
        sql = "SELECT * FROM statistics_halves WHERE agency = ? ORDER BY 1, 2, 3, 4, 5, 6"
        found = ground.read(lambda tx, agency=agency, sql=sql: tx.rows(sql, (agency,)))
        kept.append([row[:2] + row[3:] for row in found if any(row[6:])])
    assert kept[0] == kept[1]


@given(events=told)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_period_carries_over_what_the_one_before_left(
    ground: Ground, events: list[tuple[int, int, dict[str, Any]]]
) -> None:
    """As known at one moment, each invariant over two periods holds too."""
    agency = ground.agency()
    ground.register(ground.rows(agency, events))
    ground.count()
    for period in PERIODS:
        for definition in DEFINITIONS:
            before = ground.table(agency, period.carries_from, definition, None)
            after = ground.table(agency, period, definition, None)
            assert not SETS[definition].check(after.total, before.total), (definition, period.label)

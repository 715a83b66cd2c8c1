"""What people filter of a run's differences is found by an index, however many others the run found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lgsp.journal import reconciliations_differences as differences
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_tables import differences as table
from lgsp.journal.rows import insert
from lgsp.journal.sqlite import SqliteJournal

RUN, COUNT = 7, 20_000
FILTERED = [
    (Filter(cause="rare"), "differences_cause"),
    (Filter(owner="agency"), "differences_owner"),
    (Filter(cause="rare", agency="H44.11"), "differences_cause"),
]


class Planned:
    """A transaction that answers every question with nothing, and remembers how it would be answered."""

    def __init__(self, tx: Transaction, explain: str) -> None:
        self.now = tx.now
        self._tx = tx
        self._explain = explain
        self.plans: list[str] = []

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Explain a query."""
        self.plans.append("\n".join(str(row[-1]) for row in self._tx.rows(f"{self._explain} {sql}", values)))
        return []

    def among(self, *_: Any) -> list[Any]:
        """Find nothing."""
        return []


def plan(tx: Transaction, explain: str, wanted: Filter) -> str:
    """Return how a page of a filter is found."""
    planned = Planned(tx, explain)
    differences.listing(planned, RUN, wanted)  # type: ignore[arg-type]
    (said,) = planned.plans
    return said


def filled(tx: Transaction) -> None:
    """Write differences of which one in a thousand has another cause and owner."""
    rows = []
    for number in range(COUNT):
        rare = number % 1000 == 0
        one = {column.name: "" for column in table.columns} | {
            "run": RUN, "key": f"K{number:06d}", "bucket": "late", "cause": "rare" if rare else "late",
            "owner": "agency" if rare else "platform", "retry": 0, "details": "{}", "since": RUN, "since_at": 1,
            "mended_by": None, "delivery": None, "changed_at": 1,
        }  # fmt: skip
        rows.append(tuple(one.values()))
    tx.run(insert(table), rows)


async def explained(journal: Journal, explain: str, analyze: str) -> list[str]:
    """Return the plans of the filters, in a journal with many differences."""
    try:
        await journal.write(filled)
        await journal.write(lambda tx: tx.rows(analyze))
        return await journal.read(lambda tx: [plan(tx, explain, wanted) for wanted, _ in FILTERED])
    finally:
        await journal.close()


def test_on_sqlite_a_cause_or_an_owner_is_found_by_its_index(tmp_path: Path) -> None:
    """Not by going through all that the run found."""

    async def plans() -> list[str]:
        journal = await SqliteJournal.open(tmp_path / "journal.db")
        return await explained(journal, "EXPLAIN QUERY PLAN", "SELECT 1")

    for said, (_, index) in zip(asyncio.run(plans()), FILTERED, strict=True):
        assert f"USING INDEX {index}" in said


@pytest.mark.usefixtures("postgres")
def test_on_postgresql_a_cause_or_an_owner_is_found_by_its_index(database: str) -> None:
    """Not by going through all that the run found."""

    async def plans() -> list[str]:
        journal = await PostgresJournal.open(database)
        return await explained(journal, "EXPLAIN", "ANALYZE differences")

    for said, (_, index) in zip(asyncio.run(plans()), FILTERED, strict=True):
        assert f"Index Scan using {index}" in said

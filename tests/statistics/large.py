"""Measuring the statistics at full size, by hand: `python -m tests.statistics.large [events]`.

Lives of dossiers are drawn, counted by the very functions that the platform counts with, and written in bulk
on SQLite and PostgreSQL; then each standard table is asked for, as known at its cut-off and now, and the plans
are shown.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lgsp import statistics
from lgsp.domain.agencies.known import built_in
from lgsp.domain.reports.periods import read_label
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.domain.statistics.lives import Known, Progress, Telling, lives
from lgsp.domain.statistics.moves import COLUMNS
from lgsp.journal import statistics as reading
from lgsp.journal import statistics_keeping as keeping
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.migrating import migrate
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.statistics_lives import WRITTEN, rows_of
from lgsp.statistics import Asked, cut_off
from lgsp.testing.scene import Clock
from lgsp.testing.servers.postgres import PostgresServer

DAY = 86_400_000_000
BEGIN = int(read_label("calendar/1:2023").begins.timestamp()) * 1_000_000
NOW = int(read_label("calendar/1:202606").begins.timestamp()) * 1_000_000 + 9 * DAY + DAY // 3
AGENCIES = [f"H44.{n}" for n in range(1, 22)]
COPIES = 8
"""So often everything is there, each time at another body of each agency: 168 of them in all."""
PROCEDURES = [(f"1.{n:06}", f"F{n % 60:02}") for n in range(1800)]
"""Each agency has 90 of them, some far more often than others."""
CHUNK = 20_000
SAID = (
    "government/1:2025",
    "government/1:202512",
    "calendar/1:20241",
    "government/1:2023",
    "government/1:202606",
)


def drawn(count: int) -> Iterator[tuple[str, list[Known], int]]:
    """Yield dossiers with what was known of each, and how many events were told by then: 3 on the average."""
    chance = random.Random(8)
    told = events = 0
    while events < count:
        received = BEGIN + int(chance.random() * (NOW - BEGIN))
        which = chance.randrange(len(AGENCIES))
        agency, (procedure, field) = (
            AGENCIES[which],
            PROCEDURES[which % 17 * 100 + int(chance.random() ** 2 * 90)],
        )
        said = Telling(events, received, "s", agency, procedure, field, chance.choice(["online", "direct", "post"]),
                       2, received, received + chance.randrange(1, 30) * DAY, None, None, None, None)  # fmt: skip
        course: list[Any] = [said]
        at = received + chance.randrange(1, 8) * DAY
        course.append(Progress(events + 1, at, "s", at, chance.choice([4, 4, 4, 4, 5])))
        ended = at + int(chance.expovariate(1 / 6) * DAY)
        known = ended + (chance.randrange(20, 90) * DAY if chance.random() < 0.02 else 0)
        status = chance.choices([9, 10, 7, 8], [45, 45, 5, 2])[0]
        course.append(
            said._replace(order=events + 2, known=known, status=status, finished=ended, returned=ended)
        )
        course = [one for one in course if one.known < NOW]
        events, told = events + len(course), told + 1
        yield f"{agency}-{received // DAY:06}-{told:08}", lives(course[::2], course[1::2]), events


def say(line: str) -> None:
    """Say something to whoever measures."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def write(tx: Transaction, rows: list[Any]) -> None:
    """Keep rows of lives."""
    tx.run(keeping._KEEP, rows)


async def fill(journals: Sequence[Journal], count: int) -> None:
    """Fill the tables with so many events."""
    halves: dict[keeping.Cell, list[int]] = {}
    rows: list[Any] = []
    began, dossiers, events = time.monotonic(), 0, 0
    for key, known, at in drawn(count):
        dossiers, events = dossiers + 1, at
        keeping.add(halves, known, 1)
        rows += rows_of(key, known)
        if len(rows) >= CHUNK:
            for journal in journals:
                await journal.write(lambda tx, rows=rows: write(tx, rows))  # type: ignore[misc]
            rows = []
            say(f"  {events:,} events, {time.monotonic() - began:.0f} s")
    for journal in journals:
        await journal.write(lambda tx: write(tx, rows))
    for sql, cells in (
        (keeping.ADD_HALVES, keeping.cells(halves)),
        (keeping.ADD_YEARS, keeping.cells(keeping.yearly(halves))),
    ):
        found = list(cells)
        for start in range(0, len(found), CHUNK):
            part = found[start : start + CHUNK]
            for journal in journals:
                await journal.write(lambda tx, part=part, sql=sql: tx.run(sql, part))  # type: ignore[misc]
        say(f"  {len(found):,} rows of sums")
    say(f"{events:,} events of {dossiers:,} dossiers in {time.monotonic() - began:.0f} s")


async def copy(journal: Journal) -> None:
    """Give each agency bodies of its own that did the same."""
    began = time.monotonic()
    for n in range(1, COPIES):
        there, body = "agency NOT LIKE 'H44.%.%'", f"agency || '.{n}'"
        rest = ", ".join(WRITTEN[4:])
        key = f"{body} || substr(key, length(agency) + 1)"
        names = f"key, since, until, agency, {rest}"
        chosen = f"SELECT {key}, since, until, {body}, {rest} FROM statistics_lives WHERE {there}"
        said = [f"INSERT INTO statistics_lives ({names}) {chosen}"]
        for table in ("statistics_halves", "statistics_years"):
            rest = ", ".join(("definition", "at", "procedure", "field", "known", *COLUMNS))
            said.append(
                f"INSERT INTO {table} (agency, {rest}) SELECT {body}, {rest} FROM {table} WHERE {there}"
            )
        for sql in said:
            await journal.write(lambda tx, sql=sql: tx.run(sql, [()]))  # type: ignore[misc]
    for table in ("statistics_lives", "statistics_halves", "statistics_years"):
        ((rows,),) = await journal.read(lambda tx, table=table: tx.rows(f"SELECT count(*) FROM {table}"))  # type: ignore[misc]
        say(f"  {table}: {rows:,} rows")
    say(f"  copied in {time.monotonic() - began:.0f} s")


async def ask(journal: Journal, asked: Asked) -> float:
    """Ask for a table and return the seconds it took."""
    began = time.monotonic()
    found = await journal.read(lambda tx: statistics.table(tx, asked, built_in()))
    took = time.monotonic() - began
    say(f"  {took:6.3f} s  {asked.by:<10}{asked.agency:<8}{asked.period.label:<22}"
          f"{'now' if asked.known_at is None else 'then':<5}{asked.definition:<18}"
          f" {len(found.rows)} rows, {found.total['total']:,} to handle, {found.total['in_process']:,} in process")  # fmt: skip
    return took


async def plans(journal: Journal, prefix: str) -> None:
    """Show how the statements of a table go about it."""
    period = read_label("government/1:2025")
    begins, ends = int(period.begins.timestamp()) * 1_000_000, cut_off(period)
    for known in (None, ends):
        sought = reading.Sought(DEFINITIONS["standard/1"], begins, ends, known, ("H44",))
        for sql, values in reading._counted(sought, "procedure"):
            say(f"{sql.partition(' FROM ')[2]}")
            for row in await journal.read(lambda tx, of=(prefix + sql, values): tx.rows(*of)):  # type: ignore[misc]
                say(f"      {row[-1]}")


async def measure(journal: Journal, prefix: str) -> None:
    """Ask for every standard table twice: the second time everything is in the memory."""
    await journal.tend()
    worst = 0.0
    for go in ("first", "second"):
        say(f"{go} time:")
        for by in statistics.BY:
            for label in SAID:
                period = read_label(label)
                for known in (cut_off(period), None):
                    if known is None or known < NOW:
                        took = await ask(journal, Asked(by, "H44", period, known_at=known))
                        worst = max(worst, took)
        for definition in DEFINITIONS:
            worst = max(worst, await ask(journal, Asked("procedure", "H44", read_label(SAID[0]), definition)))
        await ask(
            journal,
            Asked("agency", "H44", read_label(SAID[0]), known_at=cut_off(read_label(SAID[0])) + DAY * 3),
        )
    say(f"the slowest standard table took {worst:.3f} s")
    for column in ("in_process_late", "carried_over", "late", "received", "unclassified"):
        began = time.monotonic()
        asked = Asked("agency", "H44", read_label(SAID[0]))
        keys = await journal.read(lambda tx, of=(asked, "H44.7", column): statistics.dossiers(tx, *of))  # type: ignore[misc]
        say(f"  {time.monotonic() - began:6.3f} s  {len(keys)} dossiers behind {column}")
    await plans(journal, prefix)


async def main(count: int) -> None:
    """Measure on both databases."""
    clock = Clock(NOW)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = stack.enter_context(PostgresServer({"shared_buffers": "256MB"}))
        server.sql("CREATE DATABASE large")
        await asyncio.to_thread(migrate, server.url_of("large"))
        journals: list[Journal] = [
            await SqliteJournal.open(folder / "journal.db", clock),
            await PostgresJournal.open(server.url_of("large"), clock),
        ]
        await fill(journals, count // COPIES)
        for journal in journals:
            await copy(journal)
        server.sql("VACUUM ANALYZE", database="large")
        for journal, prefix in zip(journals, ("EXPLAIN QUERY PLAN ", "EXPLAIN "), strict=True):
            say(type(journal).__name__)
            await measure(journal, prefix)
            await journal.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000))

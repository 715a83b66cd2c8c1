"""Several processes want the same job of one PostgreSQL journal in the same instant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from lgsp.journal import acting, job_runs, leasing
from lgsp.journal.contract import CursorAt, Transaction
from lgsp.journal.job_runs import DONE, Begun, End, Process, StaleRunError, Tally
from lgsp.journal.postgres import PostgresJournal
from lgsp.schedules import Job
from lgsp.testing.making import SOURCE, arrival, paper

NAME = "papers"
ALWAYS = Job.model_validate({"every": "1s"})
_SLOWLY = "SELECT 1 FROM (SELECT pg_sleep(0.3)) AS slow"


class Place:
    """One process on the journal."""

    def __init__(self, journal: PostgresJournal, worker: int) -> None:
        self.journal = journal
        self.process = Process(worker)

    async def begin(self, *, slowly: bool = False) -> Begun | None:
        """Ask for a run; slowly is with the answer known and the commit yet to come."""

        def act(tx: Transaction) -> Begun | None:
            begun = job_runs.begin(tx, SOURCE, NAME, ALWAYS, self.process)
            if slowly:
                tx.rows(_SLOWLY)
            return begun

        return await self.journal.write(act)

    async def page(self, run: Begun, cursor: int, *, slowly: bool = False) -> None:
        """Bring a page of a run; slowly is with all written and the commit yet to come."""

        def act(tx: Transaction) -> None:
            job_runs.keep(tx, CursorAt(SOURCE, NAME, run.run, str(cursor)), Tally(1))
            if slowly:
                tx.rows(_SLOWLY)

        await self.journal.write(act)

    async def end(self, run: Begun) -> None:
        """End a run well."""
        assert await self.journal.write(lambda tx: job_runs.finish(tx, run, End(DONE), ALWAYS))

    async def cursor(self) -> str:
        """Return where the job stands."""
        rows = await self.journal.read(lambda tx: tx.rows("SELECT cursor FROM cursors"))
        return str(rows[0][0])


@pytest.fixture
async def places(database: str) -> AsyncIterator[list[Place]]:
    """Lend three processes on one database."""
    async with AsyncExitStack() as opened:
        found = []
        for _ in range(3):
            journal = await PostgresJournal.open(database)
            opened.push_async_callback(journal.close)
            found.append(Place(journal, await journal.write(lambda tx: acting.enlist(tx, "place"))))
        yield found


async def lost(place: Place) -> None:
    """Let a process be taken for dead."""
    await place.journal.write(lambda tx: leasing.leave(tx, place.process.worker))


async def test_of_three_that_ask_in_one_instant_one_begins(places: list[Place]) -> None:
    """Row 125: the others find it running, again and again; no answer is a fault."""
    for _ in range(5):
        begun = await asyncio.gather(*(place.begin() for place in places))
        won = [run for run in begun if run is not None]
        assert len(won) == 1
        place = places[[run is not None for run in begun].index(True)]
        await place.end(won[0])
        await asyncio.sleep(1)


async def test_who_takes_over_sees_the_page_that_was_being_committed(places: list[Place]) -> None:
    """Row 130: cutting short waits for the page, and the cursor is read after it."""
    here, there, _ = places
    old = await here.begin()
    assert old is not None
    await here.page(old, 1)
    await lost(here)
    committing = asyncio.create_task(here.page(old, 2, slowly=True))
    await asyncio.sleep(0.1)
    assert await there.begin() is None
    assert committing.done()
    await committing
    await asyncio.sleep(1)
    new = await there.begin()
    assert new is not None
    assert new.cursor == 2


async def test_a_page_that_comes_while_another_takes_over_is_refused(places: list[Place]) -> None:
    """Row 124: it waits for the verdict, and does not go by what it saw before."""
    here, there, _ = places
    old = await here.begin()
    assert old is not None
    await here.page(old, 1)
    await lost(here)
    taking = asyncio.create_task(there.begin(slowly=True))
    await asyncio.sleep(0.1)
    page = arrival(paper("L", "P2"))
    page.page = CursorAt(SOURCE, NAME, old.run, "2")
    with pytest.raises(StaleRunError):
        await here.journal.accept(page)
    await taking
    assert await here.cursor() == "1"
    rows = await here.journal.read(lambda tx: tx.rows("SELECT id FROM messages"))
    assert rows == []


async def test_later_runs_have_higher_numbers_whoever_begins_them(places: list[Place]) -> None:
    """Lists of agencies go by it, and so does the order in which people see runs."""
    numbers = []
    for n in range(4):
        place = places[n % 3]
        run = await place.begin()
        assert run is not None
        await place.end(run)
        numbers.append(run.run)
        await asyncio.sleep(1)
    assert numbers == sorted(numbers)

"""The register of dossiers where several processes write: nothing that commits late is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from lgsp.journal import dossiers
from lgsp.journal import dossiers_keeping as keeping
from lgsp.journal.dossiers_place import Place, registered
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.making import arrival
from lgsp.testing.rules.dossiers import FIRST, SECOND_, told
from lgsp.testing.scene import Clock

GRACE, DAY = 11, 86_400


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
async def journal(database: str, clock: Clock) -> AsyncIterator[PostgresJournal]:
    """A journal on PostgreSQL with two dossiers."""
    opened = await PostgresJournal.open(database, clock)
    await opened.accept(arrival(told(FIRST), told(SECOND_)))
    yield opened
    await opened.close()


async def look(journal: PostgresJournal) -> Place:
    """Look once, and return how far that leads."""
    found = await journal.read(keeping.look)
    assert await journal.write(lambda tx: keeping.keep(tx, found))
    return found.place


async def forget(journal: PostgresJournal, key: str) -> None:
    """Take a dossier out of the register, as if its transaction had not committed when it was looked for."""
    await journal.write(lambda tx: tx.run("DELETE FROM dossiers WHERE key = ?", [(key,)]))


async def keys(journal: PostgresJournal) -> list[str]:
    """Return the dossiers that are registered."""
    return [row.key for row in await journal.read(lambda tx: dossiers.current(tx, dossiers.Wanted()))]


async def test_a_lower_number_that_commits_later_is_registered(
    journal: PostgresJournal, clock: Clock
) -> None:
    """Shortly after, by the next look; when all that was under way is decided, nothing is looked at twice."""
    await look(journal)
    await forget(journal, FIRST)
    await look(journal)
    assert await keys(journal) == [FIRST, SECOND_]
    clock.move(GRACE)
    assert (await look(journal)).sure == 2
    await forget(journal, FIRST)
    await look(journal)
    assert await keys(journal) == [SECOND_]


async def test_once_a_day_everything_is_looked_through(journal: PostgresJournal, clock: Clock) -> None:
    """Whatever was left out is found then, and the looks after it go on from the end."""
    await look(journal)
    clock.move(GRACE)
    await look(journal)
    await forget(journal, FIRST)
    clock.move(DAY)
    await look(journal)
    assert await keys(journal) == [FIRST, SECOND_]
    place = await journal.read(registered)
    assert place is not None
    assert place.round >= clock.now


async def test_while_somebody_may_still_bring_a_number_it_is_looked_for(
    journal: PostgresJournal, clock: Clock, database: str
) -> None:
    """A transaction that stays open longer than any grace holds back what counts as decided, and only that."""
    other = await asyncpg.connect(database)
    await other.execute("BEGIN")
    await other.fetchval("SELECT pg_current_xact_id()")
    await look(journal)
    for _ in range(3):
        clock.move(GRACE)
        assert (await look(journal)).sure == 0
    assert await keys(journal) == [FIRST, SECOND_]
    await other.execute("COMMIT")
    await other.close()
    clock.move(GRACE)
    assert (await look(journal)).sure == 2

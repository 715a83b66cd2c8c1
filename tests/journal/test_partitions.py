"""Partitions on PostgreSQL: what may go, and that what says so stays."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lgsp.journal import checks, partitions, retaining, seal_reading
from lgsp.journal.checks import Put
from lgsp.journal.contract import WrongStateError
from lgsp.journal.partitions import STEPS
from lgsp.journal.people import note
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.making import arrival, dossier
from lgsp.testing.servers.postgres import PostgresServer

FOR_EVER = 2**62


@pytest.fixture
async def journal(database: str) -> AsyncIterator[PostgresJournal]:
    """An open journal with a message in it."""
    journal = await PostgresJournal.open(database)
    await journal.accept(arrival(dossier()))
    yield journal
    await journal.close()


def years_pass(postgres: PostgresServer, database: str, table: str, ids: int) -> None:
    """Let so many ids be given out of those that divide a table."""
    postgres.sql(f"SELECT setval('{STEPS[table][0]}_ids', {ids})", database.rpartition("/")[2])


async def old(journal: PostgresJournal, table: str) -> list[partitions.Partition]:
    """Return the partitions of a table that may go, were everything old."""
    found = await journal.read(lambda tx: list(partitions.old(tx, FOR_EVER)))
    return [one for one in found if one.table == table]


async def test_the_partition_of_now_is_never_old(
    journal: PostgresJournal, database: str, postgres: PostgresServer
) -> None:
    """However long nothing was written: the next id belongs there, and nobody makes it a place again."""
    assert await journal.read(lambda tx: list(partitions.old(tx, FOR_EVER))) == []
    bound = STEPS["entries"][1]
    for last in (bound - 1, bound + 9_999):  # ids are drawn in blocks: the last of them may come later
        years_pass(postgres, database, "entries", last)
        await journal.write(partitions.make_ahead)
        assert await old(journal, "entries") == []
    years_pass(postgres, database, "entries", bound + 10_000)
    assert [one.upto for one in await old(journal, "entries")] == [bound]


@pytest.mark.parametrize("table", sorted(STEPS))
async def test_the_partition_of_now_cannot_be_dropped(journal: PostgresJournal, table: str) -> None:
    """Whoever holds its name from somewhere is told, and nothing is gone."""
    now = (await journal.read(lambda tx: partitions.partitions(tx, table)))[0]
    with pytest.raises(WrongStateError, match="the one of now"):
        await journal.write(lambda tx: partitions.drop(tx, now))
    assert now in await journal.read(lambda tx: partitions.partitions(tx, table))


async def test_what_says_that_entries_went_outlives_them(
    journal: PostgresJournal, database: str, postgres: PostgresServer
) -> None:
    """Also when everything was old and nothing was written since; and the last word covers what earlier ones did."""
    bound = STEPS["entries"][1]
    for n in (1, 2):
        years_pass(postgres, database, "entries", n * bound + 20_000)
        later = await PostgresJournal.open(database)  # a process of that time: numbers are drawn in blocks
        await later.write(lambda tx: note(tx, "looked", "lan"))
        await later.write(partitions.make_ahead)
        if n == 2:
            for partition in await old(later, "entries"):
                await retaining.let_go(later, partition, lambda *_: None)
        await later.close()
    said = await journal.read(seal_reading.let_go)
    assert [one.upto for one in said] == [bound, 2 * bound]
    assert min(one.entry for one in said) > 2 * bound
    assert await old(journal, "entries") == []


async def test_what_says_so_is_never_dropped_with_them(
    journal: PostgresJournal, database: str, postgres: PostgresServer
) -> None:
    """A process whose numbers are of long ago would write it where it goes: it drops nothing, and says why."""
    bound = STEPS["entries"][1]
    await journal.write(lambda tx: note(tx, "looked", "lan"))
    years_pass(postgres, database, "entries", bound + 20_000)
    await journal.write(partitions.make_ahead)
    (first,) = await old(journal, "entries")
    with pytest.raises(WrongStateError, match="its numbers are old"):
        await retaining.let_go(journal, first, lambda *_: None)
    assert await old(journal, "entries") == [first]
    assert await journal.read(
        lambda tx: tx.rows("SELECT count(*) FROM entries WHERE what = ?", (seal_reading.LET_GO,))
    ) == [(0,)]


async def test_what_was_encrypted_anew_is_not_carried_back(
    journal: PostgresJournal, database: str, postgres: PostgresServer
) -> None:
    """A body that was carried forward and then came under another key stands under that one."""
    years_pass(postgres, database, "bodies", STEPS["bodies"][1] + 20_000)
    await journal.write(partitions.make_ahead)
    (first,) = await old(journal, "bodies")
    await journal.write(lambda tx: partitions.begin_thin(tx, first))
    assert await journal.write(lambda tx: partitions.carry(tx, first, 1, 1)) == 1
    await journal.write(lambda tx: tx.run("UPDATE bodies SET key_id = 7, body = ?", [(b"anew",)]))
    await journal.write(lambda tx: partitions.drop(tx, first))
    found = await journal.read(lambda tx: tx.rows("SELECT key_id, body FROM bodies"))
    assert [(key, bytes(body)) for key, body in found] == [(7, b"anew")]


async def test_what_checks_found_goes_with_the_last_body_of_its_subject(
    journal: PostgresJournal, database: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where bodies go by whole partitions: of a subject whose body is carried forward it stays."""
    monkeypatch.setattr(retaining, "_SUBJECTS", 2)
    puts = [Put(f"K{n}", "asked", "owner", "owner-identity", "registry") for n in range(1, 6)]
    for put in puts[1:]:
        await journal.accept(arrival(dossier(put.subject)))
    await journal.write(lambda tx: checks.want(tx, puts, {}))
    await journal.write(lambda tx: tx.rows("DELETE FROM deliveries WHERE message_id > 1"))  # none is open now
    years_pass(postgres, database, "bodies", STEPS["bodies"][1] + 20_000)
    await journal.write(partitions.make_ahead)
    (first,) = await old(journal, "bodies")
    assert await retaining.let_go(journal, first, lambda *_: None) == 1
    assert list(await journal.read(lambda tx: checks.found(tx, puts))) == [puts[0].asked]
    assert await journal.read(lambda tx: tx.rows("SELECT subject FROM checks")) == [("K1",)]

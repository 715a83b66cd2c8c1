"""The log on PostgreSQL: what commits late is sealed in its place, and whatever is done to entries is named."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from lgsp.domain.merkle.notes import Signer
from lgsp.journal import partitions, retaining, seal, seal_reading
from lgsp.journal.people import note
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.servers.postgres import PostgresServer
from tests.journal import sealed
from tests.journal.sealed import Tamper, changed, deleted, each, found, judged, rewritten

COUNT = 3001


@pytest.fixture
async def journal(database: str) -> AsyncIterator[PostgresJournal]:
    """Return an open journal with nothing in it."""
    journal = await PostgresJournal.open(database)
    yield journal
    await journal.close()


async def test_a_commit_below_the_horizon_is_sealed_in_its_order(
    journal: PostgresJournal, database: str
) -> None:
    """Row 306: one that began first and commits last holds the log back until it is decided, and is not lost."""
    slow = await asyncpg.connect(database)
    held = slow.transaction()
    await held.start()
    sql = "INSERT INTO entries (id, at, what, who, final) VALUES ({}, 5, 'x', 'slow', 0)"
    await slow.execute(sql.format(900_000))
    await journal.write(lambda tx: note(tx, "looked", "quick"))
    log = await sealed.seal_all(journal, sealed.key_of())
    assert log.place.size == 0
    await slow.execute(sql.format(2))
    await held.commit()
    await slow.close()
    await sealed.seal_all(journal, sealed.key_of())
    ids = [n for tile in await journal.read(lambda tx: seal_reading.tiles(tx, 0, 9)) for n in tile.ids]
    assert ids[:2] == [2, 900_000]
    assert (await judged(journal)).findings == []


async def test_whatever_is_done_to_entries_is_named(journal: PostgresJournal) -> None:
    """Each class of tampering, with an earlier checkpoint and the key in hand; mended each time."""
    await journal.write(lambda tx: sealed.filled(tx, COUNT))
    log = await sealed.seal_all(journal, sealed.key_of(), 500)
    notes, key = await sealed.notes(journal), Signer(log.place.origin, sealed.key_of()).key
    assert await found(journal, *notes, trusted=[key]) == []
    classes: list[tuple[Tamper, list[tuple[str, int]]]] = [
        (changed(1500), [("altered", 1500)]),
        (deleted(1500), [("missing", 1500)]),
        (sealed.inserted(sealed.GAP, 5), [("inserted", sealed.GAP)]),
        (sealed.exchanged(300, 2800), [("swapped", 300)]),
        (sealed.run("UPDATE entries SET tx = tx - 1 WHERE id = 2000"), [("reordered", 2000)]),
        (sealed.truncated(2990), [("truncated", 2990)]),
        (sealed.hash_changed(100), [("hash altered", 101)]),
    ]
    for tamper, expected in classes:
        await _keep_and_undo(journal, tamper, expected, notes[2], key)


async def _keep_and_undo(
    journal: PostgresJournal, tamper: Tamper, expected: list[tuple[str, int]], earlier: object, key: object
) -> None:
    """Tamper for good, verify, and put everything back."""
    tables = ("entries", "log_tiles")
    for table in tables:
        await journal.write(sealed.run(f"CREATE TABLE {table}_safe AS TABLE {table}"))  # type: ignore[arg-type]
    await journal.write(tamper)
    assert sorted(await found(journal, earlier, trusted=[key])) == expected  # type: ignore[arg-type]
    for table in tables:
        await journal.write(sealed.run(f"DELETE FROM {table}"))
        await journal.write(sealed.run(f"INSERT INTO {table} SELECT * FROM {table}_safe"))
        await journal.write(sealed.run(f"DROP TABLE {table}_safe"))


async def test_the_log_itself_rewritten_rolled_back_or_mixed_up_is_found(journal: PostgresJournal) -> None:
    """Swapped checkpoints, hashes computed anew without and with the key, an end cut off with its log."""
    await journal.write(lambda tx: sealed.filled(tx, COUNT))
    log = await sealed.seal_all(journal, sealed.key_of(), 500)
    notes, signer = await sealed.notes(journal), Signer(log.place.origin, sealed.key_of())
    one, other = notes[1].checkpoint.size, notes[3].checkpoint.size
    await journal.write(sealed.checkpoints_exchanged(one, other))
    assert {what for what, _ in await found(journal, notes[2])} == {"checkpoint swapped"}
    await journal.write(sealed.checkpoints_exchanged(one, other))
    await journal.write(each(changed(1200), rewritten(None)))
    assert {what for what, _ in await found(journal, notes[2])} == {"checkpoint forged", "rewritten"}
    await journal.write(rewritten(signer))
    assert await found(journal, trusted=[signer.key]) == []
    assert [what for what, _ in await found(journal, notes[1], notes[2])] == ["rewritten"]
    await journal.write(each(changed(1200, "who", "gateway"), rewritten(signer)))
    await journal.write(sealed.rolled_back(notes[2]))
    assert [what for what, _ in await found(journal, notes[4])] == ["rolled back"]


async def test_what_retention_dropped_is_covered_and_nothing_else(
    journal: PostgresJournal, database: str, postgres: PostgresServer
) -> None:
    """Row 307: a dropped partition leaves its leaves, and an entry says so; what else is missing is a finding."""
    name = database.rpartition("/")[2]
    await journal.write(lambda tx: sealed.filled(tx, 1001))
    postgres.sql("SELECT setval('entries_ids', 6000000)", name)
    await journal.write(partitions.make_ahead)
    await journal.write(
        sealed.run(
            "INSERT INTO entries (id, at, what, who, final)"
            " SELECT 6010000 + i, 1732400000000000 + i, 'later', 'gateway', 0 FROM generate_series(1, 600) i"
        )
    )
    await sealed.seal_all(journal, sealed.key_of(), 300)
    old = [p for p in await journal.read(lambda tx: list(partitions.old(tx, 2**62))) if p.table == "entries"]
    await retaining.let_go(journal, old[0], lambda *_: None)
    await sealed.seal_all(journal, sealed.key_of(), 300)
    verdict = await judged(journal)
    assert verdict.findings == []
    assert verdict.gone >= 1000
    assert verdict.let_go[-1].upto == old[0].upto
    assert verdict.gone + verdict.entries == verdict.size
    await journal.write(deleted(6_010_300))
    assert await found(journal) == [("missing", 6_010_300)]


@pytest.mark.parametrize("upto", [42, 2**62])
async def test_a_word_of_retention_counts_only_where_nothing_below_it_stands(
    journal: PostgresJournal, upto: int
) -> None:
    """Retention drops all below a number: what says so beside an entry that stands there excuses nothing."""
    await journal.write(lambda tx: sealed.filled(tx, 300))
    await sealed.seal_all(journal, sealed.key_of(), 300)
    await journal.write(deleted(41))
    await journal.write(lambda tx: seal_reading.note_let_go(tx, 1, upto))
    await sealed.seal_all(journal, sealed.key_of(), 300)
    assert await found(journal) == [("missing", 41)]


async def test_entries_that_are_sealed_are_found_by_an_index(journal: PostgresJournal) -> None:
    """However much there is, a look reads what is new."""
    await journal.write(lambda tx: sealed.filled(tx, COUNT))
    log = await sealed.seal_all(journal, sealed.key_of(), 2000)
    await journal.write(sealed.run("ANALYZE entries"))
    place = log.place
    sql = (
        f"EXPLAIN SELECT id FROM entries WHERE (tx, id) > ({place.tx}, {place.id}) AND tx < {2**60}"
        " ORDER BY tx, id LIMIT 2000"
    )
    plan = "\n".join(row[0] for row in await journal.read(lambda tx: tx.rows(sql)))
    assert "tx_id_idx on entries_first" in plan
    assert len(seal.COLUMNS) == seal.TX

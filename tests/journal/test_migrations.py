"""The migrations and the tables that the code speaks of say the same."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from uuid import UUID

import pytest
from alembic import op
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql

from lgsp.journal import acting, partitions, reading, retaining
from lgsp.journal.contract import Journal
from lgsp.journal.lines import identity_digest, identity_key, line_digest
from lgsp.journal.migrating import migrate
from lgsp.journal.postgres import PostgresJournal, connect
from lgsp.journal.searching import Sought, search
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.tables import metadata
from lgsp.journal.turns import Frame
from lgsp.testing.making import arrival, dossier, outcome
from lgsp.testing.servers.postgres import PostgresServer


def _shape(path: Path) -> dict[str, object]:
    """Return tables with their columns and keys, and indexes with columns, uniqueness and condition."""
    shape: dict[str, object] = {}
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        for kind, name, sql in rows:
            if name.startswith(("alembic", "sqlite_")):
                continue
            if kind == "table":
                columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
                shape[name] = (sorted(c[1:] for c in columns), "WITHOUT ROWID" in sql.upper())
            else:
                shape[name] = " ".join(sql.split())
    connection.close()
    return shape


def test_the_migrations_make_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    """Running every migration gives exactly the columns, keys and indexes of `tables.py`."""
    migrated, made = tmp_path / "migrated.db", tmp_path / "made.db"
    migrate(f"sqlite:///{migrated}")
    engine = create_engine(f"sqlite:///{made}")
    metadata.create_all(engine)
    engine.dispose()
    assert _shape(migrated) == _shape(made)


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    """A start on a migrated journal leaves it as it is."""
    path = tmp_path / "journal.db"
    migrate(f"sqlite:///{path}")
    before = _shape(path)
    migrate(f"sqlite:///{path}")
    assert _shape(path) == before


def test_a_migration_that_was_broken_off_is_as_if_it_had_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a revision had done to the tables by then, the next start does all of it, and loses nothing."""
    path = tmp_path / "journal.db"
    migrate(f"sqlite:///{path}", "0034")
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO aliases (message_id, alias) VALUES (41, x'01')")
    before = _shape(path)
    with monkeypatch.context() as broken:
        broken.setattr(op, "create_table", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            migrate(f"sqlite:///{path}")
    assert _shape(path) == before
    migrate(f"sqlite:///{path}")
    assert connection.execute("SELECT message_id, alias FROM aliases").fetchall() == [(41, b"\x01")]
    connection.close()


_OLD = """
INSERT INTO messages (id, uid, identity, revision, native, source, type, kind, subject, partitionkey, agency,
 accepted_at, correlationid, traceparent, published, unrouted, raw_id, raw_item, body_hash)
 VALUES (41, {uid}, {identity}, 1, {native}, 'desk', 'dossier.v1', 1, 'K1', 'K1', '', 5, '', '', 0, {no}, 7, 0,
 {native});
INSERT INTO bodies (message_id, salt, key_id, body) VALUES (41, {salt}, 0, {body});
INSERT INTO raws (id, source, at, content_type, sha256, size, key_id, body)
 VALUES (7, 'desk', 5, 'application/json', {native}, 12, 0, {body});
INSERT INTO deliveries (id, message_id, source, system, line, identity, seq, kind, type, state, scope, epoch,
 created_at, changed_at) VALUES (51, 41, 'desk', 'portal', {line}, {identity}, 51, 1, 'dossier.v1', 2, 0, 1, 5, 5);
INSERT INTO entries (id, at, what, message_id, source, who, final)
 VALUES (61, 5, 'accepted', 41, 'desk', 'desk', 0)
"""
"""A ready delivery as the first revision of the tables held it."""


def _old(postgresql: bool) -> str:
    offer = dossier("K1")
    identity = identity_digest("desk", "dossier.v1", identity_key(offer.message, offer.kind))
    blobs = {
        "uid": identity[:16], "identity": identity, "native": offer.message.native, "salt": b"s" * 16,
        "body": offer.body, "line": line_digest("portal", "K1"),
    }  # fmt: skip
    form = "'\\x{}'" if postgresql else "x'{}'"
    return _OLD.format(
        no="false" if postgresql else "0", **{k: form.format(v.hex()) for k, v in blobs.items()}
    )


async def _goes_on(journal: Journal) -> None:
    """The old delivery is claimed with its body, a repeat of the fact is known, and new ids are above."""
    worker = await journal.write(lambda tx: acting.enlist(tx, "new"))
    known = await journal.accept(arrival(dossier("K1")))
    assert known.results[0].known  # type: ignore[union-attr]
    (claim,) = await journal.claim([Frame("portal", 51, 1)], worker)
    assert claim.message.data == {"body": "A"}
    newer = await journal.accept(arrival(dossier("K1", "B")))
    assert newer.results[0].revision == 2  # type: ignore[union-attr]
    settled = await journal.settle(outcome(claim, worker=worker, go_on=True))
    assert settled.next is not None
    assert settled.next.delivery > 51
    await journal.close()


async def test_a_journal_of_the_first_revision_goes_on_after_its_migration(tmp_path: Path) -> None:
    """What was accepted before an upgrade is delivered after it, on SQLite."""
    path = tmp_path / "journal.db"
    await asyncio.to_thread(migrate, f"sqlite:///{path}", "0001")
    with sqlite3.connect(path) as connection:
        connection.executescript(_old(postgresql=False))
    connection.close()
    await _goes_on(await SqliteJournal.open(path))


async def test_a_server_of_the_first_revision_goes_on_after_its_migration(postgres: PostgresServer) -> None:
    """What was accepted before an upgrade is delivered after it, on PostgreSQL, out of the first partition."""
    url = postgres.create("first_revision")
    await asyncio.to_thread(migrate, url, "0001")
    for statement in _old(postgresql=True).split(";"):
        postgres.sql(statement, "first_revision")
    await asyncio.to_thread(migrate, url)
    await _goes_on(await PostgresJournal.open(url))
    assert postgres.sql("SELECT count(*) FROM bodies_first", "first_revision") == "2"


def test_what_is_held_for_a_check_is_held_after_a_migration(tmp_path: Path) -> None:
    """For which question each delivery is held stands in a table of its own; what holds nothing does not."""
    path = tmp_path / "journal.db"
    migrate(f"sqlite:///{path}", "0033")
    row = "INSERT INTO checks (subject, question, name, rule, against, began_at, result, delivery_id) VALUES "
    with sqlite3.connect(path) as connection:
        connection.execute(
            f"{row} ('K1', x'01', 'a', 'r', 'b', 1, 2, 51), ('K2', x'02', 'a', 'r', 'b', 1, 1, NULL)"
        )
    connection.close()
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT delivery_id, question, subject FROM checks_held").fetchall()
    connection.close()
    assert found == [(51, b"\x01", "K1")]


_ALIASES = "INSERT INTO aliases (message_id, alias) VALUES (41, {one}), (42, {one}), (41, {two})"


def test_other_names_lead_to_their_messages_after_a_migration(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """Whoever bore a name bears it when names are kept in one tree, and can bear it once only, as before."""
    path, url = tmp_path / "journal.db", postgres.create("names_in_three_trees")
    for place in (f"sqlite:///{path}", url):
        migrate(place, "0034")
    told = _ALIASES.format(one="x'01'", two="x'02'")
    with sqlite3.connect(path) as connection:
        connection.execute(told)
        connection.commit()
        migrate(f"sqlite:///{path}")
        found = connection.execute("SELECT alias, message_id FROM aliases ORDER BY 1, 2").fetchall()
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(told)
    connection.close()
    postgres.sql(_ALIASES.format(one="'\\x01'", two="'\\x02'"), "names_in_three_trees")
    migrate(url)
    asked = (
        "SELECT string_agg(encode(alias, 'hex') || message_id, ' ' ORDER BY alias, message_id) FROM aliases"
    )
    assert found == [(b"\x01", 41), (b"\x01", 42), (b"\x02", 41)]
    assert postgres.sql(asked, "names_in_three_trees") == "0141 0142 0241"
    keys = "SELECT string_agg(indexdef, ';') FROM pg_indexes WHERE tablename = 'aliases'"
    assert postgres.sql(keys, "names_in_three_trees") == (
        "CREATE UNIQUE INDEX aliases_pkey ON public.aliases USING btree (alias, message_id)"
    )


async def test_whoever_takes_documents_on_meanwhile_hinders_no_migration(postgres: PostgresServer) -> None:
    """An old process looks names up, and enters its own after a migration began: it goes first, none fails."""
    url = postgres.create("names_meanwhile")
    await asyncio.to_thread(migrate, url, "0034")
    old, watcher = await connect(url), await connect(url)
    begun = old.transaction()
    await begun.start()
    await old.fetch("SELECT message_id FROM aliases WHERE alias = $1", b"1")
    migrating = asyncio.create_task(asyncio.to_thread(migrate, url))
    while not (migrating.done() or await watcher.fetchval(_WAITS)):
        pass
    await old.execute("INSERT INTO aliases (message_id, alias) VALUES (41, $1)", b"1")
    await begun.commit()
    await migrating
    await old.execute("INSERT INTO aliases (message_id, alias) VALUES (42, $1)", b"1")
    found = await watcher.fetch("SELECT message_id FROM aliases WHERE alias = $1 ORDER BY 1", b"1")
    assert [number for (number,) in found] == [41, 42]
    await old.close()
    await watcher.close()


_WAITS = "SELECT count(*) FROM pg_locks WHERE relation = 'aliases'::regclass AND NOT granted"


def test_the_server_has_the_columns_that_the_code_speaks_of(postgres: PostgresServer) -> None:
    """Migrated and made at one go, PostgreSQL's tables have the same columns; only keys are compared apart."""
    postgres.create("migrated")
    migrate(postgres.url_of("migrated"))
    sql = (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name NOT LIKE '%\\_first' AND table_name NOT LIKE '%\\_rest'"
        " AND table_name !~ '_[0-9]+$' AND table_name <> 'alembic_version' ORDER BY 1, 2"
    )
    found = postgres.sql(sql, "migrated").splitlines()
    wanted = sorted(
        f"{table.name}|{column.name}|{_TYPES[str(column.type.compile(_DIALECT)).split('(')[0]]}"
        f"|{'YES' if column.nullable else 'NO'}"
        for table in metadata.tables.values()
        for column in table.columns
    )
    assert sorted(found) == wanted


def test_the_server_compresses_what_is_large_alike_in_every_partition(postgres: PostgresServer) -> None:
    """A partition that was there before its table was told does as later ones do."""
    postgres.create("compressed")
    migrate(postgres.url_of("compressed"))
    sql = (
        "SELECT DISTINCT attcompression FROM pg_attribute WHERE attname IN ('body', 'exchanges')"
        " AND attrelid::regclass::text ~ '^(bodies|raws|attempts)'"
    )
    assert postgres.sql(sql, "compressed") == "l"


_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_TYPES = {
    "BIGINT": "bigint", "INTEGER": "integer", "SMALLINT": "smallint", "TEXT": "text", "BYTEA": "bytea",
    "BOOLEAN": "boolean",
}  # fmt: skip


async def test_partitions_are_made_ahead_and_dropped_when_old(
    database: str, postgres: PostgresServer
) -> None:
    """There is always an empty partition ahead; a drop carries forward the bodies that are still needed."""
    journal = await PostgresJournal.open(database)
    name = database.rpartition("/")[2]
    for key in ("open", "newest", "old"):
        await journal.accept(arrival(dossier(key)))
    worker = await journal.write(lambda tx: acting.enlist(tx, "w"))
    for delivery in (2, 3):
        (claim,) = await journal.claim([Frame("portal", delivery, 1)], worker)
        await journal.settle(outcome(claim, worker=worker))
    postgres.sql("DELETE FROM presence WHERE message_id = 3", name)  # a newer one of it went meanwhile
    for counter in ("messages", "deliveries"):
        postgres.sql(f"SELECT setval('{counter}_ids', 1500000)", name)
    made = ["bodies_2000000", "attempts_2000000", "history_2000000"]
    assert await journal.write(partitions.make_ahead) == made
    assert await journal.write(partitions.make_ahead) == []
    assert await journal.read(lambda tx: list(partitions.old(tx, 1))) == []
    (old,) = [
        p for p in await journal.read(lambda tx: list(partitions.old(tx, 2**62))) if p.table == "bodies"
    ]
    assert await retaining.let_go(journal, old, lambda *_: None) == 2
    kept = await journal.read(lambda tx: tx.rows("SELECT message_id FROM bodies ORDER BY 1"))
    assert kept == [(1,), (2,)]
    left = await journal.read(lambda tx: retaining.what_is_old(tx, 2**62, ["bodies"]))
    assert old.name not in [one.partition.name for one in left]
    assert old.thin not in [one.partition.name for one in left]
    for partition in await journal.read(lambda tx: list(partitions.old(tx, 2**62))):
        if partition.table != "bodies":
            await retaining.let_go(journal, partition, lambda *_: None)
    assert await journal.read(lambda tx: tx.rows("SELECT count(*) FROM history")) == [(0,)]
    found = await journal.read(lambda tx: search(tx, Sought()))
    for message in found.messages:
        walk = await journal.read(lambda tx, uid=message["id"]: reading.walk(tx, UUID(uid)))  # type: ignore[misc]
        assert walk is not None
    await journal.close()

"""What is told to the platform is not found on the disk: neither in the database's files nor in its log."""

from __future__ import annotations

import secrets
from pathlib import Path

from lgsp.errors import Invalid, Problem
from lgsp.journal.contract import Arrival
from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.journal.states import State
from lgsp.message import Raw
from lgsp.testing.making import SOURCE, dossier
from lgsp.testing.scene import Scene
from lgsp.testing.sealed import SETTLES, encrypted, reencrypt
from lgsp.testing.servers.postgres import PostgresServer
from lgsp.wire.exchange import Exchange, packed


async def lives(scene: Scene, name: str) -> None:
    """Let a name come in, go out, be answered and be turned away."""
    said = f"<name>{name}</name>".encode()
    await scene.tell(dossier("K1", name))
    exchanges = packed([Exchange("http://portal/", said, 200, said, 1.0)])
    await scene.settle(await scene.one(), State.DELIVERED, exchanges=exchanges)
    fault = Invalid([Problem("/code", "wrong-code")], subject="K2")
    await scene.journal.accept(Arrival(SOURCE, Raw.of(said), [], [(0, fault)]))


def found(folder: Path, name: str) -> list[str]:
    """Return the files below a folder in which a name stands."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.name for path in files if name.encode() in path.read_bytes()]


async def test_nothing_is_found_in_the_files_of_sqlite(tmp_path: Path) -> None:
    """Nor in its log while that is there; a plain journal shows that the look finds what lies there."""
    name = f"Nguyễn {secrets.token_hex(8)}"
    plain = await Scene.begin(lambda clock: SqliteJournal.open(tmp_path / "plain" / "journal.db", clock))
    await lives(plain, name)
    assert found(tmp_path / "plain", name) == ["journal.db-wal"]
    scene = await Scene.begin(lambda clock: SqliteJournal.open(tmp_path / "sealed" / "journal.db", clock))
    await encrypted(scene)
    await lives(scene, name)
    assert found(tmp_path / "sealed", name) == []
    await scene.end()
    assert found(tmp_path / "sealed", name) == []
    await plain.end()


async def test_what_was_plain_is_not_left_in_the_free_space_of_sqlite(tmp_path: Path) -> None:
    """Bodies on pages of their own too: after the re-encryption and a stop the file does not hold them."""
    name = f"Nguyễn {secrets.token_hex(8)}"
    scene = await Scene.begin(lambda clock: SqliteJournal.open(tmp_path / "journal.db", clock))
    for n in range(4):
        await scene.tell(dossier(f"K{n}", name * (1 + 900 * (n % 2))))
    await scene.restart()
    assert found(tmp_path, name)
    await encrypted(scene)
    scene.clock.move(SETTLES)
    assert (await reencrypt(scene)).state == "done"
    await scene.end()
    assert found(tmp_path, name) == []


async def test_nothing_is_found_in_the_folder_of_postgresql(database: str, postgres: PostgresServer) -> None:
    """Neither in its tables nor in its write-ahead log, once all of it was written out."""
    hidden, shown = (f"Nguyễn {secrets.token_hex(8)}" for _ in range(2))
    scene = await Scene.begin(lambda clock: PostgresJournal.open(database, clock))
    await scene.deliver(dossier("K0", shown))
    await encrypted(scene)
    await lives(scene, hidden)
    postgres.sql("CHECKPOINT")
    cluster = postgres.folder / "cluster"
    assert len(found(cluster / "base", shown)) == 2
    assert (found(cluster, hidden), bool(found(cluster / "pg_wal", shown))) == ([], True)
    await scene.end()

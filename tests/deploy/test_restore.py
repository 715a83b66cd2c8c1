"""Backup and restore as an operator does them: nothing is sent by a restored journal before somebody says so."""

from __future__ import annotations

import asyncio
import copy
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.portal import Portal
from lgsp.serving import running
from lgsp.testing.servers.postgres import PostgresServer, postgres_folder
from lgsp.testing.servers.rabbitmq import RabbitServer
from lgsp.wire.http import Http
from tests.cli.processes import environment
from tests.deploy.province import AWAY, PORTAL, Province

DEPLOY = Path(__file__).parents[2] / "deploy"
LGSP = Path(sys.executable).with_name("lgsp")
LARGE = 300_000
MANY = "DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
"""Transactions after the backup, so that cursors are far ahead of what the restored server counts from."""
READY = "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """Lend a server of the test's own, which it destroys."""
    if postgres_folder() is None:
        assert os.environ.get("CI") != "true", "postgresql is not installed; scripts/servers installs it"
        pytest.skip("postgresql is not installed; scripts/servers installs it")
    with PostgresServer({"wal_level": "replica", "max_wal_senders": "4"}) as one:
        one.create("lgsp")
        yield one


@pytest.fixture
async def province(server: PostgresServer, victim: RabbitServer, tmp_path: Path) -> AsyncIterator[Province]:
    """Lend a gateway's surroundings: servers with their tables, a portal, and somebody who tells."""
    portal, http = Portal(), Http(limit=8)
    async with running(Sandbox(national_portal=portal)) as port:
        env = environment(
            tmp_path / "state",
            LGSP_PORTAL_URL=f"http://127.0.0.1:{port}/{PORTAL}",
            LGSP_OPERATOR_TOKEN="operator",
            LGSP_JOURNAL_URL=server.url_of("lgsp"),
            LGSP_BROKER_URL=victim.url,
        )
        one = Province(portal, http, env)
        await asyncio.to_thread(run, [LGSP, "migrate"], env)
        yield one
    await http.close()


def run(
    words: list[str | Path], env: dict[str, str], seconds: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program to its good end."""
    told = subprocess.run(words, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    return told


def libpq(server: PostgresServer, env: dict[str, str]) -> dict[str, str]:
    """Return the environment with the server in libpq's words."""
    password = server.url.split(":")[2].split("@")[0]
    return env | {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "lgsp", "PGPASSWORD": password}


def back_up(province: Province, server: PostgresServer, to: Path) -> Path:
    """Make a backup of everything; return its folder."""
    blobs = Path(province.env["LGSP_STATE"]) / "blobs"
    told = run([DEPLOY / "backup", to, "--blobs", blobs], libpq(server, dict(province.env)))
    return Path(told.stdout.strip())


def restore(province: Province, backup: Path, server: PostgresServer, *more: str | Path) -> str:
    """Put a backup back where the server's cluster was; return what was said."""
    blobs = Path(province.env["LGSP_STATE"]) / "blobs"
    words = [DEPLOY / "restore", backup, server.folder / "cluster", "--blobs", blobs, "--lgsp", LGSP, *more]
    return run(words, dict(province.env)).stdout


def destroy(province: Province, server: PostgresServer) -> None:
    """Lose the server with all its files, and the blobs."""
    server.kill()
    shutil.rmtree(server.folder / "cluster")
    shutil.rmtree(Path(province.env["LGSP_STATE"]) / "blobs")


def archived(server: PostgresServer) -> None:
    """Wait until all WAL that is full has been archived."""
    server.sql("SELECT pg_switch_wal()")
    deadline = time.monotonic() + 20
    while server.sql(READY) != "0":
        assert time.monotonic() < deadline
        time.sleep(0.2)


async def test_nothing_is_sent_by_a_restored_journal_until_it_was_compared(
    province: Province, server: PostgresServer, tmp_path: Path
) -> None:
    """Old snapshots of the backup never go over the newer ones that went out before the loss.

    0 was delivered before the backup; 1 to 3 waited for a portal that was away, and went out after it, 1 and 2 in
    newer versions too; 4 is not in the backup at all.
    """
    async with province.gateway():
        await province.tell(0, padding=LARGE)
        await province.until_held(0)
        province.portal.trouble(AWAY)
        for which in (1, 2, 3):
            await province.tell(which)
        await province.until_counted(delivered=1)
        backup = await asyncio.to_thread(back_up, province, server, tmp_path / "backups")
        province.portal.trouble(b"{}")
        await province.until_held(1, 2, 3)
        await asyncio.to_thread(server.sql, MANY, "lgsp")
        for which, number in ((1, 2), (2, 2), (4, 1)):
            await province.tell(which, number)
        await province.until_counted(delivered=7)
        lost = (await province.ask("/v1/systems/one-stop/reports"))["next"]
    before = copy.deepcopy(province.portal.state()["history"])
    await asyncio.to_thread(destroy, province, server)

    said = await asyncio.to_thread(restore, province, backup, server)
    assert PORTAL in said
    await asyncio.to_thread(server.start)
    assert len(list((Path(province.env["LGSP_STATE"]) / "blobs").rglob("*"))) > 2

    async with province.gateway():
        await province.tell(1, 2)  # its source tells again what it has; those of 2 and 3 have not yet
        await province.tell(4)
        await asyncio.sleep(4)
        assert province.portal.state()["history"] == before
        systems = {one["name"]: one for one in (await province.ask("/v1/systems"))["systems"]}
        assert (systems[PORTAL]["standing"], systems[PORTAL]["cause"]) == ("paused", "restored")

        compared = await province.command("compare", "--system", PORTAL, "--hold")
        assert compared["counts"] == {"newer": 1, "same": 0, "silent": 2}
        assert compared["held"] == 2
        await province.command("resume", PORTAL)
        await province.until_counted(delivered=3, held=2, superseded=1)
        assert province.held(1)[-1] == province.as_held(1, 2)
        assert province.as_held(1, 1) not in province.held(1)[len(before[province.codes[1]]) :]
        assert [province.held(which) for which in (2, 3)] == [
            before[province.codes[which]] for which in (2, 3)
        ]
        reports = (await province.ask(f"/v1/systems/one-stop/reports?since={lost}"))["reports"]
        assert {one["subject"] for one in reports} >= {province.codes[1], province.codes[4]}


async def test_the_archive_brings_what_came_after_the_backup(
    province: Province, server: PostgresServer, tmp_path: Path
) -> None:
    """With archived WAL nothing of it is lost; the systems are frozen all the same."""
    archive = server.folder / "archive"
    archive.mkdir()
    shutil.chown(archive, server.folder.owner())
    server.sql("ALTER SYSTEM SET archive_mode = on")
    server.sql(f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'")
    server.stop()
    server.start()
    async with province.gateway():
        await province.tell(0)
        await province.until_held(0)
        backup = await asyncio.to_thread(back_up, province, server, tmp_path / "backups")
        await province.tell(1)
        await province.until_counted(delivered=2)
    await asyncio.to_thread(archived, server)
    await asyncio.to_thread(server.kill)
    shutil.rmtree(server.folder / "cluster")
    await asyncio.to_thread(restore, province, backup, server, "--wal", archive)
    await asyncio.to_thread(server.start)
    assert server.sql("SELECT count(*) FROM messages", "lgsp") == "2"
    assert server.sql("SELECT DISTINCT state || ' ' || cause FROM systems", "lgsp") == "paused restored"


async def test_a_backup_that_was_damaged_is_refused(
    province: Province, server: PostgresServer, tmp_path: Path
) -> None:
    """A flipped byte in the copy is found before anything is put in place."""
    backup = await asyncio.to_thread(back_up, province, server, tmp_path / "backups")
    table = max((backup / "cluster" / "base").rglob("*"), key=lambda path: path.stat().st_size)
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    server.kill()
    shutil.rmtree(server.folder / "cluster")
    words = [DEPLOY / "restore", backup, server.folder / "cluster", "--lgsp", LGSP]
    told = await asyncio.to_thread(subprocess.run, words, capture_output=True, timeout=60, check=False)
    assert told.returncode != 0
    assert not (server.folder / "cluster").exists()


def test_a_blob_whose_content_is_not_its_name_is_told(tmp_path: Path) -> None:
    """The copy of the blobs is checked against their hashes, each time, all of it."""
    name = "aa" * 32
    blob = tmp_path / "from" / "aa" / "aa" / name
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"something else")
    words = [DEPLOY / "copy-blobs", tmp_path / "from", tmp_path / "to"]
    told = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert told.returncode == 1
    assert name in told.stderr

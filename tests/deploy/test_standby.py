"""The standby as deploy/compose makes it: it has every commit, and takes over when the primary is gone."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lgsp.journal.migrating import migrate
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.making import arrival, dossier
from lgsp.testing.servers.postgres import PostgresServer, free_port, postgres_folder

STANDBY = Path(__file__).parents[2] / "deploy" / "compose" / "standby"
FOLLOWS = (
    "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'node2' AND state = 'streaming'"
)


@contextmanager
def following(primary: PostgresServer, folder: Path, port: int) -> Iterator[Path]:
    """Run a standby of a server while inside; yields its data folder."""
    programs = postgres_folder()
    assert programs is not None
    password = primary.url.split(":")[2].split("@")[0]
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    script = shutil.copy(STANDBY, folder / "standby")
    env = {
        "PATH": f"{programs}:{os.environ['PATH']}", "NODE": "node2", "PRIMARY": "127.0.0.1",
        "PRIMARY_PORT": str(primary.port), "PGUSER": "lgsp", "PGPASSWORD": password, "PGSSLMODE": "prefer",
        "PGDATA": str(folder / "standby-data"),
    }  # fmt: skip
    (folder / "standby-data").mkdir()
    if user:
        shutil.chown(folder / "standby-data", user)
    words = [
        script,
        "postgres",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-p",
        str(port),
    ]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(words, env=env, user=user, stdout=log, stderr=log, cwd=folder)
    try:
        yield folder / "standby-data"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=20)


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


async def test_what_was_accepted_is_on_the_standby_when_the_primary_is_lost() -> None:
    """202 rests on two disks: the primary is killed, the standby promoted, and the same URL finds it."""
    if postgres_folder() is None:
        assert os.environ.get("CI") != "true", "postgresql is not installed; scripts/servers installs it"
        pytest.skip("postgresql is not installed; scripts/servers installs it")
    port = free_port()
    with PostgresServer({"wal_level": "replica", "max_wal_senders": "8"}) as primary:
        url = await asyncio.to_thread(primary.create, "lgsp")
        await asyncio.to_thread(migrate, url)
        folder = primary.folder / "beside"
        folder.mkdir()
        with following(primary, folder, port) as data:
            await asyncio.to_thread(until, (data / "standby.signal").exists)  # the first copy is made
            primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (node2, node3)'")
            primary.sql("SELECT pg_reload_conf()")
            await asyncio.to_thread(until, lambda: primary.sql(FOLLOWS) == "quorum")
            either = (
                url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{port}/")
                + "?target_session_attrs=primary"
            )
            journal = await PostgresJournal.open(either)
            await journal.accept(arrival(dossier("K1")))
            await asyncio.to_thread(primary.kill)
            promote = [str(postgres_folder() / "pg_ctl"), "promote", "-w", "-D", str(data)]  # type: ignore[operator]
            user = "postgres" if os.geteuid() == 0 else None
            await asyncio.to_thread(
                subprocess.run, promote, user=user, check=True, capture_output=True, cwd=folder
            )
            kept = await journal.read(lambda tx: tx.rows("SELECT partitionkey FROM messages"))
            assert kept == [("K1",)]
            taken = await journal.accept(arrival(dossier("K2")))
            assert len(taken.frames) == 1
            await journal.close()

"""Jobs of an installation with several processes, on real servers: killed, stopped, and nothing lost or doubled."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lgsp.home import packed
from lgsp.testing.servers.postgres import PostgresServer
from lgsp.testing.servers.rabbitmq import RabbitServer
from lgsp.wire.http import Http
from tests.cli.processes import environment, started

OPERATOR = {"Authorization": "Bearer operator"}
COUNT = 60
ADAPTER = '''"""Asks a shelf: what lies there is listed until it was told that we have it."""

import asyncio
from functools import partial
from pathlib import Path

from lgsp.adapter import Adapter, Config, Page
from lgsp.message import Message, Raw, native_digest


class Settings(Config):
    """Where the shelf is, and where what was taken goes."""

    shelf: Path
    taken: Path


class Shelf(Adapter):
    """Brings a dossier a page, and takes its time."""

    Config = Settings
    brings = frozenset({"dossier.v1"})
    jobs = frozenset({"dossiers"})

    async def fetch(self, job, cursor):
        """List the shelf."""
        for path in sorted(self.config.shelf.iterdir()):
            with (self.config.taken / "asked").open("a") as log:
                log.write(path.name + "\\n")
            await asyncio.sleep(0.15)
            data = {"code": path.name, "status": "received"}
            message = Message("dossier.v1", path.name, path.name, data, native=native_digest(data))
            yield Page([message], Raw.of(path.read_bytes()), (cursor or 0) + 1, partial(self._taken, path))
            cursor = (cursor or 0) + 1

    async def _taken(self, path):
        with (self.config.taken / "told").open("a") as log:
            log.write(path.name + "\\n")
        path.unlink(missing_ok=True)
'''
HOME = """
systems:
  shelf: {{adapter: shelf, config: {{shelf: {0}/shelf, taken: {0}/taken}}, jobs: {{dossiers: {{every: 1s}}}}}}
"""


@dataclass(slots=True)
class Office:
    """An installation with servers of its own, and what lies on its shelf."""

    env: dict[str, str]
    folder: Path
    http: Http
    url: str = ""

    async def get(self, path: str) -> Any:
        """Read from the one that serves."""
        return (await self.http.get(f"{self.url}{path}", headers=OPERATOR)).json()

    async def until(self, pages: int) -> None:
        """Wait until so many pages lie in the journal, in all runs together."""
        async with asyncio.timeout(40):
            while sum(run["pages"] for run in await self.runs()) < pages:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def runs(self) -> list[dict[str, Any]]:
        """Return the runs, newest first."""
        return list((await self.get("/v1/jobs/shelf/dossiers/history?limit=1000"))["runs"])

    def log(self, name: str) -> Counter[str]:
        """Return how often each dossier was asked for, or told that we have it."""
        return Counter((self.folder / "taken" / name).read_text(encoding="utf-8").split())


@pytest.fixture
def vhost(rabbit: RabbitServer) -> Iterator[str]:
    """Lend the address of a virtual host of the test's own."""
    name = f"t{secrets.token_hex(4)}"
    rabbit.ctl("add_vhost", name)
    rabbit.ctl("set_permissions", "-p", name, "lgsp", ".*", ".*", ".*")
    yield f"{rabbit.url}{name}"
    rabbit.ctl("delete_vhost", name)


@pytest.fixture
async def office(
    postgres: PostgresServer, database: str, vhost: str, tmp_path: Path
) -> AsyncIterator[Office]:
    """Lend an installation of which nothing runs yet."""
    home = tmp_path / "home"
    (home / "adapters" / "shelf").mkdir(parents=True)
    shutil.copytree(packed() / "schemas", home / "schemas")
    (home / "adapters" / "shelf" / "__init__.py").write_text(ADAPTER, encoding="utf-8")
    (home / "routes.yaml").write_text(HOME.format(tmp_path), encoding="utf-8")
    for name in ("shelf", "taken"):
        (tmp_path / name).mkdir()
    for n in range(COUNT):
        (tmp_path / "shelf" / f"H44.11-260131-{n:04d}").write_text("{}", encoding="utf-8")
    env = environment(
        tmp_path / "state", LGSP_HOME=str(home), LGSP_OPERATOR_TOKEN="operator",
        LGSP_JOURNAL_URL=database, LGSP_BROKER_URL=vhost,
    )  # fmt: skip
    http = Http(limit=8, timeout=10)
    yield Office(env, tmp_path, http)
    await http.close()


async def test_killed_and_stopped_processes_lose_and_double_nothing(office: Office) -> None:
    """Rows 122 to 128: one is killed in the middle of a run, its heir is told to end, a third one finishes."""
    async with started(office.env, "serve", "--port", "0") as serving:
        office.url = serving.said["url"]
        async with started(office.env, "jobs") as first:
            await office.until(2)
            async with started(office.env, "jobs") as second:
                first.process.send_signal(signal.SIGKILL)
                pages = sum(run["pages"] for run in await office.runs())
                await office.until(pages + 5)
                assert await second.end() == 0
        async with started(office.env, "jobs"):
            await office.until(COUNT)
            async with asyncio.timeout(20):
                while (await office.runs())[0]["state"] == "running":  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        ended = [(run["state"], run["cause"]) for run in reversed(await office.runs())]
        found = (await office.get("/v1/messages?limit=1000"))["messages"]
    assert ended[:3] == [("cut short", "lost"), ("cut short", "stopped"), ("done", "")]
    codes = sorted(one["subject"] for one in found)
    assert codes == [f"H44.11-260131-{n:04d}" for n in range(COUNT)]
    assert list((office.folder / "shelf").iterdir()) == []
    assert set(office.log("told")) == set(codes)
    again = {code: times for code, times in office.log("asked").items() if times > 1}
    assert len(again) <= 2, "only what was under way at the kill and at the stop is asked for again"

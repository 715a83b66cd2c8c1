"""`lgsp serve`, `work`, `jobs`, `run --workers`, `migrate` and `publish`: several processes on real servers."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lgsp.home import packed
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.compare import compare, overtakings
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Traffic
from lgsp.sandbox.vendor import Vendor
from lgsp.serving import running
from lgsp.testing.servers.postgres import PostgresServer
from lgsp.testing.servers.rabbitmq import RabbitServer
from lgsp.wire.http import Http
from tests.cli.processes import TOKEN, Started, environment, lgsp, started

OPERATOR = {"Authorization": "Bearer operator"}


# --- one process ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["serve"], ["work"], ["jobs"], ["run", "--workers", "2"]], ids=" ".join)
def test_the_embedded_profile_is_one_process(tmp_path: Path, words: list[str]) -> None:
    """What needs servers says which variables to set, in one line, and starts nothing."""
    told = lgsp(environment(tmp_path), *words)
    assert told.returncode == 2
    assert "LGSP_JOURNAL_URL" in told.stderr
    assert "LGSP_BROKER_URL" in told.stderr
    assert not (tmp_path / "journal.db").exists()


def test_an_embedded_home_is_published_by_a_start(tmp_path: Path) -> None:
    """`lgsp publish` says so instead of publishing behind a running process's back."""
    told = lgsp(environment(tmp_path), "publish", "--yes")
    assert told.returncode == 2
    assert "lgsp run" in told.stderr


def test_an_embedded_journal_is_migrated(tmp_path: Path) -> None:
    """From nothing to the newest tables, and the second time nothing is left to do."""
    env = environment(tmp_path)
    first = json.loads(lgsp(env, "migrate", "--json").stdout)
    assert first["before"] is None
    assert json.loads(lgsp(env, "migrate", "--json").stdout) == {"before": first["now"], "now": first["now"]}


def test_a_journal_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    """Nothing but a sentence, and no password in it."""
    env = environment(
        tmp_path,
        LGSP_JOURNAL_URL="postgresql://lgsp:secret@127.0.0.1:1/lgsp",
        LGSP_BROKER_URL="amqp://lgsp:secret@127.0.0.1:1/",
    )
    for words in (["migrate"], ["publish"], ["work"]):
        told = lgsp(env, *words)
        assert told.returncode == 1, words
        assert "reaching the journal" in told.stderr
        assert "secret" not in told.stderr
        assert "Traceback" not in told.stderr


# --- several --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Province:
    """A far side and an installation of processes on servers; each process is started by its words."""

    env: dict[str, str]
    portal: Portal
    traffic: Traffic
    http: Http
    home: Path
    url: str = ""

    @asynccontextmanager
    async def process(self, *words: str) -> AsyncIterator[Started]:
        """Let one process run while inside; it is told to end, or killed where a test killed it."""
        async with started(self.env, *words) as one:
            if one.said["url"] and "serve" in one.said["roles"]:
                self.url = one.said["url"]
            yield one
            if one.process.poll() is None:
                await one.end()

    async def tell(self, steps: int, rate: float = 100) -> None:
        """Tell so many facts as a vendor does."""
        async with Vendor(self.http, self.url, TOKEN, self.traffic, seed=1) as vendor:
            await vendor.tell(self.traffic.take(steps), rate)
            assert vendor.tally.rejected == []

    async def counts(self) -> dict[str, int]:
        """Return how many deliveries of the portal stand in each state."""
        answer = await self.http.get(f"{self.url}/v1/counts", headers=OPERATOR)
        said = answer.json()["systems"].get("national-portal", {})
        return {state: n for state, n in said.items() if n and state != "repeated"}

    async def rest(self, seconds: float = 40) -> None:
        """Wait until everything is delivered, or superseded."""
        async with asyncio.timeout(seconds):
            while not (found := await self.counts()) or set(found) - {"delivered", "superseded"}:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def differences(self) -> list[str]:
        """Return where the portal does not hold what was told, in the order in which it was told."""
        state = self.portal.state()
        return [*compare(self.traffic.expected(), state), *overtakings(self.traffic.told(), state)]

    async def cli(self, *words: str) -> Any:
        """Run a command to its end."""
        return await asyncio.to_thread(lgsp, self.env, *words)

    async def asked(self, url: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        """Return status and JSON of an answer, whatever it is."""
        request = urllib.request.Request(url, body, {"Authorization": f"Bearer {TOKEN}"})
        try:
            with await asyncio.to_thread(urllib.request.urlopen, request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, json.loads(answer.read())

    async def until_ready(self, url: str, status: int, version: int = 0) -> dict[str, Any]:
        """Wait until a process says that it is ready (with a version of the routes), or that it is not."""
        async with asyncio.timeout(10):
            while True:
                code, said = await self.asked(f"{url}/health/ready")
                if code == status and said.get("routes_version", 0) >= version:
                    return said
                await asyncio.sleep(0.05)


@pytest.fixture
def vhost(rabbit: RabbitServer) -> Iterator[str]:
    """Lend the address of a virtual host of the test's own."""
    name = f"t{secrets.token_hex(4)}"
    rabbit.ctl("add_vhost", name)
    rabbit.ctl("set_permissions", "-p", name, "lgsp", ".*", ".*", ".*")
    yield f"{rabbit.url}{name}"
    rabbit.ctl("delete_vhost", name)


@pytest.fixture
async def province(
    postgres: PostgresServer, database: str, vhost: str, tmp_path: Path
) -> AsyncIterator[Province]:
    """Lend an installation whose servers are there, with a home of its own, and of which nothing runs yet."""
    portal, home = Portal(Faults(latency_ms=(2, 20)), seed=1), tmp_path / "home"
    home.mkdir()
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(running(Sandbox(national_portal=portal)))
        text = (packed() / "routes.yaml").read_text(encoding="utf-8").replace("settle: 2s", "settle: 200ms")
        (home / "routes.yaml").write_text(text, encoding="utf-8")
        env = environment(
            tmp_path / "state",
            LGSP_HOME=str(home),
            LGSP_PORTAL_URL=f"http://127.0.0.1:{far}/national-portal",
            LGSP_OPERATOR_TOKEN="operator",
            LGSP_JOURNAL_URL=database,
            LGSP_BROKER_URL=vhost,
        )
        http = Http(limit=64, timeout=10)
        stack.push_async_callback(http.close)
        yield Province(env, portal, Traffic(1), http, home)


async def test_roles_in_processes_of_their_own_are_one_gateway(province: Province) -> None:
    """One serves, two send, one does what the clock does: everything arrives, once and in order."""
    async with (
        province.process("serve", "--port", "0"),
        province.process("jobs"),
        province.process("work"),
        province.process("work", "--system", "national-portal"),
    ):
        await province.tell(200)
        await province.rest()
    assert province.differences() == []


async def test_killed_children_of_a_run_lose_nothing(province: Province) -> None:
    """`lgsp run --workers 2`: both senders are killed under load; they come back, and nothing is lost or overtaken."""
    async with province.process("run", "--workers", "2", "--port", "0") as gateway:
        assert gateway.said["roles"] == ["jobs", "serve"]
        telling = asyncio.create_task(province.tell(300, 100))
        for pid in gateway.said["children"]:
            await asyncio.sleep(1.0)
            os.kill(pid, signal.SIGKILL)
        await telling
        await province.rest(60)
    state = province.portal.state()
    assert overtakings(province.traffic.told(), state) == []
    assert not [one for one in compare(province.traffic.expected(), state) if "progress" not in one]


async def test_a_killed_parent_leaves_no_sender(province: Province) -> None:
    """`kill -9` of `lgsp run`: its children see it and end, so that a restart is not beside them."""
    async with province.process("run", "--workers", "1", "--port", "0") as gateway:
        (child,) = gateway.said["children"]
        await asyncio.sleep(3.0)
        gateway.process.kill()
        async with asyncio.timeout(15):
            while os.path.exists(f"/proc/{child}"):  # noqa: ASYNC110, ASYNC240, PTH110 - another process
                await asyncio.sleep(0.05)


async def test_a_sender_told_to_end_finishes_and_hands_back(province: Province) -> None:
    """SIGTERM under load: nothing is left sending, nothing is in doubt; another sender goes on at once."""
    async with province.process("serve", "--port", "0"), province.process("jobs"):
        async with province.process("work") as first:
            telling = asyncio.create_task(province.tell(150, 150))
            await asyncio.sleep(0.7)
            assert await first.end() == 0
        async with province.process("work"):
            await telling
            await province.rest(30)
    assert province.differences() == []
    uncertain = await province.cli("trace", next(iter(province.portal.state()["versions"])), "--json")
    assert uncertain.returncode == 2 or '"uncertain": 0' in uncertain.stdout


async def test_a_pause_through_one_process_reaches_all(province: Province) -> None:
    """The operator speaks to the one that serves; the ones that send stop, and go on when told."""
    async with province.process("serve", "--port", "0"), province.process("jobs"), province.process("work"):
        await province.cli("pause", "national-portal")
        await asyncio.sleep(1.2)
        await province.tell(20)
        await asyncio.sleep(0.5)
        assert province.portal.state()["versions"] == {}
        await province.cli("resume", "national-portal")
        await province.rest()
    assert province.differences() == []


async def test_published_routes_are_taken_over_in_place(province: Province) -> None:
    """Shown, published, followed by every process; one that cannot follow is not ready and says why."""
    file = province.home / "routes.yaml"
    async with (
        province.process("serve", "--port", "0") as serving,
        province.process("jobs", "--port", "0") as jobs,
        province.process("work", "--port", "0") as sender,
    ):
        assert (await province.until_ready(sender.said["url"], 200))["routes_version"] == 1
        file.write_text(file.read_text().replace("settle: 200ms", "settle: 300ms"))
        shown = await province.cli("publish", "--json")
        assert shown.returncode == 1
        assert [line for line in json.loads(shown.stdout)["difference"] if line[0] == "+" and "300ms" in line]
        told = json.loads((await province.cli("publish", "--yes", "--json")).stdout)
        assert (told["version"], told["published"]) == (2, True)
        for one in (serving, jobs, sender):
            await province.until_ready(one.said["url"], 200, 2)
        await province.tell(20)
        await province.rest()
        again = json.loads((await province.cli("publish", "--yes", "--json")).stdout)
        assert (again["published"], {one["follows"] for one in again["processes"]}) == (False, {True})
    assert province.differences() == []


async def test_routes_that_a_process_cannot_load_stop_it(province: Province) -> None:
    """Row 53: a secret is missing in the processes' environment: none is ready, none takes anything on."""
    file = province.home / "routes.yaml"
    before = file.read_text()
    async with (
        province.process("serve", "--port", "0") as serving,
        province.process("work", "--port", "0") as sender,
    ):
        file.write_text(
            before.replace("LGSP_PORTAL_URL:-", "LGSP_PORTAL_ELSEWHERE:-").replace(
                "${env:LGSP_PORTAL_ELSEWHERE:-http://127.0.0.1:9100/national-portal}",
                "${env:LGSP_PORTAL_ELSEWHERE}",
            )
        )
        province.env["LGSP_PORTAL_ELSEWHERE"] = "http://127.0.0.1:1/national-portal"
        assert (await province.cli("publish", "--yes")).returncode == 0
        for one in (serving, sender):
            said = await province.until_ready(one.said["url"], 503)
            assert "LGSP_PORTAL_ELSEWHERE" in said["detail"]
        code, _ = await province.asked(f"{province.url}/v1/systems/one-stop/messages", b"[]")
        assert code == 503
        file.write_text(before)
        assert (await province.cli("publish", "--yes")).returncode == 0
        for one in (serving, sender):
            assert (await province.until_ready(one.said["url"], 200))["routes_version"] == 3

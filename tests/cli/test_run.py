"""`lgsp run` as a process: how it starts, what it leaves, and how it ends."""

import asyncio
import json
import signal
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Step, Traffic
from lgsp.serving import running
from lgsp.wire.http import Http
from tests.cli.processes import TOKEN, announcement, end, environment, lgsp, serving, start, started


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A pool of connections that is closed again."""
    pool = Http(timeout=5)
    yield pool
    await pool.close()


async def bring(http: Http, url: str, step: Step) -> None:
    """Tell the gateway a dossier as a one-stop does."""
    answer = await http.post(
        f"{url}/systems/one-stop/key/{TOKEN}/api/SynsTTHCC/DongBoHoSoMC", json.dumps([step.item]).encode()
    )
    assert "thành công" in answer.text


async def arrived(portal: Portal) -> None:
    """Return when the portal has stored something."""
    async with asyncio.timeout(5):
        while not portal.shelf.counts["snapshots"]:  # noqa: ASYNC110 - the stand-in has no event for it
            await asyncio.sleep(0.02)


def test_start_says_where_and_how_to_come_in(tmp_path: Path) -> None:
    """It tells its address, where the operator's token is, and the variable of each system without one."""
    env = environment(tmp_path)
    del env["LGSP_TOKEN_ONE_STOP"]
    with serving(env, "run") as said:
        assert said["url"].startswith("http://127.0.0.1:")
        assert said["without_token"] == ["LGSP_TOKEN_ONE_STOP", "LGSP_TOKEN_REPORTING"]
        assert Path(said["operator_token"]).read_text().strip()
        assert json.loads((tmp_path / "run.json").read_text())["url"] == said["url"]


def test_what_it_writes_is_for_its_own_account(tmp_path: Path) -> None:
    """Neither the journal nor anything beside it can be read by other accounts."""
    state = tmp_path / "state"
    with serving(environment(state), "run"):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [state, *state.iterdir()]}
    assert all(mode & 0o077 == 0 for mode in modes.values()), modes


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_clean_stop_takes_its_note_back(tmp_path: Path, by: signal.Signals) -> None:
    """Told to end, it ends with exit code 0, and no command looks for it any more."""
    process = start(environment(tmp_path), "run", "--port", "0", "--json")
    announcement(process)
    assert end(process, by) == 0
    assert not (tmp_path / "run.json").exists()


async def test_clean_stop_finishes_what_is_being_sent(tmp_path: Path, http: Http) -> None:
    """A delivery that is under way at SIGTERM is settled by its answer, not sent again after a start."""
    portal, step = Portal(Faults(latency_ms=600)), next(s for s in Traffic(1).take(9) if s.kind == "dossier")
    async with running(Sandbox(national_portal=portal)) as port:
        env = environment(tmp_path, LGSP_PORTAL_URL=f"http://127.0.0.1:{port}/national-portal")
        async with started(env, "run", "--port", "0") as gateway:
            await bring(http, gateway.said["url"], step)
            await arrived(portal)
            assert await gateway.end() == 0
        portal.trouble(b"{}")
        async with started(env, "run", "--port", "0"):
            traced = await asyncio.to_thread(lgsp, env, "trace", step.code, "--json")
    (delivery,) = json.loads(traced.stdout)["messages"][0]["deliveries"]
    assert (delivery["state"], delivery["attempt"], delivery["uncertain"]) == ("delivered", 1, 0)
    assert portal.state()["versions"] == {step.code: 1}


def test_wrong_home_ends_at_once_with_all_its_faults(tmp_path: Path) -> None:
    """Every fault stands in a line of its own on standard error; exit code 2, and no traceback."""
    (tmp_path / "routes.yaml").write_text(
        "systems:\n  a: {adapter: one_stop, config: {x: 1}}\n  b: {adapter: nothing}\n", encoding="utf-8"
    )
    told = lgsp(environment(tmp_path / "state", LGSP_HOME=str(tmp_path)), "run", "--port", "0")
    assert told.returncode == 2
    assert [line for line in told.stderr.splitlines() if "config.x" in line]
    assert [line for line in told.stderr.splitlines() if "'nothing'" in line]
    assert "Traceback" not in told.stderr


def test_second_gateway_on_a_state_folder_does_not_start(tmp_path: Path) -> None:
    """One process holds the journal; the second says so and ends, and the first is still found."""
    env = environment(tmp_path)
    with serving(env, "run") as said:
        told = lgsp(env, "run", "--port", "0")
        assert told.returncode == 2
        assert "another process" in told.stderr
        assert json.loads((tmp_path / "run.json").read_text())["url"] == said["url"]


def test_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    """A port that is taken: exit code 2, one line, no traceback."""
    with serving(environment(tmp_path / "a"), "sandbox") as said:
        port = said["url"].split(":")[2].split("/")[0]
        told = lgsp(environment(tmp_path / "b"), "sandbox", "--port", port)
    assert told.returncode == 2
    assert told.stderr.splitlines() == ["listening: the port is taken; choose another with --port"]


async def test_sandbox_shows_its_state_and_takes_faults(tmp_path: Path, http: Http) -> None:
    """The addresses that the sandbox announces serve what they say."""
    async with started(environment(tmp_path), "sandbox", "--port", "0") as sandbox:
        assert (await http.get(sandbox.said["state"])).json()["dossiers"] == {}
        assert (await http.get(sandbox.said["faults"])).json()["http_500"] == 0
        before = time.monotonic()
        assert await sandbox.end() == 0
        assert time.monotonic() - before < 5

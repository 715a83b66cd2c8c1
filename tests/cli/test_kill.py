"""`kill -9` of `lgsp run` under load: after a restart nothing is lost, nothing overtook, all settles soon."""

import asyncio
import json
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from lgsp.demo.account import each_once
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.compare import compare, overtakings
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.traffic import Traffic
from lgsp.sandbox.vendor import Vendor
from lgsp.serving import running
from lgsp.wire.http import Http
from tests.cli.processes import TOKEN, announcement, environment, free_port, lgsp, start

RATE, STEPS, SOON = 120, 360, 15.0
FAULTS = Faults(latency_ms=(5, 60), timeout_after_store=0.02, hang_ms=800, http_500=0.03, html=0.01)
OPEN = ("waiting", "ready", "sending", "put off", "parked", "held")


async def started(env: dict[str, str], port: int) -> subprocess.Popen[str]:
    """Start a gateway and return it once it serves."""
    process = await asyncio.to_thread(start, env, "run", "--port", str(port), "--json")
    await asyncio.to_thread(announcement, process)
    return process


async def counts(http: Http, url: str, operator: str) -> dict[str, Any]:
    """Return how many deliveries to the portal stand in each state."""
    answer = await http.get(f"{url}/v1/counts", headers={"Authorization": f"Bearer {operator}"})
    return dict(answer.json()["systems"].get("national-portal", {}))


async def settled(http: Http, url: str, operator: str, portal: Portal, traffic: Traffic) -> list[str]:
    """Return the differences once nothing is open any more, or when it is not soon any more."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        said = await counts(http, url, operator)
        if not any(said.get(state) for state in OPEN) and said:
            break
        await asyncio.sleep(0.1)
    state = portal.state()
    held, _ = each_once(state["progress"])
    open_ = {state: said[state] for state in OPEN if said.get(state)}
    return [
        *compare(traffic.expected(), state | {"progress": held}),
        *overtakings(traffic.told(), state),
        *([f"not settled within {SOON} s: {open_}"] if open_ else []),
        *([f"dead: {said}"] if said.get("exhausted") or said.get("expired") or said.get("refused") else []),
        *(["progress before its dossier"] if state["early_progress"] else []),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [random.randrange(10**6) for _ in range(3)])
async def test_killed_gateway_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Killed at any moment under load and started again, it delivers all of it, in order, within 15 s.

    The restart finds the portal well again. The seed stands in the test's name.
    """
    portal, traffic, dice = Portal(FAULTS, seed=seed), Traffic(seed), random.Random(seed)
    port, http = free_port(), Http(limit=64)
    url = f"http://127.0.0.1:{port}"
    async with running(Sandbox(national_portal=portal)) as far:
        env = environment(
            tmp_path,
            LGSP_PORTAL_URL=f"http://127.0.0.1:{far}/national-portal",
            LGSP_OPERATOR_TOKEN="operator",
        )
        process = await started(env, port)
        try:
            async with Vendor(http, url, TOKEN, traffic, seed=seed) as vendor:
                telling = asyncio.create_task(vendor.tell(traffic.take(STEPS), RATE))
                await asyncio.sleep(dice.uniform(0.3, STEPS / RATE))
                process.send_signal(signal.SIGKILL)
                await asyncio.to_thread(process.communicate)
                portal.trouble(b"{}")
                process = await started(env, port)
                restarted = time.monotonic()
                await telling
                differences = await settled(http, url, "operator", portal, traffic)
                took = time.monotonic() - restarted
            assert vendor.tally.rejected == []
            assert differences == []
            assert took < SOON
            checked = await asyncio.to_thread(lgsp, env, "systems", "--json")
            assert [one["open"] for one in json.loads(checked.stdout)["systems"]] == [0, 0]
        finally:
            process.kill()
            await asyncio.to_thread(process.communicate)
            await http.close()

"""`kill -9` of `lgsp run` under load: after a restart nothing is lost, nothing overtook, all settles soon."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
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
from tests.cli.processes import TOKEN, environment, free_port, started

RATE, STEPS, SOON = 120, 360, 15.0
FAULTS = Faults(latency_ms=(5, 60), timeout_after_store=0.02, hang_ms=800, http_500=0.03, html=0.01)
ENDED = {"delivered", "superseded"}


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A pool of connections that is closed again."""
    pool = Http(limit=64)
    yield pool
    await pool.close()


async def unfinished(http: Http, url: str) -> dict[str, Any]:
    """Return how many deliveries are neither delivered nor superseded, by state, once that has settled."""
    deadline = time.monotonic() + SOON
    while True:
        answer = await http.get(f"{url}/v1/counts", headers={"Authorization": "Bearer operator"})
        said = answer.json()["systems"].get("national-portal", {})
        left = {state: n for state, n in said.items() if n and state not in ENDED | {"repeated"}}
        if (said and not left) or time.monotonic() > deadline:
            return left
        await asyncio.sleep(0.1)


def differences(portal: Portal, traffic: Traffic) -> list[str]:
    """Return where the portal does not hold what was told; an entry told again in doubt is none."""
    state = portal.state()
    held, _ = each_once(state["progress"])
    return [
        *compare(traffic.expected(), state | {"progress": held}),
        *overtakings(traffic.told(), state),
        *(["progress before its dossier"] if state["early_progress"] else []),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("time_", ["first", "second", "third"])
async def test_killed_gateway_loses_nothing(tmp_path: Path, http: Http, time_: str) -> None:
    """Killed at any moment under load and started again, it delivers all of it, in order, within 15 s.

    The restart finds the portal well again. The seed is printed: give it to `random.seed` to see it again.
    """
    seed = random.randrange(10**6)
    print(f"{time_} seed {seed}")  # noqa: T201 - shown when it fails
    portal, traffic, port = Portal(FAULTS, seed=seed), Traffic(seed), free_port()
    url, words = f"http://127.0.0.1:{port}", ("run", "--port", str(port))
    async with (
        running(Sandbox(national_portal=portal)) as far,
        Vendor(http, url, TOKEN, traffic, seed=seed) as vendor,
    ):
        root = f"http://127.0.0.1:{far}/national-portal"
        env = environment(tmp_path, LGSP_PORTAL_URL=root, LGSP_OPERATOR_TOKEN="operator")
        async with started(env, *words):  # it is killed where this ends
            telling = asyncio.create_task(vendor.tell(traffic.take(STEPS), RATE))
            await asyncio.sleep(random.Random(seed).uniform(0.3, STEPS / RATE))
        portal.trouble(b"{}")
        async with started(env, *words):
            restarted = time.monotonic()
            await telling
            assert await unfinished(http, url) == {}
            assert time.monotonic() - restarted < SOON
    assert differences(portal, traffic) == []
    assert vendor.tally.rejected == []

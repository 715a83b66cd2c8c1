"""Routes that change while processes run: taken over in place, by all, with nothing lost between the versions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lgsp.app import Platform, platform
from lgsp.ground import Ground, ground_of
from lgsp.health import Standing
from lgsp.journal import acting, reading
from lgsp.leases import JOBS, SERVE, WORK
from lgsp.routes import parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.portal import Portal
from lgsp.serving import running
from lgsp.settings import Settings, read_settings
from lgsp.works import Part
from tests.api.province import OPERATOR, PORTAL, TOKEN, Caller, dossier

SYSTEM = """
  {name}:
    adapter: national_portal
    config: {{url: "http://127.0.0.1:{port}/national-portal", username: lgsp, password: sandbox, agency: H44}}
    deliver: {{settle: 20ms, retry: [20ms, 20ms], concurrency: {slots}}}
"""
ROUTES = "systems:\n  one-stop: {{adapter: one_stop, serves: [H44]}}{systems}\nroutes:{routes}"
ROUTE = "\n  - {{name: to-{name}, from: one-stop, type: dossier.v1, to: [{name}]}}"


def routes(port: int, *systems: str, routed: tuple[str, ...] | None = None, slots: int = 4) -> str:
    """Return a home with so many portals, each with a route to it (or those that are named)."""
    parts = "".join(SYSTEM.format(name=name, port=port, slots=slots) for name in systems)
    made = "".join(ROUTE.format(name=name) for name in (systems if routed is None else routed))
    return ROUTES.format(systems=parts, routes=made or " []")


class Many:
    """Processes on one journal and one broker, and the far side."""

    def __init__(self, settings: Settings, ground: Ground, port: int) -> None:
        self._settings = settings
        self.ground = ground
        self.port = port

    @asynccontextmanager
    async def process(self, *roles: str, first: str = "") -> AsyncIterator[Platform]:
        """Let one process run while inside; the first publishes its home's routes."""
        text = first or routes(self.port, PORTAL)
        part = Part(frozenset(roles or (SERVE, WORK, JOBS)))
        async with platform(self._settings, parse_routes(text), part, self.ground) as one:
            yield one

    async def publish(self, text: str) -> None:
        """Publish a version, as `lgsp publish` does."""
        await self.ground.journal.write(lambda tx: acting.publish(tx, text, "operator"))

    async def follows(self, one: Platform, version: int) -> None:
        """Wait until a process works by a version."""
        async with asyncio.timeout(30):
            while one.gateway.published != version:  # noqa: ASYNC110 - it looks now and then
                await asyncio.sleep(0.02)

    async def delivered(self, **wanted: int) -> None:
        """Wait until so many deliveries have been made to each system."""
        async with asyncio.timeout(30):
            while True:
                found = (await self.ground.journal.read(reading.counts))["systems"]
                if all(found.get(s.replace("_", "-"), {}).get("delivered") == n for s, n in wanted.items()):
                    return
                await asyncio.sleep(0.02)


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Many]:
    """Lend a journal, a broker and a far side on which processes can be started."""
    settings = read_settings(
        {
            "LGSP_STATE": str(tmp_path),
            "LGSP_TOKEN_ONE_STOP": TOKEN,
            "LGSP_TOKEN_SECOND": "token-of-the-second",
            "LGSP_OPERATOR_TOKEN": OPERATOR,
        }
    )
    async with running(Sandbox(national_portal=Portal())) as port, ground_of(settings) as ground:
        yield Many(settings, ground, port)


async def bring(one: Platform, code: str) -> dict[str, Any]:
    """Bring a dossier as the one-stop does, and return the receipt."""
    return await Caller(one.site, TOKEN).bring(dossier(f"H44.11-260131-{code}"))


async def test_a_system_comes_while_processes_run(many: Many) -> None:
    """Its lane begins (what is picked up needs none), its endpoints are there, what is told from now on goes there too."""
    async with many.process(SERVE, JOBS) as door, many.process(WORK) as sender:
        await bring(door, "0001")
        second = Caller(door.site, "token-of-the-second")
        assert (await second.get("/v1/systems/second/reports")).status == 401
        await many.publish(routes(many.port, PORTAL, "second"))
        for one in (door, sender):
            await many.follows(one, 2)
        assert (await bring(door, "0002"))["systems"] == [PORTAL, "second"]
        await many.delivered(national_portal=2, second=1)
        assert set(sender.lanes) == {PORTAL, "second"}
        assert (await second.get("/v1/systems/second/reports")).status == 200
        answer = await Caller(door.site, OPERATOR).get("/v1/systems")
        assert [system["name"] for system in answer.json()["systems"]] == ["one-stop", PORTAL, "second"]


async def test_what_nobody_wanted_goes_when_a_route_comes(many: Many) -> None:
    """Row 23: taken on unrouted by one process, routed by the process that has the jobs, delivered by a third."""
    first = routes(many.port, PORTAL, routed=())
    async with many.process(SERVE, first=first) as door, many.process(JOBS), many.process(WORK):
        assert (await bring(door, "0001"))["systems"] == []
        await many.publish(routes(many.port, PORTAL))
        await many.delivered(national_portal=1)


async def test_a_request_between_two_versions_is_routed_anew(many: Many) -> None:
    """Row 54: published between routing and accepting: the request goes by the new routes, and is not refused."""
    async with many.process(SERVE) as door:
        await many.publish(routes(many.port, PORTAL, "second"))
        assert (await bring(door, "0001"))["systems"] == [PORTAL, "second"]
        assert door.gateway.published == 2


async def test_a_system_goes_when_nothing_is_open(many: Many) -> None:
    """Its lane ends; a process that starts later does not know it."""
    async with many.process(first=routes(many.port, PORTAL, "second")) as one:
        await bring(one, "0001")
        await many.delivered(national_portal=1, second=1)
        await many.publish(routes(many.port, PORTAL))
        await many.follows(one, 2)
        assert "second" not in one.lanes
        assert set(one.gateway.counterparts) == {"one-stop", PORTAL}
        async with many.process() as another:
            assert (another.gateway.published, set(another.lanes)) == (2, {PORTAL})


async def test_a_system_with_open_deliveries_is_not_lost(many: Many) -> None:
    """However such routes came to be published: the process keeps what it has, and says that it is not ready."""
    async with many.process(first=routes(many.port, PORTAL, "second")) as one:
        await Caller(one.site, OPERATOR).post("/v1/systems/second/pause")
        await bring(one, "0001")
        await many.publish(routes(many.port, PORTAL))
        async with asyncio.timeout(30):
            while not one.gateway.unready:  # noqa: ASYNC110 - it looks now and then
                await asyncio.sleep(0.02)
        ready = await Caller(one.site).get("/health/ready")
        assert (ready.status, "'second' is gone" in ready.json()["detail"]) == (503, True)
        assert "second" in one.lanes
        refused = await Caller(one.site, TOKEN).post("/v1/systems/one-stop/messages", dossier())
        assert refused.status == 503
        await many.publish(routes(many.port, PORTAL, "second"))
        async with asyncio.timeout(30):
            while (await Caller(one.site).get("/health/ready")).status != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert one.gateway.published == 3


async def test_what_is_known_of_a_system_stays(many: Many) -> None:
    """Paused by a person it stays paused; what it allows, its policy and its address are the new ones."""
    async with many.process() as one:
        await Caller(one.site, OPERATOR).post(f"/v1/systems/{PORTAL}/pause")
        before = one.gateway.counterparts[PORTAL]
        adapter = before.adapter
        await many.publish(routes(many.port, PORTAL, slots=7))
        await many.follows(one, 2)
        now = one.gateway.counterparts[PORTAL]
        assert now is before
        assert (now.health.standing, now.health.concurrency, now.health.slots) == (Standing.PAUSED, 7, 7)
        assert now.adapter is not adapter
        assert len(now.patience) == 2


async def test_the_journal_says_who_follows(many: Many) -> None:
    """`lgsp publish` shows of each process by which version it works."""
    async with many.process() as one:
        await many.publish(routes(many.port, PORTAL, slots=7))
        await many.follows(one, 2)
        async with asyncio.timeout(30):
            while await many.ground.journal.read(  # noqa: ASYNC110 - in the journal
                lambda tx: tx.rows("SELECT published FROM workers WHERE ended_at IS NULL")
            ) != [(2,)]:
                await asyncio.sleep(0.02)


async def test_a_process_without_doors_says_whether_it_is_ready(many: Many) -> None:
    """A sender serves its health, and nothing that a stranger could ask for."""
    async with many.process(WORK) as sender:
        caller = Caller(sender.site, OPERATOR)
        assert (await caller.get("/health/live")).status == 200
        assert (await caller.get("/health/ready")).json()["routes_version"] == 1
        assert (await caller.get("/v1/systems")).status == 404
        sender.gateway.fence = lambda _: False
        assert (await caller.get("/health/ready")).status == 503

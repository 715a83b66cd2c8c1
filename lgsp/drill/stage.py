"""The stage of a drill: private servers, the sandbox, and the processes of one installation, all real."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lgsp.drill.clock import Clock, false_clock
from lgsp.drill.far_side import FarSide, sandbox
from lgsp.drill.ledger import Ledger, ListeningHttp
from lgsp.drill.members import Member
from lgsp.drill.relay import relaying
from lgsp.journal.migrating import migrate
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.traffic import Shares, Traffic
from lgsp.sandbox.vendor import Vendor
from lgsp.testing.servers.postgres import PostgresServer, free_port
from lgsp.testing.servers.rabbitmq import RabbitCluster, RabbitServer

ONE_STOP, PORTAL = "one-stop", "national-portal"
_LANES = 12
_OPEN = frozenset({"serve", "run"})
"""Roles that take on what they are told."""
_ROUTES = """\
systems:
  one-stop: {adapter: one_stop, serves: [H44]}
  national-portal:
    adapter: national_portal
    config:
      url: "${env:LGSP_PORTAL_URL}"
      username: drill
      password: sandbox
      agency: H44
      timeout: 1.5
    deliver:
      concurrency: 32
      settle: 2s
      timeout: 5s
      window: 200
      retry: [500ms, 1s, 1s, 2s, 2s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s, 3s]
      probe: [200ms, 500ms, 1s]
routes:
  - {name: dossiers, from: one-stop, type: dossier.v1, to: [national-portal]}
  - {name: progress, from: one-stop, type: dossier.progress.v1, to: [national-portal]}
"""


@dataclass(slots=True, frozen=True)
class Plan:
    """One drill.

    Attributes:
        seed: of the traffic, of the faults and of their order.
        rate: what the one-stop tells in a second.
        serves: how many processes accept.
        works: how many send.
        cluster: RabbitMQ has three nodes.
        supervised: one `lgsp run --workers` instead of processes of their own.
    """

    seed: int = 0
    rate: float = 40.0
    serves: int = 2
    works: int = 2
    cluster: bool = False
    supervised: bool = False


@dataclass(slots=True)
class Stage:
    """All that plays.

    Attributes:
        folder: logs, state folders and blobs.
        url: the proxy in front of the processes that accept.
        flowing: set while there is traffic.
        steady: the far side's faults that are always there: the refusals that the traffic plans.
    """

    plan: Plan
    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    cluster: RabbitCluster | None
    far: FarSide
    members: list[Member]
    url: str
    token: str
    operator: str
    ledger: Ledger
    traffic: Traffic
    vendor: Vendor
    steady: Faults
    clock: Clock
    flowing: asyncio.Event

    def of(self, role: str) -> list[Member]:
        """Return the members of a role."""
        return [member for member in self.members if member.role == role]

    async def weather(self, **faults: Any) -> None:
        """Let the far side misbehave beside what is planned; without faults it behaves."""
        await self.far.trouble(self.steady.model_copy(update=faults))

    async def open(self) -> None:
        """Wait until all that accept do, whatever befell them before."""
        for member in self.members:
            if member.role in _OPEN:
                await member.ready()

    async def steady_again(self) -> None:
        """Let everything be as it was at the start, as far as this side can see to it."""
        await self.weather()
        for member in self.members:
            await member.ready()


@asynccontextmanager
async def staged(plan: Plan) -> AsyncIterator[Stage]:
    """Set the stage while inside; what was written there stays in its folder."""
    folder = Path(tempfile.mkdtemp(prefix="lgsp-drill-"))
    async with AsyncExitStack() as stack:
        clock = false_clock(folder)
        postgres, rabbit, cluster = await asyncio.to_thread(_servers, plan, clock, stack)
        far = await stack.enter_async_context(sandbox(folder))
        token, operator = secrets.token_hex(16), secrets.token_hex(16)
        environment = _environment(folder, postgres, cluster or rabbit, far, token, operator)
        members = _members(plan, folder, environment)
        for member in members:
            stack.push_async_callback(member.stop)
            member.keep()
        url = await stack.enter_async_context(relaying([m.port for m in members if m.role in _OPEN]))
        traffic, ledger = Traffic(plan.seed, shares=Shares(refused=0.03)), Ledger()
        http = ListeningHttp(ledger, limit=_LANES * 2)
        stack.push_async_callback(http.close)
        vendor = Vendor(http, url, token, traffic, system=ONE_STOP, lanes=_LANES, seed=plan.seed)
        made = Stage(
            plan, folder, postgres, rabbit, cluster, far, members, url, token, operator, ledger, traffic,
            vendor, Faults(latency_ms=(5.0, 120.0), refuse_fields=traffic.refusals), clock,
            asyncio.Event(),
        )  # fmt: skip
        made.flowing.set()
        await made.steady_again()
        yield made


def _servers(
    plan: Plan, clock: Clock, stack: AsyncExitStack
) -> tuple[PostgresServer, RabbitServer, RabbitCluster | None]:
    postgres = stack.enter_context(PostgresServer(environment=clock.environment))
    migrate(postgres.url)
    if plan.cluster:
        cluster = stack.enter_context(RabbitCluster())
        return postgres, cluster.nodes[0], cluster
    return postgres, stack.enter_context(RabbitServer()), None


def _environment(  # noqa: PLR0913, PLR0917 - what a process must be told
    folder: Path,
    postgres: PostgresServer,
    broker: RabbitServer | RabbitCluster,
    far: FarSide,
    token: str,
    operator: str,
) -> Mapping[str, str]:
    home = folder / "home"
    home.mkdir()
    (home / "routes.yaml").write_text(_ROUTES, encoding="utf-8")
    return {
        "LGSP_HOME": str(home),
        "LGSP_JOURNAL_URL": postgres.url,
        "LGSP_BROKER_URL": f"{broker.url}?heartbeat=3",
        "LGSP_BLOBS_URL": f"file://{folder / 'blobs'}",
        "LGSP_PORTAL_URL": far.url,
        "LGSP_TOKEN_ONE_STOP": token,
        "LGSP_OPERATOR_TOKEN": operator,
        "NO_COLOR": "1",
    }


def _members(plan: Plan, folder: Path, environment: Mapping[str, str]) -> list[Member]:
    names = [f"serve-{n + 1}" for n in range(plan.serves)] + [f"work-{n + 1}" for n in range(plan.works)]
    names = ["run-1"] if plan.supervised else [*names, "jobs-1"]
    return [Member(name, name.partition("-")[0], free_port(), environment, folder) for name in names]

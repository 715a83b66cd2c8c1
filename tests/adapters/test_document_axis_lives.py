"""A local document system and the peers on the axis exchange whole document lives through a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest

from lgsp.app import Platform, platform
from lgsp.errors import Unavailable
from lgsp.formats.axis.protocol import MessageType
from lgsp.journal import reading
from lgsp.routes import parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.axis import Axis
from lgsp.sandbox.axis.clerk import Clerk
from lgsp.sandbox.axis.directory import Member
from lgsp.sandbox.axis.faults import AxisFaults
from lgsp.sandbox.axis.writing import Draft
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.asgi import call

ROUTES = """
systems:
  dms:
    adapter: document_management
    serves: [H44]
    config: {{system_id: dms, secret: secret-of-dms}}
  document-axis:
    adapter: document_axis
    config:
      url: http://127.0.0.1:{port}/document-axis
      system_id: lgsp
      secret: sandbox
      agency: H44
      arrivals: {arrivals}
      timeout: 2
      transfer_timeout: 2
    jobs:
      documents: {{every: 1s}}
      statuses: {{every: 1s}}
    deliver: {{settle: 100ms, retry: [100ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms]}}
routes:
  - {{name: documents, type: document.v1, to: recipients, else: document-axis}}
  - {{name: statuses, type: document.status.v1, to: recipients, else: document-axis}}
  - {{name: arrivals, from: document-axis, type: document.status.v1, where: {{agency: "under:H44"}}, to: [document-axis]}}
"""
OFFICE, FINANCE = Member("H44.01", "Văn phòng"), Member("H44.11", "Sở Tài chính")
OPEN = {"parked", "waiting", "ready", "sending", "put off", "offered"}
WHOLE = ["01", "03", "04", "05", "06"]


@dataclass
class Lives:
    """A gateway, the axis on one side of it, and a document system on the other."""

    platform: Platform
    axis: Axis
    here: Clerk

    def trouble(self, **faults: Any) -> None:
        """Switch faults of the axis on; what is left out is off."""
        self.axis.trouble(AxisFaults.model_validate(faults).model_dump_json().encode())

    def write(self, *to: str, number: int = 1) -> str:
        """Let the office here send a document."""
        receivers = tuple((code, f"Cơ quan {code}") for code in to)
        return self.here.write(
            Draft(OFFICE, receivers, str(number), "VP", f"Về việc số {number}", datetime.now(UTC))
        )

    async def peer_writes(self, number: int, sender: str = "G22", to: tuple[str, ...] = ("H44.01",)) -> str:
        """Let a peer send a document."""
        wish = {"sender": sender, "to": to, "number": str(number), "subject": f"Về việc số {number}"}
        told = (await call(self.axis, "POST", "/_write", body=orjson.dumps(wish))).json()
        return str(told["document"])

    async def settle(self) -> None:
        """Take turns until nobody has anything left to do, and nothing waits anywhere, twice in a row."""
        quiet = 0
        async with asyncio.timeout(60):
            while quiet < 2:
                quiet = quiet + 1 if await self._quiet() else 0
                await asyncio.sleep(0.1)

    async def _quiet(self) -> bool:
        turned = await self.here.turn()
        await call(self.axis, "POST", "/_turn")
        return turned and self.here.idle and not self._listed() and not await self._open()

    async def states(self) -> dict[str, int]:
        """Return how many deliveries to the axis stand in which state."""
        found = await self.platform.gateway.journal.read(reading.counts)
        counted: dict[str, int] = found["systems"].get("document-axis", {})
        return {state: count for state, count in counted.items() if count and state != "repeated"}

    def _listed(self) -> int:
        post = self.axis.world.post
        return sum(len(post.waiting(kind, lambda code: "H44" in code)) for kind in MessageType)

    async def _open(self) -> int:
        found = await self.platform.gateway.journal.read(reading.counts)
        counted = [one for states in found["systems"].values() for one in states.items()]
        return sum(count for state, count in counted if state in OPEN)

    def told(self, office: str, document: str) -> list[str]:
        """Return what a peer was told of its document."""
        statuses: list[str] = self.axis.state()["peers"][office][document]["told"]
        return statuses

    def known(self, office: str, document: str) -> list[str]:
        """Return what came to a peer about a document."""
        what: list[str] = self.axis.state()["peers"][office][document]["what"]
        return what


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder where a sync costs nothing."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@asynccontextmanager
async def lives(folder: Path, *, arrivals: bool = False) -> AsyncIterator[Lives]:
    """Run a gateway between a document system and the axis."""
    axis = Axis(seed=3)
    settings = read_settings({"LGSP_STATE": str(folder), "LGSP_OPERATOR_TOKEN": "token-of-the-operator"})
    async with running(Sandbox(document_axis=axis)) as port:
        routes = parse_routes(ROUTES.format(port=port, arrivals=str(arrivals).lower()))
        async with platform(settings, routes) as whole:

            async def ask(operation: str, headers: dict[str, str], body: bytes) -> bytes:
                reply = await call(
                    whole.site, "POST", f"/systems/dms/{operation}", headers=headers, body=body
                )
                if reply.status != 200:
                    raise Unavailable(f"http-{reply.status}")
                return reply.body

            yield Lives(whole, axis, Clerk(ask, "dms", "secret-of-dms", [OFFICE, FINANCE]))


async def test_a_document_of_ours_lives_through_to_its_end(folder: Path) -> None:
    """Sent over the axis to two peers, each told of once; the local system hears what both say, in order."""
    async with lives(folder) as here:
        document = here.write("G22", "H26", "H44.11")
        await here.settle()
        assert here.known("G22", document) == here.known("H26", document) == ["new"]
        assert here.here.tally.told[document] == {"G22": WHOLE, "H26": WHOLE, "H44.11": WHOLE}
        assert here.axis.state()["duplicates"] == 0


async def test_a_peer_s_document_lives_through_to_its_end(folder: Path) -> None:
    """Collected once for both who receive it here, though the axis lists each of them; both answer."""
    async with lives(folder) as here:
        document = await here.peer_writes(7, to=("H44.01", "H44.11", "G12"))
        await here.settle()
        received = here.here.tally.received
        assert received["H44.01"][document].what == received["H44.11"][document].what == ["new"]
        assert sorted(here.told("G22", document)) == sorted([*WHOLE, *WHOLE, *WHOLE])
        assert here.known("G12", document) == ["new"], "what others received is not sent to them by us"


async def test_an_arrival_is_told_by_the_gateway_itself(folder: Path) -> None:
    """Before the local system has collected anything, the sender knows that it arrived, once for each of ours."""
    async with lives(folder, arrivals=True) as here:
        here.trouble(duplicate=1, list_twice=1)
        document = await here.peer_writes(7, to=("H44.01", "H44.11"))
        for _ in range(400):
            if here.told("G22", document) == ["01", "01"]:
                break
            await asyncio.sleep(0.05)
        assert here.here.tally.received == {}
        await asyncio.sleep(1.5)
        assert here.told("G22", document) == ["01", "01"]


FAULTS: dict[str, dict[str, Any]] = {
    "pages": {"html": 0.3},
    "bad gateways": {"http_502": 0.3},
    "half answers": {"broken_json": 0.3},
    "half packets": {"truncated_data": 0.5},
    "time-outs": {"timeout_after_store": 0.3, "hang_ms": 2500},
    "repetitions": {"duplicate": 0.5, "list_twice": 0.5, "relist": 0.2, "reorder_statuses": 0.5},
}


@pytest.mark.parametrize("name", FAULTS)
async def test_nothing_is_lost_whatever_the_axis_does(folder: Path, name: str) -> None:
    """Sent documents reach the peer or are held for a person; what peers send is received once, and answered."""
    async with lives(folder) as here:
        here.trouble(**FAULTS[name])
        ours = [here.write("G22", number=number) for number in range(1, 7)]
        theirs = [await here.peer_writes(number, "G09") for number in range(1, 7)]
        for _ in range(30):
            await here.here.turn()
            await asyncio.sleep(0.1)
        here.trouble()
        await here.settle()
        received, states = here.here.tally.received["H44.01"], await here.states()
        assert {document: received[document].what for document in theirs} == {key: ["new"] for key in theirs}
        known = here.axis.state()["peers"].get("G22", {})
        reached = [document for document in ours if document in known]
        assert len(reached) >= len(ours) - states.get("held", 0)
        assert all(known[document]["what"] == ["new"] for document in reached), "no document came twice"
        assert not set(states) - {"delivered", "held"}
        for document in theirs:
            assert set(WHOLE) <= set(here.told("G09", document))

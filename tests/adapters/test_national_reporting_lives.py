"""Reports walk through a real gateway to the stand-in, whatever that does, and its word comes back in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest

from lgsp.adapter import Accepted
from lgsp.app import Platform, platform
from lgsp.health import Standing
from lgsp.journal import reading
from lgsp.message import Raw
from lgsp.routes import parse_routes
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.reporting import Reporting
from lgsp.sandbox.reporting_faults import ReportingFaults
from lgsp.serving import running
from lgsp.settings import read_settings
from tests.asgi import call
from tests.reporting_side import CODE, TYPES, body

ROUTES = """
systems:
  reporting: {{adapter: reporting, serves: [H44]}}
  national-reporting:
    adapter: national_reporting
    config: {{url: "http://127.0.0.1:{port}/national-reporting", username: u, password: sandbox, timeout: 0.5, format: {form}}}
    jobs: {{statuses: {{every: 1s}}}}
    deliver: {{settle: 100ms, retry: [100ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms, 200ms]}}
routes:
  - {{name: reports, from: reporting, type: report.v1, to: [national-reporting]}}
  - {{name: statuses, from: national-reporting, type: report.status.v1, to: [reporting]}}
"""
FAR = "national-reporting"
TOKEN = "token-of-reporting"


@dataclass
class Lives:
    """A gateway between a local system that reports and the stand-in."""

    platform: Platform
    far: Reporting

    def trouble(self, **faults: Any) -> None:
        """Switch faults of the stand-in on; what is left out is off."""
        self.far.trouble(ReportingFaults.model_validate(faults).model_dump_json().encode())

    async def tell(self, version: int = 1, code: str = CODE, **figures: int) -> None:
        """Bring a report in as the local system does."""
        message = TYPES.message("report.v1", body(version, code, **figures))
        raw = Raw.of(orjson.dumps(message.data))
        (taken,) = await self.platform.gateway.accept("reporting", raw, [message])
        assert isinstance(taken, Accepted)

    async def deliveries(self) -> list[dict[str, Any]]:
        """Return the deliveries to the far side, oldest first."""
        page = await self.platform.gateway.journal.read(
            lambda tx: reading.deliveries(tx, {"system": FAR}, after=0, limit=100)
        )
        return [dict(one) for one in reversed(page["deliveries"])]

    async def states(self) -> list[str]:
        """Return in which state each delivery to the far side is, oldest first."""
        return [one["state"] for one in await self.deliveries()]

    async def until(self, *states: str) -> list[dict[str, Any]]:
        """Wait until the deliveries are in these states; return them."""
        async with asyncio.timeout(30):
            while True:
                found = await self.deliveries()
                if [one["state"] for one in found] == list(states):
                    return found
                await asyncio.sleep(0.05)

    async def suspended(self) -> None:
        """Wait until the far side is suspended."""
        health = self.platform.gateway.counterparts[FAR].health
        for _ in range(400):
            if health.standing is Standing.SUSPENDED:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(health.standing)

    async def picked_up(self, n: int) -> list[tuple[int, str]]:
        """Wait for so many statuses at the local system's door; return version and state of each."""
        found: list[tuple[int, str]] = []
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with asyncio.timeout(30):
            while len(found) < n:
                told = await call(self.platform.site, "GET", "/systems/reporting/statuses", headers=headers)
                for one in told.json():
                    found.append((one["version"], one["state"]))
                    done = f"/systems/reporting/statuses/{one['id']}/done"
                    await call(self.platform.site, "POST", done, headers=headers)
                await asyncio.sleep(0.1)
        return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder where a sync costs nothing."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@asynccontextmanager
async def lives(folder: Path, form: str = "json", **faults: Any) -> AsyncIterator[Lives]:
    """Run a gateway between the two."""
    far = Reporting(ReportingFaults.model_validate(faults), seed=3)
    told = {"LGSP_STATE": str(folder), "LGSP_OPERATOR_TOKEN": "operator", "LGSP_TOKEN_REPORTING": TOKEN}
    async with running(Sandbox(national_reporting=far)) as port:
        routes = parse_routes(ROUTES.format(port=port, form=form))
        async with platform(read_settings(told), routes) as whole:
            yield Lives(whole, far)


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_a_report_is_accepted_and_its_sender_hears_of_it(folder: Path, form: str) -> None:
    """It arrives once, and both words of the far side wait at the local system's door, in order."""
    async with lives(folder, form) as here:
        await here.tell()
        await here.until("delivered")
        assert await here.picked_up(2) == [(1, "arrived"), (1, "accepted")]
        assert here.far.state()["repeats"] == 0


async def test_a_correction_that_is_asked_for_is_made_by_the_next_version(folder: Path) -> None:
    """The first version is returned with a reason, the second is accepted."""
    async with lives(folder, return_share=1) as here:
        await here.tell()
        assert await here.picked_up(2) == [(1, "arrived"), (1, "returned")]
        await here.tell(2)
        await here.until("delivered", "delivered")
        assert await here.picked_up(2) == [(2, "arrived"), (2, "accepted")]


async def test_what_is_refused_is_told_with_its_field(folder: Path) -> None:
    """The delivery is dead, with the cause and the receiver's name of the field; nothing is there."""
    async with lives(folder, refuse_indicators={"received": "vượt số dân"}) as here:
        await here.tell()
        (refused,) = await here.until("refused")
        assert (refused["cause"], refused["fields"]) == ("reporting-field-refused", ["SoLieu/2/GiaTri"])
        assert here.far.state()["reports"] == {}


async def test_a_correction_is_not_held_up_by_what_was_refused(folder: Path) -> None:
    """The next version of a refused report goes by itself; also one that waited while that was being refused."""
    async with lives(folder, maintenance=True) as here:
        await here.tell(1, received=101)
        await here.suspended()
        await here.tell(2)
        here.trouble()
        await here.until("cancelled", "delivered")
        await here.tell(3, received=99)
        await here.until("cancelled", "delivered", "refused")
        await here.tell(4)
        await here.until("cancelled", "delivered", "cancelled", "delivered")
        assert list(here.far.book.versions(CODE)) == [2, 4]


async def test_an_older_version_is_refused_where_a_newer_one_is(folder: Path) -> None:
    """A version that the far side got by another way stands; ours below it is dead, the next one goes."""
    async with lives(folder) as here:
        newer = {"MaBaoCao": CODE, "PhienBan": 2, "MaDonVi": "H44.11"}
        here.far.book.keep(newer, CODE, 2)
        await here.tell(1)
        (refused,) = await here.until("refused")
        assert refused["cause"] == "reporting-version-old"
        await here.tell(3)
        await here.until("cancelled", "delivered")
        assert sorted(here.far.state()["reports"][CODE]) == ["2", "3"]


async def test_an_answer_that_was_lost_is_asked_after_and_sent_once(folder: Path) -> None:
    """Taken on without an answer: code and version tell that it is there, and it is not handed in again."""
    async with lives(folder, timeout_after_store=1, hang_ms=900) as here:
        await here.tell()
        await here.until("delivered")
        state = here.far.state()
        assert (state["calls"]["reports"], state["repeats"]) == (1, 0)
        assert state["calls"]["reports/find"] >= 1


async def test_a_word_that_is_heard_before_the_answer_stands(folder: Path) -> None:
    """Returned while nobody knew yet whether it had arrived: that it arrived does not make it sent again."""
    async with lives(folder, timeout_after_store=1, hang_ms=900, return_share=1) as here:
        await here.tell()
        assert await here.picked_up(2) == [(1, "arrived"), (1, "returned")]
        await here.until("delivered")
        await asyncio.sleep(2.5)  # the book follows a little behind
        headers = {"authorization": "Bearer operator"}
        (told,) = (await call(here.platform.site, "GET", "/v1/reports", headers=headers)).json()["reports"]
        assert (told["state"], told["delivery"]["state"]) == ("returned", "delivered")


async def test_what_comes_while_it_is_down_goes_when_it_is_back(folder: Path) -> None:
    """Nobody's patience is spent: the system is suspended, and all goes in order when it takes something again."""
    async with lives(folder, maintenance=True) as here:
        for version in (1, 2, 3):
            await here.tell(version)
        await here.suspended()
        assert "exhausted" not in await here.states()
        here.trouble()
        await here.until("delivered", "delivered", "delivered")
        assert list(here.far.book.versions(CODE)) == [1, 2, 3]


MIXES: dict[str, dict[str, Any]] = {
    "pages and half answers": {"html": 0.2, "broken_body": 0.2},
    "bad minutes": {"http_500": 0.2, "http_503": 0.1, "expire_tokens": 0.1},
    "lost answers": {"timeout_after_store": 0.5, "hang_ms": 900, "html": 0.2},
    "repetitions": {"list_twice": 1, "shuffle": True, "return_share": 0.5},
}


@pytest.mark.parametrize("name", MIXES)
async def test_nothing_is_lost_whatever_the_far_side_does(folder: Path, name: str) -> None:
    """Of five reports each version is there once, in order, and each word on it is heard once."""
    async with lives(folder, **MIXES[name]) as here:
        for version in (1, 2):
            for n in range(5):
                await here.tell(version, f"{CODE}/{n}")
        await here.until(*["delivered"] * 10)
        heard = await here.picked_up(20)
        await asyncio.sleep(1.2)
        assert len(heard) == 20
        assert sum(state == "arrived" for _, state in heard) == 10
        state = here.far.state()
        assert [list(of) for of in state["reports"].values()] == [["1", "2"]] * 5

"""Jobs over HTTP: what is fetched, when, how it went, and what operators order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lgsp.adapter import Page
from lgsp.adapters import adapter_class
from lgsp.errors import Unavailable
from lgsp.message import Message, Raw, native_digest
from lgsp.routes import Routes, parse_routes
from tests.api import province as provinces
from tests.api.province import ONE_STOP, PORTAL, Province, dossier, province

JOB = f"/v1/jobs/{ONE_STOP}/dossiers"
NIGHTLY, DAILY = '{at: "02:30"}', "{every: 1d}"


class Listing:
    """What the one-stop system lists when it is asked; each test says what."""

    def __init__(self) -> None:
        self.codes = ["H44.11-260131-0001", "H44.11-260131-0002"]
        self.fault: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def fetch(self, _job: str, cursor: Any) -> AsyncIterator[Page]:
        """List each dossier on a page of its own."""
        for n, code in enumerate(self.codes[cursor or 0 :], (cursor or 0) + 1):
            data = dossier(code)["data"]
            message = Message("dossier.v1", code, code, data, native=native_digest(data))
            yield Page([message], Raw.of(code.encode()), n)
            await self.open.wait()
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listing]:
    """Let the one-stop adapter fetch."""
    monkeypatch.setattr("lgsp.fetching._TICK", 0.01)
    one = Listing()
    monkeypatch.setattr(adapter_class("one_stop"), "fetch", lambda _, job, cursor: one.fetch(job, cursor))
    yield one
    one.open.set()


@asynccontextmanager
async def planned(folder: Path, plan: str) -> AsyncIterator[Province]:
    """Run a gateway in whose home the one-stop system has a job."""
    plain = provinces._routes

    def routes(port: int, **there: bool) -> Routes:
        text = plain(port, **there).text
        assert "adapter: one_stop\n" in text
        return parse_routes(
            text.replace("adapter: one_stop\n", f"adapter: one_stop\n    jobs: {{dossiers: {plan}}}\n")
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provinces, "_routes", routes)
        async with province(folder) as here:
            await here.operator.post(f"/v1/systems/{PORTAL}/pause")
            yield here


@pytest.fixture
async def nightly(folder: Path, listing: Listing) -> AsyncIterator[Province]:
    """A province whose job waits for its hour."""
    async with planned(folder, NIGHTLY) as here:
        yield here


async def job(here: Province) -> dict[str, Any]:
    """Return the job as operators see it."""
    found = (await here.operator.get("/v1/jobs")).json()["jobs"]
    return next(dict(one) for one in found if one["system"] == ONE_STOP)


async def runs(here: Province, count: int, query: str = "") -> list[dict[str, Any]]:
    """Return the runs of the job once there are so many, and the newest has ended."""
    async with asyncio.timeout(30):
        while True:
            found = (await here.operator.get(f"{JOB}/history", query=query)).json()["runs"]
            if len(found) == count and found[0]["state"] != "running":
                return list(found)
            await asyncio.sleep(0.01)


async def test_a_job_runs_when_its_turn_comes_and_tells_what_it_brought(
    folder: Path, listing: Listing
) -> None:
    """By itself; what it brings walks like what is told at the door."""
    async with planned(folder, DAILY) as here:
        (run,) = await runs(here, 1)
        assert (run["state"], run["who"], run["pages"], run["new"]) == ("done", "schedule", 2, 2)
        assert run["started_at"] <= run["ended_at"] < run["next_at"]
        told = await job(here)
        assert (told["system"], told["job"], told["every"], told["at"]) == (
            ONE_STOP,
            "dossiers",
            86400.0,
            None,
        )
        assert (told["state"], told["next_at"], told["run"]) == ("waiting", run["next_at"], run)
        assert told["cursor_at"] is not None
        found = (await here.operator.get("/v1/messages", query="source=one-stop")).json()["messages"]
        assert [one["subject"] for one in found] == listing.codes[::-1]


async def test_a_person_runs_it_now(nightly: Province, listing: Listing) -> None:
    """It is asked for, then it ran, by whom is told, and its next turn is what it was."""
    before = await job(nightly)
    assert (before["state"], before["run"], before["next_at"][11:16]) == ("waiting", None, "02:30")
    reply = await nightly.operator.post(f"{JOB}/run")
    assert (reply.status, reply.json()["state"]) == (200, "asked for")
    (run,) = await runs(nightly, 1)
    assert (run["who"], run["new"]) == ("operator", 2)
    assert (await job(nightly))["next_at"] == before["next_at"]
    listing.codes.append("H44.11-260131-0003")
    await nightly.operator.post(f"{JOB}/run")
    assert (await runs(nightly, 2))[0]["new"] == 1


async def test_its_progress_is_seen_while_it_runs_and_it_is_not_doubled(
    nightly: Province, listing: Listing
) -> None:
    """Row 126: asked for once more it is refused, and says which run is under way."""
    listing.open.clear()
    await nightly.operator.post(f"{JOB}/run")
    async with asyncio.timeout(30):
        while ((await job(nightly))["run"] or {}).get("pages") != 1:  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.01)
    told = await job(nightly)
    assert (told["state"], told["run"]["state"], told["run"]["new"]) == ("running", "running", 1)
    assert told["next_at"] is None
    reply = await nightly.operator.post(f"{JOB}/run")
    assert (reply.status, reply.json()["type"]) == (409, "urn:lgsp:problem:wrong-state")
    assert f"run {told['run']['id']}" in reply.json()["detail"]
    listing.open.set()
    assert len(await runs(nightly, 1)) == 1


async def test_a_run_that_failed_is_explained(nightly: Province, listing: Listing) -> None:
    """In both languages, with who can mend it; what was brought before that is kept."""
    listing.fault = Unavailable("http-503", "Service Unavailable")
    await nightly.operator.post(f"{JOB}/run")
    (run,) = await runs(nightly, 1)
    assert (run["state"], run["cause"], run["said"], run["new"]) == (
        "failed", "http-503", "Service Unavailable", 2,
    )  # fmt: skip
    assert run["explanation"]["vi"]["text"] != run["explanation"]["en"]["text"]
    assert (await job(nightly))["failures"] == 1


async def test_it_is_paused_and_goes_on(folder: Path, listing: Listing) -> None:
    """A run under way ends behind its page; nothing more is begun; resumed it goes on from there."""
    listing.open.clear()
    async with planned(folder, DAILY) as here:
        async with asyncio.timeout(30):
            while (await job(here))["state"] != "running":  # noqa: ASYNC110 - it stands in the journal
                await asyncio.sleep(0.01)
        reply = await here.operator.post(f"{JOB}/pause", query=f"reason={quote('bảo trì')}")
        assert reply.status == 200
        entries = "SELECT who, cause FROM entries WHERE what = 'job paused'"
        journal = here.platform.gateway.journal
        assert await journal.read(lambda tx: tx.rows(entries)) == [("operator", "bảo trì")]
        await asyncio.sleep(0.05)
        listing.open.set()
        (run,) = await runs(here, 1)
        assert (run["state"], run["cause"]) == ("cut short", "paused")
        told = await job(here)
        assert (told["state"], told["paused_by"], told["next_at"]) == ("paused", "operator", None)
        assert (await here.operator.post(f"{JOB}/pause")).status == 409
        assert (await here.operator.post(f"{JOB}/resume")).json()["state"] == "waiting"
        assert (await runs(here, 2))[0]["state"] == "done"
        assert (await here.operator.post(f"{JOB}/resume")).status == 409
        found = (await here.operator.get("/v1/messages")).json()["messages"]
        assert len(found) == 2


async def test_what_the_home_pauses_no_person_resumes(folder: Path, listing: Listing) -> None:
    """It says where to mend it; a person may run it all the same."""
    async with planned(folder, "{every: 1d, paused: true}") as here:
        told = await job(here)
        assert (told["state"], told["paused_by"]) == ("paused", "routes.yaml")
        reply = await here.operator.post(f"{JOB}/resume")
        assert (reply.status, "routes.yaml" in reply.json()["detail"]) == (409, True)
        await here.operator.post(f"{JOB}/run")
        assert (await runs(here, 1))[0]["new"] == len(listing.codes)


async def test_history_comes_in_pages(nightly: Province, listing: Listing) -> None:
    """Newest first, as every list."""
    for n in range(1, 4):
        await nightly.operator.post(f"{JOB}/run")
        await runs(nightly, n)
    first = (await nightly.operator.get(f"{JOB}/history", query="limit=2")).json()
    rest = (await nightly.operator.get(f"{JOB}/history", query=f"limit=2&after={first['next']}")).json()
    numbers = [run["id"] for run in (*first["runs"], *rest["runs"])]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(first["runs"]), len(rest["runs"]), rest["next"]) == (2, 1, None)
    assert (await nightly.operator.get(f"{JOB}/history", query="limit=0")).status == 422


@pytest.mark.parametrize("path", ["/v1/jobs/nobody/dossiers", f"/v1/jobs/{ONE_STOP}/nothing"])
@pytest.mark.parametrize("word", ["run", "pause", "resume", "history"])
async def test_what_is_not_planned_is_not_there(nightly: Province, path: str, word: str) -> None:
    """404 with what was looked for; nothing is entered in the register."""
    ask = nightly.operator.get if word == "history" else nightly.operator.post
    reply = await ask(f"{path}/{word}")
    assert (reply.status, "routes.yaml has no job" in reply.json()["detail"]) == (404, True)


async def test_no_system_looks_or_orders(nightly: Province) -> None:
    """Not even its own jobs: for operators only, and a token is needed."""
    for who, status in ((nightly.one_stop, 403), (nightly.nobody, 401)):
        assert (await who.get("/v1/jobs")).status == status
        assert (await who.get(f"{JOB}/history")).status == status
        assert [(await who.post(f"{JOB}/{word}")).status for word in ("run", "pause", "resume")] == [
            status
        ] * 3
    assert (await job(nightly))["state"] == "waiting"


async def test_a_system_without_jobs_has_none(paused: Province) -> None:
    """What the home does not plan is not listed."""
    found = (await paused.operator.get("/v1/jobs")).json()["jobs"]
    assert ONE_STOP not in {one["system"] for one in found}

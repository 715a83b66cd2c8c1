"""Jobs that fetch, when something goes wrong: each fault is told in words, and the job goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Adapter
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.journal import job_runs
from lgsp.journal.contract import JournalError
from lgsp.leases import LEASE
from lgsp.testing.making import PAPER
from tests.core.rig import DESK
from tests.core.source_side import NAME, Gate, Source, fetching, stumbling


@pytest.mark.parametrize(
    ("fault", "cause", "said"),
    [
        (
            Unavailable("http-503", "Service Unavailable", scope=Scope.SYSTEM),
            "http-503",
            "Service Unavailable",
        ),
        (Unavailable("uncatalogued", "<html>", answer="<html>"), "uncatalogued", "<html>"),
        (Refused("axis-15", "FAIL 15"), "axis-15", "FAIL 15"),
        (TimeoutError(), "timed-out", ""),
        (ZeroDivisionError("x" * 9000), "adapter-bug", "ZeroDivisionError"),
    ],
    ids=["unavailable", "uncatalogued", "refused", "timed out", "bug"],
)
async def test_a_run_that_fails_says_why_and_is_tried_again(
    tmp_path: Path, fault: Exception, cause: str, said: str
) -> None:
    """The page before is ours, the cursor stands behind it, and after its pause the job goes on there."""
    async with fetching(tmp_path) as (us, (one,)):
        source = one.ask(Source("P1", "P2"))
        source.before = stumbling(fault, "P2")
        told = await one.go()
        assert (told["run"]["state"], told["run"]["cause"], told["run"]["said"]) == ("failed", cause, said)
        assert (told["failures"], source.closed, await one.papers()) == (1, 1, ["P1"])
        assert told["next_at"] == told["run"]["next_at"]
        us.step(11)
        told = await one.go()
        assert (told["failures"], source.asked[-1], await one.papers()) == (0, (NAME, 1), ["P1", "P2"])


async def test_a_page_that_does_not_come_in_time_fails_the_run(tmp_path: Path) -> None:
    """No far side can hold a job for ever."""
    async with fetching(tmp_path, plan="every: 10s, timeout: 30ms") as (_, (one,)):
        source = one.ask(Source("P1"))
        source.before = Gate("P1")
        told = await one.go()
        assert (told["run"]["state"], told["run"]["cause"], source.closed) == ("failed", "timed-out", 1)


async def test_a_confirmation_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    """Row 129: a far side that takes its time over the receipt does not hold the next page."""
    async with fetching(tmp_path, plan="every: 10s, timeout: 30ms") as (_, (one,)):
        source = one.ask(Source("P1", "P2"))
        source.hears = Gate("P1")
        told = await one.go()
        assert (told["run"]["state"], told["run"]["unconfirmed"], source.told) == ("done", 1, ["P2"])


class Speechless(Adapter):
    """Fetches nothing, whatever a home says."""

    brings = frozenset({PAPER})


async def test_a_system_that_does_not_fetch_fails_its_job(tmp_path: Path) -> None:
    """`lgsp check` says so before; a process that runs with it all the same does not fall over it."""
    async with fetching(tmp_path) as (_, (one,)):
        one.member.systems[DESK].adapter = Speechless(None, None)  # type: ignore[arg-type]
        told = await one.go()
        assert told["run"]["cause"] == "adapter-bug"
        assert "does not fetch" in told["run"]["said"]


async def test_a_cursor_that_is_no_json_is_a_bug_of_the_adapter(tmp_path: Path) -> None:
    """Nothing of its page is taken on, and the source is not told."""
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Odd("P1"))
        assert (await one.go())["run"]["cause"] == "adapter-bug"
        assert (source.told, await one.papers()) == ([], [])


class Odd(Source):
    """Gives a cursor that cannot be kept."""

    async def fetch(self, job: str, cursor: Any) -> Any:
        """Spoil the cursor of each page."""
        async for page in super().fetch(job, cursor):
            object.__setattr__(page, "cursor", object())
            yield page


async def test_an_end_that_cannot_be_noted_is_found_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 127: the journal was away just then; the run is cut short, and the job goes on after its pause."""
    async with fetching(tmp_path) as (us, (one,)):
        source = one.ask(Source("P1"))
        plain = job_runs.finish

        def fails(*_: Any) -> bool:
            raise JournalError("writing to the journal: away")

        monkeypatch.setattr(job_runs, "finish", fails)
        assert (await one.go())["state"] == "running"
        monkeypatch.setattr(job_runs, "finish", plain)
        assert ((await one.go())["state"], (await one.job())["run"]["cause"]) == ("waiting", "lost")
        us.step(11)
        source.waits.append("P2")
        assert (await one.go())["run"]["state"] == "done"
        assert await one.papers() == ["P1", "P2"]


async def test_looking_goes_on_when_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is away, or there is a bug: whose turn it is is looked at again."""
    monkeypatch.setattr("lgsp.fetching._TICK", 0.001)
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Source("P1"))
        plain, faults = (
            one.member.journal.read,
            [JournalError("reading the journal: away"), ValueError("bug")],
        )

        async def read(query: Any) -> Any:
            if faults:
                raise faults.pop()
            return await plain(query)

        monkeypatch.setattr(one.member.journal, "read", read)
        running = asyncio.create_task(one.fetcher.run())
        async with asyncio.timeout(30):
            while not source.told:  # noqa: ASYNC110 - it runs by itself
                await asyncio.sleep(0.005)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_process_that_may_take_no_work_runs_no_jobs(tmp_path: Path) -> None:
    """It cannot load the routes in force, or lost its lease: it begins nothing that it could not go on with."""
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Source("P1"))
        one.member.gateway.unready = "version 7 of the routes cannot be loaded here"
        await one.begin()
        one.member.gateway.unready = ""
        one.member.ticks.now += LEASE
        await one.begin()
        assert (source.asked, await one.runs()) == ([], [])
        await one.member.lease.beat()
        await one.go()
        assert source.told == ["P1"]

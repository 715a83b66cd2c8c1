"""Jobs that fetch: pages, cursors and confirmations in their order, and one process at a time."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Page
from lgsp.domain.agencies.facts import Fact
from lgsp.errors import Invalid, Problem
from lgsp.journal import job_orders
from lgsp.journal.contract import JournalError
from lgsp.leases import LEASE
from lgsp.message import Raw
from tests.core.source_side import NAME, Gate, Source, fetching, stumbling

_TURNS = 3
"""Of the loop: the stop begins, its cancelling reaches the run, and the run what it awaits."""


async def test_what_the_source_lists_is_taken_on_page_by_page(tmp_path: Path) -> None:
    """Row 121: each page is journalled with the cursor behind it, and only then the source is told."""
    async with fetching(tmp_path) as (us, (one,)):
        source = one.ask(Source("P1", "P2", "P3"))
        held: list[list[str]] = []

        async def look(_: str) -> None:
            held.append(await one.papers())

        source.hears = look
        told = await one.go()
        assert (await one.papers(), source.told) == (["P1", "P2", "P3"], ["P1", "P2", "P3"])
        assert [len(papers) for papers in held] == [1, 2, 3]
        assert (told["state"], told["failures"], told["run"]["state"]) == ("waiting", 0, "done")
        assert (told["run"]["pages"], told["run"]["new"], told["run"]["who"]) == (3, 3, "schedule")
        assert source.closed == 1
        us.step(11)
        source.waits.append("P4")
        await one.go()
        assert source.asked == [(NAME, None), (NAME, 3)]
        assert (await one.runs())[0]["new"] == 1


async def test_nothing_new_is_a_run_as_well(tmp_path: Path) -> None:
    """A source that has nothing was asked all the same, and that is known."""
    async with fetching(tmp_path) as (_, (one,)):
        one.ask(Source())
        told = await one.go()
        assert (told["run"]["state"], told["run"]["pages"]) == ("done", 0)
        assert told["succeeded_at"] is not None


async def test_a_page_that_was_not_confirmed_comes_again_and_is_known(tmp_path: Path) -> None:
    """Row 122: the process dies between the commit and the confirmation; another one fetches the page again."""
    async with fetching(tmp_path, 2) as (us, (here, there)):
        source = there.ask(here.ask(Source("P1", "P2")))
        gate = source.hears = Gate("P1")
        await here.begin()
        await gate.came.wait()
        for task in here.fetcher._tasks:
            task.cancel()
        await asyncio.gather(*here.fetcher._tasks, return_exceptions=True)
        assert (await here.papers(), source.told) == (["P1"], [])
        gate.open.set()
        us.step(1)
        told = await there.go()
        assert (await there.papers(), source.told) == (["P1", "P2"], ["P1", "P2"])
        assert (told["run"]["new"], told["run"]["known"], source.asked[-1]) == (1, 1, (NAME, 1))


async def test_the_source_is_told_of_nothing_that_is_not_journalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 123: the journal is away: the run fails, the cursor stays, and the page comes again."""
    async with fetching(tmp_path) as (us, (one,)):
        source = one.ask(Source("P1", "P2"))
        plain, faults = one.member.journal.accept, [JournalError("writing to the journal: away")]

        async def accept(arrival: Any) -> Any:
            if arrival.raw.read() == b"P2" and faults:
                raise faults.pop()
            return await plain(arrival)

        monkeypatch.setattr(one.member.journal, "accept", accept)
        told = await one.go()
        assert source.told == ["P1"]
        assert (told["run"]["state"], told["run"]["cause"], told["failures"]) == (
            "failed", "journal-unavailable", 1,
        )  # fmt: skip
        us.step(11)
        await one.go()
        assert (source.asked[-1], source.told, await one.papers()) == ((NAME, 1), ["P1", "P2"], ["P1", "P2"])


async def test_a_process_that_slept_through_its_lease_moves_nothing_back(tmp_path: Path) -> None:
    """Row 124: it wakes with a page that another one has taken meanwhile; nothing of it counts."""
    async with fetching(tmp_path, 2) as (us, (here, there)):
        slow, quick = here.ask(Source("P1", "P2")), there.ask(Source("P1", "P2", "P3"))
        gate = slow.before = Gate("P2")
        await here.begin()
        await gate.came.wait()
        await us.pass_time(LEASE + 6, there.member)
        await there.member.sweeper._sweep(0)
        await there.begin()
        us.step(11)
        await there.go()
        assert quick.asked == [(NAME, 1)]
        gate.open.set()
        await here.rest()
        assert (slow.told, await here.papers()) == (["P1"], ["P1", "P2", "P3"])
        assert [(one["state"], one["cause"]) for one in await here.runs()] == [
            ("done", ""), ("cut short", "lost"),
        ]  # fmt: skip
        rows = await here.member.journal.read(lambda tx: tx.rows("SELECT cursor FROM cursors"))
        assert rows == [("4",)]


async def test_without_a_lease_the_source_is_not_asked(tmp_path: Path) -> None:
    """Row 124: nothing is begun, and no request of a run under way goes out."""
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Source("P1", "P2", "P3"))
        gate = source.before = Gate("P2")
        await one.begin()
        await gate.came.wait()
        one.member.ticks.now += LEASE
        gate.open.set()
        await one.rest()
        assert source.gave == ["P1", "P2"]
        assert [(run["state"], run["cause"]) for run in await one.runs()] == [("cut short", "fenced")]


async def test_of_many_processes_one_asks(tmp_path: Path) -> None:
    """Row 125: they all find it due in the same instant, and again while it runs for longer than its interval."""
    async with fetching(tmp_path, 3) as (us, ones):
        sources = [one.ask(Source("P1", "P2")) for one in ones]
        gate = Gate("P1")
        for source in sources:
            source.before = gate
        await asyncio.gather(*(one.begin() for one in ones))
        us.step(60)
        await asyncio.gather(*(one.begin() for one in ones))
        gate.open.set()
        await asyncio.gather(*(one.rest() for one in ones))
        assert sum(len(source.asked) for source in sources) == 1
        assert len(await ones[0].runs()) == 1


async def test_a_stop_finishes_the_page_that_is_here(tmp_path: Path) -> None:
    """Row 128: it is taken and confirmed; the next one is not asked for; another process goes on at once."""
    async with fetching(tmp_path, 2) as (us, (here, there)):
        source = there.ask(here.ask(Source("P1", "P2", "P3")))
        gate = source.hears = Gate("P2")
        await here.begin()
        await gate.came.wait()
        stopping = asyncio.create_task(here.fetcher.stop(5))
        await asyncio.sleep(0.02)
        gate.open.set()
        await stopping
        assert (source.told, await here.papers()) == (["P1", "P2"], ["P1", "P2"])
        assert [(one["state"], one["cause"]) for one in await here.runs()] == [("cut short", "stopped")]
        assert (source.closed, source.gave) == (1, ["P1", "P2"])
        us.step(1)
        await here.begin()
        await there.go()
        assert (source.asked[-1], await there.papers()) == ((NAME, 2), ["P1", "P2", "P3"])


@pytest.mark.parametrize("where", ["before", "hears"])
async def test_a_stop_drops_what_does_not_come(tmp_path: Path, where: str) -> None:
    """Row 128: a page that is not here yet at once, a word that is not heard after the grace; both whole.

    At once is: in the very turns of the loop in which the stop begins, whatever its grace.
    """
    async with fetching(tmp_path, 2) as (us, (here, there)):
        source = there.ask(here.ask(Source("P1", "P2")))
        gate = Gate("P2")
        setattr(source, where, gate)
        await here.begin()
        await gate.came.wait()
        stopping = asyncio.create_task(here.fetcher.stop(5 if where == "before" else 0.02))
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        assert gate.dropped == (where == "before")
        await stopping
        assert gate.dropped
        got = ["P1"] if where == "before" else ["P1", "P2"]
        assert (source.told, source.closed, await here.papers()) == (["P1"], 1, got)
        assert [(one["state"], one["cause"]) for one in await here.runs()] == [("cut short", "stopped")]
        gate.open.set()
        us.step(1)
        await there.go()
        assert (source.asked[-1], await there.papers()) == ((NAME, len(got)), ["P1", "P2"])
        assert source.told == ["P1", "P2"]


async def test_a_confirmation_that_fails_is_counted_and_harms_nothing(tmp_path: Path) -> None:
    """Row 129: the run goes on; the page comes again, is known, and is confirmed then."""
    async with fetching(tmp_path) as (us, (one,)):
        source = one.ask(Source("P1", "P2"))
        source.hears = stumbling(ValueError("a bug"), "P1")
        told = await one.go()
        assert (told["run"]["state"], told["run"]["unconfirmed"], source.told) == ("done", 1, ["P2"])
        us.step(11)
        told = await one.go()
        assert (told["run"]["known"], told["run"]["new"], told["run"]["unconfirmed"]) == (1, 0, 0)
        assert (source.told, await one.papers()) == (["P2", "P1"], ["P1", "P2"])


async def test_newer_routes_go_on_where_the_older_stopped(tmp_path: Path) -> None:
    """Row 131: a run ends behind its page when its adapter was replaced, and begins anew with the new one."""
    async with fetching(tmp_path) as (us, (one,)):
        old = one.ask(Source("P1", "P2"))
        gate = old.before = Gate("P1")
        await one.begin()
        await gate.came.wait()
        new = one.ask(Source("P2", "P3"))
        gate.open.set()
        await one.rest()
        assert [(run["state"], run["cause"]) for run in await one.runs()] == [("cut short", "changed")]
        us.step(1)
        await one.go()
        assert (old.gave, new.asked, await one.papers()) == (["P1"], [(NAME, 1)], ["P1", "P2", "P3"])


async def test_an_adapter_that_is_closed_under_its_run_is_no_failure(tmp_path: Path) -> None:
    """Row 131: whatever it raises then, newer routes go on at once."""
    async with fetching(tmp_path) as (_, (one,)):
        old = one.ask(Source("P1"))
        old.before = stumbling(RuntimeError("session is closed"), "P1")
        plain = old.before

        async def replaced(name: str) -> None:
            one.ask(Source("P1"))
            await plain(name)

        old.before = replaced
        told = await one.go()
        assert (told["run"]["cause"], told["failures"]) == ("changed", 0)


async def test_a_pause_stops_a_run_behind_its_page(tmp_path: Path) -> None:
    """Row 135: and its schedule rests; a run that a person asked for after that goes through."""
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Source("P1", "P2"))
        gate = source.before = Gate("P1")
        await one.begin()
        await gate.came.wait()
        await one.order(job_orders.pause)
        await one.begin()
        gate.open.set()
        await one.rest()
        assert (await one.job())["run"]["cause"] == "paused"
        assert (await one.go())["state"] == "paused"
        assert await one.papers() == ["P1"]
        await one.order(job_orders.ask)
        assert (await one.go())["run"]["who"] == "operator"
        assert await one.papers() == ["P1", "P2"]


async def test_no_more_pages_a_second_than_a_ministry_asks_for(tmp_path: Path) -> None:
    """Five pages at twenty a second take at least four twentieths of one."""
    async with fetching(tmp_path, plan="every: 10s, rate: 20/s") as (_, (one,)):
        one.ask(Source("P1", "P2", "P3", "P4", "P5"))
        began = time.monotonic()
        await one.go()
        assert time.monotonic() - began >= 0.2
        assert len(await one.papers()) == 5


class Heavy(Source):
    """Notes how many of its pages are alive when the next one is asked for."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.pages: list[weakref.ref[Any]] = []
        self.alive: list[int] = []

    async def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Make pages that can be watched."""
        for name in list(self.waits):
            gc.collect()
            self.alive.append(sum(page() is not None for page in self.pages))
            yield self._page(name)

    def _page(self, name: str) -> Page:
        async def confirm() -> None:
            self.told.append(name)

        self.pages.append(weakref.ref(confirm))
        return Page(self.items(name), Raw.of(name.encode()), 1, confirm)


async def test_one_page_at_a_time_is_in_memory(tmp_path: Path) -> None:
    """What is behind a page with a large file is let go of before the next one is asked for."""
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Heavy("P1", "P2", "P3"))
        assert isinstance(source, Heavy)
        await one.go()
        assert (source.alive, source.told) == ([0, 0, 0], ["P1", "P2", "P3"])


class Broken(Source):
    """Brings with each paper one that cannot be read."""

    def items(self, name: str) -> Sequence[Any]:
        """Return a paper, and what is none."""
        return [Invalid([Problem("/code", "required")], subject=f"not {name}"), *super().items(name)]


async def test_what_cannot_be_read_lies_in_quarantine_and_the_page_counts(tmp_path: Path) -> None:
    """As at the door: kept verbatim with the reason; the rest of the page is taken on, and confirmed."""
    async with fetching(tmp_path) as (_, (one,)):
        source = one.ask(Broken("P1"))
        told = await one.go()
        assert (told["run"]["new"], told["run"]["rejected"], source.told) == (1, 1, ["P1"])
        rows = await one.member.journal.read(lambda tx: tx.rows("SELECT source, subject FROM quarantine"))
        assert rows == [("desk", "not P1")]


class Listing(Source):
    """Brings pages of agencies, and no messages."""

    async def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Bring two agencies a page."""
        for n in range(1, 5, 2):
            facts = [Fact(f"H44.{n + i}", f"Phòng {n + i}", source="the list") for i in range(2)]
            yield Page((), Raw.of(b"[]"), None, facts=facts)


async def test_pages_of_agencies_become_facts(tmp_path: Path) -> None:
    """They commit with the cursor, and a run that ends well says that the list was whole."""
    async with fetching(tmp_path) as (us, (one,)):
        one.ask(Listing())
        told = await one.go()
        assert (told["run"]["pages"], told["run"]["facts"]["new"], told["run"]["whole"]) == (2, 4, True)
        us.step(11)
        assert (await one.go())["run"]["facts"] == {"new": 0, "changed": 0, "gone": 0}

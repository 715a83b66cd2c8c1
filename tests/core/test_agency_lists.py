"""What a job brings of a list, every process learns: all of it at its start, later what is new, off its loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from lgsp.domain.agencies.facts import Fact
from lgsp.domain.agencies.listing import Listing
from lgsp.domain.agencies.resolution import Standing
from lgsp.following import Follower
from lgsp.journal import agencies, agency_lists
from lgsp.learning import Lists, learn_facts
from lgsp.message import VIETNAM
from lgsp.routing import body_of, served_by
from lgsp.standings import Standings
from lgsp.testing.rules.agency_lists import AXIS, JOB, agency, many
from tests.core.rig import Rig, rig

DAY = datetime.now(VIETNAM).date()
"""What a list tells is so from the day on which it was told."""


class Clock:
    """Seconds that pass when they are told to, and with each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time; each look at it takes a tenth."""
        self.now += 0.1
        return self.now


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Rig]:
    """A process."""
    async with rig(tmp_path) as one:
        yield one


async def bring(here: Rig, claims: Any, run: int = 1, system: str = AXIS) -> None:
    """Bring a list whole."""
    await here.journal.write(lambda tx: agency_lists.bring(tx, system, JOB, claims, run))
    await here.journal.write(lambda tx: agency_lists.brought(tx, system, JOB, run))


def names(here: Rig, *codes: str) -> list[str | None]:
    """Return what the process calls agencies."""
    facts = [here.gateway.agencies.resolve(code, DAY) for code in codes]
    return [found.fact.name if found.known and found.fact else None for found in facts]


async def test_a_process_learns_lists_and_then_what_is_new_of_them(here: Rig) -> None:
    """More than a page of rows, of two lists; a list that came later stands behind those that are known."""
    clock = Clock()
    lists = Lists(here.gateway, clock)
    await lists.look()
    assert len(here.gateway.agencies.lists) == 0
    await bring(here, many(2500))
    await lists.look()
    assert names(here, "H44.0", "H44.2499", "H44.2500") == ["Xã 0", "Xã 2499", None]
    known = here.gateway.agencies
    clock.now += 1000
    await lists.look()
    assert here.gateway.agencies is known
    await bring(here, [*many(2499), *agency(2499, "Phường")], 2)
    await bring(here, many(1, 2500), 1, "a-list-before")
    clock.now += 1000
    await lists.look()
    assert names(here, "H44.2499", "H44.2500") == ["Phường", "Xã 2500"]
    assert [source.name for source in here.gateway.agencies.lists.sources] == [
        "axis agencies",
        "a-list-before agencies",
    ]
    assert here.gateway.agencies.lists.heads == (2501, 1)
    anew = Lists(here.gateway, clock)
    here.gateway.agencies = here.gateway.agencies.with_lists(Listing())
    await anew.look()
    assert names(here, "H44.2499", "H44.2500") == ["Phường", "Xã 2500"]


async def test_news_that_is_dear_to_take_in_is_taken_in_seldom(here: Rig) -> None:
    """While a list comes page by page each process takes news in at most a fiftieth of its time."""
    clock = Clock()
    lists = Lists(here.gateway, clock)
    await bring(here, many(1))
    await lists.look()
    await here.journal.write(lambda tx: agency_lists.bring(tx, AXIS, JOB, many(2), 2))
    clock.now += 4
    await lists.look()
    assert names(here, "H44.1") == [None]
    clock.now += 2
    await lists.look()
    assert names(here, "H44.1") == ["Xã 1"]


async def test_facts_and_lists_that_are_learnt_at_once_do_not_undo_each_other(here: Rig) -> None:
    """Row 149: each puts its own half on what the process knows when it is done, not on what it began with."""
    await bring(here, many(3))
    fact = Fact("H44.99", "Sở Mới", source="QĐ 1")
    await here.journal.write(lambda tx: agencies.add(tx, [fact], "operator"))
    read, lists = here.journal.read, Lists(here.gateway)
    held, go_on = asyncio.Event(), asyncio.Event()

    async def slow(query: Any) -> Any:
        found = await read(query)
        if query is agencies.register:
            held.set()
            await go_on.wait()
        return found

    here.journal.read = slow
    learning = asyncio.create_task(learn_facts(here.gateway))
    await held.wait()
    await lists.look()
    go_on.set()
    await learning
    here.journal.read = read
    assert names(here, "H44.1", "H44.99") == ["Xã 1", "Sở Mới"]
    follower = Follower(here.gateway, Standings(here.gateway), lambda *_: pytest.fail("no newer routes"))
    await here.journal.write(lambda tx: agencies.add(tx, [fact._replace(code="H44.98")], "operator"))
    await follower.look()
    assert names(here, "H44.1", "H44.98") == ["Xã 1", "Sở Mới"]


@pytest.mark.parametrize("left", ["WHERE version > 2", ""])
async def test_a_journal_that_was_restored_is_learnt_anew(here: Rig, left: str) -> None:
    """Row 150: versions that are lower than those that are known, or lists that are gone, begin from nothing."""
    clock = Clock()
    lists = Lists(here.gateway, clock)
    await bring(here, many(3))
    await lists.look()

    def restore(tx: Any) -> None:
        tx.run(f"DELETE FROM agency_entries {left}", [()])
        tx.run(
            "UPDATE agency_lists SET version = 2, size = 2, seen = x'06'"
            if left
            else "DELETE FROM agency_lists",
            [()],
        )

    await here.journal.write(restore)
    clock.now += 1000
    await lists.look()
    assert names(here, "H44.1", "H44.2") == (["Xã 1", None] if left else [None, None])


async def test_what_a_list_closes_does_not_stop_a_process(here: Rig) -> None:
    """A code that a list has no more is closed from its day; what was known of others stays."""
    await bring(here, many(30))
    await bring(here, many(29), 2)
    await Lists(here.gateway).look()
    assert here.gateway.agencies.resolve("H44.29", date(9999, 1, 1)).standing is Standing.CLOSED
    assert here.gateway.agencies.resolve("H44.28", date(9999, 1, 1)).standing is Standing.LIVE


async def test_looking_goes_on_after_a_fault(here: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that is away, or a slip of ours, costs one look."""
    monkeypatch.setattr("lgsp.learning.LOOK", 0)
    await bring(here, many(1))
    read, left = here.journal.read, [OSError("slip"), agency_lists.StaleRunError("away")]

    async def failing(query: Any) -> Any:
        if left:
            raise left.pop()
        return await read(query)

    here.journal.read = failing
    running = asyncio.create_task(Lists(here.gateway).run())
    async with asyncio.timeout(30):
        while names(here, "H44.0") == [None]:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
    running.cancel()
    assert not left


async def test_a_receiver_under_its_other_code_is_the_one_that_the_list_says(here: Rig) -> None:
    """Routing takes both codes for one body, and serves the body, whatever its old code looks like."""
    await bring(here, [*agency(20, old="000.00.14.H56"), *agency(21)])
    await Lists(here.gateway).look()
    known = here.gateway.agencies
    assert {body_of(known, code, DAY) for code in ("000.00.14.H56", "00.14.H56", "H44.20")} == {"H44.20"}
    assert body_of(known, "H44.21", DAY) == "H44.21"
    assert served_by(["H44"], "000.00.14.H56", known)
    assert not served_by(["H44"], "000.00.15.H56", known)

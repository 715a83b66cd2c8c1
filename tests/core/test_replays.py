"""Orders that take their time, at work: bulk replays at their rate, drains, and what revives nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Accepted
from lgsp.api.acts import _record
from lgsp.errors import Refused
from lgsp.health import Standing
from lgsp.journal import acting, reading, replaying
from lgsp.journal.contract import JournalError, Wanted
from lgsp.journal.replaying import Order, Selection
from lgsp.replayer import Replayer
from lgsp.testing.making import SYSTEM
from tests.core.rig import Portal, Rig, away, dossier, odd, progress, rig, slow


class Hours:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


async def dead(one: Rig, count: int) -> list[Accepted]:
    """Tell dossiers and see each refused."""
    receipts = []
    for n in range(count):
        one.portal.script.append(Refused("field-rejected"))
        receipts.append(await one.told(dossier(f"K{n}")))
        await one.go()
    assert await one.states(*receipts) == ["refused"] * count
    return receipts


async def ask(one: Rig, rate: int = 1000) -> int:
    """Start a replay of all that is dead; return its number."""
    order = Order("one", "operator", "mended", rate)
    replay, _ = await one.journal.write(lambda tx: replaying.ask(tx, Selection(SYSTEM), order))
    return int(replay["id"])


async def shown(one: Rig, number: int) -> Any:
    """Return a replay as people see it."""
    return await one.journal.read(lambda tx: replaying.find(tx, number))


async def until(true: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait for something that comes true by itself."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110 - it stands in the journal
            await asyncio.sleep(0.005)


async def test_a_replay_is_delivered_beside_live_traffic(tmp_path: Path) -> None:
    """From the order to the far side, with everything at work; the dead go once, and the live too."""
    async with rig(tmp_path) as one:
        receipts = await dead(one, 12)
        number = await ask(one)
        replayer = asyncio.create_task(Replayer(one.gateway).run())
        async with one.working():
            live = [await one.told(dossier(f"L{n}")) for n in range(5)]
            await one.rest("delivered")
        replayer.cancel()
        await asyncio.gather(replayer, return_exceptions=True)
        assert set(await one.states(*receipts, *live)) == {"delivered"}
        assert len(one.portal.log) == 12 + 12 + 5
        assert (await shown(one, number))["done"] == 12


async def test_the_rate_is_kept(tmp_path: Path) -> None:
    """Four a second: none before its time, and a pause of ours is not made up for by a flood."""
    async with rig(tmp_path) as one:
        await dead(one, 30)
        clock = Hours()
        replayer, number = Replayer(one.gateway, clock=clock), await ask(one, rate=4)
        done = []
        for passed in (0.0, 0.1, 0.2, 0.25, 0.25, 60.0):
            clock.now += passed
            await replayer.step()
            done.append((await shown(one, number))["done"])
        assert done == [0, 0, 1, 2, 3, 7]


async def test_a_slow_rate_comes_to_something_too(tmp_path: Path) -> None:
    """One a second is saved up for over several looks."""
    async with rig(tmp_path) as one:
        await dead(one, 3)
        clock = Hours()
        replayer, number = Replayer(one.gateway, clock=clock), await ask(one, rate=1)
        for _ in range(9):
            clock.now += 0.25
            await replayer.step()
        assert (await shown(one, number))["done"] == 2


async def test_only_the_elected_process_replays(tmp_path: Path) -> None:
    """Another one may take over at any moment, and begins with the rate, not with what was missed."""
    async with rig(tmp_path) as one:
        await dead(one, 9)
        clock, mine = Hours(), [False]
        replayer, number = Replayer(one.gateway, lambda _: mine[0], clock), await ask(one, rate=4)
        clock.now += 100.0
        await replayer.step()
        assert (await shown(one, number))["done"] == 0
        mine[0] = True
        clock.now += 0.5
        await replayer.step()
        assert (await shown(one, number))["done"] == 2


async def test_a_killed_process_leaves_no_gap_and_no_double(tmp_path: Path) -> None:
    """What it had brought back goes, what it had not comes back in the next process."""
    portal = Portal()
    async with rig(tmp_path, portal=portal) as one:
        await dead(one, 6)
        number = await ask(one)
        await one.journal.write(lambda tx: replaying.step(tx, number, 4))
    async with rig(tmp_path, portal=portal) as two, two.working():
        replayer = Replayer(two.gateway, clock=(clock := Hours()))
        for _ in range(3):
            clock.now += 0.25
            await replayer.step()
        await two.rest("delivered")
        assert sorted(data["key"] for data in portal.log[6:]) == [f"K{n}" for n in range(6)]
        assert (await shown(two, number))["state"] == "done"


async def test_a_journal_that_fails_once_ends_no_replay(tmp_path: Path) -> None:
    """Nor does a bug: the next look goes on."""
    async with rig(tmp_path) as one:
        await dead(one, 2)
        number = await ask(one)
        plain, faults = one.journal.write, [JournalError("writing to the journal: full"), ValueError("a bug")]

        async def write(act: Any) -> Any:
            if faults:
                raise faults.pop()
            return await plain(act)

        one.journal.write = write
        task = asyncio.create_task(Replayer(one.gateway).run())

        async def done() -> bool:
            return bool((await shown(one, number))["state"] == "done")

        await until(done)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await shown(one, number))["done"] == 2


@pytest.mark.parametrize("change", [("retry: [5ms, 10ms, 15ms]", "retry: [5ms, 5ms, 5ms, 5ms, 5ms, 5ms]"),
                                    ("type: dossier.v1, to: [portal]", "type: dossier.v1, to: [portal, desk]"),
                                    ("suspend_after: 3", "suspend_after: 9")])  # fmt: skip
async def test_publishing_routes_revives_nobody(tmp_path: Path, change: tuple[str, str]) -> None:
    """Old failures stay where they are when more retries are allowed, or other routes are in force."""
    portal = Portal()
    async with rig(tmp_path, portal=portal) as one:
        portal.script.extend([odd()] * 4)
        receipt = await one.told(dossier("K1"))
        refused = await one.told(progress("K1"))
        async with one.working():
            await one.rest("exhausted", "parked", "refused")
        await one.journal.write(lambda tx: acting.publish(tx, "first", "test"))
    sent = len(portal.log)
    async with rig(tmp_path, portal=portal, changes=[change]) as two:
        await two.journal.write(lambda tx: acting.publish(tx, two.gateway.routes.text, "test"))
        goes: Any = [(Wanted("desk"), None)]
        await two.journal.write(lambda tx: acting.route_unrouted(tx, lambda _: goes))
        replayer = asyncio.create_task(Replayer(two.gateway).run())
        async with two.working():
            await asyncio.sleep(0.5)
        replayer.cancel()
        await asyncio.gather(replayer, return_exceptions=True)
        assert await two.states(receipt, refused) == ["exhausted", "parked"]
    assert len(portal.log) == sent


# --- drains -------------------------------------------------------------------------------------------------


async def test_a_drained_system_finishes_what_is_on_its_way_and_rests(tmp_path: Path) -> None:
    """What the broker holds is sent, what came meanwhile waits in the journal, and a resume sends that too."""
    async with rig(tmp_path, changes=[("concurrency: 4", "concurrency: 1")]) as one:
        one.portal.script.extend(slow(0.02) for _ in range(6))
        before = await one.tell(*(dossier(f"K{n}") for n in range(6)))
        await _drain(one)
        after = await one.tell(*(dossier(f"L{n}") for n in range(4)))
        replayer = asyncio.create_task(Replayer(one.gateway).run())
        async with one.working():

            async def paused() -> bool:
                return one.to.health.standing is Standing.PAUSED

            await until(paused)
            assert await one.states(*before, *after) == ["delivered"] * 6 + ["ready"] * 4
            assert await one.journal.read(reading.standings) == {SYSTEM: ("paused", "drained")}
            await asyncio.sleep(0.3)
            assert one.broker.depth(SYSTEM) == 0
            assert len(one.portal.log) == 6
            one.to.health.resume(time.monotonic())
            one.lane.wake()
            await one.rest("delivered")
        replayer.cancel()
        await asyncio.gather(replayer, return_exceptions=True)


async def test_a_line_under_way_is_finished_by_a_drain(tmp_path: Path) -> None:
    """A dossier that is on its way goes with its progress: nothing is left half told."""
    async with rig(tmp_path, changes=[("timeout: 300ms", "timeout: 30s")]) as one:
        one.portal.script.append(slow(0.5))
        first, second = await one.tell(dossier("K1"), progress("K1"))
        replayer = asyncio.create_task(Replayer(one.gateway).run())
        async with one.working():
            async with asyncio.timeout(30):
                while not one.portal.log:  # noqa: ASYNC110 - the far side's own log
                    await asyncio.sleep(0.005)
            await _drain(one)

            async def paused() -> bool:
                return one.to.health.standing is Standing.PAUSED

            await until(paused)
        replayer.cancel()
        await asyncio.gather(replayer, return_exceptions=True)
        assert await one.states(first, second) == ["delivered", "delivered"]


async def test_what_is_put_off_stays_put_off_through_a_drain(tmp_path: Path) -> None:
    """A retry that falls due is something new for the broker: it waits for the resume."""
    async with rig(tmp_path) as one:
        one.portal.script.append(odd())
        receipt = await one.told(dossier("K1"))
        await one.go()
        await _drain(one)
        await asyncio.sleep(0.02)
        await one.sweeper._due()
        assert await one.states(receipt) == ["put off"]
        await Replayer(one.gateway).step()
        assert one.to.health.standing is Standing.PAUSED
        one.to.health.resume(time.monotonic())
        await one.sweeper._due()
        await one.go()
        assert await one.states(receipt) == ["delivered"]


async def test_a_resume_by_a_person_releases_in_the_same_transaction(tmp_path: Path) -> None:
    """Whatever process takes the order: what was put off for the system's sake is ready with the standing."""
    async with rig(tmp_path) as one:
        one.portal.script.append(away())
        receipt = await one.told(dossier("K1"))
        await one.go()
        cause = one.to.health.cause
        await one.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "suspended", cause, "gateway"))
        assert await one.states(receipt) == ["put off"]
        one.to.health.resume(time.monotonic())
        await one.journal.write(lambda tx: _record(tx, SYSTEM, one.to.health, "operator", "bảo trì"))
        assert await one.states(receipt) == ["ready"]
        assert await one.journal.read(reading.standings) == {SYSTEM: ("running", None)}


async def _drain(one: Rig) -> None:
    await one.journal.write(lambda tx: acting.set_system(tx, SYSTEM, "draining", "draining", "operator"))
    one.to.health.drain(time.monotonic())
    one.lane.wake()


@pytest.mark.parametrize("cause", [None, "odd"])
async def test_a_page_of_a_replay_does_not_sort_all_the_dead(tmp_path: Path, cause: str | None) -> None:
    """Each page begins where the last one ended, in an order that the database keeps anyhow."""
    async with rig(tmp_path) as one:
        asked: list[str] = []

        def listening(tx: Any) -> Any:
            plain = tx.rows
            tx.rows = lambda sql, values=(): (asked.append(sql), plain(sql, values))[1]
            return tx

        order = Order("one", "operator", "mended", 9)
        await one.journal.write(lambda tx: replaying.ask(tx, Selection(SYSTEM, cause=cause), order))

        def step(tx: Any) -> None:
            replaying.step(listening(tx), 1, 5)
            del tx.rows

        await one.journal.write(step)
        (page,) = [sql for sql in asked if "ORDER BY d.id" in sql]
        plan = await one.journal.read(lambda tx: tx.rows(f"EXPLAIN QUERY PLAN {page}", [0] * page.count("?")))
        assert "TEMP B-TREE" not in str([tuple(row) for row in plan])

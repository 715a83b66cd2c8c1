"""Lanes that send runs: in order, told in time, let go where they may not be sent."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lgsp.adapter import Receipt
from lgsp.journal.contract import JournalError
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Outcome, Settled
from lgsp.spool import Spool
from lgsp.testing.making import SYSTEM
from tests.core.rig import TAKEN, Rig, dossier, odd, progress, rig, slow


def _held(gate: asyncio.Event) -> Any:
    """Return an answer that comes when a gate is opened."""

    async def answer(_: Any) -> Receipt:
        await gate.wait()
        return TAKEN

    return answer


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what nothing tells of."""
    async with asyncio.timeout(30):
        while not await done():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.005)


async def _sent(one: Rig, count: int) -> None:
    """Wait until so many were sent to the far side."""

    async def enough() -> bool:
        return len(one.portal.log) >= count

    await _until(enough)


async def _told_behind(one: Rig, *answers: Any, count: int = 20) -> list[Any]:
    """Tell a dossier, and so many steps that wait behind it; those are answered so, and then taken."""
    gate = asyncio.Event()
    one.portal.script.extend([_held(gate), *answers])
    receipts = [await one.told(dossier())]
    await _sent(one, 1)
    receipts += [await one.told(progress(step=n)) for n in range(count)]
    gate.set()
    return receipts


async def test_a_long_line_goes_in_order_with_few_words(tmp_path: Path) -> None:
    """Row 83: twenty wait behind one; the journal is told of them together, not one by one."""
    async with rig(tmp_path) as one, one.working():
        plain, told = one.journal.settle, []

        async def settle(outcome: Outcome) -> Settled:
            told.append(len(outcome.each()))
            return await plain(outcome)

        one.journal.settle = settle  # type: ignore[method-assign]
        await _told_behind(one)
        await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, *range(20)]
        assert sum(told) == 21
        assert len(told) < 10


async def test_a_pause_in_the_middle_of_a_run_lets_the_rest_go(tmp_path: Path) -> None:
    """Row 84: what was not begun is in no doubt, has spent no patience, and goes when the system is resumed."""
    async with rig(tmp_path) as one, one.working():
        gate = asyncio.Event()
        receipts = await _told_behind(one, TAKEN, _held(gate))
        await _sent(one, 3)
        one.to.health.pause(time.monotonic())
        gate.set()
        await asyncio.sleep(0.2)
        assert len(one.portal.log) == 3
        shown = [await one.delivery(receipt) for receipt in receipts]
        assert not any(row["uncertain"] or row["lapses"] or row["patience"] for row in shown)
        one.to.health.resume(time.monotonic())
        one.lane.wake()
        await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, *range(20)]


async def test_a_run_that_cannot_be_told_lies_in_the_spool_as_one(tmp_path: Path) -> None:
    """Row 90: the journal is away when a run ends; nothing of it is sent twice, and the rest follows."""
    async with rig(tmp_path) as one:
        one.gateway.spool = Spool.open(tmp_path / "spool")
        plain, faults = one.journal.settle, [JournalError("writing to the journal: away")]

        async def settle(outcome: Outcome) -> Settled:
            if outcome.then and faults:
                raise faults.pop()
            return await plain(outcome)

        one.journal.settle = settle  # type: ignore[method-assign]
        async with one.working():
            await _told_behind(one)
            async with asyncio.timeout(30):
                while faults:  # noqa: ASYNC110 - it is raised once
                    await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
            assert await one.gateway.spool.drain(one.journal, one.gateway.apply) == 1
            await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, *range(20)]


async def test_a_failure_in_the_middle_of_a_run_keeps_the_order(tmp_path: Path) -> None:
    """Row 84: the one that failed is tried again before those behind it are sent."""
    async with rig(tmp_path) as one, one.working():
        await _told_behind(one, TAKEN, TAKEN, odd())
        await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, 0, 1, 2, *range(2, 20)]


async def _run_of(one: Rig, count: int = 12) -> deque[Claim]:
    """Deliver a dossier and return the run of the steps that waited behind it, held by the lane."""
    await one.told(dossier())
    (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
    await one.tell(*(progress(step=n) for n in range(count)))
    settled = await one.send(claim)
    assert settled.next is not None
    run = deque([settled.next, *settled.behind])
    one.lane.held.update(claim.delivery for claim in run)
    return run


async def _states(one: Rig, *deliveries: int) -> list[int]:
    sql = "SELECT id, state FROM deliveries UNION ALL SELECT id, state FROM history"
    found = dict(await one.journal.read(lambda tx: tx.rows(sql)))
    return [found[number] for number in deliveries]


async def _stands(one: Rig, delivery: int, state: State) -> bool:
    return await _states(one, delivery) == [state]


_PATIENT = [("timeout: 300ms", "timeout: 30s")]


async def test_a_stop_keeps_what_it_knows_to_be_delivered(tmp_path: Path) -> None:
    """Row 91: the second of a run hangs longer than the grace; the first is no more in doubt for that."""
    async with rig(tmp_path, changes=_PATIENT) as one:
        run = await _run_of(one)
        first, second, third = [claim.delivery for claim in run][:3]
        one.portal.script.extend([TAKEN, slow(30.0)])
        one.lane._go_before_all(run, one.gateway.worker)
        await _sent(one, 3)
        await one.lane.stop(0.01)
        assert await _states(one, first, second, third) == [State.DELIVERED, State.SENDING, State.WAITING]


async def test_what_is_delivered_is_told_although_the_next_takes_long(tmp_path: Path) -> None:
    """Row 91: outcomes are gathered for a tenth of a second, not for as long as the next one takes."""
    async with rig(tmp_path, changes=_PATIENT) as one:
        run = await _run_of(one)
        first, second = [claim.delivery for claim in run][:2]
        gate = asyncio.Event()
        one.portal.script.extend([TAKEN, _held(gate)])
        one.lane._go_before_all(run, one.gateway.worker)
        await _until(lambda: _stands(one, first, State.DELIVERED))
        assert await _states(one, first, second) == [State.DELIVERED, State.SENDING]
        gate.set()
        await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, *range(12)]


async def test_a_system_with_a_rate_is_told_of_one_by_one(tmp_path: Path) -> None:
    """Row 91: while the next waits for its pace, what was delivered is not kept from being told."""
    async with rig(tmp_path, changes=[("concurrency: 4", "concurrency: 4, rate: 1/s")]) as one:
        run = await _run_of(one)
        first = run[0].delivery
        one.lane._go_before_all(run, one.gateway.worker)
        await _until(lambda: _stands(one, first, State.DELIVERED))
        assert len(one.portal.log) == 2
        await one.lane.stop(2)


async def test_a_run_that_may_not_be_sent_is_held_by_nobody(tmp_path: Path) -> None:
    """Row 93: the lease was lost while it waited for a slot; what is looked for later is not left out for it."""
    async with rig(tmp_path) as one:
        run = await _run_of(one)
        one.gateway.fence = lambda _: False
        one.lane._go_before_all(run, one.gateway.worker)
        await asyncio.gather(*one.lane._walks)
        assert one.lane.held == set()


async def test_what_flies_while_the_journal_is_away_is_told_all_the_same(tmp_path: Path) -> None:
    """Row 91: those before it lie in the spool; its own outcome comes after theirs, and nothing is sent twice."""
    async with rig(tmp_path, changes=_PATIENT) as one:
        one.gateway.spool = Spool.open(tmp_path / "spool")
        run = await _run_of(one)
        plain, down = one.journal.settle, [True]

        async def settle(outcome: Outcome) -> Settled:
            if down:
                raise JournalError("writing to the journal: away")
            return await plain(outcome)

        one.journal.settle = settle  # type: ignore[method-assign]
        one.portal.script.extend([TAKEN, slow(0.3)])
        one.lane._go_before_all(run, one.gateway.worker)
        async with asyncio.timeout(30):
            await asyncio.gather(*one.lane._walks)
        assert len(one.portal.log) == 3
        down.clear()
        assert await one.gateway.spool.drain(one.journal, one.gateway.apply) == 2
        async with one.working():
            await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, *range(12)]

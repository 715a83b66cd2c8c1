"""Lanes at work: trials of a suspended system, slots and rates, pauses, stops."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Receipt
from lgsp.health import Standing
from lgsp.journal import reading
from lgsp.journal.contract import JournalError
from lgsp.journal.turns import Claim
from lgsp.message import Message
from lgsp.testing.making import SYSTEM
from lgsp.worker import _Claimed
from tests.core.rig import TAKEN, Portal, Rig, away, dossier, odd, rig, slow


async def test_a_system_that_failed_once_is_tried_again_without_new_traffic(tmp_path: Path) -> None:
    """Row 17: one message, one failure of the system, nothing else to send: it is delivered all the same."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(away())
        await one.told(dossier())
        await one.rest("delivered")
        assert len(one.portal.log) == 2


async def test_an_outage_ends_with_everything_delivered_and_no_patience_spent(tmp_path: Path) -> None:
    """Row 17: checks fail, then trials, then it is back; nobody died of it and every line is in order."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.extend(away() for _ in range(6))
        one.portal.checks.extend(away() for _ in range(3))
        for n in range(3):
            await one.tell(*(dossier(f"K{k}", n) for k in range(10)))
        await one.rest("delivered")
        assert {key: data["body"] for (_, key), data in one.portal.held.items()} == {
            f"K{k}": 2 for k in range(10)
        }
        shown = await one.journal.read(lambda tx: tx.rows("SELECT max(patience) FROM history"))
        assert shown == [(0,)]


async def test_failures_after_a_resume_suspend_again_and_are_released(tmp_path: Path) -> None:
    """Row 18: the system fails again just after it came back; the resume that ends it releases everybody."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.extend([away(), slow(0.0), away(), slow(0.0), away(), away()])
        await one.tell(*(dossier(f"K{k}") for k in range(12)))
        await one.rest("delivered")
        assert one.to.health.standing is Standing.RUNNING


async def test_one_poison_dossier_suspends_nobody(tmp_path: Path) -> None:
    """Row 19: it draws its odd answer again and again, dies of it, and the others go past it."""

    async def judged(message: Any) -> Any:
        await asyncio.sleep(0)
        return odd() if message.subject == "poison" else None

    portal = Portal()
    plain = portal.send

    async def send(message: Any) -> Any:
        fault = await judged(message)
        if fault:
            raise fault
        return await plain(message)

    portal.send = send  # type: ignore[method-assign]
    async with rig(tmp_path, portal=portal) as one, one.working():
        poison = await one.told(dossier("poison"))
        for k in range(10):
            await one.told(dossier(f"K{k}"))
            await asyncio.sleep(0.01)
        await one.rest("delivered", "exhausted")
        assert await one.states(poison) == ["exhausted"]
        assert await one.counted() == {"delivered": 10, "exhausted": 1}


async def test_no_more_than_the_agreed_number_is_sent_at_once(tmp_path: Path) -> None:
    """The system's concurrency is a bound."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.extend(slow(0.01) for _ in range(20))
        await one.tell(*(dossier(f"K{k}") for k in range(20)))
        await one.rest("delivered")
        assert one.portal.most == 4


@pytest.mark.parametrize("slots", [1, 4])
async def test_the_next_of_a_line_does_not_go_beyond_the_agreed_number(tmp_path: Path, slots: int) -> None:
    """Lines that are walked on and frames that come share the slots."""
    async with rig(tmp_path, changes=[("concurrency: 4", f"concurrency: {slots}")]) as one, one.working():
        one.portal.script.extend(slow(0.002) for _ in range(60))
        await one.tell(*(dossier(f"K{n % 12}", n) for n in range(60)))
        await one.rest("delivered")
        assert one.portal.most == slots


async def test_the_rate_that_a_ministry_asks_for_is_kept(tmp_path: Path) -> None:
    """Twelve deliveries at 50 a second take at least a fifth of a second."""
    async with (
        rig(tmp_path, changes=[("concurrency: 4", "concurrency: 4, rate: 50/s")]) as one,
        one.working(),
    ):
        began = time.monotonic()
        await one.tell(*(dossier(f"K{k}") for k in range(12)))
        await one.rest("delivered")
        assert time.monotonic() - began >= 0.16


async def test_a_line_is_sent_in_order_under_concurrency(tmp_path: Path) -> None:
    """Slow heads, many lines, few slots: within a line the order of acceptance holds."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.extend(slow(0.002 * (n % 3)) for n in range(40))
        for n in range(8):
            await one.tell(*(dossier(f"K{k}", n) for k in range(5)))
        await one.rest("delivered")
        for k in range(5):
            assert [d["body"] for d in one.portal.log if d["key"] == f"K{k}"] == list(range(8))


async def test_a_paused_system_gets_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    """A person's pause holds, whatever comes; the resume sends what came meanwhile."""
    async with rig(tmp_path) as one, one.working():
        one.to.health.pause(time.monotonic())
        one.lane.wake()
        await one.tell(dossier("K1"), dossier("K2"))
        await asyncio.sleep(0.15)
        assert one.portal.log == []
        one.to.health.resume(time.monotonic())
        one.lane.wake()
        await one.rest("delivered")


async def test_a_pause_stops_also_what_waits_for_a_slot(tmp_path: Path) -> None:
    """The next of a line, claimed with an outcome and waiting for its slot, is not sent into a pause."""
    async with (
        rig(
            tmp_path, changes=[("concurrency: 4", "concurrency: 1"), ("timeout: 300ms", "timeout: 30s")]
        ) as one,
        one.working(),
    ):
        one.portal.script.extend([slow(0.02), slow(0.8)])
        await one.tell(dossier("K1", "A"), dossier("K1", "B"), dossier("K2", "A"))
        async with asyncio.timeout(30):
            while len(one.portal.log) < 2:  # noqa: ASYNC110 - the far side's own log
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        one.to.health.pause(time.monotonic())
        one.lane.wake()
        await asyncio.sleep(1)
        assert len(one.portal.log) == 2
        one.to.health.resume(time.monotonic())
        one.lane.wake()
        await one.rest("delivered")


async def _wait_for_a_slot(one: Rig, claim: Claim) -> None:
    """Let a lane look after what it claimed."""
    one.lane.held.add(claim.delivery)
    one.lane._ahead.append(_Claimed(deque([claim]), one.gateway.worker, paced=True))
    one.lane.wake()
    await asyncio.gather(*one.lane._walks)


async def test_what_was_claimed_ahead_is_handed_back_at_a_stop(tmp_path: Path) -> None:
    """More is claimed than sent; a stop finishes what is being sent, and leaves nothing in doubt."""
    gate = asyncio.Event()

    async def held(_: Message) -> Receipt:
        await gate.wait()
        return TAKEN

    async with rig(tmp_path, changes=[("timeout: 300ms", "timeout: 30s")]) as one:
        async with one.working():
            one.portal.script.extend([held] * 20)
            receipts = [await one.told(dossier(f"K{k}")) for k in range(20)]
            async with asyncio.timeout(30):
                while len(one.lane.held) < 6 or len(one.portal.log) < 4:  # noqa: ASYNC110 - their own counts
                    await asyncio.sleep(0.005)
            assert len(one.portal.log) == 4
            asyncio.get_running_loop().call_later(0.2, gate.set)
            await one.lane.stop(20)
        states = [await one.delivery(receipt) for receipt in receipts]
        assert {state["state"] for state in states} <= {"delivered", "put off", "ready"}
        assert sum(state["state"] == "delivered" for state in states) == len(one.portal.log) == 4
        assert not any(state["uncertain"] or state["lapses"] or state["patience"] for state in states)
        assert one.lane.held == set()


async def test_what_was_claimed_and_may_not_be_sent_is_handed_back_untouched(tmp_path: Path) -> None:
    """Handed back for a pause it has spent no patience and is in no doubt; its turn is kept."""
    async with rig(tmp_path) as one:
        receipt = await one.told(dossier())
        (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
        one.to.health.pause(time.monotonic())
        await _wait_for_a_slot(one, claim)
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["patience"], shown["uncertain"], shown["cause"]) == (
            "put off",
            0,
            0,
            "paused",
        )


async def test_a_hand_back_that_fails_is_found_later(tmp_path: Path) -> None:
    """The journal could not write that it was handed back: nobody claims to be sending it any more."""
    async with rig(tmp_path) as one:
        await one.told(dossier())
        (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
        one.to.health.pause(time.monotonic())

        async def settle(_: Any) -> Any:
            raise JournalError("writing to the journal: full")

        one.journal.settle = settle
        await _wait_for_a_slot(one, claim)
        assert one.lane.held == set()


async def test_a_change_of_standing_stands_in_the_journal(tmp_path: Path) -> None:
    """Whoever asks later reads since when a system is suspended, and why."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(away())
        one.portal.checks.extend(away() for _ in range(1000))
        await one.told(dossier())
        async with asyncio.timeout(30):
            while not (shown := await one.journal.read(reading.standings)):  # noqa: ASYNC110 - in the journal
                await asyncio.sleep(0.01)
        assert shown[SYSTEM] == ("suspended", "not-reachable")


async def test_a_journal_that_fails_once_stops_no_lane(tmp_path: Path) -> None:
    """A claim that could not be written is tried again; nothing is lost."""
    async with rig(tmp_path) as one:
        plain, faults = one.journal.claim, [JournalError("writing to the journal: full")]

        async def claim(frames: Any, worker: int) -> Any:
            if faults:
                raise faults.pop()
            return await plain(frames, worker)

        one.journal.claim = claim
        async with one.working():
            first = await one.told(dossier("K1"))
            async with asyncio.timeout(30):
                while faults:  # noqa: ASYNC110 - it fails once
                    await asyncio.sleep(0.005)
            second = await one.told(dossier("K2"))
            await one.rest("delivered", "ready")
            async with asyncio.timeout(30):
                while await one.states(second) != ["delivered"]:  # noqa: ASYNC110 - in the journal
                    await asyncio.sleep(0.01)
        # its frame is lost with the failure; the sweep that finds the lost brings it back
        await one.journal.write(
            lambda tx: tx.run("UPDATE deliveries SET dispatched_at = 1 WHERE state = 2", [()])
        )
        await one.sweeper._find_the_lost()
        await one.go()
        assert await one.states(first) == ["delivered"]


async def test_a_stop_waits_for_what_is_being_sent_and_no_longer(tmp_path: Path) -> None:
    """What ends within the grace is settled; what does not lapses at the next start (row 6)."""
    async with rig(tmp_path, changes=[("timeout: 300ms", "timeout: 30s")]) as one:
        one.portal.script.extend([slow(0.05), slow(30.0)])
        quick, late = await one.tell(dossier("K1"), dossier("K2"))
        lane = asyncio.create_task(one.lane.run())
        async with asyncio.timeout(30):
            while len(one.portal.log) < 2:  # noqa: ASYNC110 - the far side's own log
                await asyncio.sleep(0.005)
        lane.cancel()
        await asyncio.gather(lane, return_exceptions=True)
        await one.lane.stop(1)
        assert await one.states(quick, late) == ["delivered", "sending"]

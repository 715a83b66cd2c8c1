"""Processes beside one another: who lives, who may send, who sweeps, and what becomes of what a dead one sent."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Arrival, Receipt
from lgsp.journal import leasing
from lgsp.leases import LEASE, ProcessLease
from lgsp.serving import running
from lgsp.testing.making import SYSTEM
from lgsp.wire.http import Http
from tests.core.crew import Member, crew
from tests.core.rig import dossier, slow


class FarServer:
    """A far side on loopback that keeps what it was told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take a request."""
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


async def buried(sweeper: Member) -> None:
    """Let a process sweep what the dead left."""
    await sweeper.sweeper._bury_the_dead(look_anyway=True)


async def test_what_a_dead_process_sent_lapses_and_goes_on_elsewhere(tmp_path: Path) -> None:
    """Row 41: it is silent for a lease; another process asks the far side, and sends."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        await us.pass_time(LEASE + 1, here)
        await buried(here)
        assert await here.states(receipt) == ["put off"]
        await us.pass_time(1, here)
        here.portal.says.append(Arrival.ABSENT)
        await here.sweeper._due()
        await here.go()
        assert await here.states(receipt) == ["delivered"]
        assert (await here.delivery(receipt))["lapses"] == 1


async def test_what_a_living_process_sends_is_its_own(tmp_path: Path) -> None:
    """Row 41: however long the far side takes, the claims of a process that beats are nobody else's."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        claim = await there.claimed()
        await us.pass_time(10 * LEASE, here, there)
        await buried(here)
        assert await here.states(receipt) == ["sending"]
        await there.send(claim)
        assert (await here.delivery(receipt))["uncertain"] == 0


async def test_what_an_ended_process_left_lapses_at_once(tmp_path: Path) -> None:
    """Row 41: who says that it ends needs no lease to run out."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        await there.lease.leave()
        await buried(here)
        assert await here.states(receipt) == ["put off"]


async def test_a_process_stops_sending_before_others_take_it_for_dead(tmp_path: Path) -> None:
    """Row 42: the moment is counted from when its last beat was sent, not from when that was answered."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        plain = one.journal.write

        async def late(act: Any) -> Any:
            told = await plain(act)
            one.ticks.now += 4.0  # the answer is on its way for four seconds
            return told

        one.journal.write = late
        await one.lease.beat()
        one.ticks.now += LEASE - 4.0
        assert not one.lease.holds()


async def test_a_paused_process_sends_nothing_when_it_wakes(tmp_path: Path) -> None:
    """Row 42: stopped for longer than its lease, it hands back what it claimed, and no byte goes out twice."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        claim = await there.claimed()
        worker = there.gateway.worker
        await us.pass_time(LEASE + 1, here)
        there.lane._busy += 1
        there.lane.held.add(claim.delivery)
        await there.lane._walk(deque([claim]), worker)
        assert here.portal.log == []
        assert (await here.states(receipt), there.lane.held) == (["put off"], set())


async def test_a_claim_of_an_earlier_incarnation_is_not_sent(tmp_path: Path) -> None:
    """Row 43: taken for dead, it enlists anew; what it had claimed before has lapsed, and may be sent elsewhere."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        claim, before = await there.claimed(), there.gateway.worker
        await us.pass_time(LEASE + 1, here)
        await buried(here)
        await there.lease.beat()
        assert there.gateway.worker > before
        assert there.lease.holds()
        there.lane._busy += 1
        await there.lane._walk(deque([claim]), before)
        assert here.portal.log == []
        await us.pass_time(1, here)
        await here.sweeper._due()
        await here.go()
        assert (await here.states(receipt), len(here.portal.log)) == (["delivered"], 1)


async def test_a_lease_that_ends_during_the_probe_stops_the_send(tmp_path: Path) -> None:
    """Row 42: asking takes its time; the last look at the lease is just before the first byte."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        receipt = await one.told(dossier())
        claim = await one.claimed()
        claim.uncertain = True
        plain = one.portal.probe

        async def asked(message: Any) -> Arrival:
            one.ticks.now += LEASE
            return await plain(message)

        one.portal.probe = asked  # type: ignore[method-assign]
        one.portal.says.append(Arrival.ABSENT)
        settled = await one.send(claim)
        assert one.portal.log == []
        assert settled.next is None
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["patience"], shown["cause"]) == ("put off", 0, "handed-back")


@pytest.mark.parametrize(("earlier", "doubt"), [([], 0), ([b"login"], 1)])
async def test_a_lease_that_ends_inside_the_adapter_stops_the_request(
    tmp_path: Path, earlier: list[bytes], doubt: int
) -> None:
    """Row 42: the adapter logged in, or waited, for longer than the lease: its next request writes no byte.

    What it said before that in this attempt may have been the sending itself: then it is in doubt.
    """
    async with crew(tmp_path, 1) as us, AsyncExitStack() as stack:
        (one,) = us.members
        far = FarServer()
        port = await stack.enter_async_context(running(far))
        http = Http()
        stack.push_async_callback(http.close)

        async def send(message: Any) -> Receipt:
            for body in earlier:
                await http.post(f"http://127.0.0.1:{port}/", body)
            one.ticks.now += LEASE
            await http.post(f"http://127.0.0.1:{port}/", b"the message")
            return Receipt("taken")

        one.portal.send = send  # type: ignore[method-assign]
        receipt = await one.told(dossier())
        await one.send(await one.claimed())
        assert far.bodies == earlier
        shown = await one.delivery(receipt)
        assert (shown["state"], shown["patience"], shown["uncertain"]) == ("put off", 0, doubt)
        assert one.to.health.running


async def test_a_lane_without_a_lease_claims_nothing(tmp_path: Path) -> None:
    """Row 42: while its beats do not arrive, frames are for others; with the next beat it goes on."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        one.ticks.now += LEASE
        receipt = await one.told(dossier())
        lane = asyncio.create_task(one.lane.run())
        await asyncio.sleep(0.3)
        assert (await one.states(receipt), one.broker.depth(SYSTEM)) == (["ready"], 1)
        await one.lease.beat()
        await one.rest("delivered")
        await one.lane.stop(1)
        await lane


async def test_after_a_gap_nobody_is_taken_for_dead_for_a_lease(tmp_path: Path) -> None:
    """Row 44: the journal was away for all; who swept before the outage must not lapse the others behind it."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        await us.pass_time(LEASE * 3)  # nobody's beats arrive
        await here.lease.beat()
        await buried(here)
        assert await here.states(receipt) == ["sending"]
        await there.lease.beat()
        await us.pass_time(LEASE * 2, here, there)
        await buried(here)
        assert await here.states(receipt) == ["sending"]


async def test_after_a_gap_the_dead_are_found_a_lease_later(tmp_path: Path) -> None:
    """Row 44: the grace ends."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        await us.pass_time(LEASE * 3)
        await us.pass_time(LEASE + 2, here)
        await buried(here)
        assert await here.states(receipt) == ["put off"]


@pytest.mark.parametrize("beaten", [False, True])
async def test_a_step_of_the_clock_kills_nobody(tmp_path: Path, beaten: bool) -> None:
    """Row 44: the journal's clock jumps an hour ahead, before or behind the sweeper's own beat."""
    async with crew(tmp_path) as us:
        here, there = us.members
        await us.pass_time(LEASE + 2, here, there)
        receipt = await here.told(dossier())
        await there.claimed()
        us.step(3600)
        if beaten:
            await here.lease.beat()
        await buried(here)
        assert await here.states(receipt) == ["sending"]


async def test_who_died_while_the_clock_was_ahead_is_found_a_lease_later(tmp_path: Path) -> None:
    """Row 82: its last beat lies an hour ahead, and will not be long ago for an hour."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        us.step(3600)
        await us.pass_time(2, here, there)
        us.step(-3600)
        await us.pass_time(LEASE + 4, here)
        await buried(here)
        assert await here.states(receipt) == ["put off"]


async def test_a_clock_set_back_kills_nobody_who_beats(tmp_path: Path) -> None:
    """Row 82: the living beat again by the clock as it is now, and a new process among them is not buried."""
    async with crew(tmp_path, 3) as us:
        here, there, newer = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        us.step(3600)
        await us.pass_time(2, here, there, newer)
        us.step(-3600)
        await newer.lease.enter()
        for _ in range(10):
            await us.pass_time(2, here, there, newer)
            await buried(here)
        assert await here.states(receipt) == ["sending"]
        living = [worker.number for worker in await here.journal.read(leasing.alive)]
        assert living == [here.gateway.worker, there.gateway.worker, newer.gateway.worker]


async def test_a_new_process_buries_nobody_for_a_lease(tmp_path: Path) -> None:
    """Row 44: all were down; the first that comes back waits for the others' first beat."""
    async with crew(tmp_path) as us:
        here, there = us.members
        receipt = await here.told(dossier())
        await there.claimed()
        await us.pass_time(LEASE * 2)
        fresh = ProcessLease(here.journal, "host:9", clock=here.ticks)
        await fresh.enter()
        assert not fresh.steady(
            (await here.journal.read(lambda tx: tx.rows("SELECT max(beat_at) FROM workers")))[0][0]
        )
        here.sweeper._lease = fresh
        await buried(here)
        assert await here.states(receipt) == ["sending"]


async def test_a_stop_hands_back_what_waits_for_a_slot(tmp_path: Path) -> None:
    """Row 46: the next of a line, claimed and not begun, is due for others at once, without patience spent."""
    async with crew(
        tmp_path, 1, [("concurrency: 4", "concurrency: 1"), ("timeout: 300ms", "timeout: 30s")]
    ) as us:
        (one,) = us.members
        one.portal.script.extend([slow(0.02), slow(1.0)])
        first, second, third = await one.tell(dossier("K1", "A"), dossier("K1", "B"), dossier("K2", "A"))
        lane = asyncio.create_task(one.lane.run())
        async with asyncio.timeout(30):
            while len(one.portal.log) < 2:  # noqa: ASYNC110 - the far side's own log
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        await one.lane.stop(20)
        await asyncio.gather(lane, return_exceptions=True)
        assert len(one.portal.log) == 2
        states = await one.states(first, second, third)
        assert sorted(states) == ["delivered", "delivered", "put off"]
        rows = await one.journal.read(
            lambda tx: tx.rows("SELECT patience, uncertain, scope, cause FROM deliveries")
        )
        assert rows == [(0, 0, 1, "handed-back")]


async def test_a_stop_claims_nothing_more(tmp_path: Path) -> None:
    """Row 46: the outcome that comes during the stop opens the line for others, and does not claim the next."""
    async with crew(tmp_path, 1, [("timeout: 300ms", "timeout: 30s")]) as us:
        (one,) = us.members
        one.portal.script.append(slow(0.8))
        receipts = await one.tell(dossier("K1", "A"), dossier("K1", "B"))
        lane = asyncio.create_task(one.lane.run())
        async with asyncio.timeout(30):
            while not one.portal.log:  # noqa: ASYNC110 - the far side's own log
                await asyncio.sleep(0.005)
        await one.lane.stop(20)
        await asyncio.gather(lane, return_exceptions=True)
        assert await one.states(*receipts) == ["delivered", "ready"]


async def test_a_claim_that_comes_during_a_stop_is_handed_back(tmp_path: Path) -> None:
    """Row 46: its commit was under way when the stop began; nothing new is sent any more."""
    async with crew(tmp_path, 1) as us:
        (one,) = us.members
        receipt = await one.told(dossier())
        frames = await one.broker.take(SYSTEM, 1)
        await one.lane.stop(0)
        await one.lane._claim(frames)
        await asyncio.gather(*one.lane._walks)
        assert (one.portal.log, await one.states(receipt)) == ([], ["put off"])

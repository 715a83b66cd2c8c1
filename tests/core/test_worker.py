"""Lanes and the sweeper at work: trials of a suspended system, retries, anchors, restarts, lost frames."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Accepted, Arrival
from lgsp.blobs import Blobs
from lgsp.errors import Refused, Unavailable
from lgsp.health import Standing
from lgsp.jobs import policies
from lgsp.journal import acting, reading, sweeping
from lgsp.journal.contract import JournalError
from lgsp.message import Raw
from lgsp.testing.making import SYSTEM
from tests.core.rig import DESK, Portal, Rig, away, dossier, doubt, odd, paper, progress, rig, slow


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
    async with rig(tmp_path, changes=[("concurrency: 4", "concurrency: 1")]) as one, one.working():
        one.portal.script.extend([slow(0.02), slow(0.15)])
        await one.tell(dossier("K1", "A"), dossier("K1", "B"), dossier("K2", "A"))
        async with asyncio.timeout(2):
            while len(one.portal.log) < 2:  # noqa: ASYNC110 - the far side's own log
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        one.to.health.pause(time.monotonic())
        one.lane.wake()
        await asyncio.sleep(0.25)
        assert len(one.portal.log) == 2
        one.to.health.resume(time.monotonic())
        one.lane.wake()
        await one.rest("delivered")


async def test_what_was_claimed_and_may_not_be_sent_is_handed_back_untouched(tmp_path: Path) -> None:
    """Handed back for a pause it has spent no patience and is in no doubt; its turn is kept."""
    async with rig(tmp_path) as one:
        receipt = await one.told(dossier())
        (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
        one.to.health.pause(time.monotonic())
        assert await one.lane._with_slot(claim) is None
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
        await asyncio.gather(one.lane._with_slot(claim), return_exceptions=True)
        assert one.lane.held == set()


async def test_a_change_of_standing_stands_in_the_journal(tmp_path: Path) -> None:
    """Whoever asks later reads since when a system is suspended, and why."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(away())
        one.portal.checks.extend(away() for _ in range(1000))
        await one.told(dossier())
        async with asyncio.timeout(2):
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
            await asyncio.sleep(0.05)
            second = await one.told(dossier("K2"))
            await one.rest("delivered", "ready", seconds=3)
            async with asyncio.timeout(3):
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
    async with rig(tmp_path) as one:
        one.portal.script.extend([slow(0.05), slow(30.0)])
        quick, late = await one.tell(dossier("K1"), dossier("K2"))
        lane = asyncio.create_task(one.lane.run())
        await asyncio.sleep(0.03)
        lane.cancel()
        await asyncio.gather(lane, return_exceptions=True)
        await one.lane.stop(0.2)
        assert await one.states(quick, late) == ["delivered", "sending"]


@pytest.mark.parametrize("when", ["accepted", "sending"])
async def test_a_killed_process_loses_and_doubles_nothing(tmp_path: Path, when: str) -> None:
    """Rows 5 and 6: it dies before the publish, or while sending; the next process delivers in order."""
    portal = Portal()
    async with rig(tmp_path, portal=portal) as one:
        await one.tell(dossier("K1", 1), dossier("K1", 2))
        if when == "sending":
            frames = await one.broker.take(SYSTEM, 10)
            await one.journal.claim(frames, one.gateway.worker)
    portal.says.append(Arrival.ABSENT)
    async with rig(tmp_path, portal=portal) as two, two.working():
        await two.rest("delivered")
        assert [data["body"] for data in portal.log] == [1, 2]


async def test_what_a_worker_lost_track_of_lapses_and_goes_on(tmp_path: Path) -> None:
    """Row 6: the journal says sending, nobody sends: found, asked about, sent; what waited behind it too."""
    now = [time.time_ns() // 1000]
    async with rig(tmp_path, clock=lambda: now[0]) as one:
        await one.tell(dossier(body="A"), dossier(body="B"))
        await one.journal.claim(await one.broker.take(SYSTEM, 10), one.gateway.worker)
        await one.sweeper._find_the_lost()
        assert await one.counted() == {"sending": 1, "waiting": 1}
        now[0] += 31_000_000
        await one.sweeper._find_the_lost()
        now[0] += 1_000_000
        await one.sweeper._due()
        await one.go()
        assert [data["body"] for data in one.portal.log] == ["A", "B"]


async def test_what_a_third_lapse_frees_is_dispatched(tmp_path: Path) -> None:
    """Row 30: the head is exhausted by a lapse; the refill finds whoever was behind it."""
    now = [time.time_ns() // 1000]
    async with rig(tmp_path, clock=lambda: now[0], changes=[("settle: 20ms", "settle: 0ms")]) as one:
        await one.tell(dossier("K1", "A"), progress("K2"))
        second = await one.told(dossier("K1", "B"))
        await one.journal.claim(await one.broker.take(SYSTEM, 10), one.gateway.worker)
        await one.journal.write(
            lambda tx: tx.run("UPDATE deliveries SET lapses = 5, patience = 3 WHERE state = 3", [()])
        )
        await one.refill()
        assert not one.to.window.behind
        now[0] += 31_000_000
        await one.sweeper._find_the_lost()
        now[0] += 1_000_000
        await one.sweeper._due()
        await one.refill()
        await one.go()
        assert await one.states(second) == ["delivered"]


async def test_an_accept_that_was_slow_to_commit_is_not_left_behind(tmp_path: Path) -> None:
    """Row 30: turned away by the window, its blob is written while a refill finds nobody; it is sent."""

    class SlowBlobs(Blobs):
        async def keep(self, raw: Raw) -> str | None:
            await asyncio.sleep(0.05)
            return await super().keep(raw)

    async with rig(tmp_path) as one:
        one.gateway.blobs = SlowBlobs(tmp_path / "blobs")
        one.to.window.behind = True
        accept = asyncio.create_task(one.gateway.accept(DESK, Raw.of(b"[]"), [dossier()]))
        await asyncio.sleep(0.01)
        await one.refill()
        (receipt,) = await accept
        await one.refill()
        await one.go()
        assert await one.states(receipt) == ["delivered"]


async def test_a_full_window_keeps_the_order(tmp_path: Path) -> None:
    """Row 30: more than the window holds goes out in the order in which it was accepted."""
    async with rig(
        tmp_path, changes=[("window: 50", "window: 4"), ("concurrency: 4", "concurrency: 1")]
    ) as one:
        for n in range(30):
            await one.told(dossier(f"K{n}", n))
        assert one.broker.depth(SYSTEM) <= 4
        async with one.working():
            await one.rest("delivered")
        assert [data["body"] for data in one.portal.log] == list(range(30))


# --- anchors --------------------------------------------------------------------------------------------


async def test_progress_before_its_dossier_waits_for_it(tmp_path: Path) -> None:
    """Row 11: told first, sent second; told while the dossier is on the wire, sent after it."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(slow(0.05))
        await one.told(progress(step=1))
        await one.told(dossier())
        await asyncio.sleep(0.02)
        await one.told(progress(step=2))
        await one.rest("delivered")
        assert [data.get("step") for data in one.portal.log] == [None, 1, 2]


async def test_an_anchor_that_was_there_before_us_is_found_by_a_probe(tmp_path: Path) -> None:
    """Row 29: the body-less probe names type and subject, and its yes brings the parked."""
    now = [time.time_ns() // 1000]
    async with rig(tmp_path, clock=lambda: now[0]) as one:
        one.portal.says.append(Arrival.ARRIVED)
        await one.tell(progress(step=1), progress(step=2))
        now[0] += 3_000_000
        await _asked(one)
        await one.go()
        assert [data["step"] for data in one.portal.log] == [1, 2]
        assert [(q.type, q.subject, q.data) for q in one.portal.probed[:1]] == [("dossier.v1", "K1", {})]


@pytest.mark.parametrize(
    "said", [Arrival.ABSENT, Arrival.UNKNOWN, odd(), TimeoutError(), ZeroDivisionError()]
)
async def test_an_anchor_that_nobody_can_vouch_for_keeps_its_events_parked(tmp_path: Path, said: Any) -> None:
    """Row 29: only a yes moves them; a probe that fails, whatever way, is asked again later."""
    now = [time.time_ns() // 1000]
    async with rig(tmp_path, clock=lambda: now[0]) as one:
        one.portal.says.extend([said, Arrival.ARRIVED])
        receipt = await one.told(progress())
        now[0] += 3_000_000
        await _asked(one)
        assert await one.states(receipt) == ["parked"]
        now[0] += 60_000_000
        await _asked(one)
        assert await one.states(receipt) == ["ready"]


async def test_an_anchor_on_its_way_is_not_asked_for(tmp_path: Path) -> None:
    """Its own outcome will tell more than a probe."""
    now = [time.time_ns() // 1000]
    async with rig(tmp_path, clock=lambda: now[0]) as one:
        await one.tell(progress(), dossier())
        now[0] += 3_000_000
        await _asked(one)
        assert one.portal.probed == []


async def test_an_event_goes_back_to_where_its_dossier_came_from(tmp_path: Path) -> None:
    """An anchor that came from the system is present there; nobody needs to be asked."""
    now = [time.time_ns() // 1000]
    routes = ("from: desk, type: dossier.progress.v1, to: [portal]", "type: dossier.progress.v1, to: [desk]")
    async with rig(tmp_path, clock=lambda: now[0], changes=[routes]) as one:
        receipt = await one.told(progress())
        await one.told(dossier())
        now[0] += 3_000_000
        await _asked(one)
        assert await one.states(receipt) == ["ready"]


async def test_parked_too_long_expires_and_is_reported(tmp_path: Path) -> None:
    """The source learns that its progress never found its dossier."""
    now = [time.time_ns() // 1000]
    async with rig(tmp_path, clock=lambda: now[0], changes=[("window: 50", "window: 50, park: 1h")]) as one:
        receipt = await one.told(progress())
        now[0] += 3_601_000_000
        await one.sweeper._expire()
        assert await one.states(receipt) == ["expired"]
        reports = await one.journal.read(lambda tx: reading.reports(tx, DESK))
        assert [report.state for report in reports] == ["expired"]


async def test_the_sweeper_survives_a_bug(tmp_path: Path) -> None:
    """A sweep that fails, whatever way, is not the last one."""
    async with rig(tmp_path) as one:
        plain, faults = one.sweeper._due, [ValueError("a bug")]

        async def due() -> None:
            if faults:
                raise faults.pop()
            await plain()

        one.sweeper._due = due  # type: ignore[method-assign]
        one.portal.script.append(odd())
        async with one.working():
            await one.told(dossier())
            await one.rest("delivered")


# --- stories of the issue -------------------------------------------------------------------------------


async def test_a_known_fact_told_again_after_it_died_is_delivered(tmp_path: Path) -> None:
    """A known fact told again after it died: the source's own request to retry, without an operator."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(Refused("field-rejected"))
        first = await one.told(dossier())
        await one.rest("refused")
        await asyncio.sleep(0.02)
        again = await one.told(dossier())
        assert (again.id, again.known) == (first.id, True)
        await one.rest("delivered")


async def test_a_corrected_snapshot_after_a_refused_one_brings_its_progress(tmp_path: Path) -> None:
    """A corrected snapshot after a refused one; the parked progress goes behind it."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(Refused("field-rejected"))
        dead = await one.told(dossier(body="A"))
        await one.rest("refused")
        await one.told(progress())
        await one.told(dossier(body="B"))
        await one.rest("delivered", "refused")
        assert await one.states(dead) == ["refused"]
        assert [data.get("body") for data in one.portal.log] == ["A", "B", None]


async def test_an_old_delivery_that_wakes_up_is_answered_with_the_newest(tmp_path: Path) -> None:
    """An old delivery waking up after a newer was sent: the far side ends with the newest."""
    async with rig(tmp_path) as one:
        one.portal.script.extend([slow(0.25), odd()])
        await one.told(dossier(body="A"))
        (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 9), one.gateway.worker)
        asleep = asyncio.create_task(one.send(claim))
        await asyncio.sleep(0.01)
        await _lapsed(one)
        one.portal.says.append(Arrival.ABSENT)
        async with one.working():
            async with asyncio.timeout(2):
                while len(one.portal.log) < 2:  # noqa: ASYNC110 - the far side's own log
                    await asyncio.sleep(0.01)
            await one.told(dossier(body="B"))
            assert (await asleep).late
            await one.rest("delivered", "superseded")
        assert one.portal.held["dossier.v1", "K1"]["body"] == "B"
        assert one.portal.log[-1]["body"] == "B"


async def test_a_document_whose_fate_is_unknown_waits_for_a_person(tmp_path: Path) -> None:
    """Nobody sends a document twice on a guess; released by a person it goes, with what waited behind it."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(doubt())
        first, _ = await one.tell(paper(name="P1"), paper(name="P2"))
        assert isinstance(first, Accepted)
        await one.rest("held", "waiting")
        number = (await one.delivery(first))["id"]
        one.broker.publish(await one.journal.write(lambda tx: acting.release(tx, number, "operator")))
        await one.rest("delivered")
        assert [data["name"] for data in one.portal.log] == ["P1", "P1", "P2"]


async def test_what_expires_while_it_waits_is_not_sent(tmp_path: Path) -> None:
    """A message whose time ran out behind a slow one is dead, with a reason that its source can read."""
    message = dossier(body="B")
    message.expirytime = datetime.now(UTC)
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(slow(0.05))
        await one.told(dossier(body="A"))
        receipt = await one.told(message)
        await one.rest("delivered", "expired")
        assert (await one.states(receipt), len(one.portal.log)) == (["expired"], 1)


async def test_a_far_side_that_asks_for_calm_is_left_alone(tmp_path: Path) -> None:
    """A suspended system is not tried before the time it asked for."""
    async with rig(tmp_path) as one, one.working():
        one.portal.script.append(Unavailable("busy", scope=away().scope, after=0.3))
        await one.told(dossier())
        await asyncio.sleep(0.2)
        assert len(one.portal.log) == 1
        await one.rest("delivered")


async def _asked(one: Rig) -> None:
    """Ask for the anchors of the parked, and wait for the answers."""
    await one.sweeper._ask_for_anchors()
    await asyncio.gather(*one.sweeper._asking, return_exceptions=False)


async def _lapsed(one: Rig) -> None:
    """Let everything that is being sent lapse, as if the worker had gone silent."""
    times = policies(one.systems)

    def act(tx: Any) -> None:
        rows = sweeping.abandoned(tx, one.gateway.worker, frozenset(), -1_000_000)
        sweeping.lapse(tx, rows, times)

    await one.journal.write(act)

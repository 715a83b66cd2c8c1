"""The sweeper at work: what was lost is found, windows refilled, anchors asked for, restarts recovered."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from lgsp.adapter import Arrival
from lgsp.blobs import Blobs
from lgsp.journal import reporting
from lgsp.message import Raw
from lgsp.testing.making import SYSTEM
from tests.core.rig import DESK, Portal, Rig, dossier, odd, progress, rig, slow


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
        reports = await one.journal.read(lambda tx: reporting.reports(tx, DESK))
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


async def _asked(one: Rig) -> None:
    """Ask for the anchors of the parked, and wait for the answers."""
    await one.sweeper._ask_for_anchors()
    await asyncio.gather(*one.sweeper._asking, return_exceptions=False)

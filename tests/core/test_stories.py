"""Stories of one dossier or document, told from end to end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lgsp.adapter import Accepted, Arrival
from lgsp.errors import Refused, Unavailable
from lgsp.jobs import policies
from lgsp.journal import acting, sweeping
from lgsp.testing.making import SYSTEM
from tests.core.rig import Rig, away, dossier, doubt, odd, paper, progress, rig, slow


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
            async with asyncio.timeout(30):
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
        one.portal.script.append(Unavailable("busy", scope=away().scope, after=1.5))
        await one.told(dossier())
        await asyncio.sleep(0.2)
        assert len(one.portal.log) == 1
        await one.rest("delivered")


async def _lapsed(one: Rig) -> None:
    """Let everything that is being sent lapse, as if the worker had gone silent."""
    times = policies(one.systems)

    def act(tx: Any) -> None:
        rows = sweeping.abandoned(tx, one.gateway.worker, frozenset(), -1_000_000)
        sweeping.lapse(tx, rows, times)

    await one.journal.write(act)

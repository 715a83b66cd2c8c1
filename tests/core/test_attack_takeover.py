"""Taking over where it hurts: answers that cross, bodies that are gone, queues that are longer than a cut-over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lgsp.adapter import Arrival, Receipt
from lgsp.journal.contract import JournalError
from lgsp.message import Message
from lgsp.spool import Spool
from lgsp.testing.making import DOSSIER, SYSTEM
from lgsp.testing.scene import Clock
from tests.core.beside import beside
from tests.core.far_side import Mood
from tests.core.rig import dossier, progress
from tests.core.test_handovers import begun, carried_out, cut_over
from tests.core.test_spool import Outage, claimed

pytestmark = pytest.mark.asyncio


async def test_our_own_create_answers_a_question_for_an_anchor(tmp_path: Path) -> None:
    """Row 191: a probe that our create answers does not let progress of the shadow go by untold."""
    clock = Clock()
    async with beside(tmp_path, clock=clock) as one:
        early = await one.told(progress("K1", 1))
        one.switch()
        live = await one.told(progress("K1", 2))
        asked, outcomes = one.portal.probe, []

        async def crossed(message: Message) -> Arrival:
            one.portal.probe = asked
            await one.told(dossier("K1", "A"))
            (claim,) = await one.journal.claim(await one.broker.take(SYSTEM, 1), one.gateway.worker)
            outcomes.append(await one.gateway.deliver(claim))  # it landed; the journal does not know yet
            arrival: Arrival = await asked(message)
            return arrival

        one.portal.probe = crossed
        clock.move(3.0)
        await one.sweeper._ask_for_anchors()
        await asyncio.gather(*one.sweeper._asking)
        (outcome,) = outcomes
        outcome.go_on = False
        await one.gateway.settle(outcome)
        await one.run()
        assert await one.states(early, live) == ["delivered", "delivered"]
        assert one.portal.of("K1") == ["A", 1, 2]


async def test_a_create_that_was_taken_shows_what_nobody_could_tell(tmp_path: Path) -> None:
    """Row 181: where the probe knew nothing, our create that is taken says that the subject was absent."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        one.portal.honest = False
        await one.ours(dossier("K2", "B"), progress("K2", 2))
        assert one.portal.of("K2") == ["B", 1, 2]


async def test_an_update_that_was_taken_brings_nothing_to_life(tmp_path: Path) -> None:
    """Row 181: where the far side says that it held the subject already, the older connection told it."""
    async with beside(tmp_path) as one:
        await one.both(dossier("K1", "A"), progress("K1", 1))
        one.switch()
        one.portal.honest = False
        send = one.portal.send

        async def sent(message: Message) -> Receipt:
            await send(message)
            return Receipt(repeated=message.type == DOSSIER)

        one.portal.send = sent
        await one.ours(dossier("K1", "B"))
        assert one.portal.of("K1") == ["A", 1, "B"]


@pytest.mark.parametrize("gone", [dossier("K2", "A"), progress("K2", 1)])
async def test_what_has_no_body_any_more_does_not_stop_its_line(tmp_path: Path, gone: Message) -> None:
    """Row 179: retention took a body while the line was in the shadow; the others go."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), progress("K2", 1), progress("K2", 2))
        await one.journal.write(
            lambda tx: tx.run(
                "DELETE FROM bodies WHERE message_id IN (SELECT id FROM messages WHERE native = ?)",
                [(gone.native,)],
            )
        )
        one.switch()
        await cut_over(one)
        await one.ours(dossier("K2", "B"), progress("K2", 3))
        assert one.portal.of("K2")[-1] == 3


async def test_a_cut_over_waits_for_what_was_told_before_it(tmp_path: Path) -> None:
    """Row 172: what still queues in the shadow when it is ordered is judged too before it is done."""
    async with beside(tmp_path) as one:
        await one.told(dossier("K2", "A"))
        one.switch()
        number = await begun(one, "cut-over")
        assert (await carried_out(one, number))["counts"] == {}
        assert (await carried_out(one, number))["state"] == "done"
        assert one.portal.of("K2") == ["A"]


async def test_a_cut_over_does_not_wait_for_what_comes_after_it(tmp_path: Path) -> None:
    """Row 172: where other routes stay in the shadow, what they go on bringing keeps nobody waiting."""
    async with beside(tmp_path) as one:
        number = await begun(one, "cut-over")
        await one.told(dossier("K2", "A"))
        assert (await carried_out(one, number))["state"] == "done"


async def test_a_verdict_that_the_journal_cannot_take_at_once_is_kept(tmp_path: Path) -> None:
    """Row 180: progress steps back while the journal is away; what its system lacks comes to life all the same."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        (claim,) = await claimed(one, progress("K2", 2))
        one.gateway.spool = spool = Spool.open(tmp_path / "spool")
        outage = Outage(one)
        with pytest.raises(JournalError):
            await one.send(claim)
        spool.close()
        outage.down = False
        one.gateway.spool = Spool.open(tmp_path / "spool")
        assert await one.gateway.spool.drain(one.journal, one.gateway.apply) == 1
        await one.run()
        assert one.portal.of("K2") == ["A", 1, 2]


async def test_our_own_create_is_not_adopted(tmp_path: Path) -> None:
    """Row 191: a system that is asked what it holds may hold what we are telling it at that moment."""
    async with beside(tmp_path) as one:
        early = await one.told(progress("K1", 1))
        one.switch()
        one.portal.moods.append(Mood.REFUSE)
        await one.ours(dossier("K1", "bad"))
        asked, outcomes = one.portal.probe, []

        async def crossed(message: Message) -> Arrival:
            one.portal.probe = asked
            (claim,) = await claimed(one, dossier("K1", "A"))
            outcomes.append(await one.gateway.deliver(claim))
            arrival: Arrival = await asked(message)
            return arrival

        one.portal.probe = crossed
        await carried_out(one, await begun(one, "query"))
        (outcome,) = outcomes
        outcome.go_on = False
        await one.gateway.settle(outcome)
        await one.run()
        assert await one.states(early) == ["delivered"]
        assert one.portal.of("K1") == ["A", 1]

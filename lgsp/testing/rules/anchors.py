"""Rules of anchors: an event does not go before the thing it is about is at that system."""

from __future__ import annotations

import asyncio

from lgsp.journal import sweeping
from lgsp.journal.lines import line_digest
from lgsp.journal.states import State
from lgsp.testing.making import (
    DOSSIER,
    OTHER,
    SECOND,
    SOURCE,
    SYSTEM,
    arrival,
    dossier,
    outcome,
    progress,
    unrouted,
)
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

STEP = {"of": "K1", "step": 1}


class AnchorRules(JournalRules):
    """Parked stands outside the line; presence brings it in, in the transaction that establishes it."""

    async def test_progress_before_its_dossier_waits_and_harms_nobody(self, scene: Scene) -> None:
        """Row 11: progress before dossier; it is parked, the dossier passes, then it goes."""
        event = await scene.told(progress())
        assert (await scene.claim(), await scene.state(event)) == ([], "parked")
        await scene.told(dossier())
        assert await scene.run() == [{"body": "A"}, STEP]

    async def test_the_parked_join_in_the_transaction_of_the_anchors_outcome(self, scene: Scene) -> None:
        """Row 11: the worker that delivered the anchor gets the oldest parked event with the same commit."""
        for step in (1, 2):
            await scene.told(progress(step=step))
        await scene.told(dossier())
        settled = await scene.settle(await scene.one(), go_on=True)
        assert settled.next is not None
        assert settled.next.message.data == STEP
        settled = await scene.settle(settled.next, go_on=True)
        assert settled.next is not None
        assert settled.next.message.data == {"of": "K1", "step": 2}

    async def test_that_the_anchor_came_is_a_step_people_can_see(self, scene: Scene) -> None:
        """Between parked and delivered the journal says when, and why, the event joined its line."""
        event = await scene.told(progress())
        await scene.deliver(dossier())
        steps = [entry["what"] for entry in (await scene.walk(event))["entries"]]
        assert steps == ["accepted", "anchor came"]

    async def test_events_keep_their_order_around_their_anchor(self, scene: Scene) -> None:
        """Events told before and after the dossier go behind it in the order in which they were accepted."""
        await scene.told(progress(step=1))
        await scene.told(dossier())
        await scene.told(progress(step=2))
        assert [body.get("step") for body in await scene.run()] == [None, 1, 2]

    async def test_an_event_accepted_with_its_anchors_outcome_is_not_forgotten(self, scene: Scene) -> None:
        """Row 12: the outcome and the progress share a transaction; outcomes come first."""
        await scene.told(dossier())
        claim = await scene.one()
        taken, settled = await asyncio.gather(
            scene.journal.accept(arrival(progress())), scene.journal.settle(outcome(claim))
        )
        scene.frames += [*taken.frames, *settled.frames]
        assert await scene.run() == [STEP]

    async def test_a_known_presence_lets_an_event_pass_at_once(self, scene: Scene) -> None:
        """An event whose anchor is at the system already is ready."""
        await scene.deliver(dossier())
        event = await scene.told(progress())
        assert await scene.state(event) == "ready"

    async def test_presence_is_of_one_system(self, scene: Scene) -> None:
        """A dossier that only one system has brings its event to that one only."""
        await scene.deliver(dossier())
        event = await scene.told(progress("K1", 1, SYSTEM, OTHER))
        assert [await scene.state(event, system) for system in (SYSTEM, OTHER)] == ["ready", "parked"]

    async def test_a_refused_dossier_leaves_its_event_parked_till_the_corrected_one(
        self, scene: Scene
    ) -> None:
        """Row 13: a corrected snapshot after a refused one is delivered and brings the parked event."""
        event = await scene.told(progress())
        dead = await scene.kill(dossier(body="A"))
        assert await scene.state(event) == "parked"
        await scene.told(dossier(body="B"))
        assert await scene.run() == [{"body": "B"}, STEP]
        assert (await scene.delivery(dead))["superseded_by"] is not None

    async def test_a_doubtful_dossier_is_no_anchor(self, scene: Scene) -> None:
        """After a time-out nobody knows whether the dossier is there: its event stays parked."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        event = await scene.told(progress())
        assert await scene.state(event) == "parked"

    async def test_an_answer_that_tells_of_the_subject_is_an_anchor(self, scene: Scene) -> None:
        """A refusal that says `it is there` brings the event, though the snapshot itself is dead."""
        event = await scene.told(progress())
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected", there=True)
        assert await scene.run() == [STEP]
        assert await scene.state(event) == "delivered"

    async def test_a_probe_brings_events_whose_anchor_was_there_before_us(self, scene: Scene) -> None:
        """Row 29: a body-less probe says that some version exists; the parked join the line in order."""
        for step in (1, 2):
            await scene.told(progress(step=step))
        scene.clock.move(3)
        asked = await scene.act(lambda tx: sweeping.parked(tx, 2 * SECOND))
        assert {(one.system, one.anchor, one.partitionkey) for one in asked} == {(SYSTEM, DOSSIER, "K1")}
        frames = await scene.act(lambda tx: sweeping.anchored(tx, asked[0].line, DOSSIER, "probed"))
        scene.frames += frames
        assert [body["step"] for body in await scene.run()] == [1, 2]

    async def test_an_anchor_is_asked_for_ever_more_rarely(self, scene: Scene) -> None:
        """A parked delivery is asked about after a while, not at each sweep."""
        await scene.told(progress())
        assert not await scene.act(lambda tx: sweeping.parked(tx, 2 * SECOND))
        scene.clock.move(3)
        assert len(await scene.act(lambda tx: sweeping.parked(tx, 2 * SECOND))) == 1
        scene.clock.move(1)
        assert not await scene.act(lambda tx: sweeping.parked(tx, 2 * SECOND))

    async def test_an_unknown_anchor_type_moves_nobody(self, scene: Scene) -> None:
        """Presence of another type in the same line is no anchor."""
        event = await scene.told(progress())
        line = line_digest(SYSTEM, "K1")
        await scene.act(lambda tx: sweeping.anchored(tx, line, "agency.v1", "probed"))
        assert await scene.state(event) == "parked"

    async def test_a_parked_event_holds_nobody_up(self, scene: Scene) -> None:
        """Row 11: parked is outside the line; a later snapshot of the line is its head."""
        await scene.told(progress())
        second = await scene.told(dossier())
        assert await scene.state(second) == "ready"

    async def test_what_a_system_brought_itself_is_there(self, scene: Scene) -> None:
        """Row 111: an event about it goes to it at once; nobody asks it whether it has what it told us of."""
        await scene.tell(unrouted(dossier()), source=SYSTEM)
        event = await scene.told(progress())
        assert await scene.state(event) == "ready"
        assert await scene.run() == [{"of": "K1", "step": 1}]

    async def test_what_waited_for_it_goes_before_what_comes_now(self, scene: Scene) -> None:
        """Row 111: the first was parked before the anchor came from there; it goes first."""
        first = await scene.told(progress(step=1))
        assert await scene.state(first) == "parked"
        await scene.tell(unrouted(dossier()), source=SYSTEM)
        second = await scene.told(progress(step=2))
        assert [await scene.state(one) for one in (first, second)] == ["ready", "waiting"]
        assert await scene.run() == [{"of": "K1", "step": 1}, {"of": "K1", "step": 2}]

    async def test_what_another_system_brought_is_not_there(self, scene: Scene) -> None:
        """Row 111: a source is no receiver; its event waits until the anchor was delivered."""
        await scene.tell(unrouted(dossier()), source=SOURCE)
        assert await scene.state(await scene.told(progress())) == "parked"

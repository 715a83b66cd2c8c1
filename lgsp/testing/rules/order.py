"""Rules of order: one head for each line, turns in the order of acceptance, void snapshots out of the way."""

from __future__ import annotations

import asyncio

from lgsp.journal import acting
from lgsp.journal.states import State
from lgsp.journal.turns import Frame
from lgsp.testing.making import OTHER, SYSTEM, arrival, dossier, outcome, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class OrderRules(JournalRules):
    """A line has one head; what is behind it waits, and gets its turn."""

    async def test_closing_and_joining_a_line_at_once_never_wedges_it(self, scene: Scene) -> None:
        """Row 1: an accept that sees an open head and the outcome that closes it cannot miss each other."""
        await scene.told(dossier(body=0))
        for n in range(1, 30):
            claim = await scene.one()
            settled, taken = await asyncio.gather(
                scene.journal.settle(outcome(claim)), scene.journal.accept(arrival(dossier(body=n)))
            )
            scene.frames += [*settled.frames, *taken.frames]
            assert not await scene.wedged()
        assert await scene.run() == [{"body": 29}]

    async def test_two_snapshots_of_one_request_are_sent_one_after_the_other(self, scene: Scene) -> None:
        """Row 3: the head is looked up with the batch's own rows."""
        first, second = await scene.tell(dossier(body="A"), dossier(body="B"))
        claim = await scene.one()
        assert claim.message.data == {"body": "A"}
        await scene.settle(claim)
        assert (await scene.one()).message.data == {"body": "B"}
        assert first != second

    async def test_a_frame_counts_once(self, scene: Scene) -> None:
        """Row 4: a doubled frame, in one take or a later one, claims nothing."""
        await scene.told(dossier())
        frames = list(scene.frames)
        assert len(await scene.journal.claim([*frames, *frames], scene.worker)) == 1
        assert not await scene.journal.claim(frames, scene.worker)

    async def test_a_frame_of_another_epoch_claims_nothing(self, scene: Scene) -> None:
        """Row 4: what was dispatched anew is claimed by the new frame alone."""
        await scene.told(dossier())
        (frame,) = scene.frames
        stale = Frame(frame.system, frame.delivery, frame.epoch - 1)
        assert not await scene.journal.claim([stale, Frame(SYSTEM, 999, 1)], scene.worker)
        assert len(await scene.journal.claim([frame], scene.worker)) == 1

    async def test_a_stale_frame_does_not_hide_the_fresh_one(self, scene: Scene) -> None:
        """Row 4: a late frame of an older epoch behind the fresh one in the same take is harmless."""
        await scene.told(dossier())
        (frame,) = scene.frames
        stale = Frame(frame.system, frame.delivery, frame.epoch - 1)
        assert len(await scene.journal.claim([frame, stale], scene.worker)) == 1

    async def test_lines_of_two_systems_and_two_keys_are_independent(self, scene: Scene) -> None:
        """A line is one (system, partitionkey): a head of one holds up no other."""
        await scene.told(dossier("K1", "A", SYSTEM, OTHER))
        await scene.told(dossier("K2", "A"))
        assert sorted((c.system, c.message.partitionkey) for c in await scene.claim()) == [
            ("portal", "K1"), ("portal", "K2"), ("registry", "K1"),
        ]  # fmt: skip

    async def test_the_next_of_the_line_is_claimed_with_the_outcome(self, scene: Scene) -> None:
        """A worker that would go on gets the next delivery with the same commit, without a frame."""
        await scene.tell(dossier(body="A"), dossier(body="B"))
        settled = await scene.settle(await scene.one(), go_on=True)
        assert settled.next is not None
        assert (settled.next.message.data, settled.next.attempt) == ({"body": "B"}, 1)
        assert not settled.frames

    async def test_a_put_off_snapshot_is_void_when_a_newer_one_comes(self, scene: Scene) -> None:
        """Row 9: an old snapshot that was put off for its own sake does not fall due behind a newer one."""
        old = await scene.told(dossier(body="A"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.told(dossier(body="B"))
        assert await scene.state(old) == "superseded"
        assert await scene.run() == [{"body": "B"}]
        await scene.due(3600)
        assert not scene.frames

    async def test_a_snapshot_is_void_at_its_own_outcome_when_a_newer_one_waits(self, scene: Scene) -> None:
        """Row 9: an outcome that would put an old snapshot off supersedes it if a newer one waits."""
        old = await scene.told(dossier(body="A"))
        claim = await scene.one()
        new = await scene.told(dossier(body="B"))
        settled = await scene.settle(claim, State.PUT_OFF, cause="odd")
        assert (settled.state, await scene.state(old)) == (State.SUPERSEDED, "superseded")
        assert (await scene.delivery(old))["superseded_by"] == (await scene.delivery(new))["id"]
        assert await scene.run() == [{"body": "B"}]

    async def test_a_snapshot_that_waits_for_its_system_keeps_its_place(self, scene: Scene) -> None:
        """A failure of the system says nothing about the message: both revisions go, in order."""
        await scene.told(dossier(body="A"))
        await scene.settle(await scene.one(), State.PUT_OFF, scope=1)
        await scene.told(dossier(body="B"))
        await scene.due(60)
        assert await scene.run() == [{"body": "A"}, {"body": "B"}]

    async def test_what_waits_behind_a_superseded_head_gets_its_turn(self, scene: Scene) -> None:
        """Row 24: the head is superseded while events wait behind it; they go, then the newer snapshot."""
        await scene.deliver(dossier(body="A"))
        await scene.told(dossier(body="B"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.told(progress(step=1))
        await scene.told(dossier(body="C"))
        assert await scene.run() == [{"of": "K1", "step": 1}, {"body": "C"}]

    async def test_what_waits_behind_an_uncertain_superseded_head_waits_till_it_settled(
        self, scene: Scene
    ) -> None:
        """Row 24: the next is promoted in the same transaction, but is put off until the line has settled."""
        await scene.deliver(dossier(body="A"))
        await scene.told(dossier(body="B"))
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        event = await scene.told(progress(step=1))
        await scene.told(dossier(body="C"))
        assert (await scene.claim(), await scene.state(event)) == ([], "put off")
        await scene.due(1)
        assert not scene.frames
        await scene.due(2)
        assert await scene.run() == [{"of": "K1", "step": 1}, {"body": "C"}]

    async def test_other_identities_of_a_line_are_not_made_void(self, scene: Scene) -> None:
        """A newer snapshot supersedes its own identity only: another source's is not its to close."""
        theirs = (await scene.tell(dossier(body="A"), source="village"))[0]
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.told(dossier(body="B"))
        assert await scene.state(theirs) == "put off"  # type: ignore[arg-type]
        await scene.due(60)
        assert await scene.run() == [{"body": "A"}, {"body": "B"}]

    async def test_a_superseding_message_keeps_its_raw(self, scene: Scene) -> None:
        """What came is kept verbatim also when its acceptance closed an older snapshot."""
        await scene.told(dossier(body="A"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        newer = await scene.told(dossier(body="B"))
        assert (await scene.walk(newer))["raw"]["text"] == '[{"body":"B"}]'

    async def test_documents_are_strict_behind_a_dead_one(self, scene: Scene) -> None:
        """A document waits while an earlier one of its line is dead, and goes when that is resolved."""
        dead = await scene.kill(paper(name="P1"))
        second, third = await scene.told(paper(name="P2")), await scene.told(paper(name="P3"))
        assert await scene.claim() == []
        assert [await scene.state(one) for one in (second, third)] == ["waiting", "waiting"]
        number = (await scene.delivery(dead))["id"]
        scene.frames += await scene.act(lambda tx: acting.cancel(tx, number, "operator", "withdrawn"))
        assert [body["name"] for body in await scene.run()] == ["P2", "P3"]

    async def test_other_kinds_are_not_held_up_by_a_dead_document(self, scene: Scene) -> None:
        """Only documents wait behind a dead document; a snapshot of the same line has its turn."""
        await scene.kill(paper(name="P1"))
        await scene.told(dossier(body="A"))
        assert await scene.run() == [{"body": "A"}]
        second = await scene.told(paper(name="P2"))
        await scene.told(dossier(body="B"))
        assert await scene.run() == [{"body": "B"}]
        assert await scene.state(second) == "waiting"

    async def test_other_kinds_pass_a_document_that_waits_for_a_dead_one(self, scene: Scene) -> None:
        """When the head closes, the turn goes to the first that may go, not to the first that waits."""
        await scene.told(paper(name="P1"))
        await scene.told(paper(name="P2"))
        await scene.told(dossier(body="A"))
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected")
        assert await scene.run() == [{"body": "A"}]

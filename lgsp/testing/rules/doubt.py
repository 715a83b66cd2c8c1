"""Rules of doubt: lapses, uncertain attempts, the fence, and the time in which a line settles."""

from __future__ import annotations

from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.testing.making import RETRY, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene
from lgsp.wire.exchange import Exchange, packed


class DoubtRules(JournalRules):
    """What may have been applied is asked about before it is sent again, and nothing overtakes it."""

    async def test_what_was_committed_and_never_published_is_dispatched_at_the_next_start(
        self, scene: Scene
    ) -> None:
        """Row 5: the process dies between commit and publish; recovery forgets the broker and dispatches."""
        await scene.tell(*(dossier(f"K{n}", n) for n in range(3)))
        assert await scene.restart() == 0
        assert await scene.run() == [{"body": n} for n in range(3)]

    async def test_a_frame_from_before_a_restart_claims_nothing(self, scene: Scene) -> None:
        """Row 4: what a broker kept over a restart is of an older epoch."""
        await scene.told(dossier())
        old = list(scene.frames)
        await scene.restart()
        assert not await scene.journal.claim(old, scene.worker)
        assert len(await scene.claim()) == 1

    async def test_what_was_being_sent_lapses_at_the_next_start(self, scene: Scene) -> None:
        """Row 6: it is uncertain, its line settles, and only then is it claimed again, a second attempt."""
        receipt = await scene.told(dossier())
        await scene.one()
        assert await scene.restart() == 1
        assert (await scene.claim(), await scene.state(receipt)) == ([], "put off")
        await scene.due(1.9)
        assert not scene.frames
        await scene.due(0.2)
        claim = await scene.one()
        assert (claim.attempt, claim.uncertain, claim.lapses) == (2, True, 1)

    async def test_what_joins_a_line_that_settles_waits_with_it(self, scene: Scene) -> None:
        """Row 8: nothing newer goes while an attempt may still land."""
        await scene.deliver(dossier(body="A"))
        await scene.told(progress(step=1))
        await scene.settle(await scene.one(), State.EXHAUSTED, uncertain=True, cause="timed-out")
        newer = await scene.told(dossier(body="B"))
        assert (await scene.claim(), await scene.state(newer)) == ([], "put off")
        await scene.due(2.1)
        assert await scene.run() == [{"body": "B"}]

    async def test_an_uncertain_outcome_lets_the_line_settle_before_a_newer_snapshot(
        self, scene: Scene
    ) -> None:
        """Row 8: the doubtful old one is superseded, the newer one waits until it must have landed."""
        old = await scene.told(dossier(body="A"))
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        newer = await scene.told(dossier(body="B"))
        assert [await scene.state(one) for one in (old, newer)] == ["superseded", "put off"]
        await scene.due(2.1)
        assert await scene.run() == [{"body": "B"}]

    async def test_a_late_outcome_changes_nothing_and_is_kept(self, scene: Scene) -> None:
        """Row 7: the outcome of attempt 1 arrives after attempt 2 was claimed; the fence keeps it out."""
        receipt = await scene.told(dossier())
        first = await scene.one()
        await scene.lapse(first)
        await scene.due(2.1)
        second = await scene.one()
        late = await scene.settle(first, State.REFUSED, cause="field-rejected")
        assert (late.late, await scene.state(receipt)) == (True, "sending")
        assert not (await scene.settle(second)).late
        assert await scene.state(receipt) == "delivered"
        assert "late outcome" in [entry["what"] for entry in (await scene.walk(receipt))["entries"]]

    async def test_a_late_outcome_of_a_closed_delivery_is_kept_too(self, scene: Scene) -> None:
        """Row 7: an outcome told twice, or long after the end, is evidence and no more."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        await scene.settle(claim)
        assert (await scene.settle(claim, State.PUT_OFF, cause="timed-out")).late
        assert await scene.state(receipt) == "delivered"
        assert "late outcome" in [entry["what"] for entry in (await scene.walk(receipt))["entries"]]

    async def test_the_exchanges_of_a_late_outcome_are_kept(self, scene: Scene) -> None:
        """Row 7: what was said to the far side stays readable, also when the fence had moved on."""
        receipt = await scene.told(dossier())
        first = await scene.one()
        await scene.lapse(first)
        await scene.settle(first, exchanges=packed([Exchange("/send", b"{}")]))
        kept = [attempt["exchanges"] for attempt in (await scene.walk(receipt))["attempts"]]
        assert [(said["url"], said["request"]) for said in kept[0]] == [("/send", "{}")]

    async def test_the_third_lapse_spends_patience(self, scene: Scene) -> None:
        """A body that kills workers comes to an end: two lapses are free, then each costs an interval."""
        receipt = await scene.told(dossier())
        patience = []
        for _ in range(2 + len(RETRY)):
            await scene.lapse(await scene.one())
            patience.append((await scene.delivery(receipt))["patience"])
            await scene.due(100)
        assert patience == [0, 0, 1, 2]
        await scene.lapse(await scene.one())
        assert await scene.state(receipt) == "exhausted"

    async def test_what_is_behind_a_delivery_exhausted_by_lapses_gets_its_turn(self, scene: Scene) -> None:
        """The next of the line is dispatched once the line has settled."""
        await scene.told(dossier(body="A"))
        await scene.told(dossier(body="B"))
        for _ in range(3 + len(RETRY)):
            await scene.lapse(await scene.one())
            await scene.due(100)
        assert [claim.message.data for claim in await scene.claim()] == [{"body": "B"}]

    async def test_whether_it_is_there_is_unknown_after_a_doubtful_create(self, scene: Scene) -> None:
        """Row 28: an uncertain create is superseded; the newer one is told neither yes nor no."""
        await scene.told(dossier(body="A"))
        first = await scene.one()
        await scene.settle(first, State.PUT_OFF, uncertain=True, cause="timed-out")
        await scene.told(dossier(body="B"))
        await scene.due(2.1)
        second = await scene.one()
        await scene.settle(second)
        await scene.told(dossier(body="C"))
        third = await scene.one()
        assert [claim.message.there for claim in (first, second, third)] == [False, None, True]

    async def test_a_doubtful_create_is_still_the_first_for_its_own_next_attempt(self, scene: Scene) -> None:
        """Row 28: nobody else sent one before, so a probe that finds one has found this very message."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        await scene.due(60)
        again = await scene.one()
        assert (again.uncertain, again.message.there) == (True, False)

    async def test_a_doubtful_event_says_nothing_of_its_subject(self, scene: Scene) -> None:
        """An event that may have been applied is asked about again; its dossier is there as before."""
        await scene.deliver(dossier(body="A"))
        await scene.told(progress())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        await scene.due(60)
        again = await scene.one()
        assert (again.kind, again.uncertain) == (Kind.EVENT, True)
        await scene.settle(again)
        await scene.told(dossier(body="B"))
        assert (await scene.one()).message.there is True

    async def test_a_resolved_doubt_is_not_asked_about_again(self, scene: Scene) -> None:
        """Once it is known what an attempt did, the next one does not probe."""
        await scene.told(paper())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        await scene.due(60)
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd", resolved=True)
        await scene.due(60)
        assert not (await scene.one()).uncertain

"""Rules of what time brings: due retries, the refill, resumes, trials, expiry, lost frames."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lgsp.journal import sweeping
from lgsp.journal.contract import Offer
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, SECOND, SYSTEM, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class SweepRules(JournalRules):
    """Each sweep moves what time has come for, and nothing else."""

    def lasting(self, scene: Scene, offer: Offer, seconds: float) -> Offer:
        """Return the offer with a time after which it is void."""
        now = datetime.fromtimestamp(scene.clock.now / SECOND, UTC)
        offer.message.expirytime = now + timedelta(seconds=seconds)
        return offer

    async def test_what_was_put_off_falls_due_when_its_time_comes(self, scene: Scene) -> None:
        """Not a moment earlier, and once."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.due(9.9)
        assert not scene.frames
        await scene.due(0.2)
        assert len(await scene.claim()) == 1
        await scene.due(60)
        assert not scene.frames

    async def test_what_a_suspended_system_is_owed_does_not_fall_due(self, scene: Scene) -> None:
        """Row 17: no patience is spent on a system that is away; other systems' retries go on."""
        await scene.told(dossier("K1", "A", SYSTEM, OTHER))
        for claim in await scene.claim():
            await scene.settle(claim, State.PUT_OFF, cause="odd")
        scene.clock.move(11)
        frames = await scene.act(lambda tx: sweeping.due(tx, [OTHER]))
        assert [frame.system for frame in frames] == [OTHER]

    async def test_the_debts_of_a_suspended_system_starve_nobody(self, scene: Scene) -> None:
        """Row 17: a thousand retries that are owed to one that is away do not hide another's."""
        await scene.tell(*(dossier(f"K{n}", "A", OTHER) for n in range(1000)))
        await scene.act(lambda tx: tx.run("UPDATE deliveries SET state = 4, next_attempt_at = ?", [(1,)]))
        scene.frames.clear()
        await scene.told(dossier("Z"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        scene.clock.move(11)
        frames = await scene.act(lambda tx: sweeping.due(tx, [SYSTEM]))
        assert [frame.system for frame in frames] == [SYSTEM]

    async def test_the_refill_goes_in_journal_order_and_stops_at_its_room(self, scene: Scene) -> None:
        """Row 30: what the window had no room for is dispatched oldest first."""
        await scene.tell(*(dossier(f"K{n}", n, direct=False) for n in range(5)))
        assert not scene.frames
        first = await scene.act(lambda tx: sweeping.refill(tx, SYSTEM, 3))
        rest = await scene.act(lambda tx: sweeping.refill(tx, SYSTEM, 3))
        scene.frames = [*first, *rest]
        assert (len(first), len(rest)) == (3, 2)
        assert await scene.run() == [{"body": n} for n in range(5)]

    async def test_a_resume_releases_what_the_system_put_off(self, scene: Scene) -> None:
        """Row 18: at once and in journal order; what was put off for its own sake waits for its time."""
        await scene.tell(*(dossier(f"K{n}", n) for n in range(3)))
        for claim in await scene.claim():
            scope = 0 if claim.message.data == {"body": 1} else 1
            await scene.settle(claim, State.PUT_OFF, cause="away", scope=scope)
        await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, None))
        await scene.refill()
        assert await scene.run() == [{"body": 0}, {"body": 2}]

    async def test_a_resume_by_cause_releases_what_had_drawn_that_answer(self, scene: Scene) -> None:
        """Row 18: what was put off for the cause that was the system's becomes ready too."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="uncatalogued")
        await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, "uncatalogued"))
        await scene.refill()
        assert len(await scene.claim()) == 1

    async def test_a_resume_does_not_send_into_a_line_that_settles(self, scene: Scene) -> None:
        """Row 8: a doubtful attempt may still land, though the system is back."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="timed-out", scope=1, uncertain=True)
        await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, None))
        await scene.refill()
        assert await scene.claim() == []

    async def test_a_trial_takes_a_line_that_has_not_drawn_the_answer(self, scene: Scene) -> None:
        """Row 19: trials rotate, so that one poison dossier does not decide for everybody."""
        await scene.tell(dossier("K1", 1), dossier("K2", 2))
        first, second = sorted(await scene.claim(), key=lambda claim: claim.delivery)
        for claim in (first, second):
            await scene.settle(claim, State.PUT_OFF, cause="odd", scope=1)
        drawn = frozenset({first.line})
        trial = await scene.act(lambda tx: sweeping.trial(tx, SYSTEM, drawn, scene.worker))
        assert trial is not None
        assert (trial.delivery, trial.attempt) == (second.delivery, 2)
        assert not (await scene.settle(trial)).late

    async def test_a_trial_takes_the_only_line_there_is_and_none_when_there_is_none(
        self, scene: Scene
    ) -> None:
        """Row 19: rather the same dossier again than no trial; a settling line is left alone."""
        assert await scene.act(lambda tx: sweeping.trial(tx, SYSTEM, frozenset(), scene.worker)) is None
        await scene.told(dossier())
        claim = await scene.one()
        await scene.settle(claim, State.PUT_OFF, cause="timed-out", scope=1, uncertain=True)
        drawn = frozenset({claim.line})
        assert await scene.act(lambda tx: sweeping.trial(tx, SYSTEM, drawn, scene.worker)) is None
        scene.clock.move(2.1)
        assert await scene.act(lambda tx: sweeping.trial(tx, SYSTEM, drawn, scene.worker)) is not None

    async def test_a_lost_frame_is_dispatched_anew_in_a_new_epoch(self, scene: Scene) -> None:
        """Row 4: what was dispatched long ago and never claimed goes out again; the old frame is void."""
        await scene.told(dossier())
        lost = list(scene.frames)
        assert not await scene.act(lambda tx: sweeping.redispatch(tx, [SYSTEM], 30 * SECOND))
        scene.clock.move(31)
        scene.frames = await scene.act(lambda tx: sweeping.redispatch(tx, [SYSTEM], 30 * SECOND))
        assert not await scene.journal.claim(lost, scene.worker)
        assert len(await scene.claim()) == 1

    async def test_what_a_worker_forgot_is_found(self, scene: Scene) -> None:
        """Row 6: sending for long, by this worker, and unknown to it: a lapse."""
        await scene.tell(dossier("K1"), dossier("K2"))
        first, second = await scene.claim()
        scene.clock.move(31)
        held = frozenset({first.delivery})
        found = await scene.act(lambda tx: sweeping.abandoned(tx, scene.worker, held, 30 * SECOND))
        assert [row.id for row in found] == [second.delivery]

    async def test_what_is_void_after_a_time_expires_and_lets_the_next_go(self, scene: Scene) -> None:
        """Expiry closes what waits, and its line goes on; what is on the wire is left to its outcome."""
        first = await scene.told(self.lasting(scene, dossier(body="A"), 10))
        sent = await scene.told(self.lasting(scene, dossier("K2", "A"), 10))
        await scene.told(progress("K1"))
        second = await scene.told(dossier(body="B"))
        claims = {claim.message.partitionkey: claim for claim in await scene.claim()}
        await scene.settle(claims["K1"], State.PUT_OFF, cause="away", scope=1)
        scene.clock.move(11)
        scene.frames += await scene.act(lambda tx: sweeping.expire(tx, {}))
        assert [await scene.state(one) for one in (first, sent, second)] == ["expired", "sending", "ready"]

    async def test_a_snapshot_that_expires_behind_a_newer_one_is_marked(self, scene: Scene) -> None:
        """Row 16: the dead that nobody can replay any more are not left for people to look at."""
        old = await scene.told(self.lasting(scene, dossier(body="A"), 10))
        newer = await scene.told(dossier(body="B"))
        scene.clock.move(11)
        await scene.act(lambda tx: sweeping.expire(tx, {}))
        shown = await scene.delivery(old)
        assert (shown["state"], shown["superseded_by"]) == ("expired", (await scene.delivery(newer))["id"])

    async def test_an_event_parked_too_long_expires(self, scene: Scene) -> None:
        """An anchor that does not come within the system's bound ends the waiting, and its source is told."""
        event = await scene.told(progress())
        scene.clock.move(99)
        await scene.act(lambda tx: sweeping.expire(tx, {SYSTEM: 100 * SECOND}))
        assert await scene.state(event) == "parked"
        scene.clock.move(2)
        await scene.act(lambda tx: sweeping.expire(tx, {SYSTEM: 100 * SECOND}))
        assert [report.state for report in await scene.reports()] == ["expired"]

    async def test_a_document_that_expires_still_stops_its_line(self, scene: Scene) -> None:
        """The order of documents is strict; a person resolves it."""
        await scene.told(self.lasting(scene, paper(name="P1"), 10))
        second = await scene.told(paper(name="P2"))
        scene.clock.move(11)
        scene.frames = await scene.act(lambda tx: sweeping.expire(tx, {}))
        assert (await scene.claim(), await scene.state(second)) == ([], "waiting")

"""Rules of late landings: an old snapshot that lands after a newer one is answered with the newest."""

from __future__ import annotations

from lgsp.adapter import Accepted
from lgsp.journal.states import State
from lgsp.journal.turns import Claim
from lgsp.testing.making import dossier, outcome, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class LandingRules(JournalRules):
    """The far side ends with the newest snapshot, however late an old one lands."""

    async def overtaken(self, scene: Scene) -> tuple[Claim, Accepted]:
        """Let revision 4 be lost on the wire and superseded by 5; return its lost claim and the receipt of 5.

        Its second attempt was put off, so nothing of it is left but the request that may still land.
        """
        await scene.told(dossier(body=4))
        lost = await scene.one()
        await scene.lapse(lost)
        await scene.due(2.1)
        second = await scene.one()
        newer = await scene.told(dossier(body=5))
        await scene.settle(second, State.PUT_OFF, cause="odd")
        return lost, newer

    async def test_an_old_delivery_that_wakes_up_after_a_newer_one_was_sent(self, scene: Scene) -> None:
        """Row 8: an old delivery waking up after a newer was sent; the newest is sent once more, linked."""
        lost, newer = await self.overtaken(scene)
        assert await scene.run() == [{"body": 5}]
        assert (await scene.settle(lost)).late
        assert await scene.run() == [{"body": 5}]
        resent = [d for d in (await scene.walk(newer))["deliveries"] if d["resend_of"] is not None]
        assert [(d["resend_of"], d["state"], d["repeats"]) for d in resent] == [
            (lost.delivery, "delivered", 1)
        ]

    async def test_an_old_delivery_that_wakes_up_while_the_newest_goes_in_a_run(self, scene: Scene) -> None:
        """Row 8: the newest may be on the wire already, though it waits behind the head of its run."""
        await scene.told(dossier(body="old"))
        lost = await scene.one()
        await scene.lapse(lost)
        await scene.due(2.1)
        again = await scene.one()
        await scene.tell(progress(step=1), dossier(body="newest"), *(progress(step=n) for n in range(2, 12)))
        first = await scene.settle(again, go_on=True)
        assert first.next is not None
        ones = [outcome(claim, worker=scene.worker) for claim in (first.next, *first.behind)]
        assert (await scene.settle(lost)).late
        ones[0].then = ones[1:]
        scene.frames += (await scene.journal.settle(ones[0])).frames
        assert await scene.run() == [{"body": "newest"}]

    async def test_a_late_doubt_is_as_good_as_a_late_landing(self, scene: Scene) -> None:
        """Row 8: a late time-out may have landed too."""
        lost, _ = await self.overtaken(scene)
        await scene.run()
        await scene.settle(lost, State.PUT_OFF, uncertain=True, cause="timed-out")
        assert await scene.run() == [{"body": 5}]

    async def test_a_late_refusal_endangers_nothing(self, scene: Scene) -> None:
        """Row 8: what was refused did not land."""
        lost, _ = await self.overtaken(scene)
        await scene.run()
        await scene.settle(lost, State.REFUSED, cause="field-rejected")
        assert await scene.run() == []

    async def test_a_late_outcome_told_twice_resends_once(self, scene: Scene) -> None:
        """Row 8: one linked delivery is enough while it is open."""
        lost, _ = await self.overtaken(scene)
        await scene.run()
        await scene.settle(lost)
        await scene.settle(lost)
        assert await scene.run() == [{"body": 5}]

    async def test_a_late_landing_while_the_newer_one_is_being_sent(self, scene: Scene) -> None:
        """Row 8: the old one may land behind the newer one that is on the wire; that goes once more."""
        lost, _ = await self.overtaken(scene)
        newer = await scene.one()
        await scene.settle(lost)
        await scene.settle(newer)
        assert await scene.run() == [{"body": 5}]

    async def test_a_late_landing_told_together_with_the_newer_outcome(self, scene: Scene) -> None:
        """Row 8: the two outcomes share a transaction, in either order."""
        lost, _ = await self.overtaken(scene)
        newer = await scene.one()
        await scene.settle_together(outcome(lost), outcome(newer))
        assert await scene.run() == [{"body": 5}]

    async def test_a_resend_does_not_go_over_a_newer_snapshot(self, scene: Scene) -> None:
        """Row 8: revision 6 was accepted before 4 was found to have landed; 6 stays the last word."""
        lost, _ = await self.overtaken(scene)
        await scene.run()
        await scene.told(dossier(body=6))
        await scene.settle(lost)
        went = await scene.run()
        assert went[-1] == {"body": 6}

    async def test_a_newer_snapshot_makes_a_resend_that_was_put_off_void(self, scene: Scene) -> None:
        """Row 9: a resend is an old snapshot like any other."""
        lost, _ = await self.overtaken(scene)
        await scene.run()
        await scene.settle(lost)
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.told(dossier(body=6))
        assert await scene.run() == [{"body": 6}]
        await scene.due(3600)
        assert await scene.claim() == []

    async def test_a_late_success_is_an_anchor(self, scene: Scene) -> None:
        """A success that came too late still says that some version is there; its event goes."""
        await scene.told(dossier())
        lost = await scene.one()
        event = await scene.told(progress())
        await scene.lapse(lost)
        await scene.due(2.1)
        await scene.settle(lost)
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected")
        assert await scene.run() == [{"of": "K1", "step": 1}]
        assert await scene.state(event) == "delivered"

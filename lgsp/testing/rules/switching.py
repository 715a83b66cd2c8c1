"""Rules of systems that begin, or cease, to collect while deliveries are open."""

from __future__ import annotations

from lgsp.journal import acting, mailboxes, sweeping
from lgsp.journal.states import State
from lgsp.journal.turns import Apart
from lgsp.testing.making import RETRY, SECOND, SYSTEM, dossier, paper, unrouted
from lgsp.testing.rules.mailboxes import done, listed, take, tell
from lgsp.testing.rules.receivers import THREE, to_three
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class SwitchingRules(JournalRules):
    """What is open goes the way that the routes of now say, and nobody has it twice unasked."""

    async def switch(self, scene: Scene, *, collects: bool) -> None:
        """Publish routes by which the system collects, or is sent to."""
        scene.collects(yes=collects)
        await scene.act(lambda tx: mailboxes.rehouse(tx, (SYSTEM,)))

    async def test_a_system_that_ceases_to_collect_is_sent_to_and_the_other_way_round(
        self, scene: Scene
    ) -> None:
        """Row 107: what was offered is dispatched; what was ready is offered, its frames claim nothing."""
        await self.switch(scene, collects=True)
        (receipt,) = await tell(scene, dossier("K1"))
        await self.switch(scene, collects=False)
        assert (await listed(scene), await scene.state(receipt)) == ([], "ready")
        await scene.refill()
        await scene.told(dossier("K2"))
        stale = list(scene.frames)
        assert len(stale) == 2
        await self.switch(scene, collects=True)
        assert (len(await listed(scene)), await scene.journal.claim(stale, scene.worker)) == (2, [])

    async def test_rehousing_without_a_change_moves_nothing(self, scene: Scene) -> None:
        """Row 107: every process that starts asks for it; a lease that runs is not broken by it."""
        await self.switch(scene, collects=True)
        await tell(scene, dossier())
        (one,) = await listed(scene)
        await take(scene, one)
        await self.switch(scene, collects=True)
        assert await listed(scene) == []

    async def test_what_no_route_wanted_is_offered_later(self, scene: Scene) -> None:
        """Row 107: publishing a route to a mailbox lays into it what waited for one."""
        scene.collects()
        receipt = await scene.told(unrouted(dossier()))
        where = [(dossier().wanted[0], None)]
        await scene.act(lambda tx: acting.route_unrouted(tx, lambda _: where))
        assert await scene.state(receipt) == "offered"

    async def test_what_was_being_sent_at_the_switch_comes_into_the_mailbox(self, scene: Scene) -> None:
        """Row 112: whatever gets its turn by what was under way then is offered: retries and resumes."""
        retried, resumed = await scene.told(dossier("K1")), await scene.told(dossier("K2"))
        one, two = await scene.claim()
        await scene.settle(two, State.PUT_OFF, scope=1, wait=0)
        await self.switch(scene, collects=True)
        await scene.settle(one, State.PUT_OFF)
        await scene.act(lambda tx: sweeping.resume(tx, SYSTEM, None))
        await scene.due(11)
        assert [await scene.state(one) for one in (retried, resumed)] == ["offered"] * 2
        assert scene.frames == []

    async def test_what_an_older_process_left_behind_is_straightened(self, scene: Scene) -> None:
        """Row 113: it dispatched by the routes of before; what it dispatched, or offered, is brought in."""
        await self.switch(scene, collects=True)
        scene.collects(yes=False)
        ready = await scene.told(dossier("K1", "A", direct=False))
        lost = await scene.told(dossier("K2"))
        scene.frames.clear()
        scene.collects()
        await scene.act(lambda tx: mailboxes.straighten(tx, (SYSTEM,)))
        assert [await scene.state(one) for one in (ready, lost)] == ["offered", "ready"]
        scene.clock.move(31)
        await scene.act(lambda tx: sweeping.redispatch(tx, [SYSTEM], 30 * SECOND))
        assert await scene.state(lost) == "offered"
        scene.collects(yes=False)
        await scene.act(lambda tx: mailboxes.straighten(tx, (SYSTEM,)))
        assert [await scene.state(one) for one in (ready, lost)] == ["ready"] * 2

    async def test_a_document_in_doubt_is_held_when_its_system_begins_to_collect(self, scene: Scene) -> None:
        """Row 114: it may be there already; a mailbox cannot be asked, so a person is."""
        receipt = await scene.told(paper())
        await scene.lapse(await scene.one())
        await self.switch(scene, collects=True)
        await scene.due(3)
        assert (await listed(scene), await scene.state(receipt)) == ([], "held")

    async def test_what_was_taken_is_in_doubt_when_it_is_sent_after_all(self, scene: Scene) -> None:
        """Row 114: a client had it in its hands when its system ceased to collect."""
        await self.switch(scene, collects=True)
        await tell(scene, paper("K1", "P1"), paper("K2", "P2"))
        one, _ = await listed(scene)
        await take(scene, one)
        await self.switch(scene, collects=False)
        await scene.refill()
        assert {claim.delivery == one.delivery: claim.uncertain for claim in await scene.claim()} == {
            True: True, False: False,
        }  # fmt: skip

    async def test_receivers_who_were_not_reached_wait_in_the_mailbox(self, scene: Scene) -> None:
        """Row 112: the attempt was under way when the system began to collect; it reached two of three."""
        await scene.told(to_three())
        claim = await scene.one()
        await self.switch(scene, collects=True)
        apart = (Apart(("H26",), State.PUT_OFF, "locked", wait=RETRY[0], patience=1),)
        await scene.settle(claim, recipients=THREE[:2], apart=apart)
        await scene.due(11)
        assert (len(await listed(scene)), scene.frames) == (1, [])

    async def test_a_late_landing_of_before_the_switch_is_offered_once_more(self, scene: Scene) -> None:
        """Row 112: the newest snapshot is laid into the mailbox again, over what landed late."""
        await scene.told(dossier(body=4))
        lost = await scene.one()
        await scene.lapse(lost)
        await self.switch(scene, collects=True)
        await scene.due(2.1)
        (one,) = await listed(scene)
        await done(scene, one)
        await tell(scene, dossier(body=5))
        (two,) = await listed(scene)
        await done(scene, two)
        assert (await scene.settle(lost)).late
        assert (len(await listed(scene)), scene.frames) == (1, [])

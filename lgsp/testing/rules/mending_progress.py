"""Rules of repairs: what the far side lost with a dossier follows it, in order, each entry once."""

from __future__ import annotations

from lgsp.adapter import Accepted
from lgsp.journal import reconciliations_progress as following
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal import reconciliations_sending as sending
from lgsp.journal import sweeping
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_sending import Act
from lgsp.journal.states import State
from lgsp.testing.making import SYSTEM, progress
from lgsp.testing.reconciled import ABSENT, ONE, TWO, WHO, mending, sent, side, told, whole
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

MISSING = "portal-dossier-missing"
STEPS = (1, 2, 3)


async def delivered(scene: Scene, key: str = ONE, *steps: int) -> list[Accepted]:
    """Tell a dossier and its progress, and see all of it delivered."""
    await scene.deliver(told(key))
    return [await scene.deliver(progress(key, step)) for step in steps or STEPS]


async def lost(scene: Scene, *keys: str, click: str = "mend") -> dict[str, str]:
    """Find that dossiers are not there, and let a repair of its own send them."""
    repair = await mending(scene, await whole(scene, ABSENT, click), click)
    return await sent(scene, repair, keys or [ONE])


async def went(scene: Scene) -> list[object]:
    """Deliver all that can be delivered; return the steps and states as they went out."""
    await scene.refill()
    return [body.get("step", body.get("status")) for body in await scene.run()]


class MendingProgressRules(JournalRules):
    """Where a dossier is absent, nothing of it is there; so all of it goes again, and goes once."""

    async def test_what_was_told_of_it_follows_the_dossier_in_order(self, scene: Scene) -> None:
        """Row 220: behind it, oldest first, each once; as deliveries of their own, by the person's name."""
        await delivered(scene)
        assert await lost(scene) == {ONE: "sent"}
        assert await scene.count(State.PARKED) == 3
        assert await went(scene) == ["received", 1, 2, 3]
        rows = await scene.rows("SELECT who, cause FROM entries WHERE id > 0 AND what = 'sent again'")
        assert [tuple(row) for row in rows] == [(WHO, "the portal lost them")] * 4
        assert await scene.wedged() == []

    async def test_nothing_goes_again_where_only_the_version_differs(self, scene: Scene) -> None:
        """Row 220: the dossier is there, and so is its progress."""
        await delivered(scene)
        repair = await mending(scene, await whole(scene, ABSENT))
        assert await sent(scene, repair, [ONE], absent=False) == {ONE: "sent"}
        assert await went(scene) == ["received"]

    async def test_what_is_told_meanwhile_stands_behind_what_was_lost(self, scene: Scene) -> None:
        """Row 221: a new entry waits for the dossier as the others do, and goes last."""
        await delivered(scene)
        await lost(scene)
        await scene.told(progress(ONE, 4))
        assert await went(scene) == ["received", 1, 2, 3, 4]

    async def test_what_waits_in_the_line_steps_back_behind_the_dossier(self, scene: Scene) -> None:
        """Row 222: it would be turned down before the dossier is there; one that was put off for it, too."""
        await delivered(scene, ONE, 1)
        await scene.told(progress(ONE, 2))
        await scene.told(progress(ONE, 3))
        await scene.settle(await scene.one(), State.PUT_OFF, cause=MISSING, patience=1)
        await lost(scene)
        assert await scene.count(State.PARKED) == 3
        assert await went(scene) == ["received", 1, 2, 3]
        assert await scene.wedged() == []

    async def test_one_whose_turn_it_is_steps_back_and_its_frame_claims_nothing(self, scene: Scene) -> None:
        """Row 222: it was dispatched already, and the broker still holds its frame."""
        await delivered(scene, ONE, 1)
        await scene.told(progress(ONE, 2))
        stale = list(scene.frames)
        await lost(scene)
        scene.frames[:] = stale
        assert await scene.claim() == []
        assert await went(scene) == ["received", 1, 2]

    async def test_nothing_is_sent_beside_an_entry_that_is_on_the_wire(self, scene: Scene) -> None:
        """Row 223: the dossier, and those behind it, wait until somebody knows what became of that entry."""
        await delivered(scene, ONE, 1)
        await delivered(scene, TWO, 7)
        repair = await mending(scene, await whole(scene, ABSENT))
        await scene.told(progress(ONE, 2))
        claim = await scene.one()
        assert await sent(scene, repair, [ONE, TWO]) == {}
        await scene.settle(claim, State.PUT_OFF, cause=MISSING, patience=1)
        assert await sent(scene, repair, [ONE, TWO]) == {ONE: "sent", TWO: "sent"}
        assert sorted(map(str, await went(scene))) == ["1", "2", "7", "received", "received"]

    async def test_what_died_of_its_absence_comes_back_in_its_place(self, scene: Scene) -> None:
        """Row 224: its patience was spent on a dossier that was not there."""
        await delivered(scene, ONE, 1)
        await scene.told(progress(ONE, 2))
        await scene.settle(await scene.one(), State.EXHAUSTED, cause=MISSING)
        await scene.told(progress(ONE, 3))
        await lost(scene)
        assert await went(scene) == ["received", 1, 2, 3]

    async def test_what_was_refused_for_its_own_sake_stays_with_people(self, scene: Scene) -> None:
        """Row 224: it would be refused again."""
        await delivered(scene, ONE, 1)
        await scene.kill(progress(ONE, 2))
        await lost(scene)
        assert await went(scene) == ["received", 1]
        assert await scene.count(State.REFUSED) == 1

    async def test_a_second_repair_sends_none_of_it(self, scene: Scene) -> None:
        """Row 225: it finds the dossier on its way; after that, nothing is missing."""
        await delivered(scene)
        run, stood = await whole(scene, ABSENT), await side(scene)
        first, second = await mending(scene, run, "a"), await mending(scene, run, "b")
        for repair in (first, second):
            await scene.act(lambda tx, r=repair: sending.send(tx, r, [Act(stood, absent=True)]))  # type: ignore[misc]
        assert await went(scene) == ["received", 1, 2, 3]

    async def test_what_is_lost_again_goes_again_once(self, scene: Scene) -> None:
        """Row 226: however often an entry went before, one delivery of it follows the dossier."""
        await delivered(scene)
        for click in ("a", "b", "c"):
            await lost(scene, click=click)
            assert await went(scene) == ["received", 1, 2, 3]

    async def test_what_was_lost_while_it_followed_goes_on_where_it_died(self, scene: Scene) -> None:
        """Row 226: an entry that is open or died on its second way is not sent beside itself."""
        await delivered(scene)
        await lost(scene, click="a")
        await scene.refill()
        await scene.settle(await scene.one())
        await scene.settle(await scene.one())
        await scene.settle(await scene.one(), State.EXHAUSTED, cause=MISSING)
        await lost(scene, click="b")
        assert await went(scene) == ["received", 1, 2, 3]
        assert await scene.count(State.EXHAUSTED, State.PARKED) == 0

    async def test_it_stands_after_a_crash(self, scene: Scene) -> None:
        """Row 227: dossier and progress are given to be sent in one transaction, or not at all."""
        await delivered(scene)
        await lost(scene)
        await scene.restart()
        assert await went(scene) == ["received", 1, 2, 3]

    async def test_the_baseline_of_an_adopted_dossier_follows_it_too(self, scene: Scene) -> None:
        """Row 228: whoever told it, it was there, and is not now."""
        await delivered(scene)
        await scene.act(
            lambda tx: tx.run(
                "UPDATE history SET state = ?, anchor = NULL WHERE id > ?", [(int(State.ADOPTED), 0)]
            )
        )
        await lost(scene)
        assert await went(scene) == ["received", 1, 2, 3]

    async def test_what_is_kept_no_more_is_left_out(self, scene: Scene) -> None:
        """Row 228: without a body there is nothing to send; the others go all the same."""
        (first, *_) = await delivered(scene)
        (number,) = (await scene.rows("SELECT id FROM messages WHERE uid = ?", first.id.bytes))[0]
        await scene.act(lambda tx: tx.run("DELETE FROM bodies WHERE message_id = ?", [(number,)]))
        await lost(scene)
        assert await went(scene) == ["received", 2, 3]

    async def test_what_is_called_off_takes_its_progress_with_it(self, scene: Scene) -> None:
        """Row 229: nothing stays parked behind a dossier that is not sent after all."""
        await delivered(scene)
        repair = await mending(scene, await whole(scene, ABSENT))
        await sent(scene, repair, [ONE])
        await scene.act(lambda tx: repairs.move(tx, repair.id, "cancel", WHO))
        assert await scene.rows("SELECT id FROM deliveries") == []
        assert await scene.count(State.CANCELLED) == 4
        await lost(scene, click="again")
        assert await went(scene) == ["received", 1, 2, 3]

    async def test_a_dossier_whose_newest_died_brings_its_progress_back_as_well(self, scene: Scene) -> None:
        """Row 230: an earlier version of it was there, with all that was told of it."""
        await delivered(scene)
        await scene.told(told(ONE, "processing"))
        await scene.settle(await scene.one(), State.EXHAUSTED, cause=MISSING)
        await lost(scene)
        assert await scene.state(await scene.told(progress(ONE, 4))) == "parked"
        assert await went(scene) == ["processing", 1, 2, 3, 4]

    async def test_a_dossier_is_not_mended_before_its_progress_is(self, scene: Scene) -> None:
        """Row 231: who looks again sees what is on its way still, and what died of it."""
        await delivered(scene, ONE, 1, 2)
        await lost(scene)
        seen = [await scene.journal.read(lambda tx: following.trail(tx, SYSTEM, [ONE, TWO]))]
        await scene.refill()
        for state in (State.DELIVERED, State.DELIVERED, State.REFUSED):
            await scene.settle(await scene.one(), state)
            seen.append(await scene.journal.read(lambda tx: following.trail(tx, SYSTEM, [ONE, TWO])))
        assert [(sorted(one.moving), sorted(one.dead)) for one in seen] == [
            ([ONE], []), ([ONE], []), ([ONE], []), ([], [ONE]),
        ]  # fmt: skip

    async def test_a_probe_asks_for_none_of_it_while_its_dossier_is_on_its_way(self, scene: Scene) -> None:
        """Row 220: its own delivery tells sooner whether it is there."""
        await delivered(scene)
        await lost(scene)
        assert await scene.act(lambda tx: sweeping.parked(tx, 1)) == []

    async def test_a_preview_counts_what_would_follow(self, scene: Scene) -> None:
        """Each entry once, of what would be sent and is missing there alone; nothing is written."""
        await delivered(scene)
        await delivered(scene, TWO, 8)
        run = await whole(scene, {ONE: ABSENT})
        said = await scene.journal.read(lambda tx: repairs.foreseen(tx, run.id, Filter()))
        assert (said["repairable"], said["progress"]) == (1, 3)
        await sent(scene, await mending(scene, run), [ONE])
        said = await scene.journal.read(lambda tx: repairs.foreseen(tx, run.id, Filter()))
        assert (said["repairable"], said["progress"]) == (0, 0)

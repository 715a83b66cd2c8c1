"""Rules of repairs: what a reconciliation found is sent once more, in its line, and never twice."""

from __future__ import annotations

import pytest

from lgsp.domain.reconciling.sides import Way
from lgsp.journal import acting
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal import reconciliations_sending as sending
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_sending import Act
from lgsp.journal.states import State
from lgsp.testing.making import SYSTEM, progress
from lgsp.testing.reconciled import (
    ABSENT,
    ONE,
    TWO,
    WHO,
    begun,
    compared,
    mending,
    sent,
    side,
    told,
    whole,
)
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class MendingRules(JournalRules):
    """A repair sends what differs, as long as it does, and nothing beside it."""

    async def test_a_preview_says_what_would_be_sent_and_what_not(self, scene: Scene) -> None:
        """By bucket and owner; nothing is written."""
        await scene.deliver(told(ONE))
        await scene.kill(told(TWO), "portal-field-missing")
        run = await whole(scene, ABSENT)
        said = await scene.journal.read(lambda tx: repairs.preview(tx, run.id, Filter()))
        assert (said["total"], said["repairable"]) == (2, 1)
        assert [(one["bucket"], one["count"]) for one in said["would"]] == [("missing-there", 1)]
        assert [(one["bucket"], one["owner"]) for one in said["not"]] == [("refused", "vendor")]
        assert await scene.rows("SELECT * FROM repairs") == []

    async def test_what_is_missing_there_goes_once_more_as_a_first_one(self, scene: Scene) -> None:
        """In its line, behind live traffic, by the person's name; progress waits for it again."""
        await scene.deliver(told(ONE))
        run = await whole(scene, ABSENT)
        repair = await mending(scene, run)
        assert await sent(scene, repair, [ONE]) == {ONE: "sent"}
        step = await scene.told(progress(ONE))
        assert await scene.state(step) == "parked"
        assert await scene.claim() == []
        await scene.refill()
        claim = await scene.one()
        assert claim.message.there is False
        await scene.settle(claim)
        assert (await side(scene)).ours is not None
        entries = await scene.rows("SELECT who, cause FROM entries WHERE id > 0 AND what = 'sent again'")
        assert [tuple(row) for row in entries] == [(WHO, "the portal lost them")]
        await scene.run()
        assert await scene.state(step) == "delivered"
        assert await scene.wedged() == []

    async def test_what_died_comes_back_to_life(self, scene: Scene) -> None:
        """A delivery that was given up is revived, not doubled."""
        await scene.told(told(ONE))
        await scene.settle(await scene.one(), State.EXHAUSTED, cause="portal-dossier-missing")
        run = await whole(scene, ABSENT)
        repair = await mending(scene, run)
        assert await sent(scene, repair, [ONE]) == {ONE: "sent"}
        assert len(await scene.rows("SELECT id FROM deliveries UNION SELECT id FROM history")) == 1
        await scene.refill()
        await scene.settle(await scene.one())
        now = (await side(scene)).ours
        assert now is not None
        assert now.way is Way.DELIVERED

    async def test_no_dossier_has_two_open_repairs(self, scene: Scene) -> None:
        """Two repairs mean the same dossier: the second one finds it on its way, and leaves it."""
        await scene.deliver(told(ONE))
        run = await whole(scene, ABSENT)
        stood = await side(scene)
        first, second = await mending(scene, run, "a"), await mending(scene, run, "b")
        acts = [Act(stood, absent=True)]
        one = await scene.act(lambda tx: sending.send(tx, first, acts))
        two = await scene.act(lambda tx: sending.send(tx, second, acts))
        assert ([word for word, _ in one.values()], [word for word, _ in two.values()]) == (
            ["sent"],
            ["skipped"],
        )
        assert await scene.count(State.READY) == 1

    async def test_nothing_is_sent_beside_a_newer_version(self, scene: Scene) -> None:
        """The source told a newer one since it was judged: that one goes, and nothing else."""
        await scene.deliver(told(ONE))
        run = await whole(scene, ABSENT)
        stood, repair = await side(scene), await mending(scene, run)
        await scene.told(told(ONE, "processing"))
        done = await scene.act(lambda tx: sending.send(tx, repair, [Act(stood, absent=True)]))
        assert [word for word, _ in done.values()] == ["skipped"]
        assert len(await scene.claim()) == 1

    async def test_a_repair_that_is_called_off_takes_back_what_nobody_began_to_send(
        self, scene: Scene
    ) -> None:
        """What was sent stays sent; what waits is cancelled, and counts as it stood before."""
        await scene.deliver(told(ONE))
        await scene.deliver(told(TWO))
        run = await whole(scene, ABSENT)
        repair = await mending(scene, run)
        await sent(scene, repair, [ONE])
        await scene.refill()
        (claim,) = await scene.claim()
        await sent(scene, repair, [TWO])
        said = await scene.act(lambda tx: repairs.move(tx, repair.id, "cancel", WHO))
        assert said is not None
        assert said["state"] == "cancelled"
        await scene.settle(claim)
        rows = await scene.rows("SELECT key, mending FROM differences ORDER BY key")
        assert [tuple(row) for row in rows] == [(ONE, "sent"), (TWO, "called off")]
        now = (await side(scene, TWO)).ours
        assert now is not None
        assert now.way is Way.DELIVERED
        assert await scene.count(State.CANCELLED) == 1
        assert await scene.wedged() == []

    async def test_a_repair_waits_for_its_system(self, scene: Scene) -> None:
        """Nothing is poured onto a system that rests, nor onto a queue that is full of its like."""
        assert await scene.journal.read(lambda tx: sending.room(tx, SYSTEM, 50)) == ("", 50)
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "suspended", None, WHO))
        assert await scene.journal.read(lambda tx: sending.room(tx, SYSTEM, 50)) == ("suspended", 0)

    async def test_only_what_a_run_found_to_its_end_is_repaired(self, scene: Scene) -> None:
        """While it compares, nobody knows what it will find."""
        await scene.deliver(told(ONE))
        run = await compared(scene, await begun(scene), ABSENT)
        with pytest.raises(WrongStateError, match="not done"):
            await mending(scene, run)

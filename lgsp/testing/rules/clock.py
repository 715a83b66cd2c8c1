"""Rules of the clock: one that was wrong, and is right again, makes nothing wait and nothing go too early."""

from __future__ import annotations

from lgsp.journal import sweeping
from lgsp.journal.states import State
from lgsp.testing.making import POLICIES, SECOND, SYSTEM, dossier
from lgsp.testing.rules.fetches import begin, begun, finish
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class ClockRules(JournalRules):
    """The journal goes by one clock, which people and programs set."""

    async def test_a_clock_that_was_wrong_holds_nobody_for_ever(self, scene: Scene) -> None:
        """Row 27: what was put off by a clock far ahead is brought within reach at the next start."""
        scene.clock.move(400 * 86400)
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        scene.clock.move(-400 * 86400)
        await scene.restart()
        await scene.due(2 * 86400)
        assert len(await scene.claim()) == 1

    async def test_a_clock_that_steps_a_little_back_moves_on(self, scene: Scene) -> None:
        """Row 27: what is written later has a later time."""
        first = await scene.act(lambda tx: tx.now)
        second = await scene.act(lambda tx: tx.now)
        scene.clock.move(-0.5)
        assert await scene.act(lambda tx: tx.now) > second > first

    async def test_a_clock_that_is_set_back_is_followed(self, scene: Scene) -> None:
        """Row 27: otherwise nothing falls due for an hour, and new processes see the living as far ahead."""
        await scene.act(lambda tx: tx.now)
        scene.clock.move(-3600)
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        await scene.due(11)
        assert len(await scene.claim()) == 1

    async def test_what_a_clock_ahead_put_off_waits_its_wait_and_no_longer(self, scene: Scene) -> None:
        """Row 81: an hour ahead and back again; ten seconds of patience are ten seconds from then on."""
        scene.clock.move(3600)
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        scene.clock.move(-3600)
        await scene.act(lambda tx: sweeping.bring_in(tx, POLICIES))
        await scene.due(9.5)
        assert not scene.frames
        await scene.due(1)
        assert len(await scene.claim()) == 1

    async def test_a_line_that_settles_by_a_clock_ahead_settles_as_others_do(self, scene: Scene) -> None:
        """Row 81: what is in doubt waits for its line to settle, and is not sent before."""
        scene.clock.move(3600)
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, uncertain=True, cause="timed-out")
        scene.clock.move(-3600)
        await scene.act(lambda tx: sweeping.bring_in(tx, POLICIES))
        assert not await scene.act(lambda tx: sweeping.trial(tx, SYSTEM, (), scene.worker))
        await scene.due(61)
        assert len(await scene.claim()) == 1

    async def test_what_was_put_off_by_a_clock_that_is_right_waits_as_it_did(self, scene: Scene) -> None:
        """Row 81: bringing times in changes none that is within reach."""
        await scene.told(dossier())
        await scene.settle(await scene.one(), State.PUT_OFF, cause="odd")
        scene.clock.move(8)
        await scene.act(lambda tx: sweeping.bring_in(tx, POLICIES))
        await scene.due(2.1)
        assert len(await scene.claim()) == 1

    async def test_a_frame_lost_by_a_clock_ahead_goes_out_again(self, scene: Scene) -> None:
        """Row 81: a dispatch that lies in the future is not waited for until it is long ago."""
        scene.clock.move(3600)
        await scene.told(dossier())
        scene.frames.clear()
        scene.clock.move(-3600)
        await scene.act(lambda tx: sweeping.bring_in(tx, POLICIES))
        scene.clock.move(31)
        scene.frames = await scene.act(lambda tx: sweeping.redispatch(tx, [SYSTEM], 30 * SECOND))
        assert len(await scene.claim()) == 1

    async def test_a_job_that_a_clock_ahead_ran_does_not_wait_for_that_hour(self, scene: Scene) -> None:
        """Row 81: its last run lies in the future; it runs at once, and then by its schedule."""
        scene.clock.move(3600)
        await finish(scene, await begin(scene))
        scene.clock.move(-3600)
        await finish(scene, await begin(scene))
        assert await begun(scene) is None
        scene.clock.move(61)
        assert await begin(scene)

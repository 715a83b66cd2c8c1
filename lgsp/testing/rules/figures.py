"""Rules of the figures and of the glance at the whole: counted a little behind, and each thing once."""

from __future__ import annotations

from lgsp.errors import Invalid, Problem
from lgsp.journal import figures, glancing
from lgsp.journal.figures import CAME, DELIVERED, DIED, PUT_OFF, SLOT, TURNED_AWAY
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, SOURCE, SYSTEM, arrival, dossier
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


class FigureRules(JournalRules):
    """Whoever looks at the whole sees totals that are true as of a moment, and never waits for a count."""

    async def count(self, scene: Scene) -> None:
        """Count until nothing is left."""
        step = await scene.journal.read(figures.look)
        assert await scene.act(lambda tx: figures.keep(tx, step))
        if not step.place.done:
            await self.count(scene)

    async def totals(self, scene: Scene) -> dict[str, int]:
        """Return what was counted of each kind, but for kinds without any."""
        found = await scene.journal.read(lambda tx: figures.series(tx, 0))
        return {kind: sum(slots.values()) for kind, slots in found.items() if slots}

    async def test_everything_is_counted_once(self, scene: Scene) -> None:
        """Accepted, delivered, put off, dead and turned away, however often one looks."""
        await scene.deliver(dossier("K1"))
        await self.count(scene)
        await scene.kill(dossier("K2"))
        await scene.told(dossier("K3"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="http-503")
        reason = Invalid([Problem("code", "missing")], subject="K4", type="dossier.v1")
        await scene.journal.accept(arrival(rejected=[(0, reason)]))
        for _ in range(3):
            await self.count(scene)
        assert await self.totals(scene) == {CAME: 3, DELIVERED: 1, DIED: 1, PUT_OFF: 1, TURNED_AWAY: 1}

    async def test_what_two_counted_is_kept_once(self, scene: Scene) -> None:
        """Two processes that take each other for gone look at the same: the slower one's step is void."""
        await scene.deliver(dossier("K1"))
        mine, theirs = await scene.journal.read(figures.look), await scene.journal.read(figures.look)
        assert await scene.act(lambda tx: figures.keep(tx, theirs))
        assert not await scene.act(lambda tx: figures.keep(tx, mine))
        assert await self.totals(scene) == {CAME: 1, DELIVERED: 1}

    async def test_figures_stand_where_it_happened(self, scene: Scene) -> None:
        """A slot is ten minutes of the journal's clock, also for what is counted much later."""
        began = scene.clock.now
        await scene.deliver(dossier("K1"))
        scene.clock.move(3600)
        await scene.deliver(dossier("K2"))
        scene.clock.move(7200)
        await self.count(scene)
        came = (await scene.journal.read(lambda tx: figures.series(tx, 0)))[CAME]
        slots = [began // SLOT * SLOT, (began + 3_600_000_000) // SLOT * SLOT]
        assert came == dict.fromkeys(slots, 1)
        late = await scene.journal.read(lambda tx: figures.between(tx, slots[1], DELIVERED))
        assert late == {(SOURCE, SYSTEM): 1}

    async def test_figures_are_kept_for_forty_days(self, scene: Scene) -> None:
        """Older ones go by themselves."""
        await scene.deliver(dossier("K1"))
        await self.count(scene)
        scene.clock.move(41 * 86400)
        await self.count(scene)
        assert await self.totals(scene) == {}

    async def test_the_place_says_as_of_when_all_is_counted(self, scene: Scene) -> None:
        """When nobody counts, the moment stands still; the next one catches up, and says so."""
        assert await scene.journal.read(figures.counted) is None
        await self.count(scene)
        counted = scene.clock.now
        scene.clock.move(600)
        await scene.deliver(dossier("K1"))
        place = await scene.journal.read(figures.counted)
        assert place is not None
        assert counted <= place.whole < scene.clock.now
        await self.count(scene)
        place = await scene.journal.read(figures.counted)
        assert place is not None
        assert place.whole >= scene.clock.now
        assert await self.totals(scene) == {CAME: 1, DELIVERED: 1}

    async def test_a_journal_nobody_counted_is_counted_from_the_day_before(self, scene: Scene) -> None:
        """What was there before is not walked through: a day and a half of it is."""
        await scene.deliver(dossier("K1"))
        scene.clock.move(3 * 86400)
        await scene.deliver(dossier("K2"))
        await self.count(scene)
        assert await self.totals(scene) == {CAME: 1, DELIVERED: 1}

    async def test_a_queue_is_what_waits_for_a_system(self, scene: Scene) -> None:
        """Ready without a place on the broker, behind another one, put off: all wait; the dead do not."""
        began = scene.clock.now
        await scene.told(dossier("K1", "A", direct=False))
        await scene.told(dossier("K1", "B", direct=False))
        await scene.told(dossier("K2", "A", OTHER, direct=False))
        queues = await scene.journal.read(lambda tx: glancing.queues(tx, [SYSTEM, OTHER, "nobody"]))
        assert {name: queue.size for name, queue in queues.items()} == {SYSTEM: 2, OTHER: 1, "nobody": 0}
        assert not queues[SYSTEM].more
        oldest = queues[SYSTEM].oldest
        assert oldest is not None
        assert oldest >= began
        assert queues["nobody"].oldest is None

    async def test_a_long_queue_is_counted_so_far(self, scene: Scene) -> None:
        """More than a thousand in one state is said to be more, and costs no more to look at."""
        for n in range(glancing.MOST // 100 + 1):
            await scene.tell(*(dossier(f"K{n}-{m}", direct=False) for m in range(100)))
        (queue,) = (await scene.journal.read(lambda tx: glancing.queues(tx, [SYSTEM]))).values()
        assert (queue.size, queue.more) == (glancing.MOST, True)

    async def test_the_pace_is_of_the_last_minute(self, scene: Scene) -> None:
        """What went before it does not count."""
        await scene.deliver(dossier("K1"))
        scene.clock.move(120)
        await scene.deliver(dossier("K2"))
        await scene.kill(dossier("K3"))
        pace = await scene.journal.read(glancing.pace)
        assert dict(pace.came) == {SOURCE: 2.0}
        assert dict(pace.went) == {(SOURCE, SYSTEM): 1.0}
        assert dict(pace.failed) == {(SOURCE, SYSTEM): 1.0}

    async def test_who_lives_is_seen(self, scene: Scene) -> None:
        """A process that fell silent works on nothing."""
        assert len(await scene.journal.read(lambda tx: glancing.roles_alive(tx, 1_000_000))) == 1
        scene.clock.move(60)
        assert await scene.journal.read(lambda tx: glancing.roles_alive(tx, 1_000_000)) == []
        assert await scene.journal.read(glancing.probed) == set()

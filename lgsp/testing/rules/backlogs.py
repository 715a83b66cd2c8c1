"""Rules of what is told of one system: what waits for it, whom that is of, what befell it, how it answers."""

from __future__ import annotations

from lgsp.journal import acting, backlogs, checking, leasing, people, pulse
from lgsp.journal.people import Person, Role
from lgsp.journal.states import State
from lgsp.testing.making import OTHER, SYSTEM, dossier
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

DUE = '{"/due_at": "2026-01-02T17:00:00+07:00"}'


async def sizes(scene: Scene, system: str = SYSTEM) -> dict[str, int]:
    """Return how much waits for a system, without what is nothing."""
    found = await scene.journal.read(lambda tx: backlogs.piles(tx, system))
    return {name: pile.size for name, pile in found.items() if pile.size}


class BacklogRules(JournalRules):
    """What is counted of a system is its own, and each delivery stands in one pile."""

    async def test_what_waits_is_told_by_how_it_waits(self, scene: Scene) -> None:
        """Undispatched, put off, behind it, dead and delivered: the last is in no pile."""
        await scene.deliver(dossier("K1"))
        await scene.kill(dossier("K2"))
        await scene.told(dossier("K3"))
        await scene.settle(await scene.one(), State.PUT_OFF, cause="timed-out")
        await scene.told(dossier("K4", direct=False))
        await scene.told(dossier("K5", "A", OTHER, direct=False))
        assert await sizes(scene) == {"ready": 1, "put off": 1, "dead": 1}
        assert await sizes(scene, OTHER) == {"ready": 1}

    async def test_why_it_was_put_off_is_told_with_when_it_is_tried(self, scene: Scene) -> None:
        """Each cause with how many, the most frequent first."""
        for key, cause in (("K1", "timed-out"), ("K2", "unreachable"), ("K3", "timed-out")):
            await scene.told(dossier(key))
            await scene.settle(await scene.one(), State.PUT_OFF, cause=cause)
        found = await scene.journal.read(lambda tx: backlogs.put_off(tx, SYSTEM))
        assert [(one.cause, one.size) for one in found] == [("timed-out", 2), ("unreachable", 1)]
        assert found[0].next is not None
        assert found[0].next > scene.clock.now

    async def test_who_is_touched_is_told_once_with_the_nearest_deadline(self, scene: Scene) -> None:
        """Of what waits and of what is on its way each delivery counts once; what is over touches nobody."""
        await scene.deliver(dossier("K1"))
        for number, (agency, direct) in enumerate([("H44.11", True), ("H44.11", False), ("H44.12", False)]):
            offer = dossier(f"K{number + 2}", direct=direct)
            offer.message.agency = agency
            offer.watched = DUE if agency == "H44.12" else None
            await scene.told(offer)
        found = await scene.journal.read(lambda tx: backlogs.affected(tx, SYSTEM))
        assert (found.size, found.more, found.others, found.late) == (3, False, 0, 0)
        assert found.agencies == [("H44.11", 2), ("H44.12", 1)]
        assert found.deadline == 1_767_348_000 * 1_000_000

    async def test_what_befell_a_system_is_told_with_who_and_why(self, scene: Scene) -> None:
        """What the gateway did, what a person ordered, and a check; not what befell another system."""
        one = Person("lan", "Lan", "x", Role.OPERATOR, False, False, 0, 0)
        await scene.act(lambda tx: people.add(tx, one, "admin"))
        stand = leasing.Stand("suspended", "timed-out", 0)
        await scene.act(lambda tx: leasing.change_standing(tx, SYSTEM, stand, "gateway"))
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "paused", "paused", "lan", "they move"))
        await scene.act(lambda tx: acting.set_system(tx, OTHER, "paused", "paused", "lan", "they too"))
        await scene.act(lambda tx: checking.note(tx, SYSTEM, "lan", [{"grade": "well"}]))
        found = await scene.journal.read(lambda tx: backlogs.dealings(tx, SYSTEM))
        assert [(one["what"], one["who"], one["cause"] or one["details"]) for one in found] == [
            ("system checked", "lan", "well 1"),
            ("paused", "lan", "they move"),
            ("suspended", "gateway", "timed-out"),
        ]
        recorded = (await scene.journal.read(backlogs.recorded))[SYSTEM]
        assert (recorded.state, recorded.cause, recorded.who) == ("paused", "paused", "lan")

    async def test_the_last_check_is_kept(self, scene: Scene) -> None:
        """A second one takes the place of the first; a system that was never asked has none."""
        for grade in ("broken", "well"):
            await scene.act(lambda tx, g=grade: checking.note(tx, SYSTEM, "lan", [{"grade": g}]))  # type: ignore[misc]
        kept = await scene.journal.read(lambda tx: checking.last(tx, SYSTEM))
        assert kept is not None
        assert (kept["who"], kept["checks"]) == ("lan", [{"grade": "well"}])
        assert kept["at"] >= scene.clock.now
        assert await scene.journal.read(lambda tx: checking.last(tx, OTHER)) is None

    async def test_how_long_attempts_took_is_sampled_by_system(self, scene: Scene) -> None:
        """Only attempts count, and only those among the entries that are asked for."""
        await scene.deliver(dossier("K1"))
        await scene.kill(dossier("K2"))
        scene.clock.move(60)
        first = await scene.journal.read(lambda tx: pulse.first_after(tx, scene.clock.now))
        found = await scene.journal.read(lambda tx: pulse.took(tx, 0, first))
        assert found == {SYSTEM: pulse.Took(1000, 1000, 2)}
        assert await scene.journal.read(lambda tx: pulse.took(tx, first, first + 100)) == {}

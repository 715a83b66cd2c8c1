"""Rules of what is stuck: it is found by system, cause and state, and nothing else is."""

from __future__ import annotations

import pytest

from lgsp.journal import acting, troubled, troubles
from lgsp.journal.states import State
from lgsp.journal.troubles import Key, Patience, Trouble
from lgsp.testing.making import OTHER, SECOND, SOURCE, SYSTEM, dossier, progress, unrouted
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene

PATIENCE = Patience(60 * SECOND, 60 * SECOND)
REFUSED = Key(SYSTEM, "field-rejected", "refused")


async def found(scene: Scene, agency: str = "") -> dict[Key, Trouble]:
    """Return what is stuck, by what makes it one trouble."""
    seen = await scene.journal.read(lambda tx: troubles.found(tx, PATIENCE, agency))
    return {one.key: one for one in seen}


async def members(scene: Scene, key: Key, after: int = 0, limit: int = 50) -> troubled.Members:
    """Return a page of those of a trouble."""
    return await scene.journal.read(lambda tx: troubled.members(tx, key, after=after, limit=limit))


class TroubleRules(JournalRules):
    """Who looks sees everything that needs somebody, once, with when it began."""

    async def test_what_goes_through_is_no_trouble(self, scene: Scene) -> None:
        """Delivered or on its way: there is nothing to see."""
        await scene.deliver(dossier())
        await scene.told(dossier("K2"))
        assert await found(scene) == {}

    async def test_the_dead_are_told_apart_by_cause(self, scene: Scene) -> None:
        """Each cause with its count and since when; the oldest of it counts."""
        await scene.kill(dossier("K1"))
        first = scene.clock()
        scene.clock.move(5)
        await scene.kill(dossier("K2"))
        await scene.kill(dossier("K3"), "code-unknown")
        seen = await found(scene)
        assert {key: (one.size, one.more) for key, one in seen.items()} == {
            REFUSED: (2, False),
            Key(SYSTEM, "code-unknown", "refused"): (1, False),
        }
        assert abs(seen[REFUSED].since - first) < SECOND

    async def test_the_dead_of_a_cause_come_a_page_at_a_time(self, scene: Scene) -> None:
        """Every one of them is on exactly one page."""
        receipts = [await scene.kill(dossier(f"K{n}")) for n in range(5)]
        seen, after = [], 0
        for _ in range(3):
            page = await members(scene, REFUSED, after, limit=2)
            seen += [row["message"] for row in page.rows]
            after = page.after or 0
        assert seen == [str(one.id) for one in receipts]
        assert after == 0

    async def test_a_bounded_look_says_that_there_is_more(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is beyond the bound is not counted, but said to be there."""
        monkeypatch.setattr(troubles, "LOOKED", 2)
        monkeypatch.setattr(troubles, "SAMPLED", 2)
        for n in range(3):
            await scene.kill(dossier(f"K{n}"))
        one = (await found(scene))[REFUSED]
        assert (one.size, one.more) == (2, True)
        page = await members(scene, REFUSED)
        assert len(page.rows) == 2
        assert len((await members(scene, REFUSED, page.after or 0)).rows) == 1

    async def test_what_is_held_is_shown_until_it_is_released(self, scene: Scene) -> None:
        """A person has to decide: that is a trouble of its own."""
        number = int((await scene.delivery(await scene.told(dossier())))["id"])
        await scene.act(lambda tx: acting.hold(tx, number, "lan", "look"))
        (key,) = await found(scene)
        assert (key.system, key.state) == (SYSTEM, "held")
        assert [row["number"] for row in (await members(scene, key)).rows] == [number]
        await scene.act(lambda tx: acting.release(tx, number, "lan"))
        assert await found(scene) == {}

    async def test_what_waits_for_a_system_that_rests_is_one_trouble(self, scene: Scene) -> None:
        """Put off or ready: all stand under the cause for which the system rests."""
        claim = await self._put_off(scene)
        assert list(await found(scene)) == [Key(SYSTEM, "portal-away", "put off")]
        await scene.act(lambda tx: acting.set_system(tx, SYSTEM, "suspended", "portal-away", "gateway"))
        await scene.told(dossier("K2", "A", SYSTEM, direct=False))
        seen = await found(scene)
        (key,) = seen
        assert (key, seen[key].size) == (Key(SYSTEM, "portal-away", "suspended"), 2)
        assert claim in [row["number"] for row in (await members(scene, key)).rows]

    async def _put_off(self, scene: Scene) -> int:
        await scene.told(dossier())
        claim = await scene.one()
        await scene.settle(claim, State.PUT_OFF, cause="portal-away")
        return claim.delivery

    async def test_a_system_that_rests_is_a_trouble_though_nothing_waits(self, scene: Scene) -> None:
        """Somebody paused it: that is to be seen before something comes."""
        await scene.act(lambda tx: acting.set_system(tx, OTHER, "paused", "paused", "lan"))
        seen = await found(scene)
        assert {key: one.size for key, one in seen.items()} == {Key(OTHER, "paused", "paused"): 0}

    async def test_what_waits_for_its_dossier_is_shown_after_a_while(self, scene: Scene) -> None:
        """It may come any moment; later somebody should ask for it."""
        await scene.told(progress())
        assert await found(scene) == {}
        scene.clock.move(61)
        ((key, one),) = (await found(scene)).items()
        assert (key.system, key.state, one.size) == (SYSTEM, "parked", 1)
        assert len((await members(scene, key)).rows) == 1

    async def test_what_no_route_wants_is_told_by_source_and_type(self, scene: Scene) -> None:
        """Taken on and going nowhere: its page leads to the message."""
        receipt = await scene.told(unrouted(dossier()))
        ((key, one),) = (await found(scene)).items()
        assert (key, one.size) == (Key(SOURCE, "dossier.v1", "unrouted"), 1)
        assert [row["message"] for row in (await members(scene, key)).rows] == [str(receipt.id)]

    async def test_an_agency_is_shown_its_own(self, scene: Scene) -> None:
        """With what is of bodies below it; what is of nobody else."""
        for key, agency in (("K1", "H44.11"), ("K2", "H44.11.02"), ("K3", "H44.110")):
            offer = dossier(key)
            offer.message.agency = agency
            await scene.kill(offer)
        assert {key: one.size for key, one in (await found(scene, "H44.11")).items()} == {REFUSED: 2}
        assert dict((await found(scene))[REFUSED].agencies)["H44.110"] == 1

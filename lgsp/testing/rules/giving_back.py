"""Rules of going back to the shadow, and of what is called off: whose a delivery is, and what it hides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lgsp.adapter import Accepted
from lgsp.journal import acting, gaps, giving_back
from lgsp.journal.states import State
from lgsp.testing.making import DOSSIER, PROGRESS, SYSTEM, dossier, paper, progress
from lgsp.testing.rules.shadow import in_shadow, judged, unsent
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


async def given_back(scene: Scene, *types: str) -> None:
    """Leave what is open of some types, or of all, to an older connection."""

    def leaves(message: Mapping[str, Any], system: str) -> bool:
        assert message["data"], "routes ask for the body of who receives it"
        return system == SYSTEM and (not types or message["type"] in types)

    after: int | None = 0
    while after is not None:
        after, frames = await scene.act(
            lambda tx, a=after: giving_back.give_back(tx, [SYSTEM], leaves, a)  # type: ignore[misc]
        )
        scene.frames += frames


async def call_off(scene: Scene, receipt: Accepted) -> None:
    """Cancel the delivery of a message."""
    number = (await scene.delivery(receipt))["id"]
    scene.frames += await scene.act(lambda tx: acting.cancel(tx, number, "binh", "wrong"))


async def left(scene: Scene) -> list[str]:
    """Return the subjects of lines that are not judged."""
    page, _ = await scene.act(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10))
    return [one.subject for one in page]


class GivingBackRules(JournalRules):
    """What the routes leave to an older connection is not sent; what was called off tells nobody anything."""

    async def test_what_is_given_back_is_only_drawn_up(self, scene: Scene) -> None:
        """Row 214: its turn is one of the shadow, whatever the routes are by then; its line is not judged."""
        ours = [await scene.told(one) for one in (dossier(), progress())]
        await given_back(scene)
        claim = await scene.one()
        assert claim.shadow
        await scene.settle(claim, State.SHADOWED, said="would-create")
        for other in await scene.claim():
            assert other.shadow
            await scene.settle(other, State.SHADOWED, said="would-tell")
        assert [await scene.state(one) for one in ours] == ["shadowed", "shadowed"]
        assert await left(scene) == ["K1"]
        whats = [entry["what"] for entry in (await scene.walk(ours[0]))["entries"]]
        assert whats.count("given back") == 1

    async def test_only_what_the_routes_leave_is_given_back(self, scene: Scene) -> None:
        """What another route still sends is ours."""
        await scene.deliver(dossier())
        await scene.told(dossier("K1", "B"))
        await scene.told(progress())
        await given_back(scene, PROGRESS)
        claims = [await scene.one()]
        await scene.settle(claims[0])
        claims += await scene.claim()
        assert [claim.shadow for claim in claims] == [False, True]

    async def test_what_is_on_its_way_is_left_alone(self, scene: Scene) -> None:
        """Row 213: it may have landed; what becomes of it is written as it is."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        await given_back(scene)
        await scene.settle(claim)
        assert await scene.state(receipt) == "delivered"

    async def test_what_is_offered_is_taken_off_the_list(self, scene: Scene) -> None:
        """Row 175: nothing of the shadow is offered, nor what was offered before."""
        scene.collects()
        receipts = [await scene.told(paper("L", name)) for name in ("P1", "P2")]
        await given_back(scene)
        assert [await scene.state(one) for one in receipts] == ["shadowed", "shadowed"]

    async def test_more_than_a_page_is_given_back(self, scene: Scene) -> None:
        """Whatever is open is looked at, page by page, each delivery once."""
        for n in range(giving_back.PAGE + 3):
            await scene.tell(dossier(f"K{n}"))
        await given_back(scene)
        assert await scene.rows("SELECT count(*) FROM deliveries WHERE shadow <> 1") == [(0,)]
        assert await scene.rows("SELECT count(*) FROM entries WHERE what = 'given back'") == [
            (giving_back.PAGE + 3,)
        ]

    async def test_what_a_worker_found_left_to_the_older_one_is_of_the_shadow(self, scene: Scene) -> None:
        """Row 212: claimed as ours and only drawn up: it comes to life like all that the shadow knows."""
        receipt = await scene.told(dossier())
        claim = await scene.one()
        assert not claim.shadow
        await scene.settle(claim, State.SHADOWED, said="would-create")
        assert (await scene.state(receipt), await left(scene)) == ("shadowed", ["K1"])
        assert [verdict for verdict, _ in await judged(scene, there=False)] == [gaps.Verdict.BROUGHT]
        assert [body.get("body") for body in await scene.run()] == ["A"]

    async def test_a_line_is_found_by_its_key(self, scene: Scene) -> None:
        """A person who judges one line names it by the code; one that is judged is not found."""
        await in_shadow(scene, dossier())
        look = lambda tx: gaps.unjudged_line(tx, SYSTEM, "K1", DOSSIER)  # noqa: E731
        one = await scene.act(look)
        assert one is not None
        assert (one.subject, one.type) == ("K1", DOSSIER)
        await judged(scene, there=True)
        assert await scene.act(look) is None

    async def test_what_was_called_off_hides_nothing(self, scene: Scene) -> None:
        """Row 216: the newest that was not called off comes to life, with its events behind it."""
        old, step = await in_shadow(scene, dossier("K1", "A"), progress())
        newer = await scene.told(dossier("K1", "B"))
        await call_off(scene, newer)
        assert [rows for _, rows in await judged(scene, there=False)] == [2]
        assert [body.get("step", body.get("body")) for body in await scene.run()] == ["A", 1]
        assert [await scene.state(one) for one in (old, newer, step)] == [
            "delivered",
            "cancelled",
            "delivered",
        ]

    async def test_what_died_hides_what_it_overtook(self, scene: Scene) -> None:
        """Row 216: a person sees to it; brought back it goes over whatever is there."""
        await in_shadow(scene, dossier("K1", "A"), progress())
        await scene.told(dossier("K1", "B"))
        await scene.settle(await scene.one(), State.REFUSED, cause="field-rejected")
        assert [rows for _, rows in await judged(scene, there=False)] == [1]
        assert await scene.run() == []

    async def test_a_judge_that_is_called_off_leaves_its_line_to_be_judged(self, scene: Scene) -> None:
        """Row 216: the verdict was written for it alone; called off at once, by a wish, by a lapse."""
        for key, how in (("K1", "act"), ("K2", "wish"), ("K3", "lapse")):
            await in_shadow(scene, dossier(key, "A"))
            newer = await scene.told(dossier(key, "B"))
            claim = await scene.one()
            assert await scene.act(lambda tx, c=claim: gaps.judged_by_head(tx, c, there=False))  # type: ignore[misc]
            assert key not in await left(scene)
            if how == "act":
                await scene.settle(claim, State.PUT_OFF, cause="odd", wait=10**9)
            await call_off(scene, newer)
            if how == "wish":
                await scene.settle(claim, State.PUT_OFF, cause="odd")
            if how == "lapse":
                await scene.lapse(claim)
            assert (await scene.state(newer), key in await left(scene)) == ("cancelled", True), how

    async def test_what_is_known_to_be_there_stays_judged(self, scene: Scene) -> None:
        """Row 216: what was found there was told; calling off a newer one asks nobody again."""
        await in_shadow(scene, dossier("K1", "A"))
        await judged(scene, there=True)
        await call_off(scene, await scene.told(dossier("K1", "B")))
        assert await left(scene) == []

    async def test_what_is_called_off_in_the_shadow_is_no_judge(self, scene: Scene) -> None:
        """Row 216: of the shadow nothing was overtaken; the line stays as it is."""
        await in_shadow(scene, dossier("K1", "A"))
        await call_off(scene, await scene.told(unsent(dossier("K1", "B"))))
        assert await left(scene) == ["K1"]

"""Rules of what is not sent: deliveries in the shadow of an older connection, and what was adopted."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from lgsp.journal import adopting, gaps, handovers, shadow_figures
from lgsp.journal.contract import Offer, Part
from lgsp.journal.gaps import Verdict
from lgsp.journal.handovers import Order, StalePartError
from lgsp.journal.states import State
from lgsp.message import VIETNAM
from lgsp.testing.making import DOSSIER, SOURCE, SYSTEM, arrival, dossier, paper, progress
from lgsp.testing.rules.stage import JournalRules
from lgsp.testing.scene import Scene


def unsent(offer: Offer) -> Offer:
    """Return the offer as one that only routes in the shadow want."""
    offer.wanted = [replace(one, shadow=True) for one in offer.wanted]
    return offer


def adopted(offer: Offer) -> Offer:
    """Return the offer as a fact that its system held before us."""
    offer.wanted = [replace(one, adopted=True, patience=math.inf) for one in offer.wanted]
    return offer


async def in_shadow(scene: Scene, *offers: Offer) -> list[Any]:
    """Tell what only the shadow wants, and see it drawn up."""
    receipts = []
    for offer in offers:
        receipts.append(await scene.told(unsent(offer)))
        for claim in await scene.claim():
            assert claim.shadow
            await scene.settle(claim, State.SHADOWED, said="would-create")
    return receipts


async def judged(scene: Scene, *, there: bool) -> list[tuple[Verdict, int]]:
    """Judge every line that is not judged."""
    page, _ = await scene.act(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10))
    found = [
        await scene.act(
            lambda tx, o=one: gaps.judge(tx, o, there=there, who="x")  # type: ignore[misc]
        )
        for one in page
    ]
    await scene.refill()
    return found


class ShadowRules(JournalRules):
    """What is of the shadow ends as shadowed; what nobody told comes to life once, in its place."""

    async def test_the_shadow_makes_its_own_presence(self, scene: Scene) -> None:
        """Row 176: enough for what is of the shadow, unknown for what is live."""
        await in_shadow(scene, dossier(), progress())
        await scene.told(dossier("K1", "B"))
        live = await scene.one()
        assert (live.shadow, live.gap, live.message.there) == (False, DOSSIER, None)

    async def test_absent_brings_the_newest_and_its_events_to_life(self, scene: Scene) -> None:
        """Row 179: the newest snapshot, then the events in their order; the deliveries are the same ones."""
        old, new, *steps = await in_shadow(
            scene, dossier("K1", "A"), dossier("K1", "B"), progress(step=1), progress(step=2)
        )
        before = [(await scene.delivery(one))["id"] for one in (new, *steps)]
        assert await judged(scene, there=False) == [(Verdict.BROUGHT, 3)]
        assert [body.get("step", body.get("body")) for body in await scene.run()] == ["B", 1, 2]
        assert [(await scene.delivery(one))["id"] for one in (new, *steps)] == before
        assert await scene.state(old) == "shadowed"
        assert await judged(scene, there=False) == []

    async def test_there_sends_nothing(self, scene: Scene) -> None:
        """Row 179: the first verdict takes the presence away, whatever it is."""
        await in_shadow(scene, dossier(), progress())
        assert await judged(scene, there=True) == [(Verdict.THERE, 0)]
        assert (await scene.run(), await judged(scene, there=False)) == ([], [])
        await scene.told(progress(step=2))
        assert (await scene.one()).gap == ""

    async def test_a_head_that_is_an_event_steps_back_in_one_transaction(self, scene: Scene) -> None:
        """Row 180: it is parked with those behind it, and the snapshot has its turn before them."""
        await in_shadow(scene, dossier(), progress(step=1))
        live = await scene.told(progress(step=2))
        behind = await scene.told(progress(step=3))
        claim = await scene.one()
        settled = await scene.settle(claim, State.PARKED, cause="not-told")
        assert not settled.late
        assert [await scene.state(one) for one in (live, behind)] == ["parked", "parked"]
        assert [body.get("step") for body in await scene.run()] == [None, 1, 2, 3]

    async def test_a_head_that_is_a_snapshot_brings_the_events_alone(self, scene: Scene) -> None:
        """Rows 181 and 182: written before it sends; the older snapshot is overtaken."""
        await in_shadow(scene, dossier("K1", "A"), progress(step=1))
        await scene.told(dossier("K1", "B"))
        claim = await scene.one()
        assert await scene.act(lambda tx: gaps.judged_by_head(tx, claim, there=False))
        await scene.settle(claim)
        assert [body.get("step") for body in await scene.run()] == [1]

    async def test_a_claim_that_is_gone_judges_nothing(self, scene: Scene) -> None:
        """Row 178: who was taken for dead meanwhile writes no verdict."""
        await in_shadow(scene, dossier())
        await scene.told(dossier("K1", "B"))
        claim = await scene.one()
        await scene.lapse(claim)
        assert not await scene.act(lambda tx: gaps.judged_by_head(tx, claim, there=False))
        assert (await scene.act(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10)))[0] != []

    async def test_nothing_of_the_shadow_is_offered(self, scene: Scene) -> None:
        """Row 175: where it would be it is closed, and the next of its line has its turn."""
        scene.collects()
        receipts = [await scene.told(unsent(paper("L", name))) for name in ("P1", "P2")]
        live = await scene.told(paper("L", "P3"))
        states = [await scene.state(one) for one in (*receipts, live)]
        assert states == ["shadowed", "shadowed", "offered"]

    async def test_what_expires_in_the_shadow_is_not_dead(self, scene: Scene) -> None:
        """Row 174: parked for too long it ends as shadowed, with the cause."""
        from lgsp.journal import sweeping

        event = await scene.told(unsent(progress()))
        scene.clock.move(100.0)
        await scene.act(lambda tx: sweeping.expire(tx, {SYSTEM: 50_000_000}))
        shown = await scene.delivery(event)
        assert (shown["state"], shown["cause"]) == ("shadowed", "expired")

    async def test_what_expires_behind_the_shadow_is_not_sent(self, scene: Scene) -> None:
        """Row 174: both run out of time in one look; the live one stays expired, and its line goes on."""
        from lgsp.journal import sweeping

        late = [unsent(dossier("K1", "A")), dossier("K1", "B")]
        for one in late:
            one.message.expirytime = datetime.fromtimestamp(scene.clock() / 1e6 + 50, VIETNAM)
        _, expired = [await scene.told(one) for one in late]
        behind = await scene.told(paper("K1", "P1"))
        scene.frames.clear()
        scene.clock.move(100.0)
        scene.frames += await scene.act(lambda tx: sweeping.expire(tx, {}))
        assert [await scene.state(one) for one in (expired, behind)] == ["expired", "ready"]
        assert len(await scene.run()) == 1

    async def test_an_adopted_fact_is_known_and_closed(self, scene: Scene) -> None:
        """Rows 189 and 190: it is there, what waited for it goes, and told again it goes nowhere."""
        event = await scene.told(progress())
        number = await begun(scene, "items")
        taken = await scene.journal.accept(replace(arrival(adopted(dossier())), part=Part(number, 0, 1)))
        scene.frames += taken.frames
        assert [body.get("step") for body in await scene.run()] == [1]
        assert await scene.state(event) == "delivered"
        again = await scene.told(dossier())
        assert (again.known, await scene.state(again)) == (True, "adopted")
        await scene.told(dossier("K1", "B"))
        assert (await scene.one()).message.there is True
        assert [report.state for report in await scene.reports()] == ["delivered"]

    async def test_of_what_is_known_nothing_is_adopted(self, scene: Scene) -> None:
        """Row 188: its source told a newer one; only its presence is taken."""
        await in_shadow(scene, dossier("K1", "B"))
        number = await begun(scene, "items")
        taken = await scene.journal.accept(
            replace(arrival(adopted(dossier("K1", "A"))), part=Part(number, 0, 1))
        )
        assert [handovers.became(one) for one in taken.results] == ["otherwise"]
        assert (await scene.act(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10)))[0] == []
        found = await scene.act(lambda tx: handovers.find(tx, number))
        assert found is not None
        assert (found["place"], found["counts"]) == (1, {"otherwise": 1})

    async def test_a_part_that_does_not_fit_is_refused_whole(self, scene: Scene) -> None:
        """Row 187: messages and place commit together."""
        number = await begun(scene, "items")
        with pytest.raises(StalePartError):
            await scene.journal.accept(replace(arrival(adopted(dossier())), part=Part(number, 5, 6)))
        assert await scene.rows("SELECT 1 FROM messages") == []

    async def test_codes_are_adopted_once(self, scene: Scene) -> None:
        """A code that is there already is known; over the shadow's presence it is news."""
        await in_shadow(scene, dossier("K1"))
        told = [
            (await scene.act(lambda tx: adopting.subjects(tx, SYSTEM, DOSSIER, ["K1", "K2"], write=True)))[0]
            for _ in range(2)
        ]
        assert told == [2, 0]

    async def test_what_would_have_been_told_is_counted(self, scene: Scene) -> None:
        """By type and what; what came to life stands apart."""
        await in_shadow(scene, dossier("K1"), dossier("K2"))
        asked = shadow_figures.Asked(SYSTEM)
        told = await scene.journal.read(lambda tx: shadow_figures.counted(tx, asked))
        assert told["would"] == [{"type": DOSSIER, "would": "would-create", "cause": "", "count": 2}]
        await judged(scene, there=False)
        told = await scene.journal.read(lambda tx: shadow_figures.counted(tx, asked))
        assert (told["would"], told["brought_to_life"]) == ([], {"ready": 2})
        listed = await scene.journal.read(lambda tx: shadow_figures.listed(tx, asked))
        assert listed["deliveries"] == []

    async def test_what_only_we_would_have_told_is_found(self, scene: Scene) -> None:
        """Each subject once, newest first; not what others told, would be refused, or is of another time."""
        await in_shadow(scene, dossier("K1"), dossier("K2", "A"), dossier("K2", "B"), dossier("K3"))
        await scene.told(unsent(dossier("K4")))
        await scene.settle(await scene.one(), State.SHADOWED, cause="field-rejected")

        async def look(asked: shadow_figures.Asked) -> shadow_figures.OnlyOurs:
            return await scene.journal.read(lambda tx: shadow_figures.only_ours(tx, asked, DOSSIER, {"K3"}))

        found = await look(shadow_figures.Asked(SYSTEM))
        assert ([key for key, *_ in found.found], found.more) == (["K2", "K1"], False)
        now = scene.clock()
        assert (await look(shadow_figures.Asked(SYSTEM, until=now - 10**12))).found == []
        assert len((await look(shadow_figures.Asked(SYSTEM, now - 10**12, now + 10**12))).found) == 2


async def begun(scene: Scene, what: str) -> int:
    """Begin an adoption and return its number."""
    order = Order(what, what, SYSTEM, "operator", "test", {"source": SOURCE})
    found, _ = await scene.act(lambda tx: handovers.ask(tx, order))
    return int(found["id"])

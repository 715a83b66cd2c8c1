"""Going back to the shadow: what is open is left to the older connection, and nothing of it is sent any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.api.handovers_judging import Verdict, judge_line
from lgsp.api.problems import ApiError
from lgsp.giving_back import StillOpen, give_back, still_open
from lgsp.journal import acting, gaps, sweeping
from lgsp.routes import parse_routes
from lgsp.testing.making import DOSSIER, SYSTEM
from lgsp.testing.scene import Clock
from tests.core.beside import SHADOW, Beside, beside
from tests.core.far_side import Mood
from tests.core.rig import ROUTES, dossier, progress
from tests.core.test_handovers import cut_over
from tests.core.test_spool import claimed

pytestmark = pytest.mark.asyncio

HALF = ROUTES.replace("type: dossier.v1, to: [portal]}", "type: dossier.v1, to: [portal], mode: shadow}")
"""Dossiers are in the shadow, progress is live."""
OTHER = ROUTES.replace("to: [portal]}", "to: [portal], mode: shadow}").replace(
    "type: dossier.v1, to: [portal], mode: shadow}", "type: dossier.v1, to: [portal]}"
)
"""Dossiers are live, progress is in the shadow."""


def route(one: Beside, text: str) -> None:
    """Let other routes be in force."""
    one.gateway.routes = parse_routes(text)


async def given_back(one: Beside) -> None:
    """Do what follows from routes that went back to the shadow."""
    await give_back(one.gateway, lambda _: True)


async def test_what_queues_when_routes_go_back_is_not_sent(tmp_path: Path) -> None:
    """Row 212: taken on while the routes were live, and its turn comes in the shadow: it is only drawn up."""
    async with beside(tmp_path, live=True) as one:
        receipts = [await one.told(m) for m in (dossier("K1", "A"), progress("K1", 1))]
        one.switch(live=False)
        one.portal.told(dossier("K1", "B"))
        await one.run()
        assert await one.states(*receipts) == ["shadowed", "shadowed"]
        assert one.portal.of("K1") == ["B"]
        assert await one.presence() == [(DOSSIER, "shadowed")]


async def test_what_nobody_told_after_going_back_comes_to_life_at_the_next_cut_over(tmp_path: Path) -> None:
    """Row 212: left to the older connection and not told by it, it is found like all that the shadow knows."""
    async with beside(tmp_path, live=True) as one:
        await one.told(dossier("K2", "A"))
        await one.told(progress("K2", 1))
        one.switch(live=False)
        await one.run()
        assert one.portal.of("K2") == []
        one.switch()
        assert (await cut_over(one))["counts"] == {"brought": 1, "deliveries": 2}
        assert one.portal.of("K2") == ["A", 1]


async def test_an_attempt_that_fails_while_routes_go_back_is_not_made_again(tmp_path: Path) -> None:
    """Row 213: it was on its way; that ends as it ends, and its next turn is a turn of the shadow."""
    clock = Clock()
    async with beside(tmp_path, live=True, clock=clock) as one:
        (claim,) = await claimed(one, dossier("K1", "A"))
        one.portal.moods.append(Mood.ODD)
        outcome = await one.gateway.deliver(claim)
        one.switch(live=False)
        await given_back(one)
        await one.gateway.settle(outcome)
        one.portal.told(dossier("K1", "B"))
        for _ in range(3):
            await due(one, clock)
        assert one.portal.of("K1") == ["B"]
        assert (await one.presence())[0][0] == DOSSIER


async def test_what_was_given_back_stays_given_back(tmp_path: Path) -> None:
    """Row 214: routes went back and are live again, and the queue stood still: the older one told meanwhile."""
    async with beside(tmp_path, live=True) as one:
        ours = await one.told(dossier("K1", "A"))
        one.switch(live=False)
        await given_back(one)
        theirs = await one.told(dossier("K1", "B"))
        one.portal.told(dossier("K1", "B"))
        one.switch()
        await one.run()
        assert await one.states(ours, theirs) == ["shadowed", "shadowed"]
        assert one.portal.of("K1") == ["B"]


async def test_nothing_is_given_back_while_routes_are_live(tmp_path: Path) -> None:
    """What no route in the shadow wants stays ours."""
    async with beside(tmp_path, live=True) as one:
        await one.told(dossier("K1", "A"))
        await given_back(one)
        route(one, OTHER)
        await given_back(one)
        await one.run()
        assert one.portal.of("K1") == ["A"]


async def test_what_would_be_left_is_counted_before(tmp_path: Path) -> None:
    """Row 215: by a draft, and for each system: what queues, what is on its way, what is in doubt."""
    async with beside(tmp_path, live=True) as one:
        await claimed(one, dossier("K1", "A"))
        await one.told(dossier("K2", "A"))
        await one.told(progress("K2", 1))

        async def count(text: str) -> list[StillOpen]:
            gateway = one.gateway
            return await still_open(one.journal, parse_routes(text), gateway.types, gateway.agencies)

        assert [one.as_dict() for one in await count(SHADOW)] == [
            {"system": SYSTEM, "queued": 2, "on_its_way": 1, "in_doubt": 0, "more": False}
        ]
        assert [(one.queued, one.on_its_way) for one in await count(HALF)] == [(1, 1)]
        assert await count(ROUTES) == []


async def test_a_person_cannot_bring_to_life_what_the_routes_leave_to_the_older_one(tmp_path: Path) -> None:
    """Row 186: absent is refused while the routes are in the shadow; that it is there may be said."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), dossier("K3", "A"))
        said = {"system": SYSTEM, "type": DOSSIER, "reason": "looked"}
        with pytest.raises(ApiError) as refused:
            await judge_line(one.gateway, Verdict(**said, key="K2", there=False), "binh")
        assert (refused.value.code, refused.value.status) == ("still-shadow", 409)
        assert len((await one.journal.read(lambda tx: gaps.unjudged(tx, SYSTEM, b"", 10)))[0]) == 2
        there = await judge_line(one.gateway, Verdict(**said, key="K3", there=True), "binh")
        one.switch()
        absent = await judge_line(one.gateway, Verdict(**said, key="K2", there=False), "binh")
        again = await judge_line(one.gateway, Verdict(**said, key="K2", there=False), "binh")
        await one.run()
        assert [there, absent, again] == [
            (gaps.Verdict.THERE, 0), (gaps.Verdict.BROUGHT, 1), (gaps.Verdict.JUDGED, 0)
        ]  # fmt: skip
        assert (one.portal.of("K2"), one.portal.of("K3")) == (["A"], [])


async def test_a_head_of_a_line_in_the_shadow_judges_nothing(tmp_path: Path) -> None:
    """Row 186: its turn comes after the routes went back: it does not ask, and nothing comes to life."""
    async with beside(tmp_path) as one:
        await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        await one.told(dossier("K2", "B"))
        one.switch(live=False)
        one.portal.probed_keys.clear()
        await one.run()
        assert (one.portal.probed_keys, one.portal.of("K2")) == ([], [])
        assert await one.presence() == [(DOSSIER, "shadowed")]


async def test_live_progress_of_a_dossier_that_the_older_one_tells_waits_in_its_place(tmp_path: Path) -> None:
    """Row 186: the dossier is absent and not ours to tell: progress is put off, in order, until it is there."""
    clock = Clock()
    async with beside(tmp_path, clock=clock) as one:
        await one.ours(dossier("K2", "A"))
        route(one, HALF)
        steps = [await one.told(progress("K2", n)) for n in (1, 2)]
        await one.run()
        assert await one.states(*steps) == ["put off", "waiting"]
        assert await one.presence() == [(DOSSIER, "shadowed")]
        one.portal.told(dossier("K2", "A"))
        await due(one, clock)
        assert one.portal.of("K2") == ["A", 1, 2]


async def test_progress_that_the_older_one_tells_is_not_told_beside_it(tmp_path: Path) -> None:
    """Row 186: the dossier comes to life, for it is ours; its progress is not, and stays in the shadow."""
    async with beside(tmp_path) as one:
        _, step = await one.ours(dossier("K2", "A"), progress("K2", 1))
        route(one, OTHER)
        await one.ours(dossier("K2", "B"))
        assert one.portal.of("K2") == ["B"]
        assert await one.states(step) == ["shadowed"]


async def test_a_dossier_that_was_called_off_hides_no_older_one(tmp_path: Path) -> None:
    """Row 216: what nobody told is brought to life although a newer one was called off before it was sent."""
    async with beside(tmp_path) as one:
        old, step = await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        newer = await one.told(dossier("K2", "B"))
        await call_off(one, newer)
        assert (await cut_over(one))["counts"] == {"brought": 1, "deliveries": 2}
        assert await one.states(old, newer, step) == ["delivered", "cancelled", "delivered"]
        assert one.portal.of("K2") == ["A", 1]


async def test_a_head_that_was_called_off_after_it_judged_hides_nothing(tmp_path: Path) -> None:
    """Row 216: it found its dossier absent and was called off before it was taken: the older one comes to life."""
    async with beside(tmp_path) as one:
        old, step = await one.ours(dossier("K2", "A"), progress("K2", 1))
        one.switch()
        one.portal.moods.append(Mood.ODD)
        (newer,) = await one.ours(dossier("K2", "B"))
        assert await one.states(newer, step) == ["put off", "parked"]
        await call_off(one, newer)
        await one.run()
        assert await one.states(old, step) == ["delivered", "delivered"]
        assert one.portal.of("K2") == ["A", 1]


async def due(one: Beside, clock: Clock) -> None:
    """Let what was put off fall due, and deliver."""
    clock.move(1.0)
    one.broker.publish(await one.journal.write(lambda tx: sweeping.due(tx, [SYSTEM])))
    await one.run()


async def call_off(one: Beside, receipt: object) -> None:
    """Cancel the delivery of a message."""
    number = (await one.delivery(receipt))["id"]  # type: ignore[arg-type]
    one.broker.publish(await one.journal.write(lambda tx: acting.cancel(tx, number, "binh", "wrong")))

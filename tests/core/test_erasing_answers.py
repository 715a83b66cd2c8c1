"""Kept answers to questions go by the age of their route; who asked what stays."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from lgsp.enquiry import Ending
from lgsp.erasing import Erasing, ages
from lgsp.gateway import Gateway
from lgsp.journal import asks
from lgsp.journal.asks import Begun, Ended
from lgsp.routes import parse_routes
from lgsp.testing.scene import Scene
from tests.core.test_erasing import DAY, HOUR, ROUTES, gateway, last, opener, scene, through

__all__ = ["gateway", "opener", "scene"]
QUESTION, OTHER = "citizen.query.v1", "business.query.v1"


@pytest.mark.parametrize(
    ("routes", "keep", "found"),
    [
        ("{name: a, type: q.v1, to: [portal]}", "", {}),
        ("{name: a, type: q.v1, to: [portal], keep: 100d}", "", {"q.v1": 100}),
        ("{name: a, type: q.v1, to: [portal]}", "q.v1: 110d", {"q.v1": 110}),
        ("{name: a, type: q.v1, to: [portal], keep: 100d}, {name: b, type: q.v1, to: [desk]}", "", {}),
        (
            "{name: a, type: q.v1, to: [portal], keep: 100d}, {name: b, type: q.v1, to: [desk]}",
            "q.v1: 110d",
            {"q.v1": 110},
        ),
    ],
)
def test_the_longest_age_of_a_type_counts(routes: str, keep: str, found: dict[str, int]) -> None:
    """Of its routes, or of the type itself where a route says nothing; without one it is kept for ever."""
    text = f"systems: {{desk: {{adapter: desk}}, portal: {{adapter: portal}}}}\nroutes: [{routes}]\n"
    assert ages(parse_routes(f"{text}keep: {{types: {{{keep}}}}}\n" if keep else text)) == found


async def test_answers_go_by_night(scene: Scene, gateway: Gateway) -> None:
    """Those whose type has an age, and only when they are that old."""
    text = ROUTES.replace(
        "routes:\n", f"routes:\n  - {{name: q, type: {QUESTION}, to: [portal], keep: 100d}}\n"
    )
    gateway.routes = replace(parse_routes(text), text=ROUTES)
    for n, type_ in enumerate((QUESTION, OTHER), 1):
        begun = Begun(UUID(int=n), "desk", "portal", type_, "B", "check", "căn cứ")
        (number,) = await scene.act(lambda tx, one=begun: asks.begin(tx, [one]))  # type: ignore[misc]
        ended = Ended(number, Ending.ANSWERED, 5, kept=(b"s" * 16, b"h" * 32), body=b'{"a":1}')
        await scene.act(lambda tx, one=ended: asks.end(tx, [one]))  # type: ignore[misc]
    scene.clock.move(101 * DAY + 2 * HOUR)
    await through(Erasing(gateway))
    run = await last(scene)
    assert run is not None
    assert [(row["type"], row["rule"], row["count"]) for row in run.counts.rows()] == [
        (QUESTION, "answers", 1)
    ]
    left = await scene.rows("SELECT type, answer IS NOT NULL FROM asks ORDER BY id")
    assert [(type_, bool(kept)) for type_, kept in left] == [(QUESTION, False), (OTHER, True)]

"""Where a message goes: equal values, globs and subtrees, and the successors of codes that were closed."""

from __future__ import annotations

from datetime import date

import pytest

from lgsp.domain.agencies.facts import Share, Succession
from lgsp.domain.agencies.known import built_in
from lgsp.message import Message
from lgsp.routes import parse_routes

HOME = """
systems:
  one-stop: {{adapter: one_stop}}
  portal: {{adapter: national_portal}}
routes:
  - {{name: r, from: one-stop, type: dossier.v1, where: {{{name}: "{rule}"}}, to: [portal]}}
"""


def goes(name: str, rule: str, value: str) -> bool:
    """Tell whether a message with this value takes a route with this rule."""
    message = Message("dossier.v1", "", "", {}, source="one-stop")
    setattr(message, name, value)
    return parse_routes(HOME.format(name=name, rule=rule), "routes.yaml").goes(message) == ["portal"]


@pytest.mark.parametrize(
    ("name", "rule", "value", "wanted"),
    [
        ("agency", "H44.11", "H44.11", True),
        ("agency", "H44.*", "H44.11", True),
        ("agency", "H44.*", "H44", False),
        ("agency", "under:H44", "H44", True),
        ("agency", "under:H44", "000.00.11.H44", True),
        ("agency", "under:H44", "H45.11", False),
        ("subject", "under:H44", "H44.11-260131-0001", True),
        ("subject", "under:H44", "anything", False),
        # all of Hòa Bình and Vĩnh Phúc is in Phú Thọ now: their old dossiers go where it is served
        ("agency", "under:H44", "H28.11", True),
        ("agency", "under:H44", "000.00.00.H62", True),
        ("agency", "under:H44", "H02", False),
        ("agency", "under:H28", "H44", False),
        ("agency", "under:H28", "H28.11", True),
    ],
)
def test_a_route_wants(name: str, rule: str, value: str, wanted: bool) -> None:
    """A subtree is everything under a code, in either form, and what became part of it as a whole."""
    assert goes(name, rule, value) is wanted


def test_what_is_learnt_of_codes_counts_at_once() -> None:
    """A closing that was added while the platform runs leads the way from then on."""
    routes = parse_routes(HOME.format(name="agency", rule="under:H44.12"), "routes.yaml")
    message = Message("dossier.v1", "", "", {}, source="one-stop", agency="H44.13")
    known = built_in()
    assert routes.goes(message, known) == []
    closing = Succession("H44.13", "H44.12", Share.WHOLE, date(2026, 1, 1), "QĐ 1", "QĐ 1")
    assert routes.goes(message, known.extended([closing])) == ["portal"]

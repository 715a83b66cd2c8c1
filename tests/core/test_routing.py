"""Where a message goes: equal values, globs and subtrees, and the successors of codes that were closed."""

from __future__ import annotations

from datetime import date

import pytest

from lgsp import routing
from lgsp.domain.agencies.facts import Share, Succession
from lgsp.domain.agencies.known import built_in
from lgsp.errors import ConfigError
from lgsp.message import Message
from lgsp.routes import Routes, parse_routes

HOME = """
systems:
  one-stop: {{adapter: one_stop}}
  portal: {{adapter: national_portal}}
routes:
  - {{name: r, from: one-stop, type: dossier.v1, where: {{{name}: "{rule}"}}, to: [portal]}}
"""

WHOLE: dict[str, list[str]] = {"portal": []}


def goes(name: str, rule: str, value: str) -> bool:
    """Tell whether a message with this value takes a route with this rule."""
    message = Message("dossier.v1", "", "", {}, source="one-stop")
    setattr(message, name, value)
    return routing.goes(parse_routes(HOME.format(name=name, rule=rule), "routes.yaml"), message) == WHOLE


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


@pytest.mark.parametrize(
    ("data", "wanted"),
    [({"status": "signed"}, True), ({"status": "draft"}, False), ({"status": 1}, False), ({}, False)],
)
def test_a_route_may_ask_for_the_status_that_a_body_tells(data: dict[str, object], wanted: bool) -> None:
    """What nobody signed takes no route of the signed; a status that is no word, or not at hand, is none."""
    message = Message("dossier.v1", "", "", data, source="one-stop")
    routes = parse_routes(HOME.format(name="status", rule="signed"), "routes.yaml")
    assert bool(routing.goes(routes, message)) is wanted


def test_no_shadow_is_chosen_by_a_status() -> None:
    """One subject would be left to the older connection, and sent, by turns."""
    text = HOME.format(name="status", rule="signed").replace("to: [portal]", "to: [portal], mode: shadow")
    with pytest.raises(ConfigError, match="exclude each other"):
        parse_routes(text, "routes.yaml")


def test_what_is_learnt_of_codes_counts_at_once() -> None:
    """A closing that was added while the platform runs leads the way from then on."""
    routes = parse_routes(HOME.format(name="agency", rule="under:H44.12"), "routes.yaml")
    message = Message("dossier.v1", "", "", {}, source="one-stop", agency="H44.13")
    known = built_in()
    assert routing.goes(routes, message, known) == {}
    closing = Succession("H44.13", "H44.12", Share.WHOLE, date(2026, 1, 1), "QĐ 1", "QĐ 1")
    assert routing.goes(routes, message, known.extended([closing])) == WHOLE


# --- by receivers ---------------------------------------------------------------------------------------

EXCHANGE = """
systems:
  dossiers: {adapter: one_stop, serves: [H44]}
  dms: {adapter: one_stop, serves: [H44, vxp.saas.03]}
  health: {adapter: one_stop, serves: [H44.15]}
  clinic: {adapter: one_stop, serves: [H44.15.02]}
  axis: {adapter: national_portal}
routes:
  - {name: documents, type: document.v1, to: recipients, else: axis}
"""
TAKERS = {"dms", "health", "clinic", "axis"}


def sent(source: str, *recipients: str, routes: Routes | None = None) -> dict[str, list[str]]:
    """Return where a document goes, with the receivers there."""
    message = Message("document.v1", "", "", {}, source=source, recipients=[*recipients])
    home = routes or parse_routes(EXCHANGE, "routes.yaml")
    return routing.goes(home, message, None, lambda system, _: system in TAKERS)


@pytest.mark.parametrize(
    ("source", "recipients", "wanted"),
    [
        ("dms", ["H44.11"], {"dms": ["H44.11"]}),
        ("dms", ["H44.15"], {"health": ["H44.15"]}),
        ("dms", ["H44.15.02.01", "H44.15.03"], {"clinic": ["H44.15.02.01"], "health": ["H44.15.03"]}),
        ("dms", ["000.00.15.H44", "G22"], {"health": ["000.00.15.H44"], "axis": ["G22"]}),
        ("dms", ["G22", "G09", "H26"], {"axis": ["G22", "G09", "H26"]}),
        ("dms", ["vxp.saas.03"], {"dms": ["vxp.saas.03"]}),
        ("dms", ["vxp.saas.04"], {"axis": ["vxp.saas.04"]}),
        # all of Vĩnh Phúc is in Phú Thọ
        ("dms", ["000.00.00.H62"], {"dms": ["000.00.00.H62"]}),
        ("dms", [], {}),
        # a packet from the axis names all its receivers, also those whom it brings it to itself
        ("axis", ["H44.11", "G22"], {"dms": ["H44.11"]}),
        ("axis", ["G22"], {}),
    ],
)
def test_receivers_lead_the_way(source: str, recipients: list[str], wanted: dict[str, list[str]]) -> None:
    """Each receiver to who serves it most exactly and takes the type; the others out, but never back."""
    assert sent(source, *recipients) == wanted


def test_a_route_that_names_a_system_takes_all_of_it_there() -> None:
    """Who gets a copy of everything gets it whole, whoever else is served there."""
    more = EXCHANGE + "  - {name: copies, type: document.v1, to: [health]}\n"
    for text in (more, more.replace("routes:\n  - {name: documents", "routes:\n  - {name: d")):
        found = sent("dms", "H44.15", "H44.11", routes=parse_routes(text, "routes.yaml"))
        assert found == {"health": [], "dms": ["H44.11"]}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", else: axis", "", "needs `else:`"),
        ("to: recipients, else: axis", "to: [axis], else: axis", "belongs to `to: recipients` alone"),
    ],
)
def test_the_way_out_is_said(old: str, new: str, said: str) -> None:
    """A receiver whom nobody serves must have a way: forgetting it is a fault of the home."""
    with pytest.raises(ConfigError) as fault:
        parse_routes(EXCHANGE.replace(old, new), "routes.yaml")
    assert said in str(fault.value)


def test_two_codes_of_a_body_are_one() -> None:
    """The axis adds the old code of a body that has two; what all of it became is the same body, too."""
    known = built_in()
    assert routing.body_of(known, "000.00.00.H44") == routing.body_of(known, "H44")
    renamed = Succession("000.00.15.H44", "H44.15", Share.WHOLE, date(2022, 9, 15), "QĐ 20", "axis")
    learnt = known.extended([renamed])
    assert routing.body_of(learnt, "000.00.15.H44") == routing.body_of(learnt, "H44.15")
    assert routing.body_of(known, "H62") == routing.body_of(known, "H44") != routing.body_of(known, "H02")

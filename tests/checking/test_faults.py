"""What is wrong with the checks of a home is said before it is published, with its place and its mend."""

from __future__ import annotations

import pytest

from lgsp.adapter import Adapter
from lgsp.check_faults import check_faults
from lgsp.errors import ConfigError
from lgsp.questions import Questions
from lgsp.routes import parse_routes
from lgsp.schemas import Types

HOME = """
systems:
  one-stop: {adapter: one_stop}
  portal: {adapter: portal}
  citizens: {adapter: citizens}
  others: {adapter: citizens}
purposes:
  - {code: dossier, title: T, basis: B}
  - {code: firms, title: T, basis: B, types: [business.query.v1]}
routes:
  - {name: questions, from: one-stop, type: citizen.verification.v1, to: [citizens]}
  - name: dossiers
    from: one-stop
    type: dossier.v1
    to: [portal]
    checks: [{name: owner, rule: owner-identity, against: citizens, purpose: dossier}]
"""


class Mailbox(Adapter):
    """Comes for what is meant for it."""

    collects = True


def faults(*changes: tuple[str, str]) -> list[str]:
    """Return the faults of a home, with changes made to it."""
    text = HOME
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = parse_routes(text)
    routes = [(file.place("routes", n), route) for n, route in enumerate(file.routes)]
    adapters = {"portal": Adapter, "citizens": Adapter, "one-stop": Mailbox}
    return check_faults(file, routes, Types(), Questions(), adapters)


def test_a_home_in_order_has_none() -> None:
    """Rule, answering system and purpose fit each other."""
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("against: citizens", "against: others"), "is answered by citizens for one-stop, not by others"),
        (("from: one-stop, type: citizen", "from: portal, type: citizen"), "is answered by nobody for one-stop"),
        (("purpose: dossier", "purpose: firms"), "may not be asked for 'firms'; use one of dossier"),
        (("purpose: dossier", "purpose: none"), "may not be asked for 'none'"),
        (("to: [portal]", "to: [one-stop]"), "one-stop comes for what is meant for it"),
        (("to: [portal]", "to: recipients\n    else: portal"), "who receives decides where it goes"),
        (("type: dossier.v1", "type: document.v1"), "no document.v1 is read by rule owner-identity; use one of none"),
        (
            ("purpose: dossier}]", "purpose: dossier}, {name: owner, rule: owner-identity, against: citizens, purpose: dossier}]"),
            "check 'owner' is there twice",
        ),
    ],
)  # fmt: skip
def test_each_fault_says_where_it_is_and_what_is_wrong(change: tuple[str, str], fault: str) -> None:
    """File and line of the route stand before it."""
    (told,) = faults(change)
    assert fault in told
    assert told.startswith("routes.yaml:12: ")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("rule: owner-identity", "rule: guess"), "there is no rule 'guess'; use one of owner-identity"),
        (("purpose: dossier}]", "purpose: dossier, hold: [odd]}]"), "hold"),
        (("purpose: dossier}]", "purpose: dossier, wait: 5}]"), "is not a duration"),
        (("purpose: dossier}]", "purpose: dossier, wait: 10ms}]"), "wait"),
    ],
)
def test_what_cannot_be_read_is_no_home(change: tuple[str, str], fault: str) -> None:
    """A rule that there is not, a word that nobody knows, a time that is none."""
    with pytest.raises(ConfigError, match=fault):
        parse_routes(HOME.replace(*change))


def test_for_a_route_of_any_source_whoever_may_answer_is_looked_at() -> None:
    """Each source could have a route of its own for the question."""
    assert faults(("    from: one-stop\n    type: dossier.v1", "    type: dossier.v1")) == []

"""What a credential may bring: its agencies as of the day of the event, its types, its acts; in doubt nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lgsp import bounds as judging
from lgsp.bounds import Warrant, Warrants, demand
from lgsp.callers import Bounds, Subtree
from lgsp.domain.agencies.facts import Fact, Share, Succession
from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register
from lgsp.errors import Forbidden, Invalid
from lgsp.message import Message
from lgsp.schemas import Types

MERGED = date(2025, 7, 1)
"""On this day all of H02 went into H05, by the tables that come with the product."""
TODAY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "today", lambda: TODAY)


@pytest.fixture(scope="module")
def types() -> Types:
    """The canonical types."""
    return Types()


def warrant(*agencies: str | Subtree, known: Register | None = None, serves: tuple[str, ...] = ()) -> Warrant:
    """Return the warrant of a credential for these agencies."""
    tops = tuple(Subtree(one) if isinstance(one, str) else one for one in agencies)
    return Warrant(Bounds(tops), serves, known or built_in())


def dossier(types: Types, code: str, received: str = "2026-01-31T08:30:00+07:00") -> Message:
    """Return a dossier under a code."""
    return types.message("dossier.v1", {"code": code, "received_at": received})


def letter(types: Types, sender: Any) -> Message:
    """Return a document of a sender."""
    return types.message("document.v1", {"key": "H44.11,2026-01-31,12/SYT-VP", "sender": {"code": sender}})


def fault(one: Warrant, types: Types, message: Message) -> tuple[str, str] | None:
    """Return the code and the place of what a message is turned away for."""
    refused = one.refuses(message, types[message.type])
    if refused is None:
        return None
    assert isinstance(refused, Forbidden)
    (problem,) = refused.problems
    return problem.code, problem.place


FOREIGN = ("agency-not-granted", "/code")


@pytest.mark.parametrize(
    ("code", "lies"),
    [
        ("H44.11-260131-0001", True),
        ("H44.11.3-260131-0001", True),
        ("000.00.11.H44-260131-0001", True),
        ("h44.11-260131-0001", True),
        ("H44-260131-0001", False),
        ("H44.110-260131-0001", False),
        ("H44.1-260131-0001", False),
        ("H44.12-260131-0001", False),
        ("H45.11-260131-0001", False),
        ("11.H44-260131-0001", False),
        ("000.11.00.H45-260131-0001", False),
    ],
)
def test_a_dossier_lies_under_the_agency_in_its_code(types: Types, code: str, lies: bool) -> None:
    """Itself and what is below it, in whatever form; no neighbour whose code begins alike, nor what is above."""
    try:
        message = dossier(types, code)
    except Invalid:
        assert not lies
        return
    assert (fault(warrant("H44.11"), types, message) is None) is lies


@pytest.mark.parametrize(
    "sender", ["H44.11.", "H44.11..", ".H44.11", "H44..11", "H44.11 .3", "H44.11,3", "H44.11/3"]
)
def test_what_is_no_code_lies_under_nothing(types: Types, sender: str) -> None:
    """Dots that stand too much, and other signs, make no code of ours: such a text is itself, letter by letter."""
    found = letter(types, sender)
    assert fault(warrant("H44.11"), types, found) == ("agency-not-granted", "/sender/code")
    assert fault(warrant(sender), types, found) is None


@pytest.mark.parametrize("sender", ["", "   ", None, 44, ["H44.11"]])
def test_what_names_no_agency_lies_outside(types: Types, sender: Any) -> None:
    """Whoever is bound to agencies has to say in whose name it speaks, where its type has a place for that."""
    found = letter(types, sender)
    assert fault(warrant("H44.11"), types, found) == ("agency-not-told", "/sender/code")
    assert fault(warrant(), types, found) is None


def test_a_type_without_an_agency_speaks_for_nobody(types: Types) -> None:
    """What has no place for an agency is bounded by the types alone."""
    service = types.message("procedure.service.v1", {"code": "1.003897"})
    assert fault(warrant("H44.11"), types, service) is None


def test_a_code_of_another_form_is_itself(types: Types) -> None:
    """An enterprise is nobody's subtree: it is good for the credential that names it, and for no other."""
    found = letter(types, "0101234567")
    assert fault(warrant("0101234567"), types, found) is None
    assert fault(warrant("H44"), types, found) == ("agency-not-granted", "/sender/code")


def test_the_code_and_the_agency_both_count(types: Types) -> None:
    """A dossier code of another agency is not let through by a field that names one's own."""
    vote = {"code": "H45.11-260131-0001", "agency": {"code": "H44.11"}}
    found = types.message("satisfaction.v1", vote)
    assert fault(warrant("H44"), types, found) == FOREIGN
    assert fault(warrant("H44", "H45"), types, found) is None
    assert fault(warrant("H45"), types, found) == ("agency-not-granted", "/agency/code")


def test_a_closed_agency_is_also_what_all_of_it_became(types: Types) -> None:
    """Who serves the successor brings what the closed one began, before its end and after; so does who had it."""
    for received in ("2025-06-30T08:30:00+07:00", "2025-07-01T00:00:00+07:00"):
        message = dossier(types, "H02.05-250630-0001", received)
        assert fault(warrant("H05"), types, message) is None
        assert fault(warrant("H02"), types, message) is None
        assert fault(warrant("H05.05"), types, message) == FOREIGN
        assert fault(warrant("H44"), types, message) == FOREIGN


def test_a_successor_is_not_what_it_came_from(types: Types) -> None:
    """Who spoke for a closed body does not speak for all of the one that took it over."""
    assert fault(warrant("H02"), types, dossier(types, "H05.05-260131-0001")) == FOREIGN


def test_a_divided_agency_is_itself_alone(types: Types) -> None:
    """Part of a body gives nobody the whole; and two that both took all of it contradict each other."""
    day = date(2025, 8, 1)
    split = built_in().extended([Succession("H44.20", f"H44.2{n}", Share.PART, day) for n in (1, 2)])
    both = built_in().extended([Succession("H44.20", f"H44.2{n}", Share.WHOLE, day) for n in (1, 2)])
    message = dossier(types, "H44.20-250101-0001", "2026-01-05T08:00:00+07:00")
    for known in (split, both):
        assert fault(warrant("H44.21", known=known), types, message) == FOREIGN
        assert fault(warrant("H44.20", known=known), types, message) is None


def test_a_code_that_was_given_again_is_what_it_was_on_the_day(types: Types) -> None:
    """What all of a body became brings its matters, also where the code names another body by now."""
    claims = [
        Fact("H44.20", "Sở cũ", 2, "H44", date(2010, 1, 1), date(2025, 7, 31)),
        Succession("H44.20", "H44.21", Share.WHOLE, date(2025, 8, 1)),
        Fact("H44.20", "Sở khác", 2, "H44", date(2026, 1, 1)),
    ]
    known = built_in().extended(claims)
    then = dossier(types, "H44.20-250101-0001", "2025-10-01T08:00:00+07:00")
    now = dossier(types, "H44.20-260131-0001", "2026-01-31T08:00:00+07:00")
    assert fault(warrant("H44.21", known=known), types, then) is None
    assert fault(warrant("H44.21", known=known), types, now) == FOREIGN


def test_a_succession_to_come_gives_nothing_today(types: Types) -> None:
    """Dating an event ahead does not bring a merger forward, nor a grant that begins later."""
    ahead = built_in().extended([Succession("H44.20", "H45.1", Share.WHOLE, date(2027, 1, 1))])
    message = dossier(types, "H44.20-270601-0001", "2027-06-01T08:00:00+07:00")
    assert fault(warrant("H45.1", known=ahead), types, message) == FOREIGN
    assert fault(warrant(Subtree("H44.20", since=date(2027, 1, 1))), types, message) == FOREIGN


@pytest.mark.parametrize(
    ("received", "lies"),
    [
        ("2025-12-31T23:59:59+07:00", False),
        ("2025-12-31T17:00:00+00:00", True),
        ("2026-01-01T00:00:00+07:00", True),
        ("2026-01-20T23:59:59+07:00", True),
        ("2026-01-20T17:00:00+00:00", False),
        ("2026-01-21T00:00:00+07:00", False),
    ],
)
def test_a_grant_holds_on_its_days(types: Types, received: str, lies: bool) -> None:
    """The day of the event counts, in Viet Nam; the first and the last day of a grant are days of it."""
    one = warrant(Subtree("H44.11", date(2026, 1, 1), date(2026, 1, 20)))
    assert (fault(one, types, dossier(types, "H44.11-260105-0001", received)) is None) is lies


def test_what_has_no_day_is_of_today(types: Types) -> None:
    """A document says no day of its own: the grant has to hold now."""
    ended, running = Subtree("H44.11", until=date(2026, 1, 31)), Subtree("H44.11", until=TODAY)
    assert fault(warrant(ended), types, letter(types, "H44.11")) is not None
    assert fault(warrant(running), types, letter(types, "H44.11")) is None


def test_what_was_granted_for_a_time_is_not_remembered_for_ever(types: Types) -> None:
    """A yes for one day, or by what is known today, says nothing of another day, nor once more is known."""
    one = warrant(Subtree("H44.11", until=date(2026, 1, 20)))
    assert fault(one, types, dossier(types, "H44.11-260105-0001", "2026-01-10T08:00:00+07:00")) is None
    assert fault(one, types, dossier(types, "H44.11-260105-0001", "2026-01-25T08:00:00+07:00")) == FOREIGN
    one = warrant("H44.12", Subtree("H44.11", until=date(2026, 1, 20)))
    for day, lies in ((10, True), (25, False)):
        message = dossier(types, "H44.11-260105-0001", f"2026-01-{day}T08:00:00+07:00")
        message.agency = "H44.12"
        assert (fault(one, types, message) is None) is lies
    drawn, credential, serves = Warrants(), Bounds((Subtree("H44.21"),)), ("H44",)
    message = dossier(types, "H44.20-250101-0001", "2026-01-05T08:00:00+07:00")
    before = built_in()
    after = before.extended([Succession("H44.20", "H44.21", Share.WHOLE, date(2025, 8, 1))])
    for known, lies in ((before, False), (after, True), (before, False)):
        assert (fault(drawn.of(credential, serves, known), types, message) is None) is lies


def test_without_agencies_of_its_own_the_systems_count(types: Types) -> None:
    """A credential that names none speaks for those that its system serves; where none are, for all."""
    message = dossier(types, "H45.11-260131-0001")
    assert fault(warrant(serves=("H44",)), types, message) == FOREIGN
    assert fault(warrant("H45", serves=("H44",)), types, message) is None
    assert fault(warrant(), types, message) is None


def test_types_and_acts_are_held(types: Types) -> None:
    """What is named there is all that may be brought; the place and the mend are told."""
    message = dossier(types, "H44.11-260131-0001")
    progress = Bounds(types=frozenset({"dossier.progress.v1"}))
    assert fault(Warrant(progress, (), built_in()), types, message) == ("type-not-granted", "type")
    assert (
        fault(Warrant(replace(progress, types=frozenset({"dossier.v1"})), (), built_in()), types, message)
        is None
    )
    reading = Bounds(acts=frozenset({"read"}))
    assert fault(Warrant(reading, (), built_in()), types, message) == ("act-not-granted", "")
    demand(reading, "read")
    demand(Bounds(), "collect")
    demand(None, "collect")
    with pytest.raises(Forbidden, match="act-not-granted"):
        demand(reading, "collect")


def test_the_sender_is_told_what_it_was_granted(types: Types) -> None:
    """Of its own agencies those that hold on the day, a few of them; never what it sent."""
    tops = [Subtree("H44.99", until=date(2020, 1, 1)), *(f"H44.{n}" for n in range(11, 18))]
    refused = warrant(*tops).refuses(dossier(types, "H45.11-260131-0001"), types["dossier.v1"])
    assert refused is not None
    assert refused.problems[0].detail == "H44.11, H44.12, H44.13, H44.14, H44.15, …"
    assert (refused.subject, refused.type) == ("H45.11-260131-0001", "dossier.v1")


def test_what_is_remembered_is_bounded(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither many agencies nor many credentials fill the memory; what is forgotten is judged anew."""
    monkeypatch.setattr(judging, "_SURE", 8)
    monkeypatch.setattr(judging, "_WARRANTS", 8)
    one = warrant("H44")
    for n in range(100):
        assert fault(one, types, dossier(types, f"H44.{n}-260131-0001")) is None
    assert len(one._sure) <= 8
    ending = warrant(Subtree("H44", until=date(2030, 1, 1)))
    for n in range(100):
        assert fault(ending, types, dossier(types, f"H44.{n}-260131-0001")) is None
    assert len(ending._verdicts) <= 8
    drawn, kept, serves = Warrants(), [Bounds() for _ in range(100)], ("H44",)
    first = drawn.of(kept[0], serves, built_in())
    assert drawn.of(kept[0], serves, built_in()) is first
    for other in kept[1:]:
        drawn.of(other, serves, built_in())
    assert len(drawn._drawn) <= 8


# --- questions -------------------------------------------------------------------------------------------


def asked(one: Warrant, code: str) -> str:
    """Return why a question for a dossier is turned away; empty where it is put."""
    try:
        one.demand_dossier(code)
    except Forbidden as refused:
        (problem,) = refused.problems
        assert problem.place == "/dossier"
        return f"{problem.code} {problem.detail}".strip()
    return ""


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("H44.11-260131-0001", ""),
        ("000.00.11.H44-260131-0001", ""),
        ("h44.11.3-260131-9999", ""),
        ("H44.12-260131-0001", "agency-not-granted H44.11"),
        ("H44.110-260131-0001", "agency-not-granted H44.11"),
        ("H45.11-260131-0001", "agency-not-granted H44.11"),
        ("12/GCN-2026", "agency-not-told"),
        ("001099000001", "agency-not-told"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_question_is_put_for_dossiers_of_what_was_granted(code: str, why: str) -> None:
    """By the agency in the code, known here or not; what names none is nobody's, and no dossier is no claim."""
    assert asked(warrant("H44.11"), code) == why
    assert asked(warrant(serves=("H44.11",)), code) == why


@pytest.mark.parametrize("code", ["H45.11-260131-0001", "12/GCN-2026"])
def test_who_is_bound_to_no_agency_asks_for_any_dossier(code: str) -> None:
    """Neither the credential names agencies, nor its system."""
    assert asked(warrant(), code) == ""


def test_questions_are_judged_by_the_agencies_of_today() -> None:
    """One that was merged is what it became; what a credential spoke for until yesterday it asks for no more."""
    assert asked(warrant("H05"), "H02-250131-0001") == ""
    assert (
        asked(warrant(Subtree("H44.11", until=date(2026, 1, 31))), "H44.11-260131-0001")
        == "agency-not-granted -"
    )
    assert asked(warrant(Subtree("H44.11", until=TODAY)), "H44.11-260131-0001") == ""

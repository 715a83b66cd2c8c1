"""Judging whole reports: whatever the order, each contradiction with its numbers, and nothing is mended."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.reports import written
from lgsp.domain.reports.defined import BUILT_IN
from lgsp.domain.reports.indicators import Rule
from lgsp.domain.reports.judging import BLOCKING, Subject, blocking, finding, judge
from lgsp.domain.reports.written import Of
from lgsp.reporting.showing import moment
from tests.reporting.desk import AGENCY, COUNTS, CUT_OFF, PERIOD, UNIT

OF = Of(AGENCY, PERIOD, moment(CUT_OFF))
WHOLE = f"{AGENCY}/{PERIOD}"


def figures(form: str = "standard", **changed: str | None) -> list[dict[str, Any]]:
    """Return the figures of a form that add up, but for what is changed."""
    there = BUILT_IN.of_form(form).by_code
    values = {name: str(count) for name, count in COUNTS.items() if name in there} | changed
    return [
        {"indicator": name, **({} if value is None else {"value": value})} for name, value in values.items()
    ]


def codes(said: list[dict[str, Any]], form: str = "standard", **more: Any) -> list[tuple[str, str]]:
    """Return what is found, without places of the whole."""
    found = judge(BUILT_IN, Subject(form, OF, said, **more))
    return [(one["code"], one["place"].replace(f"/{WHOLE}", "").replace(f"{WHOLE}/", "")) for one in found]


@pytest.mark.parametrize("form", ["06a", "standard", "opencps", "statistic-message"])
def test_figures_that_add_up_are_no_finding(form: str) -> None:
    """By each form's own set of invariants."""
    assert codes(figures(form), form) == []


@pytest.mark.parametrize(
    ("form", "changed", "found"),
    [
        ("standard", {"received": "11"}, [("invariant-broken", "received"), ("invariant-broken", "total")]),
        ("standard", {"solved": "8"}, [("invariant-broken", "total"), ("invariant-broken", "solved")]),
        (
            "standard",
            {"late": "-1"},
            [("rule-broken", "late"), ("rule-broken", "late_share"), ("invariant-broken", "solved")],
        ),
        ("standard", {"late": "1.5"}, [("not-whole", "late"), ("missing", "solved")]),
        ("standard", {"late": None}, [("missing", "late"), ("missing", "late_share"), ("missing", "solved")]),
        ("standard", {"in_time_share": "85.71"}, []),
        ("standard", {"in_time_share": "86"}, [("rounded", "in_time_share")]),
        ("standard", {"in_time_share": "85.7"}, [("rounded", "in_time_share")]),
        ("standard", {"in_time_share": "85.8"}, [("formula-differs", "in_time_share")]),
        ("standard", {"voted": "3"}, [("not-in-form", "voted")]),
        ("06a", {"withdrawn": "3"}, []),
        ("opencps", {"in_process_on_time": "0"}, []),
        ("standard", {"in_process_on_time": "0"}, [("invariant-broken", "in_process")]),
        ("statistic-message", {"total": "11"}, [("invariant-broken", "total")] * 2),
    ],
)
def test_each_contradiction_is_named(
    form: str, changed: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """By its place and code; what a set does not say is none."""
    assert sorted(codes(figures(form, **changed), form)) == sorted(found)


def test_nothing_is_0_because_it_was_not_given() -> None:
    """A report of one figure says what cannot be told, and contradicts nothing."""
    found = judge(BUILT_IN, Subject("standard", OF, [{"indicator": "solved", "value": "7"}]))
    assert {one["code"] for one in found} == {"missing"}
    assert blocking(found) == []


def test_a_unit_is_judged_like_the_whole() -> None:
    """And that it has no share because it solved nothing is not said of each."""
    unit = [one | {"agency": UNIT, "value": "0"} for one in figures()]
    assert codes([*figures(), *unit]) == []
    unit[0]["value"] = "1"
    places = {one["place"] for one in judge(BUILT_IN, Subject("standard", OF, [*figures(), *unit]))}
    assert places == {f"{UNIT}/{PERIOD}/received", f"{UNIT}/{PERIOD}/total"}


def test_one_cell_with_two_values_is_no_figure() -> None:
    """Told twice with one value it is one; with two nobody chooses."""
    assert codes([*figures(), {"indicator": "late", "value": "1"}]) == []
    assert ("figure-twice", "late") in codes([*figures(), {"indicator": "late", "value": "2"}])


def test_a_set_that_a_report_names_is_the_one_it_is_judged_by() -> None:
    """Withdrawn dossiers are solved by one and not by another; an unknown set is said to be."""
    said = figures(withdrawn="2", solved="9", in_process="3", in_process_on_time="2")
    assert codes(said, invariants="withdrawn-solved/1") == []
    assert codes(said) != []
    assert codes(figures(), invariants="own/1") == [("set-unknown", WHOLE)]


def test_what_is_carried_over_is_what_was_left() -> None:
    """Of the whole and of each unit that stood in the report before; one that did not is not judged."""
    before = [{"indicator": "in_process", "value": "3"}]
    assert codes(figures(), before=before) == [("invariant-broken", "carried_over")]
    assert codes(figures(), before=[{"indicator": "in_process", "value": "2"}]) == []
    assert codes(figures(), before=[{"indicator": "in_process", "value": "3", "agency": UNIT}]) == []


def test_a_rule_looks_back_at_the_period_that_it_is_compared_with() -> None:
    """Not at the one that hands over to it: for six months those are the same months of the year before."""
    grows = replace(BUILT_IN.indicators["received"], rules=(Rule("grows", "v >= previous:v"),))
    defined = replace(BUILT_IN, indicators={**BUILT_IN.indicators, "received": grows})
    said = {"before": [{"indicator": "in_process", "value": "2"}, {"indicator": "received", "value": "99"}]}
    for previous, found in (("10", []), ("11", ["rule-broken"])):
        looked_at = [{"indicator": "received", "value": previous}]
        subject = Subject("standard", OF, figures(), previous=looked_at, **said)
        assert [one["code"] for one in judge(defined, subject)] == found


@given(st.permutations(figures(received="11", late="-1", voted="3", in_time_share="10")))
def test_the_order_of_figures_says_nothing(said: list[dict[str, Any]]) -> None:
    """The findings are the same, in the same order, contradictions first."""
    found = judge(BUILT_IN, Subject("standard", OF, said))
    assert found == judge(BUILT_IN, Subject("standard", OF, sorted(said, key=str)))
    assert [one["blocking"] for one in found] == sorted((one["blocking"] for one in found), reverse=True)


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_shares_are_rounded_as_offices_round(value: Fraction, decimals: int) -> None:
    """Halves away from zero, and always with so many decimals; there is no minus before 0."""
    text = written.amount(value, decimals)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    scaled = value * 10**decimals * 2
    if scaled.denominator == 1 or abs(exact) < Decimal("1e20"):
        quantized = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        assert Decimal(text) == quantized
    assert len(text.partition(".")[2]) == decimals
    assert not (text.startswith("-") and Decimal(text) == 0)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_figure_is_read_as_it_is_written(value: Decimal) -> None:
    """Exactly: a report brings no rounding of its own."""
    one = BUILT_IN.indicators["received"]
    said = written.write(one, f"{value:f}", "typed", agency=UNIT, split=(("level", "commune"),))
    (figure,) = written.read([said], OF)
    assert (figure.value, figure.cell.agency, figure.cell.split) == (value, UNIT, (("level", "commune"),))
    assert figure.origin == "typed"


def test_every_finding_that_blocks_has_words_in_both_languages() -> None:
    """Those that the book makes by itself, like those of checks."""
    words = {"value": "1", "form": "f", "until": "u", "place": "p", "claimed": "1", "computed": "2"}
    more = {"formula": "f", "numbers": "n", "difference": "d", "name": "n"}
    for code in BLOCKING:
        said = finding(code, **(words | more))
        assert said["blocking"]
        assert said["vi"] != said["en"]

"""Every invariant of dossier figures holds on sound figures, and is told term by term where it is broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from lgsp.domain.reports.invariants import SETS, Invariant
from lgsp.domain.reports.telling import Contradiction
from lgsp.domain.tables import rows

STANDARD = {
    "received": 80, "online": 60, "direct": 20, "carried_over": 20, "total": 100, "early": 30, "on_time": 20,
    "in_time": 50, "late": 10, "solved": 60, "withdrawn": 3, "stopped": 2, "in_process": 35,
    "in_process_on_time": 30, "in_process_late": 5,
}  # fmt: skip
SOUND: dict[str, dict[str, int | None]] = {
    "standard/1": {**STANDARD},
    "withdrawn-solved/1": {**STANDARD, "solved": 63, "in_process": 37, "in_process_on_time": 32},
    "form-06a/1": {**STANDARD, "on_time": 23, "in_time": 53, "solved": 63, "in_process": 37, "in_process_on_time": 32},
    "opencps/1": {**STANDARD, "on_time": 22, "in_time": 52, "solved": 62},
    "statistic-message/1": {
        "received": 80, "carried_over": 20, "total": 100, "in_time": 50, "late": 10, "solved": 60,
        "in_process": 40, "in_process_on_time": 30, "in_process_late": 10,
    },
}  # fmt: skip
BEFORE = {"in_process": 20}
ROWS = [
    pytest.param(row, number, id=f"{row['set']}/{row['version']}-{row['code']}-{number}")
    for row in rows("reports/invariants.tsv")
    for number in range(row["formula"].count(" | ") + 1)
]
"""Each formula of each row of the data."""
EACH = [
    pytest.param(label, one, id=f"{label}-{one.code}") for label, s in SETS.items() for one in s.invariants
]


def _broken(label: str, before: Any = None, **over: int | None) -> list[Any]:
    return [
        one.as_dict() for one in SETS[label].check({**SOUND[label], **over}, before or BEFORE, "Sở Tư pháp")
    ]


@pytest.mark.parametrize("label", SETS)
def test_sound_figures_break_nothing(label: str) -> None:
    """By the definitions that they were counted by, everything adds up and everything can be told."""
    assert SETS[label].check(SOUND[label], BEFORE) == ()


@pytest.mark.parametrize(("label", "one"), EACH)
def test_each_invariant_holds_and_can_be_broken(label: str, one: Invariant) -> None:
    """It says nothing of sound figures; a column that is one too large is told with its formula and terms."""
    counts = SOUND[label]
    stated = counts[one.of] or 0
    assert one.check(counts, BEFORE, "x") is None
    found = one.check({**counts, one.of: stated + 1}, BEFORE, "x")
    assert isinstance(found, Contradiction)
    assert found.name == one.code
    assert found.difference == 1
    assert found.computed == sum(value for _, value in found.terms) == stated


def _made(terms: list[tuple[str, str]], *, parts: bool) -> tuple[dict[str, int | None], int]:
    """Return a number for each column of a formula, and what they come to; `parts` gives solved ones by term."""
    counts: dict[str, int | None] = {}
    total = 0
    for n, (mark, term) in enumerate(terms):
        value, column = 10 + 7**n, term.removeprefix("stated:")
        counts |= {"in_time": value - 3, "late": 3} if parts and term == "solved" else {column: value}
        total += -value if mark == "-" else value
    return counts, total


@pytest.mark.parametrize(("row", "number"), ROWS)
def test_each_formula_of_each_row_passes_and_fails_on_figures_made_from_it(
    row: Mapping[str, str], number: int
) -> None:
    """Figures that are made to add up by a formula pass; the column that it is of passes with no other number."""
    (one,) = (s for s in SETS[f"{row['set']}/{row['version']}"].invariants if s.code == row["code"])
    written = row["formula"].split(" | ")[number] if row["formula"] else one.formulas[number]
    counts, total = _made(re.findall(r"([+-]?)\s*([\w:]+)", written), parts=number > 0)
    before = counts if row["where"] == "previous" else None
    beside = {} if before else counts
    assert one.of not in counts
    assert one.check({**beside, one.of: total}, before, "x") is None
    for wrong in (-1, 1, 1000):
        found = one.check({**beside, one.of: total + wrong}, before, "x")
        assert isinstance(found, Contradiction)
        assert (found.difference, found.computed, found.formula) == (wrong, total, written)


def test_every_row_of_the_data_is_an_invariant() -> None:
    """None is lost in reading, and none stands in its set twice."""
    read = [(label, one.code) for label, s in SETS.items() for one in s.invariants]
    given = [(f"{row['set']}/{row['version']}", row["code"]) for row in rows("reports/invariants.tsv")]
    assert sorted(read) == sorted(given)
    assert len(set(read)) == len(read)


def test_a_disagreement_is_told_term_by_term() -> None:
    """The columns with their numbers, what they come to, and the difference, in Vietnamese and English."""
    (told,) = _broken("standard/1", solved=61, early=31, in_time=51)
    assert told == {
        "code": "invariant-broken", "place": "Sở Tư pháp/total", "claimed": "100", "computed": "101",
        "difference": "-1", "formula": "stated:solved + withdrawn + stopped + in_process",
        "numbers": "61 + 3 + 2 + 35", "name": "total-by-progress",
        "terms": [{"column": "solved", "value": 61}, {"column": "withdrawn", "value": 3},
                  {"column": "stopped", "value": 2}, {"column": "in_process", "value": 35}],
        "vi": told["vi"], "en": told["en"],
    }  # fmt: skip
    assert "61 + 3 + 2 + 35" in told["vi"]
    assert "đang xử lý" in told["vi"]
    assert "off by -1" in told["en"]


def test_whether_withdrawn_dossiers_are_solved_is_the_definition_s_to_say() -> None:
    """The same figures are sound by one set and broken by the other: nothing passes by a definition not named."""
    figures = SOUND["withdrawn-solved/1"]
    names = {one.name for one in SETS["standard/1"].check(figures, BEFORE)}
    assert names == {"solved-by-term", "total-by-progress"}


def test_what_one_period_leaves_the_next_carries_over() -> None:
    """As stated there, or as its parts within and over the term; without the period before nothing is said."""
    assert [one["difference"] for one in _broken("standard/1", {"in_process": 23})] == ["-3"]
    assert _broken("standard/1", {"in_process_on_time": 15, "in_process_late": 5}) == []
    (told,) = _broken("standard/1", {"in_process": None})
    assert (told["reason"], told["what"]) == ("missing", "previous:in_process")
    assert SETS["standard/1"].check(SOUND["standard/1"]) == ()


def test_what_is_not_given_is_not_zero() -> None:
    """A sum with a term that is not given cannot be told, unless no number could mend it."""
    (told,) = _broken("standard/1", withdrawn=None)
    assert (told["reason"], told["what"], told["name"]) == ("missing", "withdrawn", "total-by-progress")
    (told,) = _broken("standard/1", withdrawn=None, in_process=135, in_process_on_time=130)
    assert told["computed"] == "197"


def test_a_published_table_is_flagged_by_the_sets() -> None:
    """Điện Biên 2019, departments: 499 received, 392 solved, 17 withdrawn, 5 stopped leave 85, and not 86."""
    row = {
        "total": 499,
        "early": 313,
        "on_time": 68,
        "late": 11,
        "withdrawn": 17,
        "stopped": 5,
        "solved": 392,
    }
    said = SETS["standard/1"].check({**row, "in_process": 85})
    assert not [one for one in said if isinstance(one, Contradiction)]
    said = SETS["standard/1"].check({**row, "in_process": 86})
    assert [one.difference for one in said if isinstance(one, Contradiction)] == [-1]


def test_every_invariant_rests_on_a_source() -> None:
    """Each row of the data has a formula, a source and a confidence."""
    for one in (one for s in SETS.values() for one in s.invariants):
        assert one.formulas
        assert one.source
        assert one.confidence in {"high", "medium", "low"}

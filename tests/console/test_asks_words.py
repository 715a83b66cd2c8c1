"""Questions in words: every ending, filters of an address, lines of a sheet, and samples about nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lgsp.api.problems import ApiError
from lgsp.api.seeking import moment
from lgsp.console.asks import wanted_of
from lgsp.console.asks_export import _row
from lgsp.console.asks_trial import invented
from lgsp.console.asks_words import ENDINGS, GROUPS, Words, purposes
from lgsp.console.assets import Assets
from lgsp.console.pages import Pages
from lgsp.console.room import Room
from lgsp.console.sheets import line
from lgsp.domain.causes_named import Names
from lgsp.enquiry import Ending
from lgsp.errors import Problem
from lgsp.journal.asks_lately import SLOW
from lgsp.questions import Asked, Questions
from tests.console.views_asks import OFFICER, PURPOSES, QUERY

DAY = 86_400_000_000
ROW = {
    "at": 1_767_200_400_000_000, "ask": "a-b-c", "type": QUERY, "source": "one-stop", "who": OFFICER,
    "dossier": None, "purpose": "check", "basis": "Điều 6", "system": "population-db", "ending": "open",
    "cause": None, "took": None, "age": None,
}  # fmt: skip


def _room() -> Room:
    """Return as much of a console as words need."""
    gateway = SimpleNamespace(names=Names(), routes=SimpleNamespace(purposes=PURPOSES))
    desk = SimpleNamespace(enquiries=SimpleNamespace(questions=Questions()))
    return cast("Room", SimpleNamespace(gateway=gateway, desk=desk, pages=Pages(Assets())))


def _words(language: str = "vi", *, whole: bool = False) -> Words:
    return Words(_room(), language, whole)


# --- words ----------------------------------------------------------------------------------------------


def test_every_ending_has_a_look() -> None:
    """And a group names endings that there are, each in one group at most."""
    assert set(ENDINGS) == {one.word for one in Ending}
    grouped = [ending for _, endings in GROUPS.values() for ending in endings]
    assert len(grouped) == len(set(grouped))
    assert not set(GROUPS) & set(ENDINGS)


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("vi", QUERY, "Tra cứu thông tin công dân"),
        ("en", QUERY, ""),
        ("vi", "weather.query.v1", ""),
        ("vi", "", ""),
    ],
)
def test_a_type_is_called_as_its_schema_calls_it(language: str, name: str, said: str) -> None:
    """In Vietnamese; elsewhere, and where nobody knows it, it is shown by its name."""
    assert _words(language).type(name) == said


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_cause_is_explained_in_the_visitors_language(language: str) -> None:
    """What one ended for, and what is wrong at a place."""
    words = _words(language)
    told = words.cause("deadline-passed", "population-db")
    assert (told.code, bool(told.text), bool(told.mend)) == ("deadline-passed", True, True)
    problem = words.problem(Problem("/data/name", "missing"))
    assert problem != words.problem(Problem("/purpose", "missing"))


def test_an_officer_is_masked_but_to_whoever_audits() -> None:
    """Initials; where nobody was named there is nothing to mask."""
    assert _words(whole=True).who(OFFICER) == OFFICER
    assert (OFFICER in _words().who(OFFICER), "L.T.B" in _words().who(OFFICER)) == (False, True)
    assert _words().who("") == ""


def test_an_officers_number_is_no_name_to_read() -> None:
    """Many officers are named by their own personal number: it is not shown either."""
    assert "099000" not in _words().who("001099000001")


def test_purposes_are_those_of_the_home() -> None:
    """By their codes; one that was declared once and is not any more has no title."""
    assert list(purposes(_room())) == ["dossier", "check", "test"]
    assert (_words().purpose("check"), _words().purpose("gone")) == ("Kiểm tra thông tin", "")


# --- filters --------------------------------------------------------------------------------------------


def test_an_address_says_what_is_looked_for() -> None:
    """Empty filters do not count; a day counts whole; spaces around do not."""
    wanted = wanted_of(
        {
            "source": " one-stop ",
            "system": "",
            "ending": "broken",
            "slow": "1",
            "from": "2026-01-31",
            "to": "2026-01-31",
        }
    )
    assert (wanted.source, wanted.system, wanted.slow) == ("one-stop", "", SLOW)
    assert set(wanted.endings) == {Ending.FAILED, Ending.LATE}
    assert (wanted.since, wanted.until - wanted.since) == (moment("from", "2026-01-31"), DAY)


@pytest.mark.parametrize(
    ("text", "number"), [("17", 17), ("", 0), ("-1", 0), ("²", 0), ("9" * 30, 0), ("x", 0)]
)
def test_a_place_to_go_on_from_is_a_number(text: str, number: int) -> None:
    """Anything else begins at the newest."""
    assert wanted_of({"before": text}).before == number


@pytest.mark.parametrize("params", [{"ending": "ok"}, {"to": "31/01/2026"}, {"type": "x" * 201}])
def test_what_cannot_be_meant_is_not_looked_for(params: Mapping[str, str]) -> None:
    """Nobody takes everything for what was found."""
    with pytest.raises(ApiError):
        wanted_of(params)


# --- lines ----------------------------------------------------------------------------------------------


def test_a_line_is_safe_in_a_sheet() -> None:
    """Quotes are doubled, and what would be reckoned is text."""
    assert line(["a;b", 'say "x"', "=1+1", "@x", 3]) == '"a;b";"say ""x""";"\'=1+1";"\'@x";"3"\r\n'


def test_a_question_that_has_not_ended_leaves_cells_empty() -> None:
    """Neither a time nor a cause is made up; a remembered answer has an age in seconds."""
    cells = _row(_room(), _words(whole=True), ROW)
    assert (cells[4], cells[5], cells[10], cells[11], cells[12]) == (OFFICER, "", "", "", "")
    ended = ROW | {"ending": "answered", "took": 1_500, "age": 61_000_000}
    assert _row(_room(), _words(), ended)[11:] == (2, 61)


# --- samples --------------------------------------------------------------------------------------------


def _kind(**schema: Any) -> Asked:
    return replace(Questions()[QUERY], schema=schema)


def test_numbers_of_persons_become_zeros_wherever_they_stand() -> None:
    """In lists and inside objects; as long as they were; what is no number of a person stays."""
    number = {"type": "string", "x-personal": "identity"}
    person = {"type": "object", "properties": {"number": number, "code": {"type": "string"}}}
    schema = {
        "properties": {"people": {"type": "array", "items": person}, "head": person, "other": number},
        "examples": [
            {
                "people": [{"number": "001099000001", "code": "12"}],
                "head": {"number": "123456789"},
                "other": "AB1",
            }
        ],
    }
    assert invented(_kind(**schema)) == {
        "people": [{"number": "000000000000", "code": "12"}], "head": {"number": "000000000"}, "other": "AB1",
    }  # fmt: skip
    assert schema["examples"][0]["head"] == {"number": "123456789"}


def test_a_type_without_an_example_begins_with_nothing() -> None:
    """The form is there, and whoever asks fills it in."""
    assert invented(_kind(properties={})) == {}

"""A system that answers no question is told of: its deliveries, if it has any, may go well meanwhile."""

from __future__ import annotations

import pytest

from lgsp.alerts.facts import Facts
from lgsp.alerts.rules import Condition, shared
from lgsp.alerts.wording import say
from lgsp.journal.asks_lately import Silent
from lgsp.limits import Alerts

MINUTE = 60_000_000
NOW = 1_767_200_400_000_000


def told(
    minutes: float, count: int, cause: str = "population-credentials", **home: object
) -> list[Condition]:
    """Return the conditions where so many questions had no answer since so long."""
    facts = Facts(now=NOW, silent=[Silent("population-db", NOW - int(minutes * MINUTE), count, cause)])
    found = shared(facts, Alerts.model_validate(home), [])
    return [one for one in found if one.rule == "unanswered"]


@pytest.mark.parametrize(
    ("minutes", "count", "is_told"), [(6, 3, True), (4, 30, False), (50, 2, False), (5, 3, True)]
)
def test_it_is_told_once_it_lasts_and_more_than_one_heard_nothing(
    minutes: float, count: int, is_told: bool
) -> None:
    """One caller who would not wait, and a moment, are nobody's business."""
    assert bool(told(minutes, count)) is is_told


def test_a_home_says_from_when_on() -> None:
    """Or that it does not want to hear of it."""
    rules = {"unanswered": {"after": "1m", "count": 1}}
    assert [one.subject for one in told(2, 1, rules=rules)] == ["population-db"]
    assert told(60, 99, off=["unanswered"]) == []


def test_it_says_why_and_what_to_do() -> None:
    """In both languages, with the cause of the catalogue."""
    (one,) = told(10, 12)
    for lang, words in (("vi", "12 câu hỏi không có trả lời"), ("en", "12 questions had no answer")):
        text = say(one.rule, one.subject, one.facts, lang)
        assert words in text.text
        assert "population-credentials" in text.text
        assert "lgsp asks" in text.mend

"""Credentials that are in use are told of before they end, on the days that the rule names."""

from __future__ import annotations

from lgsp.alerts.facts import Facts
from lgsp.alerts.rules import shared
from lgsp.alerts.wording import say
from lgsp.journal.credentials import Ending
from lgsp.limits import Alerts

DAY = 86_400_000_000
NOW = 1_767_200_400_000_000


def told(left: float, **home: object) -> list[str]:
    """Return the subjects of alerts about one that ends in so many days."""
    facts = Facts(now=NOW, ending=[Ending("uid", "one-stop", "khóa", NOW + int(left * DAY))])
    found = shared(facts, Alerts.model_validate(home), [])
    return [one.subject for one in found if one.rule == "credential"]


def test_it_is_told_on_the_days_that_the_rule_names() -> None:
    """Thirty, seven, one, and on the last; each is an alert of its own, and the days between are quiet."""
    lefts = {left: told(left + 0.5) for left in range(40)}
    assert {left: found for left, found in lefts.items() if found} == {
        30: ["uid 30"], 7: ["uid 7"], 1: ["uid 1"], 0: ["uid 0"],
    }  # fmt: skip


def test_a_home_may_name_other_days() -> None:
    """Or none, or no such alert."""
    assert told(14.5, rules={"credential": {"days": [14]}}) == ["uid 14"]
    assert told(7.5, rules={"credential": {"days": [14]}}) == []
    assert told(7.5, off=["credential"]) == []


def test_it_says_whose_it_is_and_when_it_ends() -> None:
    """And never what it is."""
    facts = Facts(now=NOW, ending=[Ending("uid", "one-stop", "khóa mới", NOW + 7 * DAY)])
    (one,) = [one for one in shared(facts, Alerts(), []) if one.rule == "credential"]
    text = say(one.rule, one.subject, one.facts, "vi").text
    assert "“khóa mới” của one-stop" in text
    assert "còn 7 ngày" in text

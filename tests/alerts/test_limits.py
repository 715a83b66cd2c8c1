"""What a home says of alerts: every slip is told in words, and what it leaves out has defaults."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lgsp.alerts.rules import silences_of
from lgsp.limits import Alerts, Silence


@pytest.mark.parametrize(
    ("home", "said"),
    [
        ({"to": [{}]}, "names nobody"),
        ({"to": [{"mail": "a@b", "webhook": "https://x", "secret": "s"}]}, "names nobody"),
        ({"to": [{"mail": "nowhere"}]}, "no address"),
        ({"to": [{"webhook": "https://x"}]}, "without `secret`"),
        ({"to": [{"mail": "a@b"}]}, "add `smtp`"),
        ({"digest": "7:30"}, "not an hour"),
        ({"every": 30}, "not a duration"),
        ({"off": ["everything"]}, "Input should be"),
        ({"silence": [{"from": "desk", "days": "mon-sunday"}]}, "are not days"),
        ({"silence": [{"from": "desk", "hours": "17:00-07:30"}]}, "end before they begin"),
        ({"rules": {"evidence": {}}}, "Extra inputs"),
    ],
)
def test_what_a_home_says_wrongly_of_alerts_is_a_fault(home: dict[str, Any], said: str) -> None:
    """Each slip is told in words."""
    with pytest.raises(ValidationError, match=said):
        Alerts.model_validate(home)


def test_days_may_be_named_in_many_ways() -> None:
    """A range, one day, a list, and a range over the weekend."""
    days = ["mon-fri", "sat", ["mon", "wed"], "sat-mon"]
    found = [Silence.model_validate({"from": "d", "days": one}).days for one in days]
    assert found == [frozenset(range(5)), frozenset({5}), frozenset({0, 2}), frozenset({5, 6, 0})]


def test_without_words_on_silence_every_source_has_office_hours() -> None:
    """And an empty list is nobody's silence."""
    assert [one.source for one in silences_of(Alerts(), ["a", "b"])] == ["a", "b"]
    assert silences_of(Alerts.model_validate({"silence": []}), ["a"]) == []

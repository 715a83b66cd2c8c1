"""Limits as they are said: what is no limit, what limits what, and what cannot be said."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from lgsp.allowances import NO_LIMITS, Limits, Rate, Taken


def test_what_is_not_said_is_no_limit() -> None:
    """A caller of whom nothing is said asks as often as it likes."""
    assert NO_LIMITS.free
    assert all(NO_LIMITS.of(what).free for what in Taken)
    assert Rate(per_second=5).at_once == 5
    assert not Rate(per_day=1).free


def test_numbers_without_a_kind_limit_requests() -> None:
    """The short form says the same as the long one, and may stand beside the other kinds."""
    short = Limits.model_validate({"per_second": 5, "burst": 10, "items": {"per_day": 100}})
    long = {"requests": {"per_second": 5, "burst": 10}, "items": {"per_day": 100}}
    assert short == Limits.model_validate(long)
    assert short.of(Taken.REQUESTS).at_once == 10
    assert short.of(Taken.ITEMS).per_day == 100


def test_what_is_kept_is_what_was_said() -> None:
    """What is told of limits gives the same limits when it is read again; nothing is told of none."""
    said = {"requests": {"per_second": 0.5}, "asks": {"per_minute": 30}}
    limits = Limits.model_validate(said)
    assert limits.told() == said
    assert Limits.model_validate(limits.told()) == limits
    assert NO_LIMITS.told() == {}


@pytest.mark.parametrize(
    "said",
    [
        {"per_second": 0},
        {"per_second": float("inf")},
        {"per_second": float("nan")},
        {"burst": 5},
        {"per_minute": -1},
        {"per_day": 1.5},
        {"per_hour": 5},
        {"messages": {"per_day": 5}},
        {"per_day": 5, "requests": {"per_day": 6}},
    ],
)
def test_what_limits_nothing_sensibly_is_refused(said: dict[str, Any]) -> None:
    """Nothing, endless, half a request, a burst of nothing, and words that mean nothing."""
    with pytest.raises(ValidationError):
        Limits.model_validate(said)

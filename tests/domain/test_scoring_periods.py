"""Periods are days of Viet Nam, and are asked for in one way at a time."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lgsp.domain.scoring.periods import Period, read_period

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ({}, "2026-11-01", "2026-11-30"),
        ({"month": "2026-12"}, "2026-12-01", "2026-12-31"),
        ({"month": "2024-2"}, "2024-02-01", "2024-02-29"),
        ({"quarter": "2026-Q4"}, "2026-10-01", "2026-12-31"),
        ({"quarter": "2026Q1"}, "2026-01-01", "2026-03-31"),
        ({"year": "2025"}, "2025-01-01", "2025-12-31"),
        ({"first": "2026-11-03"}, "2026-11-03", "2026-11-22"),
        ({"first": "2026-11-03", "last": "2026-11-03"}, "2026-11-03", "2026-11-03"),
    ],
)
def test_a_period_has_its_first_and_its_last_day(said: dict[str, str], first: str, last: str) -> None:
    """Without a word it is the month of today; from a day on, up to today."""
    assert read_period(TODAY, **said) == Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "11/2026"}, "month"),
        ({"quarter": "2026-Q5"}, "quarter"),
        ({"year": "26"}, "year"),
        ({"year": "1999"}, "year"),
        ({"last": "2026-11-03"}, "from"),
        ({"first": "3/11/2026"}, "from"),
        ({"first": "2026-11-03", "last": "2026-11-02"}, "to"),
        ({"first": "9999-11-03"}, "from"),
        ({"month": "2026-11", "year": "2026"}, "month, quarter"),
    ],
)
def test_what_is_no_period_names_the_field(said: dict[str, str], field: str) -> None:
    """And says how it is written."""
    with pytest.raises(ValueError, match=f"^{field}"):
        read_period(TODAY, **said)


def test_a_period_ends_with_its_last_day_in_viet_nam() -> None:
    """From midnight to midnight there, wherever the server stands."""
    period = read_period(TODAY, first="2026-11-03", last="2026-11-03")
    midnight = int(datetime.fromisoformat("2026-11-03T00:00:00+07:00").timestamp()) * 1_000_000
    assert (period.start, period.end) == (midnight, midnight + 86_400_000_000)
    assert period.holds(midnight)
    assert not period.holds(midnight - 1)
    assert not period.holds(period.end)
    assert not period.holds(None)

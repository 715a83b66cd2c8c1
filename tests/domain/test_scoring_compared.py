"""What figures are compared with: the stretch before a period, and the bodies right below an agency."""

from __future__ import annotations

from datetime import date

import pytest

from lgsp.domain.scoring.judging import Verdict
from lgsp.domain.scoring.periods import read_period
from lgsp.domain.scoring.tally import Apart

_TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"month": "2026-03"}, date(2026, 2, 1), date(2026, 2, 28)),
        ({"month": "2026-01"}, date(2025, 12, 1), date(2025, 12, 31)),
        ({"quarter": "2026-Q1"}, date(2025, 10, 1), date(2025, 12, 31)),
        ({"year": "2026"}, date(2025, 1, 1), date(2025, 12, 31)),
        ({"first": "2026-01-01", "last": "2026-02-28"}, date(2025, 11, 1), date(2025, 12, 31)),
        ({"first": "2026-11-03", "last": "2026-11-09"}, date(2026, 10, 27), date(2026, 11, 2)),
        ({"first": "2026-11-01", "last": "2026-11-01"}, date(2026, 10, 31), date(2026, 10, 31)),
    ],
)
def test_the_period_before_is_as_long_and_ends_right_before(
    asked: dict[str, str], first: date, last: date
) -> None:
    """A month has the month before it, however many days either has; other stretches as many days."""
    assert read_period(_TODAY, **asked).before == (first, last)  # type: ignore[arg-type]


def counted(apart: Apart, *agencies: str) -> dict[str, int]:
    """Count a dossier of each agency; return how many each body has."""
    for agency in agencies:
        apart.add(agency, {"1.4": Verdict()})
    return {
        one["agency"]: next(m["denominator"] for m in one["measures"] if m["measure"] == "1.4")
        for one in apart.as_list()
    }


def test_each_body_of_the_next_level_is_counted_with_all_under_it() -> None:
    """What lies deeper counts for the body above it; the agency's own dossiers stand under its own code."""
    apart = Apart("H44", ("H62",))
    told = counted(apart, "H44.11", "H44.11.7", "H44.12", "H44", "H62.3.1")
    assert told == {"H44": 1, "H44.11": 2, "H44.12": 1, "H62": 1}
    assert counted(Apart("H44.11"), "H44.11.7.1", "H44.11.8") == {"H44.11.7": 1, "H44.11.8": 1}


def test_without_an_agency_the_bodies_of_provinces_are_compared() -> None:
    """A platform serves one province: comparing that with nothing would tell nobody anything."""
    assert counted(Apart(""), "H44.11.7", "H44.12", "G01") == {"G01": 1, "H44.11": 1, "H44.12": 1}


def test_so_many_bodies_are_told_apart_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies beyond is counted, and said to be more."""
    monkeypatch.setattr(Apart, "MOST", 2)
    apart = Apart("H44")
    assert counted(apart, "H44.11", "H44.12", "H44.13", "H44.11", "H44.13") == {"H44.11": 2, "H44.12": 1}
    assert apart.rest == 2

"""Periods of reports are cut by a named scheme; windows count working days, and unknown years stay unknown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.terms import Unknown
from lgsp.domain.reports.periods import SCHEMES, Kind, Period, read_label
from lgsp.domain.reports.submitting import WINDOWS, Channel, Sent, Standing, Timeliness, timeliness
from lgsp.message import VIETNAM

WINDOW = WINDOWS["two-working-days/1"]
PERIODS = st.builds(
    lambda scheme, kind, year, n: SCHEMES[scheme].period(kind, year, n % SCHEMES[scheme].cuts[kind].count + 1),
    st.sampled_from(sorted(SCHEMES)), st.sampled_from(Kind), st.integers(2005, 2150), st.integers(0, 11),
)  # fmt: skip


def _at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 4, day, hour, tzinfo=VIETNAM)


def _told(now: datetime, sent: Sent | None = None, label: str = "government/1:202604") -> Timeliness:
    return timeliness(read_label(label), WINDOW, Calendars(), now, sent=sent)


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("government/1:202403", "2024-02-15", "2024-03-14"),
        ("government/1:202401", "2023-12-15", "2024-01-14"),
        ("government/1:20241", "2023-12-15", "2024-03-14"),
        ("government/1:20244", "2024-09-15", "2024-12-14"),
        ("government/1:2024-6M", "2023-12-15", "2024-06-14"),
        ("government/1:2024", "2023-12-15", "2024-12-14"),
        ("calendar/1:202402", "2024-02-01", "2024-02-29"),
        ("calendar/1:20242", "2024-04-01", "2024-06-30"),
        ("calendar/1:2024-6M", "2024-01-01", "2024-06-30"),
        ("calendar/1:2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_period_has_the_days_of_its_scheme(label: str, first: str, last: str) -> None:
    """From the 15th to the 14th by the government's rule, whole months by the calendar."""
    period = read_label(label)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_nine_months_are_other_days_by_each_scheme() -> None:
    """A report on 9 months of 2024 covers 15/12/2023 to 14/9/2024 by the government's rule, not 1/1 to 30/9."""
    government, calendar = (read_label(f"{name}/1:2024-9M") for name in ("government", "calendar"))
    assert (government.first, government.last) == (date(2023, 12, 15), date(2024, 9, 14))
    assert (calendar.first, calendar.last) == (date(2024, 1, 1), date(2024, 9, 30))
    assert government.said("vi") == "9 tháng năm 2024 (15/12/2023 – 14/09/2024)"


@given(PERIODS)
def test_a_code_reads_as_its_period(period: Period) -> None:
    """Label and code name one period each."""
    assert read_label(period.label) == period
    assert period.scheme.read(f" {period.code} ") == period


@given(PERIODS)
def test_what_a_period_carries_over_was_left_the_day_before_it_begins(period: Period) -> None:
    """There is no gap and no overlap, also where 6 or 9 months follow a year."""
    assert period.carries_from.last + timedelta(days=1) == period.first
    assert period.carries_from.cut_off == period.begins
    assert period.previous.kind is period.kind
    assert period.previous.last < period.last


@given(PERIODS)
def test_the_last_closed_period_is_known_from_the_cut_off_on(period: Period) -> None:
    """The day after the last day it is closed, on the last day it is not."""
    after = period.cut_off.date()
    assert period.scheme.closed_by(period.kind, after) == period
    assert period.scheme.closed_by(period.kind, period.last) == period.previous


def test_a_moment_lies_in_a_period_by_viet_nam_time() -> None:
    """The last moment of the 14th is in it; midnight is not, wherever it is told."""
    period = read_label("government/1:202403")
    assert period.holds(datetime.fromisoformat("2024-03-14T23:59:59+07:00"))
    assert not period.holds(datetime.fromisoformat("2024-03-14T17:00:00+00:00"))
    assert period.holds(datetime.fromisoformat("2024-02-15T00:00:00"))


@pytest.mark.parametrize("label", ["government/1:202413", "government/1:202400", "government/1:20245", "lunar/1:2024", "government/1:x", "202403", "government/1:199901"])  # fmt: skip
def test_what_is_no_period_is_refused(label: str) -> None:
    """A bare code is refused too: without its scheme nobody knows its days."""
    with pytest.raises(ValueError, match=r"no (?:period|scheme)"):
        read_label(label)


def test_a_window_counts_working_days() -> None:
    """After Tuesday 14/4/2026 it is Thursday; after 30/4 the holidays and the weekend are not counted."""
    days = [WINDOW.due(read_label(f"{s}/1:202604"), Calendars()) for s in ("government", "calendar")]
    assert days == [date(2026, 4, 16), date(2026, 5, 5)]


def test_a_year_that_is_not_notified_is_unknown() -> None:
    """The window of December reaches into a year whose days off nobody has entered: nothing is guessed."""
    told = _told(datetime(2027, 1, 20, tzinfo=VIETNAM), label="calendar/1:202612")
    assert isinstance(told.due, Unknown)
    assert told.due.year == 2027
    assert date(2027, 1, 1) in told.due.known
    assert (told.standing, told.late, told.days_late) == (Standing.UNKNOWN, None, None)


@pytest.mark.parametrize(
    ("now", "sent", "standing", "late", "days"),
    [
        (_at(14), None, Standing.NOT_YET, False, 0),
        (_at(15), None, Standing.OPEN, False, 0),
        (_at(16, 23), None, Standing.OPEN, False, 0),
        (_at(20), None, Standing.OVERDUE, True, 2),
        (_at(30), Sent(_at(16, 23)), Standing.IN_TIME, False, 0),
        (_at(30), Sent(_at(17)), Standing.LATE, True, 1),
        (_at(30), Sent(_at(13)), Standing.PREMATURE, False, 0),
        (_at(30), Sent(_at(16), Channel.DOCUMENT, entered_at=_at(20)), Standing.IN_TIME, False, 0),
    ],
)
def test_how_a_report_stands(
    now: datetime, sent: Sent | None, standing: Standing, late: bool, days: int
) -> None:
    """The due day is in time to its end; what went as a document counts when it went, not when it was entered."""
    told = _told(now, sent)
    assert (told.standing, told.late, told.days_late, told.window) == (
        standing,
        late,
        days,
        "two-working-days/1",
    )

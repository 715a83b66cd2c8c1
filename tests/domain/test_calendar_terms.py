"""Hours, rules, pauses and extensions: each way of counting is declared, named and kept apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.due import due
from lgsp.domain.calendar.facts import Kind, national
from lgsp.domain.calendar.terms import Due, Pause, Rule, Term, read_term
from tests.domain.counting import CALENDARS, NATION, at, counted


def rule(name: str) -> Rule:
    """Return a packed rule."""
    found = CALENDARS.rule(name)
    assert found is not None
    return found


# --- moments and hours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "hours", "expected"),
    [
        ("2026-01-08T08:00", 2, "2026-01-08T10:00"),
        ("2026-01-08T10:30", 2, "2026-01-08T14:30"),
        ("2026-01-08T12:15", 1, "2026-01-08T14:30"),
        ("2026-01-08T05:00", 8, "2026-01-08T17:00"),
        ("2026-01-08T16:00", 2, "2026-01-09T08:00"),
        ("2026-01-09T16:00", 8, "2026-01-10T16:00"),
        ("2026-01-10T16:30", 1, "2026-01-12T07:30"),
        ("2026-02-13T16:00", 2, "2026-02-23T08:00"),
        ("2026-01-08T18:00", 0, "2026-01-09T07:00"),
        ("2026-01-08T07:00", 0, "2026-01-08T07:00"),
        ("2026-01-08T08:00:00.400", 4.5, "2026-01-08T14:30"),
    ],
)
def test_hours_are_counted_inside_sessions(received: str, hours: float, expected: str) -> None:
    """Noon, nights, weekends and Tết do not count; worked Saturdays do."""
    assert counted(at(received), Term.of_hours(hours)).moment.replace(tzinfo=None) == at(expected)


def _second_by_session(moment: datetime, seconds: int) -> datetime:
    """Spend working seconds session by session, reading the lines of the notices and nothing else."""
    kinds = {day: fact.kind for day, fact in national().days.items()}
    day = moment.date()
    while True:
        kind = kinds.get(day)
        if kind is Kind.WORKED or (kind is None and day.weekday() < 5):
            for start, end in ((time(7), time(11, 30)), (time(13, 30), time(17))):
                begin = max(moment, datetime.combine(day, start))
                left = (datetime.combine(day, end) - begin).total_seconds()
                if left >= 0 and seconds <= left:
                    return begin + timedelta(seconds=seconds)
                seconds -= max(int(left), 0)
        day += timedelta(days=1)


@given(
    st.datetimes(datetime(2019, 1, 1), datetime(2026, 6, 1)),  # noqa: DTZ001 - Viet Nam time has no zone here
    st.integers(1, 400 * 3600),
)
def test_hours_agree_with_a_count_session_by_session(received: datetime, seconds: int) -> None:
    """The search in the tables gives what a walk through the sessions gives."""
    received = received.replace(microsecond=0)
    found = counted(received, Term(seconds, by_hours=True))
    assert found.moment.replace(tzinfo=None) == _second_by_session(received, seconds)


def test_a_date_without_a_time_counts_hours_from_the_beginning_of_work() -> None:
    """Where only the day is known, its first session begins the term, and that is said."""
    found = counted(date(2026, 1, 8), Term.of_hours(8))
    assert found.moment == at("2026-01-08T17:00+07:00")
    assert found.counted_from == at("2026-01-08T07:00+07:00")


@pytest.mark.parametrize(
    ("received", "expected", "counted_from"),
    [
        ("2026-01-08T16:59", "2026-01-09", None),
        ("2026-01-08T17:00", "2026-01-09", None),
        ("2026-01-08T17:01", "2026-01-10", "2026-01-09T07:00+07:00"),
        ("2026-01-11T09:00", "2026-01-13", "2026-01-12T07:00+07:00"),
        ("2026-01-08T11:45", "2026-01-09", "2026-01-08T13:30+07:00"),
    ],
)
def test_a_receipt_outside_hours_counts_as_the_next_session(
    received: str, expected: str, counted_from: str | None
) -> None:
    """What comes after the last session was received on the next working day, and that is said."""
    found = counted(at(received), Term(1))
    assert found.day.isoformat() == expected
    assert found.counted_from == (at(counted_from) if counted_from else None)


def test_moments_with_a_zone_are_read_in_viet_nam_time() -> None:
    """11:30 in London is after hours here."""
    found = counted(datetime(2026, 1, 8, 11, 30, tzinfo=UTC), Term(1))
    assert found.day == date(2026, 1, 10)
    assert found.moment == at("2026-01-10T17:00+07:00")


def test_same_day_terms_are_due_on_the_day_or_the_next_that_is_worked() -> None:
    """Zero days end on the receipt day; of a day off, on the next working day."""
    assert counted(date(2026, 1, 8), Term(0)).day == date(2026, 1, 8)
    assert counted(date(2026, 1, 11), Term(0)).day == date(2026, 1, 12)


# --- rules, pauses, extensions --------------------------------------------------------------------------


def test_whether_the_receipt_day_counts_is_a_named_rule() -> None:
    """The same receipt has two due dates under two rules, and each says which rule it is."""
    plain, counts = (
        counted(date(2026, 1, 8), Term(2), rule(name)) for name in ("standard", "receipt-day-counts")
    )
    assert (plain.day, plain.rule) == (date(2026, 1, 10), "standard/1")
    assert (counts.day, counts.rule) == (date(2026, 1, 9), "receipt-day-counts/1")
    assert counted(date(2026, 1, 11), Term(1), rule("receipt-day-counts")).day == date(2026, 1, 12)


@pytest.mark.parametrize(
    ("name", "in_days", "in_hours"),
    [
        ("standard", "2026-01-20", "2026-01-20T08:00"),
        ("thanh-hoa", "2026-01-19", "2026-01-19T07:00"),
        ("calendar-pause", "2026-01-19", "2026-01-19T08:00"),
        ("pause-not-returned", "2026-01-14", "2026-01-14T08:00"),
    ],
)
def test_how_a_pause_is_given_back_is_a_named_rule(name: str, in_days: str, in_hours: str) -> None:
    """A pause from the 9th to the 14th gives back four working days, five or four calendar days, or none."""
    pause = (Pause(at("2026-01-09T10:00"), at("2026-01-14T10:00")),)
    assert counted(date(2026, 1, 8), Term(5), rule(name), pause).day.isoformat() == in_days
    found = counted(at("2026-01-08T08:00"), Term.of_hours(40), rule(name), pause)
    assert found.moment.replace(tzinfo=None) == at(in_hours)


def test_pauses_that_overlap_count_once_and_in_any_order() -> None:
    """Two overlapping pauses are one; what lies before the receipt or after the due date gives nothing."""
    one = Pause(at("2026-03-03T08:00"), at("2026-03-05T08:00"))
    other = Pause(at("2026-03-04T08:00"), at("2026-03-06T08:00"))
    whole = Pause(at("2026-03-03T08:00"), at("2026-03-06T08:00"))
    received, term = date(2026, 3, 2), Term(5)
    assert counted(received, term, pauses=(other, one)) == counted(received, term, pauses=(whole,))
    before = Pause(at("2026-02-24T08:00"), at("2026-02-26T08:00"))
    behind = Pause(at("2026-03-10T08:00"), at("2026-03-20T08:00"))
    assert counted(received, term, pauses=(before, behind)) == counted(received, term)


def test_a_pause_after_work_begins_with_the_next_day() -> None:
    """A request for papers at 18:00 leaves its day worked; an answer at 18:00 leaves its day paused."""
    evening = Pause(at("2026-03-03T18:00"), at("2026-03-04T18:00"))
    daytime = Pause(at("2026-03-04T08:00"), at("2026-03-05T08:00"))
    assert counted(date(2026, 3, 2), Term(3), pauses=(evening,)) == counted(
        date(2026, 3, 2), Term(3), pauses=(daytime,)
    )


def test_a_pause_cannot_end_before_it_begins() -> None:
    """A pause with its ends the wrong way round is refused, not turned."""
    with pytest.raises(ValueError, match="ends before it begins"):
        Pause(at("2026-03-04T08:00"), at("2026-03-03T08:00"))


def test_an_extension_keeps_the_first_due_date() -> None:
    """The extended due date stands beside the one that was promised first."""
    found = due(date(2026, 1, 8), Term(2), NATION, extension=Term(5))
    assert isinstance(found, Due)
    assert found.original == counted(date(2026, 1, 8), Term(2))
    assert found.day == counted(date(2026, 1, 8), Term(7)).day
    with pytest.raises(ValueError, match="not of the term's kind"):
        due(date(2026, 1, 8), Term(2), NATION, extension=Term.of_hours(8))


def test_rules_are_found_by_name_and_version() -> None:
    """A name gives the latest version; a version of it is kept for figures that named it."""
    newer = Rule("standard", 2, receipt_day_counts=True)
    known = Calendars(rules=[newer])
    assert known.rule("standard") is newer
    assert known.rule("standard/1") == CALENDARS.rule()
    assert known.rule("nobody") is None


@pytest.mark.parametrize(
    ("text", "hours", "expected"),
    [
        ("2", False, Term(2)),
        ("2d", True, Term(2)),
        (" 15 D ", False, Term(15)),
        ("16", True, Term(16 * 3600, by_hours=True)),
        ("16h", False, Term(16 * 3600, by_hours=True)),
        ("0,5", False, Term(4 * 3600, by_hours=True)),
        ("1.5d", False, Term(12 * 3600, by_hours=True)),
    ],
)
def test_terms_are_read_in_days_and_hours(text: str, hours: bool, expected: Term) -> None:
    """Whole days stay days; part of a day is counted in hours, eight to a day."""
    assert read_term(text, hours=hours) == expected


@pytest.mark.parametrize("text", ["", "hai", "-1", "2w", "1e3", "10001", "99999h"])
def test_what_is_no_term_is_told(text: str) -> None:
    """A text that is no term is a fault with a mend."""
    with pytest.raises(ValueError, match=r"write|mend"):
        read_term(text)

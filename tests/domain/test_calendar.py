"""Due dates: the official calendar decides, and a year that nobody notified is never guessed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.calendar.due import due
from lgsp.domain.calendar.facts import Kind, national
from lgsp.domain.calendar.terms import RULES, Pause, Rule, Term, Unknown
from lgsp.domain.calendar.working import UnknownYear
from tests.domain.counting import CALENDARS, NATION, at, counted

DAY = timedelta(days=1)
VECTORS = list(
    csv.reader((Path(__file__).parent / "due_dates.tsv").read_text().splitlines()[1:], delimiter="\t")
)

_DATES = st.dates(date(2019, 1, 1), date(2025, 12, 31))
_MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2025, 12, 31))  # noqa: DTZ001 - Viet Nam time has no zone here
_DAYS = st.integers(0, 120)
_RULES = st.sampled_from(RULES)
_PAUSES = st.lists(
    st.builds(
        lambda start, length: Pause(start, start + length), _MOMENTS, st.timedeltas(timedelta(), 40 * DAY)
    ),
    max_size=3,
)


def _weekend_only(received: date, days: int) -> date:
    while days:
        received += DAY
        days -= received.weekday() < 5
    return received


@pytest.mark.parametrize(("received", "days", "expected", "weekend_only"), VECTORS)
def test_known_due_dates_hold(received: str, days: str, expected: str, weekend_only: str) -> None:
    """The published vectors hold, and a count that knows weekends alone would be wrong on each of them."""
    begin, count = date.fromisoformat(received), int(days)
    assert counted(begin, Term(count)).day.isoformat() == expected
    assert _weekend_only(begin, count).isoformat() == weekend_only != expected


def _all_days() -> Iterator[date]:
    day = date(2019, 1, 1)
    while day.year < 2027:
        yield day
        day += DAY


def test_the_tables_agree_with_the_lines_of_the_notices() -> None:
    """A day is worked exactly when it is a weekday that no line takes off, or a weekend day that one swaps in."""
    kinds = {day: fact.kind for day, fact in national().days.items()}
    for day in _all_days():
        worked = kinds.get(day) is Kind.WORKED or (day.weekday() < 5 and kinds.get(day) is not Kind.OFF)
        assert NATION.is_working(day) is worked, day


def test_every_line_of_the_notices_is_about_such_a_day_and_names_its_source() -> None:
    """Days off are weekdays, worked days and holidays that change nothing are weekend days; each has a source."""
    for day, fact in national().days.items():
        assert (fact.kind is Kind.OFF) == (day.weekday() < 5), day
        assert fact.source
        assert fact.confidence in {"high", "medium", "low"}
        if fact.kind is not Kind.WEEKEND and 2021 <= day.year <= 2026:
            assert fact.basis, day


@pytest.mark.parametrize(
    ("year", "off", "worked"),
    [
        (2019, 11, 2),
        (2020, 10, 0),
        (2021, 11, 0),
        (2022, 11, 0),
        (2023, 11, 0),
        (2024, 12, 1),
        (2025, 12, 1),
        (2026, 14, 2),
    ],
)
def test_each_year_has_the_days_off_that_were_notified(year: int, off: int, worked: int) -> None:
    """So many weekdays are off in a year, and so many weekend days are worked."""
    kinds = [fact.kind for fact in national().of_year(year)]
    assert (kinds.count(Kind.OFF), kinds.count(Kind.WORKED)) == (off, worked)


def test_a_swap_is_told_from_both_sides() -> None:
    """A swapped day off names the day worked in return, and that day names it."""
    days = national().days
    for day, fact in days.items():
        if fact.kind is Kind.WORKED and fact.other and fact.other.year in national().years:
            assert days[fact.other].other == day
            assert days[fact.other].kind is Kind.OFF


def test_culture_day_is_off_from_2026_and_not_before() -> None:
    """24 November is a day off from 2026 on, by resolution 28/2026/QH16."""
    assert not NATION.is_working(date(2026, 11, 24))
    assert NATION.is_working(date(2025, 11, 24))
    assert national().days[date(2026, 11, 24)].basis == "28/2026/QH16"


# --- unknown years --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "days", "year"),
    [
        ("2026-12-31", 1, 2027),
        ("2026-12-24", 6, 2027),
        ("2027-03-01", 0, 2027),
        ("2027-03-01", 5, 2027),
        ("2018-12-28", 1, 2018),
        ("2031-01-05", 2, 2031),
    ],
)
def test_a_due_date_in_a_year_without_notice_is_unknown(received: str, days: int, year: int) -> None:
    """A due date that would need a day of a year that nobody notified is not guessed: it names the year."""
    assert due(date.fromisoformat(received), Term(days), NATION) == Unknown(year)


def test_a_due_date_that_needs_no_day_of_an_unknown_year_is_told() -> None:
    """The last days before an unknown year, and the first after one, are counted."""
    assert counted(date(2026, 12, 24), Term(5)).day == date(2026, 12, 31)
    assert counted(date(2018, 12, 31), Term(1)).day == date(2019, 1, 2)


def test_hours_and_pauses_that_reach_an_unknown_year_are_unknown() -> None:
    """Neither hours nor a pause lead past the last notified day, unless the due date came before the pause."""
    assert due(at("2026-12-31T16:00"), Term.of_hours(2), NATION) == Unknown(2027)
    assert due(at("2026-12-31T18:00"), Term(0), NATION) == Unknown(2027)
    long = Pause(at("2026-12-28T08:00"), at("2027-01-20T08:00"))
    assert due(date(2026, 12, 23), Term(5), NATION, pauses=[long]) == Unknown(2027)
    assert due(at("2026-12-25T08:00"), Term.of_hours(16), NATION, pauses=[long]) == Unknown(2027)
    late = Pause(at("2027-01-11T08:00"), at("2027-01-20T08:00"))
    assert counted(date(2026, 12, 23), Term(5), pauses=(late,)).day == date(2026, 12, 30)


def test_what_is_fixed_by_law_does_not_make_a_year_known() -> None:
    """Of 2027 six days off are known, and that they are not all is said."""
    told = CALENDARS.unknown(2027)
    assert len(told.known) == 6
    assert "2027" in told.vi
    assert "24/11" in told.vi
    assert "2027-11-24" in told.en
    assert CALENDARS.unknown(2030).known == ()
    assert 2027 not in NATION
    assert 2026 in NATION


@pytest.mark.parametrize("day", [date(2018, 5, 5), date(2027, 1, 4)])
def test_asking_for_a_day_of_an_unknown_year_names_the_year(day: date) -> None:
    """No question about a day of an unknown year is answered with yes or no."""
    for ask in (NATION.is_working, NATION.from_day):
        with pytest.raises(UnknownYear, match=str(day.year)):
            ask(day)
    with pytest.raises(UnknownYear):
        NATION.working_days_between(date(2026, 12, 1), date(2027, 1, 1))


# --- properties -----------------------------------------------------------------------------------------


@given(_DATES, _DATES, _DAYS, _RULES)
def test_due_is_monotone_in_the_receipt_day(one: date, other: date, days: int, counting: Rule) -> None:
    """What is received later is never due earlier, under any rule."""
    first, second = sorted([one, other])
    assert counted(first, Term(days), counting).day <= counted(second, Term(days), counting).day


@given(_DATES, _DATES, _DAYS, _PAUSES)
def test_due_is_monotone_in_the_receipt_day_with_the_same_pauses(
    one: date, other: date, days: int, pauses: list[Pause]
) -> None:
    """Where pauses give back their working days, what is received later is never due earlier."""
    first, second = (counted(day, Term(days), pauses=tuple(pauses)).day for day in sorted([one, other]))
    assert first <= second


@given(_MOMENTS, _MOMENTS, st.integers(0, 200), st.booleans())
def test_due_is_monotone_in_the_moment_of_receipt(
    one: datetime, other: datetime, amount: int, by_hours: bool
) -> None:
    """What comes later is never due earlier, in days and in hours."""
    first, second = sorted([one, other])
    term = Term.of_hours(amount) if by_hours else Term(amount)
    assert counted(first, term).moment <= counted(second, term).moment


@given(_DATES, _DAYS, _DAYS, _RULES, _PAUSES)
def test_due_is_monotone_in_days(
    received: date, one: int, other: int, counting: Rule, pauses: list[Pause]
) -> None:
    """A longer term never ends earlier, whatever pauses there were."""
    less, more = sorted([one, other])
    stopped = tuple(pauses)
    assert (
        counted(received, Term(less), counting, stopped).day
        <= counted(received, Term(more), counting, stopped).day
    )


@given(_MOMENTS, _DAYS, st.booleans(), _RULES, _PAUSES)
def test_due_is_never_on_a_day_off(
    received: datetime, amount: int, by_hours: bool, counting: Rule, pauses: list[Pause]
) -> None:
    """A due date is a working day, and a due moment lies in a session of one."""
    term = Term.of_hours(amount) if by_hours else Term(amount)
    found = counted(received, term, counting, tuple(pauses))
    assert NATION.is_working(found.day)
    local = found.moment.replace(tzinfo=None)
    assert NATION.in_session(local) == local


@given(_DATES, st.integers(1, 120))
def test_counting_back_gives_the_days_asked_for(received: date, days: int) -> None:
    """Between receipt and due date lie exactly the working days that were asked for."""
    found = counted(received, Term(days)).day
    assert NATION.working_days_between(received, found) == days
    assert NATION.working_days_between(found, received) == -days


@given(_DATES, st.integers(1, 60), _PAUSES)
def test_a_pause_gives_back_its_working_days(received: date, days: int, pauses: list[Pause]) -> None:
    """Of the working days up to the due date, those that were not paused are the days asked for."""
    found = counted(received, Term(days), pauses=tuple(pauses)).day
    spent = 0
    day = received + DAY
    while day <= found:
        spent += NATION.is_working(day) and not any(_stopped(day, pause) for pause in pauses)
        day += DAY
    assert spent == days


def _stopped(day: date, pause: Pause) -> bool:
    """Tell whether a day's work ended inside a pause: 17:00 is the end of every day's last session here."""
    close = datetime.combine(day, datetime.min.time()) + timedelta(hours=17)
    return pause.start.replace(microsecond=0) < close <= pause.end.replace(microsecond=0)


@given(_MOMENTS, st.integers(1, 200), _PAUSES)
def test_a_term_in_hours_is_spent_outside_its_pauses(
    received: datetime, hours: int, pauses: list[Pause]
) -> None:
    """The working seconds up to the due moment, less those of the pauses, are the hours asked for."""
    received = received.replace(microsecond=0)
    one = tuple(pauses[:1])
    found = counted(received, Term.of_hours(hours), pauses=one).moment.replace(tzinfo=None)
    spent = NATION.seconds_between(received, found)
    for pause in one:
        start, end = (
            min(max(edge.replace(microsecond=0), received), found) for edge in (pause.start, pause.end)
        )
        spent -= NATION.seconds_between(start, end)
    assert spent == hours * 3600

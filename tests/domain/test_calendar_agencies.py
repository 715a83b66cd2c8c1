"""Agencies' own hours and days lie over the national base: the nearest subtree wins, from its day on."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.calendar.agencies import LAST_SECOND, AgencyLine, Calendars
from lgsp.domain.calendar.due import due
from lgsp.domain.calendar.facts import DayFact, Kind, YearFact, kind_of, national
from lgsp.domain.calendar.hours import (
    OFFICE_WEEK,
    length,
    read_hours,
    read_weekdays,
    seat,
    second_at,
    seconds_of,
    spent,
    together,
)
from lgsp.domain.calendar.terms import Due, Rule, Term
from lgsp.domain.calendar.working import Calendar
from tests.domain.counting import at

MORNING = read_hours("7:30-11:30")
THREE = seconds_of(time(15))


def day_of(received: str, days: int, calendar: Calendar, rule: Rule | None = None) -> str:
    """Return the due date of something that came at a moment."""
    term = Term(days)
    found = due(at(received), term, calendar, rule) if rule else due(at(received), term, calendar)
    assert isinstance(found, Due)
    return found.day.isoformat()


def day(text: str, kind: Kind, other: str | None = None) -> DayFact:
    """Return a line of a calendar."""
    return DayFact(
        date.fromisoformat(text), kind, "?", "?", other=date.fromisoformat(other) if other else None
    )


def test_the_nearest_subtree_wins_and_takes_the_rest_from_the_wider_one() -> None:
    """H44.11 has its own cut-off and the Saturdays of H44; its neighbours have neither cut-off; H45 has nothing."""
    held = Calendars(lines=[AgencyLine("H44.11", cut_off=THREE), AgencyLine("H44", reception={5: MORNING})])
    friday, saturday = "2026-03-06T15:30", "2026-03-07T08:00"
    assert day_of(friday, 1, held.of("H44.11")) == "2026-03-09"
    assert held.of("H44.11").taken(at(friday)) == at("2026-03-07T07:30")
    assert held.of("H44.12").taken(at(friday)) == at(friday)
    assert held.of("H44.12").taken(at(saturday)) == at(saturday)
    assert held.of("H45").taken(at(saturday)) == at("2026-03-09T07:00")
    assert held.of().taken(at(saturday)) == at("2026-03-09T07:00")


def test_either_form_of_a_code_finds_the_calendar() -> None:
    """The old form of a code, and a subtree written in it, are the same agency; so is a unit below it."""
    held = Calendars(lines=[AgencyLine("000.00.11.H44", cut_off=THREE)])
    assert held.of("000.00.11.H44") is held.of("H44.11") is held.of("H44.11.02")
    assert held.of("H44.12") is held.of("H44") is held.of()


def test_a_cut_off_makes_a_receipt_the_next_days() -> None:
    """After 15:00 counts as tomorrow; at 15:00 sharp does not; a rule's own cut-off goes before the agency's."""
    held = Calendars(lines=[AgencyLine("H44", cut_off=THREE)]).of("H44")
    assert day_of("2026-03-03T15:00", 0, held) == "2026-03-03"
    assert day_of("2026-03-03T15:00:01", 0, held) == "2026-03-04"
    assert day_of("2026-03-03T15:30", 1, held) == "2026-03-05"
    assert day_of("2026-03-03T15:30", 1, held, Rule("own", 1, cut_off=seconds_of(time(16)))) == "2026-03-04"


def test_a_nearer_line_can_take_a_cut_off_back() -> None:
    """A cut-off at the end of the day is none, whatever the wider subtree says."""
    lines = [AgencyLine("H44", cut_off=THREE), AgencyLine("H44.11", cut_off=LAST_SECOND)]
    assert day_of("2026-03-03T16:30", 0, Calendars(lines=lines).of("H44.11")) == "2026-03-03"


def test_a_morning_of_reception_receives_and_is_not_worked() -> None:
    """What comes on a Saturday morning was received that day, and the Saturday is no day of the term."""
    held = Calendars(lines=[AgencyLine("H44", reception={5: MORNING})]).of("H44")
    assert not held.is_working(date(2026, 3, 7))
    assert day_of("2026-03-07T08:00", 1, held) == "2026-03-09"
    assert day_of("2026-03-07T12:00", 1, held) == "2026-03-10"
    assert day_of("2026-03-07T08:00", 0, held) == "2026-03-09"


def test_nobody_receives_on_a_public_holiday_of_a_weekend() -> None:
    """Saturday 30/4/2022 was a public holiday: no morning of reception."""
    held = Calendars(lines=[AgencyLine("H44", reception={5: MORNING})]).of("H44")
    assert held.taken(at("2022-04-30T08:00")) == at("2022-05-04T07:00")
    assert held.taken(at("2022-04-23T08:00")) == at("2022-04-23T08:00")


def test_a_saturday_that_is_a_session_is_worked_and_counted() -> None:
    """An agency whose Saturday mornings are work counts them as days."""
    week = dict(OFFICE_WEEK.sessions) | {5: MORNING}
    held = Calendars(lines=[AgencyLine("H44", sessions=week)]).of("H44")
    assert held.is_working(date(2026, 3, 7))
    assert day_of("2026-03-06T08:00", 1, held) == "2026-03-07"
    assert held.end_of(date(2026, 3, 7)) == at("2026-03-07T11:30")


def test_hours_change_on_the_day_they_change() -> None:
    """Summer hours hold from their day on, and a later line of the same code takes them back."""
    summer = dict.fromkeys(range(5), read_hours("6:30-11:00, 13:30-17:00"))
    held = Calendars(
        lines=[AgencyLine("H44", date(2026, 4, 16), sessions=summer), AgencyLine("H44", date(2026, 10, 16))]
    )
    calendar = held.of("H44.01")
    assert [
        calendar.taken(at(f"{one}T05:00")).time()
        for one in ("2026-04-15", "2026-04-16", "2026-10-15", "2026-10-16")
    ] == [time(7), time(6, 30), time(6, 30), time(7)]


def test_a_worked_weekend_day_has_the_hours_of_the_day_it_stands_for() -> None:
    """Saturday 10/1/2026 stands for a Friday: where Fridays end at noon, so does it."""
    short = dict(OFFICE_WEEK.sessions) | {4: MORNING}
    held = Calendars(lines=[AgencyLine("H44", sessions=short)]).of("H44")
    assert held.end_of(date(2026, 1, 10)) == at("2026-01-10T11:30")
    assert held.end_of(date(2026, 8, 22)) == at("2026-08-22T17:00")


def test_an_agency_has_days_of_its_own() -> None:
    """A local day off and a local working Saturday hold for the subtree alone, the nearest line first."""
    lines = [
        AgencyLine("H44", days=(day("2026-04-13", Kind.OFF), day("2026-04-18", Kind.WORKED, "2026-04-13"))),
        AgencyLine("H44.11", days=(day("2026-04-13", Kind.WORKED),)),
    ]
    held = Calendars(lines=lines)
    assert not held.of("H44").is_working(date(2026, 4, 13))
    assert held.of("H44").is_working(date(2026, 4, 18))
    assert held.of("H44.11").is_working(date(2026, 4, 13))
    assert held.of().is_working(date(2026, 4, 13))
    assert [fact.day.isoformat() for fact in held.days_of("H44", 2026) if fact.day.month == 4][:2] == [
        "2026-04-13", "2026-04-18",
    ]  # fmt: skip


def test_a_notice_that_is_entered_makes_its_year_known() -> None:
    """With the notice of 2027 due dates cross into it; lines that came with the law stay."""
    tet = [day(f"2027-02-{n:02}", Kind.OFF) for n in (4, 5, 8, 9, 10)]
    facts = national().with_more(tet, [YearFact(2027, ("1/TB",), "?", "high")])
    held = Calendars(facts).of()
    assert day_of("2026-12-31T08:00", 1, held) == "2027-01-04"
    assert day_of("2027-02-03T08:00", 1, held) == "2027-02-11"
    assert not held.is_working(date(2027, 4, 16))


def test_a_later_letter_of_a_known_year_is_added_to_it() -> None:
    """A swap that is decided during a year holds, and both numbers are told."""
    swap = [day("2026-11-23", Kind.OFF, "2026-11-28"), day("2026-11-28", Kind.WORKED, "2026-11-23")]
    facts = national().with_more(swap, [YearFact(2026, ("77/CV",), "?", "high")])
    held = Calendars(facts).of()
    assert day_of("2026-11-20T08:00", 2, held) == "2026-11-26"
    assert held.is_working(date(2026, 11, 28))
    assert {"77/CV", "9441/TB-BNV"} <= set(facts.years[2026].notices)
    assert Calendars().of().is_working(date(2026, 11, 23))


@given(st.permutations([AgencyLine("H44", date(2026, 5, 1), cut_off=1), AgencyLine("H44", cut_off=2), AgencyLine("H44.11", cut_off=3), AgencyLine("H44", date(2026, 7, 1), cut_off=4)]))  # fmt: skip
def test_the_order_of_lines_changes_nothing(lines: list[AgencyLine]) -> None:
    """Which line holds is decided by subtree and date, never by where it stands."""
    shuffled, given_order = (
        Calendars(lines=lines),
        Calendars(lines=sorted(lines, key=lambda one: one.cut_off or 0)),
    )
    for agency in ("H44", "H44.11", "H44.12"):
        for moment in ("2026-04-01T08:00", "2026-05-04T08:00", "2026-07-01T07:00"):
            assert shuffled.of(agency).taken(at(moment)) == given_order.of(agency).taken(at(moment))


# --- hours ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7:00-11:30, 13:30-17:00", 8 * 3600), ("07:30 - 11:30", 4 * 3600), ("0:00-24:00", 24 * 3600)],
)
def test_sessions_are_read(text: str, seconds: int) -> None:
    """Hours are written as people write them."""
    assert length(read_hours(text)) == seconds


@pytest.mark.parametrize(
    "text", ["", "7-11", "11:30-7:00", "7:00-11:30, 11:00-17:00", "7:00-11:60", "13:30-25:00", "7:00-7:00"]
)
def test_sessions_that_are_none_are_told(text: str) -> None:
    """Hours that overlap, run backwards or are none are a fault with a mend."""
    with pytest.raises(ValueError, match="write"):
        read_hours(text)


def test_weekdays_are_read_alone_and_as_spans() -> None:
    """A week's days have their short English names."""
    assert list(read_weekdays("mon-fri")) == [0, 1, 2, 3, 4]
    assert list(read_weekdays(" Sat ")) == [5]
    for wrong in ("fri-mon", "thứ hai", "", "mon-"):
        with pytest.raises(ValueError, match="write mon"):
            read_weekdays(wrong)


@given(st.integers(1, 8 * 3600))
def test_time_spent_and_the_second_at_which_it_is_spent_agree(seconds: int) -> None:
    """Going so many working seconds into a day and asking how many have passed gives them back."""
    hours = OFFICE_WEEK.sessions[0]
    second = second_at(hours, seconds)
    assert spent(hours, second) == seconds
    assert seat(hours, second) == second


def test_hours_that_touch_or_overlap_become_one() -> None:
    """Reception beside the sessions opens the doors longer, and counts nothing twice."""
    assert together(
        read_hours("7:00-11:30, 13:30-17:00"), read_hours("11:30-12:00, 16:00-18:00")
    ) == read_hours("7:00-12:00, 13:30-18:00")


def test_the_kind_of_a_notified_day_follows_from_its_weekday() -> None:
    """A holiday of a weekend changes nothing; a worked day is one whatever its weekday."""
    assert kind_of(date(2026, 4, 26), worked=False) is Kind.WEEKEND
    assert kind_of(date(2026, 4, 27), worked=False) is Kind.OFF
    assert kind_of(date(2026, 8, 22), worked=True) is Kind.WORKED

"""Until when a document is sent and its arrival told: working days, holidays, urgency, years not notified."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lgsp.domain.calendar.agencies import AgencyLine, Calendars
from lgsp.domain.calendar.facts import DayFact, Kind
from lgsp.domain.calendar.hours import read_hours
from lgsp.domain.course.deadlines import of_receipt, of_sending
from lgsp.domain.course.telling import told
from tests.domain.counting import NATION, at
from tests.domain.documents_told import document, followed, one, status, way

LATER = at("2026-12-01T00:00+07:00")


@pytest.mark.parametrize(
    ("accepted", "until"),
    [
        ("2026-03-05T08:00+07:00", "2026-03-06T11:30+07:00"),
        ("2026-03-05T23:59+07:00", "2026-03-06T11:30+07:00"),
        ("2026-03-05T18:30+00:00", "2026-03-09T11:30+07:00"),
        ("2026-03-06T16:00+07:00", "2026-03-09T11:30+07:00"),
        ("2026-03-07T09:00+07:00", "2026-03-09T11:30+07:00"),
        ("2026-02-13T15:00+07:00", "2026-02-23T11:30+07:00"),
        ("2026-02-17T10:00+07:00", "2026-02-23T11:30+07:00"),
        ("2026-01-09T15:00+07:00", "2026-01-10T11:30+07:00"),
        ("2026-08-28T15:00+07:00", "2026-09-03T11:30+07:00"),
        ("2026-11-23T15:00+07:00", "2026-11-25T11:30+07:00"),
        ("2025-12-31T15:00+07:00", "2026-01-05T11:30+07:00"),
    ],
)
def test_at_latest_on_the_next_working_morning(accepted: str, until: str) -> None:
    """Behind nights, weekends, Tết, swapped days and a Saturday that is worked; the day is that of Viet Nam."""
    found = of_sending(at(accepted), {"urgency": "normal"}, NATION, None, LATER)
    assert (found.rule, found.at) == ("next-working-morning", at(until))


@pytest.mark.parametrize("urgency", ["urgent", "very_urgent", "express", "express_timed"])
def test_what_is_urgent_goes_at_once(urgency: str) -> None:
    """Also at night and on days off; a quarter of an hour is what we take that for."""
    found = of_sending(
        at("2026-02-17T02:00+07:00"), {"urgency": urgency}, NATION, None, at("2026-02-17T02:10+07:00")
    )
    assert (found.rule, found.at, found.late) == ("at-once", at("2026-02-17T02:15+07:00"), False)


@pytest.mark.parametrize("urgency", [None, "", "normal"])
def test_without_a_word_of_urgency_nothing_is_urgent(urgency: str | None) -> None:
    """A packet that says nothing, or that its code is unknown, is an ordinary one."""
    found = of_sending(at("2026-03-05T08:00+07:00"), {"urgency": urgency}, NATION, None, LATER)
    assert found.rule == "next-working-morning"


@pytest.mark.parametrize(
    ("met", "now", "late"),
    [
        (None, "2026-03-06T11:30+07:00", False),
        (None, "2026-03-06T11:31+07:00", True),
        ("2026-03-06T11:00+07:00", "2026-03-09T08:00+07:00", False),
        ("2026-03-06T13:00+07:00", "2026-03-09T08:00+07:00", True),
    ],
)
def test_late_is_what_came_after_or_did_not_come_in_time(met: str | None, now: str, late: bool) -> None:
    """What arrived in time is not late afterwards; what did not is, from the very next moment."""
    when = at(met) if met else None
    assert of_sending(at("2026-03-05T08:00+07:00"), {}, NATION, when, at(now)).late is late


@pytest.mark.parametrize(
    ("delivered", "until"),
    [
        ("2026-03-05T08:00+07:00", "2026-03-05"),
        ("2026-03-05T16:59+07:00", "2026-03-05"),
        ("2026-03-05T17:00+07:00", "2026-03-06"),
        ("2026-03-06T20:00+07:00", "2026-03-09"),
        ("2026-02-14T10:00+07:00", "2026-02-23"),
    ],
)
def test_arrival_is_told_on_the_same_day(delivered: str, until: str) -> None:
    """To the end of that day; what comes when nobody works counts as of the next working day."""
    found = of_receipt(at(delivered), NATION, None, LATER)
    assert found.at == datetime.fromisoformat(f"{until}T23:59:59+07:00")


def test_a_year_that_is_not_notified_is_said_and_not_guessed() -> None:
    """The last afternoon of the known years: when the next working morning is, nobody can say yet."""
    last = max(Calendars().facts.years)
    found = of_sending(at(f"{last}-12-31T15:00+07:00"), {}, NATION, None, LATER)
    assert (found.at, found.late) == (None, None)
    assert found.unknown is not None
    assert str(last + 1) in found.unknown.vi


def test_a_receiver_shows_both_deadlines() -> None:
    """The first from taking on to the delivery, the second from the delivery to the first status."""
    found = one(document(way(minutes=5)), status("01", minutes=7))
    assert (found.sending.late, found.receipt and found.receipt.late) == (False, False)
    assert told(followed(document(way("held"))))["receivers"][0]["receipt"] is None


def test_each_deadline_is_counted_by_the_calendar_of_whom_it_binds() -> None:
    """The sender's mornings end earlier; the receiver has a day off of its own."""
    off = DayFact(date(2026, 3, 5), Kind.OFF, "ngày truyền thống", "a day of its own", "", "", "high")
    lines = [
        AgencyLine("H37", sessions=dict.fromkeys(range(5), read_hours("7:00-10:00, 13:00-16:00"))),
        AgencyLine("H44.12", days=(off,)),
    ]
    found = one(document(way(minutes=5)), calendars=Calendars(lines=lines))
    assert found.sending.at == at("2026-03-06T10:00+07:00")
    assert found.receipt is not None
    assert found.receipt.at == at("2026-03-06T23:59:59+07:00")


def test_an_arrival_that_nobody_told_is_late_the_next_day() -> None:
    """Delivered on Thursday morning; on Friday its receipt is overdue, its sending is not."""
    found = one(document(way(minutes=5)), minutes=24 * 60)
    assert (found.sending.late, found.receipt and found.receipt.late) == (False, True)


def test_a_status_before_the_delivery_was_noted_counts_as_arrival() -> None:
    """Our own delivery is still in doubt: the receiver's word settles both deadlines."""
    found = one(document(way("held")), status("03", minutes=9), minutes=7 * 24 * 60)
    assert (found.sending.late, found.receipt and found.receipt.late) == (False, False)

"""Counting when something is due: the receipt, the term, its pauses and extensions, by a declared rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from lgsp.domain.calendar.terms import STANDARD, Due, Pause, Returned, Rule, Term, Unknown
from lgsp.domain.calendar.working import Calendar, UnknownYear
from lgsp.message import VIETNAM

_Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)
_NO_TIME = timedelta(0)


def due(  # noqa: PLR0913 - each is a fact of its own that a due date rests on
    received: date | datetime,
    term: Term,
    calendar: Calendar,
    rule: Rule = STANDARD,
    pauses: Sequence[Pause] = (),
    *,
    extension: Term | None = None,
) -> Due | Unknown:
    """Return when something is due that was received on a day or at a moment.

    A moment outside the open hours counts as the next session's. A bare date says that it was received on
    that day, whatever the day is; for a term in hours it counts from the beginning of that day's work.
    A pause that begins after the due date gives nothing back.

    Args:
        received: a date, or a moment (without a zone: in Viet Nam time).
        term: in working days or in working hours.
        calendar: the agency's.
        rule: the declared way of counting.
        pauses: in any order; those that overlap count once.
        extension: working time that was added later, of the same kind as the term.

    Returns:
        The due date, or which year would have to be notified to tell it.

    Raises:
        ValueError: the extension is in days and the term in hours, or the other way about.
    """
    if extension and extension.by_hours != term.by_hours:
        raise ValueError("the extension is not of the term's kind; write both in days or both in hours")
    count = _by_hours if term.by_hours else _by_days
    stopped = _apart(pauses) if pauses else ()
    try:
        first = count(received, term.amount, calendar, rule, stopped)
        if not extension:
            return first
        later = count(received, term.amount + extension.amount, calendar, rule, stopped)
    except UnknownYear as fault:
        return Unknown(fault.year)
    return Due(later.day, later.moment, later.by_hours, later.rule, later.counted_from, first)


def local(moment: datetime) -> datetime:
    """Return a moment in Viet Nam time, without its zone and to the second."""
    there = moment if moment.tzinfo is None else moment.astimezone(VIETNAM).replace(tzinfo=None)
    return there.replace(microsecond=0)


def _apart(pauses: Sequence[Pause]) -> list[_Span]:
    """Return pauses in order, in local time, those that touch made one."""
    apart: list[_Span] = []
    for start, end in sorted((local(one.start), local(one.end)) for one in pauses):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return apart


# --- in days --------------------------------------------------------------------------------------------


def _by_days(
    received: date | datetime, days: int, calendar: Calendar, rule: Rule, pauses: Sequence[_Span]
) -> Due:
    moved, receipt = None, received
    if isinstance(received, datetime):
        came = local(received)
        moved = calendar.taken(came, rule.cut_off)
        receipt, moved = moved.date(), None if moved == came else moved
    begin = receipt if rule.receipt_day_counts or not days else receipt + _DAY
    found = calendar.from_day(begin, max(days - 1, 0))
    for pause in pauses:
        found = _with_pause(found, begin, calendar, rule, pause)
    return Due(
        found, _zoned(calendar.end_of(found)), by_hours=False, rule=rule.label, counted_from=_told(moved)
    )


def _with_pause(found: date, begin: date, calendar: Calendar, rule: Rule, pause: _Span) -> date:
    """Return the due date after a pause was given back: what lay before the term does not count."""
    stopped, resumed = pause
    if resumed.date() < begin or stopped.date() > found:
        return found
    start = begin if stopped.date() < begin else calendar.ended_by(stopped)
    end = calendar.ended_by(resumed)
    if start > found or end <= start:
        return found
    if rule.pause is Returned.WORKING:
        return calendar.from_day(found, calendar.working_days_between(start - _DAY, end - _DAY))
    return calendar.from_day(found + _BY_CALENDAR[rule.pause](end - start))


def _less_a_day(length: timedelta) -> timedelta:
    return max(length - _DAY, _NO_TIME)


_BY_CALENDAR: dict[Returned, Callable[[timedelta], timedelta]] = {
    Returned.CALENDAR: lambda length: length,
    Returned.CALENDAR_MINUS_ONE: _less_a_day,
    Returned.NOTHING: lambda _: _NO_TIME,
}


# --- in hours -------------------------------------------------------------------------------------------


def _by_hours(
    received: date | datetime, seconds: int, calendar: Calendar, rule: Rule, pauses: Sequence[_Span]
) -> Due:
    if isinstance(received, datetime):
        came = local(received)
        begin = calendar.in_session(calendar.taken(came, rule.cut_off))
    else:
        came = datetime.combine(received, time.min)
        begin = calendar.in_session(came)
    found = calendar.after_seconds(begin, seconds)
    for start, end in pauses:
        found = _resumed(found, calendar, rule, (max(start, begin), max(end, begin)))
    moved = None if begin == came else begin
    return Due(found.date(), _zoned(found), by_hours=True, rule=rule.label, counted_from=_told(moved))


def _resumed(found: datetime, calendar: Calendar, rule: Rule, pause: _Span) -> datetime:
    """Return the due moment after a pause was given back."""
    start, end = pause
    if start >= found or end == start:
        return found
    if rule.pause is Returned.WORKING:
        return calendar.after_seconds(found, calendar.seconds_between(start, end))
    return calendar.in_session(found + _BY_CALENDAR[rule.pause](end - start))


def _zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=VIETNAM)


def _told(moment: datetime | None) -> datetime | None:
    return None if moment is None else _zoned(moment)

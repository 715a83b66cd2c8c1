"""Counting time in office hours. Pure; Viet Nam time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from lgsp.limits import Silence
from lgsp.message import VIETNAM

_LONGEST = timedelta(days=60)


def office_time(since: datetime, until: datetime, hours: Silence, holidays: Collection[date]) -> timedelta:
    """Return how much of the time between two moments lies in office hours; the last 60 days count."""
    since = max(since.astimezone(VIETNAM), until.astimezone(VIETNAM) - _LONGEST)
    until, total, day = until.astimezone(VIETNAM), timedelta(), since.date()
    while day <= until.date():
        for first, last in _spans(day, hours, holidays):
            total += max(min(last, until) - max(first, since), timedelta())
        day += timedelta(days=1)
    return total


def _spans(day: date, hours: Silence, holidays: Collection[date]) -> Iterator[tuple[datetime, datetime]]:
    if day.weekday() in hours.days and day not in holidays:
        for first, last in hours.hours:
            yield datetime.combine(day, first, VIETNAM), datetime.combine(day, last, VIETNAM)

"""How much working time is left until a deadline, or has gone by since, for people who plan their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lgsp.domain.calendar.due import local
from lgsp.domain.calendar.working import Calendar, UnknownYear

_HOUR = 3600
_SOON = 4 * _HOUR
"""Working seconds before a deadline from which on it is near."""


@dataclass(slots=True, frozen=True)
class Term:
    """A deadline as it stands.

    Attributes:
        word: `left`, `near`, `late`; `met` or `met late` once it happened; `paused` while the clock rests;
            `ended` where it ended at a time that nobody told; `open` where there is none.
        at: the last moment; None where there is none, or it is not known.
        count: how much is left, or it is late by.
        unit: of what: `days`, `hours` or `minutes` of working time; `rest hours` or `rest minutes` by the
            clock where no working time lies between; `clock` hours where the calendar does not reach so far;
            an empty text where nothing is counted.
        basis: the law, where one says so.
        met_at: when it happened.
        unknown: the year that would have to be notified to tell it; 0 for none.
    """

    word: str
    at: datetime | None = None
    count: int = 0
    unit: str = ""
    basis: str = ""
    met_at: datetime | None = None
    unknown: int = 0

    @property
    def late(self) -> bool:
        """Tell whether it is past, and nothing happened in time."""
        return self.word in ("late", "met late")


def term(calendar: Calendar, now: datetime, at: datetime, met_at: datetime | None, basis: str = "") -> Term:
    """Return how a deadline stands.

    Args:
        calendar: whose working time counts.
        now: the present.
        at: the last moment.
        met_at: when it happened, if it did.
        basis: where it is said.
    """
    if met_at is not None and met_at <= at:
        return Term("met", at, basis=basis, met_at=met_at)
    until = met_at or now
    late = until > at
    seconds, days = _between(calendar, *((at, until) if late else (until, at)))
    count, unit = _in_words(seconds, days) if seconds > 0 else _by_clock(until, at, seconds)
    if late:
        return Term("met late" if met_at else "late", at, count, unit, basis, met_at)
    return Term("near" if 0 <= seconds <= _SOON else "left", at, count, unit, basis)


def _between(calendar: Calendar, start: datetime, end: datetime) -> tuple[int, int]:
    """Return the working seconds and days between two moments; -1 seconds where nobody can tell."""
    first, last = local(start), local(end)
    try:
        return calendar.seconds_between(first, last), calendar.working_days_between(first.date(), last.date())
    except UnknownYear:
        return -1, 0


def _in_words(seconds: int, days: int) -> tuple[int, str]:
    if days > 1:
        return days, "days"
    return (seconds // _HOUR, "hours") if seconds >= _HOUR else (max(1, seconds // 60), "minutes")


def _by_clock(until: datetime, at: datetime, seconds: int) -> tuple[int, str]:
    away = abs(int((until - at).total_seconds()))
    if seconds < 0:
        return away // _HOUR, "clock"
    return (away // _HOUR, "rest hours") if away >= _HOUR else (max(1, away // 60), "rest minutes")

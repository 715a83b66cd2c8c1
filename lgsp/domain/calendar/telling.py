"""Saying what a calendar holds: a year, a due date, an agency's own line, as JSON has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from lgsp.domain.calendar.agencies import LAST_SECOND, AgencyLine, Calendars
from lgsp.domain.calendar.facts import DayFact, Kind, national
from lgsp.domain.calendar.hours import DAY_NAMES, HOUR, Hours
from lgsp.domain.calendar.terms import STANDARD, Due, Rule

FIRST, LAST = 1900, 2200
"""Years of which a calendar may be asked."""
_MONTHS = 12
_DAY = timedelta(days=1)


def told_year(calendars: Calendars, year: int, agency: str = "") -> dict[str, Any]:
    """Return a year's days off and worked in return; where it is known, the working days of each month."""
    notified, facts = calendars.facts.years.get(year), calendars.days_of(agency, year)
    told: dict[str, Any] = {"year": year, "notified": notified is not None}
    if notified:
        told |= {"notices": list(notified.notices), "source": notified.source}
        told |= {"confidence": notified.confidence, "remark": notified.remark}
    else:
        lacking = calendars.unknown(year)
        told["missing"] = f"{lacking.vi} ({lacking.en})"
    for name, kind in (("off", Kind.OFF), ("worked", Kind.WORKED), ("on_weekends", Kind.WEEKEND)):
        told[name] = [told_day(fact) for fact in facts if fact.kind is kind]
    if notified:
        told["working_days"] = _by_month(calendars, year, agency)
    return told


def told_day(fact: DayFact) -> dict[str, Any]:
    """Return what was notified of a day."""
    told = {"day": fact.day.isoformat(), "vi": fact.vi, "en": fact.en}
    told |= {"basis": fact.basis, "source": fact.source, "confidence": fact.confidence}
    return told | ({"for": fact.other.isoformat()} if fact.other else {})


def _by_month(calendars: Calendars, year: int, agency: str) -> dict[str, int]:
    held = calendars.of(agency)
    firsts = [date(year, month, 1) for month in range(1, _MONTHS + 1)] + [date(year + 1, 1, 1)]
    pairs = pairwise(firsts)
    return {f"{first:%Y-%m}": held.working_days_between(first - _DAY, later - _DAY) for first, later in pairs}


def told_due(found: Due, rule: Rule) -> dict[str, Any]:
    """Return a due date; what is as one expects it is left out."""
    told: dict[str, Any] = {"due": as_said(found)}
    if found.counted_from:
        told["counted_from"] = found.counted_from.isoformat()
    if found.original:
        told["original"] = as_said(found.original)
    if rule.label != STANDARD.label:
        told["rule"] = rule.label
    return told


def as_said(found: Due) -> str:
    """Return the date that was promised, or the moment."""
    return found.moment.isoformat() if found.by_hours else found.day.isoformat()


# --- newer notices --------------------------------------------------------------------------------------


def told_changes(calendars: Calendars, year: int) -> list[dict[str, Any]]:
    """Return the days that something newer than the year's first notice says otherwise, in their order.

    `was` is what was known without it: `worked`, `off`, `weekend`, or null where that cannot be told any
    more. Who promised a due date before may have counted that day otherwise.
    """
    return list(_changes(calendars, year))


def _changes(calendars: Calendars, year: int) -> Iterator[dict[str, Any]]:
    packed = national().days
    notified = calendars.facts.years.get(year)
    first = notified.notices[0] if notified and notified.notices else ""
    known = year in national().years
    for fact in calendars.facts.of_year(year):
        before = packed.get(fact.day)
        if known and before != fact:
            was = before.kind.value if before else _ordinary(fact.day)
            yield told_day(fact) | {"kind": fact.kind.value, "was": was}
        elif fact.basis != first and fact.basis in (notified.notices if notified else ()):
            yield told_day(fact) | {"kind": fact.kind.value, "was": _ordinary(fact.day)}


def _ordinary(day: date) -> str:
    return Kind.WEEKEND.value if day.weekday() >= len(DAY_NAMES) - 2 else Kind.WORKED.value


# --- agencies' own lines --------------------------------------------------------------------------------


def told_line(line: AgencyLine) -> dict[str, Any]:
    """Return what holds for a subtree of agencies over the nation; null is as the wider one has it."""
    return {
        "code": line.code,
        "from": None if line.since == date.min else line.since.isoformat(),
        "sessions": _week(line.sessions),
        "reception": _week(line.reception),
        "cut_off": _cut_off(line.cut_off),
        "days": [told_day(fact) | {"kind": fact.kind.value} for fact in line.days],
    }


def _week(hours: Any) -> dict[str, str] | None:
    if hours is None:
        return None
    return {DAY_NAMES[day]: in_clock(hours[day]) for day in sorted(hours)}


def in_clock(hours: Hours) -> str:
    """Return sessions as they are written: `7:00-11:30, 13:30-17:00`."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in hours)


def _clock(second: int) -> str:
    return f"{second // HOUR}:{second % HOUR // 60:02d}"


def _cut_off(second: int | None) -> str | None:
    if second is None:
        return None
    return "none" if second >= LAST_SECOND else _clock(second)

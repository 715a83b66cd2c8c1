"""Whose calendar holds: agencies' own hours and days over the national base; the nearest subtree wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lgsp.domain.calendar.facts import DayFact, Facts, Kind, national
from lgsp.domain.calendar.hours import OFFICE_WEEK, Hours, Week, together
from lgsp.domain.calendar.terms import RULES, Rule, Unknown
from lgsp.domain.calendar.working import Calendar, Row
from lgsp.domain.codes import agency_code, under

LAST_SECOND = 24 * 3600
"""A cut-off that never comes: it takes back that of a wider subtree."""


@dataclass(slots=True, frozen=True)
class AgencyLine:
    """What holds for a subtree of agencies from a day on; a later line of the same code replaces it.

    Attributes:
        code: top of the subtree, in either form of agency codes.
        since: the first day on which it holds.
        sessions, reception, cut_off: as in `Week`; None takes what the next wider subtree
            says, or the nation.
        days: days off and worked besides the national ones; they hold whenever they are, whatever
            `since` says.
    """

    code: str
    since: date = date.min
    sessions: Mapping[int, Hours] | None = None
    reception: Mapping[int, Hours] | None = None
    cut_off: int | None = None
    days: tuple[DayFact, ...] = ()

    def over(self, week: Week) -> Week:
        """Return a wider subtree's week with what this line says put over it."""
        return Week(
            week.sessions if self.sessions is None else self.sessions,
            week.reception if self.reception is None else self.reception,
            week.cut_off if self.cut_off is None else self.cut_off,
        )


class Calendars:
    """The calendars of all agencies, made when they are asked for and kept.

    Attributes:
        facts: the national base: days and notified years.
        rules: the rules of due dates that can be named.
    """

    def __init__(
        self,
        facts: Facts | None = None,
        lines: Sequence[AgencyLine] = (),
        rules: Sequence[Rule] = (),
    ) -> None:
        """Begin with facts (the packed ones, unless others are given), agencies' lines and further rules."""
        self.facts = national() if facts is None else facts
        self.rules = (*RULES, *rules)
        self._lines = sorted(lines, key=_width)
        self._made: dict[tuple[int, ...], Calendar] = {}

    @property
    def lines(self) -> Sequence[AgencyLine]:
        """Return agencies' own lines: wider subtrees and earlier ones first."""
        return self._lines

    def of(self, agency: str = "") -> Calendar:
        """Return the calendar of an agency, or the national one for an empty code."""
        held = tuple(n for n, line in enumerate(self._lines) if agency and under(agency, line.code))
        if held not in self._made:
            self._made[held] = self._make([self._lines[n] for n in held])
        return self._made[held]

    def days_of(self, agency: str, year: int) -> list[DayFact]:
        """Return what is known of a year's days for an agency, its own days put over the national ones."""
        held = [line for line in self._lines if agency and under(agency, line.code)]
        own = [fact for line in held for fact in line.days]
        return self.facts.with_more(own, []).of_year(year)

    def rule(self, name: str = "standard") -> Rule | None:
        """Return a rule by `name` (its latest version) or `name/version`; None when there is no such one."""
        found = [rule for rule in self.rules if name in {rule.name, rule.label}]
        return max(found, key=lambda rule: rule.version, default=None)

    def unknown(self, year: int) -> Unknown:
        """Return what can be said of a year that is not notified."""
        known = [fact.day for fact in self.facts.of_year(year) if fact.kind is Kind.OFF]
        return Unknown(year, tuple(known))

    def _make(self, held: Sequence[AgencyLine]) -> Calendar:
        own = {fact.day: fact for line in held for fact in line.days}
        days = {**self.facts.days, **own}
        weeks = _weeks(held)
        return Calendar({year: list(_open_days(year, days, weeks)) for year in self.facts.years})


def _width(line: AgencyLine) -> tuple[int, date]:
    """Return an order in which wider subtrees and earlier lines come first."""
    return len((agency_code(line.code) or "").split(".")), line.since


def _weeks(held: Sequence[AgencyLine]) -> list[tuple[date, Week]]:
    """Return the weeks that hold one after another, each with its first day, the latest first."""
    starts = sorted({date.min, *(line.since for line in held)}, reverse=True)
    return [(start, _week(held, start)) for start in starts]


def _week(held: Sequence[AgencyLine], day: date) -> Week:
    in_force = {agency_code(line.code): line for line in held if line.since <= day}
    week = OFFICE_WEEK
    for line in in_force.values():
        week = line.over(week)
    return week


def _open_days(year: int, days: Mapping[date, DayFact], weeks: Sequence[tuple[date, Week]]) -> Iterator[Row]:
    day, end = date(year, 1, 1), date(year, 12, 31)
    while day <= end:
        week = next(week for start, week in weeks if start <= day)
        worked, opened = _hours(day, days.get(day), week)
        if opened:
            yield day.toordinal(), worked, opened, week.cut_off
        day += timedelta(days=1)


def _hours(day: date, fact: DayFact | None, week: Week) -> tuple[Hours, Hours]:
    """Return the hours worked on a day, and all hours at which something is received."""
    if fact is None:
        worked = week.sessions.get(day.weekday(), ())
    elif fact.kind is Kind.WORKED:
        worked = week.hours(day.weekday(), fact.other.weekday() if fact.other else None)
    else:
        return (), ()
    return worked, together(worked, week.reception.get(day.weekday(), ()))

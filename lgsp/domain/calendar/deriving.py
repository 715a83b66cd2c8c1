"""Showing how a due date comes about: day by day what counted, what did not and why; what pauses gave back.

The date itself is that of `lgsp.domain.calendar.due`; nothing is counted a second time in another way. What a
pause did is found by counting with it and without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from lgsp.domain.calendar.due import due, local
from lgsp.domain.calendar.facts import DayFact, Kind
from lgsp.domain.calendar.terms import Due, Pause, Returned, Rule, Term, Unknown
from lgsp.domain.calendar.working import Calendar

MOST = 400
"""Days that a derivation shows; of a longer one, the first and the last."""
_DAY = timedelta(days=1)


class Why(Enum):
    """Why a day counts, or does not."""

    RECEIPT = "receipt"
    """It was received on that day, which does not count."""
    COUNTED = "counted"
    PAUSED = "paused"
    OFF = "off"
    WEEKEND = "weekend"
    """Not worked in an ordinary week."""
    GIVEN_BACK = "given-back"
    """Behind the end of the term, because a pause is given back by its length in the calendar."""


@dataclass(slots=True, frozen=True)
class Step:
    """One day on the way.

    Attributes:
        counted: what of it counts: days, or seconds of working time.
        total: what counts up to its end.
        fact: what was notified of the day.
        last: it is the due date.
    """

    day: date
    why: Why
    counted: int = 0
    total: int = 0
    fact: DayFact | None = None
    last: bool = False


@dataclass(slots=True, frozen=True)
class Given:
    """What one pause did: the due date without it, and with it."""

    pause: Pause
    before: Due
    after: Due


@dataclass(slots=True, frozen=True)
class Derived:
    """A due date with its way.

    Attributes:
        steps: from the receipt to the due date; `skipped` days of a long way are left out in the middle.
        given: for each pause, in their order.
    """

    due: Due
    steps: Sequence[Step]
    given: Sequence[Given] = ()
    skipped: int = 0


def derive(  # noqa: PLR0913 - each is a fact of its own that a due date rests on
    received: date | datetime,
    term: Term,
    calendar: Calendar,
    rule: Rule,
    pauses: Sequence[Pause] = (),
    *,
    extension: Term | None = None,
    facts: Mapping[date, DayFact] | None = None,
) -> Derived | Unknown:
    """Return when something is due, and how that comes about.

    The arguments are those of `due`; `facts` is what was notified of days, shown beside them.

    Raises:
        ValueError: as `due` does.
    """
    found = due(received, term, calendar, rule, pauses, extension=extension)
    if isinstance(found, Unknown):
        return found
    whole = Term(term.amount + (extension.amount if extension else 0), term.by_hours)
    given = _given(received, whole, calendar, rule, pauses)
    way = _Way(received, found, calendar, rule, given, facts or {}, counts=whole.amount > 0)
    steps = list(way.steps())
    skipped = max(len(steps) - MOST, 0)
    if skipped:
        steps = steps[: MOST - MOST // 4] + steps[-(MOST // 4) :]
    return Derived(found, steps, given, skipped)


def _given(
    received: date | datetime, term: Term, calendar: Calendar, rule: Rule, pauses: Sequence[Pause]
) -> list[Given]:
    given: list[Given] = []
    before = due(received, term, calendar, rule)
    for n, pause in enumerate(ordered := sorted(pauses, key=lambda one: local(one.start))):
        after = due(received, term, calendar, rule, ordered[: n + 1])
        assert isinstance(before, Due)  # noqa: S101 - a pause never makes it earlier, and the last one is known
        assert isinstance(after, Due)  # noqa: S101
        given.append(Given(pause, before, after))
        before = after
    return given


class _Way:
    """The days between receipt and due date."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a way is made of
        self,
        received: date | datetime,
        found: Due,
        calendar: Calendar,
        rule: Rule,
        given: Sequence[Given],
        facts: Mapping[date, DayFact],
        *,
        counts: bool,
    ) -> None:
        self._counts = counts
        self._found, self._calendar, self._rule, self._facts = found, calendar, rule, facts
        begun = found.counted_from or received
        self._begun = local(begun) if isinstance(begun, datetime) else datetime.combine(begun, time.min)
        self._came = received.date() if isinstance(received, datetime) else received
        working = rule.pause is Returned.WORKING
        self._stopped = [(local(one.pause.start), local(one.pause.end)) for one in given if working]
        self._end = local(given[0].before.moment) if given and not working else local(found.moment)

    def steps(self) -> Iterator[Step]:
        """Yield the days in their order."""
        day, total = min(self._came, self._begun.date()), 0
        while day <= self._found.day:
            why, counted = self._hours(day) if self._found.by_hours else self._judged(day)
            total += counted
            yield Step(day, why, counted, total, self._facts.get(day), last=day == self._found.day)
            day += _DAY

    def _judged(self, day: date) -> tuple[Why, int]:
        receipt = self._begun.date()
        if day < receipt or (day == receipt and not self._rule.receipt_day_counts):
            return Why.RECEIPT, 0
        if not self._calendar.is_working(day):
            return self._idle(day), 0
        if day > self._end.date():
            return Why.GIVEN_BACK, 0
        return (Why.PAUSED, 0) if self._is_paused(day) else (Why.COUNTED, int(self._counts))

    def _is_paused(self, day: date) -> bool:
        """Tell whether the work of a day ended in a pause: when it began, and not when it was over."""
        end = self._calendar
        return any(end.ended_by(start) <= day < end.ended_by(until) for start, until in self._stopped)

    def _hours(self, day: date) -> tuple[Why, int]:
        if day < self._begun.date():
            return Why.RECEIPT, 0
        if not self._calendar.is_working(day):
            return self._idle(day), 0
        first = max(datetime.combine(day, time.min), self._begun)
        last = min(datetime.combine(day, time.max).replace(microsecond=0), self._end)
        if last < first:
            return Why.GIVEN_BACK, 0
        counted = self._between(first, last) - self._paused(first, last)
        return (Why.COUNTED if counted or not self._stopped else Why.PAUSED), counted

    def _between(self, first: datetime, last: datetime) -> int:
        return self._calendar.seconds_between(first, last) if first < last else 0

    def _paused(self, first: datetime, last: datetime) -> int:
        taken, behind = 0, first
        for start, until in sorted(self._stopped):
            begin, end = max(start, behind), min(until, last)
            taken += self._between(begin, end)
            behind = max(behind, end)
        return taken

    def _idle(self, day: date) -> Why:
        fact = self._facts.get(day)
        return Why.OFF if fact is not None and fact.kind is Kind.OFF else Why.WEEKEND

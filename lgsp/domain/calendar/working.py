"""Which days and seconds an agency works: tables made once, so that counting is a search in a sorted row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lgsp.domain.calendar import hours as of_day
from lgsp.domain.calendar.hours import Hours

Row = tuple[int, Hours, Hours, int | None]
"""An open day: its ordinal, the hours worked (none if only for reception), all open hours, the cut-off."""


class UnknownYear(LookupError):  # noqa: N818 - a fact about a year, not a fault
    """A day was asked for in a year that is not notified.

    Attributes:
        year: which.
    """

    def __init__(self, year: int) -> None:
        super().__init__(f"asking for a day of {year}: its days off are not notified")
        self.year = year


@dataclass(slots=True, frozen=True)
class _Run:
    """Notified years without a gap.

    Attributes:
        last: the last of the years.
        days: ordinals of the working days.
        hours: their hours.
        elapsed: the working seconds before each of them, and after the last.
        doors: ordinals of the days on which something can be received.
        open: what is open on them.
        cut_offs: likewise.
    """

    last: int
    days: Sequence[int]
    hours: Sequence[Hours]
    elapsed: Sequence[int]
    doors: Sequence[int]
    open: Sequence[Hours]
    cut_offs: Sequence[int | None]

    def day(self, index: int) -> int:
        """Return the ordinal of a working day by its number.

        Raises:
            UnknownYear: it lies behind the last notified year.
        """
        if index >= len(self.days):
            raise UnknownYear(self.last + 1)
        return self.days[index]

    def passed(self, moment: datetime) -> int:
        """Return the working seconds of the run that have passed at a moment."""
        day = moment.toordinal()
        at = bisect_left(self.days, day)
        if at == len(self.days) or self.days[at] != day:
            return self.elapsed[at]
        return self.elapsed[at] + of_day.spent(self.hours[at], of_day.seconds_of(moment.time()))

    def moment(self, passed: int) -> datetime:
        """Return the first moment at which so many (more than no) working seconds have passed."""
        at = bisect_left(self.elapsed, passed) - 1
        day = self.day(at)
        return _moment(day, of_day.second_at(self.hours[at], passed - self.elapsed[at]))


def _moment(day: int, second: int) -> datetime:
    return datetime.fromordinal(day) + timedelta(seconds=second)


def _run(last: int, rows: Iterable[Row]) -> _Run:
    opened = list(rows)
    worked = [row for row in opened if row[1]]
    elapsed = [0]
    for row in worked:
        elapsed.append(elapsed[-1] + of_day.length(row[1]))
    return _Run(
        last,
        tuple(row[0] for row in worked),
        tuple(row[1] for row in worked),
        tuple(elapsed),
        tuple(row[0] for row in opened),
        tuple(row[2] for row in opened),
        tuple(row[3] for row in opened),
    )


class Calendar:
    """The working days and hours of one agency, in the notified years.

    Moments are without a zone, in Viet Nam time. Every method raises `UnknownYear` for a day of a year
    that is not notified.
    """

    __slots__ = ("_runs",)

    def __init__(self, years: Mapping[int, Sequence[Row]]) -> None:
        """Make the tables from the open days of each notified year."""
        self._runs: dict[int, _Run] = {}
        for first in sorted(year for year in years if year - 1 not in years):
            last = first
            while last + 1 in years:
                last += 1
            span = range(first, last + 1)
            run = _run(last, (row for year in span for row in years[year]))
            self._runs |= dict.fromkeys(span, run)

    def __contains__(self, year: int) -> bool:
        """Tell whether a year is notified."""
        return year in self._runs

    def is_working(self, day: date) -> bool:
        """Tell whether a day is worked and counted."""
        run, wanted = self._of(day), day.toordinal()
        at = bisect_left(run.days, wanted)
        return at < len(run.days) and run.days[at] == wanted

    def from_day(self, day: date, count: int = 0) -> date:
        """Return the first working day from a day on, or the one so many working days after that."""
        run = self._of(day)
        return date.fromordinal(run.day(bisect_left(run.days, day.toordinal()) + count))

    def working_days_between(self, after: date, until: date) -> int:
        """Return how many working days lie after a day, up to and with another; below 0 backwards."""
        if until <= after:
            return 0 if until == after else -self.working_days_between(until, after)
        run = self._of(after + timedelta(days=1))
        if until.year > run.last:
            raise UnknownYear(run.last + 1)
        return bisect_right(run.days, until.toordinal()) - bisect_right(run.days, after.toordinal())

    def seconds_between(self, start: datetime, end: datetime) -> int:
        """Return the working seconds from one moment to a later one."""
        run = self._of(start)
        if end.year > run.last:
            raise UnknownYear(run.last + 1)
        return run.passed(end) - run.passed(start)

    def after_seconds(self, start: datetime, seconds: int) -> datetime:
        """Return when so many working seconds have passed since a moment; the moment itself for none."""
        run = self._of(start)
        return run.moment(run.passed(start) + seconds) if seconds else start

    def end_of(self, day: date) -> datetime:
        """Return the end of the last session of a working day."""
        run, wanted = self._of(day), day.toordinal()
        return _moment(wanted, run.hours[bisect_left(run.days, wanted)][-1][1])

    def morning_of(self, day: date) -> datetime:
        """Return the end of the first session of a working day."""
        run, wanted = self._of(day), day.toordinal()
        return _moment(wanted, run.hours[bisect_left(run.days, wanted)][0][1])

    def in_session(self, moment: datetime) -> datetime:
        """Return the first moment, not before a given one, that lies in a session."""
        run, day = self._of(moment), moment.toordinal()
        at = bisect_left(run.days, day)
        if at < len(run.days) and run.days[at] == day:
            second = of_day.seat(run.hours[at], of_day.seconds_of(moment.time()))
            if second is not None:
                return _moment(day, second)
            at += 1
        return _moment(run.day(at), run.hours[at][0][0])

    def taken(self, moment: datetime, cut_off: int | None = None) -> datetime:
        """Return when something that came at a moment counts as received.

        Outside the open hours that is when they begin again; after the cut-off (the agency's own unless
        another second of the day is given), on the next open day.
        """
        run, day = self._of(moment), moment.toordinal()
        at = bisect_left(run.doors, day)
        if at < len(run.doors) and run.doors[at] == day:
            second = of_day.seconds_of(moment.time())
            limit = run.cut_offs[at] if cut_off is None else cut_off
            seat = of_day.seat(run.open[at], second) if limit is None or second <= limit else None
            if seat is not None:
                return _moment(day, seat)
            at += 1
        if at >= len(run.doors):
            raise UnknownYear(run.last + 1)
        return _moment(run.doors[at], run.open[at][0][0])

    def ended_by(self, moment: datetime) -> date:
        """Return the day of a moment, or the next day when the work of that day was over."""
        run, day = self._of(moment), moment.toordinal()
        at = bisect_left(run.days, day)
        over = at < len(run.days) and run.days[at] == day and moment >= _moment(day, run.hours[at][-1][1])
        return date.fromordinal(day + over)

    def _of(self, day: date) -> _Run:
        run = self._runs.get(day.year)
        if run is None:
            raise UnknownYear(day.year)
        return run

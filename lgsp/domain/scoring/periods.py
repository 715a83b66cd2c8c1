"""The stretch of time that figures are of: a month, a quarter, a year, or from one day to another."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from lgsp.message import VIETNAM

_MICROS = 1_000_000
_MONTHS, _QUARTERS = 12, 4
_FIRST, _LAST = 2000, 2200
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})-?[Qq]?([1-4])")
_YEAR = re.compile(r"\d{4}")


class Period(NamedTuple):
    """Days of Viet Nam, from the first to the last, both in it."""

    first: date
    last: date

    @property
    def start(self) -> int:
        """The first moment, in microseconds since 1970."""
        return _midnight(self.first)

    @property
    def end(self) -> int:
        """The moment behind the last one."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def before(self) -> Period:
        """The stretch right before it: as many whole months where it is whole months, else as many days."""
        last = self.first - timedelta(days=1)
        if self.first.day > 1 or (self.last + timedelta(days=1)).day > 1:
            return Period(last - (self.last - self.first), last)
        months = _MONTHS * (self.last.year - self.first.year) + self.last.month - self.first.month + 1
        year, month = divmod(_MONTHS * self.first.year + self.first.month - 1 - months, _MONTHS)
        return Period(date(year, month + 1, 1), last)

    def holds(self, moment: int | None) -> bool:
        """Tell whether a moment lies in it; what was never said does not."""
        return moment is not None and self.start <= moment < self.end


def read_period(  # noqa: PLR0913 - each is a way to name a period
    today: date, *, month: str = "", quarter: str = "", year: str = "", first: str = "", last: str = ""
) -> Period:
    """Return the period that was asked for; without a word the month of today.

    Args:
        today: in Viet Nam; the last day of a period that only says from when.
        month: `2026-11`.
        quarter: `2026-Q4`.
        year: `2026`.
        first: the first day, `2026-11-03`; with `last` or without.
        last: the last day, which is in it.

    Raises:
        ValueError: it is no period, or says more than one. The text names the field.
    """
    if sum(map(bool, (month, quarter, year, first or last))) > 1:
        raise ValueError("month, quarter, year and from…to name different periods; give one of them")
    if first or last:
        return _between(first, last, today)
    if quarter:
        named, number = _matched(_QUARTER, quarter, "quarter", "2026-Q4")
        return _months(named, 3 * number - 2, 3)
    if year:
        return _months(_year(year), 1, _MONTHS)
    named, number = _matched(_MONTH, month, "month", "2026-11") if month else (today.year, today.month)
    if not 1 <= number <= _MONTHS:
        raise ValueError(f"month: {month!r} has no such month; write it as 2026-11")
    return _months(named, number, 1)


def _matched(form: re.Pattern[str], text: str, field: str, example: str) -> tuple[int, int]:
    found = form.fullmatch(text.strip())
    if found is None or not _FIRST <= int(found[1]) < _LAST:
        raise ValueError(f"{field}: {text!r} is none; write it as {example}")
    return int(found[1]), int(found[2])


def _year(text: str) -> int:
    if _YEAR.fullmatch(text.strip()) is None or not _FIRST <= int(text) < _LAST:
        raise ValueError(f"year: {text!r} is none; write it as 2026")
    return int(text)


def _months(year: int, first: int, count: int) -> Period:
    behind = first + count
    after = date(year + (behind > _MONTHS), behind - _MONTHS * (behind > _MONTHS), 1)
    return Period(date(year, first, 1), after - timedelta(days=1))


def _between(first: str, last: str, today: date) -> Period:
    if not first:
        raise ValueError("from: is missing beside `to`; write the first day as 2026-11-03")
    found = Period(_day(first, "from"), _day(last, "to") if last else today)
    if found.last < found.first:
        raise ValueError(f"to: {found.last} lies before {found.first}; write the later day there")
    return found


def _day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{field}: {text!r} is no day; write it as 2026-11-03") from None
    if not _FIRST <= found.year < _LAST:
        raise ValueError(f"{field}: the year of {text!r} is out of reach; mend it")
    return found


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), VIETNAM).timestamp()) * _MICROS

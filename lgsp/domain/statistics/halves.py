"""Half-months, by which figures are counted ahead: every period that schemes cut is made of whole ones.

One begins on the 1st and one on the 15th of each month. They are numbered through; a year of them is the
government's: it begins on 15 December.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

DAY = 86_400_000_000
"""Microseconds of a day; Viet Nam has been 7 hours ahead since 1975, the year round."""
YEAR = 24
_OFFSET = 7 * 3_600_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _MIDDLE, _MONTHS = 1900, 15, 12
EARLIEST, LATEST = -2_208_988_800_000_000, 7_258_118_400_000_000
"""The moments between which a date is taken for one: the years 1900 to 2199."""


def half_of(moment: int) -> int:
    """Return the half-month of a moment in microseconds since 1970."""
    return _half((moment + _OFFSET) // DAY)


@lru_cache(65_536)
def _half(day: int) -> int:
    on = date.fromordinal(day + _EPOCH)
    return ((on.year - _FIRST) * _MONTHS + on.month - 1) * 2 + (on.day >= _MIDDLE) + 1


@lru_cache(4096)
def begins(half: int) -> int:
    """Return the first moment of a half-month."""
    months, second = divmod(half - 1, 2)
    year, month = divmod(months, _MONTHS)
    first = date(year + _FIRST, month + 1, _MIDDLE if second else 1)
    return (first.toordinal() - _EPOCH) * DAY - _OFFSET


def next_day(moment: int) -> int:
    """Return the first moment of the day after the one of a moment, in Viet Nam."""
    return ((moment + _OFFSET) // DAY + 1) * DAY - _OFFSET


def told_moment(moment: int | None) -> int | None:
    """Return a moment; None for one outside the years in which there are dossiers: nobody meant it."""
    return moment if moment is not None and EARLIEST <= moment < LATEST else None

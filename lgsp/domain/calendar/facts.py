"""What was notified of days off and of weekend days worked: dated facts, each with its notice and source.

The national lines stand in `days.tsv`, the years that were notified in `years.tsv`. A year without a line
there is *unknown* as a whole, even where the Labour Code (Bộ luật Lao động 2019, Điều 112) fixes some of its
days: nobody can tell which days a notice will swap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from types import MappingProxyType

from lgsp.domain.tables import rows

SATURDAY = 5


class Kind(Enum):
    """What a notice says of a day."""

    OFF = "off"
    WORKED = "worked"
    WEEKEND = "weekend"
    """A public holiday on a weekend day, which was off anyhow."""


@dataclass(slots=True, frozen=True)
class DayFact:
    """What was notified of one day.

    Attributes:
        other: the day that this one stands for: the holiday it is given back for, or the day it is
            swapped with.
        vi, en: its name.
        basis: number of the notice, letter or resolution, or the article; empty where none was read.
        source: where the line was read.
        confidence: `high`, `medium` or `low`, that the day is so.
    """

    day: date
    kind: Kind
    vi: str
    en: str
    basis: str = ""
    source: str = ""
    confidence: str = "high"
    other: date | None = None


@dataclass(slots=True, frozen=True)
class YearFact:
    """A year whose days off were notified.

    Attributes:
        notices: the numbers of its notices; empty where none was read.
        remark: what was still open when it was read.
    """

    year: int
    notices: tuple[str, ...]
    source: str
    confidence: str
    remark: str = ""


@dataclass(slots=True, frozen=True)
class Facts:
    """Days and notified years. Facts are added, never edited: a later line of a day counts."""

    days: Mapping[date, DayFact]
    years: Mapping[int, YearFact]

    def with_more(self, days: Iterable[DayFact], years: Iterable[YearFact]) -> Facts:
        """Return these facts with later ones added; numbers of notices of a known year are kept."""
        known = dict(self.years)
        for one in years:
            before = known.get(one.year)
            known[one.year] = _joined(before, one) if before else one
        return Facts(
            MappingProxyType(dict(self.days) | {fact.day: fact for fact in days}), MappingProxyType(known)
        )

    def of_year(self, year: int) -> list[DayFact]:
        """Return what is known of a year's days, in their order."""
        return [fact for day, fact in sorted(self.days.items()) if day.year == year]


def kind_of(day: date, *, worked: bool) -> Kind:
    """Return the kind of a notified day."""
    if worked:
        return Kind.WORKED
    return Kind.WEEKEND if day.weekday() >= SATURDAY else Kind.OFF


def _joined(before: YearFact, later: YearFact) -> YearFact:
    notices = tuple(dict.fromkeys([*before.notices, *later.notices]))
    return YearFact(before.year, notices, before.source, before.confidence, later.remark or before.remark)


@lru_cache(1)
def national() -> Facts:
    """Return the national facts that come with the product."""
    days = (_day(row) for row in rows("calendar/days.tsv"))
    years = (_year(row) for row in rows("calendar/years.tsv"))
    return Facts(MappingProxyType({}), MappingProxyType({})).with_more(days, years)


def _day(row: Mapping[str, str]) -> DayFact:
    other = date.fromisoformat(row["for"]) if row["for"] else None
    day, kind = date.fromisoformat(row["day"]), Kind(row["kind"])
    return DayFact(day, kind, row["vi"], row["en"], row["basis"], row["source"], row["confidence"], other)


def _year(row: Mapping[str, str]) -> YearFact:
    notices = tuple(filter(None, row["notices"].split("; ")))
    return YearFact(int(row["year"]), notices, row["source"], row["confidence"], row["remark"])

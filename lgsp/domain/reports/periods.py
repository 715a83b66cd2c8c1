"""The periods of reports, by named schemes: their codes, their days, and which period comes before which."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from types import MappingProxyType

from lgsp.domain.tables import rows
from lgsp.message import VIETNAM

_MONTHS = 12
_FIRST, _LAST = 2000, 2200
_DAY = timedelta(days=1)


class Kind(Enum):
    """How long a period is. Those of 6 and 9 months begin with the year, and lie in each other."""

    MONTH = "month"
    QUARTER = "quarter"
    SIX_MONTHS = "six-months"
    NINE_MONTHS = "nine-months"
    YEAR = "year"


@dataclass(slots=True, frozen=True)
class Cut:
    """How a scheme cuts one kind of period; `schemes.tsv` says what each column means.

    Attributes:
        to_day: None is the last day of the month.
        before: the kind whose period ends right before one of this kind begins.
    """

    kind: Kind
    count: int
    step: int
    back: int
    from_day: int
    to_day: int | None
    before: Kind
    source: str = ""
    confidence: str = ""


@dataclass(slots=True, frozen=True)
class Scheme:
    """A named way to cut the years, as `government/1` from the 15th to the 14th."""

    name: str
    version: int
    cuts: Mapping[Kind, Cut]

    @property
    def label(self) -> str:
        """The name that a figure gives: `government/1`."""
        return f"{self.name}/{self.version}"

    def period(self, kind: Kind, year: int, number: int = 1) -> Period:
        """Return a period.

        Args:
            kind: one that the scheme cuts.
            year: whose period it is, also where it begins in December of the year before.
            number: of the month or the quarter; 1 for the other kinds.

        Raises:
            ValueError: there is no such one.
        """
        cut = self.cuts.get(kind)
        if cut is None:
            raise ValueError(f"{self.label} has no period of the kind {kind.value}; name another scheme")
        if not 1 <= number <= cut.count or not _FIRST <= year < _LAST:
            raise ValueError(f"{kind.value} {number} of {year} is no period; mend its number or its year")
        return Period(self, kind, year, number)

    def read(self, code: str) -> Period:
        """Return the period of a code: `202403`, `20243`, `2024`, `2024-6M` or `2024-9M`.

        Raises:
            ValueError: it is none.
        """
        for kind, (form, _) in _CODES.items():
            found = form.fullmatch(code.strip())
            if found:
                return self.period(kind, int(found[1]), int(found[2]) if form.groups > 1 else 1)
        raise ValueError(
            f"{code!r} is no period; write 202403, 20243 for a quarter, 2024, 2024-6M or 2024-9M"
        )

    def closed_by(self, kind: Kind, day: date) -> Period:
        """Return the last period of a kind that had ended before a day began."""
        cut = self.cuts[kind]
        ahead = self.period(kind, min(day.year + 1, _LAST - 1), cut.count)
        while ahead.last >= day:
            ahead = ahead.previous
        return ahead

    def ended(self, kind: Kind, since: date, before: date) -> Iterator[Period]:
        """Yield the periods of a kind whose last day is one of these (but the last of them), newest first."""
        closed = self.closed_by(kind, before)
        while closed.last >= since:
            yield closed
            closed = closed.previous


@dataclass(slots=True, frozen=True)
class Period:
    """The days that a report is of, both ends in it. Made by a scheme."""

    scheme: Scheme
    kind: Kind
    year: int
    number: int

    @property
    def code(self) -> str:
        """Its code: YYYYMM, YYYYQ or YYYY; for 6 and 9 months, whose code no text gives, one of our own."""
        return _CODES[self.kind][1](self.year, self.number)

    @property
    def label(self) -> str:
        """Its code with the scheme, without which the code does not say which days: `government/1:202403`."""
        return f"{self.scheme.label}:{self.code}"

    @property
    def first(self) -> date:
        """The first day."""
        return _day(self.year, self._month - self._cut.back, self._cut.from_day)

    @property
    def last(self) -> date:
        """The last day, after which the figures are cut off."""
        return _day(self.year, self._month, self._cut.to_day)

    @property
    def begins(self) -> datetime:
        """The first moment, in Viet Nam time."""
        return datetime.combine(self.first, time(), VIETNAM)

    @property
    def cut_off(self) -> datetime:
        """The moment behind the last one: what was known before it is what the period's figures rest on."""
        return datetime.combine(self.last + _DAY, time(), VIETNAM)

    @property
    def previous(self) -> Period:
        """The period that it is compared with: the one before it of the same kind."""
        return self._before(self.kind)

    @property
    def carries_from(self) -> Period:
        """The period that ends the day before it begins: what it carries over was left in process there.

        For 6 months, 9 months and a year that is the year before, not the 6 months before.
        """
        return self._before(self._cut.before)

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in it; one without a zone is in Viet Nam time."""
        there = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
        return self.begins <= there < self.cut_off

    def said(self, lang: str) -> str:
        """Return it as a heading has it: what it is, and from which day to which."""
        name = _NAMES[self.kind][0 if lang == "vi" else 1].format(self.number, self.year)
        first, last = (f"{day.day:02d}/{day.month:02d}/{day.year}" for day in (self.first, self.last))
        return f"{name} ({first} – {last})"

    @property
    def _cut(self) -> Cut:
        return self.scheme.cuts[self.kind]

    @property
    def _month(self) -> int:
        return self.number * self._cut.step

    def _before(self, kind: Kind) -> Period:
        if kind is self.kind and self.number > 1:
            return self.scheme.period(kind, self.year, self.number - 1)
        return self.scheme.period(kind, self.year - 1, self.scheme.cuts[kind].count)


def _day(year: int, month: int, day: int | None) -> date:
    """Return a day of a month that may lie in the year before: month 0 is its December."""
    over, at = divmod(month - 1, _MONTHS)
    return date(year + over, at + 1, monthrange(year + over, at + 1)[1] if day is None else day)


_Code = tuple[re.Pattern[str], Callable[[int, int], str]]
_CODES: Mapping[Kind, _Code] = MappingProxyType(
    {
        Kind.MONTH: (re.compile(r"([0-9]{4})([0-9]{2})"), lambda year, number: f"{year}{number:02d}"),
        Kind.QUARTER: (re.compile(r"([0-9]{4})([0-9])"), lambda year, number: f"{year}{number}"),
        Kind.YEAR: (re.compile(r"([0-9]{4})"), lambda year, _: f"{year}"),
        Kind.SIX_MONTHS: (re.compile(r"([0-9]{4})-6M"), lambda year, _: f"{year}-6M"),
        Kind.NINE_MONTHS: (re.compile(r"([0-9]{4})-9M"), lambda year, _: f"{year}-9M"),
    }
)
"""How each kind is written. YYYYMM, YYYYQ and YYYY: Thanh Hoa Decision 2176, high. The others are ours."""

_NAMES: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        Kind.MONTH: ("Tháng {0}/{1}", "Month {0} of {1}"),
        Kind.QUARTER: ("Quý {0}/{1}", "Quarter {0} of {1}"),
        Kind.SIX_MONTHS: ("6 tháng đầu năm {1}", "First 6 months of {1}"),
        Kind.NINE_MONTHS: ("9 tháng năm {1}", "9 months of {1}"),
        Kind.YEAR: ("Năm {1}", "Year {1}"),
    }
)


def _cut(row: Mapping[str, str]) -> Cut:
    count, step, back, from_day = (int(row[name]) for name in ("count", "step", "back", "from_day"))
    to_day = None if row["to_day"] == "last" else int(row["to_day"])
    said = Kind(row["before"]), row["source"], row["confidence"]
    return Cut(Kind(row["kind"]), count, step, back, from_day, to_day, *said)


def _schemes() -> Mapping[str, Scheme]:
    cuts: dict[tuple[str, int], dict[Kind, Cut]] = {}
    for row in rows("reports/schemes.tsv"):
        cut = _cut(row)
        cuts.setdefault((row["scheme"], int(row["version"])), {})[cut.kind] = cut
    made = (Scheme(name, version, MappingProxyType(of)) for (name, version), of in cuts.items())
    return MappingProxyType({scheme.label: scheme for scheme in made})


SCHEMES: Mapping[str, Scheme] = _schemes()
"""By label: `government/1` (15th to 14th) and `calendar/1`."""


def read_label(label: str) -> Period:
    """Return the period of a label, such as `government/1:202403`.

    Raises:
        ValueError: there is no such scheme or period.
    """
    name, _, code = label.partition(":")
    scheme = SCHEMES.get(name.strip())
    if scheme is None:
        raise ValueError(f"{name!r} is no scheme; write one of {', '.join(SCHEMES)}, as government/1:202403")
    return scheme.read(code)

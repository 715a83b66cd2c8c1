"""What a due date is made of: the term, the pauses, the declared rule; and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction

from lgsp.domain.calendar.hours import HOUR
from lgsp.domain.tables import rows

HOURS_A_DAY = 8
"""What a day is taken for where days and hours are converted."""
LONGEST = 10_000
"""Days that a term may have: beyond that it is a slip."""

_TERM = re.compile(r"(?P<amount>\d{1,7}(?:[.,]\d{1,4})?)\s*(?P<unit>[dh]?)")


@dataclass(slots=True, frozen=True)
class Term:
    """How long something may take: whole working days, or working hours.

    Attributes:
        amount: days, or seconds of working time.
        by_hours: which of the two; a term in days is due on a date, one in hours at a moment.
    """

    amount: int
    by_hours: bool = False

    @classmethod
    def of_days(cls, days: int) -> Term:
        """Return a term of whole working days."""
        return cls(days)

    @classmethod
    def of_hours(cls, hours: float | Fraction) -> Term:
        """Return a term of working hours."""
        return cls(round(hours * HOUR), by_hours=True)


def read_term(text: str, *, hours: bool = False) -> Term:
    """Return the term of `2`, `2d`, `16h` or `1,5d`; part of a day makes it one in hours, eight to a day.

    Args:
        text: a number, with its unit or without.
        hours: a number without a unit is in hours.

    Raises:
        ValueError: it is none.
    """
    found = _TERM.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is not a term; write 2 or 2d for working days, 16h for working hours")
    amount, unit = Fraction(found["amount"].replace(",", ".")), found["unit"] or ("h" if hours else "d")
    days = amount if unit == "d" else amount / HOURS_A_DAY
    if days > LONGEST:
        raise ValueError(f"{text!r} is longer than {LONGEST} days; mend the number")
    if unit == "d" and amount.denominator == 1:
        return Term.of_days(int(amount))
    return Term.of_hours(days * HOURS_A_DAY)


class Returned(Enum):
    """How a pause is given back."""

    WORKING = "working"
    """Its working days, or its working time where the term is in hours."""
    CALENDAR = "calendar"
    """Its calendar length, days off and all."""
    CALENDAR_MINUS_ONE = "calendar-minus-one"
    """Its calendar length less one day, as a system in use in Thanh Hóa counts."""
    NOTHING = "nothing"


@dataclass(slots=True, frozen=True)
class Rule:
    """A declared way of counting, so that a figure can name it.

    Attributes:
        receipt_day_counts: whether the receipt day is the first day of the term (terms in days only).
        pause: how a pause is given back.
        vi, en: the rule in words.
        cut_off: the second of the day after which a receipt counts as the next day's; None for the
            agency's own.
    """

    name: str
    version: int
    receipt_day_counts: bool = False
    pause: Returned = Returned.WORKING
    vi: str = ""
    en: str = ""
    source: str = ""
    confidence: str = ""
    cut_off: int | None = None

    @property
    def label(self) -> str:
        """The name that a figure gives: `standard/1`."""
        return f"{self.name}/{self.version}"


def _rule(row: Mapping[str, str]) -> Rule:
    said = row["vi"], row["en"], row["source"], row["confidence"]
    return Rule(
        row["name"], int(row["version"]), row["receipt_day"] == "included", Returned(row["pause"]), *said
    )


RULES = tuple(_rule(row) for row in rows("calendar/rules.tsv"))
"""The rules that come with the product."""
STANDARD = RULES[0]


@dataclass(slots=True, frozen=True, order=True)
class Pause:
    """Time that does not count, such as that of a supplement or a payment: from a moment, up to another.

    Moments without a zone are in Viet Nam time.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it begins.

        Raises:
            ValueError: it does.
        """
        if self.end < self.start:
            raise ValueError("a pause ends before it begins; mend its start or its end")


@dataclass(slots=True, frozen=True)
class Due:
    """When something is due.

    Attributes:
        day: the date; always a working day.
        moment: the same with its time, in Viet Nam time: for a term in days the end of the
            day's last session.
        by_hours: whether the moment was promised, or the date alone.
        counted_from: when it counts as received, where that differs from what was said; else None.
        original: the due date before it was extended; None when it was not.
        rule: label of the rule by which it was counted.
    """

    day: date
    moment: datetime
    by_hours: bool
    rule: str
    counted_from: datetime | None = None
    original: Due | None = None


@dataclass(slots=True, frozen=True)
class Unknown:
    """No due date can be told: it would need a day of a year that is not notified.

    Attributes:
        year: which.
        known: the days off of that year that are fixed by law already.
    """

    year: int
    known: tuple[date, ...] = ()

    @property
    def vi(self) -> str:
        """Why, in Vietnamese."""
        days = ", ".join(f"{day.day}/{day.month}" for day in self.known)
        so_far = f"; mới biết các ngày nghỉ theo luật: {days}" if days else ""
        return f"chưa nhập thông báo về ngày nghỉ và ngày làm bù của năm {self.year}{so_far}"

    @property
    def en(self) -> str:
        """Why, in English."""
        days = ", ".join(day.isoformat() for day in self.known)
        so_far = f"; known so far are the days off by law: {days}" if days else ""
        return f"the notice of days off and swapped days of {self.year} is not entered{so_far}"

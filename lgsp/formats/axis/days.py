"""Reading and writing the days between which a list is asked for.

Their form was never captured (low confidence): that of the packets is written, year first and day first are
read.
"""

from __future__ import annotations

import re
from datetime import date

_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/-](?P<month>\d{1,2})[/-](?P<year>\d{4})(?:[T ].*)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/-](?P<month>\d{1,2})[/-](?P<day>\d{1,2})(?:[T ].*)?", re.ASCII)


def write_day(day: date) -> str:
    """Return a day as `yyyy/MM/dd`."""
    return f"{day.year:04}/{day:%m/%d}"


def read_day(text: str) -> date | None:
    """Return the day that a text begins with, year first or day first; None when it is none."""
    found = _YEAR_FIRST.fullmatch(text.strip()) or _DAY_FIRST.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(**{name: int(digits) for name, digits in found.groupdict().items()})
    except ValueError:
        return None

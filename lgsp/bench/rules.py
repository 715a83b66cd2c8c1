"""What the rules of the country cost: microseconds of CPU for a code as of a day, and for a due date."""

from __future__ import annotations

from datetime import date, datetime
from time import process_time
from typing import Any

from lgsp.domain.agencies.known import built_in
from lgsp.domain.agencies.register import Register
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.due import due
from lgsp.domain.calendar.terms import Term
from lgsp.message import VIETNAM

_CODES, _DUES = 100_000, 20_000
_FORMS = ("{0}", "{0}.{1}", "000.00.{1:02}.{0}", "{2:02}")
_FIRST = date(2019, 1, 1).toordinal()


def rules() -> dict[str, Any]:
    """Measure codes of every form as of mixed dates, and due dates of days and of hours."""
    days = [date.fromordinal(_FIRST + n * 7) for n in range(400)]
    codes = [
        (_FORMS[n % 4].format(f"{'HGK'[n % 3]}{n % 63 + 1:02}", n % 97, n % 97), days[n * 31 % 400])
        for n in range(_CODES)
    ]
    known, began = Register(built_in().claims), process_time()
    for code, day in codes:
        known.resolve(code, day)
    seconds = process_time() - began
    return {
        "codes": _CODES,
        "codes_seconds": round(seconds, 3),
        "due_days_us": _due(date(2026, 1, 8), Term(15)),
        "due_hours_us": _due(datetime(2026, 1, 8, 15, 30, tzinfo=VIETNAM), Term.of_hours(16)),
    }


def _due(received: date, term: Term) -> float:
    nation = Calendars().of()
    began = process_time()
    for _ in range(_DUES):
        due(received, term, nation)
    return round((process_time() - began) / _DUES * 1e6, 2)

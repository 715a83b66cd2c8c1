"""Until when a document has to be sent, and its arrival told: what the law says, in the working calendar.

Sources: Decision 28/2018/QD-TTg, Article 6(2) (sent on the same day, at latest on the next working morning;
an urgent one at once); Decree 30/2020/ND-CP, Article 21 (receipt is told on the same day). Confidence: high
for what they say; no law sets a time for anything later. The law counts from the signing; what is known here
for certain is when the platform took the document on, so that is where counting begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lgsp.domain.calendar.due import local
from lgsp.domain.calendar.terms import Unknown
from lgsp.domain.calendar.working import Calendar, UnknownYear
from lgsp.domain.course.packets import Data
from lgsp.message import VIETNAM

AT_ONCE = timedelta(minutes=15)
"""How late something urgent may be before it is called so. The law gives no number: this one is ours."""

_LAST_SECOND = time(23, 59, 59)
_DAY = timedelta(days=1)
_SENT = "Decision 28/2018/QD-TTg, Art. 6(2)"
_TOLD = "Decree 30/2020/ND-CP, Art. 21"
_CALM = {None, "", "normal"}


@dataclass(slots=True, frozen=True)
class Deadline:
    """Until when something has to happen, and whether it did.

    Attributes:
        rule: `at-once`, `next-working-morning` or `same-day`.
        basis: where that is said.
        at: the last moment; None while it is not known.
        met_at: when it happened; None while it did not.
        late: it happened after that, or did not happen and it is past; None while nothing can be said.
        unknown: which year would have to be notified to tell it.
    """

    rule: str
    basis: str
    at: datetime | None = None
    met_at: datetime | None = None
    late: bool | None = None
    unknown: Unknown | None = None


def of_sending(
    accepted_at: datetime, data: Data, calendar: Calendar, met_at: datetime | None, now: datetime
) -> Deadline:
    """Return until when a document has to be on its way's end, by its urgency.

    Args:
        accepted_at: when the platform took it on.
        data: the canonical document.
        calendar: the sender's.
        met_at: when it was delivered, if it was.
        now: the present.
    """
    if data.get("urgency") not in _CALM:
        return _judged("at-once", _SENT, lambda: accepted_at + AT_ONCE, met_at, now)
    day = local(accepted_at).date()
    return _judged("next-working-morning", _SENT, lambda: _morning_behind(day, calendar), met_at, now)


def of_receipt(
    delivered_at: datetime, calendar: Calendar, met_at: datetime | None, now: datetime
) -> Deadline:
    """Return until when a receiver has to tell that it has a document.

    What comes when nobody works counts as of the next time that somebody does.

    Args:
        delivered_at: when it was delivered.
        calendar: the receiver's.
        met_at: when the receiver told so, if it did.
        now: the present.
    """
    there = local(delivered_at)
    return _judged("same-day", _TOLD, lambda: _end_of(_worked(there, calendar)), met_at, now)


def _worked(there: datetime, calendar: Calendar) -> date:
    """Return the working day on which something counts as come."""
    return calendar.from_day(calendar.ended_by(there))


def _morning_behind(day: date, calendar: Calendar) -> datetime:
    return calendar.morning_of(calendar.from_day(day + _DAY)).replace(tzinfo=VIETNAM)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, _LAST_SECOND, VIETNAM)


def _judged(
    rule: str, basis: str, until: Callable[[], datetime], met_at: datetime | None, now: datetime
) -> Deadline:
    try:
        at = until()
    except UnknownYear as fault:
        return Deadline(rule, basis, met_at=met_at, unknown=Unknown(fault.year))
    return Deadline(rule, basis, at, met_at, (met_at or now) > at)

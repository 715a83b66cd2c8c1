"""When a report has to be sent, and whether it was: windows in working days after the cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType

from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.due import due, local
from lgsp.domain.calendar.terms import Term, Unknown
from lgsp.domain.calendar.working import UnknownYear
from lgsp.domain.reports.periods import Period
from lgsp.domain.tables import rows


@dataclass(slots=True, frozen=True)
class Window:
    """How long after its cut-off a report may be sent.

    Attributes:
        working_days: 1 is the first working day after the last day of the period.
    """

    name: str
    version: int
    working_days: int
    vi: str = ""
    en: str = ""
    source: str = ""
    confidence: str = ""

    @property
    def label(self) -> str:
        """The name that a report gives: `two-working-days/1`."""
        return f"{self.name}/{self.version}"

    def due(self, period: Period, calendars: Calendars, agency: str = "") -> date | Unknown:
        """Return the last day on which a report is in time, or which year is not notified to tell it."""
        found = due(period.last, Term.of_days(self.working_days), calendars.of(agency))
        return calendars.unknown(found.year) if isinstance(found, Unknown) else found.day


class Channel(Enum):
    """By which way a report went; what counts is when it went, not when that was entered."""

    SYSTEM = "system"
    DOCUMENT = "document"
    """As an official document, because the reporting system was down; it is entered there later."""
    OTHER = "other"


@dataclass(slots=True, frozen=True)
class Sent:
    """A report that went.

    Attributes:
        at: when it went; without a zone in Viet Nam time.
        entered_at: when it was entered in the system, where it had gone another way.
    """

    at: datetime
    channel: Channel = Channel.SYSTEM
    entered_at: datetime | None = None


class Standing(Enum):
    """How a report stands against its window."""

    NOT_YET = "not-yet"
    """Its period has not ended."""
    OPEN = "open"
    OVERDUE = "overdue"
    IN_TIME = "in-time"
    LATE = "late"
    PREMATURE = "premature"
    """It was sent before its period had ended: its figures cannot be whole."""
    UNKNOWN = "unknown"
    """Nobody can tell: the days off of a year are not notified."""


@dataclass(slots=True, frozen=True)
class Timeliness:
    """How a report stands.

    Attributes:
        due: the last day in time; or why nobody can tell.
        days_late: working days after it; 0 in time, None where nobody can tell.
        window: label of the window by which this was told.
    """

    standing: Standing
    due: date | Unknown
    days_late: int | None
    window: str

    @property
    def late(self) -> bool | None:
        """Whether it is late, sent or not; None where nobody can tell."""
        if self.standing is Standing.UNKNOWN:
            return None
        return self.standing in {Standing.LATE, Standing.OVERDUE}


def timeliness(  # noqa: PLR0913 - each is a fact of its own that the answer rests on
    period: Period,
    window: Window,
    calendars: Calendars,
    now: datetime,
    *,
    sent: Sent | None = None,
    agency: str = "",
) -> Timeliness:
    """Return how a report stands at a moment. Days are compared, in Viet Nam time: the due day is in time."""
    last = window.due(period, calendars, agency)
    day = local(sent.at if sent else now).date()
    if day <= period.last:
        return Timeliness(Standing.PREMATURE if sent else Standing.NOT_YET, last, 0, window.label)
    if isinstance(last, Unknown):
        return Timeliness(Standing.UNKNOWN, last, None, window.label)
    if day <= last:
        return Timeliness(Standing.IN_TIME if sent else Standing.OPEN, last, 0, window.label)
    over = _working_days(last, day, calendars, agency)
    return Timeliness(Standing.LATE if sent else Standing.OVERDUE, last, over, window.label)


def _working_days(after: date, until: date, calendars: Calendars, agency: str) -> int | None:
    try:
        return calendars.of(agency).working_days_between(after, until)
    except UnknownYear:
        return None


def _window(row: Mapping[str, str]) -> Window:
    said = row["vi"], row["en"], row["source"], row["confidence"]
    return Window(row["window"], int(row["version"]), int(row["working_days"]), *said)


WINDOWS: Mapping[str, Window] = MappingProxyType(
    {window.label: window for window in map(_window, rows("reports/windows.tsv"))}
)
"""The windows that come with the product, by label; a regime may make its own."""

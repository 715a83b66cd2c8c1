"""Looking which reports are overdue or due soon: of whole regimes and periods, some minutes apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import structlog

from lgsp.calendars import read_calendars
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.terms import Unknown
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.domain.reports.regimes import Regime
from lgsp.domain.reports.submitting import Window
from lgsp.errors import ConfigError
from lgsp.home import home
from lgsp.journal import reports_owing
from lgsp.journal.contract import Transaction
from lgsp.journal.reports import DRAFT
from lgsp.journal.reports_owing import Stand
from lgsp.limits import Before
from lgsp.message import VIETNAM
from lgsp.regimes import read_definitions

log = structlog.get_logger(__name__)
SECOND = 1_000_000
EVERY = 300 * SECOND
"""Microseconds between two looks: days decide, and a look costs what a page of the due reports does."""
BACK = timedelta(days=800)
"""Periods that ended longer ago are not looked at any more."""
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Owed:
    """Who owes the report of a period, and is late or almost.

    Attributes:
        first: the first of their last days.
        late: agencies whose last day is over, and whose report did not go.
        soon: agencies whose last day ends soon, and who have no report or have not signed it.
    """

    regime: Regime
    period: Period
    first: date = date.max
    late: set[str] = field(default_factory=set)
    soon: set[str] = field(default_factory=set)


class Said(NamedTuple):
    """What a home says of reports."""

    definitions: Definitions
    calendars: Calendars


class Owing:
    """Looks which reports are owed, and remembers it for some minutes.

    Only of periods of which the regime has a report already, by their kind, and from the first of them on:
    nobody is told of regimes that are not in use here, nor of quarters where months are reported.
    """

    def __init__(self, rule: Before) -> None:
        self._ahead = timedelta(seconds=rule.before)
        self._asked: int | None = None
        self._found: Sequence[Owed] = ()

    def look(self, tx: Transaction) -> Sequence[Owed]:
        """Return what is owed, by regime and period: the earliest last day first."""
        if self._asked is None or not 0 <= tx.now - self._asked < EVERY:
            self._found = self._seen(tx)
            self._asked = tx.now
        return self._found

    def _seen(self, tx: Transaction) -> Sequence[Owed]:
        """Return what is owed now; while the home has faults, what was owed before."""
        try:
            said = Said(read_definitions(home()), read_calendars(home()))
        except ConfigError as fault:
            log.warning("nobody looks for reports that are due", faults=fault.faults)
            return self._found
        return owed(tx, said, datetime.fromtimestamp(tx.now / SECOND, VIETNAM), self._ahead)


def owed(tx: Transaction, said: Said, now: datetime, ahead: timedelta) -> list[Owed]:
    """Return what is late now, or will be after a while, of the regimes that are in use."""
    found = [
        one
        for regime in said.definitions.regimes.values()
        for window in [said.definitions.windows.get(regime.window)]
        if window and regime.scheme in SCHEMES
        for one in _Look(regime, window, said.calendars, now, ahead).found(tx)
    ]
    return sorted(found, key=lambda one: (one.first, one.regime.code, one.period.label))


class _Look(NamedTuple):
    """A look at one regime."""

    regime: Regime
    window: Window
    calendars: Calendars
    now: datetime
    ahead: timedelta

    def found(self, tx: Transaction) -> list[Owed]:
        """Return the periods of which somebody is late or almost."""
        periods = {one.label: one for one in self._periods()}
        there = reports_owing.standing(tx, [one.code for one in self.regime.forms], list(periods))
        used = sorted((periods[label] for _, label in there), key=lambda one: one.last, reverse=True)
        began = {one.kind: one.last for one in used}  # of each kind the first stays
        made = [
            Owed(self.regime, one) for one in periods.values() if one.last >= began.get(one.kind, date.max)
        ]
        for form in self.regime.forms if made else ():
            since = {} if self.regime.agencies else reports_owing.since(tx, form)
            for one in made:
                self._note(one, since, there.get((form.code, one.period.label), {}))
        return [one for one in made if one.late or one.soon]

    def _note(self, one: Owed, since: Mapping[str, date], there: Mapping[str, Stand]) -> None:
        """Note who owes the report of a period and has not sent it."""
        named = self.regime.agencies or [code for code, day in since.items() if day <= one.period.last]
        for agency in {*named, *there} - {""}:
            stand = there.get(agency)
            if stand is None or not stand.went:
                self._judge(one, agency, signed=stand is not None and stand.state != DRAFT)

    def _judge(self, one: Owed, agency: str, *, signed: bool) -> None:
        due = self.window.due(one.period, self.calendars, agency)
        if isinstance(due, Unknown):
            return
        if self.now.date() > due:
            one.late.add(agency)
        elif not signed and datetime.combine(due + _DAY, time(), VIETNAM) - self.now <= self.ahead:
            one.soon.add(agency)
        else:
            return
        one.first = min(one.first, due)

    def _periods(self) -> Iterator[Period]:
        today, scheme = self.now.date(), SCHEMES[self.regime.scheme]
        for kind in self.regime.kinds or tuple(Kind):
            if kind in scheme.cuts:
                yield from scheme.ended(kind, today - BACK, today)

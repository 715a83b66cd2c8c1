"""Which reports are due and overdue: by regime, agency and period, against the window after the cut-off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lgsp.domain.reports.periods import SCHEMES, Kind, Period
from lgsp.domain.reports.regimes import Form, Regime
from lgsp.domain.reports.submitting import Standing
from lgsp.journal import reports, reports_owing
from lgsp.journal.contract import Transaction
from lgsp.journal.reports import Report
from lgsp.reporting.showing import Eye, brief, days, moment, period_shown, stands

OPEN = frozenset({Standing.OPEN, Standing.OVERDUE, Standing.UNKNOWN})
LONGEST = 800
"""Days back at most for which due reports are looked for."""


@dataclass(slots=True, frozen=True)
class Looked:
    """Which due reports are looked for.

    Attributes:
        back: periods that ended so many days ago or later; the one that runs is looked at too.
        regime, agency: only theirs.
        everything: those that were sent too.
    """

    back: int = 92
    regime: str = ""
    agency: str = ""
    everything: bool = False


def due(tx: Transaction, eye: Eye, looked: Looked) -> list[dict[str, Any]]:
    """Return what is due, overdue, or soon to be, the most pressing first."""
    found = [
        _line(report, regime, form, (agency, period), eye)
        for regime in eye.definitions.regimes.values()
        if regime.window and regime.scheme and looked.regime in {"", regime.code}
        for form in regime.forms
        for told in [_with_figures(tx, regime, form)]
        for period in _periods(regime, moment(eye.now).date(), looked.back)
        for agency, report in _owing(tx, regime, form, period, told)
        if looked.agency in {"", agency}
    ]
    wanted = [one for one in found if looked.everything or one["open"]]
    return sorted(wanted, key=_pressing)


def _line(
    report: Report | None, regime: Regime, form: Form, of: tuple[str, Period], eye: Eye
) -> dict[str, Any]:
    told = stands(report, regime, of, eye)
    went = report is not None and report.sent_at is not None
    return {
        "regime": regime.code,
        "regime_name": regime.name,
        "form": form.code,
        "form_name": form.name,
        "agency": (report.body.get("agency") if report else None) or {"code": of[0]},
        "period": period_shown(of[1].label),
        **days(of[1], told),
        "open": not went and told is not None and told.standing in OPEN | {Standing.NOT_YET},
        "report": brief(report, eye) if report else None,
    }


def _pressing(line: dict[str, Any]) -> tuple[int, str, str, str]:
    order = [one.value for one in (Standing.OVERDUE, Standing.OPEN, Standing.UNKNOWN, Standing.NOT_YET)]
    rank = order.index(line["standing"]) if line["standing"] in order else len(order)
    return rank, line["due_on"] or "", line["period"]["label"], line["agency"]["code"]


def _periods(regime: Regime, today: date, back: int) -> Iterator[Period]:
    """Yield the periods of a regime that ended lately, and the one of each kind that runs."""
    scheme = SCHEMES[regime.scheme]
    for kind in regime.kinds or tuple(Kind):
        if kind in scheme.cuts:
            yield _after(scheme.closed_by(kind, today))
            yield from scheme.ended(kind, today - timedelta(days=min(back, LONGEST)), today)


def _after(period: Period) -> Period:
    count = period.scheme.cuts[period.kind].count
    year, number = (period.year, period.number + 1) if period.number < count else (period.year + 1, 1)
    return period.scheme.period(period.kind, year, number)


def _owing(
    tx: Transaction, regime: Regime, form: Form, period: Period, told: Mapping[str, date]
) -> Iterable[tuple[str, Report | None]]:
    """Return who owes a report, each with the newest version of it."""
    there = {one.agency: one for one in reports.of_period(tx, form.code, period.label)}
    named = regime.agencies or [agency for agency, since in told.items() if since <= period.last]
    return [(agency, there.get(agency)) for agency in sorted({*named, *there})]


def _with_figures(tx: Transaction, regime: Regime, form: Form) -> Mapping[str, date]:
    """Return the agencies that have figures, and since when; where those who owe are named, nobody asks."""
    return {} if regime.agencies else reports_owing.since(tx, form)

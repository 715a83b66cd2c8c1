"""Drawing reports up: counted at the cut-off, typed over by people, never changed once they are signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lgsp.domain.codes import agency_code
from lgsp.domain.reports import written
from lgsp.domain.reports.defined import Definitions, code_of
from lgsp.domain.reports.periods import Period, read_label
from lgsp.domain.reports.recorded import Cell
from lgsp.journal import reports
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reports import DRAFT, Act, Report
from lgsp.reporting import counting
from lgsp.reporting.asking import NoReportError, Order, UnusableError
from lgsp.reporting.composing import Figures, Parts, composed, parts_of

_MICROS = 1_000_000
_SKEW = 60 * _MICROS
"""Microseconds by which the clock of who asks may be ahead of the journal's."""


@dataclass(slots=True, frozen=True)
class Drawn:
    """What a draft is made of before it is entered.

    Attributes:
        report: without figures; `id` 0.
        parts: what was counted for it.
        asked: whether it was said as of when; else a draft of a correction keeps its moment.
    """

    report: Report
    parts: Parts
    asked: bool = False


@dataclass(slots=True, frozen=True)
class Typed:
    """A figure as a person types it.

    Attributes:
        agency: of the unit it is of; empty is the reporting agency.
        value: None is not given, which is never 0.
        taken_back: what was counted stands again.
    """

    indicator: str
    value: str | None
    agency: str = ""
    split: tuple[tuple[str, str], ...] = ()
    taken_back: bool = False


def cut_off(period: Period) -> int:
    """Return the moment behind a period, in microseconds."""
    return int(period.cut_off.timestamp() * _MICROS)


def not_ahead(tx: Transaction, known_at: int | None) -> int | None:
    """Return a moment of knowledge as it was asked for; by a clock that is a little ahead it is now.

    Raises:
        UnusableError: it lies ahead: nobody knows what will be known then.
    """
    if known_at is not None and known_at > tx.now + _SKEW:
        raise UnusableError("known_at: lies ahead; write a moment that has passed, or leave it out")
    return None if known_at is None else min(known_at, tx.now)


def drawn(tx: Transaction, definitions: Definitions, order: Order, name: str = "") -> Drawn:
    """Count what a report is asked to say; nothing is written.

    Raises:
        UnusableError: there is no such report.
    """
    refusal = definitions.refusal(order.regime, order.form, order.period)
    agency = agency_code(order.agency)
    if refusal or agency is None:
        raise UnusableError(refusal or "agency: is no agency code; write it as H44 or H44.11")
    known_at = not_ahead(tx, order.known_at)
    if known_at is None and tx.now >= cut_off(order.period):
        known_at = cut_off(order.period)
    report = Report(
        0, code_of(order.form, agency, order.period), 1, order.regime, order.form, agency, order.period.label,
        DRAFT, source=definitions.regimes[order.regime].system, known_at=known_at,
        body={"agency": {"code": agency, **({"name": name} if name else {})}},
    )  # fmt: skip
    if not counting.countable(definitions, order.form):
        report = replace(report, origin="typed")
    return Drawn(report, counted_for(tx, definitions, report), order.known_at is not None)


def counted_for(tx: Transaction, definitions: Definitions, report: Report) -> Parts:
    """Return what is counted for a version as it was known at its moment, and what it carries over."""
    period = read_label(report.period)
    of = report.agency, period
    found = counting.count(tx, definitions, report.form, of, report.known_at)
    before, previous = looking_back(tx, report.form, report.agency, period)
    return Parts(found.figures, (), before, previous or (), found.as_of, found.unclassified)


def looking_back(
    tx: Transaction, form: str, agency: str, period: Period
) -> tuple[Figures | None, Figures | None]:
    """Return the figures reported last of the period that hands over to one, and of the one before it."""
    carried = reports.closed(tx, form, agency, period.carries_from.label)
    previous = reports.closed(tx, form, agency, period.previous.label)
    return _figures(carried), _figures(previous)


def _figures(report: Report | None) -> Figures | None:
    return None if report is None else list(report.body["figures"])


def enter(tx: Transaction, definitions: Definitions, one: Drawn, who: str) -> tuple[Report, bool]:
    """Enter a draft, or count the one that is there anew; a version that is closed stays as it is.

    Returns the newest version, and whether it is new.
    """
    reports.hold(tx, one.report.code)
    there = reports.versions(tx, one.report.code)
    if not there:
        made = composed(definitions, one.report, one.parts, tx.now)
        return reports.add(tx, made, Act(who, "drawn up")), True
    newest = there[-1]
    if newest.state != DRAFT:
        return newest, False
    return _recounted(tx, definitions, newest, one, who), False


def _recounted(tx: Transaction, definitions: Definitions, there: Report, one: Drawn, who: str) -> Report:
    anew = one.asked or there.version == 1
    known_at = one.report.known_at if anew else there.known_at
    parts = one.parts if known_at == one.report.known_at else counted_for(tx, definitions, there)
    parts = replace(parts, typed=there.body.get("typed", ()))
    made = composed(definitions, replace(there, known_at=known_at), parts, tx.now)
    if (made.body, made.findings, made.known_at) == (there.body, there.findings, there.known_at):
        return there
    said = {"body": made.body, "findings": made.findings, "known_at": known_at}
    return reports.change(tx, there, Act(who, "counted anew"), **said)


def type_in(
    tx: Transaction, definitions: Definitions, number: int, figures: Sequence[Typed], who: str
) -> Report:
    """Put typed figures over those that were counted; derived ones and findings follow.

    Raises:
        NoReportError: there is no such report.
        WrongStateError: it is no draft.
        UnusableError: its form has no such indicator, or a value is no number.
    """
    report = held(tx, number)
    if report.state != DRAFT:
        raise WrongStateError(f"report {number}: it is {report.state}; correct it, which makes a new version")
    typed = _merged(definitions, report, figures)
    made = composed(definitions, report, replace(parts_of(report), typed=typed), tx.now)
    origin = "typed" if typed and not made.body["counted"] else report.origin
    act = Act(who, "typed in", ", ".join(one.indicator for one in figures)[:200])
    return reports.change(tx, report, act, body=made.body, findings=made.findings, origin=origin)


def held(tx: Transaction, number: int) -> Report:
    """Return a version, locked.

    Raises:
        NoReportError: there is none.
    """
    found = reports.find(tx, number)
    if found is None:
        raise NoReportError(f"there is no report {number}")
    reports.hold(tx, found.code)
    return reports.find(tx, number) or found


def _merged(definitions: Definitions, report: Report, figures: Iterable[Typed]) -> list[dict[str, Any]]:
    catalogue = definitions.of_form(report.form)
    there: dict[Cell, Mapping[str, Any]] = {
        written.cell_of(one, report.agency, report.period): one for one in report.body.get("typed", ())
    }
    for n, typed in enumerate(figures):
        one = catalogue.by_code.get(typed.indicator)
        if one is None:
            raise UnusableError(f"figures.{n}.indicator: {report.form} has no {typed.indicator!r}")
        agency = "" if typed.agency in {"", report.agency} else typed.agency
        value = None if typed.value is None else f"{Decimal(typed.value):f}"
        figure = written.write(one, value, "typed", agency=agency, split=typed.split)
        cell = written.cell_of(figure, report.agency, report.period)
        there.pop(cell, None)
        if not typed.taken_back:
            there[cell] = figure
    return [dict(one) for one in there.values()]

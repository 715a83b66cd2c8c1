"""Composing a version of a report: what was counted, what was typed over it, what follows, what is odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lgsp.domain.reports import written
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.indicators import Catalogue
from lgsp.domain.reports.judging import Subject, finding, judge
from lgsp.domain.reports.periods import Period, read_label
from lgsp.domain.reports.recorded import Cell
from lgsp.domain.reports.written import Of
from lgsp.journal.reports import Report
from lgsp.message import VIETNAM
from lgsp.reporting.asking import UnusableError

_MICROS = 1_000_000
Figures = Sequence[Mapping[str, Any]]


@dataclass(slots=True, frozen=True)
class Parts:
    """What a version is composed of.

    Attributes:
        counted, typed: figures as `report.v1` writes them; what was typed stands over what was counted.
        before: the figures of the period whose remainder it carries over; None is not known.
        previous: those of the period that it is compared with, for formulas and rules that look back.
        as_of: until when everything was counted; 0 where nothing was.
        unclassified: dossiers that stand in no figure.
    """

    counted: Figures = ()
    typed: Figures = ()
    before: Figures | None = None
    previous: Figures = ()
    as_of: int = 0
    unclassified: int = 0


def composed(definitions: Definitions, report: Report, parts: Parts, now: int) -> Report:
    """Return a draft with its figures and findings made anew.

    Raises:
        UnusableError: there is no such form any more.
    """
    if report.form not in definitions.forms:
        raise UnusableError(f"form: there is no {report.form!r} any more; define it again")
    period = read_label(report.period)
    of = Of(report.agency, report.period, datetime.fromtimestamp((report.known_at or now) / _MICROS, UTC))
    catalogue = definitions.of_form(report.form)
    given = _over(parts, of)
    figures = [*given, *_derived(catalogue, given, parts, of)]
    figures.sort(key=lambda one: _place(catalogue, one))
    back = parts.before, parts.previous
    subject = Subject(report.form, of, figures, definitions.forms[report.form].invariants, *back)
    body = {
        **report.body,
        "invariants": subject.invariants,
        "figures": figures,
        "counted": list(parts.counted),
        "typed": list(parts.typed),
        "before": None if parts.before is None else list(parts.before),
        "previous": list(parts.previous),
        "as_of": parts.as_of,
        "unclassified": parts.unclassified,
    }
    found = [*standing(report, period, now, parts), *_typed_over(parts, of), *judge(definitions, subject)]
    return replace(report, body=body, findings=[*found, *report.body.get("notes", ())])


def standing(report: Report, period: Period, now: int, parts: Parts) -> list[dict[str, Any]]:
    """Return what keeps the figures from being whole: a period that runs, counting that lags."""
    found, place = [], f"{report.agency}/{report.period}"
    end = int(period.cut_off.timestamp() * _MICROS)
    if now < end:
        found.append(finding("period-open", place, until=f"{period.last:%d/%m/%Y}"))
    elif parts.counted and parts.as_of < min(end, report.known_at or end):
        behind = finding("counting-behind", place, until=_said(parts.as_of))
        found.append(behind if parts.as_of else finding("counting-not-begun", place))
    if parts.unclassified:
        found.append(finding("unclassified", place, value=Decimal(parts.unclassified)))
    return found


def parts_of(report: Report) -> Parts:
    """Return what a draft was composed of."""
    body = report.body
    told = body.get("counted", ()), body.get("typed", ()), body.get("before"), body.get("previous", ())
    return Parts(*told, body.get("as_of", 0), body.get("unclassified", 0))


def _over(parts: Parts, of: Of) -> list[dict[str, Any]]:
    """Return what was counted with what was typed in its place; the counted value is kept beside it."""
    counted = {written.cell_of(one, of.agency, of.period): dict(one) for one in parts.counted}
    for one in parts.typed:
        cell = written.cell_of(one, of.agency, of.period)
        was = counted.get(cell, {}).get("value") if counted.get(cell, {}).get("origin") == "counted" else None
        counted[cell] = {**one, "origin": "typed", **({"extra": {"counted": was}} if was is not None else {})}
    return list(counted.values())


def _typed_over(parts: Parts, of: Of) -> list[dict[str, Any]]:
    counted = {written.cell_of(one, of.agency, of.period): one.get("value") for one in parts.counted}
    found = []
    for one in parts.typed:
        cell = written.cell_of(one, of.agency, of.period)
        was, says = counted.get(cell), one.get("value")
        if was is not None and (says is None or Decimal(says) != Decimal(was)):
            claimed = "-" if says is None else Decimal(says)
            found.append(finding("typed-over-count", cell.place, claimed=claimed, computed=Decimal(was)))
    return found


def _derived(catalogue: Catalogue, given: Figures, parts: Parts, of: Of) -> list[dict[str, Any]]:
    figures = written.read(given, of)
    previous = written.read(parts.previous, of)
    found: list[dict[str, Any]] = []
    for agency in dict.fromkeys(one.cell.agency for one in figures if not one.cell.split):
        values = written.values(figures, agency)
        other = "" if agency == of.agency else agency
        found += written.derived(catalogue, values, written.values(previous, agency), other)
    there = {figure.cell for figure in figures}
    return [one for one in found if written.cell_of(one, of.agency, of.period) not in there]


def _place(catalogue: Catalogue, one: Mapping[str, Any]) -> tuple[str, int, str]:
    """Return an order: the whole first, then each unit, and in it the rows of the form."""
    codes = list(catalogue.by_code)
    at = codes.index(one["indicator"]) if one["indicator"] in codes else len(codes)
    split = str(Cell("", "", "", tuple((s["breakdown"], s["member"]) for s in one.get("split") or ())))
    return one.get("agency") or "", at, split


def _said(micros: int) -> str:
    return f"{datetime.fromtimestamp(micros / _MICROS, VIETNAM):%d/%m/%Y %H:%M}"

"""Comparing versions of a report with each other and with what is known now; and where figures come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lgsp import statistics
from lgsp.domain.reports import written
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.deriving import Deriving
from lgsp.domain.reports.periods import read_label
from lgsp.domain.reports.recorded import Cell
from lgsp.domain.reports.written import Of
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.journal.reports import Report
from lgsp.reporting import counting
from lgsp.reporting.asking import UnusableError
from lgsp.reporting.showing import moment

Figures = Sequence[Mapping[str, Any]]


def with_now(tx: Transaction, definitions: Definitions, report: Report) -> dict[str, Any]:
    """Return how a version's counted figures differ from those that are known now; nothing is changed by it.

    Raises:
        UnusableError: its form is not counted from dossiers.
    """
    if report.form not in definitions.forms or not counting.countable(definitions, report.form):
        raise UnusableError(f"with: {report.form} is not counted from dossiers; compare it with a version")
    period = read_label(report.period)
    found = counting.count(tx, definitions, report.form, (report.agency, period), None)
    then = report.body.get("counted") or [
        one for one in report.body["figures"] if one.get("origin") in {"counted", "received"}
    ]
    if report.origin == "received":
        then = [one for one in then if not one.get("split")]
    return {
        "report": report.id,
        "with": "now",
        "then": {"version": report.version, "known_at": at(report.known_at)},
        "now": {"known_at": at(tx.now), "as_of": at(found.as_of or None)},
        **_compared(definitions, report, then, found.figures),
    }


def with_version(definitions: Definitions, report: Report, other: Report) -> dict[str, Any]:
    """Return how two versions differ, the older one first."""
    then, now = sorted((report, other), key=lambda one: one.version)
    reasons = [one.body["reason"] for one in (now,) if one.body.get("reason")]
    return {
        "report": report.id,
        "with": other.id,
        "then": {"version": then.version, "known_at": at(then.known_at)},
        "now": {"version": now.version, "known_at": at(now.known_at)},
        "reasons": reasons,
        **_compared(definitions, report, then.body["figures"], now.body["figures"]),
    }


def _compared(definitions: Definitions, report: Report, then: Figures, now: Figures) -> dict[str, Any]:
    before, after = (_values(report, figures) for figures in (then, now))
    cells = sorted({*before, *after}, key=lambda cell: _order(definitions, report, cell))
    differing = [cell for cell in cells if before.get(cell) != after.get(cell)]
    return {
        "changes": [_change(definitions, cell, before.get(cell), after.get(cell)) for cell in differing],
        "same": len(cells) - len(differing),
    }


def _values(report: Report, figures: Figures) -> dict[Cell, Decimal | None]:
    of = Of(report.agency, report.period, moment(report.known_at or 0))
    return {one.cell: one.value for one in written.read(figures, of)}


def _order(definitions: Definitions, report: Report, cell: Cell) -> tuple[bool, str, int, str]:
    form = definitions.forms.get(report.form)
    rows = list(form.indicators) if form else []
    at_ = rows.index(cell.indicator) if cell.indicator in rows else len(rows)
    return cell.agency != report.agency, cell.agency, at_, str(cell.split)


def _change(
    definitions: Definitions, cell: Cell, then: Decimal | None, now: Decimal | None
) -> dict[str, Any]:
    one = definitions.indicators.get(cell.indicator)
    difference = None if then is None or now is None else f"{now - then:f}"
    return {
        "indicator": cell.indicator,
        "name": one.name if one else cell.indicator,
        "agency": cell.agency,
        "split": [{"breakdown": breakdown, "member": member} for breakdown, member in cell.split],
        "then": None if then is None else f"{then:f}",
        "now": None if now is None else f"{now:f}",
        "difference": difference,
    }


# --- where a figure comes from ------------------------------------------------------------------------------


def derivation(  # noqa: PLR0913 - which figure, and which page of what is behind it
    tx: Transaction,
    definitions: Definitions,
    report: Report,
    indicator: str,
    *,
    agency: str = "",
    after: str = "",
    limit: int = 100,
) -> dict[str, Any]:
    """Return where a figure of a report comes from: dossiers, a formula with its numbers, or a person.

    Raises:
        UnusableError: the report has no such figure.
    """
    unit = agency or report.agency
    figure = next((one for one in report.body["figures"] if _is(one, indicator, unit, report.agency)), None)
    if figure is None:
        raise UnusableError(f"indicator: the report has no {indicator!r} of {unit}")
    told = {"report": report.id, "indicator": indicator, "agency": unit, "figure": dict(figure)}
    one = definitions.indicators.get(indicator)
    if figure.get("origin") == "counted" and one is not None:
        return told | _dossiers(tx, definitions, report, (one.figure, unit, after, limit))
    if one is not None and one.formula:
        return told | _formula(definitions, report, indicator, unit)
    acts = [{**act, "at": at(act["at"])} for act in report.acts if act["what"] in {"typed in", "received"}]
    return told | {"from": figure.get("origin") or "received", "acts": acts, "source": report.source}


def _is(figure: Mapping[str, Any], indicator: str, agency: str, own: str) -> bool:
    whole = not figure.get("split")
    return figure["indicator"] == indicator and whole and (figure.get("agency") or own) == agency


def _dossiers(
    tx: Transaction, definitions: Definitions, report: Report, of: tuple[str, str, str, int]
) -> dict[str, Any]:
    column, unit, after, limit = of
    asked = counting.asked(
        definitions, report.form, (report.agency, read_label(report.period)), report.known_at
    )
    code = "" if unit == report.agency else unit
    keys = statistics.dossiers(tx, asked, code, column, after, limit)
    return {
        "from": "dossiers",
        "column": column,
        "definition": definitions.forms[report.form].invariants,
        "known_at": at(report.known_at),
        "dossiers": list(keys),
        "next": keys[-1] if len(keys) == limit else None,
    }


def _formula(definitions: Definitions, report: Report, indicator: str, unit: str) -> dict[str, Any]:
    catalogue = definitions.of_form(report.form)
    of = Of(report.agency, report.period, moment(report.known_at or 0))
    before = written.read(report.body.get("previous") or (), of)
    given = written.values(written.read(report.body["figures"], of), unit)
    way = Deriving(catalogue, given, written.values(before, unit)).derived(indicator)
    if way is None:
        return {"from": "formula", "formula": catalogue.by_code[indicator].formula, "numbers": ""}
    return {"from": "formula", "formula": way.formula, "numbers": way.numbers}

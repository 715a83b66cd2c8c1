"""Looking whether the figures of a report agree, and telling what contradicts itself in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from lgsp.domain.reports.checking import check
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.expressions import digits
from lgsp.domain.reports.recorded import Cell, Figure
from lgsp.domain.reports.telling import Contradiction
from lgsp.message import VIETNAM

_ANY_TIME = datetime(2000, 1, 1, tzinfo=VIETNAM)
_DIFFERS = "figures-contradict"
_BROKEN = "rule-broken"

Figures = Sequence[Mapping[str, Any]]
"""Figures as `report.v1` has them, of one agency."""


def contradictions(
    definitions: Definitions, form: str, figures: Figures
) -> Iterator[tuple[int, Contradiction]]:
    """Yield what contradicts itself in the figures of a form, each with the number of its figure."""
    told = [_recorded(figure) for figure in figures]
    at = {figure.cell.place: number for number, figure in enumerate(told)}
    for one in check(definitions.of_form(form), told):
        if isinstance(one, Contradiction) and one.place in at:
            yield at[one.place], one
    invariants = definitions.set_of(form)
    if invariants is not None:
        columns = _columns(definitions, figures)
        for one in invariants.check(counts(definitions, figures)):
            if isinstance(one, Contradiction):
                yield columns[one.place.rpartition("/")[2]], one


def carried(
    definitions: Definitions, form: str, figures: Figures, before: Figures
) -> Iterator[tuple[int, Contradiction]]:
    """Yield what contradicts the figures of the period before, each with the number of its figure.

    Args:
        definitions: the indicators that are in use.
        form: whose invariants are asked.
        figures: of the period.
        before: of the period that ends the day before it begins.
    """
    invariants = definitions.set_of(form)
    if invariants is None:
        return
    columns = _columns(definitions, figures)
    looking_back = {one.code for one in invariants.invariants if one.looks_back}
    for one in invariants.check(counts(definitions, figures), counts(definitions, before)):
        if isinstance(one, Contradiction) and one.name in looking_back:
            yield columns[one.place.rpartition("/")[2]], one


def code(one: Contradiction) -> str:
    """Return the name of a contradiction in `lgsp.domain.causes`."""
    return _BROKEN if one.computed is None else _DIFFERS


def numbers(one: Contradiction) -> str:
    """Return a contradiction in numbers and codes: `17 ≠ received + carried_over = 12 + 4 = 16`."""
    if one.computed is None:
        return f"{one.formula} ({one.numbers})"
    return f"{digits(one.claimed)} ≠ {one.formula} = {one.numbers} = {digits(one.computed)}"


def counts(definitions: Definitions, figures: Figures) -> dict[str, int | None]:
    """Return whole figures by the columns of dossier statistics that they are."""
    columns = _columns(definitions, figures)
    return {column: int(Decimal(figures[number]["value"])) for column, number in columns.items()}


def _columns(definitions: Definitions, figures: Figures) -> dict[str, int]:
    """Return which figure each column of dossier statistics is."""
    found: dict[str, int] = {}
    for number, figure in enumerate(figures):
        of = definitions.indicators.get(figure["indicator"])
        if of and of.figure and figure.get("value") is not None and not figure.get("split"):
            found.setdefault(of.figure, number)
    return found


def _recorded(figure: Mapping[str, Any]) -> Figure:
    """Return a figure as the checks of the domain take it."""
    split = tuple(sorted((cut["breakdown"], cut["member"]) for cut in figure.get("split") or ()))
    value = figure.get("value")
    cell = Cell(figure["indicator"], figure.get("agency") or "", "", split)
    return Figure(cell, None if value is None else Decimal(value), _ANY_TIME)

"""Figures as `report.v1` writes them: exact numbers as texts, read into cells and written from values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from lgsp.domain.reports.computing import NotComputable
from lgsp.domain.reports.deriving import Deriving
from lgsp.domain.reports.expressions import digits
from lgsp.domain.reports.indicators import Catalogue, Indicator
from lgsp.domain.reports.recorded import Cell, Figure, Split

_PLACES = 6
"""Decimals of a computed number that does not end, where its indicator says none."""


class Of(NamedTuple):
    """What a list of figures is of.

    Attributes:
        agency: code of the reporting agency: of it is what names no other.
        period: label of the period.
        known_at: since when they are known; it has a zone.
    """

    agency: str
    period: str
    known_at: datetime


def cell_of(said: Mapping[str, Any], agency: str, period: str) -> Cell:
    """Return where a written figure stands."""
    split = ((one["breakdown"], one["member"]) for one in said.get("split") or ())
    return Cell(said["indicator"], said.get("agency") or agency, period, tuple(sorted(split)))


def read(figures: Iterable[Mapping[str, Any]], of: Of) -> list[Figure]:
    """Return written figures; one without a value is not given."""
    return [
        Figure(
            cell_of(one, of.agency, of.period),
            None if one.get("value") is None else Decimal(one["value"]),
            of.known_at,
            origin=one.get("origin") or "received",
        )
        for one in figures
    ]


def write(
    one: Indicator, value: str | None, origin: str, *, agency: str = "", split: Split = ()
) -> dict[str, Any]:
    """Return a figure as it is written; `agency` only where that is not the reporting one."""
    cut = [{"breakdown": breakdown, "member": member} for breakdown, member in split]
    said = {"name": one.name, "unit": one.unit, "agency": agency, "split": cut, "value": value}
    kept = {name: told for name, told in said.items() if told not in ("", None, [])}
    return {"indicator": one.code, **kept, "origin": origin}


def amount(value: Fraction, decimals: int | None = None) -> str:
    """Return a number with so many decimals, halves away from 0; with those it has where nothing is said."""
    if decimals is None:
        exact = digits(value)
        return exact if not exact.endswith("…") else amount(value, _PLACES)
    scaled = (abs(value) * 10**decimals * 2 + 1) // 2
    text = f"{Decimal(scaled).scaleb(-decimals):f}"
    return f"-{text}" if value < 0 and scaled else text


def derived(
    catalogue: Catalogue,
    given: Mapping[str, Decimal | None],
    previous: Mapping[str, Decimal | None],
    agency: str = "",
) -> list[dict[str, Any]]:
    """Return what follows from given values by formulas; what cannot be computed stands without a value."""
    deriving = Deriving(catalogue, given, previous)
    found: list[dict[str, Any]] = []
    for one in catalogue.by_code.values():
        if one.formula:
            value = deriving.value(one.code)
            text = None if isinstance(value, NotComputable) else amount(value, one.decimals)
            found.append(write(one, text, "derived", agency=agency))
    return found


def values(figures: Iterable[Figure], agency: str) -> dict[str, Decimal | None]:
    """Return the values of one agency as a whole, by indicator."""
    return {
        one.cell.indicator: one.value for one in figures if one.cell.agency == agency and not one.cell.split
    }

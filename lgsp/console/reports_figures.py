"""The figures of a report as a page has them: its own in the order of the form, units beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lgsp.domain.reports.defined import Definitions


@dataclass(slots=True, frozen=True)
class Line:
    """One figure of the reporting agency.

    Attributes:
        value: None where it is not given, which is never 0.
        counted: what was counted where something else was typed; None otherwise.
        split: breakdown and member of each part; empty is the whole.
    """

    code: str
    name: str
    unit: str
    value: Decimal | None
    origin: str
    formula: str = ""
    counted: Decimal | None = None
    split: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, frozen=True)
class Unit:
    """The figures of a unit below the agency, by the code of the indicator."""

    agency: str
    values: Mapping[str, Decimal | None] = field(default_factory=dict)


def lines(report: Mapping[str, Any], definitions: Definitions) -> list[Line]:
    """Return the figures of the agency itself; rows of the form that nothing is said of stand there empty."""
    own = report["agency"]["code"]
    told = [one for one in report["figures"] if (one.get("agency") or own) == own]
    found = [_line(one, definitions) for one in told]
    there = {one.code for one in found if not one.split}
    form = definitions.forms.get(report["form"])
    order = list(form.indicators) if form else []
    found += [_line({"indicator": code}, definitions) for code in order if code not in there]
    return sorted(found, key=lambda one: (_at(order, one.code), one.split))


def units(report: Mapping[str, Any]) -> list[Unit]:
    """Return the units below the agency, in the order of their codes."""
    own, found = report["agency"]["code"], dict[str, dict[str, Decimal | None]]()
    for one in report["figures"]:
        agency = one.get("agency") or own
        if agency != own and not one.get("split"):
            found.setdefault(agency, {})[one["indicator"]] = amount(one.get("value"))
    return [Unit(agency, values) for agency, values in sorted(found.items())]


def columns(own: Sequence[Line], some: Iterable[Unit]) -> list[Line]:
    """Return the figures of the agency that its units have, too: the columns of the table of units."""
    known = {code for unit in some for code in unit.values}
    return [line for line in own if line.code in known and not line.split]


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """Return how many figures of a report differ between two looks at it."""
    then, now = (
        {(str(one.get("agency")), one["indicator"], str(one.get("split"))): one.get("value") for one in told}
        for told in (before["figures"], after["figures"])
    )
    return sum(then.get(cell) != now.get(cell) for cell in {*then, *now})


def amount(text: Any) -> Decimal | None:
    """Return the number of a figure; None for none."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _line(one: Mapping[str, Any], definitions: Definitions) -> Line:
    known = definitions.indicators.get(one["indicator"])
    split = tuple((cut["breakdown"], cut["member"]) for cut in one.get("split") or ())
    return Line(
        one["indicator"],
        (known.name if known else one.get("name")) or one["indicator"],
        (known.unit if known else one.get("unit")) or "",
        amount(one.get("value")),
        str(one.get("origin") or ""),
        known.formula if known else "",
        amount((one.get("extra") or {}).get("counted")),
        split,
    )


def _at(order: Sequence[str], code: str) -> int:
    return order.index(code) if code in order else len(order)

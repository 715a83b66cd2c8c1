"""What a figure can mean: named formulas over the columns of a table, read from data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lgsp.domain.figures.table import Row, Table
from lgsp.domain.tables import rows

_TERM = re.compile(r"([+-]?)\s*([\w:]+)")
_MAY_BE_LEFT_OUT = frozenset({"withdrawn", "stopped"})
_GROUPS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("early", "on_time", "in_time", "late"), "outcome")
    | dict.fromkeys(("solved", "closed", "in_process", "pending", "withdrawn", "stopped"), "progress")
    | dict.fromkeys(("received", "online", "direct", "carried_over", "total"), "intake")
    | dict.fromkeys(("in_process_on_time", "in_process_late"), "waiting")
)


@dataclass(slots=True, frozen=True)
class Amount:
    """A formula's result.

    Attributes:
        number: the result.
        left_out: columns whose value is not given and that were left out: it holds only if they are 0.
        sign: of what was left out: the true result is more (1) or less (-1).
    """

    number: int
    left_out: tuple[str, ...] = ()
    sign: int = 0

    def allows(self, stated: int) -> bool:
        """Tell whether a stated number is this one, or can be when what was left out is counted."""
        return stated == self.number or (stated - self.number) * self.sign > 0


@dataclass(slots=True, frozen=True)
class Definition:
    """One meaning of a figure.

    Attributes:
        name: of the meaning.
        formula: over columns, as in `definitions.tsv`.
        recommended: whether this platform recommends it; others are found in the field.
        vi: the formula in words.
    """

    name: str
    formula: str
    recommended: bool = True
    vi: str = ""

    def amount(self, table: Table, row: Row) -> Amount | None:
        """Return what it comes to in a row; None when a value it needs is not given."""
        number, left_out, sign = 0, [], 0
        for mark, term in _TERM.findall(self.formula):
            factor = -1 if mark == "-" else 1
            value = _value(table, row, term)
            if value is not None:
                number += factor * value
            elif term in _MAY_BE_LEFT_OUT and term in table.columns:
                left_out.append(term)
                sign = factor
            else:
                return None
        return Amount(number, tuple(left_out), sign)


def meanings(column: str) -> tuple[Definition, ...]:
    """Return what a stated column can be the sum of; the recommended meaning first."""
    return _KNOWN.get(("is", column), ())


def numerators(column: str) -> tuple[Definition, ...]:
    """Return what a percentage of a column can count; the recommended meanings first."""
    return _KNOWN.get(("share", column)) or (Definition(column.replace("_", "-"), column),)


def denominators(column: str) -> tuple[Definition, ...]:
    """Return what a percentage of a column can be taken of; the recommended one first."""
    return (*_KNOWN["base", group(column)], *_KNOWN["base", "any"])


def group(column: str) -> str:
    """Return the group of columns whose percentages should share one denominator."""
    return _GROUPS[column]


def _value(table: Table, row: Row, term: str) -> int | None:
    """Return a term's value in a row; None when it is not given."""
    if term == "whole":
        return _whole(table, row)
    if term == "in_time":
        return _or(row.counts.get("in_time"), _sum(row, "early", "on_time"))
    if term == "solved":
        return _or(_plus(_value(table, row, "in_time"), row.counts.get("late")), row.counts.get("solved"))
    return row.counts.get(term.removeprefix("stated:"))


def _whole(table: Table, row: Row) -> int | None:
    both = _or(_sum(row, "received", "carried_over"), row.counts.get("total"))
    if both is None and not table.columns & {"carried_over", "total"}:
        return row.counts.get("received")
    return both


def _sum(row: Row, one: str, other: str) -> int | None:
    return _plus(row.counts.get(one), row.counts.get(other))


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _or(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _definitions() -> Mapping[tuple[str, str], tuple[Definition, ...]]:
    made: dict[tuple[str, str], list[Definition]] = {}
    for row in rows("figures/definitions.tsv"):
        meaning = Definition(row["name"], row["formula"], row["rank"] == "1", row["vi"])
        made.setdefault((row["use"], row["of"]), []).append(meaning)
    return MappingProxyType({name: tuple(meanings) for name, meanings in made.items()})


_KNOWN = _definitions()
BASES = frozenset(meaning.name for (use, _), known in _KNOWN.items() if use == "base" for meaning in known)
"""Names of the denominators that a claim can declare."""

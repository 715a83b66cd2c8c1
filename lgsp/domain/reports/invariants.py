"""What must be true of dossier figures, as data: sums of a period, and what it hands to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from lgsp.domain.figures.definitions import Amount, Definition, meanings
from lgsp.domain.figures.findings import in_formula
from lgsp.domain.figures.table import Row, Table
from lgsp.domain.reports.telling import Contradiction, Untold
from lgsp.domain.tables import rows

Counts = Mapping[str, int | None]
"""Figures by the columns of `lgsp.domain.figures`; None is a value that is not given, which is never 0."""

_TERM = re.compile(r"([+-]?)\s*([\w:]+)")
_STATED = "stated:"


@dataclass(slots=True, frozen=True)
class Invariant:
    """One thing that must be true.

    Attributes:
        of: the column that is looked at.
        looks_back: whether its formula is over the previous period.
        formulas: what the column must equal; of several the first whose values are given.
    """

    code: str
    of: str
    looks_back: bool
    formulas: tuple[str, ...]
    source: str
    confidence: str

    def check(self, counts: Counts, before: Counts | None, place: str) -> Contradiction | Untold | None:
        """Return how it is broken, why nobody can tell, or None where it holds or its column is not there."""
        stated = counts.get(self.of)
        if stated is None or (self.looks_back and before is None):
            return None
        here, looked_at = f"{place}/{self.of}", before if self.looks_back and before is not None else counts
        found = next((one for one in self.formulas if _amount(one, looked_at)), None)
        if found is None:
            return Untold(here, "missing", self._missing(looked_at), self.code)
        return self._compared(stated, found, looked_at, here)

    def _compared(
        self, stated: int, formula: str, counts: Counts, here: str
    ) -> Contradiction | Untold | None:
        amount = _amount(formula, counts)
        if amount is None or (amount.number == stated and not amount.left_out):
            return None
        if amount.left_out and amount.allows(stated):
            return Untold(here, "missing", ", ".join(amount.left_out), self.code)
        terms = tuple(_terms(formula, counts))
        numbers = " ".join(_signed(value, first=n == 0) for n, (_, value) in enumerate(terms))
        said = self.code, *self._in_words(formula)
        sums = Fraction(amount.number), formula, numbers
        return Contradiction("invariant-broken", here, Decimal(stated), *sums, *said, terms=terms)

    def _in_words(self, formula: str) -> tuple[str, str]:
        vi, en = in_formula(formula, "vi"), in_formula(formula, "en")
        return (f"{vi} ở kỳ trước", f"{en} of the previous period") if self.looks_back else (vi, en)

    def _missing(self, counts: Counts) -> str:
        """Return the columns that are not given, of the formula that lacks fewest."""
        lacking = [
            [term for _, term in _TERM.findall(formula) if _amount(term, counts) is None]
            for formula in self.formulas
        ]
        back = "previous:" if self.looks_back else ""
        return ", ".join(back + term.removeprefix(_STATED) for term in min(lacking, key=len))


@dataclass(slots=True, frozen=True)
class InvariantSet:
    """The invariants of one way to count, such as `standard/1` or `form-06a/1`."""

    name: str
    version: int
    invariants: tuple[Invariant, ...]

    @property
    def label(self) -> str:
        """The name that a report gives."""
        return f"{self.name}/{self.version}"

    def check(
        self, counts: Counts, before: Counts | None = None, place: str = ""
    ) -> tuple[Contradiction | Untold, ...]:
        """Return what is broken in the figures of one agency and period, and what could not be told.

        Args:
            counts: of the period.
            before: of the same agency in the period that ends the day before it begins
                (`periods.Period.carries_from`); None where that is not known.
            place: how the row is called in what is said.
        """
        found = (one.check(counts, before, place) for one in self.invariants)
        return tuple(one for one in found if one)


def _amount(formula: str, counts: Counts) -> Amount | None:
    row = Row("", counts)
    return Definition("", formula).amount(Table("", (row,), None, (), frozenset(counts)), row)


def _terms(formula: str, counts: Counts) -> Iterator[tuple[str, int]]:
    """Yield each column that is given with its number, below 0 where it is taken off."""
    for mark, term in _TERM.findall(formula):
        amount = _amount(term, counts)
        if amount and not amount.left_out:
            yield term.removeprefix(_STATED), -amount.number if mark == "-" else amount.number


def _signed(value: int, *, first: bool) -> str:
    if first:
        return str(value)
    return f"{'-' if value < 0 else '+'} {abs(value)}"


def _invariant(row: Mapping[str, str]) -> Invariant:
    formulas = tuple(row["formula"].split(" | ")) if row["formula"] else ()
    if row["definition"]:
        formulas = tuple(one.formula for one in meanings(row["of"]) if one.name == row["definition"])
    said = row["source"], row["confidence"]
    return Invariant(row["code"], row["of"], row["where"] == "previous", formulas, *said)


def _sets() -> Mapping[str, InvariantSet]:
    made: dict[tuple[str, int], list[Invariant]] = {}
    for row in rows("reports/invariants.tsv"):
        made.setdefault((row["set"], int(row["version"])), []).append(_invariant(row))
    sets = (InvariantSet(name, version, tuple(of)) for (name, version), of in made.items())
    return MappingProxyType({one.label: one for one in sets})


SETS: Mapping[str, InvariantSet] = _sets()
"""By label; `standard/1` is what this platform recommends, the others are found in the field."""

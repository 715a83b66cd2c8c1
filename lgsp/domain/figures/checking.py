"""Checking published figures whole: whether they are consistent, what disagrees, and what is not given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from lgsp.domain.figures.findings import Finding, Note, note, plain_number
from lgsp.domain.figures.shares import Claimed, shares
from lgsp.domain.figures.sums import carried_over, column_sums, identities, not_given, overfull
from lgsp.domain.figures.table import Table


@dataclass(slots=True, frozen=True)
class Report:
    """What a check found.

    Attributes:
        findings: every disagreement.
        notes: what is not given or cannot be checked.
        percentages: each claimed percentage with the ways that give it.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    percentages: tuple[Claimed, ...]

    @property
    def consistent(self) -> bool:
        """Whether nothing disagrees."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "consistent": self.consistent,
            "findings": [finding.as_dict() for finding in self.findings],
            "percentages": [_way_given(one) for one in self.percentages],
            "notes": [note.as_dict() for note in self.notes],
        }


def check(tables: Sequence[Table]) -> Report:
    """Check tables, one per period in their order, each within itself and with the one before it."""
    if len(tables) == 1:
        tables = [replace(tables[0], period="")]
    said: list[Finding | Note] = []
    percentages: list[Claimed] = []
    for table in tables:
        of_claims, claimed = shares(table)
        said += [*not_given(table), *column_sums(table), *identities(table), *overfull(table), *of_claims]
        said += [] if _compares(table) else [note("nothing-checked", table.period)]
        percentages += claimed
    for before, after in pairwise(tables):
        said += carried_over(before, after)
    findings = tuple(one for one in said if isinstance(one, Finding))
    return Report(findings, tuple(one for one in said if isinstance(one, Note)), tuple(percentages))


def _compares(table: Table) -> bool:
    """Tell whether a table states anything that its own parts could contradict."""
    sums = {"received", "in_time", "total", "solved", "closed", "in_process", "pending"}
    stated = len(table.columns & sums) > 1 and len(table.columns) > len(sums & table.columns)
    return bool(table.claims or (table.total and table.rows) or stated)


def _way_given(one: Claimed) -> dict[str, Any]:
    return {
        "place": one.place,
        "claimed": plain_number(one.percent.value),
        "fits": [
            {
                "numerator": way.numerator.name,
                "denominator": way.denominator.name,
                "formula": str(way),
                "computed": plain_number(way.percent),
            }
            for way in one.fits
        ],
    }

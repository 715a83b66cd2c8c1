"""Counting what a report says of dossiers, from the dossier statistics: the whole, and each unit below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lgsp import statistics
from lgsp.domain.reports import written
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.indicators import Indicator
from lgsp.domain.reports.periods import Period
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.journal.contract import Transaction
from lgsp.reporting.asking import UnusableError

MOST_UNITS = 2000
"""A report with more units than this is one of the whole alone."""


@dataclass(slots=True, frozen=True)
class Counted:
    """What was counted.

    Attributes:
        figures: as `report.v1` writes them; of units below the agency with their codes.
        as_of: until when everything is in the statistics, in microseconds; 0 where nothing was counted.
        unclassified: how many dossiers stand in no figure, because what they say cannot be classified.
    """

    figures: list[dict[str, Any]]
    as_of: int = 0
    unclassified: int = 0


def asked(
    definitions: Definitions, form: str, of: tuple[str, Period], known_at: int | None
) -> statistics.Asked:
    """Return the question to the statistics that a form's figures answer."""
    agency, period = of
    return statistics.Asked("agency", agency, period, definitions.forms[form].invariants, known_at)


def count(
    tx: Transaction, definitions: Definitions, form: str, of: tuple[str, Period], known_at: int | None
) -> Counted:
    """Count a form's figures of an agency and a period, as they were known at a moment (None: now).

    A form that is not counted has no figures: they are typed, or systems bring them.

    Raises:
        UnusableError: the period had not begun then, or cannot be counted.
    """
    if not countable(definitions, form):
        return Counted([])
    named = [one for one in definitions.of_form(form).by_code.values() if one.figure]
    try:
        table = statistics.table(tx, asked(definitions, form, of, known_at))
    except ValueError as fault:
        raise UnusableError(str(fault)) from fault
    figures = _figures(named, table.total, "")
    below = [row for row in table.rows if row.code != of[0]]
    if len(table.rows) > 1 and len(below) <= MOST_UNITS:
        figures += [one for row in below for one in _figures(named, row.counts, row.code)]
    return Counted(figures, table.as_of, int(table.total.get("unclassified") or 0))


def countable(definitions: Definitions, form: str) -> bool:
    """Tell whether a form has figures that are counted from dossiers, and by which definition."""
    return definitions.forms[form].invariants in DEFINITIONS and any(
        one.figure for one in definitions.of_form(form).by_code.values()
    )


def _figures(named: list[Indicator], counts: Mapping[str, int | None], agency: str) -> list[dict[str, Any]]:
    found = []
    for one in named:
        value = counts.get(one.figure)
        if value is not None:
            found.append(written.write(one, str(value), "counted", agency=agency))
    return found

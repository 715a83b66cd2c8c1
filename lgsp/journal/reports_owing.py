"""Who owes reports: since when agencies have figures, and how far their reports of a period are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from lgsp.domain.reports.periods import read_label
from lgsp.domain.reports.regimes import Form
from lgsp.domain.statistics.definitions import DEFINITIONS, Definition
from lgsp.domain.statistics.halves import begins
from lgsp.journal.contract import Transaction
from lgsp.message import VIETNAM

_MICROS = 1_000_000


class Stand(NamedTuple):
    """How far an agency's report is, by its newest version.

    Attributes:
        state: by `lgsp.domain.reports.regimes.STATES`.
        went: whether it was sent, by whichever way.
    """

    state: str
    went: bool


def since(tx: Transaction, form: Form) -> dict[str, date]:
    """Return the agencies that have figures of a form, in dossiers or in reports, and since when."""
    definition = DEFINITIONS.get(form.invariants)
    counted = counted_since(tx, definition) if definition else {}
    found = {agency: datetime.fromtimestamp(at / _MICROS, VIETNAM).date() for agency, at in counted.items()}
    for agency, label in reported(tx, form.code):
        try:
            first = read_label(label).first
        except ValueError:  # it came with a period that its scheme does not have
            continue
        found[agency] = min(found.get(agency, first), first)
    return found


def counted_since(tx: Transaction, definition: Definition) -> dict[str, int]:
    """Return the agencies of which dossiers were counted, and when the half-month of the first began."""
    sql = "SELECT agency, min(at) FROM statistics_halves WHERE definition = ? GROUP BY agency"
    return {agency: begins(half) for agency, half in tx.rows(sql, (definition.number,)) if agency}


def reported(tx: Transaction, form: str) -> list[tuple[str, str]]:
    """Return the agencies that have reports of a form, each with the label of every period of them."""
    sql = "SELECT DISTINCT agency, period FROM reports WHERE form = ? ORDER BY agency, period"
    return [(agency, period) for agency, period in tx.rows(sql, (form,)) if agency]


def standing(
    tx: Transaction, forms: Sequence[str], periods: Sequence[str]
) -> Mapping[tuple[str, str], Mapping[str, Stand]]:
    """Return how far the reports of some forms and periods (labels) are: by both, then by agency."""
    rules = f"period IN ({_marks(periods)}) AND form IN ({_marks(forms)})"
    sql = f"SELECT form, period, agency, state, sent_at FROM reports WHERE {rules} ORDER BY version"
    found: dict[tuple[str, str], dict[str, Stand]] = {}
    for form, period, agency, state, sent_at in tx.rows(sql, [*periods, *forms]):
        found.setdefault((form, period), {})[agency] = Stand(state, sent_at is not None)
    return found


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values)) or "NULL"

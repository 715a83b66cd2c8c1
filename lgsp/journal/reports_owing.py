"""Since when agencies have figures: of dossiers that were counted, and in reports."""

from __future__ import annotations

from lgsp.domain.statistics.definitions import Definition
from lgsp.domain.statistics.halves import begins
from lgsp.journal.contract import Transaction


def counted_since(tx: Transaction, definition: Definition) -> dict[str, int]:
    """Return the agencies of which dossiers were counted, and when the half-month of the first began."""
    sql = "SELECT agency, min(at) FROM statistics_halves WHERE definition = ? GROUP BY agency"
    return {agency: begins(half) for agency, half in tx.rows(sql, (definition.number,)) if agency}


def reported(tx: Transaction, form: str) -> list[tuple[str, str]]:
    """Return the agencies that have reports of a form, each with the label of every period of them."""
    sql = "SELECT DISTINCT agency, period FROM reports WHERE form = ? ORDER BY agency, period"
    return [(agency, period) for agency, period in tx.rows(sql, (form,)) if agency]

"""What the journal remembers by name, one text each: how far a look came, what was done last."""

from __future__ import annotations

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import REMEMBER

_TOLD = "SELECT value FROM meta WHERE name = ?"


def remembered(tx: Transaction, name: str) -> str:
    """Return what is remembered under a name; empty where nothing is."""
    return _text(tx, _TOLD, name)


def held(tx: Transaction, name: str) -> str:
    """Return what is remembered under a name, which nobody else changes until this transaction ends."""
    return _text(tx, f"{_TOLD} /* hold */", name)


def remember(tx: Transaction, name: str, value: str) -> None:
    """Remember a text under a name, in place of the one before."""
    tx.run(REMEMBER, [(name, value)])


def _text(tx: Transaction, sql: str, name: str) -> str:
    found = tx.rows(sql, (name,))
    return str(found[0][0]) if found else ""

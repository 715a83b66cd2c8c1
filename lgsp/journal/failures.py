"""Failures to sign in: how often something failed, and how long it has to wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import insert
from lgsp.journal.tables import lockouts

_DAY = 86_400 * 1_000_000
_FAILED = (
    f"{insert(lockouts)} ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures,"
    " failed_at = excluded.failed_at, until = excluded.until"
)


@dataclass(slots=True, frozen=True)
class Failing:
    """How often something failed to sign in within a day, and until when it has to wait."""

    failures: int = 0
    until: int = 0


def failing(tx: Transaction, subjects: Sequence[str]) -> dict[str, Failing]:
    """Return what failed within a day, by subject."""
    rows = tx.among(
        "SELECT subject, failures, until FROM lockouts WHERE subject IN ({}) AND failed_at > ?",
        subjects,
        tx.now - _DAY,
    )
    return {row[0]: Failing(row[1], row[2]) for row in rows}


def failed(tx: Transaction, waits: dict[str, int]) -> None:
    """Count a failure to sign in.

    Args:
        tx: the transaction.
        waits: by subject, in microseconds, how long it has to wait now.
    """
    known = failing(tx, list(waits))
    rows = [
        (subject, known.get(subject, Failing()).failures + 1, tx.now, tx.now + wait)
        for subject, wait in sorted(waits.items())
    ]
    tx.run(_FAILED, rows)

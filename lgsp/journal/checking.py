"""Writing down that a system was examined, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.remembered import remember, remembered
from lgsp.journal.rows import write_entries

CHECKED = "system checked"


def note(tx: Transaction, system: str, who: str, checks: Sequence[dict[str, Any]]) -> None:
    """Keep the findings of an examination as the system's last one, and enter who asked for it.

    Args:
        tx: the transaction.
        system: which was examined.
        who: the name of whoever asked.
        checks: each as `Verdict.as_dict` has it; no secret stands in them.
    """
    grades = Counter(one["grade"] for one in checks)
    told = ", ".join(f"{grade} {count}" for grade, count in sorted(grades.items()))
    kept = {"at": tx.now, "who": who, "checks": list(checks)}
    remember(tx, f"checked:{system}", orjson.dumps(kept).decode())
    write_entries(tx, [{"what": CHECKED, "system": system, "who": who, "details": told or None}])


def last(tx: Transaction, system: str) -> dict[str, Any] | None:
    """Return what the last examination of a system found: when (`at`), who asked, and the checks."""
    found = remembered(tx, f"checked:{system}")
    return dict(orjson.loads(found)) if found else None

"""The versions of the routes that were published: who did it, when, why, and what each says."""

from __future__ import annotations

from typing import Any

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.tables import ACTS

PAGE = 20
_LISTED = "SELECT version, at, by FROM published WHERE version < ? ORDER BY version DESC LIMIT ?"
_ONE = "SELECT version, at, by, text FROM published WHERE version = ?"
_OF_A_PROCESS = "SELECT text FROM published WHERE by LIKE '%:%' ORDER BY version DESC LIMIT 1"
_ACTS_READ = 5000
"""So many of a person's latest acts are looked through for the reasons of versions."""
_REASONS = (
    "SELECT cause, details FROM (SELECT what, cause, details FROM entries"
    f" WHERE who = ? AND id < {2**62} AND ({ACTS}) ORDER BY id DESC LIMIT {_ACTS_READ}) AS acts"
    " WHERE what = 'published' AND cause IS NOT NULL"
)
_UNROUTED = "SELECT count(*) FROM (SELECT 1 FROM messages WHERE unrouted LIMIT ?) AS waiting"


def listed(tx: Transaction, before: int | None = None, limit: int = PAGE) -> list[dict[str, Any]]:
    """Return a page of versions, the newest first: `version`, `at` in microseconds, `by`, `reason`.

    A reason is empty where none was given: a process that started published what its home says.
    """
    rows = tx.rows(_LISTED, (2**31 - 1 if before is None else before, limit))
    why = _reasons(tx, {row[2] for row in rows})
    return [
        {"version": row[0], "at": row[1], "by": row[2], "reason": why.get((row[2], row[0]), "")}
        for row in rows
    ]


def find(tx: Transaction, version: int) -> dict[str, Any] | None:
    """Return one version with its `text`, or None."""
    for number, at, by, text in tx.rows(_ONE, (version,)):
        why = _reasons(tx, {by}).get((by, number), "")
        return {"version": number, "at": at, "by": by, "reason": why, "text": text}
    return None


def last_of_a_process(tx: Transaction) -> str | None:
    """Return what a process published last of its home's file; its name is host and pid, with a colon."""
    found = tx.rows(_OF_A_PROCESS)
    return str(found[0][0]) if found else None


def unrouted(tx: Transaction, most: int) -> int:
    """Return how many messages no route wants, counted up to a number."""
    return int(tx.rows(_UNROUTED, (most,))[0][0])


def _reasons(tx: Transaction, people: set[str]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for who in people:
        for cause, details in tx.rows(_REASONS, (who,)):
            found[who, int(orjson.loads(details)["version"])] = cause
    return found

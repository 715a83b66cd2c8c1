"""Erasing kept answers to questions that a home wants kept no longer; the trace of each question stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import REMEMBER

PAGE = 500
_PLACE = "answers erased {}"
_READ = "SELECT value FROM meta WHERE name = ?"
_OLD = (
    "SELECT id, at, length(answer) FROM asks WHERE at >= ? AND at < ? AND type = ? AND answer IS NOT NULL"
    " ORDER BY at LIMIT ?"
)
_ERASE = "UPDATE asks SET answer = NULL, key_id = NULL, salt = NULL WHERE id = ?"
"""With body and salt gone the hash in its entry says nothing, and the proof stays."""


@dataclass(slots=True, frozen=True)
class Old:
    """Answers that are old enough.

    Attributes:
        rows: number of the question, when it was asked (microseconds), bytes of its answer.
        place: behind which the next ones are; all before it are gone once these are.
    """

    type: str
    rows: list[Any]
    place: int
    more: bool


def look(tx: Transaction, type_: str, before: int, limit: int = PAGE) -> Old:
    """Return kept answers to questions of a type that were asked before a time, oldest first."""
    found = tx.rows(_READ, (_PLACE.format(type_),))
    start = int(found[0][0]) if found else 0
    rows = tx.rows(_OLD, (start, before, type_, limit))
    more = len(rows) == limit
    # of one moment there may be more than the page holds: the next page begins with it
    return Old(type_, rows, rows[-1][1] if more else max(start, before), more)


def erase(tx: Transaction, old: Old) -> None:
    """Erase what was found, and note how far it went."""
    tx.run(_ERASE, [(number,) for number, _, _ in old.rows])
    tx.run(REMEMBER, [(_PLACE.format(old.type), str(old.place))])

"""Looking among questions a stretch at a time, so that a page is quick however rare is what it looks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from lgsp.journal import asks_shown
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.contract import Transaction

LOOKED = 50_000
"""Questions that one page looks at; what is found by an index of its own is not bounded so."""
_APART = 60_000_000
"""Microseconds by which numbers and times may be out of step: several clocks, long transactions."""
_SINCE = "SELECT id FROM asks WHERE at >= ? ORDER BY at LIMIT 1"
_UNTIL = "SELECT id FROM asks WHERE at < ? ORDER BY at DESC LIMIT 1"
_FLOOR = "SELECT id, at FROM asks WHERE id < ? ORDER BY id DESC LIMIT 1 OFFSET ?"
_NUMBER = "SELECT id, answer_hash IS NOT NULL, answer IS NOT NULL FROM asks WHERE uid = ?"
_NEVER = 2**62


@dataclass(slots=True, frozen=True)
class Page:
    """What was found.

    Attributes:
        asks: the questions, the newest first, as `asks_shown.found` tells them.
        older: where to go on; None at the end.
        reached: microseconds since 1970 of the oldest question looked at, where the page stopped early.
    """

    asks: list[dict[str, Any]]
    older: int | None = None
    reached: int | None = None


def search(tx: Transaction, wanted: Wanted, looked: int = LOOKED) -> Page:
    """Return a page of the questions that are looked for; `wanted.before` is where the last one ended."""
    first, last = _between(tx, wanted)
    floor = None if wanted.dossier or wanted.about else _floor(tx, last, looked)
    after = max(first, floor[0] if floor else 0)
    rows = asks_shown.found(tx, replace(wanted, before=last, after=after, limit=wanted.limit + 1))
    if len(rows) > wanted.limit:
        return Page(rows[: wanted.limit], rows[wanted.limit - 1]["number"])
    if floor is None or first >= floor[0]:
        return Page(rows)
    return Page(rows, floor[0], floor[1])


def one(tx: Transaction, uid: UUID) -> dict[str, Any] | None:
    """Return one question, with what is kept of its answer: `digest` and `answer` are true or not."""
    found = tx.rows(_NUMBER, (uid.bytes,))
    if not found:
        return None
    number, digest, answer = found[0]
    (told,) = asks_shown.found(tx, Wanted(before=number + 1, after=number, limit=1))
    return told | {"digest": bool(digest), "answer": bool(answer)}


def _between(tx: Transaction, wanted: Wanted) -> tuple[int, int]:
    """Return the lowest number that may be meant, and the one before which all are."""
    first, last = 0, wanted.before or _NEVER
    if wanted.since:
        found = tx.rows(_SINCE, (wanted.since - _APART,))
        first = found[0][0] if found else _NEVER
    if wanted.until:
        found = tx.rows(_UNTIL, (wanted.until + _APART,))
        last = min(last, found[0][0] + 1 if found else 1)
    return first, last


def _floor(tx: Transaction, last: int, looked: int) -> tuple[int, int] | None:
    """Return the number and time of the oldest question to look at; None where there are fewer."""
    found = tx.rows(_FLOOR, (last, looked - 1))
    return (found[0][0], found[0][1]) if found else None

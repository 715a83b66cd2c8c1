"""Data keys on record: wrapped, numbered, current from a moment on, retired at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.journal import restoring
from lgsp.journal.contract import Transaction
from lgsp.journal.keys_tables import data_keys
from lgsp.journal.rows import insert, write_entries

MADE, REWRAPPED, RETIRED, BACK = "key made", "key wrapped anew", "key retired", "key in use again"
_ADD = insert(data_keys)
_LAST = "SELECT number, created_at FROM data_keys ORDER BY number DESC LIMIT 1"
_REWRAP = "UPDATE data_keys SET wrapped = ?, wrapped_by = ? WHERE number = ?"
_RETIRE = "UPDATE data_keys SET retired_at = ? WHERE number = ?"
_GAP = 100
"""Numbers left out behind a restore: some of them were given to keys since the copy was made."""
_MOST = 32_767


class KeyRow(NamedTuple):
    """A data key as the journal has it; times are microseconds since 1970.

    Attributes:
        wrapped_by: name of the key-encryption key.
        seals_from: since when it encrypts, until a later one does.
        retired_at: since when nothing stands under it; None while something may.
    """

    number: int
    wrapped: bytes
    wrapped_by: str
    created_at: int
    created_by: str
    seals_from: int
    retired_at: int | None


class Book(NamedTuple):
    """All keys, and which of them encrypts now: 0 where there are none."""

    keys: Sequence[KeyRow]
    current: int
    now: int


_ALL = f"SELECT {', '.join(KeyRow._fields)} FROM data_keys ORDER BY number"


def book(tx: Transaction) -> Book:
    """Return all keys, by number."""
    rows = [KeyRow(row[0], bytes(row[1]), *row[2:]) for row in tx.rows(_ALL)]
    due = [row for row in rows if row.seals_from <= tx.now]
    # where the clock stepped back, the newest that ever encrypted still does not: any that is known will do
    current = max(due, key=lambda row: (row.seals_from, row.number)).number if due else 0
    return Book(rows, current or (rows[0].number if rows else 0), tx.now)


def following(tx: Transaction) -> int:
    """Return the number that the next key has; never one that was given before a restore.

    Raises:
        OverflowError: there are no numbers left.
    """
    found = tx.rows(_LAST)
    last, made_at = found[0] if found else (0, 0)
    mark = restoring.mark_of(tx)
    number = int(last) + (_GAP if last and mark is not None and mark.at >= made_at else 1)
    if number > _MOST:
        raise OverflowError("making a data key: there are no numbers left")
    return number


def add(
    tx: Transaction, wrapped: tuple[str, bytes], who: str, after: int, *, first: bool = False
) -> int | None:
    """Keep a fresh key that encrypts `after` microseconds from now, and return its number.

    With `first` it is kept only if there is none yet; else None is returned.
    """
    by, kept = wrapped
    if first and tx.rows(_LAST):
        return None
    number = following(tx)
    tx.run(_ADD, [(number, kept, by, tx.now, who, tx.now + after, None)])
    _note(tx, MADE, who, {"key": number, "wrapped_by": by})
    return number


def rewrap(tx: Transaction, rows: Sequence[tuple[KeyRow, str, bytes]], who: str) -> int:
    """Keep keys in another wrapping, those that still have the one they were read with; return how many."""
    there = {row.number: row.wrapped for row in book(tx).keys}
    fresh = [(wrapped, by, old.number) for old, by, wrapped in rows if there.get(old.number) == old.wrapped]
    tx.run(_REWRAP, fresh)
    for _, by, number in fresh:
        _note(tx, REWRAPPED, who, {"key": number, "wrapped_by": by})
    return len(fresh)


def retire(tx: Transaction, used: Sequence[int], who: str) -> list[int]:
    """Take note that of the older keys only some are used still; return those that are not any more."""
    found = book(tx)
    current = next((row for row in found.keys if row.number == found.current), None)
    if current is None:
        return []
    older = [row for row in found.keys if (row.seals_from, row.number) < (current.seals_from, current.number)]
    gone = [row.number for row in older if row.number not in used and row.retired_at is None]
    tx.run(_RETIRE, [(tx.now, number) for number in gone])
    for number in gone:
        _note(tx, RETIRED, who, {"key": number})
    return gone


def use_again(tx: Transaction, numbers: Sequence[int], who: str) -> None:
    """Take note that something stands under keys that were retired: a process was late, or a spool was."""
    retired = [row.number for row in book(tx).keys if row.number in numbers and row.retired_at is not None]
    tx.run(_RETIRE, [(None, number) for number in retired])
    for number in retired:
        _note(tx, BACK, who, {"key": number})


def _note(tx: Transaction, what: str, who: str, details: dict[str, Any]) -> None:
    write_entries(tx, [{"what": what, "who": who, "details": orjson.dumps(details).decode()}])

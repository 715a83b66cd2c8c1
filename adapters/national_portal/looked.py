"""Remembering, in a job's cursor, which rows of a list were looked into, and when."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lgsp.message import VIETNAM, native_digest

_NAME, _TIME = 6, 4
_ENTRY = _NAME + _TIME
_EPOCH = datetime(2020, 1, 1, tzinfo=VIETNAM)
_LAST = 2 ** (8 * _TIME) - 1
_MINUTE = timedelta(minutes=1)
_NEVER = -1


class Row(NamedTuple):
    """A row of a list, of which more can be asked.

    Attributes:
        key: normal form of its code, by which rows are put in order.
        code: as the far side writes it.
        mark: names the row as the list has it: another name in the list is another mark.
        item: the row itself.
    """

    key: str
    code: str
    mark: bytes
    item: Any


def mark_of(said: Any) -> bytes:
    """Return a short name that is equal for rows that say the same."""
    return native_digest(said)[:_NAME]


class Looked:
    """Which rows were looked into: those that are new, were changed, or were looked into long ago are due.

    It travels as the cursor, ten bytes a row: so a run that was cut short goes on where it stood, and what
    could not be had is asked for again by the next run.

    Args:
        cursor: as the run before left it; anything else is as nothing.
        now: the time.
        hours: after how many hours a row is due again.
    """

    def __init__(self, cursor: Any, now: datetime, hours: float) -> None:
        self._now = min(max((now - _EPOCH) // _MINUTE, 0), _LAST)
        self._minutes = hours * 60
        self._seen = dict(_entries(cursor))

    def due(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that are due: never seen ones first, then the oldest, else by their codes."""
        found = [row for row in rows if self._is_due(row.mark)]
        return sorted(found, key=lambda row: (self._seen.get(row.mark, _NEVER), row.key))

    def narrow(self, marks: Collection[bytes]) -> None:
        """Forget the rows that the list has no more."""
        self._seen = {mark: at for mark, at in self._seen.items() if mark in marks}

    def note(self, row: Row) -> None:
        """Note that a row was looked into now."""
        self._seen[row.mark] = self._now

    def cursor(self) -> dict[str, Any]:
        """Return it as a cursor."""
        told = b"".join(mark + at.to_bytes(_TIME, "big") for mark, at in sorted(self._seen.items()))
        return {"looked": base64.b64encode(told).decode()}

    def _is_due(self, mark: bytes) -> bool:
        at = self._seen.get(mark)
        return at is None or not 0 <= self._now - at < self._minutes


def _entries(cursor: Any) -> Iterable[tuple[bytes, int]]:
    told = cursor.get("looked") if isinstance(cursor, dict) else None
    try:
        kept = base64.b64decode(told, validate=True) if isinstance(told, str) else b""
    except (binascii.Error, ValueError):
        kept = b""
    for start in range(0, len(kept) - _ENTRY + 1, _ENTRY):
        entry = kept[start : start + _ENTRY]
        yield entry[:_NAME], int.from_bytes(entry[_NAME:], "big")

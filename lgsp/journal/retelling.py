"""What was said of a subject before, read from the messages: they are kept for ever, and so is this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from lgsp.domain.retold import Edit, Told, edits, first_values
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.lines import Revision
from lgsp.message import VIETNAM

_LONGEST = 1000
_SNAPSHOTS = (
    "SELECT type, uid, accepted_at, watched, source FROM messages"
    " WHERE partitionkey = ? AND watched IS NOT NULL ORDER BY id LIMIT ?"
)


def moment_of(micros: int) -> datetime:
    """Return a moment of the journal as one of Viet Nam time."""
    return datetime.fromtimestamp(micros / 1e6, UTC).astimezone(VIETNAM)


def told(held: Sequence[Revision]) -> list[Told]:
    """Return revisions, oldest first, as what they said of the watched fields."""
    return [_told(one.uid, one.at, one.watched) for one in held if one.watched is not None]


@lru_cache(4096)
def _told(uid: bytes, at: int, watched: str) -> Told:
    return Told(orjson.loads(watched), moment_of(at), str(as_uuid(uid)))


def trails(tx: Transaction, partitionkey: str, source: str | None = None) -> dict[str, dict[str, Any]]:
    """Return by type what was said of a subject first, and each change since.

    Who changed it is the source of the message: the person at its keyboard is known to that system alone.

    Args:
        tx: the snapshot to read.
        partitionkey: the subject's.
        source: tell only of what this one said; None is all.
    """
    by_type: dict[str, list[Told]] = {}
    by: dict[str, str] = {}
    for type_, uid, when, watched, who in tx.rows(_SNAPSHOTS, (partitionkey, _LONGEST)):
        if source in (None, who):
            one = _told(bytes(uid), when, watched)
            by_type.setdefault(type_, []).append(one)
            by[one.message] = who
    return {type_: _trail(snapshots, by) for type_, snapshots in by_type.items()}


def _trail(snapshots: Sequence[Told], by: dict[str, str]) -> dict[str, Any]:
    first = first_values(snapshots)
    return {
        "first": {name: {"value": one.new, **_said(one, by)} for name, one in sorted(first.items())},
        "edits": [
            {"field": one.field, "old": one.old, "new": one.new, **_said(one, by)} for one in edits(snapshots)
        ],
    }


def _said(one: Edit, by: dict[str, str]) -> dict[str, str]:
    when = one.at.isoformat(timespec="milliseconds")
    return {"at": when, "source": by[one.message], "message": one.message}

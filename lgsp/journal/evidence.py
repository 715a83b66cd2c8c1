"""What was seen of the signatures of attached files: beside the message, whose body stays as it was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.opening import opened

_UNSEEN = "SELECT message_id FROM attached WHERE looked_at IS NULL ORDER BY message_id LIMIT ?"
_BODY = "SELECT key_id, body FROM bodies WHERE message_id = ?"
_FILES = "SELECT blob FROM attached WHERE message_id = ? AND looked_at IS NULL"
_SEEN = "UPDATE attached SET looked_at = ?, key_id = ?, found = ? WHERE message_id = ? AND blob = ?"
_FOUND = "SELECT blob, looked_at, key_id, found FROM attached WHERE message_id = ?"


def unseen(tx: Transaction, most: int = 1) -> list[tuple[int, dict[str, Any]]]:
    """Return the oldest messages with files at which nobody has looked, and their data; of so many files."""
    return [
        (number, _data(tx, number)) for number in dict.fromkeys(row[0] for row in tx.rows(_UNSEEN, (most,)))
    ]


def _data(tx: Transaction, message: int) -> dict[str, Any]:
    body = tx.rows(_BODY, (message,))
    kept = opened(tx, *body[0], "body of message", message) if body else None
    return {} if kept is None else dict(orjson.loads(kept))


def keep_all(tx: Transaction, seen: Iterable[tuple[int, Mapping[str, Sequence[Any]]]]) -> None:
    """Keep what was seen of some messages' files; see `keep`."""
    for message, found in seen:
        keep(tx, message, found)


def keep(tx: Transaction, message: int, found: Mapping[str, Sequence[Any]]) -> None:
    """Keep what was seen of a message's files (by their names in the store); the others have no signature."""
    rows = []
    for (blob,) in tx.rows(_FILES, (message,)):
        signatures = found.get(blob)
        key_id, told = tx.keys.seal(orjson.dumps(signatures)) if signatures else (None, None)
        rows.append((tx.now, key_id, told, message, blob))
    for row in rows:
        tx.run(_SEEN, [row])


def seen(tx: Transaction, message: int) -> dict[str, Any]:
    """Return what was seen of a message's files, by their names; None of one nobody looked at yet."""
    place = ("signatures of message", message)
    return {
        blob: None
        if at is None
        else orjson.loads(opened(tx, key_id, found, *place) or b"[]")
        if found
        else []
        for blob, at, key_id, found in tx.rows(_FOUND, (message,))
    }

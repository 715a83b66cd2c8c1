"""What of an entry is sealed: its columns as canonical JSON, the same bytes on either database."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson

COLUMNS = (
    "at", "attempt", "body_hash", "cause", "delivery_id", "details", "final", "id", "message_id", "source",
    "state", "system", "what", "who",
)  # fmt: skip
"""All columns of an entry but `tx`, which is of one server only: sorted, as they stand in a leaf."""
ID, AT, _HASH = COLUMNS.index("id"), COLUMNS.index("at"), COLUMNS.index("body_hash")
CHOSEN = ", ".join(COLUMNS)


def leaf(row: Sequence[Any]) -> bytes:
    """Return the leaf of an entry, given its values in the order of `COLUMNS`; more is left out.

    Raises:
        TypeError: a value is of a kind that no entry has.
    """
    said = dict(zip(COLUMNS, row, strict=False))
    if row[_HASH] is not None:
        said["body_hash"] = row[_HASH].hex()
    return orjson.dumps(said)


def hash_of(row: Sequence[Any]) -> bytes:
    """Return the hash of an entry's leaf (`leaf_hash`); of one that can be no entry, what no leaf has."""
    try:
        return sha256(b"\0" + leaf(row)).digest()
    except (TypeError, AttributeError):
        return b""

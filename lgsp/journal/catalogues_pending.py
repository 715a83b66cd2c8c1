"""What lists leave to be done: items to be closed, or to be opened again, with the bodies that say so."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from lgsp.journal.catalogues import CLOSE, REOPEN
from lgsp.journal.contract import Transaction
from lgsp.journal.opening import opened

_MOST = 100
_PENDING = (
    "SELECT c.type, c.key, c.version, c.pending, c.message_id, m.native, b.key_id, b.body"
    " FROM catalogue_items c JOIN messages m ON m.id = c.message_id LEFT JOIN bodies b ON b.message_id = m.id"
    f" WHERE c.source = ? AND c.type = ? AND c.version > ? AND c.pending IN ({CLOSE}, {REOPEN})"
    f" AND c.pending > 0 ORDER BY c.version LIMIT {_MOST}"
)
_TYPES = "SELECT type FROM catalogues WHERE source = ? ORDER BY type"
_WAS_OPEN = (
    "SELECT m.native, b.key_id, b.body FROM catalogue_items c JOIN messages m ON m.id = c.message_id"
    " LEFT JOIN bodies b ON b.message_id = m.id WHERE c.source = ? AND c.type = ? AND c.key = ?"
    " AND c.open = 1 ORDER BY c.version DESC LIMIT 1"
)


class Pending(NamedTuple):
    """An item that a list lacks, or has again.

    Attributes:
        version: of the item now.
        closes: it is to be closed; else it is to be opened again.
        message: number of the newest message about it, which must still be that when it is done.
        native: digest of the message whose body this is.
        data: the newest body of the item in force; None when it is kept no more.
    """

    type: str
    version: int
    closes: bool
    message: int
    native: bytes
    data: dict[str, Any] | None


def types(tx: Transaction, source: str) -> list[str]:
    """Return the types of which a source has a catalogue."""
    return [row[0] for row in tx.rows(_TYPES, (source,))]


def pending(tx: Transaction, source: str, type_: str, after: int) -> list[Pending]:
    """Return some of what is to be done, behind a version, in the order of the versions."""
    found = []
    for its, key, version, what, message, native, key_id, body in tx.rows(_PENDING, (source, type_, after)):
        said = (native, key_id, body)
        if what == REOPEN:
            said = next(iter(tx.rows(_WAS_OPEN, (source, type_, key))), (native, 0, None))
        kept = None if said[2] is None else opened(tx, said[1], said[2], "body of message", message)
        data = None if kept is None else orjson.loads(kept)
        found.append(Pending(its, version, what == CLOSE, message, bytes(said[0]), data))
    return found

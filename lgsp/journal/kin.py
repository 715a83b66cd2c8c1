"""Who belongs to a message: the versions before and after it, and what was sent in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.states import State

_IDENTITY = "SELECT identity, revision FROM messages WHERE id = ?"
_BESIDE = (
    "SELECT uid, revision, source, accepted_at FROM messages WHERE identity = ? AND revision {} ?"
    " ORDER BY revision {} LIMIT 1"
)
_PLACES = (
    "SELECT h.id, h.system, n.id, b.uid, a.uid FROM history h JOIN {} n ON n.id = h.superseded_by"
    " JOIN messages a ON a.id = h.message_id JOIN messages b ON b.id = n.message_id"
    f" WHERE h.state = {int(State.REPLACED)} AND h.message_id IN ({{{{}}}})"
)
_EARLIER = "SELECT id FROM messages WHERE identity = ? AND revision < ? ORDER BY revision DESC LIMIT 5"


def links(tx: Transaction, message: int) -> list[dict[str, Any]]:
    """Return what was corrected by hand: deliveries of this message, and those whose place its own took.

    Each link has the `system`, `how` (`replaced_by`, or `instead_of`), the `delivery` of this message, and
    the `message` and `other` delivery at the far end of the link.
    """
    identity, revision = tx.rows(_IDENTITY, (message,))[0]
    earlier = [row[0] for row in tx.rows(_EARLIER, (identity, revision))]
    return [
        *_links(tx, [message], "replaced_by"),
        *(one for one in _links(tx, earlier, "instead_of") if _owns(tx, message, one["delivery"])),
    ]


def _links(tx: Transaction, messages: Sequence[int], how: str) -> list[dict[str, Any]]:
    found = []
    for table in ("deliveries", "history"):
        for old, system, new, by, of in tx.among(_PLACES.format(table), messages) if messages else ():
            ends = (old, new, by) if how == "replaced_by" else (new, old, of)
            said = dict(
                zip(("delivery", "other", "message"), (*ends[:2], str(as_uuid(ends[2]))), strict=True)
            )
            found.append({"system": system, "how": how, **said})
    return found


def _owns(tx: Transaction, message: int, delivery: int) -> bool:
    sql = "SELECT 1 FROM {} WHERE id = ? AND message_id = ?"
    return any(tx.rows(sql.format(table), (delivery, message)) for table in ("deliveries", "history"))


def beside(tx: Transaction, message: int) -> dict[str, dict[str, Any] | None]:
    """Return the version of a message's subject just `before` it and just `after` it, where there are any."""
    identity, revision = tx.rows(_IDENTITY, (message,))[0]
    asked = {"before": ("<", "DESC"), "after": (">", "ASC")}
    found = {name: tx.rows(_BESIDE.format(*how), (identity, revision)) for name, how in asked.items()}
    return {name: _version(rows[0]) if rows else None for name, rows in found.items()}


def _version(row: Sequence[Any]) -> dict[str, Any]:
    uid, revision, source, accepted_at = row
    return {"id": str(as_uuid(uid)), "revision": revision, "source": source, "accepted_at": accepted_at}

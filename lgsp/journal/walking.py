"""One message as its page shows it: the walk, bounded and without bodies, and what was said, singly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal import evidence, kin, reading
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.reaching import ALL, Sight, sees_message
from lgsp.journal.rows import IS_WAITING
from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.wire.exchange import unpacked

MOST = 300
"""Steps, and attempts, that are shown: the newest."""
_AROUND = 20
_ATTEMPTS = (
    "SELECT delivery_id, attempt, worker, started_at, ended_at, outcome, cause, said, answer,"
    " CASE WHEN exchanges IS NULL THEN 0 ELSE 1 END FROM attempts WHERE delivery_id IN ({})"
    " ORDER BY started_at DESC LIMIT ?"
)
_ENTRIES = (
    "SELECT id, at, what, delivery_id, system, state, attempt, cause, who, details FROM entries"
    " WHERE message_id = ? AND what <> 'told again' ORDER BY tx DESC, id DESC LIMIT ?"
)
_TOLD_AGAIN = (
    "SELECT count(*), max(at) FROM (SELECT at FROM entries WHERE message_id = ? AND what = 'told again'"
    " LIMIT 1000) x"
)
_FOR_WHOM = "SELECT id, recipients FROM {} WHERE message_id = ?"
_TOLD_BACK = (
    "SELECT uid, source, type, accepted_at, time FROM messages WHERE partitionkey = ? AND id > ?"
    f" AND kind = {int(Kind.EVENT)} ORDER BY id LIMIT ?"
)
_DUE = "SELECT watched FROM messages WHERE id = ?"
_BODY = "SELECT key_id, body FROM bodies WHERE message_id = ?"
_RAW_ID = "SELECT raw_id, raw_item FROM messages WHERE id = ?"
_RAW = "SELECT content_type, sha256, size, attributes, key_id, body, blob FROM raws WHERE id = ?"
_EXCHANGES = "SELECT key_id, exchanges FROM attempts WHERE delivery_id = ? AND attempt = ?"


def told(tx: Transaction, uid: UUID, sight: Sight = ALL) -> dict[str, Any] | None:
    """Return a message's walk without any body; None when there is no such message.

    Beside what `reading.outline` has: `attempts` (oldest first, `exchanges` tells whether any are kept),
    `entries` in order, `told_again` (count, cut at 1000, and the last time), `around` (events of the same
    subject that came after it, such as progress and statuses told back), `beside`, `links`, `signatures`,
    `due_at` (the deadline it tells of); and each delivery's `recipients`.
    """
    message = reading.outline(tx, uid, sight)
    if message is None:
        return None
    number, deliveries = message["seq"], message["deliveries"]
    whom = {row[0]: row[1] for table in ("deliveries", "history") for row in _rows(tx, table, number)}
    for one in deliveries:
        listed = whom.get(one["id"])
        one["recipients"] = orjson.loads(listed) if listed else []
    message["attempts"] = _attempts(tx, [one["id"] for one in deliveries])
    message["entries"] = reading.entries_within(_entries(tx, number), deliveries, sight)
    message["due_at"] = due(tx, number)
    count, last = tx.rows(_TOLD_AGAIN, (number,))[0]
    message["told_again"] = {"count": count, "last": last}
    message["around"] = _around(tx, message["partitionkey"], number) if sight.everything else []
    message["beside"] = {
        name: one if one and sees_message(tx, sight, UUID(one["id"])) else None
        for name, one in kin.beside(tx, number).items()
    }
    message["links"] = kin.links(tx, number) if sight.everything else []
    message["signatures"] = evidence.seen(tx, number)
    return message


def due(tx: Transaction, number: int) -> str | None:
    """Return the deadline that a message tells of, as it was written."""
    watched = tx.rows(_DUE, (number,))[0][0]
    return orjson.loads(watched).get("/due_at") if watched else None


def _rows(tx: Transaction, table: str, number: int) -> Sequence[Any]:
    return tx.rows(_FOR_WHOM.format(table), (number,))


def _attempts(tx: Transaction, deliveries: Sequence[int]) -> list[dict[str, Any]]:
    names = (
        "delivery",
        "attempt",
        "worker",
        "at",
        "ended_at",
        "outcome",
        "cause",
        "said",
        "answer",
        "exchanges",
    )
    rows = tx.among(_ATTEMPTS, deliveries, MOST) if deliveries else []
    found = [dict(zip(names, row, strict=True)) for row in reversed(rows)]
    for one in found:
        one["outcome"] = State(one["outcome"]).word
        one["seconds"] = (one.pop("ended_at") - one["at"]) / 1_000_000
    return found


def _entries(tx: Transaction, number: int) -> list[dict[str, Any]]:
    names = ("id", "at", "what", "delivery", "system", "state", "attempt", "cause", "who", "details")
    rows = reversed(tx.rows(_ENTRIES, (number, MOST)))
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for one in found:
        one["state"] = None if one["state"] is None else State(one["state"]).word
        one["details"] = orjson.loads(one["details"]) if one["details"] else None
    return found


def _around(tx: Transaction, key: str, number: int) -> list[dict[str, Any]]:
    rows = tx.rows(_TOLD_BACK, (key, number, _AROUND))
    return [
        {"id": str(as_uuid(uid)), "source": source, "type": type_, "at": at, "time": time}
        for uid, source, type_, at, time in rows
    ]


# --- what was said --------------------------------------------------------------------------------------


def body(tx: Transaction, message: int) -> bytes | None:
    """Return a message's canonical body as JSON; None when it is kept no more."""
    found = tx.rows(_BODY, (message,))
    return tx.keys.open(*found[0], "body of message", message) if found else None


def raw(tx: Transaction, message: int) -> dict[str, Any] | None:
    """Return what a message came in, verbatim.

    `body` holds the bytes, or is None where they lie in the store under `blob`; `item` is the message's place
    in it, from 0. None when it is kept no more.
    """
    number, item = tx.rows(_RAW_ID, (message,))[0]
    found = tx.rows(_RAW, (number,))
    if not found:
        return None
    content_type, sha256, size, attributes, key_id, kept, blob = found[0]
    return {
        "content_type": content_type,
        "sha256": bytes(sha256).hex(),
        "size": size,
        "attributes": orjson.loads(attributes) if attributes else {},
        "body": None if kept is None else tx.keys.open(key_id, kept, "what came under number", number),
        "blob": blob,
        "item": item,
    }


def exchanges(tx: Transaction, delivery: int, attempt: int) -> list[dict[str, Any]]:
    """Return the native requests and answers of one attempt, redacted; none where none are kept."""
    found = tx.rows(_EXCHANGES, (delivery, attempt))
    place = ("exchanges of delivery", delivery, "attempt", attempt)
    return unpacked(tx.keys.open(*found[0], *place)) if found and found[0][1] else []


def owns(tx: Transaction, message: int, delivery: int) -> bool:
    """Tell whether a delivery is one of a message's."""
    sql = "SELECT 1 FROM {} WHERE id = ? AND message_id = ?"
    return any(tx.rows(sql.format(table), (delivery, message)) for table in ("deliveries", "history"))


def behind(tx: Transaction, delivery: int) -> int:
    """Return how many deliveries wait behind one in its line, cut at 1000."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE line = ? AND seq > ? AND"
        f" {IS_WAITING} LIMIT 1000) x"
    )
    found = tx.rows("SELECT line, seq FROM deliveries WHERE id = ?", (delivery,))
    return int(tx.rows(sql, found[0])[0][0]) if found else 0

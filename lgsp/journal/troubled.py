"""Those of one trouble, as people see them: which message, of whom, what was said of it, by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.journal.contract import Transaction
from lgsp.journal.reaching import ALL, Sight
from lgsp.journal.rows import states
from lgsp.journal.states import DEAD, State
from lgsp.journal.troubles import LOOKED, QUARANTINED, UNROUTED, Key, Stuck, Trouble, of

_OF_DELIVERIES = (
    "SELECT d.id, m.uid, m.type, m.subject, m.agency, m.source, d.attempt, d.said, d.fields"
    " FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.id IN ({})"
)
_OF_MESSAGES = (
    "SELECT m.id, m.uid, m.type, m.subject, m.agency, m.source, 0, NULL, NULL FROM messages m"
    " WHERE m.id IN ({})"
)
_NAMES = ("number", "message", "type", "subject", "agency", "source", "attempt", "said", "fields")
_TURNED = "SELECT id, at, source, type, subject, code, problems, raw_id, raw_item FROM quarantine"
_RAW = "SELECT id, at, content_type, sha256, size, attributes, key_id, body, blob FROM raws WHERE id = ?"
_DRAWN = (
    (f"state IN ({states(DEAD)}) AND system = ? AND cause = '{UNCATALOGUED}'", "id"),
    (f"state = {int(State.PUT_OFF)} AND system = ?", "next_attempt_at"),
)
_LAST_ANSWER = (
    "SELECT a.answer FROM (SELECT id, attempt FROM deliveries WHERE {rule} ORDER BY {order} LIMIT ?) d"
    " JOIN attempts a ON a.delivery_id = d.id AND a.attempt = d.attempt"
)
PAGE = 50


class Members(NamedTuple):
    """A page of those of a trouble.

    Attributes:
        trouble: what is behind the page's beginning, summed; None when there is nothing.
        rows: those of the page.
        after: the message to go on after, or None behind the last page.
    """

    trouble: Trouble | None
    rows: Sequence[dict[str, Any]]
    after: int | None


def members(  # noqa: PLR0913, PLR0917 - which trouble, whose, and which page of it
    tx: Transaction, key: Key, agency: str = "", after: int = 0, limit: int = PAGE, sight: Sight = ALL
) -> Members:
    """Return a page of those of a trouble, in the order of their messages."""
    trouble, look = of(tx, key, agency, after, sight)
    stuck = [one for one in look.stuck if one.message > after]
    shown = stuck[:limit]
    onward = shown[-1].message if len(stuck) > limit else look.last or None
    return Members(trouble, _rows(tx, key, shown), onward)


def _rows(tx: Transaction, key: Key, stuck: Sequence[Stuck]) -> list[dict[str, Any]]:
    sql = _OF_MESSAGES if key.state == UNROUTED else _OF_DELIVERIES
    numbers = [one.delivery or one.message for one in stuck]
    found = {row[0]: row for row in tx.among(sql, numbers)}
    return [_row(found[n], one) for n, one in zip(numbers, stuck, strict=True) if n in found]


def _row(row: Sequence[Any], one: Stuck) -> dict[str, Any]:
    named = dict(zip(_NAMES, row, strict=True))
    return named | {
        "message": str(UUID(bytes=bytes(named["message"]))),
        "fields": orjson.loads(named["fields"]) if named["fields"] else [],
        "since": one.since,
        "deadline": one.deadline,
    }


# --- what was turned away -------------------------------------------------------------------------------


def turned_away(
    tx: Transaction, source: str = "", code: str = "", before: int = 0, limit: int = PAGE
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of what was turned away, newest first, and the id to go on before.

    What has the code is picked from a window of the newest, so that no page costs more than that.
    """
    rule, values = ("source = ? AND", [source]) if source else ("", [])
    window = 1000 if code else limit + 1
    sql = f"{_TURNED} WHERE {rule} id < ? ORDER BY id DESC LIMIT ?"
    rows = tx.rows(sql, (*values, before or 2**62, window))
    fits = [row for row in rows if not code or row[5] == code]
    if len(fits) > limit:
        return [_turned(row) for row in fits[:limit]], fits[limit - 1][0]
    return [_turned(row) for row in fits], rows[-1][0] if code and len(rows) == window else None


def one_turned_away(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return one that was turned away."""
    rows = tx.rows(f"{_TURNED} WHERE id = ?", (number,))
    return _turned(rows[0]) if rows else None


def _turned(row: Sequence[Any]) -> dict[str, Any]:
    names = ("id", "at", "source", "type", "subject", "code", "problems", "raw", "item")
    return dict(zip(names, row, strict=True)) | {"problems": orjson.loads(row[6]), "state": QUARANTINED}


def raw(tx: Transaction, number: int) -> dict[str, Any] | None:
    """Return what came, as it came: `body` is None where it lies in the store of files, under `blob`."""
    rows = tx.rows(_RAW, (number,))
    if not rows:
        return None
    id_, at, content_type, sha256, size, attributes, key_id, body, blob = rows[0]
    return {
        "id": id_,
        "at": at,
        "content_type": content_type,
        "sha256": bytes(sha256).hex(),
        "size": size,
        "attributes": orjson.loads(attributes) if attributes else {},
        "body": None if body is None else tx.keys.open(key_id, body, "what came under number", id_),
        "blob": blob,
    }


# --- what an answer was drawn by ------------------------------------------------------------------------


def drew(tx: Transaction, system: str, answer: str) -> tuple[int, bool]:
    """Return how many that are dead or put off drew an unnamed answer last, and whether there may be more.

    The longest dead and the next due are looked at, as many as of any trouble.
    """
    drawn, cut = 0, False
    for rule, order in _DRAWN:
        rows = tx.rows(_LAST_ANSWER.format(rule=rule, order=order), (system, LOOKED + 1))
        drawn += sum(row[0] == answer for row in rows[:LOOKED])
        cut = cut or len(rows) > LOOKED
    return drawn, cut

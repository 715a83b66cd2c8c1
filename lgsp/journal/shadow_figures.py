"""What routes in the shadow would have told, counted and listed; and what was drawn up of one subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.opening import opened
from lgsp.journal.reading import PAGE, at
from lgsp.journal.states import State
from lgsp.message import Kind
from lgsp.wire.exchange import unpacked

REFUSED = "would-be-refused"
_OURS = f"h.system = ? AND h.state = {int(State.SHADOWED)} AND h.shadow = 1"
WOULD = f"CASE WHEN h.cause IS NOT NULL THEN '{REFUSED}' ELSE coalesce(h.said, 'would-offer') END"
_COUNTED = (
    f"SELECT h.type, {WOULD}, coalesce(h.cause, ''), count(*) FROM history h WHERE {_OURS}{{}}"
    " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
_LISTED = (
    f"SELECT h.id, m.uid, h.type, m.subject, m.partitionkey, m.agency, m.revision, {WOULD}, h.cause, h.said,"
    f" h.fields, h.changed_at FROM history h JOIN messages m ON m.id = h.message_id WHERE {_OURS}{{}}"
    " ORDER BY h.id DESC LIMIT ?"
)
_NAMES = (
    "id", "message", "type", "subject", "partitionkey", "agency", "revision", "would", "cause", "said",
    "fields", "at",
)  # fmt: skip
_ALIVE = "SELECT state, count(*) FROM {} WHERE system = ? AND shadow > 0 AND shadow = 2 GROUP BY state"
_OPEN = "SELECT state, count(*) FROM deliveries WHERE system = ? AND shadow > 0 AND shadow = 1 GROUP BY state"
_ADOPTED = f"SELECT count(*) FROM history WHERE system = ? AND state = {int(State.ADOPTED)}"
_DRAWN = (
    "SELECT m.partitionkey, m.revision, a.key_id, a.exchanges FROM messages m"
    " JOIN history h ON h.message_id = m.id JOIN attempts a ON a.delivery_id = h.id"
    f" WHERE m.partitionkey IN ({{}}) AND {_OURS} AND h.kind = {int(Kind.SNAPSHOT)}"
    " AND a.exchanges IS NOT NULL ORDER BY m.id, a.attempt"
)
_FIRST = (
    "SELECT m.subject, a.key_id, a.exchanges FROM history h JOIN messages m ON m.id = h.message_id"
    f" JOIN attempts a ON a.delivery_id = h.id WHERE {_OURS} AND h.kind = {int(Kind.SNAPSHOT)}"
    " AND a.exchanges IS NOT NULL LIMIT 1"
)


_OF_TYPE = (
    "SELECT m.partitionkey, m.subject, h.id FROM history h JOIN messages m ON m.id = h.message_id"
    f" WHERE {_OURS} AND h.type = ? AND h.cause IS NULL{{}} ORDER BY h.message_id DESC LIMIT ?"
)
LOOKED = 10_000
"""So many of the newest are looked at for what only we would have told."""


class OnlyOurs(NamedTuple):
    """Subjects that we would have told and an older connection did not, and whether more were not looked at.

    Attributes:
        found: partitionkey, code and delivery of each subject.
    """

    found: list[tuple[str, str, int]]
    more: bool


@dataclass(slots=True, frozen=True)
class Asked:
    """Which deliveries of the shadow are meant: those to one system, closed in [since, until)."""

    system: str
    since: int | None = None
    until: int | None = None
    would: str = ""
    cause: str = ""


def counted(tx: Transaction, asked: Asked) -> dict[str, Any]:
    """Return what would have been told: by type, what and cause; what is open, adopted, or came to life."""
    rules, values = _rules(asked)
    rows = tx.rows(_COUNTED.format(rules), (asked.system, *values))
    alive: dict[str, int] = {}
    for table in ("deliveries", "history"):
        for state, count in tx.rows(_ALIVE.format(table), (asked.system,)):
            alive[State(state).word] = alive.get(State(state).word, 0) + count
    return {
        "system": asked.system,
        "would": [dict(zip(("type", "would", "cause", "count"), row, strict=True)) for row in rows],
        "open": {State(state).word: count for state, count in tx.rows(_OPEN, (asked.system,))},
        "brought_to_life": alive,
        "adopted": tx.rows(_ADOPTED, (asked.system,))[0][0],
    }


def listed(tx: Transaction, asked: Asked, *, after: int = 0, limit: int = PAGE) -> dict[str, Any]:
    """Return a page of what would have been told, newest first."""
    rules, values = _rules(asked)
    if after:
        rules, values = f"{rules} AND h.id < ?", [*values, after]
    found = tx.rows(_LISTED.format(rules), (asked.system, *values, limit))
    rows = [_shown(dict(zip(_NAMES, row, strict=True))) for row in found]
    return {"deliveries": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    fields = orjson.loads(row["fields"]) if row["fields"] else []
    said = row["said"] if row["would"] == REFUSED else ""
    told = {
        "message": str(as_uuid(row["message"])),
        "fields": fields,
        "said": said or "",
        "at": at(row["at"]),
    }
    return row | told | {"cause": row["cause"] or ""}


def _rules(asked: Asked) -> tuple[str, list[Any]]:
    sides = (
        ("h.changed_at >= ?", asked.since),
        ("h.changed_at < ?", asked.until),
        (f"{WOULD} = ?", asked.would or None),
        ("h.cause = ?", asked.cause or None),
    )
    given = [(rule, value) for rule, value in sides if value is not None]
    return "".join(f" AND {rule}" for rule, _ in given), [value for _, value in given]


def drawn_up(tx: Transaction, system: str, keys: Sequence[str]) -> dict[str, list[bytes]]:
    """Return what was drawn up of snapshots of some partitionkeys, oldest first."""
    found: dict[str, list[bytes]] = {}
    for key, _, *kept in tx.among(_DRAWN, keys, system):
        found.setdefault(key, []).extend(_requests(tx, kept, key))
    return found


def only_ours(tx: Transaction, asked: Asked, type_: str, told: Collection[str]) -> OnlyOurs:
    """Return subjects of a type that would have been told and are not among partitionkeys, newest first."""
    rules, values = _rules(asked)
    rows = tx.rows(_OF_TYPE.format(rules), (asked.system, type_, *values, LOOKED + 1))
    newest: dict[str, tuple[str, str, int]] = {}
    for key, subject, delivery in rows[:LOOKED]:
        if key not in told:
            newest.setdefault(key, (key, subject, delivery))
    return OnlyOurs(list(newest.values()), len(rows) > LOOKED)


def example(tx: Transaction, system: str) -> tuple[str, bytes] | None:
    """Return the subject of a snapshot, and what was drawn up of it; None when there is none."""
    for subject, *kept in tx.rows(_FIRST, (system,)):
        for request in _requests(tx, kept, subject):
            return subject, request
    return None


def _requests(tx: Transaction, kept: Sequence[Any], subject: str) -> Iterator[bytes]:
    drawn = opened(tx, *kept, "what was drawn up of", subject)
    for one in unpacked(drawn) if drawn is not None else ():
        if str(one["url"]).startswith("shadow:"):
            yield str(one["request"]).encode()

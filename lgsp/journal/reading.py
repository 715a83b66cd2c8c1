"""What people and façades read of the journal: messages and their walks, deliveries, reports, quarantine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from lgsp.inbox import Found
from lgsp.journal import evidence, kin
from lgsp.journal.columns import DELIVERY_COLUMNS
from lgsp.journal.contract import Transaction
from lgsp.journal.opening import opened
from lgsp.journal.reaching import ALL, Sight, of_deliveries, of_quarantine, sees_message, within
from lgsp.journal.rows import IS_HEAD, IS_WAITING, numbers_of, states
from lgsp.journal.states import DEAD, State
from lgsp.message import VIETNAM
from lgsp.wire.exchange import unpacked

_ALL = ", ".join(DELIVERY_COLUMNS)
_BOTH = f"(SELECT {_ALL} FROM deliveries UNION ALL SELECT {_ALL} FROM history)"
_MESSAGE = (
    "id", "uid", "revision", "source", "type", "kind", "subject", "partitionkey", "agency", "time",
    "accepted_at", "expires_at", "correlationid", "traceparent", "published", "unrouted", "raw_id",
    "findings",
)  # fmt: skip
_MESSAGES = f"SELECT {', '.join('m.' + name for name in _MESSAGE)} FROM messages m"
_SHOWN = (
    "id", "message_id", "system", "type", "state", "attempt", "patience", "lapses", "uncertain", "repeats",
    "cause", "said", "fields", "next_attempt_at", "superseded_by", "resend_of", "created_at", "changed_at",
)  # fmt: skip
PAGE = 100


def at(micros: int | None) -> str | None:
    """Return a time of the journal as ISO 8601 in Viet Nam time."""
    return None if micros is None else _time(micros).isoformat(timespec="milliseconds")


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, VIETNAM)


def came_from(tx: Transaction, system: str, type_: str, partitionkey: str) -> bool:
    """Tell whether a subject of a type came from a system."""
    sql = "SELECT 1 FROM messages WHERE partitionkey = ? AND type = ? AND source = ? LIMIT 1"
    return bool(tx.rows(sql, (partitionkey, type_, system)))


def anchor_on_its_way(tx: Transaction, line: bytes, type_: str) -> bool:
    """Tell whether a delivery of a type is open in a line: its outcome will tell more than a probe."""
    sql = "SELECT 1 FROM deliveries WHERE line = ? AND {} AND type = ? LIMIT 1"
    return any(tx.rows(sql.format(place), (line, type_)) for place in (IS_HEAD, IS_WAITING))


def briefs(
    tx: Transaction, numbers: Sequence[int], rules: str, values: Sequence[Any]
) -> list[dict[str, Any]]:
    """Return those of some messages (m) for which further rules hold, without their deliveries."""
    return [_message(row) for row in tx.among(f"{_MESSAGES} WHERE m.id IN ({{}}){rules}", numbers, *values)]


def _message(row: Sequence[Any]) -> dict[str, Any]:
    named = dict(zip(_MESSAGE, row, strict=True))
    return {
        "id": str(UUID(bytes=bytes(named["uid"]))),
        "seq": named["id"],
        **{name: named[name] for name in ("source", "type", "subject", "partitionkey", "revision", "agency")},
        "time": at(named["time"]),
        "accepted_at": at(named["accepted_at"]),
        "unrouted": bool(named["unrouted"]),
        "routes_version": named["published"],
        "correlationid": named["correlationid"],
        "findings": orjson.loads(named["findings"]) if named["findings"] else [],
        "raw": named["raw_id"],
    }


def with_deliveries(tx: Transaction, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Return messages with every delivery of each."""
    numbers = {row["seq"]: row for row in rows}
    for row in rows:
        row["deliveries"] = []
    sql = f"SELECT {', '.join(_SHOWN)} FROM {_BOTH} d WHERE message_id IN ({{}}) ORDER BY id"
    for found in tx.among(sql, sorted(numbers)):
        numbers[found[1]]["deliveries"].append(_delivery(found))
    return rows


def _delivery(row: Sequence[Any]) -> dict[str, Any]:
    named = dict(zip(_SHOWN, row, strict=True))
    named.pop("message_id")
    named["state"] = State(named["state"]).word
    named["fields"] = orjson.loads(named["fields"]) if named["fields"] else []
    for name in ("next_attempt_at", "created_at", "changed_at"):
        named[name] = at(named[name])
    return named


def deliveries(
    tx: Transaction, wanted: Mapping[str, Any], *, after: int = 0, limit: int = PAGE, sight: Sight = ALL
) -> dict[str, Any]:
    """Return a page of deliveries, newest first, by any of `source`, `system`, `states` and `cause`."""
    rules: list[str] = ["1 = 1"]
    values: list[Any] = []
    for rule, given in of_deliveries(tx, sight):
        rules.append(rule)
        values += given
    for name in ("source", "system", "cause"):
        if wanted.get(name) is not None:
            rules.append(f"d.{name} = ?")
            values.append(wanted[name])
    if wanted.get("states"):
        rules.append(f"d.state IN ({states(wanted['states'])})")
    if after:
        rules.append("d.id < ?")
        values.append(after)
    columns = ", ".join(f"d.{name}" for name in _SHOWN)
    sql = (
        f"SELECT {columns}, m.uid, m.subject, d.source FROM {_BOTH} d JOIN messages m ON m.id = d.message_id"
        f" WHERE {' AND '.join(rules)} ORDER BY d.id DESC LIMIT ?"
    )
    rows = [
        _delivery(row[: len(_SHOWN)])
        | {"message": str(UUID(bytes=bytes(row[-3]))), "subject": row[-2], "source": row[-1]}
        for row in tx.rows(sql, [*values, limit])
    ]
    return {"deliveries": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def outline(tx: Transaction, uid: UUID, sight: Sight = ALL) -> dict[str, Any] | None:
    """Return one message and its deliveries, without bodies: as it stands in a list of messages."""
    if not sees_message(tx, sight, uid):
        return None
    numbers = list(numbers_of(tx, [uid.bytes]).values())
    found = tx.among(f"{_MESSAGES} WHERE m.id IN ({{}})", numbers)
    if not found:
        return None
    message = _message(found[0])
    within(with_deliveries(tx, [message]), sight)
    return message


def walk(tx: Transaction, uid: UUID, sight: Sight = ALL) -> dict[str, Any] | None:
    """Return everything about one message: bodies, deliveries, attempts with exchanges, entries in order.

    Of deliveries that are not within `sight` nothing is told, nor of other messages.
    """
    message = outline(tx, uid, sight)
    if message is None:
        return None
    number = message["seq"]
    body = tx.rows("SELECT key_id, body FROM bodies WHERE message_id = ?", (number,))
    kept = opened(tx, *body[0], "body of message", number) if body else None
    message["data"] = None if kept is None else orjson.loads(kept)
    message["raw"] = _raw(tx, message["raw"])
    message["attempts"] = _attempts(tx, [d["id"] for d in message["deliveries"]])
    message["entries"] = entries_within(_entries(tx, number), message["deliveries"], sight)
    message["signatures"] = evidence.seen(tx, number)
    message["links"] = kin.links(tx, number) if sight.everything else []
    return message


def entries_within(
    entries: Sequence[dict[str, Any]], shown: Sequence[dict[str, Any]], sight: Sight
) -> list[dict[str, Any]]:
    """Return what befell a message without what befell those of its deliveries that are not shown."""
    known = {one["id"] for one in shown}
    return [
        one
        for one in entries
        if sight.everything or (one["delivery"] in known if one["delivery"] else not one["system"])
    ]


def _raw(tx: Transaction, number: int) -> dict[str, Any] | None:
    sql = "SELECT content_type, sha256, size, attributes, key_id, body, blob FROM raws WHERE id = ?"
    found = tx.rows(sql, (number,))
    if not found:
        return None
    content_type, sha256, size, attributes, key_id, kept, blob = found[0]
    body = None if kept is None else opened(tx, key_id, kept, "what came under number", number)
    return {
        "content_type": content_type,
        "sha256": bytes(sha256).hex(),
        "size": size,
        "attributes": orjson.loads(attributes) if attributes else {},
        "text": body.decode("utf-8", "replace") if body is not None else None,
        "blob": blob,
    }


def _attempts(tx: Transaction, numbers: Sequence[int]) -> list[dict[str, Any]]:
    sql = (
        "SELECT delivery_id, attempt, worker, started_at, ended_at, outcome, cause, said, key_id, exchanges,"
        " answer FROM attempts WHERE delivery_id IN ({}) ORDER BY started_at"
    )
    return [
        {
            "delivery": row[0],
            "attempt": row[1],
            "worker": row[2],
            "started_at": at(row[3]),
            "ms": round((row[4] - row[3]) / 1000, 1),
            "outcome": State(row[5]).word,
            "cause": row[6],
            "said": row[7],
            "exchanges": _exchanges(tx, row[0], *row[8:10]),
            "answer": row[10],
        }
        for row in tx.among(sql, numbers)
    ]


def _exchanges(tx: Transaction, delivery: int, key_id: int, kept: bytes | None) -> list[dict[str, Any]]:
    told = opened(tx, key_id, kept, "exchanges of delivery", delivery) if kept else None
    return [] if told is None else unpacked(told)


def _entries(tx: Transaction, number: int) -> list[dict[str, Any]]:
    sql = (
        "SELECT id, at, what, delivery_id, system, state, attempt, cause, who, details FROM entries"
        " WHERE message_id = ? ORDER BY tx, id"  # ids are drawn ahead by each process
    )
    names = ("id", "at", "what", "delivery", "system", "state", "attempt", "cause", "who", "details")
    rows = [dict(zip(names, row, strict=True)) for row in tx.rows(sql, (number,))]
    for row in rows:
        row["at"] = at(row["at"])
        row["state"] = None if row["state"] is None else State(row["state"]).word
        row["details"] = orjson.loads(row["details"]) if row["details"] else None
    return rows


def find(tx: Transaction, source: str, type_: str, partitionkey: str) -> Found | None:
    """Return the newest message of a subject that a system brought, and where some version is held."""
    sql = (
        "SELECT m.id, m.uid, m.subject, m.revision, b.key_id, b.body FROM messages m"
        " JOIN bodies b ON b.message_id = m.id WHERE m.partitionkey = ? AND m.source = ? AND m.type = ?"
        " ORDER BY m.id DESC LIMIT 1"
    )
    found = tx.rows(sql, (partitionkey, source, type_))
    if not found:
        return None
    number, uid, subject, revision, key_id, body = found[0]
    held = (
        f"SELECT DISTINCT d.system FROM {_BOTH} d JOIN messages m ON m.id = d.message_id"
        " JOIN presence p ON p.line = d.line AND p.type = d.type"
        " AND p.how NOT IN ('unsure', 'shadowed', 'carried')"
        " WHERE m.partitionkey = ? AND m.source = ? AND m.type = ?"
    )
    there = [row[0] for row in tx.rows(held, (partitionkey, source, type_))]
    data = orjson.loads(tx.keys.open(key_id, body, "body of message", number))
    return Found(UUID(bytes=bytes(uid)), type_, subject, revision, data, there)


def quarantined(  # noqa: PLR0913 - what is looked for, and whose eyes it is for
    tx: Transaction,
    source: str | None,
    *,
    subjects: Sequence[str] = (),
    after: int = 0,
    limit: int = PAGE,
    sight: Sight = ALL,
) -> dict[str, Any]:
    """Return a page of what was turned away, newest first: all of it, or what named one of some subjects."""
    rules = {"source = ?": source, "id < ?": after or None}
    given = {rule: value for rule, value in rules.items() if value is not None}
    named = [f"subject IN ({', '.join('?' * len(subjects))})"] if subjects else []
    seen = of_quarantine(sight)
    sql = (
        "SELECT id, at, source, type, subject, code, problems, raw_id, raw_item FROM quarantine"
        f" WHERE {' AND '.join(('1 = 1', *given, *named, *(rule for rule, _ in seen)))}"
        " ORDER BY id DESC LIMIT ?"
    )
    names = ("id", "at", "source", "type", "subject", "code", "problems", "raw", "item")
    found = tx.rows(sql, (*given.values(), *subjects, *(v for _, values in seen for v in values), limit))
    rows = [dict(zip(names, row, strict=True)) for row in found]
    for row in rows:
        row["at"] = at(row["at"])
        row["problems"] = [
            {"place": place, "code": code, "detail": detail}
            for place, code, detail in orjson.loads(row["problems"])
        ]
        row["raw"] = _raw(tx, row["raw"])
    return {"quarantine": rows, "next": rows[-1]["id"] if len(rows) == limit else None}


def counts(tx: Transaction) -> dict[str, Any]:
    """Return how many deliveries stand in each state, by system, and the totals beside them."""
    by_system: dict[str, dict[str, int]] = {}
    for table in ("deliveries", "history"):
        repeated = "sum(CASE WHEN repeats > 0 THEN 1 ELSE 0 END)"
        sql = f"SELECT system, state, count(*), {repeated} FROM {table} GROUP BY system, state"
        for system, state, count, repeats in tx.rows(sql):
            states_ = by_system.setdefault(system, {})
            states_[State(state).word] = states_.get(State(state).word, 0) + count
            states_["repeated"] = states_.get("repeated", 0) + (repeats or 0)
    dead_superseded = tx.rows(
        f"SELECT count(*) FROM history WHERE state IN ({states(DEAD)}) AND superseded_by IS NOT NULL"
    )[0][0]
    return {
        "messages": tx.rows("SELECT count(*) FROM messages")[0][0],
        "unrouted": tx.rows("SELECT count(*) FROM messages WHERE unrouted")[0][0],
        "quarantined": tx.rows("SELECT count(*) FROM quarantine")[0][0],
        "dead_superseded": dead_superseded,
        "systems": by_system,
    }


def oldest_open(tx: Transaction) -> dict[str, dict[str, Any]]:
    """Return per system how many deliveries are open and since when the oldest waits."""
    sql = "SELECT system, count(*), min(created_at) FROM deliveries WHERE state < ? GROUP BY system"
    return {
        system: {"open": count, "oldest": at(oldest)}
        for system, count, oldest in tx.rows(sql, (int(State.DELIVERED),))
    }


def open_systems(tx: Transaction) -> list[str]:
    """Return the systems that have open deliveries."""
    return [row[0] for row in tx.rows("SELECT DISTINCT system FROM deliveries")]


def standings(tx: Transaction) -> dict[str, tuple[str, str | None]]:
    """Return what is recorded of each system: its standing and the cause."""
    return {row[0]: (row[1], row[2]) for row in tx.rows("SELECT name, state, cause FROM systems")}

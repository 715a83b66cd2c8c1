"""Reading catalogues for people and programs: what was in force on a day, and the history of an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from lgsp.domain.codes import agency_code
from lgsp.domain.letters import plain
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.opening import opened
from lgsp.journal.reading import at

_COLUMNS = (
    "c.source, c.key, c.code, c.name, c.state, c.open, c.agency, c.more, c.version, c.since, c.until, c.gone,"
    " m.uid, m.accepted_at"
)
_FROM = "FROM catalogue_items c JOIN messages m ON m.id = c.message_id WHERE c.type = ?"
_AS_OF = "c.since <= ? AND (c.until IS NULL OR (c.until >= ? AND c.until >= c.since))"
_HISTORY = f"SELECT {_COLUMNS} {_FROM} AND c.key = ? ORDER BY c.source, c.version"
_BODY = (
    "SELECT key_id, body FROM bodies WHERE message_id = (SELECT message_id FROM catalogue_items"
    " WHERE source = ? AND type = ? AND version = ?)"
)
_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


@dataclass(slots=True, frozen=True)
class Sought:
    """What is looked for in a catalogue; what is empty is not asked for.

    Attributes:
        type: of the catalogue.
        words: of a name or a code, with marks or without; all of them must stand in it.
        agency: whose items, with those of the bodies below it.
        more: another thing that others are compared with, such as the code of a procedure's field.
        state: its word, or `open` for all that are in force.
        source: the system it came from.
        as_of: the day, in ISO form; empty is now.
        after: where the page before ended.
    """

    type: str
    words: str = ""
    agency: str = ""
    more: str = ""
    state: str = ""
    source: str = ""
    as_of: str = ""
    after: str = ""
    limit: int = 100


def search(tx: Transaction, sought: Sought) -> dict[str, Any]:
    """Return a page of items by code, and where the next one begins; None at the end."""
    rules, values = [], [sought.type]
    for rule, *its in _rules(sought):
        rules.append(rule)
        values += its
    where = "".join(f" AND {rule}" for rule in rules)
    sql = f"SELECT {_COLUMNS} {_FROM}{where} ORDER BY c.key, c.source LIMIT ?"
    rows = tx.rows(sql, (*values, sought.limit + 1))
    found = [_told(row) for row in rows[: sought.limit]]
    last = rows[sought.limit - 1] if len(rows) > sought.limit else None
    return {"items": found, "next": f"{last[1]}@{last[0]}" if last else None}


def _rules(sought: Sought) -> Iterator[Sequence[Any]]:
    """Yield the conditions of a search, each with its values."""
    yield (_AS_OF, sought.as_of, sought.as_of) if sought.as_of else ("c.current = 1",)
    for word in plain(sought.words).split():
        yield "c.plain LIKE ? ESCAPE '\\'", f"%{word.translate(_ESCAPED)}%"
    if sought.agency:
        normal = agency_code(sought.agency) or sought.agency
        yield "(c.agency = ? OR c.agency LIKE ? ESCAPE '\\')", normal, f"{normal.translate(_ESCAPED)}.%"
    if sought.more:
        yield "c.more LIKE ? ESCAPE '\\'", f"%{orjson.dumps(sought.more).decode().translate(_ESCAPED)}%"
    if sought.state == "open":
        yield ("c.open = 1",)
    elif sought.state:
        yield "c.state = ?", sought.state
    if sought.source:
        yield "c.source = ?", sought.source
    if sought.after:
        key, _, source = sought.after.rpartition("@")
        yield "(c.key > ? OR (c.key = ? AND c.source > ?))", key, key, source


def one(tx: Transaction, type_: str, key: str, source: str = "", as_of: str = "") -> dict[str, Any] | None:
    """Return an item as it was on a day (now without one), its whole record, and its history.

    `history` has every version, the newest first, those that held on no day too. Where several systems have
    the item and none is named, it is that of the first one by name; `sources` names them all. None when no
    version held on that day.
    """
    rows = [_told(row) for row in tx.rows(_HISTORY, (type_, key))]
    sources = sorted({row["source"] for row in rows})
    mine = [row for row in rows if row["source"] == (source or (sources[0] if sources else ""))]
    held = [row for row in mine if _held(row, as_of)]
    if not held:
        return None
    found = held[-1]
    body = tx.rows(_BODY, (found["source"], type_, found["version"]))
    kept = opened(tx, *body[0], "item", key) if body else None
    record = None if kept is None else orjson.loads(kept)
    return found | {"record": record, "history": mine[::-1], "sources": sources}


def _held(row: dict[str, Any], as_of: str) -> bool:
    since, until = row["valid_from"] or "", row["valid_to"]
    if not as_of:
        return until is None
    return since <= as_of and (until is None or (until >= as_of and until >= since))


def _told(row: Sequence[Any]) -> dict[str, Any]:
    """Return a version for people; what is not known is null."""
    source, _, code, name, state, is_open, agency, more, version, since, until, gone, uid, when = row
    return {
        "code": code, "name": name or None, "state": state, "open": bool(is_open), "agency": agency or None,
        "more": orjson.loads(more), "source": source, "version": version, "valid_from": since or None,
        "valid_to": until, "closed_by_list": bool(gone), "message": str(as_uuid(uid)), "known_at": at(when),
    }  # fmt: skip

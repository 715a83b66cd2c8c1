"""Reading the thread of a subject: what its messages said, where each went, and all that befell it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.lines import alias_digest
from lgsp.journal.opening import opened
from lgsp.journal.rows import numbers_of
from lgsp.journal.states import State

MOST = 300
"""Messages of a thread that are shown with all that befell them: the newest."""
BEFELL = 4000
"""Entries that are shown; a message has two where nothing goes wrong, and a few dozen where much does."""
_JUMPS = 40
_RECENT = 200

_NAMES = (
    "id", "uid", "revision", "source", "type", "subject", "accepted_at", "unrouted", "findings", "watched",
)  # fmt: skip
_MESSAGES = f"SELECT {', '.join(_NAMES)} FROM messages"
_LINE = f"{_MESSAGES} WHERE partitionkey = ? ORDER BY id DESC LIMIT ?"
_CHOSEN = f"{_MESSAGES} WHERE id IN ({{}}) ORDER BY id"
_BODIES = "SELECT message_id, key_id, body FROM bodies WHERE message_id IN ({})"
_WAY = (
    "id", "message_id", "system", "state", "attempt", "cause", "said", "next_attempt_at", "superseded_by",
    "created_at", "changed_at",
)  # fmt: skip
_WAYS = f"SELECT {', '.join(_WAY)} FROM {{}} WHERE message_id IN ({{{{}}}}) ORDER BY id"
_STEP = (
    "id", "message_id", "at", "what", "delivery_id", "system", "state", "attempt", "cause", "who", "details",
)  # fmt: skip
_STEPS = (
    f"SELECT {', '.join(_STEP)} FROM entries WHERE message_id IN ({{}}) AND what <> 'told again'"
    f" ORDER BY message_id, tx, id LIMIT {BEFELL + 1}"
)
_TRIES = "SELECT delivery_id, attempt, started_at, ended_at, said FROM attempts WHERE delivery_id IN ({})"
_NEXT_KEY = (
    "SELECT partitionkey FROM messages WHERE partitionkey > ? AND partitionkey < ?"
    " ORDER BY partitionkey LIMIT 1"
)
_NEWEST_OF = (
    "SELECT type, subject, source, accepted_at FROM messages WHERE partitionkey = ? ORDER BY id DESC LIMIT 1"
)
_BEARERS = "SELECT message_id FROM aliases WHERE alias = ? ORDER BY message_id DESC LIMIT ?"
_KEYS = "SELECT id, partitionkey FROM messages WHERE id IN ({})"
_RECENTLY = (
    "SELECT id, type, partitionkey, subject, source, accepted_at, watched FROM messages"
    " ORDER BY id DESC LIMIT ?"
)
_STANDS = "SELECT message_id, state FROM {} WHERE message_id IN ({{}})"
_KEY_OF = "SELECT partitionkey, type FROM messages WHERE id = ?"


@dataclass(slots=True)
class Told:
    """One message of a thread.

    Attributes:
        id: its outer id.
        watched: what it said of the watched fields, by JSON pointer.
        data: canonical, where it was asked for and is still kept.
        ways: its deliveries: `id system state attempt cause said next_attempt_at superseded_by created_at
            changed_at`, states in words, times in microseconds.
        steps: what befell it, in order: `at what delivery system state attempt cause who details`, and for an
            attempt `ms` and what the far side `said`.
    """

    number: int
    id: str
    revision: int
    source: str
    type: str
    subject: str
    accepted_at: int
    unrouted: bool
    findings: list[dict[str, str]]
    watched: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    ways: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Thread:
    """The messages of a thread in the order in which they were taken on.

    Attributes:
        cut: there are older messages, or more befell them, than is shown.
    """

    messages: Sequence[Told]
    cut: bool
    now: int


@dataclass(slots=True, frozen=True)
class Subject:
    """A subject that there is.

    Attributes:
        key: its line.
        type: of its newest message.
        subject: its code as the newest message writes it.
    """

    key: str
    type: str
    subject: str
    source: str
    accepted_at: int
    watched: dict[str, Any] = field(default_factory=dict)
    states: Sequence[str] = ()


def line(tx: Transaction, key: str, limit: int = MOST) -> Thread:
    """Return the thread of a subject; one without messages where there is none.

    Bodies come with what tells a step by itself, and with the newest snapshot of each type.
    """
    rows = tx.rows(_LINE, (key, limit + 1))
    return _thread(tx, rows[:limit][::-1], cut=len(rows) > limit)


def chosen(tx: Transaction, ids: Iterable[str], limit: int = MOST) -> Thread:
    """Return the thread that messages make, the newest of them, without their bodies."""
    numbers = sorted(numbers_of(tx, [UUID(one).bytes for one in ids]).values())
    kept = numbers[-limit:]
    rows = sorted(tx.among(_CHOSEN, kept)) if kept else []
    return _thread(tx, rows, cut=len(kept) < len(numbers), bodies=False)


def subject_of(tx: Transaction, uid: UUID) -> tuple[str, str] | None:
    """Return the line and the type of a message; None for one that is not there."""
    found = numbers_of(tx, [uid.bytes])
    rows = tx.rows(_KEY_OF, (found[uid.bytes],)) if found else []
    return (rows[0][0], rows[0][1]) if rows else None


def newest(tx: Transaction, key: str) -> Subject | None:
    """Return a subject by its line."""
    rows = tx.rows(_NEWEST_OF, (key,))
    return Subject(key, *rows[0]) if rows else None


def beginning(tx: Transaction, start: str, limit: int) -> list[Subject]:
    """Return subjects whose line begins with a text, in their order.

    It jumps from one line to the next by the index: how many messages each has makes no difference.
    """
    found: list[str] = []
    last, end = start, start[:-1] + chr(ord(start[-1]) + 1) if start else ""
    for _ in range(_JUMPS if start else 0):
        rows = tx.rows(_NEXT_KEY, (last, end))
        if not rows or len(found) >= limit:
            break
        last = rows[0][0]
        found += [last] if last.startswith(start) else []
    return [one for key in found if (one := newest(tx, key)) is not None]


def bearing(tx: Transaction, names: Iterable[str], limit: int) -> list[Subject]:
    """Return the subjects that bear one of some names (`lgsp.domain.documents.sought`), the newest first."""
    numbers = {row[0] for name in names for row in tx.rows(_BEARERS, (alias_digest(name), limit))}
    rows = sorted(tx.among(_KEYS, sorted(numbers)), reverse=True) if numbers else []
    keys = list(dict.fromkeys(row[1] for row in rows))[:limit]
    return [one for key in keys if (one := newest(tx, key)) is not None]


def recent(tx: Transaction, families: Sequence[str], limit: int) -> dict[str, list[Subject]]:
    """Return by family (`dossier` of `dossier.v1`) the subjects of the newest messages, each once."""
    rows = tx.rows(_RECENTLY, (_RECENT,))
    seen: dict[str, dict[str, Any]] = {family: {} for family in families}
    for row in rows:
        held = seen.get(family_of(row[1]), {})
        if row[2] in held or len(held) < limit:
            held.setdefault(row[2], []).append(row)
    stands = _stands(tx, [row[0] for held in seen.values() for rows in held.values() for row in rows])
    return {
        family: [_subject(key, rows, stands) for key, rows in held.items()] for family, held in seen.items()
    }


def family_of(type_: str) -> str:
    """Return what a type is about: the first part of its name."""
    return type_.partition(".")[0]


def _subject(key: str, rows: Sequence[Any], stands: dict[int, list[str]]) -> Subject:
    _, type_, _, subject, source, accepted_at, _ = rows[0]
    watched: dict[str, Any] = next((orjson.loads(row[6]) for row in rows if row[6]), {})
    states = [word for row in rows for word in stands.get(row[0], ())]
    return Subject(key, type_, subject, source, accepted_at, watched, states)


def _stands(tx: Transaction, numbers: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for table in ("deliveries", "history") if numbers else ():
        for message, state in tx.among(_STANDS.format(table), numbers):
            found.setdefault(message, []).append(State(state).word)
    return found


def _thread(tx: Transaction, rows: Sequence[Any], *, cut: bool, bodies: bool = True) -> Thread:
    messages = {row[0]: _told(row) for row in rows}
    if not messages:
        return Thread([], cut, tx.now)
    _with_ways(tx, messages)
    more = _with_steps(tx, messages)
    wanted = _telling(messages.values()) if bodies else []
    for number, *kept in tx.among(_BODIES, wanted) if wanted else ():
        body = opened(tx, *kept, "body of message", number)
        messages[number].data = {} if body is None else orjson.loads(body)
    return Thread(list(messages.values()), cut or more, tx.now)


def _told(row: Sequence[Any]) -> Told:
    number, uid, revision, source, type_, subject, accepted_at, unrouted, findings, watched = row
    return Told(
        number, str(as_uuid(uid)), revision, source, type_, subject, accepted_at, bool(unrouted),
        orjson.loads(findings) if findings else [], orjson.loads(watched) if watched else {},
    )  # fmt: skip


def _telling(messages: Iterable[Told]) -> list[int]:
    """Return the messages whose bodies say more than what is kept beside them."""
    newest_of: dict[str, int] = {}
    steps: list[int] = []
    for one in messages:
        if one.watched:
            newest_of[one.type] = one.number
        else:
            steps.append(one.number)
    return sorted([*steps, *newest_of.values()])


def _with_ways(tx: Transaction, messages: dict[int, Told]) -> None:
    for table in ("history", "deliveries"):
        for row in tx.among(_WAYS.format(table), list(messages)):
            way = dict(zip(_WAY, row, strict=True))
            way["state"] = State(way["state"]).word
            messages[way["message_id"]].ways.append(way)
    for one in messages.values():
        one.ways.sort(key=lambda way: int(way["id"]))


def _with_steps(tx: Transaction, messages: dict[int, Told]) -> bool:
    """Add what befell each message; tell whether there is more than is shown."""
    rows = tx.among(_STEPS, list(messages))
    tries = _tries(tx, [way["id"] for one in messages.values() for way in one.ways if way["attempt"]])
    for row in rows[:BEFELL]:
        step = dict(zip(_STEP, row, strict=True))
        step["state"] = None if step["state"] is None else State(step["state"]).word
        step["details"] = orjson.loads(step["details"]) if step["details"] else {}
        ms, said = tries.get((step["delivery_id"], step["attempt"]), (None, None))
        messages[step["message_id"]].steps.append(step | {"ms": ms, "said": said})
    return len(rows) > BEFELL


def _tries(tx: Transaction, deliveries: Sequence[int]) -> dict[tuple[int, int], tuple[float, str | None]]:
    rows = tx.among(_TRIES, deliveries) if deliveries else []
    return {(row[0], row[1]): (round((row[3] - row[2]) / 1000, 1), row[4]) for row in rows}

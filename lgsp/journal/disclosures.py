"""Who has seen whose personal data: each disclosure with its purpose, before anything of it is shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal import citizens
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.journal.rows import INSERT_ENTRY, entry, insert, numbers_of
from lgsp.journal.tables import disclosed, disclosures
from lgsp.redacting import without_numbers
from lgsp.wire.exchange import unpacked

PAGE = 100
_COLUMNS = (
    "id", "at", "until", "who", "system", "how", "purpose", "reason", "item", "type", "subject",
    "partitionkey", "message_id", "entry",
)  # fmt: skip
_BEHIND = 1000
_TRIES = 50
_LARGEST = 4 * 1024 * 1024
_INSERT = insert(disclosures, *_COLUMNS)
_DISCLOSED = f"{insert(disclosed)} ON CONFLICT (digest, disclosure) DO NOTHING"
_OPEN = (
    "SELECT max(until) FROM disclosures WHERE message_id = ? AND who = ? AND system = '' AND how = 'shown'"
    " AND until > ?"
)
_STATED = (
    "SELECT purpose, reason FROM disclosures WHERE message_id = ? AND who = ? AND system = ''"
    " AND how = 'shown' AND until > ? ORDER BY id DESC LIMIT 1"
)
_END = "UPDATE disclosures SET until = ? WHERE message_id = ? AND who = ? AND system = '' AND until > ?"
_MESSAGE = "SELECT id, type, subject, partitionkey, raw_id FROM messages WHERE id = ?"
_BODY = "SELECT key_id, body FROM bodies WHERE message_id = ?"
_RAW = "SELECT key_id, body FROM raws WHERE id = ? AND size <= ?"
_EXCHANGES = (
    "SELECT a.key_id, a.exchanges FROM attempts a WHERE a.delivery_id IN ({}) AND a.exchanges IS NOT NULL"
    " ORDER BY a.started_at DESC LIMIT ?"
)
_DELIVERIES = (
    "SELECT id FROM deliveries WHERE message_id = ? UNION ALL SELECT id FROM history WHERE message_id = ?"
)
_SHOWN = ("id", "at", "until", "who", "system", "how", "purpose", "reason", "item", "type", "subject")
_SEEN = f"SELECT {', '.join('d.' + name for name in _SHOWN)} FROM disclosures d"


@dataclass(slots=True, frozen=True)
class Content:
    """What a message holds, whole, for whoever finds out whose data it is.

    Attributes:
        data: the canonical body as JSON; None when it is kept no more.
        texts: what came and what was said natively, as far as the journal has it.
    """

    number: int
    type: str
    subject: str
    partitionkey: str
    data: bytes | None
    texts: Sequence[bytes]


@dataclass(slots=True, frozen=True, kw_only=True)
class Disclosure:
    """One look at personal data.

    Attributes:
        who: the person; empty where a system asked by itself.
        system: which asked; empty for a person.
        how: `shown`, `raw`, `download`, `attachment`, `export` or `asked`.
        purpose: a word of the declared list.
        reason: in the person's words; numbers in it that may be somebody's are not kept.
        item: what was disclosed: a message's id, `quarantine/7`.
        lasts: microseconds for which it is shown.
        message: the journal's own number, where it is a message.
    """

    who: str
    how: str
    purpose: str
    reason: str
    item: str
    lasts: int = 0
    system: str = ""
    type: str = ""
    subject: str = ""
    partitionkey: str = ""
    message: int | None = None


@dataclass(slots=True, frozen=True)
class Asked:
    """Of what the report is: what is empty does not count.

    Attributes:
        numbers: identity numbers in their normal form.
        keys: partitionkeys of dossiers or documents.
        who: the person who saw.
        since: microseconds.
        until: likewise; this moment is none of it.
    """

    numbers: Collection[str] = ()
    keys: Collection[str] = ()
    who: str = ""
    since: int | None = None
    until: int | None = None


def content(tx: Transaction, uid: UUID) -> Content | None:
    """Return all that is kept of a message's content; None when there is no such message."""
    numbers = numbers_of(tx, [uid.bytes])
    if not numbers:
        return None
    number, type_, subject, key, raw = tx.rows(_MESSAGE, (numbers[uid.bytes],))[0]
    body = tx.rows(_BODY, (number,))
    data = tx.keys.open(*body[0], "body of message", number) if body else None
    return Content(number, type_, subject, key, data, [*_came(tx, raw), *_said(tx, number)])


def _came(tx: Transaction, raw: int) -> list[bytes]:
    found = tx.rows(_RAW, (raw, _LARGEST))
    return [tx.keys.open(key, kept, "what came under number", raw) for key, kept in found if kept is not None]


def _said(tx: Transaction, message: int) -> list[bytes]:
    deliveries = [row[0] for row in tx.rows(_DELIVERIES, (message, message))]
    found = tx.among(_EXCHANGES, deliveries, _TRIES) if deliveries else []
    texts = [one for key, kept in found for one in unpacked(tx.keys.open(key, kept, "an exchange"))]
    return [f"{one['request']}\n{one['answer']}".encode() for one in texts]


def disclose(tx: Transaction, one: Disclosure, numbers: Collection[str]) -> int:
    """Write down that somebody sees personal data, with an entry; return until when, in microseconds.

    Args:
        tx: committed before anything is shown.
        one: who, what and why.
        numbers: identity numbers of those whose data it is, in their normal form.
    """
    (number,), (entered,) = tx.ids("disclosures", 1), tx.ids("entries", 1)
    until, reason = tx.now + one.lasts, without_numbers(one.reason)
    row = (
        number, tx.now, until, one.who, one.system, one.how, one.purpose, reason, one.item, one.type,
        one.subject, one.partitionkey, one.message, entered,
    )  # fmt: skip
    told = orjson.dumps(
        {"on": one.item, "how": one.how, "purpose": one.purpose, "until": at(until), "citizens": len(numbers)}
    ).decode()
    said = entry(entered, tx.now, "disclosed", who=one.who or one.system, cause=reason or None, details=told)
    tx.run(INSERT_ENTRY, [said])
    tx.run(_INSERT, [row])
    tx.run(_DISCLOSED, [(digest, number) for digest in citizens.noted(tx, numbers)])
    return until


def open_until(tx: Transaction, message: int, who: str) -> int | None:
    """Return until when a person may see a message whole; None where that is over, or was never allowed."""
    found = tx.rows(_OPEN, (message, who, tx.now))
    return None if found[0][0] is None else int(found[0][0])


def stated(tx: Transaction, message: int, who: str) -> tuple[str, str] | None:
    """Return for which purpose, and why, a person sees a message whole now; None where it is masked."""
    found = tx.rows(_STATED, (message, who, tx.now))
    return (found[0][0], found[0][1]) if found else None


def mask_again(tx: Transaction, message: int, who: str, item: str) -> bool:
    """End a person's look at a message at once; False when there was none."""
    if open_until(tx, message, who) is None:
        return False
    # a moment ago: whoever reads beside the writer may have a clock that stands a little behind
    tx.run(_END, [(tx.now - _BEHIND, message, who, tx.now)])
    (entered,) = tx.ids("entries", 1)
    told = orjson.dumps({"on": item}).decode()
    tx.run(INSERT_ENTRY, [entry(entered, tx.now, "masked again", who=who, details=told)])
    return True


def note_report(tx: Transaction, who: str, asked: Asked, how: str = "") -> None:
    """Write down that somebody asked who saw whose data: by what, and never the number itself."""
    by = {"number": bool(asked.numbers), "code": sorted(asked.keys), "person": asked.who, "how": how}
    told = orjson.dumps({name: part for name, part in by.items() if part}).decode()
    (entered,) = tx.ids("entries", 1)
    tx.run(INSERT_ENTRY, [entry(entered, tx.now, "disclosures asked", who=who, details=told)])


# --- the report -----------------------------------------------------------------------------------------


def report(
    tx: Transaction, asked: Asked, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of who saw what, newest first, and the number to go on before.

    By a citizen's number and by a dossier's code: what either of them finds.
    """
    rules, values = _rules(asked, 2**62 if before is None else before)
    rows: list[Any] = []
    for narrowed, given in _ways(tx, asked):
        sql = f"{_SEEN}{narrowed} AND {' AND '.join(rules)} ORDER BY d.id DESC LIMIT ?"
        rows += tx.rows(sql, (*given, *values, limit + 1))
    found = sorted({row[0]: row for row in rows}.values(), key=lambda row: -row[0])
    older = found[limit - 1][0] if len(found) > limit else None
    return [_told(row) for row in found[:limit]], older


def _ways(tx: Transaction, asked: Asked) -> list[tuple[str, list[Any]]]:
    """Return by which tables and indexes to look."""
    ways: list[tuple[str, list[Any]]] = [
        (" JOIN disclosed w ON w.disclosure = d.id WHERE w.digest = ?", [one])
        for one in citizens.digests(tx, asked.numbers)
    ]
    ways += [(" WHERE d.partitionkey = ?", [key]) for key in sorted(set(asked.keys))]
    return ways if asked.numbers or asked.keys else [(" WHERE 1 = 1", [])]


def _rules(asked: Asked, before: int) -> tuple[list[str], list[Any]]:
    sides = (
        ("d.id < ?", before),
        ("d.who = ?", asked.who or None),
        ("d.at >= ?", asked.since),
        ("d.at < ?", asked.until),
    )
    given = [(rule, value) for rule, value in sides if value is not None]
    return [rule for rule, _ in given], [value for _, value in given]


def _told(row: Sequence[Any]) -> dict[str, Any]:
    named = dict(zip(_SHOWN, row, strict=True))
    return named | {"at": at(named["at"]), "until": at(named["until"])}

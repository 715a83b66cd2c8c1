"""Searching entries, newest first, by who, what, when, system and message; a look reads a bounded part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from lgsp.journal.alerting import first_since
from lgsp.journal.contract import Transaction, as_uuid
from lgsp.journal.reading import at
from lgsp.journal.rows import numbers_of
from lgsp.journal.states import State

_LOOKED = 20_000
"""Entries that are read for one page at most: where hardly any matches, the page says how far it came."""
_BACK = 10_000
"""So many numbers may be written later than those behind them: processes draw them in blocks."""
_MESSAGES = 1000
_COLUMNS = "id, at, what, message_id, delivery_id, source, system, state, attempt, cause, who, details"
_PART = f"SELECT {_COLUMNS} FROM entries WHERE id < ? AND id >= ? ORDER BY id DESC LIMIT {_LOOKED}"
_OF_MESSAGES = f"SELECT {_COLUMNS} FROM entries WHERE message_id IN ({{}}) AND id < ? ORDER BY id DESC"
_OF_KEY = f"SELECT id FROM messages WHERE partitionkey = ? ORDER BY id DESC LIMIT {_MESSAGES}"
_OUTER = "SELECT id, uid, subject, type FROM messages WHERE id IN ({})"
_TOLD = frozenset({"said", "fields", "answer", "reason_given"})
"""What far sides and sources said, in their words: an auditor reads entries, and no content."""


@dataclass(slots=True, frozen=True)
class Sought:
    """What is looked for; what is empty does not matter. Times are microseconds since 1970.

    Attributes:
        who: exactly; a person's name, a system's, or `gateway`.
        what: the beginning of what befell.
        message: id of a message, or the partitionkey (such as a dossier's code) of several.
    """

    since: int | None = None
    until: int | None = None
    who: str = ""
    what: str = ""
    system: str = ""
    message: str = ""

    def rule(self) -> tuple[str, list[Any]]:
        """Return the condition on an entry, but for its message."""
        parts: list[tuple[str, Sequence[Any]]] = []
        parts += [("at >= ?", [self.since])] if self.since is not None else []
        parts += [("at < ?", [self.until])] if self.until is not None else []
        parts += [("who = ?", [self.who])] if self.who else []
        parts += (
            [("substr(what, 1, CAST(? AS INTEGER)) = ?", [len(self.what), self.what])] if self.what else []
        )
        parts += [("(system = ? OR source = ?)", [self.system, self.system])] if self.system else []
        rules = " AND ".join(rule for rule, _ in parts)
        return rules or "1 = 1", [value for _, values in parts for value in values]


@dataclass(slots=True, frozen=True)
class Page:
    """Some entries, newest first.

    Attributes:
        next: to ask for those behind them; None at the end.
        reached: the time of the oldest that was looked at, in microseconds; None where none was.
    """

    entries: list[dict[str, Any]]
    next: int | None
    reached: int | None


def search(tx: Transaction, sought: Sought, *, before: int | None, limit: int, whole: bool = False) -> Page:
    """Return a page of entries.

    Args:
        tx: a snapshot.
        sought: which.
        before: `next` of the page before.
        limit: how many at most.
        whole: with what far sides said in their own words, which may tell of a message's content.
    """
    behind = 2**62 if before is None else before
    if sought.message:
        return _of_messages(tx, sought, behind, limit, whole=whole)
    low, high = _bounds(tx, sought, behind)
    rule, values = sought.rule()
    part = f"({_PART}) AS part"
    rows = tx.rows(f"SELECT * FROM {part} WHERE {rule} ORDER BY id DESC LIMIT ?", (high, low, *values, limit))
    ((oldest, count, reached),) = tx.rows(f"SELECT min(id), count(*), min(at) FROM {part}", (high, low))
    if len(rows) == limit:
        return Page(_shown(tx, rows, whole=whole), rows[-1][0], rows[-1][1])
    return Page(_shown(tx, rows, whole=whole), oldest if count == _LOOKED else None, reached)


def _bounds(tx: Transaction, sought: Sought, behind: int) -> tuple[int, int]:
    """Return between which numbers entries of a time lie."""
    last = int(tx.rows("SELECT max(id) FROM entries")[0][0] or 0) + 1
    low, high = -(2**62), min(behind, last)
    if sought.since is not None:
        low = first_since(tx, "entries", sought.since, last) - _BACK
    if sought.until is not None:
        high = min(high, first_since(tx, "entries", sought.until, last) + _BACK)
    return low, high


def _of_messages(tx: Transaction, sought: Sought, behind: int, limit: int, *, whole: bool) -> Page:
    numbers = _numbers(tx, sought.message)
    rows = tx.among(_OF_MESSAGES, numbers, behind) if numbers else []
    kept = sorted((row for row in rows if _holds(row, sought)), key=lambda row: -row[0])[:limit]
    more = len(kept) == limit
    return Page(_shown(tx, kept, whole=whole), kept[-1][0] if more else None, kept[-1][1] if kept else None)


def _holds(row: Sequence[Any], sought: Sought) -> bool:
    _, when, what, _, _, source, system, _, _, _, who, _ = row
    return (
        (sought.since is None or when >= sought.since)
        and (sought.until is None or when < sought.until)
        and sought.who in ("", who)
        and what.startswith(sought.what)
        and sought.system in ("", source, system)
    )


def _numbers(tx: Transaction, text: str) -> list[int]:
    try:
        uid = UUID(text).bytes
    except ValueError:
        return [row[0] for row in tx.rows(_OF_KEY, (text,))]
    found = numbers_of(tx, [uid])
    return [found[uid]] if uid in found else []


def _shown(tx: Transaction, rows: Sequence[Any], *, whole: bool) -> list[dict[str, Any]]:
    wanted = sorted({row[3] for row in rows if row[3] is not None})
    about = {
        number: {"id": str(as_uuid(uid)), "subject": subject, "type": type_}
        for number, uid, subject, type_ in tx.among(_OUTER, wanted)
    }
    return [_one(row, about.get(row[3]), whole=whole) for row in rows]


def _one(row: Sequence[Any], message: dict[str, str] | None, *, whole: bool) -> dict[str, Any]:
    number, when, what, _, delivery, source, system, state, attempt, cause, who, details = row
    return {
        "id": number, "at": at(when), "what": what, "who": who, "message": message, "delivery": delivery,
        "source": source, "system": system, "state": None if state is None else _word(state),
        "attempt": attempt, "cause": cause, "details": told(details, whole=whole),
    }  # fmt: skip


def _word(state: int) -> str:
    try:
        return State(state).word
    except ValueError:
        return str(state)


def told(details: str | None, *, whole: bool = False) -> Any:
    """Return details as JSON is made of; without what others said in their words, unless wanted whole."""
    if not details:
        return None
    try:
        found = orjson.loads(details)
    except ValueError:
        return details if whole else None
    return found if whole else bare(found)


def bare(found: Any) -> Any:
    """Return details without what others said in their words."""
    if isinstance(found, dict):
        return {name: bare(value) for name, value in found.items() if name not in _TOLD}
    if isinstance(found, list):
        return [bare(one) for one in found]
    return found

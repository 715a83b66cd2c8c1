"""Files that go through us: finding what a link means, keeping what came, counting who fetched it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import numbers_of, write_entries
from lgsp.journal.tables import attached, relayed

FETCHED, KEPT, FAILED, REFUSED = "file fetched", "file kept", "file failed", "file refused"
"""What befell a file, as entries have it."""
AGAIN = 3600 * 1_000_000
"""Microseconds after which a failure for the same cause is an entry once more."""

_MESSAGE = "SELECT source, type FROM messages WHERE id = ?"
_BODY = "SELECT key_id, body FROM bodies WHERE message_id = ?"
_COLUMNS = (
    "file", "blob", "ending", "size", "kept_at", "served", "served_at", "failures", "failed_at", "cause",
    "said",
)  # fmt: skip
_ALL = f"SELECT {', '.join(_COLUMNS)} FROM relayed WHERE message_id = ? ORDER BY file"
_ONE = f"SELECT {', '.join(_COLUMNS)} FROM relayed WHERE message_id = ? AND file = ?"
_CAME = (
    f"INSERT INTO {relayed.name} (message_id, file, blob, ending, size, kept_at, served, failures)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (message_id, file) DO UPDATE SET blob = excluded.blob,"
    " ending = excluded.ending, size = excluded.size, kept_at = excluded.kept_at, cause = NULL, said = NULL"
)
_ATTACH = (
    f"INSERT INTO {attached.name} (message_id, blob, looked_at) VALUES (?, ?, ?)"
    " ON CONFLICT (message_id, blob) DO NOTHING"
)
_WENT_WRONG = (
    f"INSERT INTO {relayed.name} (message_id, file, served, failures, failed_at, cause, said)"
    " VALUES (?, ?, 0, 1, ?, ?, ?) ON CONFLICT (message_id, file) DO UPDATE SET"
    " failures = relayed.failures + 1, failed_at = excluded.failed_at, cause = excluded.cause,"
    " said = excluded.said"
)
_SERVED = f"UPDATE {relayed.name} SET served = served + ?, served_at = ? WHERE message_id = ? AND file = ?"


class State(NamedTuple):
    """What is known of one file that somebody wanted; times in microseconds. See the table."""

    file: int
    blob: str | None
    ending: str | None
    size: int | None
    kept_at: int | None
    served: int
    served_at: int | None
    failures: int
    failed_at: int | None
    cause: str | None
    said: str | None


class Sought(NamedTuple):
    """The message that a link names.

    Attributes:
        number: its number in the journal.
        type: its canonical type.
        data: its body; None when that is kept no more.
        states: of its files that somebody wanted, by their numbers.
    """

    number: int
    source: str
    type: str
    data: dict[str, Any] | None
    states: dict[int, State]


class Counted(NamedTuple):
    """How often one address fetched one file.

    Attributes:
        place: JSON pointer to the file's address in its message.
        who: the address that fetched it.
    """

    message: int
    file: int
    place: str
    who: str
    times: int


def sought(tx: Transaction, uid: UUID, file: int | None = None) -> Sought | None:
    """Return a message with what is known of one of its files, or of all; None when there is no such one."""
    number = numbers_of(tx, [uid.bytes]).get(uid.bytes)
    if number is None:
        return None
    source, type_ = tx.rows(_MESSAGE, (number,))[0]
    body = tx.rows(_BODY, (number,))
    data = orjson.loads(tx.keys.open(*body[0], "body of message", number)) if body else None
    rows = tx.rows(_ALL, (number,)) if file is None else tx.rows(_ONE, (number, file))
    return Sought(number, source, type_, data, {row[0]: State(*row) for row in rows})


def keep(tx: Transaction, message: int, file: tuple[int, str], kept: tuple[str, str, int]) -> None:
    """Write that a file came: it stays in the store as long as its message's body stays.

    Args:
        tx: the transaction.
        message: its message's number.
        file: its number and its place.
        kept: its name in the store, the ending of its content, its size in bytes.
    """
    number, place = file
    blob, ending, size = kept
    tx.run(_CAME, [(message, number, blob, ending, size, tx.now)])
    tx.run(_ATTACH, [(message, blob, tx.now)])
    details = {"place": place, "ending": ending, "size": size}
    write_entries(tx, [_entry(KEPT, message, "gateway", details)])


def fail(tx: Transaction, message: int, file: tuple[int, str], cause: str, said: str) -> None:
    """Write that a file did not come, or is none that may be handed on; once an hour for the same cause."""
    number, place = file
    before = tx.rows(_ONE, (message, number))
    tx.run(_WENT_WRONG, [(message, number, tx.now, cause, said)])
    if before and _is_old_news(State(*before[0]), cause, tx.now):
        return
    what = REFUSED if cause.startswith("file-type-") else FAILED
    details = {"place": place} | ({"said": said} if said else {})
    write_entries(tx, [_entry(what, message, "gateway", details) | {"cause": cause}])


def _is_old_news(state: State, cause: str, now: int) -> bool:
    return state.cause == cause and state.failed_at is not None and now - state.failed_at < AGAIN


def count(tx: Transaction, fetched: Sequence[Counted]) -> None:
    """Write how often files were fetched, and by whom: one entry for each file and address."""
    in_order = sorted(fetched)  # all lock in this order, so that nobody waits for another in a ring
    tx.run(_SERVED, [(one.times, tx.now, one.message, one.file) for one in in_order])
    entries = [
        _entry(FETCHED, one.message, one.who, {"place": one.place, "times": one.times}) for one in fetched
    ]
    write_entries(tx, entries)


def _entry(what: str, message: int, who: str, details: dict[str, Any]) -> dict[str, Any]:
    return {"what": what, "message": message, "who": who, "details": orjson.dumps(details).decode()}

"""What the journal says of everything that was taken on, as plain rows for the checker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.states import State

_MESSAGES = "SELECT id, uid, type, kind, subject, revision, unrouted FROM messages ORDER BY id"
_OPEN = (
    "SELECT id, message_id, system, line, seq, state, attempt, lapses, resend_of, superseded_by"
    " FROM deliveries ORDER BY id"
)
_CLOSED = (
    "SELECT id, message_id, system, line, seq, state, attempt, lapses, resend_of, superseded_by"
    " FROM history ORDER BY id"
)
_ENTRIES = "SELECT what, message_id, delivery_id, state, final, cause, details FROM entries ORDER BY tx, id"
_ATTEMPTS = "SELECT delivery_id, attempt FROM attempts"


class Told(NamedTuple):
    """A message that the journal holds."""

    id: int
    uid: str
    type: str
    kind: int
    subject: str
    revision: int
    unrouted: bool


class Fate(NamedTuple):
    """One delivery; `closed` is where it lies: with the open ones, or in the history."""

    id: int
    message: int
    system: str
    line: bytes
    seq: int
    state: State
    attempt: int
    lapses: int
    resend_of: int | None
    superseded_by: int | None
    closed: bool = False


class Noted(NamedTuple):
    """One entry about a message or a delivery."""

    what: str
    message: int | None
    delivery: int | None
    state: int | None
    final: bool
    cause: str | None
    details: Mapping[str, Any]


@dataclass(slots=True)
class Records:
    """All rows that the checker looks at, oldest first."""

    messages: Sequence[Told] = ()
    fates: Sequence[Fate] = ()
    entries: Sequence[Noted] = ()
    attempts: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def read_records(tx: Transaction) -> Records:
    """Return what a journal holds, at one moment."""
    open_ = [_fate(row, closed=False) for row in tx.rows(_OPEN)]
    closed = [_fate(row, closed=True) for row in tx.rows(_CLOSED)]
    return Records(
        [_told(row) for row in tx.rows(_MESSAGES)],
        [*open_, *closed],
        [_noted(row) for row in tx.rows(_ENTRIES)],
        frozenset((row[0], row[1]) for row in tx.rows(_ATTEMPTS)),
    )


def _told(row: Sequence[Any]) -> Told:
    number, uid, type_, kind, subject, revision, unrouted = row
    return Told(number, str(UUID(bytes=bytes(uid))), type_, kind, subject, revision, bool(unrouted))


def _fate(row: Sequence[Any], *, closed: bool) -> Fate:
    number, message, system, line, seq, state, attempt, lapses, resend_of, superseded_by = row
    return Fate(
        number, message, system, bytes(line), seq, State(state), attempt, lapses, resend_of, superseded_by,
        closed,
    )  # fmt: skip


def _noted(row: Sequence[Any]) -> Noted:
    what, message, delivery, state, final, cause, details = row
    told = orjson.loads(details) if details else {}
    return Noted(what, message, delivery, state, bool(final), cause, told if isinstance(told, dict) else {})

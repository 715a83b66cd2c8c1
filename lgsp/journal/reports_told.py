"""What messages say of reports: those that systems bring, what far sides answer, and how deliveries stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lgsp.journal.contract import Transaction
from lgsp.journal.opening import opened
from lgsp.journal.remembered import held, remembered
from lgsp.journal.remembered import remember as remember_text
from lgsp.journal.reports_tables import report_statuses
from lgsp.journal.rows import insert, numbers_of
from lgsp.journal.states import State

REPORT, STATUS = "report.v1", "report.status.v1"
_NAME = "reports"
_MOST = 200
_AGAIN = 60_000_000
"""Microseconds after which what may have committed out of turn is looked through again."""
_TOLD = (
    "SELECT m.id, m.uid, m.type, m.source, m.accepted_at, b.key_id, b.body FROM messages m"
    " LEFT JOIN bodies b ON b.message_id = m.id"
    " WHERE m.source = ? AND m.type = ? AND m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ?"
)
_KEEP = insert(report_statuses)
_STATUS = ("message_id", "code", "version", "system", "state", "reason", "at", "known_at")
_WAY = "SELECT system, state, coalesce(cause, ''), changed_at, id FROM {} WHERE message_id = ?"


class Told(NamedTuple):
    """A message about a report.

    Attributes:
        uid: its outer id.
        data: its body; None where that is kept no more.
    """

    id: int
    uid: str
    type: str
    source: str
    at: int
    data: dict[str, Any] | None


class Status(NamedTuple):
    """What a far side said of a version."""

    message_id: int
    code: str
    version: int
    system: str
    state: str
    reason: str
    at: int | None
    known_at: int


class Way(NamedTuple):
    """A delivery of a report."""

    system: str
    state: State
    cause: str
    changed_at: int
    id: int


@dataclass(slots=True, frozen=True)
class Place:
    """How far the messages are looked through: up to `at`; what came behind `sure` is looked at once more."""

    at: int = 0
    sure: int = 0
    mark: int = 0
    marked: int = 0


def place(tx: Transaction, *, hold: bool = False) -> Place:
    """Return how far the messages are looked through; held, nobody else moves it before this ends."""
    found = (held if hold else remembered)(tx, _NAME)
    return Place(**orjson.loads(found)) if found else Place()


def look(tx: Transaction, sources: Sequence[str]) -> tuple[Place, list[Told], Place]:
    """Return what some systems told behind the place, in order, the place itself, and the one behind it."""
    here = place(tx)
    top = tx.rows("SELECT max(id) FROM messages")[0][0] or 0
    found = [
        _told(tx, row)
        for source in sources
        for type_ in (REPORT, STATUS)
        for row in tx.rows(_TOLD, (source, type_, here.at, top, _MOST))
    ]
    found.sort(key=lambda one: one.id)
    if len(found) >= _MOST:
        return here, found[:_MOST], Place(found[_MOST - 1].id, here.sure, here.mark, here.marked)
    if tx.now - here.marked >= _AGAIN:
        return here, found, Place(here.mark, here.mark, top, tx.now)
    return here, found, Place(top, here.sure, here.mark, here.marked)


def remember(tx: Transaction, here: Place) -> None:
    """Keep how far the messages are looked through."""
    remember_text(tx, _NAME, orjson.dumps(asdict(here)).decode())


def keep(tx: Transaction, status: Status) -> bool:
    """Keep what a far side said; return False if it is kept already."""
    if tx.rows("SELECT 1 FROM report_statuses WHERE message_id = ?", (status.message_id,)):
        return False
    tx.run(_KEEP, [status])
    return True


def statuses(tx: Transaction, code: str, version: int) -> list[Status]:
    """Return what far sides said of a version, in the order in which they said it."""
    sql = f"SELECT {', '.join(_STATUS)} FROM report_statuses WHERE code = ? AND version = ?"
    found = [Status._make(row) for row in tx.rows(sql, (code, version))]
    return sorted(found, key=lambda one: (one.at or one.known_at, one.message_id))


def ways(tx: Transaction, message: str) -> list[Way]:
    """Return the deliveries of a report's message, oldest first."""
    uid = UUID(message).bytes
    number = numbers_of(tx, [uid]).get(uid)
    if number is None:
        return []
    rows = [row for table in ("history", "deliveries") for row in tx.rows(_WAY.format(table), (number,))]
    return sorted((Way(row[0], State(row[1]), *row[2:]) for row in rows), key=lambda way: way.id)


def _told(tx: Transaction, row: Sequence[Any]) -> Told:
    number, uid, type_, source, at, key_id, body = row
    kept = None if body is None else opened(tx, key_id, body, "body of message", number)
    data: Mapping[str, Any] | None = None if kept is None else orjson.loads(kept)
    return Told(number, str(UUID(bytes=bytes(uid))), type_, source, at, None if data is None else dict(data))

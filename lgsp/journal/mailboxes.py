"""The deliveries of systems that collect: offered, taken on a lease, and delivered when they say so.

What is offered is the head of its line, and nobody else moves it but people, time and the routes. A lease
only keeps it off the list for a while: whoever took it may take it again, and says when it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import orjson

from lgsp.journal.claiming import read
from lgsp.journal.contract import Transaction
from lgsp.journal.lines import line_digest
from lgsp.journal.promoting import close, dispatch, make_present, next_heads
from lgsp.journal.remembered import remember, remembered
from lgsp.journal.rows import (
    IS_HEAD,
    KEEP_ATTEMPT,
    ROW,
    Row,
    befell,
    moved,
    newest_in_line,
    rows_of,
    write_entries,
)
from lgsp.journal.states import FINAL, Move, State, after
from lgsp.journal.superseding import supersede
from lgsp.journal.sweeping import bury
from lgsp.keys import PLAIN
from lgsp.message import Kind, Message

LEASE = 300_000_000
"""Microseconds for which what was taken is not listed."""

_OFFERED = (
    "SELECT d.id, m.uid, d.type, m.subject, d.source, m.agency, d.recipients, d.created_at"
    " FROM deliveries d JOIN messages m ON m.id = d.message_id"
    f" WHERE d.system = ? AND d.state = {int(State.OFFERED)} AND d.type IN ({{}})"
    " AND (d.next_attempt_at IS NULL OR d.next_attempt_at <= ? OR d.next_attempt_at > ?)"
    " ORDER BY d.seq LIMIT ?"
)
_HEAD = (
    "SELECT d.id, m.uid, d.type, m.subject, d.source, m.agency, d.recipients, d.created_at"
    f" FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE d.line = ? AND d.{IS_HEAD}"
    f" AND d.state + 0 = {int(State.OFFERED)} AND d.type = ?"
)
_COUNT = (
    f"SELECT type, count(*) FROM deliveries WHERE system = ? AND state = {int(State.OFFERED)} GROUP BY type"
)
_UID = "SELECT uid FROM messages WHERE id = ?"
_WENT = "SELECT message_id, state FROM history WHERE id = ? AND system = ?"
_TAKE = (
    "UPDATE deliveries SET attempt = attempt + 1, claimed_at = ?, next_attempt_at = ?, changed_at = ?"
    " WHERE id = ?"
)
_TAKEN_AT = "SELECT claimed_at FROM deliveries WHERE id = ?"
_DONE = (
    "UPDATE deliveries SET state = ?, attempt = ?, cause = NULL, said = ?, next_attempt_at = NULL,"
    " changed_at = ? WHERE id = ?"
)
_FAIL = (
    "UPDATE deliveries SET state = ?, attempt = ?, patience = ?, scope = 0, cause = ?, said = ?,"
    " next_attempt_at = ?, changed_at = ? WHERE id = ?"
)
_COLLECTING = "collecting"
_READY_ONES = f"{ROW} WHERE system = ? AND state = {int(State.READY)} LIMIT 500"
_UNDISPATCHED = (
    f"{ROW} WHERE system = ? AND state = {int(State.READY)} AND dispatched_at IS NULL"
    " ORDER BY bulk, seq LIMIT 500"
)
_WITHDRAW = (
    f"UPDATE deliveries SET state = {int(State.READY)}, dispatched_at = NULL, changed_at = ?,"
    " uncertain = uncertain + CASE WHEN next_attempt_at IS NULL THEN 0 ELSE 1 END, next_attempt_at = NULL"
    f" WHERE system = ? AND state = {int(State.OFFERED)}"
)
_HELD_ROW = f"{ROW} WHERE id = ? /* hold */"
_WRITTEN = "SELECT 1 FROM attempts WHERE delivery_id = ? AND attempt = ?"
NOT_USABLE = "not-usable"
"""Why a delivery was put off: who collected it says that it cannot use it."""
_WAYS = {
    State.OFFERED: (Move.DELIVER,),
    State.PUT_OFF: (Move.FALL_DUE, Move.OFFER, Move.DELIVER),
    State.EXHAUSTED: (Move.REPLAY, Move.TURN_CAME, Move.OFFER, Move.DELIVER),
}
"""By which moves what somebody has after all is delivered: also after another client could not use it."""
_IN_REACH = frozenset(_WAYS)


class Offered(NamedTuple):
    """What waits in a mailbox; `recipients` as JSON, None is all of them; `since` in microseconds."""

    delivery: int
    uid: bytes
    type: str
    subject: str
    source: str
    agency: str
    recipients: str | None
    since: int


def waiting(tx: Transaction, system: str, types: Collection[str], limit: int) -> list[Offered]:
    """Return what waits of these types and is not leased, oldest first.

    A lease that ends much later than one taken now was taken while the clock was ahead, and binds nobody.
    """
    sql = _OFFERED.format(", ".join("?" * len(types)))
    rows = tx.rows(sql, (system, *sorted(types), tx.now, tx.now + 2 * LEASE, limit)) if types else ()
    return [Offered._make(row) for row in rows]


def head(tx: Transaction, system: str, type_: str, key: str) -> Offered | None:
    """Return what waits of one subject, leased or not; None when nothing does."""
    rows = tx.rows(_HEAD, (line_digest(system, key), type_))
    return Offered._make(rows[0]) if rows else None


def count(tx: Transaction, system: str, types: Collection[str]) -> int:
    """Return how much waits of these types, leased or not."""
    return sum(number for type_, number in tx.rows(_COUNT, (system,)) if type_ in types)


def take(tx: Transaction, system: str, delivery: int, uid: bytes) -> Message | None:
    """Lease what is offered, and return it whole; None when it is not offered (any more)."""
    row = _offered(tx, system, delivery, uid)
    if row is None or row.state != State.OFFERED or _void(tx, row):
        return None
    message = read(tx, delivery)
    if message is None:
        return None
    tx.run(_TAKE, [(tx.now, tx.now + LEASE, tx.now, delivery)])
    row = row._replace(attempt=row.attempt + 1)
    write_entries(tx, [befell(row, "taken", row.state, f"system {system}", final=False)])
    return message


def done(tx: Transaction, system: str, delivery: int, uid: bytes, note: str) -> bool:
    """Note that a delivery was collected for good; False when it neither waits nor was delivered.

    What was put off, or died, because another client could not use it counts as well: somebody can.
    """
    row = _offered(tx, system, delivery, uid)
    if row is None:
        return _was_delivered(tx, system, delivery, uid)
    if row.state not in _IN_REACH:
        return False
    state, row = _collected(row), _numbered(tx, row)
    _keep_attempt(tx, row, state, "", note)
    tx.run(_DONE, [(state, row.attempt, note or None, tx.now, delivery)])
    write_entries(tx, [befell(row, state.word, state, f"system {system}", final=True)])
    close(tx, [(delivery,)])
    if row.kind != Kind.EVENT:
        make_present(tx, [(bytes(row.line), row.type, "delivered", row.message_id, row.seq)])
    dispatch(tx, next_heads(tx, [row.line]))
    return True


def fail(  # noqa: PLR0913, PLR0917 - what is said of a delivery, and by whom
    tx: Transaction, system: str, delivery: int, uid: bytes, why: str, wait: Callable[[int], int | None]
) -> bool:
    """Put off what could not be used; False when it is not offered.

    `wait` tells, of so many intervals of patience that are spent, how long to wait (microseconds) until it is
    offered again; None when it is exhausted.
    """
    row = _offered(tx, system, delivery, uid)
    if row is None or row.state not in (State.OFFERED, State.PUT_OFF):
        return False
    if row.state == State.PUT_OFF:
        return True
    row = _numbered(tx, row)._replace(patience=row.patience + 1)
    pause = wait(row.patience)
    newer = newest_in_line(tx, row.line, row.identity, row.seq) if row.kind == Kind.SNAPSHOT else None
    if newer and pause is not None:
        _keep_attempt(tx, row, State.PUT_OFF, NOT_USABLE, why)
        supersede(tx, [row], newer[0])
        dispatch(tx, next_heads(tx, [row.line]))
        return True
    state = State(moved(row, Move.EXHAUST if pause is None else Move.PUT_OFF))
    _keep_attempt(tx, row, state, NOT_USABLE, why)
    due = None if pause is None else tx.now + pause
    tx.run(_FAIL, [(state, row.attempt, row.patience, NOT_USABLE, why or None, due, tx.now, delivery)])
    write_entries(
        tx,
        [befell(row, state.word, state, f"system {system}", final=state in FINAL, cause=NOT_USABLE,
                details=orjson.dumps({"said": why, "next_attempt_at": due}).decode())],
    )  # fmt: skip
    if state is State.EXHAUSTED:
        bury(tx, [row])
    dispatch(tx, next_heads(tx, [row.line]))
    return True


def rehouse(tx: Transaction, systems: Collection[str]) -> None:
    """Let what is open to a system that began, or ceased, to collect be offered, or be sent.

    Whoever loads routes asks for it; what changed since it was last done is known by the journal. What was
    taken from a mailbox may be there: it is in doubt when it is sent.
    """
    kept = remembered(tx, _COLLECTING)
    before, now = set(orjson.loads(kept)) if kept else set(), set(tx.collecting)
    for system in sorted((now - before) & set(systems)):
        while rows := [Row._make(row) for row in tx.rows(_READY_ONES, (system,))]:
            dispatch(tx, rows)
    tx.run(_WITHDRAW, [(tx.now, system) for system in sorted((before - now) & set(systems))])
    if before != now:
        remember(tx, _COLLECTING, orjson.dumps(sorted(now)).decode())


def straighten(tx: Transaction, systems: Collection[str]) -> None:
    """Bring in what a process with older routes left on the wrong side since."""
    for system in systems:
        if system in tx.collecting:
            dispatch(tx, [Row._make(row) for row in tx.rows(_UNDISPATCHED, (system,))])
    tx.run(_WITHDRAW, [(tx.now, system) for system in systems if system not in tx.collecting])


def _offered(tx: Transaction, system: str, delivery: int, uid: bytes) -> Row | None:
    """Return a delivery of a mailbox under the lock of its line; None when it is closed, or not this one."""
    row = rows_of(tx, [delivery]).get(delivery)
    if row is None or row.system != system or not _is(tx, row.message_id, uid):
        return None
    tx.lock([bytes(row.line)])
    held = tx.rows(_HELD_ROW, (delivery,))
    return Row._make(held[0]) if held else None


def _is(tx: Transaction, message: int, uid: bytes) -> bool:
    return any(bytes(found[0]).startswith(uid) for found in tx.rows(_UID, (message,)))


def _void(tx: Transaction, row: Row) -> bool:
    return row.expires_at is not None and row.expires_at <= tx.now


def _numbered(tx: Transaction, row: Row) -> Row:
    """Return a row with the number of the attempt that ends now; one that was not taken anew is a new one."""
    number = max(1, row.attempt)
    return row._replace(attempt=number + bool(tx.rows(_WRITTEN, (row.id, number))))


def _was_delivered(tx: Transaction, system: str, delivery: int, uid: bytes) -> bool:
    return any(
        state == State.DELIVERED and _is(tx, message, uid)
        for message, state in tx.rows(_WENT, (delivery, system))
    )


def _collected(row: Row) -> State:
    """Return where a delivery goes that is collected, from where it stands."""
    state = State(row.state)
    for move in _WAYS[state]:
        state = after(state, move)
    return state


def _keep_attempt(tx: Transaction, row: Row, state: State, cause: str, said: str) -> None:
    taken = tx.rows(_TAKEN_AT, (row.id,))[0][0] or tx.now
    found = (row.id, row.attempt, 0, taken, tx.now, int(state), cause or None, said or None)
    tx.run(KEEP_ATTEMPT, [(*found, PLAIN, None, None)])

"""SQL that more than one act of the journal speaks, and the shapes of the rows it brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table

from lgsp.journal.columns import DELIVERY_COLUMNS
from lgsp.journal.contract import Transaction
from lgsp.journal.states import BEHIND, DEAD, HEADS, Move, State, after
from lgsp.journal.tables import attempts, bodies, deliveries, entries, messages, meta, raws

MESSAGE, SYSTEM, SETTLING, CHECK = 0, 1, 2, 3
"""Why a delivery is put off: the message, its system, or only its line, which settles; or why it is held:
what its route had checked, which a newer snapshot may mend."""


def insert(table: Table, *columns: str) -> str:
    """Return the INSERT of a table, for all columns or for those named."""
    names = columns or tuple(column.name for column in table.columns)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def states(values: Iterable[State]) -> str:
    """Return states as a list of SQL literals."""
    return ", ".join(str(int(value)) for value in sorted(values))


IS_HEAD = f"state IN ({states(HEADS)})"
_IS_BEHIND = f"state IN ({states(BEHIND)})"
IS_WAITING = f"{_IS_BEHIND} AND state = {int(State.WAITING)}"
IN_A_RUN = f"{IS_WAITING} AND worker IS NOT NULL"
IS_PARKED = f"{_IS_BEHIND} AND state = {int(State.PARKED)}"
IS_DEAD = f"{_IS_BEHIND} AND state IN ({states(DEAD)})"
"""What SQL says of a delivery's place in its line, in the very words of the partial indexes that find it."""

MAYBE_PRESENT = (
    "INSERT INTO presence (line, type, how, message_id, seq, at) VALUES (?, ?, 'unsure', ?, NULL, ?)"
    " ON CONFLICT (line, type) DO UPDATE SET message_id = CASE WHEN presence.message_id = excluded.message_id"
    " THEN presence.message_id ELSE NULL END WHERE presence.how = 'unsure'"
)
INSERT_MESSAGE = insert(messages)
REMEMBER = f"{insert(meta)} ON CONFLICT (name) DO UPDATE SET value = excluded.value"
KEEP_ATTEMPT = f"{insert(attempts)} ON CONFLICT (delivery_id, attempt) DO NOTHING"
INSERT_BODY = insert(bodies)
INSERT_RAW = insert(raws)
INSERT_DELIVERY = insert(deliveries)
BIRTH = insert(
    deliveries, "id", "message_id", "source", "system", "line", "identity", "seq", "kind", "type", "anchor",
    "state", "next_attempt_at", "cause", "scope", "epoch", "dispatched_at", "recipients", "created_at",
    "changed_at", "expires_at", "shadow",
)  # fmt: skip
"""What a new delivery says; the rest are the columns' defaults."""
INSERT_ENTRY = insert(entries, *(column.name for column in entries.columns if column.name != "tx"))

_KEPT = ", ".join(DELIVERY_COLUMNS)
CLOSE = f"INSERT INTO history ({_KEPT}) SELECT {_KEPT} FROM deliveries WHERE id = ?"
FORGET = "DELETE FROM deliveries WHERE id = ?"
SET_STATE = "UPDATE deliveries SET state = ?, changed_at = ? WHERE id = ?"
DISPATCH = (
    f"UPDATE deliveries SET state = {int(State.READY)}, next_attempt_at = NULL, epoch = ?, dispatched_at = ?,"
    " changed_at = ? WHERE id = ?"
)
HOLD = (
    "UPDATE deliveries SET state = ?, cause = ?, next_attempt_at = NULL, dispatched_at = NULL, changed_at = ?"
    " WHERE id = ?"
)
OFFER = (
    f"UPDATE deliveries SET state = {int(State.OFFERED)}, next_attempt_at = NULL, dispatched_at = NULL,"
    " changed_at = ? WHERE id = ?"
)
GO_BY = (
    "UPDATE deliveries SET state = ?, cause = ?, next_attempt_at = NULL, dispatched_at = NULL, worker = NULL,"
    " changed_at = ? WHERE id = ?"
)
GIVE_BACK = "UPDATE deliveries SET shadow = 1 WHERE id = ?"
DISPATCH_READY = "UPDATE deliveries SET epoch = ?, dispatched_at = ?, changed_at = ? WHERE id = ?"
"""For those that are ready already: what does not change touches no index."""
PUT_OFF_UNTIL = (
    f"UPDATE deliveries SET state = {int(State.PUT_OFF)}, next_attempt_at = ?, scope = ?, cause = ?,"
    " changed_at = ? WHERE id = ?"
)


class Row(NamedTuple):
    """A delivery as the acts that close, open and claim need it."""

    id: int
    message_id: int
    source: str
    system: str
    line: bytes
    identity: bytes
    seq: int
    kind: int
    type: str
    anchor: str | None
    state: int
    attempt: int
    patience: int
    lapses: int
    uncertain: int
    repeats: int
    scope: int
    epoch: int
    worker: int | None
    next_attempt_at: int | None
    changed_at: int
    wish: int | None
    superseded_by: int | None
    resend_of: int | None
    expires_at: int | None
    shadow: int = 0


ROW = f"SELECT {', '.join(Row._fields)} FROM deliveries"


_WITH_HEAD = f"SELECT line FROM deliveries WHERE line IN ({{}}) AND {IS_HEAD}"
_NEWEST = (
    f"SELECT seq, id, message_id, worker FROM deliveries WHERE line = ? AND {IS_HEAD}"
    " AND identity = ? AND seq > ?"
    f" UNION ALL SELECT seq, id, message_id, worker FROM deliveries WHERE line = ? AND {IS_WAITING}"
    " AND identity = ? AND seq > ? ORDER BY seq DESC LIMIT 1"
)


def rows_of(tx: Transaction, ids: Sequence[int]) -> dict[int, Row]:
    """Return deliveries by id; one that is closed or unknown is left out."""
    return {row[0]: Row._make(row) for row in tx.among(f"{ROW} WHERE id IN ({{}})", ids)}


def locked(tx: Transaction, rows: Iterable[Row]) -> list[Row]:
    """Lock the lines of rows, then the rows; return those that still stand as they were read.

    Every move but a claim is made under the lock of its line, and a claim waits for the lock of its row.
    """
    read = list(rows)
    tx.lock(sorted({bytes(row.line) for row in read}))
    sql = f"{ROW} WHERE id IN ({{}}) ORDER BY id /* hold */"
    now = {row[0]: Row._make(row) for row in tx.among(sql, [row.id for row in read])}
    return [now[row.id] for row in read if row.id in now and _same(now[row.id], row)]


def _same(one: Row, other: Row) -> bool:
    return (one.state, one.attempt) == (other.state, other.attempt)


def numbers_of(tx: Transaction, uids: Sequence[bytes]) -> dict[bytes, int]:
    """Return the numbers of messages by their outer ids; an unknown one is left out."""
    first = tx.among("SELECT uid, id FROM messages WHERE identity IN ({}) AND revision = 1", uids)
    later = tx.among("SELECT uid, id FROM messages WHERE uid IN ({}) AND revision > 1", uids)
    return {bytes(uid): number for uid, number in (*first, *later)}


def entry(  # noqa: PLR0913 - the columns of an entry
    number: int,
    at: int,
    what: str,
    *,
    message: int | None = None,
    delivery: int | None = None,
    source: str | None = None,
    system: str | None = None,
    state: int | None = None,
    attempt: int | None = None,
    cause: str | None = None,
    who: str = "",
    details: str | None = None,
    body_hash: bytes | None = None,
    final: bool = False,
) -> tuple[Any, ...]:
    """Return the row of an entry."""
    return (
        number, at, what, message, delivery, source, system, state, attempt, cause, who, details, body_hash,
        int(final),
    )  # fmt: skip


FIRST: dict[str, Any] = dict.fromkeys(DELIVERY_COLUMNS, None) | dict.fromkeys(
    ("attempt", "patience", "lapses", "uncertain", "repeats", "scope", "epoch", "bulk", "shadow"), 0
)


def born(tx: Transaction, **said: Any) -> int:
    """Insert a delivery that begins now and return its number; what is not said stands at its start."""
    (number,) = tx.ids("deliveries", 1)
    row = FIRST | {"id": number, "seq": number, "created_at": tx.now, "changed_at": tx.now} | said
    tx.run(INSERT_DELIVERY, [[row[name] for name in DELIVERY_COLUMNS]])
    return number


def moved(row: Row, move: Move) -> int:
    """Return the state that a move leads this delivery to; the table decides."""
    return int(after(State(row.state), move))


def write_entries(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Write entries, drawing their ids now."""
    if rows:
        numbers = tx.ids("entries", len(rows))
        tx.run(INSERT_ENTRY, [entry(n, tx.now, **row) for n, row in zip(numbers, rows, strict=True)])


def listed(recipients: Sequence[str]) -> str | None:
    """Return recipients as a delivery keeps them; None is all of them."""
    return orjson.dumps(list(recipients)).decode() if recipients else None


def befell(row: Row, what: str, state: int, who: str, *, final: bool, **more: Any) -> dict[str, Any]:
    """Return an entry about a delivery."""
    return {
        "what": what,
        "message": row.message_id,
        "delivery": row.id,
        "source": row.source,
        "system": row.system,
        "state": int(state),
        "attempt": row.attempt,
        "who": who,
        "final": final,
        **more,
    }


def with_head(tx: Transaction, lines: Sequence[bytes]) -> set[bytes]:
    """Return the lines in which it is somebody's turn."""
    return {bytes(row[0]) for row in tx.among(_WITH_HEAD, lines)}


def newest_in_line(
    tx: Transaction, line: bytes, identity: bytes, seq: int
) -> tuple[int, int, int | None] | None:
    """Return id, message and worker of the newest delivery of an identity that is in line behind `seq`.

    The worker is the one that may be sending it, as the head of its line or in the run behind it.
    """
    found = tx.rows(_NEWEST, (line, identity, seq, line, identity, seq))
    return tuple(found[0][1:]) if found else None

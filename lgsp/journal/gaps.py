"""The gap of a line: what an older connection should have told, judged once, and brought to life if not.

A line is not judged while its presence is `shadowed`. Who changes that holds the lock of the line, so of two
verdicts one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

import orjson

from lgsp.journal.columns import DELIVERY_COLUMNS
from lgsp.journal.contract import Transaction
from lgsp.journal.lines import line_digest
from lgsp.journal.promoting import close, dispatch, make_present, next_heads
from lgsp.journal.rows import (
    IS_HEAD,
    IS_WAITING,
    ROW,
    SYSTEM,
    Row,
    befell,
    moved,
    rows_of,
    with_head,
    write_entries,
)
from lgsp.journal.states import Move, State
from lgsp.journal.turns import Claim
from lgsp.message import Kind

LIVE_AGAIN = 2
"""The mark of what was of the shadow and was brought to life."""

_PRESENCE = "SELECT message_id FROM presence WHERE line = ? AND type = ? AND how = 'shadowed' /* hold */"
_THERE = "UPDATE presence SET how = 'adopted', message_id = NULL, at = ? WHERE line = ? AND type = ?"
_ABSENT = "DELETE FROM presence WHERE line = ? AND type = ?"
_OF_SUBJECT = (
    "SELECT b.id FROM messages a JOIN messages b ON b.partitionkey = a.partitionkey WHERE a.id = ?"
    " ORDER BY b.id"
)
_CLOSED = (
    f"SELECT {', '.join(Row._fields)} FROM history WHERE message_id IN ({{}}) AND line = ?"
    f" AND state = {int(State.SHADOWED)} AND shadow = 1 AND (anchor = ? OR message_id = ?)"
    " AND EXISTS (SELECT 1 FROM bodies b WHERE b.message_id = history.message_id)"
)
_NEWER = (
    "SELECT b.id FROM messages a JOIN messages b ON b.identity = a.identity AND b.revision > a.revision"
    " WHERE a.id = ?"
)
_WENT = (
    "SELECT 1 FROM {} WHERE message_id IN ({{}}) AND line = ?"
    f" AND state NOT IN ({int(State.CANCELLED)}, {int(State.SUPERSEDED)}, {int(State.REPLACED)})"
)
"""What was called off tells nobody anything; what another took the place of is as that one is."""
_HIDDEN = (
    "SELECT h.message_id, h.seq FROM messages a JOIN messages b ON b.identity = a.identity"
    " AND b.revision < a.revision JOIN history h ON h.message_id = b.id"
    f" WHERE a.id = ? AND h.line = ? AND h.state = {int(State.SHADOWED)} AND h.shadow = 1"
    " AND EXISTS (SELECT 1 FROM bodies o WHERE o.message_id = b.id) ORDER BY b.revision DESC LIMIT 1"
)
_SET: dict[str, Any] = {
    "state": None, "next_attempt_at": None, "changed_at": None, "shadow": LIVE_AGAIN, "bulk": 1,
    "patience": 0, "lapses": 0, "uncertain": 0, "scope": 0, "cause": None, "said": None, "fields": None,
    "worker": None, "wish": None, "dispatched_at": None,
}  # fmt: skip
_STAYS = tuple(name for name in DELIVERY_COLUMNS if name not in _SET)
_REVIVE = (
    f"INSERT INTO deliveries ({', '.join((*_SET, *_STAYS))})"
    f" SELECT {', '.join('?' * len(_SET))}, {', '.join(_STAYS)} FROM history WHERE id = ?"
)
_LEAVE = "DELETE FROM history WHERE id = ?"
_BEHIND = f"{ROW} WHERE line = ? AND {IS_WAITING} AND worker IS NULL AND anchor = ?"
_STRAND = "UPDATE deliveries SET state = ?, next_attempt_at = ?, changed_at = ? WHERE id = ?"
_PAGE = (
    "SELECT p.line, p.type, p.message_id, m.subject, m.partitionkey, m.source, m.agency, p.at FROM"
    " (SELECT * FROM presence WHERE how = 'shadowed' AND line > ? ORDER BY line LIMIT ?) p"
    " JOIN messages m ON m.id = p.message_id ORDER BY p.line"
)
_LINE = (
    "SELECT p.line, p.type, p.message_id, m.subject, m.partitionkey, m.source, m.agency, p.at FROM presence p"
    " JOIN messages m ON m.id = p.message_id WHERE p.line = ? AND p.type = ? AND p.how = 'shadowed'"
)
_QUEUES = (
    f"SELECT 1 FROM deliveries WHERE system = ? AND {IS_HEAD} AND shadow = 1 AND created_at <= ?"
    f" AND (state IN ({int(State.READY)}, {int(State.SENDING)})"
    f" OR (state = {int(State.PUT_OFF)} AND scope = {SYSTEM})) LIMIT 1"
)
"""What a person holds, or what waits for a catalogue, is not waited for."""


class Verdict(Enum):
    """What became of a line that was to be judged."""

    THERE = "there"
    BROUGHT = "brought to life"
    BUSY = "its next one asks for itself"
    JUDGED = "judged before"


class Unjudged(NamedTuple):
    """A line of which nobody knows whether its subject was told."""

    line: bytes
    type: str
    message: int
    subject: str
    partitionkey: str
    source: str
    agency: str
    at: int


def unjudged(tx: Transaction, system: str, after: bytes, limit: int) -> tuple[list[Unjudged], bytes | None]:
    """Return a page of a system's lines that are not judged, and the key behind which to go on, or None.

    The page may be shorter than others: lines of other systems are left out of it.
    """
    found = [Unjudged(bytes(row[0]), *row[1:]) for row in tx.rows(_PAGE, (after, limit))]
    mine = [one for one in found if one.line == line_digest(system, one.partitionkey)]
    return mine, found[-1].line if len(found) == limit else None


def unjudged_line(tx: Transaction, system: str, key: str, type_: str) -> Unjudged | None:
    """Return the line of a partitionkey, if it is not judged."""
    found = tx.rows(_LINE, (line_digest(system, key), type_))
    return Unjudged(bytes(found[0][0]), *found[0][1:]) if found else None


def queues(tx: Transaction, system: str, before: int) -> bool:
    """Tell whether something of the shadow, taken on by a time in microseconds, is about to be drawn up."""
    return bool(tx.rows(_QUEUES, (system, before)))


def judge(tx: Transaction, one: Unjudged, *, there: bool, who: str, reason: str = "") -> tuple[Verdict, int]:
    """Write what a probe, or a person, said of a line in which nobody's turn it is.

    Returns:
        What became of it, and how many deliveries came to life.
    """
    tx.lock([one.line])
    if not tx.rows(_PRESENCE, (one.line, one.type)):
        return Verdict.JUDGED, 0
    if with_head(tx, [one.line]):
        return Verdict.BUSY, 0
    if reason:
        told = orjson.dumps({"type": one.type, "key": one.partitionkey, "there": there}).decode()
        write_entries(tx, [{"what": "line judged", "who": who, "cause": reason, "details": told}])
    if there:
        tx.run(_THERE, [(tx.now, one.line, one.type)])
        return Verdict.THERE, 0
    rows = absent(tx, one.line, one.type, who=who)
    dispatch(tx, next_heads(tx, [one.line]), direct=False)
    return Verdict.BROUGHT, rows


def judged_by_head(tx: Transaction, claim: Claim, *, there: bool) -> bool:
    """Write what the first live head of a line learnt before it sends; False if its claim is gone."""
    tx.lock([claim.line])
    row = rows_of(tx, [claim.delivery]).get(claim.delivery)
    if row is None or row.state != State.SENDING or row.attempt != claim.attempt:
        return False
    if not tx.rows(_PRESENCE, (claim.line, claim.gap)):
        return True
    if there:
        tx.run(_THERE, [(tx.now, claim.line, claim.gap)])
    else:
        absent(tx, claim.line, claim.gap, newer=True)
    return True


def absent(tx: Transaction, line: bytes, type_: str, *, newer: bool = False, who: str = "gateway") -> int:
    """Bring to life what the older connection did not tell of a line; return how many that are.

    The newest shadowed snapshot waits in its place, unless a `newer` one is at hand or on its way; shadowed
    events are parked behind it, and with them what waits in the line for the same anchor. The caller holds
    the lock of the line, and opens it.
    """
    found = tx.rows(_PRESENCE, (line, type_))
    if not found:
        return 0
    snapshot = found[0][0]
    messages = [row[0] for row in tx.rows(_OF_SUBJECT, (snapshot,))]
    rows = [Row._make(row) for row in tx.among(_CLOSED, messages, line, type_, snapshot)]
    tx.run(_ABSENT, [(line, type_)])
    overtaken = newer or _overtaken(tx, snapshot, line)
    alive = sorted(
        (row for row in rows if row.kind == Kind.EVENT or (row.message_id == snapshot and not overtaken)),
        key=lambda row: row.seq,
    )
    _revive(tx, alive, who)
    _strand(tx, line, type_, who)
    return len(alive)


def _overtaken(tx: Transaction, snapshot: int, line: bytes) -> bool:
    """Tell whether a newer revision has been, or is, on its way there; one that was called off is not.

    One that died counts: a person sees to it, and what they bring back goes over whatever is there.
    """
    newer = [row[0] for row in tx.rows(_NEWER, (snapshot,))]
    return any(tx.among(_WENT.format(table), newer, line) for table in ("deliveries", "history"))


def call_off(tx: Transaction, rows: Sequence[Row]) -> None:
    """Close what was called off, its state being written; see `unjudge`."""
    close(tx, [(row.id,) for row in rows])
    unjudge(tx, rows)


def unjudge(tx: Transaction, rows: Sequence[Row]) -> None:
    """Let lines be judged again in which what was called off, and closed, had overtaken what nobody told.

    The caller holds the locks of the lines, and opens them.
    """
    for row in rows:
        if row.kind == Kind.SNAPSHOT and row.shadow != 1:
            found = tx.rows(_HIDDEN, (row.message_id, row.line))
            if found and not _overtaken(tx, found[0][0], row.line):
                make_present(tx, [(bytes(row.line), row.type, "shadowed", *found[0])])


def _revive(tx: Transaction, rows: Sequence[Row], who: str) -> None:
    moves = [(row, Move.STRAND if row.kind == Kind.EVENT else Move.COME_ALIVE) for row in rows]
    values = []
    for row, move in moves:
        due = tx.now if move is Move.STRAND else None
        said = _SET | {"state": moved(row, move), "next_attempt_at": due, "changed_at": tx.now}
        values.append((*said.values(), row.id))
    tx.run(_REVIVE, values)
    tx.run(_LEAVE, [(row.id,) for row in rows])
    write_entries(
        tx, [befell(row, "brought to life", moved(row, move), who, final=False) for row, move in moves]
    )


def _strand(tx: Transaction, line: bytes, type_: str, who: str) -> None:
    rows = [Row._make(row) for row in tx.rows(_BEHIND, (line, type_))]
    tx.run(_STRAND, [(moved(row, Move.STRAND), tx.now, tx.now, row.id) for row in rows])
    write_entries(tx, [befell(row, "parked", State.PARKED, who, final=False) for row in rows])

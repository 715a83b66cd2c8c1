"""What a far side lost with a dossier: its progress, sent once more behind it, in order, each entry once.

Where a dossier is absent nothing of it can be there, so none of this is told twice. All of it stands parked
behind the dossier, each entry in its own place of the line (`seq`), and joins the line once that was taken.
The caller holds the locks of the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from lgsp.journal import acting
from lgsp.journal.contract import Transaction
from lgsp.journal.dossiers_told import PROGRESS
from lgsp.journal.known import revive
from lgsp.journal.lines import line_digest
from lgsp.journal.reconciliations_sides import DOSSIER
from lgsp.journal.rows import (
    IS_DEAD,
    IS_HEAD,
    IS_PARKED,
    IS_WAITING,
    ROW,
    Row,
    befell,
    born,
    locked,
    moved,
    states,
    write_entries,
)
from lgsp.journal.states import DEAD, OPEN, Move, State
from lgsp.message import Kind

_TOLD = states({State.DELIVERED, State.ADOPTED, State.SHADOWED})
"""Whoever told them, they were there, and are not now."""
_WEARY = states({State.EXHAUSTED, State.EXPIRED})
"""What died while its dossier was not there; what was refused for its own sake is left to people."""
_ASKED_AFTER = 60_000_000
"""Microseconds before the far side is asked whether the dossier is there: its own delivery tells sooner."""
_ON_THE_WIRE = (
    f"SELECT line FROM deliveries WHERE line IN ({{}}) AND {IS_HEAD} AND state = {int(State.SENDING)}"
)
_AT_HEAD = (
    f"{ROW} WHERE line = ? AND {IS_HEAD} AND type = ? AND state IN ({states({State.READY, State.PUT_OFF})})"
)
_WAITING = f"{ROW} WHERE line = ? AND {IS_WAITING} AND type = ? AND worker IS NULL"
_STEP_BACK = (
    f"UPDATE deliveries SET state = {int(State.PARKED)}, patience = 0, uncertain = 0, scope = 0,"
    " cause = NULL, next_attempt_at = ?, dispatched_at = NULL, bulk = 1, changed_at = ? WHERE id = ?"
)
_DIED = (
    f"{ROW} WHERE line = ? AND {IS_DEAD} AND type = ? AND state IN ({_WEARY})"
    " AND (expires_at IS NULL OR expires_at > ?)"
)
_ENTRIES = "SELECT id FROM messages WHERE partitionkey = ? AND type = ? ORDER BY id"
_STANDS = "SELECT message_id FROM deliveries WHERE message_id IN ({}) AND line = ?"
_WENT = (
    "SELECT id, message_id, source, system, identity, seq, recipients FROM history"
    f" WHERE message_id IN ({{}}) AND line = ? AND state IN ({_TOLD})"
    " AND EXISTS (SELECT 1 FROM bodies b WHERE b.message_id = history.message_id)"
)
_RESENT = (
    "SELECT line, state FROM deliveries WHERE line IN ({{}}) AND {} AND type = ? AND resend_of IS NOT NULL"
)
_PARKED = (
    f"SELECT id FROM deliveries WHERE line = ? AND {IS_PARKED} AND type = ?"
    " AND resend_of IS NOT NULL ORDER BY seq"
)
_COUNT = (
    "SELECT count(DISTINCT m.id) FROM differences d JOIN reconciliations r ON r.id = d.run"
    " JOIN messages m ON m.partitionkey = d.key AND m.type = ?"
    f" JOIN history h ON h.message_id = m.id AND h.system = r.system AND h.state IN ({_TOLD})"
    " WHERE d.run = ? AND d.bucket = 'missing-there'"
)


class Behalf(NamedTuple):
    """For which repair something is sent, by whom, and why."""

    repair: int
    who: str
    reason: str


class Trail(NamedTuple):
    """Keys of dossiers whose progress, sent once more, is on its way still; and those of which some died."""

    moving: set[str]
    dead: set[str]


class _Went(NamedTuple):
    """A delivery of an entry that was told."""

    id: int
    message_id: int
    source: str
    system: str
    identity: bytes
    seq: int
    recipients: str | None


def on_the_wire(tx: Transaction, lines: Sequence[bytes]) -> set[bytes]:
    """Return those of some lines of which something is being sent: what becomes of it nobody knows yet."""
    return {bytes(row[0]) for row in tx.among(_ON_THE_WIRE, lines)}


def step_back(tx: Transaction, line: bytes, who: str) -> None:
    """Park what waits for its turn, or was put off: it must not go before its dossier is there again."""
    found = [*tx.rows(_AT_HEAD, (line, PROGRESS)), *tx.rows(_WAITING, (line, PROGRESS))]
    rows = locked(tx, [Row._make(row) for row in found])
    moves = [(row, moved(row, Move.STRAND)) for row in rows]
    tx.run(_STEP_BACK, [(tx.now + _ASKED_AFTER, tx.now, row.id) for row in rows])
    write_entries(tx, [befell(row, "parked", state, who, final=False) for row, state in moves])


def follow(tx: Transaction, line: bytes, key: str, behalf: Behalf) -> int:
    """Let the progress of a dossier follow it, which is absent and goes again; return how many entries do.

    What was told goes once more, whatever number of times it went before; what died of its dossier's
    absence comes back; what is open already stands in its place. An entry whose body is kept no more
    cannot go.
    """
    died = [Row._make(row) for row in tx.rows(_DIED, (line, PROGRESS, tx.now))]
    revive(tx, died, behalf.who, f"repair {behalf.repair}: {behalf.reason}", bulk=1)
    again = _lost(tx, line, key)
    numbers = [_born(tx, line, one) for one in again]
    told = orjson.dumps({"repair": behalf.repair}).decode()
    write_entries(tx, [_entry(one, number, behalf, told) for one, number in zip(again, numbers, strict=True)])
    return len(died) + len(again)


def _lost(tx: Transaction, line: bytes, key: str) -> list[_Went]:
    """Return, in order, the latest delivery of each entry that was told and of which none is open or dead."""
    messages = [row[0] for row in tx.rows(_ENTRIES, (key, PROGRESS))]
    stands = {row[0] for row in tx.among(_STANDS, messages, line)}
    went = sorted(_Went._make(row) for row in tx.among(_WENT, messages, line))
    latest = {one.message_id: one for one in went if one.message_id not in stands}
    return sorted(latest.values(), key=lambda one: one.seq)


def _born(tx: Transaction, line: bytes, one: _Went) -> int:
    return born(
        tx, message_id=one.message_id, source=one.source, system=one.system, line=line,
        identity=one.identity, seq=one.seq, kind=int(Kind.EVENT), type=PROGRESS, anchor=DOSSIER,
        state=int(State.PARKED), bulk=1, resend_of=one.id, recipients=one.recipients,
        next_attempt_at=tx.now + _ASKED_AFTER,
    )  # fmt: skip


def _entry(one: _Went, number: int, behalf: Behalf, told: str) -> dict[str, Any]:
    return {
        "what": "sent again", "message": one.message_id, "delivery": number, "source": one.source,
        "system": one.system, "state": int(State.PARKED), "who": behalf.who, "cause": behalf.reason,
        "details": told,
    }  # fmt: skip


def call_off(tx: Transaction, line: bytes, who: str, reason: str) -> None:
    """Take back what was to follow a dossier that is not sent again after all."""
    for (number,) in tx.rows(_PARKED, (line, PROGRESS)):
        acting.cancel(tx, number, who, reason)


def trail(tx: Transaction, system: str, keys: Sequence[str]) -> Trail:
    """Return of which dossiers the progress that was sent once more is on its way, or died."""
    lines = {line_digest(system, key): key for key in keys}
    found = [
        (lines[bytes(line)], State(state))
        for place in (IS_HEAD, IS_WAITING, IS_PARKED, IS_DEAD)
        for line, state in tx.among(_RESENT.format(place), sorted(lines), PROGRESS)
    ]
    return Trail(
        {key for key, state in found if state in OPEN}, {key for key, state in found if state in DEAD}
    )


def count(tx: Transaction, run: int, rules: str, values: Sequence[Any]) -> int:
    """Return how many entries were told of dossiers (d) that are missing there; `rules` narrow them."""
    return int(tx.rows(_COUNT + rules, (PROGRESS, run, *values))[0][0])

"""Sending dossiers once more for a repair: in their lines, in bulk, never beside another delivery of them.

It is done under the lock of the line, and only if the dossier stands where it was judged: so none has two
repairs that are open. What the far side lost, it lost with its progress: that follows the dossier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from lgsp.journal import reconciliations_progress as progress
from lgsp.journal.contract import Transaction
from lgsp.journal.known import revive
from lgsp.journal.lines import identity_digest, line_digest
from lgsp.journal.promoting import dispatch, next_heads
from lgsp.journal.reconciliations import RUNNING, Scope
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_sides import DOSSIER, Side, sides
from lgsp.journal.rows import born, rows_of, write_entries
from lgsp.journal.states import DEAD, State
from lgsp.message import Kind

SENT, MENDED, LEFT, SKIPPED, UNDONE = "sent", "solved", "left", "skipped", "called off"
"""How far the repair of a difference is. `LEFT`: something differs still; `SKIPPED`: nothing could be done,
or nothing had to be."""
MOST_WAITING = 200
"""So many that a system has been given in bulk may wait undispatched: the rest waits its turn here."""
_GONE = "DELETE FROM presence WHERE line = ? AND type = ? AND how <> 'unsure' RETURNING type"
_STANDING = "SELECT state FROM systems WHERE name = ?"
_KEPT = "SELECT 1 FROM bodies WHERE message_id = ?"
_WAITING = (
    "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE system = ? AND bulk = 1"
    f" AND state = {int(State.READY)} AND dispatched_at IS NULL LIMIT ?) waiting"
)


class Repair(NamedTuple):
    """A repair as who takes it forward needs it."""

    id: int
    run: int
    scope: Scope
    wanted: Filter
    who: str
    reason: str
    rate: int
    phase: str
    after: str


class Act(NamedTuple):
    """One dossier that may be sent: our side as it was judged, and whether the far side lacks it."""

    side: Side
    absent: bool


def room(tx: Transaction, system: str, most: int) -> tuple[str, int]:
    """Return why a repair has to wait, or an empty text and how many it may give to be sent now."""
    standing = next((str(row[0]) for row in tx.rows(_STANDING, (system,))), RUNNING)
    if standing != RUNNING:
        return standing, 0
    left = MOST_WAITING - tx.rows(_WAITING, (system, MOST_WAITING))[0][0]
    return ("", min(most, left)) if left > 0 else ("backlog", 0)


def send(tx: Transaction, repair: Repair, acts: Sequence[Act]) -> dict[str, tuple[str, int]]:
    """Give dossiers to be sent, each in its line; return by key how far that is, and its delivery.

    It ends before the first one in whose line something is being sent this moment: that one, and those behind
    it, are given next time.
    """
    system, lines = (
        repair.scope.system,
        {act.side.key: line_digest(repair.scope.system, act.side.key) for act in acts},
    )
    tx.lock(sorted(lines.values()))
    now, wire = (
        sides(tx, repair.scope.source, system, list(lines)),
        progress.on_the_wire(tx, sorted(lines.values())),
    )
    done: dict[str, tuple[str, int]] = {}
    for act in sorted(acts, key=lambda one: one.side.key):
        side = now[act.side.key]
        same = (side.message, side.delivery, side.state) == act.side[2:5]
        if same and lines[side.key] in wire:
            break
        number = _send(tx, repair, act, lines[side.key]) if same else 0
        done[side.key] = (SENT, number) if number else (SKIPPED, side.delivery)
    return done


def _send(tx: Transaction, repair: Repair, act: Act, line: bytes) -> int:
    """Send the newest of a dossier, whose line is locked; return the delivery, 0 if it cannot be sent.

    What was there is not: it goes as a first one, and what is told of it follows.
    """
    if act.absent:
        tx.rows(_GONE, (line, DOSSIER))
        progress.step_back(tx, line, repair.who)
    number = (_revived if act.side.state in DEAD else _again)(tx, repair, act, line)
    if act.absent and number:
        progress.follow(tx, line, act.side.key, progress.Behalf(repair.id, repair.who, repair.reason))
    return number


def _revived(tx: Transaction, repair: Repair, act: Act, _: bytes) -> int:
    rows = list(rows_of(tx, [act.side.delivery]).values())
    revive(tx, rows, repair.who, f"repair {repair.id}: {repair.reason}", bulk=1)
    return rows[0].id if rows else 0


def _again(tx: Transaction, repair: Repair, act: Act, line: bytes) -> int:
    if not tx.rows(_KEPT, (act.side.message,)):
        return 0  # without a body there is nothing to send
    identity = identity_digest(repair.scope.source, DOSSIER, act.side.key)
    number = born(
        tx, message_id=act.side.message, source=repair.scope.source, system=repair.scope.system, line=line,
        identity=identity, kind=int(Kind.SNAPSHOT), type=DOSSIER, state=int(State.WAITING), bulk=1,
        resend_of=act.side.delivery,
    )  # fmt: skip
    told = orjson.dumps({"repair": repair.id}).decode()
    write_entries(
        tx,
        [{"what": "sent again", "message": act.side.message, "delivery": number,
          "source": repair.scope.source, "system": repair.scope.system, "state": int(State.WAITING),
          "who": repair.who, "cause": repair.reason, "details": told}],
    )  # fmt: skip
    dispatch(tx, next_heads(tx, [line]), direct=False)
    return number

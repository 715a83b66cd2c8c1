"""What time and restarts bring: lapses, due retries, the window's refill, resumes, trials, parked anchors."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.journal import runs
from lgsp.journal.claiming import take
from lgsp.journal.contract import Transaction
from lgsp.journal.gaps import call_off
from lgsp.journal.promoting import close, dispatch, let_settle, make_present, next_heads, pass_by
from lgsp.journal.reading import anchor_on_its_way
from lgsp.journal.rows import (
    MAYBE_PRESENT,
    ROW,
    SETTLING,
    SYSTEM,
    Row,
    befell,
    locked,
    moved,
    newest_in_line,
    write_entries,
)
from lgsp.journal.states import Move, State
from lgsp.journal.turns import Claim, Frame
from lgsp.journal.unsent import THIRD, lapse_unsent
from lgsp.message import Kind

_LAPSED = f"{ROW} WHERE state = {int(State.SENDING)} AND worker != ?"
_MINE = f"{ROW} WHERE state = {int(State.SENDING)} AND worker = ? AND claimed_at < ? LIMIT 500"
_LAPSE = (
    "UPDATE deliveries SET state = ?, uncertain = uncertain + 1, lapses = lapses + 1, patience = ?,"
    " scope = ?, cause = 'lapsed', next_attempt_at = ?, worker = NULL, changed_at = ? WHERE id = ?"
)
_UNDISPATCH = f"UPDATE deliveries SET dispatched_at = NULL WHERE state = {int(State.READY)}"
_TAKE_BACK = (
    "UPDATE deliveries SET dispatched_at = NULL"
    f" WHERE id = ? AND epoch = ? AND state = {int(State.READY)} AND dispatched_at IS NOT NULL"
)
_KNOWN = "SELECT id FROM deliveries WHERE id IN ({})", "SELECT id FROM history WHERE id IN ({})"
_REFILL = (
    f"{ROW} WHERE system = ? AND state = {int(State.READY)} AND dispatched_at IS NULL"
    " ORDER BY bulk, seq LIMIT ?"
)
_DUE = (
    f"{ROW} WHERE state = {int(State.PUT_OFF)} AND system IN ({{}})"
    " AND next_attempt_at <= ? ORDER BY next_attempt_at, seq LIMIT 1000"
)
_DISPATCHED_LONG_AGO = (
    f"{ROW} WHERE state = {int(State.READY)} AND system IN ({{}}) AND dispatched_at < ? LIMIT 1000"
)
_RELEASE = (
    f"UPDATE deliveries SET state = {int(State.READY)}, next_attempt_at = NULL, dispatched_at = NULL,"
    f" changed_at = ? WHERE system = ? AND state = {int(State.PUT_OFF)} AND (scope = {SYSTEM} OR cause = ?)"
    " AND line NOT IN (SELECT line FROM settling WHERE until > ?)"
)
_SETTLED = "line NOT IN (SELECT line FROM settling WHERE until > ?)"
_SENT = " AND shadow <> 1"
"""Nothing of the shadow is sent: it tells nothing of its system."""
_PUT_OFF_ONES = (
    f"{ROW} WHERE system = ? AND state = {int(State.PUT_OFF)} AND (scope = {SYSTEM} OR next_attempt_at <= ?)"
    f" AND {_SETTLED}{{}} ORDER BY next_attempt_at LIMIT 200"
)
_UNDISPATCHED_ONES = (
    f"{ROW} WHERE system = ? AND state = {int(State.READY)} AND dispatched_at IS NULL AND {_SETTLED}"
    f"{_SENT} ORDER BY bulk, seq LIMIT 200"
)
_DISPATCHED_ONES = (
    f"{ROW} WHERE system = ? AND state = {int(State.READY)} AND dispatched_at IS NOT NULL AND {_SETTLED}"
    f"{_SENT} LIMIT 200"
)
"""Where a delivery to try a system with is looked for. The last has no index: it is a window of frames at
most, and asked for only when the others are empty."""
_PARKED = (
    "SELECT d.id, d.system, d.anchor, d.line, d.created_at, m.partitionkey, m.subject, m.source"
    " FROM deliveries d JOIN messages m ON m.id = d.message_id"
    f" WHERE d.state = {int(State.PARKED)} AND d.shadow <> 1 AND d.next_attempt_at <= ?"
    " ORDER BY d.next_attempt_at LIMIT 100"
)
_PARK_UNTIL = "UPDATE deliveries SET next_attempt_at = ? WHERE id = ?"
_EXPIRED = (
    f"{ROW} WHERE expires_at <= ? AND state IN ({int(State.PARKED)}, {int(State.WAITING)},"
    f" {int(State.READY)}, {int(State.PUT_OFF)}, {int(State.OFFERED)}) AND worker IS NULL LIMIT 500"
)
_PARKED_LONG = f"{ROW} WHERE state = {int(State.PARKED)} AND system = ? AND changed_at < ? LIMIT 500"
_EXPIRE = "UPDATE deliveries SET state = ?, cause = 'expired', changed_at = ? WHERE id = ?"
_DISPATCHED = (
    f"SELECT system, count(*) FROM deliveries WHERE state = {int(State.READY)} AND dispatched_at IS NOT NULL"
    " GROUP BY system ORDER BY system"
)
_BRING_IN = "UPDATE deliveries SET next_attempt_at = ? WHERE next_attempt_at > ?"
_PUT_OFF_AHEAD = (
    "UPDATE deliveries SET next_attempt_at = next_attempt_at - changed_at + ?, changed_at = ?"
    f" WHERE state = {int(State.PUT_OFF)} AND changed_at > ?"
)
_DISPATCHED_AHEAD = (
    f"UPDATE deliveries SET dispatched_at = ? WHERE state = {int(State.READY)} AND dispatched_at > ?"
)
_SETTLE_BY = "UPDATE settling SET until = ? WHERE until > ?"
PROBED = "probed"
"""Presence of what a probe without a body found."""
_MINUTE, _DAY = 60_000_000, 86_400_000_000


@dataclass(slots=True, frozen=True)
class Policy:
    """A system's times, in microseconds: what a lapse needs to know."""

    settle: int
    retry: Sequence[int]


@dataclass(slots=True, frozen=True)
class Parked:
    """A parked delivery whose anchor may be asked for at its system."""

    delivery: int
    system: str
    anchor: str
    line: bytes
    created_at: int
    partitionkey: str
    subject: str
    source: str


def recover(tx: Transaction, worker: int, policies: Mapping[str, Policy]) -> int:
    """Lapse what earlier workers were sending, and forget what a lost broker held; return how many lapsed."""
    rows = [Row._make(row) for row in tx.rows(_LAPSED, (worker,))]
    lapse(tx, rows, policies)
    tx.run(_UNDISPATCH, [()])
    bring_in(tx, policies)
    return len(rows)


def bring_in(tx: Transaction, policies: Mapping[str, Policy]) -> bool:
    """Bring in the times that a clock wrote which was ahead of this one: they would come too late.

    What was put off then waits its whole wait from now on, so that nothing is sent before its line settled.
    Return True: it is done.
    """
    tx.run(_PUT_OFF_AHEAD, [(tx.now, tx.now, tx.now + _MINUTE)])
    tx.run(_DISPATCHED_AHEAD, [(tx.now, tx.now + _MINUTE)])
    horizon = tx.now + max((wait for policy in policies.values() for wait in policy.retry), default=_DAY)
    tx.run(_BRING_IN, [(max(horizon, tx.now + _DAY),) * 2])
    settled = tx.now + max((policy.settle for policy in policies.values()), default=_DAY)
    tx.run(_SETTLE_BY, [(settled, settled)])
    return True


def lapse(tx: Transaction, rows: Sequence[Row], policies: Mapping[str, Policy]) -> None:
    """Put off deliveries whose worker went silent: uncertain, after the settle time.

    From the third lapse on patience is spent too: a body that kills workers must come to an end. What was to
    be sent right after them may have been sent as well: it waits on, and is asked about when its turn comes.
    """
    changes, entries = [], []
    left: list[Row] = []
    rows = locked(tx, rows)
    runs.doubt(tx, runs.behind(tx, sorted({bytes(row.line) for row in rows})))
    lapse_unsent(tx, [row for row in rows if row.shadow == 1])
    rows = [row for row in rows if row.shadow != 1]
    for row in rows:
        policy = _policy(policies, row)
        spent = row.patience + (1 if row.lapses + 1 >= THIRD else 0)
        state = moved(row, Move.LAPSE)
        wait = policy.settle
        if row.wish is not None:
            state = moved(row, Move.CANCEL)
        elif spent > row.patience:
            exhausted = spent > len(policy.retry)
            state = moved(row, Move.EXHAUST) if exhausted else state
            wait = wait if exhausted else max(wait, policy.retry[spent - 1])
        closing = state != State.PUT_OFF
        left += [row] if closing else []
        due_at = None if closing else tx.now + wait
        changes.append((state, spent, SETTLING, due_at, tx.now, row.id))
        entries.append(befell(row, "lapsed", state, "gateway", final=closing, cause="lapsed"))
    tx.run(_LAPSE, changes)
    write_entries(tx, entries)
    call_off(tx, [row for row in left if row.wish is not None])
    bury(tx, [row for row in left if row.wish is None])
    let_settle(tx, [(bytes(row.line), tx.now + _policy(policies, row).settle) for row in rows])
    doubtful = [row for row in rows if row.kind != Kind.EVENT]
    tx.run(MAYBE_PRESENT, [(row.line, row.type, row.message_id, tx.now) for row in doubtful])
    dispatch(tx, next_heads(tx, [row.line for row in left]), direct=False)


def _policy(policies: Mapping[str, Policy], row: Row) -> Policy:
    return policies.get(row.system, Policy(5_000_000, ()))


def refill(tx: Transaction, system: str, room: int) -> list[Frame]:
    """Dispatch up to `room` undispatched deliveries of a system in journal order, live before bulk."""
    return dispatch(tx, [Row._make(row) for row in tx.rows(_REFILL, (system, room))])


def due(tx: Transaction, awake: Sequence[str]) -> list[Frame]:
    """Make ready what fell due at systems that are running."""
    rows = locked(tx, [Row._make(row) for row in tx.among(_DUE, awake, tx.now)])
    for row in rows:
        moved(row, Move.FALL_DUE)
    return dispatch(tx, sorted(rows, key=lambda row: row.seq))


def redispatch(tx: Transaction, systems: Sequence[str], older_than: int) -> list[Frame]:
    """Dispatch again, in a new epoch, what went long ago to queues that are idle: its frames are lost."""
    found = tx.among(_DISPATCHED_LONG_AGO, systems, tx.now - older_than)
    rows = [Row._make(row) for row in found]
    return dispatch(tx, sorted(rows, key=lambda row: row.seq))


def undispatch(tx: Transaction, frames: Sequence[Frame]) -> None:
    """Take back the dispatch of frames that are known not to have arrived, if it is still the last one."""
    tx.run(_TAKE_BACK, [(frame.delivery, frame.epoch) for frame in frames])


def on_the_broker(tx: Transaction) -> dict[str, Any]:
    """Return how many deliveries each system's queue should hold, and how many are being sent."""
    return {
        "dispatched": dict(tx.rows(_DISPATCHED)),
        "sending": tx.rows(f"SELECT count(*) FROM deliveries WHERE state = {int(State.SENDING)}")[0][0],
    }


def undispatch_all(tx: Transaction) -> dict[str, Any]:
    """Take back every dispatch: each ready delivery is dispatched anew, in a new epoch. Return what stood.

    A frame of the old epoch that turns up after all claims nothing once the new one is out; before that it
    claims what would have been sent anyway.
    """
    stood = on_the_broker(tx)
    tx.run(_UNDISPATCH, [()])
    return stood


def unknown(tx: Transaction, deliveries: Sequence[int]) -> set[int]:
    """Return those of the deliveries that the journal never had."""
    return set(deliveries) - {row[0] for sql in _KNOWN for row in tx.among(sql, deliveries)}


def resume(tx: Transaction, system: str, cause: str | None) -> None:
    """Make ready what was put off because the system failed (or for what was a message's cause)."""
    if system in tx.collecting:  # rare, and each of them is looked at
        put_off = tx.rows(_PUT_OFF_ONES.format(""), (system, tx.now, tx.now))
        dispatch(tx, [Row._make(row) for row in put_off])
        return
    tx.run(_RELEASE, [(tx.now, system, cause, tx.now)])


def trial(tx: Transaction, system: str, avoid: Collection[bytes], worker: int) -> Claim | None:
    """Claim one real delivery to try a suspended system with, from a line that has not drawn its answer."""
    rows = _triable(tx, system)
    wanted = next((row for row in rows if bytes(row.line) not in avoid), rows[0] if rows else None)
    found = locked(tx, [wanted] if wanted else [])
    if not found:
        return None
    chosen = found[0]
    if chosen.state == State.PUT_OFF:
        dispatch(tx, [chosen], direct=False)
    return next(iter(take(tx, [chosen.id], worker)), None)


def _triable(tx: Transaction, system: str) -> list[Row]:
    """Return some of what a system could be tried with, oldest first."""
    put_off = tx.rows(_PUT_OFF_ONES.format(_SENT), (system, tx.now, tx.now))
    found = [*put_off, *tx.rows(_UNDISPATCHED_ONES, (system, tx.now))]
    rows = found or tx.rows(_DISPATCHED_ONES, (system, tx.now))
    return sorted((Row._make(row) for row in rows), key=lambda row: row.seq)


def parked(tx: Transaction, again: int) -> list[Parked]:
    """Return parked deliveries whose anchor is to be asked for now, and set when to ask next."""
    found = [Parked(*row) for row in tx.rows(_PARKED, (tx.now,))]
    tx.run(_PARK_UNTIL, [(tx.now + max(again, (tx.now - p.created_at) // 2), p.delivery) for p in found])
    return found


def abandoned(tx: Transaction, worker: int, held: Collection[int], older_than: int) -> list[Row]:
    """Return what the journal says this worker is sending, for long, and the worker does not know of."""
    rows = [Row._make(row) for row in tx.rows(_MINE, (worker, tx.now - older_than))]
    return [row for row in rows if row.id not in held]


def tidy(tx: Transaction) -> None:
    """Forget lines that have settled."""
    tx.run("DELETE FROM settling WHERE until <= ?", [(tx.now,)])


def anchored(tx: Transaction, line: bytes, type_: str, how: str) -> list[Frame]:
    """Record that some version of a subject is at a system; the parked join their line.

    A probe does not count beside a delivery that was begun meanwhile: it may be what was seen there.
    """
    tx.lock([line])
    if how == PROBED and anchor_on_its_way(tx, line, type_):
        return []
    make_present(tx, [(line, type_, how, None, None)])
    return dispatch(tx, next_heads(tx, [line]))


def expire(tx: Transaction, park: Mapping[str, int]) -> list[Frame]:
    """Close what ran out of time, and events whose anchor did not come within their system's bound.

    A document that expires still blocks its line, as dead ones do.
    """
    rows = [Row._make(row) for row in tx.rows(_EXPIRED, (tx.now,))]
    for system, bound in park.items():
        rows += [Row._make(row) for row in tx.rows(_PARKED_LONG, (system, tx.now - bound))]
    rows = locked(tx, {row.id: row for row in rows}.values())
    unsent, rows = [row for row in rows if row.shadow == 1], [row for row in rows if row.shadow != 1]
    tx.run(_EXPIRE, [(moved(row, Move.EXPIRE), tx.now, row.id) for row in rows])
    write_entries(
        tx, [befell(row, "expired", State.EXPIRED, "gateway", final=True, cause="expired") for row in rows]
    )
    pass_by(tx, unsent, "expired")  # behind the others: none of them gets a turn by it
    bury(tx, rows)
    return dispatch(tx, next_heads(tx, [row.line for row in (*rows, *unsent)]))


def bury(tx: Transaction, rows: Sequence[Row]) -> None:
    """Mark dead snapshots that a newer one in their line has overtaken, and close them."""
    for row in rows:
        snapshot = row.kind == Kind.SNAPSHOT
        newer = newest_in_line(tx, row.line, row.identity, row.seq) if snapshot else None
        if newer:
            tx.run("UPDATE deliveries SET superseded_by = ? WHERE id = ?", [(newer[0], row.id)])
            close(tx, [(row.id,)])

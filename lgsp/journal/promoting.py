"""Giving lines their next head: the one rule by which a waiting delivery gets its turn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from lgsp.journal import runs
from lgsp.journal.contract import Transaction
from lgsp.journal.parting import first_untroubled
from lgsp.journal.rows import (
    CLOSE,
    DISPATCH,
    DISPATCH_READY,
    FORGET,
    GO_BY,
    HOLD,
    IS_DEAD,
    IS_PARKED,
    IS_WAITING,
    OFFER,
    PUT_OFF_UNTIL,
    ROW,
    SETTLING,
    Row,
    befell,
    moved,
    with_head,
    write_entries,
)
from lgsp.journal.states import Move, State, after
from lgsp.journal.turns import Frame
from lgsp.message import Kind

_NEXT = (
    f"{ROW} WHERE line = ? AND {IS_WAITING} AND (kind <> {int(Kind.DOCUMENT)} OR NOT EXISTS"
    f" (SELECT 1 FROM (SELECT * FROM deliveries WHERE {IS_DEAD}) b WHERE b.line = deliveries.line"
    f" AND b.kind = {int(Kind.DOCUMENT)} AND b.seq < deliveries.seq AND b.superseded_by IS NULL))"
    " ORDER BY seq LIMIT ?"
)
_PARKED = f"{ROW} WHERE line IN ({{}}) AND {IS_PARKED} ORDER BY seq"
_WAITING = (
    "WITH wanted(line) AS (VALUES {}) SELECT line FROM wanted WHERE EXISTS"
    f" (SELECT 1 FROM deliveries d WHERE d.line = wanted.line AND {IS_WAITING})"
)
_PRESENT = (
    "INSERT INTO presence (line, type, how, message_id, seq, at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (line, type) DO UPDATE SET how = excluded.how, message_id = excluded.message_id,"
    " seq = coalesce(excluded.seq, presence.seq), at = excluded.at"
    " WHERE presence.how = 'unsure' OR (presence.how IN ('shadowed', 'carried')"
    " AND (excluded.how NOT IN ('shadowed', 'carried') OR excluded.seq >= presence.seq))"
    " OR (excluded.how NOT IN ('shadowed', 'carried') AND excluded.seq IS NOT NULL"
    " AND (presence.seq IS NULL OR excluded.seq >= presence.seq))"
)
_SETTLE = (
    "INSERT INTO settling (line, until) VALUES (?, ?)"
    " ON CONFLICT (line) DO UPDATE SET until = excluded.until WHERE excluded.until > settling.until"
)
_COME_ALIVE = "UPDATE deliveries SET shadow = 2 WHERE id = ?"
_JOIN = f"UPDATE deliveries SET state = {int(State.WAITING)}, next_attempt_at = NULL WHERE id = ?"


def next_heads(tx: Transaction, lines: Iterable[bytes]) -> list[Row]:
    """Choose the next head of each line that has none; the caller dispatches or claims the rows returned.

    In a line that settles the next head is put off until it has. A document waits while an earlier document
    of its line is dead for its receivers: their order is strict. Events and snapshots behind it go on.
    """
    return [rows[0] for rows in openings(tx, lines, 1)]


def openings(tx: Transaction, lines: Iterable[bytes], most: int) -> list[list[Row]]:
    """Choose next heads as `next_heads` does; return each with those that wait behind it, `most` in all."""
    wanted = list(dict.fromkeys(map(bytes, lines)))
    waiting = {bytes(row[0]) for row in tx.among(_WAITING, wanted, each="(?)")}
    if not waiting:
        return []
    wanted = [line for line in wanted if line in waiting]
    taken, settle = with_head(tx, wanted), settling_until(tx, wanted)
    ready: list[list[Row]] = []
    for line in wanted:
        rows = [] if line in taken else _first_waiting(tx, line, most)
        if rows and line in settle:
            after(State.WAITING, Move.SETTLE)
            tx.run(PUT_OFF_UNTIL, [(settle[line], SETTLING, "settling", tx.now, rows[0].id)])
        elif rows:
            after(State.WAITING, Move.TURN_CAME)
            ready.append(rows)
    return ready


def _first_waiting(tx: Transaction, line: bytes, most: int) -> list[Row]:
    """Return who is first in a line without a head; what is in a run there was left behind by its worker."""
    rows = [Row._make(row) for row in tx.rows(_NEXT, (line, most))]
    if not rows:  # all that waits are documents behind a dead one
        free = first_untroubled(tx, line)
        return [] if free is None else [free]
    left = runs.doubt(tx, [row for row in rows if row.worker is not None])
    return [{row.id: row for row in left}.get(row.id, row) for row in rows] if left else rows


def settling_until(tx: Transaction, lines: Sequence[bytes]) -> dict[bytes, int]:
    """Return the lines that settle, each with the time until which."""
    found = tx.among("SELECT line, until FROM settling WHERE line IN ({}) AND until > ?", lines, tx.now)
    return {bytes(line): until for line, until in found}


def let_settle(tx: Transaction, until: Sequence[tuple[bytes, int]]) -> None:
    """Let lines settle until a time; a later time that is known already stays."""
    tx.run(_SETTLE, until)


def make_present(
    tx: Transaction,
    rows: Sequence[tuple[bytes, str, str, int | None, int | None]],
    created: Collection[tuple[bytes, str]] = (),
) -> None:
    """Record that a type is at the system of a line (line, type, how, message, seq), and unpark what waited.

    The one writer of presence, so that none can forget the parked. The caller opens the lines afterwards. Of
    what is `created` by us (line, type) an older connection can have told nothing: what is parked is live.
    """
    if not rows:
        return
    newest = {(row[0], row[1]): (*row, tx.now) for row in sorted(rows, key=lambda row: row[4] or 0)}
    tx.run(_PRESENT, list(newest.values()))
    present: dict[bytes, set[str]] = {}
    for line, type_, *_ in rows:
        present.setdefault(line, set()).add(type_)
    _unpark(tx, present, created)


def dispatch(tx: Transaction, rows: Sequence[Row], *, direct: bool = True) -> list[Frame]:
    """Make rows ready and stamp them for the broker; without `direct` the dispatcher picks them up later.

    What its system comes for is offered instead, and needs no frame. Of the shadow nothing is: the next of
    its line has its turn.
    """
    while unseen := [row for row in rows if row.shadow == 1 and row.system in tx.collecting]:
        rows = [*(row for row in rows if row not in unseen), *pass_by(tx, unseen)]
    offer(tx, [row for row in rows if row.system in tx.collecting])
    rows = [row for row in rows if row.system not in tx.collecting]
    stamp = tx.now if direct else None
    ready = [row for row in rows if row.state == State.READY]
    others = [row for row in rows if row.state != State.READY]
    for sql, changed in ((DISPATCH_READY, ready), (DISPATCH, others)):
        tx.run(sql, [(row.epoch + 1, stamp, tx.now, row.id) for row in changed])
    return [Frame(row.system, row.id, row.epoch + 1) for row in rows] if direct else []


def pass_by(tx: Transaction, rows: Sequence[Row], cause: str | None = None) -> list[Row]:
    """Close what is of the shadow without drawing it up; return whose turn it is in those lines now."""
    tx.run(GO_BY, [(moved(row, Move.SHADOW), cause, tx.now, row.id) for row in rows])
    write_entries(
        tx, [befell(row, "shadowed", State.SHADOWED, "gateway", final=True, cause=cause) for row in rows]
    )
    close(tx, [(row.id,) for row in rows])
    make_present(tx, [told_elsewhere(row) for row in rows if row.kind != Kind.EVENT])
    return next_heads(tx, [row.line for row in rows])


def told_elsewhere(row: Row) -> tuple[bytes, str, str, int | None, int | None]:
    """Return the presence of a subject that an older connection should have told."""
    how = "carried" if row.kind == Kind.DOCUMENT else "shadowed"
    return bytes(row.line), row.type, how, row.message_id, row.seq


def offer(tx: Transaction, rows: Sequence[Row]) -> None:
    """Lay rows whose turn it is into their system's mailbox.

    A document that may have reached it is held instead: it has come from a time in which it was sent.
    """
    doubtful = [row for row in rows if row.uncertain and row.kind == Kind.DOCUMENT]
    for _ in rows:
        after(State.READY, Move.OFFER)
    tx.run(OFFER, [(tx.now, row.id) for row in rows if row not in doubtful])
    if doubtful:
        held = after(State.READY, Move.HOLD)
        tx.run(HOLD, [(int(held), "uncertain", tx.now, row.id) for row in doubtful])
        write_entries(
            tx, [befell(row, "held", held, "gateway", final=False, cause="uncertain") for row in doubtful]
        )


def _unpark(
    tx: Transaction, present: Mapping[bytes, set[str]], created: Collection[tuple[bytes, str]]
) -> None:
    parked = [Row._make(row) for row in tx.among(_PARKED, list(present))]
    joining = [row for row in parked if row.anchor in present[bytes(row.line)]]
    tx.run(_JOIN, [(row.id,) for row in joining])
    unsent = [row for row in joining if row.shadow == 1 and (bytes(row.line), row.anchor) in created]
    if unsent:
        tx.run(_COME_ALIVE, [(row.id,) for row in unsent])
    write_entries(
        tx,
        [befell(row, "anchor came", moved(row, Move.ANCHOR_CAME), "gateway", final=False) for row in joining],
    )


def close(tx: Transaction, rows: Sequence[tuple[int, ...]]) -> None:
    """Move deliveries, whose final state is written already, to the history."""
    tx.run(CLOSE, rows)
    tx.run(FORGET, rows)

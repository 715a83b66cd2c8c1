"""What is only drawn up, when its worker goes silent: none of it is in doubt, and none of it is dead."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from lgsp.journal.contract import Transaction
from lgsp.journal.promoting import close, dispatch, next_heads, pass_by
from lgsp.journal.rows import SET_STATE, SYSTEM, Row, befell, moved, write_entries
from lgsp.journal.states import Move, State

THIRD = 3
"""From this lapse on each costs an interval of patience: it may be the body that kills its workers."""
_LAPSE_UNSENT = (
    f"UPDATE deliveries SET state = {int(State.PUT_OFF)}, lapses = lapses + 1, scope = {SYSTEM},"
    " cause = 'lapsed', next_attempt_at = ?, worker = NULL, changed_at = ? WHERE id = ?"
)


def lapse_unsent(tx: Transaction, rows: Sequence[Row]) -> None:
    """Put off what was only drawn up; it is no doubt, and the third time it is left at that."""
    again = [row for row in rows if row.lapses + 1 < THIRD and row.wish is None]
    called_off = [row for row in rows if row.wish is not None]
    tx.run(_LAPSE_UNSENT, [(tx.now, tx.now, row.id) for row in again])
    tx.run(SET_STATE, [(moved(row, Move.CANCEL), tx.now, row.id) for row in called_off])
    told = [(row, State.PUT_OFF) for row in again] + [(row, State.CANCELLED) for row in called_off]
    note = partial(befell, what="lapsed", who="gateway", cause="lapsed")
    write_entries(tx, [note(row, state=state, final=state is State.CANCELLED) for row, state in told])
    close(tx, [(row.id,) for row in called_off])
    dispatch(tx, next_heads(tx, [row.line for row in called_off]), direct=False)
    left = [row for row in rows if row not in again and row not in called_off]
    dispatch(tx, pass_by(tx, left, "lapsed"), direct=False)

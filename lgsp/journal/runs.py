"""Runs: deliveries of one line that one worker claimed together, and sends one right after the other.

The first is the line's head, and is being sent. Those behind it wait, as they did, but name the worker: it
may have sent any of them, and nobody else may touch one. As soon as the head is not being sent any more, all
of them either go on with the same worker or are let go.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import IN_A_RUN, ROW, SET_STATE, Row, rows_of
from lgsp.journal.states import Move, State, after
from lgsp.message import Kind

MOST = 32
"""Deliveries of a run."""
_WORTH = 8
"""So many must wait behind a head to be claimed with it: they are asked for at the far side if the worker
dies, which is worth it only where a line is long."""
_BEHIND = f"{ROW} WHERE line IN ({{}}) AND {IN_A_RUN} ORDER BY seq"
_LET_GO = "UPDATE deliveries SET worker = NULL, changed_at = ? WHERE id = ?"


def run_of(waiting: Sequence[Row]) -> Sequence[Row]:
    """Return those of a line's waiting deliveries, the first one first, that may go in a run.

    Nothing doubtful goes in one, so that each doubt is settled alone and a body that kills workers is found;
    and no document, whose order a person may have to see to.
    """
    plain = next((n for n, row in enumerate(waiting) if not _plain(row)), len(waiting))
    return waiting[:plain] if plain > _WORTH else waiting[:1]


def _plain(row: Row) -> bool:
    return row.kind != Kind.DOCUMENT and not row.uncertain and not row.lapses


def behind(tx: Transaction, lines: Sequence[bytes]) -> dict[bytes, list[Row]]:
    """Return what waits in lines as part of a run, in order."""
    found: dict[bytes, list[Row]] = {}
    for values in tx.among(_BEHIND, lines):
        row = Row._make(values)
        found.setdefault(bytes(row.line), []).append(row)
    return found


def carry_on(tx: Transaction, rest: Sequence[int], workers: Mapping[bytes, int]) -> Collection[bytes]:
    """Give the first of each run's rest its turn if its worker goes on, else let the rest go.

    Return the lines in which somebody goes on.
    """
    going: dict[bytes, Row] = {}
    left: list[Row] = []
    rows = (
        row for row in rows_of(tx, rest).values() if row.state == State.WAITING and row.worker is not None
    )
    for row in sorted(rows, key=lambda row: row.seq):
        if workers.get(bytes(row.line)) == row.worker:
            going.setdefault(bytes(row.line), row)
        else:
            left.append(row)
    sending = after(after(State.WAITING, Move.TURN_CAME), Move.CLAIM)
    tx.run(SET_STATE, [(int(sending), tx.now, row.id) for row in going.values()])
    tx.run(_LET_GO, [(tx.now, row.id) for row in left])
    return going.keys()

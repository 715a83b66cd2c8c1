"""Runs: deliveries of one line that one worker claimed together, and sends one right after the other.

The first is the line's head, and is being sent. Those behind it wait, as they did, but name the worker: it
may have sent any of them, and nobody else may touch one. As soon as the head is not being sent any more, all
of them either go on with the same worker or are let go.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from lgsp.journal.contract import Transaction
from lgsp.journal.rows import (
    IN_A_RUN,
    MAYBE_PRESENT,
    ROW,
    SET_STATE,
    Row,
    befell,
    rows_of,
    write_entries,
)
from lgsp.journal.states import Move, State, after
from lgsp.journal.turns import Outcome
from lgsp.message import Kind

MOST = 32
"""Deliveries of a run."""
TOGETHER = 100_000
"""Microseconds for which outcomes of a run are gathered before the journal is told."""
_WORTH = 8
"""So many must wait behind a head to be claimed with it: they are asked for at the far side if the worker
dies, which is worth it only where a line is long."""
_BEHIND = f"{ROW} WHERE line IN ({{}}) AND {IN_A_RUN} ORDER BY seq"
_DOUBT = (
    "UPDATE deliveries SET uncertain = uncertain + 1, lapses = lapses + 1, cause = 'lapsed', worker = NULL,"
    " changed_at = ? WHERE id = ?"
)
_LET_GO = "UPDATE deliveries SET worker = NULL, attempt = attempt - 1, changed_at = ? WHERE id = ?"
"""An attempt that was never begun is none: its worker has it no more, and no record of it is missing."""


def run_of(waiting: Sequence[Row], last: Outcome) -> Sequence[Row]:
    """Return those of a line's waiting deliveries, the first one first, that may go in a run.

    As many as can be told within `TOGETHER` if each takes as long as the last one did. Nothing doubtful goes
    in one, so that each doubt is settled alone and a body that kills workers is found; no document, whose
    order a person may have to see to; and nothing that is void after a time, which a claim looks at. What is
    sent does not go with what is only drawn up.
    """
    plain = [*takewhile(lambda row: _plain(row) and row.shadow == waiting[0].shadow, waiting)]
    in_time = TOGETHER // max(1, last.ended_at - last.started_at)
    return plain[:in_time] if len(plain) > _WORTH and in_time > 1 else waiting[:1]


def _plain(row: Row) -> bool:
    settled = not row.uncertain and not row.lapses and row.worker is None
    return settled and row.kind != Kind.DOCUMENT and row.expires_at is None


def behind(tx: Transaction, lines: Sequence[bytes]) -> list[Row]:
    """Return what waits in lines as part of a run."""
    return [Row._make(row) for row in tx.among(_BEHIND, lines)]


def doubt(tx: Transaction, rows: Sequence[Row]) -> list[Row]:
    """Let go what a worker may have sent that speaks of it no more; it is asked about when its turn comes."""
    tx.run(_LET_GO, [(tx.now, row.id) for row in rows if row.shadow == 1])  # nothing of it was sent
    unsent, rows = [row for row in rows if row.shadow == 1], [row for row in rows if row.shadow != 1]
    tx.run(_DOUBT, [(tx.now, row.id) for row in rows])
    doubtful = [row for row in rows if row.kind != Kind.EVENT]
    tx.run(MAYBE_PRESENT, [(row.line, row.type, row.message_id, tx.now) for row in doubtful])
    write_entries(
        tx, [befell(row, "lapsed", row.state, "gateway", final=False, cause="lapsed") for row in rows]
    )
    let_go = [row._replace(worker=None) for row in unsent]
    return let_go + [
        row._replace(worker=None, uncertain=row.uncertain + 1, lapses=row.lapses + 1) for row in rows
    ]


def carry_on(tx: Transaction, outcomes: Sequence[Outcome]) -> set[bytes]:
    """Give the next of each run its turn if its worker goes on with it, else let the rest go.

    What is on the wire already has its turn in any case. Return the lines in which somebody goes on.
    """
    rows = rows_of(tx, [number for outcome in outcomes for number in (*outcome.flying, *outcome.rest)])
    mine = {
        number: row for number, row in rows.items() if row.state == State.WAITING and row.worker is not None
    }
    going: list[Row] = []
    for outcome in outcomes:
        flying = [mine[number] for number in outcome.flying if number in mine]
        rest = [mine[number] for number in outcome.rest if number in mine]
        if not outcome.go_on or any(row.worker != outcome.worker for row in rest):
            tx.run(_LET_GO, [(tx.now, row.id) for row in rest])
            rest = []
        going += (flying or rest)[:1]
    sending = after(after(State.WAITING, Move.TURN_CAME), Move.CLAIM)
    tx.run(SET_STATE, [(int(sending), tx.now, row.id) for row in going])
    return {bytes(row.line) for row in going}

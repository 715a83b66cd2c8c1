"""Answering for facts that were taken on before: the old receipt, and another try for what is dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lgsp.inbox import Accepted
from lgsp.journal.contract import Offer, Taken, Transaction
from lgsp.journal.promoting import dispatch, next_heads
from lgsp.journal.rows import Row, befell, moved, numbers_of, rows_of, write_entries
from lgsp.journal.states import DEAD, Move
from lgsp.journal.turns import Frame
from lgsp.message import Kind

_OPEN = (
    "SELECT message_id, id, system, state, changed_at, superseded_by, expires_at FROM deliveries"
    " WHERE message_id IN ({})"
)
_NEWER = (
    "SELECT 1 FROM messages a JOIN messages b ON b.identity = a.identity AND b.revision > a.revision"
    " AND NOT b.unrouted WHERE a.id = ? LIMIT 1"
)
_ANCHORED = "SELECT 1 FROM presence WHERE line = ? AND type = ? AND how <> 'unsure'"
_CLOSED = "SELECT message_id, system FROM history WHERE message_id IN ({})"
_REVIVE = (
    "UPDATE deliveries SET state = ?, patience = ?, next_attempt_at = ?, dispatched_at = NULL, cause = NULL,"
    " bulk = ?, changed_at = ? WHERE id = ?"
)


def known_receipts(tx: Transaction, told: Sequence[tuple[Taken, int, Offer]]) -> None:
    """Fill in where known facts go, and retry what is dead of them: telling again asks for it."""
    uids = {answer.results[n].id.bytes for answer, n, _ in told}  # type: ignore[union-attr]
    numbers = numbers_of(tx, sorted(uids))
    known = sorted(numbers.values())
    open_ = tx.among(_OPEN, known)
    went: dict[int, list[str]] = {}
    for number, system in [*((row[0], row[2]) for row in open_), *tx.among(_CLOSED, known)]:
        went.setdefault(number, []).append(system)
    revived: set[int] = set()
    for answer, n, offer in told:
        receipt = answer.results[n]
        assert isinstance(receipt, Accepted)  # noqa: S101 - the caller chose only receipts
        number = numbers[receipt.id.bytes]
        answer.results[n] = replace(receipt, systems=tuple(dict.fromkeys(went.get(number, ()))))
        for row in open_:
            wanted = next((w for w in offer.wanted if w.system == row[2]), None)
            if row[0] == number and row[1] not in revived and wanted and _ripe(tx, row, wanted.patience):
                revived.add(row[1])
                again = list(rows_of(tx, [row[1]]).values())
                answer.frames.extend(revive(tx, again, offer.message.source, "told again", wanted.last))


def _ripe(tx: Transaction, row: tuple[int, int, str, int, int, int | None, int | None], wait: float) -> bool:
    _, _, _, state, changed_at, superseded_by, expires_at = row
    unresolved = state in DEAD and superseded_by is None
    return (
        unresolved and changed_at + wait * 1_000_000 <= tx.now and (expires_at is None or expires_at > tx.now)
    )


def overtaken(tx: Transaction, row: Row) -> bool:
    """Tell whether a newer revision of a snapshot was accepted: the old one must not be sent over it."""
    return row.kind == Kind.SNAPSHOT and bool(tx.rows(_NEWER, (row.message_id,)))


def revive(  # noqa: PLR0913, PLR0917 - an act has many sides
    tx: Transaction, rows: Sequence[Row], who: str, why: str, patience: int = 0, bulk: int = 0
) -> list[Frame]:
    """Let dead deliveries join their lines again; return the frames of those whose turn it is at once.

    One whose anchor is not there is parked again, so that it cannot go before it. In `bulk` nobody goes at
    once: the dispatcher brings them behind live traffic.
    """
    rows = [row for row in rows if not overtaken(tx, row)]
    moves = [(row, Move.REPARK if _adrift(tx, row) else Move.REPLAY) for row in rows]
    tx.run(_REVIVE, [(moved(row, move), patience, tx.now, bulk, tx.now, row.id) for row, move in moves])
    write_entries(
        tx, [befell(row, "replayed", moved(row, move), who, final=False, cause=why) for row, move in moves]
    )
    return dispatch(tx, next_heads(tx, [row.line for row in rows]), direct=not bulk)


def _adrift(tx: Transaction, row: Row) -> bool:
    return row.anchor is not None and not tx.rows(_ANCHORED, (row.line, row.anchor))

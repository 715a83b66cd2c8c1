"""Letting documents go on to those receivers for whom nothing before them is dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lgsp.domain.codes import read_agency
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import IS_DEAD, IS_WAITING, Row, befell, born, listed, rows_of, write_entries
from lgsp.journal.states import FINAL, State
from lgsp.message import Kind

_DEAD = (
    f"SELECT recipients FROM deliveries WHERE line = ? AND {IS_DEAD} AND kind = {int(Kind.DOCUMENT)}"
    " AND superseded_by IS NULL"
)
_BEHIND = f"SELECT id, recipients FROM deliveries WHERE line = ? AND {IS_WAITING} ORDER BY seq LIMIT 100"
_NARROW = "UPDATE deliveries SET recipients = ?, changed_at = ? WHERE id = ?"


def first_untroubled(tx: Transaction, line: bytes) -> Row | None:
    """Return the first document of a line that may go though an earlier one is dead; None when none may.

    The order is strict for each receiver: one whom nobody knows must not keep a recall from all those who
    hold the document. What is for several of whom some wait is parted: those keep their place behind the dead
    one, in a delivery of their own. A delivery that does not say whom it is for is for everybody.

    Args:
        tx: holds the line.
        line: has no head, and nothing in it may go as a whole.
    """
    dead = [_bodies(_codes(whom)) for (whom,) in tx.rows(_DEAD, (line,))]
    waiting = [(number, _codes(whom)) for number, whom in tx.rows(_BEHIND, (line,))]
    if not all(dead) or not all(codes for _, codes in waiting):
        return None
    held = set[str]().union(*dead)
    for number, codes in waiting:
        if free := [code for code in codes if read_agency(code).identity not in held]:
            (row,) = rows_of(tx, [number]).values()
            return _parted(tx, row, free, [code for code in codes if code not in free])
    return None


def set_apart(
    tx: Transaction, row: Row, codes: Sequence[str], state: State, told: Mapping[str, Any], **said: Any
) -> tuple[int, dict[str, Any]]:
    """Give some receivers of a delivery one of their own, in its place of the line.

    Args:
        tx: holds the line.
        row: their delivery.
        codes: of the receivers.
        state: of theirs.
        told: further details of its entry.
        said: what else is said of it; see `born`.

    Returns:
        Its number, and its entry, which is not written yet.
    """
    number = born(
        tx, message_id=row.message_id, source=row.source, system=row.system, line=row.line,
        identity=row.identity, seq=row.seq, kind=row.kind, type=row.type, anchor=row.anchor,
        state=int(state), recipients=listed(codes), resend_of=row.resend_of, expires_at=row.expires_at,
        shadow=row.shadow, **said,
    )  # fmt: skip
    details = orjson.dumps({"recipients": list(codes), "apart_from": row.id, **told}).decode()
    return number, befell(
        row._replace(id=number), "set apart", state, "gateway", final=state in FINAL,
        cause=said.get("cause"), details=details,
    )  # fmt: skip


def _parted(tx: Transaction, row: Row, free: Sequence[str], others: Sequence[str]) -> Row:
    """Return a delivery for those who are free; the others, if any, get one that waits in its place."""
    if not others:
        return row
    _, entry = set_apart(tx, row, others, State.WAITING, {}, uncertain=row.uncertain)
    tx.run(_NARROW, [(listed(free), tx.now, row.id)])
    write_entries(tx, [entry])
    return row


def _codes(recipients: str | None) -> list[str]:
    return orjson.loads(recipients) if recipients else []


def _bodies(codes: Sequence[str]) -> set[str]:
    return {read_agency(code).identity for code in codes}

"""Adopting: what a system held before us is taken on as such, and what waited for it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lgsp.journal.columns import DELIVERY_COLUMNS
from lgsp.journal.contract import Transaction
from lgsp.journal.lines import line_digest
from lgsp.journal.promoting import dispatch, make_present, next_heads
from lgsp.journal.rows import FIRST
from lgsp.journal.states import State
from lgsp.journal.turns import Frame
from lgsp.message import Kind

HOW = "adopted"
_CLOSED = (
    f"INSERT INTO history ({', '.join(DELIVERY_COLUMNS)}) VALUES ({', '.join('?' * len(DELIVERY_COLUMNS))})"
)
_PRESENT = "SELECT line FROM presence WHERE line IN ({}) AND type = ? AND how NOT IN ('unsure', 'shadowed')"


class Adopted(NamedTuple):
    """One fact that a system holds.

    Attributes:
        told: of what is taken on now: delivery, message, source, system and identity; None where the journal
            knew the subject.
    """

    line: bytes
    type: str
    kind: Kind
    told: tuple[int, int, str, str, bytes] | None = None


def enter(tx: Transaction, adopted: Sequence[Adopted]) -> list[Frame]:
    """Write closed deliveries of what was adopted, and its presence; return the frames of what waited for it.

    The caller holds the locks of the lines.
    """
    tx.run(_CLOSED, [_row(tx, one, *one.told) for one in adopted if one.told is not None])
    return here(tx, [(one.line, one.type) for one in adopted if one.kind is not Kind.EVENT])


def _row(  # noqa: PLR0913, PLR0917 - the columns of a delivery
    tx: Transaction, one: Adopted, delivery: int, message: int, source: str, system: str, identity: bytes
) -> tuple[object, ...]:
    said = FIRST | {
        "id": delivery, "seq": delivery, "message_id": message, "source": source, "system": system,
        "identity": identity, "line": one.line, "type": one.type, "kind": int(one.kind),
        "state": int(State.ADOPTED), "created_at": tx.now, "changed_at": tx.now,
    }  # fmt: skip
    return tuple(said[name] for name in DELIVERY_COLUMNS)


def here(tx: Transaction, subjects: Sequence[tuple[bytes, str]]) -> list[Frame]:
    """Note that subjects (line, type) are at their system, and let the parked join their lines."""
    make_present(tx, [(line, type_, HOW, None, None) for line, type_ in subjects])
    return dispatch(tx, next_heads(tx, [line for line, _ in subjects])) if subjects else []


def known(tx: Transaction, lines: Sequence[bytes], type_: str) -> set[bytes]:
    """Return those of the lines of which it is known for certain that their subject is there."""
    return {bytes(row[0]) for row in tx.among(_PRESENT, lines, type_)}


def subjects(
    tx: Transaction, system: str, type_: str, keys: Sequence[str], *, write: bool
) -> tuple[int, list[Frame]]:
    """Note that these partitionkeys are at a system; return of how many that was new, and frames.

    Args:
        tx: a transaction; a snapshot where nothing is written.
        system: where they are.
        type_: what they are there as.
        keys: normal forms of their codes.
        write: False only counts.
    """
    lines = sorted({line_digest(system, key) for key in keys})
    if write:
        tx.lock(lines)
    there = known(tx, lines, type_)
    new = [line for line in lines if line not in there]
    return len(new), here(tx, [(line, type_) for line in new]) if write else []

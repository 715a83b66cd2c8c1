"""Where a new delivery stands in its line, and which older snapshots it makes void."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lgsp.journal.contract import Transaction
from lgsp.journal.promoting import close, dispatch, next_heads, settling_until
from lgsp.journal.rows import (
    CHECK,
    IS_DEAD,
    IS_HEAD,
    MESSAGE,
    ROW,
    SETTLING,
    Row,
    befell,
    locked,
    moved,
    with_head,
    write_entries,
)
from lgsp.journal.states import DEAD, HEADS, Move, State
from lgsp.journal.turns import Frame
from lgsp.message import Kind

_AT_HEAD = f"{ROW} WHERE line IN ({{}}) AND {IS_HEAD}"
_DEAD = f"{ROW} WHERE line IN ({{}}) AND {IS_DEAD}"
_SUPERSEDE = "UPDATE deliveries SET state = ?, superseded_by = ?, changed_at = ? WHERE id = ?"


@dataclass(slots=True)
class Place:
    """Where a new delivery stands.

    Attributes:
        until: for a put-off one: when its line has settled.
    """

    state: State
    until: int | None = None
    cause: str | None = None
    scope: int = 0


@dataclass(slots=True)
class _Line:
    """What matters of a line when something joins it."""

    occupied: bool = False
    blocked: bool = False
    rows: list[Row] = field(default_factory=list)


class LineBook:
    """The lines of one batch, kept current while the batch adds to them.

    Attributes:
        frames: of those who got their turn meanwhile.
    """

    def __init__(self, tx: Transaction, lines: Sequence[bytes], flush: Callable[[], None]) -> None:
        self._tx = tx
        self._flush = flush
        self.frames: list[Frame] = []
        self._troubled: list[bytes] = []
        self._lines: dict[bytes, _Line] = {line: _Line() for line in lines}
        for found in (*tx.among(_AT_HEAD, lines), *tx.among(_DEAD, lines)):
            self._enter(Row._make(found))
        self._settling = settling_until(tx, lines)

    def place(self, line: bytes, number: int, kind: Kind, identity: bytes, *, parked: bool) -> Place:
        """Give a new delivery its place; a newer snapshot makes older ones of its identity void."""
        if parked:
            return Place(State.PARKED)
        view = self._lines[line]
        if kind is Kind.SNAPSHOT and any(self._void(row, identity) for row in view.rows):
            self._supersede(view, line, number, identity)
        if view.occupied or (view.blocked and kind is Kind.DOCUMENT):
            self._troubled += [] if view.occupied else [line]
            return Place(State.WAITING)
        view.occupied = True
        until = self._settling.get(line)
        if until is not None:
            return Place(State.PUT_OFF, until, "settling", SETTLING)
        return Place(State.READY)

    def pass_by(self) -> list[Frame]:
        """Give their turn to documents that wait behind a dead one which is dead for others than theirs.

        What the batch brought is written by now.
        """
        return dispatch(self._tx, next_heads(self._tx, self._troubled)) if self._troubled else []

    def _enter(self, row: Row) -> None:
        view = self._lines[bytes(row.line)]
        if row.state in HEADS:
            view.occupied = True
        elif row.kind == Kind.DOCUMENT and row.superseded_by is None:
            view.blocked = True
        if row.kind == Kind.SNAPSHOT:
            view.rows.append(row)

    @staticmethod
    def _void(row: Row, identity: bytes) -> bool:
        gives_way = (row.state, row.scope) in {(State.PUT_OFF, MESSAGE), (State.HELD, CHECK)}
        return bytes(row.identity) == identity and (gives_way or row.state in DEAD)

    def _supersede(self, view: _Line, line: bytes, number: int, identity: bytes) -> None:
        """Close what the newer snapshot makes void; if that was the head, the next in line gets its turn."""
        self._flush()
        # what fell due meanwhile is on its way, and is no longer void
        void = locked(self._tx, [row for row in view.rows if self._void(row, identity)])
        gone = {row.id for row in void}
        view.rows = [row for row in view.rows if row.id not in gone]
        supersede(self._tx, void, number)
        if any(row.state in HEADS for row in void):
            self.frames.extend(dispatch(self._tx, next_heads(self._tx, [line])))
            view.occupied = bool(with_head(self._tx, [line]))


def supersede(tx: Transaction, rows: Sequence[Row], by: int) -> None:
    """Close older snapshots: one put off or held is superseded; a dead one keeps its state and is marked."""
    for row in rows:
        state = row.state if row.state in DEAD else moved(row, Move.SUPERSEDE)
        tx.run(_SUPERSEDE, [(state, by, tx.now, row.id)])
    write_entries(
        tx,
        [
            befell(row, "superseded", row.state if row.state in DEAD else State.SUPERSEDED, "gateway",
                   final=row.state not in DEAD)
            for row in rows
        ],
    )  # fmt: skip
    close(tx, [(row.id,) for row in rows])

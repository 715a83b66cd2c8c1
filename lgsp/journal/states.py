"""The states of a delivery and the one table of how it may move between them."""

from __future__ import annotations

from enum import Enum, IntEnum


class State(IntEnum):
    """Where a delivery stands. Numbers are stored: never renumber, only add."""

    PARKED = 0
    WAITING = 1
    READY = 2
    SENDING = 3
    PUT_OFF = 4
    HELD = 5
    OFFERED = 6
    DELIVERED = 10
    REFUSED = 11
    EXHAUSTED = 12
    EXPIRED = 13
    CANCELLED = 14
    SUPERSEDED = 15
    REPLACED = 16
    SHADOWED = 17
    ADOPTED = 18

    @property
    def word(self) -> str:
        """The state as it is written in the API, logs and command line."""
        return self.name.lower().replace("_", " ")


class Move(Enum):
    """What moves a delivery from one state to another."""

    ANCHOR_CAME = "its anchor is there"
    TURN_CAME = "its turn in the line came"
    SETTLE = "its turn came while the line settles"
    CLAIM = "a worker claims it"
    DELIVER = "the far side took it"
    PUT_OFF = "try again later"
    FALL_DUE = "its time came"
    REFUSE = "the far side said no"
    EXHAUST = "its patience is spent"
    EXPIRE = "its time ran out"
    HOLD = "a person must decide"
    RELEASE = "a person decided"
    LAPSE = "its worker went silent"
    OFFER = "it waits in a mailbox"
    WITHDRAW = "its system collects no more"
    CANCEL = "a person called it off"
    SUPERSEDE = "a newer snapshot came"
    REPLACE = "a corrected message took its place"
    REPLAY = "a person or the source asked again"
    REPARK = "asked again, and its anchor is not there"
    SHADOW = "an older connection tells the far side"
    COME_ALIVE = "nobody told the far side"
    STRAND = "its anchor is not there after all"


S, M = State, Move

HEADS = frozenset({S.READY, S.SENDING, S.PUT_OFF, S.HELD, S.OFFERED})
"""A line has at most one of these: the delivery whose turn it is."""

IN_LINE = HEADS | {S.WAITING}
OPEN = IN_LINE | {S.PARKED}
DEAD = frozenset({S.REFUSED, S.EXHAUSTED, S.EXPIRED})
"""Closed, but the source, an operator or a newer snapshot may still resolve it."""

UNSENT = frozenset({S.SHADOWED, S.ADOPTED})
"""Closed, and nothing was sent: an older connection told the far side, or it held it before us."""

FINAL = frozenset({S.DELIVERED, S.CANCELLED, S.SUPERSEDED, S.REPLACED}) | DEAD | UNSENT

BEHIND = DEAD | {S.PARKED, S.WAITING}
"""What a line may hold beside its head: those that wait, and those that died and may yet be resolved."""

_FREE = OPEN - {S.SENDING}
"""A delivery that is being sent is left only by an outcome or a lapse."""

TABLE: dict[tuple[State, Move], State] = {
    (S.PARKED, M.ANCHOR_CAME): S.WAITING,
    (S.WAITING, M.TURN_CAME): S.READY,
    (S.WAITING, M.SETTLE): S.PUT_OFF,
    (S.READY, M.CLAIM): S.SENDING,
    (S.READY, M.OFFER): S.OFFERED,
    (S.SENDING, M.DELIVER): S.DELIVERED,
    (S.OFFERED, M.DELIVER): S.DELIVERED,
    (S.SENDING, M.PUT_OFF): S.PUT_OFF,
    (S.OFFERED, M.PUT_OFF): S.PUT_OFF,
    (S.OFFERED, M.EXHAUST): S.EXHAUSTED,
    (S.OFFERED, M.WITHDRAW): S.READY,
    (S.SENDING, M.LAPSE): S.PUT_OFF,
    (S.PUT_OFF, M.FALL_DUE): S.READY,
    (S.SENDING, M.REFUSE): S.REFUSED,
    (S.SENDING, M.EXHAUST): S.EXHAUSTED,
    (S.SENDING, M.HOLD): S.HELD,
    (S.HELD, M.RELEASE): S.WAITING,
    **{(state, M.HOLD): S.HELD for state in (S.READY, S.PUT_OFF, S.OFFERED)},
    **{(state, M.EXPIRE): S.EXPIRED for state in _FREE},
    **{(state, M.CANCEL): S.CANCELLED for state in _FREE | DEAD},
    **{
        (state, M.SUPERSEDE): S.SUPERSEDED
        for state in (S.WAITING, S.READY, S.PUT_OFF, S.SENDING, S.OFFERED, S.HELD)
    },
    (S.SENDING, M.CANCEL): S.CANCELLED,
    (S.SENDING, M.EXPIRE): S.EXPIRED,
    **{(state, M.REPLACE): S.REPLACED for state in _FREE | DEAD},
    **{(state, M.REPLAY): S.WAITING for state in DEAD},
    **{(state, M.REPARK): S.PARKED for state in DEAD},
    **{(state, M.SHADOW): S.SHADOWED for state in OPEN},
    (S.SHADOWED, M.COME_ALIVE): S.WAITING,
    **{(state, M.STRAND): S.PARKED for state in (S.SHADOWED, S.WAITING, S.READY, S.SENDING, S.PUT_OFF)},
}


class WrongMoveError(Exception):
    """A delivery was asked to make a move that its state does not allow."""


def after(state: State, move: Move) -> State:
    """Return where a move leads.

    Raises:
        WrongMoveError: the table has no such move.
    """
    try:
        return TABLE[state, move]
    except KeyError:
        raise WrongMoveError(f"moving a delivery that is {state.word}: {move.value}") from None

"""The table of moves, against a table written by hand from the design's drawing."""

from __future__ import annotations

import pytest

from lgsp.journal.states import DEAD, FINAL, HEADS, IN_LINE, OPEN, TABLE, Move, State, WrongMoveError, after

DRAWN = {
    "PARKED": "ANCHOR_CAME>WAITING EXPIRE>EXPIRED CANCEL>CANCELLED REPLACE>REPLACED SHADOW>SHADOWED",
    "WAITING": (
        "TURN_CAME>READY SETTLE>PUT_OFF EXPIRE>EXPIRED CANCEL>CANCELLED SUPERSEDE>SUPERSEDED REPLACE>REPLACED"
        " SHADOW>SHADOWED STRAND>PARKED"
    ),
    "READY": (
        "CLAIM>SENDING OFFER>OFFERED HOLD>HELD EXPIRE>EXPIRED CANCEL>CANCELLED SUPERSEDE>SUPERSEDED"
        " REPLACE>REPLACED SHADOW>SHADOWED STRAND>PARKED"
    ),
    "SENDING": (
        "DELIVER>DELIVERED PUT_OFF>PUT_OFF LAPSE>PUT_OFF REFUSE>REFUSED EXHAUST>EXHAUSTED HOLD>HELD"
        " EXPIRE>EXPIRED CANCEL>CANCELLED SUPERSEDE>SUPERSEDED SHADOW>SHADOWED STRAND>PARKED"
    ),
    "PUT_OFF": (
        "FALL_DUE>READY HOLD>HELD EXPIRE>EXPIRED CANCEL>CANCELLED SUPERSEDE>SUPERSEDED REPLACE>REPLACED"
        " SHADOW>SHADOWED STRAND>PARKED"
    ),
    "HELD": (
        "RELEASE>WAITING EXPIRE>EXPIRED CANCEL>CANCELLED SUPERSEDE>SUPERSEDED REPLACE>REPLACED"
        " SHADOW>SHADOWED"
    ),
    "OFFERED": (
        "DELIVER>DELIVERED PUT_OFF>PUT_OFF EXHAUST>EXHAUSTED WITHDRAW>READY HOLD>HELD EXPIRE>EXPIRED CANCEL>CANCELLED"
        " SUPERSEDE>SUPERSEDED REPLACE>REPLACED SHADOW>SHADOWED"
    ),
    "DELIVERED": "",
    "REFUSED": "REPLAY>WAITING REPARK>PARKED CANCEL>CANCELLED REPLACE>REPLACED",
    "EXHAUSTED": "REPLAY>WAITING REPARK>PARKED CANCEL>CANCELLED REPLACE>REPLACED",
    "EXPIRED": "REPLAY>WAITING REPARK>PARKED CANCEL>CANCELLED REPLACE>REPLACED",
    "CANCELLED": "",
    "SUPERSEDED": "",
    "REPLACED": "",
    "SHADOWED": "COME_ALIVE>WAITING STRAND>PARKED",
    "ADOPTED": "",
}
EXPECTED = {
    (State[state], Move[move]): State[to]
    for state, moves in DRAWN.items()
    for move, to in (step.split(">") for step in moves.split())
}
PAIRS = [(state, move) for state in State for move in Move]
OUTCOMES = {
    Move.DELIVER, Move.PUT_OFF, Move.REFUSE, Move.EXHAUST, Move.EXPIRE, Move.HOLD, Move.SHADOW, Move.STRAND,
}  # fmt: skip
APPLIED_AT_THE_OUTCOME = {Move.SUPERSEDE, Move.CANCEL}


@pytest.mark.parametrize(("state", "move"), PAIRS, ids=lambda one: one.name)
def test_each_pair_leads_where_the_design_draws_it_or_nowhere(state: State, move: Move) -> None:
    """Every (state, move) either leads where the hand-written table says, or is refused."""
    if (state, move) in EXPECTED:
        assert after(state, move) is EXPECTED[state, move]
    else:
        with pytest.raises(WrongMoveError):
            after(state, move)


def test_the_hand_written_table_names_every_state() -> None:
    """No state was added without being drawn."""
    assert set(DRAWN) == {state.name for state in State}


def test_a_refused_move_says_where_the_delivery_stands_and_what_was_asked() -> None:
    """The error names state and move in words, for whoever reads it in an answer."""
    with pytest.raises(WrongMoveError, match="put off: a worker claims it"):
        after(State.PUT_OFF, Move.CLAIM)


def test_sending_is_left_only_by_an_outcome_or_a_lapse() -> None:
    """What is on the wire is nobody's to take away; wishes are applied when its outcome comes."""
    left = {move for state, move in TABLE if state is State.SENDING}
    assert left == OUTCOMES | {Move.LAPSE} | APPLIED_AT_THE_OUTCOME


def test_the_dead_are_left_only_on_request() -> None:
    """A dead delivery goes on when somebody asks, or is closed for good; time alone does nothing to it."""
    asked = {Move.REPLAY, Move.REPARK, Move.CANCEL, Move.REPLACE}
    assert {(state, move) for state, move in TABLE if state in DEAD} == {(s, m) for s in DEAD for m in asked}


def test_what_is_closed_stays_closed() -> None:
    """No move leads out of a final state that is not dead, but what an older connection did not tell comes to life."""
    left = [pair for pair in TABLE if pair[0] in FINAL - DEAD]
    assert left == [(State.SHADOWED, Move.COME_ALIVE), (State.SHADOWED, Move.STRAND)]


@pytest.mark.parametrize("state", sorted(OPEN), ids=lambda state: state.name)
def test_every_open_state_can_reach_each_kind_of_end(state: State) -> None:
    """From wherever it stands a delivery can be delivered, can die, and can be called off."""
    reached, grew = {state}, True
    while grew:
        following = {to for (start, _), to in TABLE.items() if start in reached}
        grew = not following <= reached
        reached |= following
    assert {State.DELIVERED, State.REFUSED, State.CANCELLED} <= reached


def test_every_state_is_open_or_final_and_has_a_number_of_its_own() -> None:
    """Open and final part the states between them; numbers are stored and never change."""
    assert set(State) == OPEN | FINAL
    assert not OPEN & FINAL
    assert {State.PARKED} == OPEN - IN_LINE
    assert {State.WAITING} == IN_LINE - HEADS
    assert [(state.name, int(state)) for state in State] == [
        ("PARKED", 0), ("WAITING", 1), ("READY", 2), ("SENDING", 3), ("PUT_OFF", 4), ("HELD", 5), ("OFFERED", 6),
        ("DELIVERED", 10), ("REFUSED", 11), ("EXHAUSTED", 12), ("EXPIRED", 13), ("CANCELLED", 14),
        ("SUPERSEDED", 15), ("REPLACED", 16), ("SHADOWED", 17), ("ADOPTED", 18),
    ]  # fmt: skip


def test_a_released_or_replayed_delivery_queues_again() -> None:
    """Who comes back waits for the turn of its line; it never jumps onto the wire."""
    back = {to for (_, move), to in TABLE.items() if move in {Move.RELEASE, Move.REPLAY, Move.ANCHOR_CAME}}
    assert back == {State.WAITING}

"""Applying outcomes: the fence, the final state, the anchor it brings and the next of the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson

from lgsp.journal import checks_held, gaps, naming, runs
from lgsp.journal.claiming import take_runs
from lgsp.journal.columns import DELIVERY_COLUMNS
from lgsp.journal.contract import Transaction
from lgsp.journal.landing import late_landing
from lgsp.journal.parting import set_apart
from lgsp.journal.promoting import close, dispatch, let_settle, make_present, openings, told_elsewhere
from lgsp.journal.rows import (
    CHECK,
    FORGET,
    GIVE_BACK,
    INSERT_ENTRY,
    IS_HEAD,
    IS_WAITING,
    KEEP_ATTEMPT,
    MAYBE_PRESENT,
    MESSAGE,
    Row,
    befell,
    entry,
    listed,
    moved,
    numbers_of,
    rows_of,
)
from lgsp.journal.states import DEAD, FINAL, Move, State
from lgsp.journal.turns import Apart, Outcome, Settled
from lgsp.keys import PLAIN
from lgsp.message import Kind

_SET = (
    "state", "cause", "said", "fields", "scope", "patience", "uncertain", "repeats", "next_attempt_at",
    "superseded_by", "changed_at",
)  # fmt: skip
_APPLY = f"UPDATE deliveries SET {', '.join(f'{name} = ?' for name in _SET)}, worker = NULL WHERE id = ?"
_STAYS = tuple(name for name in DELIVERY_COLUMNS if name not in (*_SET, "worker"))
_CLOSE = (
    f"INSERT INTO history ({', '.join((*_SET, *_STAYS))})"
    f" SELECT {', '.join('?' * len(_SET))}, {', '.join(_STAYS)} FROM deliveries WHERE id = ?"
)
_SNAPSHOTS = (
    "SELECT line, identity, seq, id FROM deliveries WHERE line IN ({{}}) AND {place}"
    f" AND kind = {int(Kind.SNAPSHOT)} AND resend_of IS NULL"
)
_AT_HEAD, _WAITING = _SNAPSHOTS.format(place=IS_HEAD), _SNAPSHOTS.format(place=IS_WAITING)
_MOVES = {
    State.DELIVERED: Move.DELIVER,
    State.REFUSED: Move.REFUSE,
    State.PUT_OFF: Move.PUT_OFF,
    State.EXHAUSTED: Move.EXHAUST,
    State.EXPIRED: Move.EXPIRE,
    State.HELD: Move.HOLD,
    State.SHADOWED: Move.SHADOW,
    State.PARKED: Move.STRAND,
}
_NARROW = "UPDATE deliveries SET recipients = ? WHERE id = ?"
_GIVES_WAY = {(State.PUT_OFF, MESSAGE), (State.HELD, CHECK)}
"""What a snapshot comes to that a newer one makes void."""
_WISHES = {int(State.CANCELLED): State.CANCELLED}


class _Settlement:
    """One batch of outcomes being applied."""

    def __init__(self, tx: Transaction, outcomes: Sequence[Outcome]) -> None:
        self._tx = tx
        self._outcomes = outcomes
        self._each = [one for outcome in outcomes for one in outcome.each()]
        tx.lock(sorted({outcome.claim.line for outcome in outcomes}))
        self._rows = rows_of(tx, [one.claim.delivery for one in self._each])
        self._newer = self._newer_snapshots()
        self._applied: list[tuple[Any, ...]] = []
        self._attempts: list[tuple[Any, ...]] = []
        self._entries: list[dict[str, Any]] = []
        self._closed: list[tuple[Any, ...]] = []
        self._present: list[tuple[Any, ...]] = []
        self._maybe: list[tuple[Any, ...]] = []
        self._left: list[bytes] = []
        self._settle: list[tuple[bytes, int]] = []
        self._too_late: list[Outcome] = []
        self._narrowed: list[tuple[Any, ...]] = []
        self._apart: list[tuple[Row, Apart]] = []
        self._gaps: list[tuple[bytes, str]] = []
        self._created: set[tuple[bytes, str]] = set()
        self._untold: list[tuple[bytes, str]] = []
        self._given_back: list[tuple[int]] = []
        self._called_off: list[Row] = []

    def run(self) -> list[Settled]:
        naming.count(self._tx, [one for one in self._each if one.answer])
        settled = [self._run(outcome) for outcome in self._outcomes]
        self._write()
        self._open_lines(settled)
        for one in self._too_late:
            settled[0].frames.extend(late_landing(self._tx, one))
        return settled

    def _newer_snapshots(self) -> Mapping[tuple[bytes, bytes], tuple[int, int]]:
        """Return the newest snapshot of each line that an outcome leaves behind unsent."""
        lines = sorted({
            outcome.claim.line
            for outcome in self._each
            if outcome.state is not State.DELIVERED and outcome.claim.kind is Kind.SNAPSHOT
        })  # fmt: skip
        found = sorted(
            (*self._tx.among(_AT_HEAD, lines), *self._tx.among(_WAITING, lines)), key=itemgetter(2)
        )
        return {(bytes(line), bytes(identity)): (seq, number) for line, identity, seq, number in found}

    def _run(self, outcome: Outcome) -> Settled:
        """Apply an outcome and those of its run: each takes its turn when the one before it is closed.

        The head decides whether the run is late. One behind it that is gone holds up nobody.
        """
        settled = self._one(outcome)
        for one in outcome.then:
            row = self._rows.get(one.claim.delivery)
            if row is not None and settled.state in FINAL and not settled.late and _in_run(row):
                self._rows[row.id] = row._replace(state=int(State.SENDING))
            told = self._one(one)
            settled = settled if told.late else told
        return settled

    def _one(self, outcome: Outcome) -> Settled:
        row = self._rows.get(outcome.claim.delivery)
        if row is None or row.state != State.SENDING or row.attempt != outcome.claim.attempt:
            return self._late(outcome, row)
        newer = self._newer_than(row)
        state = self._state(outcome, row, newer)
        self._rows[row.id] = row._replace(state=int(state))
        self._apply(outcome, row, state, newer)
        if state in FINAL:
            self._leave(row, state)
        if state is State.CANCELLED:
            self._called_off.append(row)
        if state is State.DELIVERED and not outcome.repeated and outcome.claim.message.there is not True:
            self._created.add((bytes(row.line), row.type))
            if outcome.claim.gap == row.type:  # the probe did not know; that it was created says it
                self._untold.append((bytes(row.line), row.type))
        if state is State.PARKED:
            self._left.append(bytes(row.line))
            self._gaps.append((bytes(row.line), outcome.claim.gap))
        return Settled(False, state)

    def _newer_than(self, row: Row) -> int | None:
        seq, number = self._newer.get((bytes(row.line), bytes(row.identity)), (0, 0))
        return number if row.kind == Kind.SNAPSHOT and seq > row.seq else None

    def _state(self, outcome: Outcome, row: Row, newer: int | None) -> State:
        if outcome.state is not State.DELIVERED and row.wish in _WISHES:
            return _WISHES[row.wish]
        if (outcome.state, outcome.scope) in _GIVES_WAY and newer is not None:
            return State(moved(row, Move.SUPERSEDE))
        return State(moved(row, _MOVES[outcome.state]))

    def _apply(self, outcome: Outcome, row: Row, state: State, newer: int | None) -> None:
        uncertain = 0 if outcome.resolved else row.uncertain + int(outcome.uncertain)
        due = self._tx.now + outcome.wait if outcome.state in (State.PUT_OFF, State.PARKED) else None
        by = newer if state is State.SUPERSEDED or state in DEAD else None
        fields = orjson.dumps(list(outcome.fields)).decode() if outcome.fields else None
        closes = state in FINAL and (state not in DEAD or by is not None)
        (self._closed if closes else self._applied).append(
            (int(state), outcome.cause or None, outcome.said or None, fields, outcome.scope, outcome.patience,
             uncertain, row.repeats + int(outcome.repeated), due, by, self._tx.now, row.id)
        )  # fmt: skip
        self._keep_attempt(outcome)
        self._note_beside(outcome, row, state)
        self._entries.append(
            befell(row, state.word, state, f"worker {outcome.worker}", final=state in FINAL,
                   cause=outcome.cause or None, details=_details(outcome, fields, due))
        )  # fmt: skip
        if uncertain and row.kind != Kind.EVENT:
            self._maybe.append((row.line, row.type, row.message_id, self._tx.now))
        if outcome.uncertain:
            self._settle.append((bytes(row.line), self._tx.now + outcome.settle))
        if outcome.apart:
            self._narrowed.append((listed(outcome.recipients), row.id))
            self._apart += [(row, one) for one in outcome.apart]
            if any(one.uncertain for one in outcome.apart):
                self._settle.append((bytes(row.line), self._tx.now + outcome.settle))
        if outcome.there and state is not State.DELIVERED and row.kind != Kind.EVENT:
            self._present.append((bytes(row.line), row.type, "answered", None, None))
            self._left.append(bytes(row.line))

    def _leave(self, row: Row, state: State) -> None:
        self._left.append(bytes(row.line))
        if state is State.DELIVERED and row.kind != Kind.EVENT:
            self._present.append((bytes(row.line), row.type, "delivered", row.message_id, row.seq))
        if state is State.SHADOWED and row.shadow != 1:
            self._given_back.append((row.id,))
        if state is State.SHADOWED and row.kind != Kind.EVENT:
            self._present.append(told_elsewhere(row))

    def _note_beside(self, outcome: Outcome, row: Row, state: State) -> None:
        """Keep as evidence what was filled in of what was sent, and what others were asked about it."""
        said = {"completed": outcome.claim.completed}
        if state in FINAL or state is State.HELD:
            said["checked"] = outcome.claim.checked
        for what, details in said.items():
            if details:
                told = befell(row, what, row.state, f"worker {outcome.worker}", final=False)
                self._entries.append({**told, "details": details})

    def _keep_attempt(self, outcome: Outcome) -> None:
        key_id, kept = self._tx.keys.seal(outcome.exchanges) if outcome.exchanges else (PLAIN, None)
        self._attempts.append(
            (outcome.claim.delivery, outcome.claim.attempt, outcome.worker, outcome.started_at,
             outcome.ended_at, int(outcome.state), outcome.cause or None, outcome.said or None, key_id, kept,
             outcome.answer or None)
        )  # fmt: skip

    def _late(self, outcome: Outcome, row: Row | None) -> Settled:
        self._too_late.append(outcome)
        self._keep_attempt(outcome)
        uid = outcome.claim.message.id
        found = numbers_of(self._tx, [uid.bytes]) if uid else {}
        self._entries.append(
            {
                "what": "late outcome", "message": found.get(uid.bytes) if uid else None,
                "delivery": outcome.claim.delivery, "system": outcome.claim.system,
                "state": int(outcome.state), "attempt": outcome.claim.attempt, "cause": outcome.cause or None,
                "who": f"worker {outcome.worker}", "details": _details(outcome, None, None),
            }
        )  # fmt: skip
        state = State(row.state) if row is not None else outcome.state
        return Settled(True, state)

    def _write(self) -> None:
        tx = self._tx
        tx.run(_NARROW, self._narrowed)
        tx.run(GIVE_BACK, self._given_back)
        tx.run(_CLOSE, self._closed)
        tx.run(FORGET, [values[-1:] for values in self._closed])
        tx.run(_APPLY, self._applied)  # behind those of its run that are gone: a line has one head
        tx.run(KEEP_ATTEMPT, self._attempts)
        for row, one in self._apart:
            self._set_apart(row, one)
        numbers = tx.ids("entries", len(self._entries))
        tx.run(INSERT_ENTRY, [entry(n, tx.now, **e) for n, e in zip(numbers, self._entries, strict=True)])
        let_settle(tx, self._settle)
        tx.run(MAYBE_PRESENT, self._maybe)
        for line, type_ in self._untold:
            gaps.absent(tx, line, type_, newer=True)
        make_present(tx, self._present, self._created)
        gaps.unjudge(tx, self._called_off)

    def _set_apart(self, row: Row, one: Apart) -> None:
        """Give receivers whom an attempt did not reach a delivery of their own, in its place of the line."""
        state = _WISHES.get(row.wish or 0, State(moved(row, _MOVES[one.state])))
        number, entered = set_apart(
            self._tx, row, one.recipients, state, {"said": one.said},
            patience=one.patience, cause=one.cause or None, said=one.said or None,
            fields=listed(one.fields), uncertain=int(one.uncertain),
            next_attempt_at=self._tx.now + one.wait if state is State.PUT_OFF else None,
        )  # fmt: skip
        self._entries.append(entered)
        if state is State.CANCELLED:
            close(self._tx, [(number,)])
        self._left.append(bytes(row.line))

    def _open_lines(self, settled: Sequence[Settled]) -> None:
        """Give each line that was left, or that the parked joined, its next head."""
        going = self._carried_on(settled)
        for line, type_ in self._gaps:
            gaps.absent(self._tx, line, type_)
        takers = self._takers(settled)
        left = [line for line in self._left if line not in going]
        ready = openings(self._tx, left, runs.MOST if takers else 1)
        mine = [
            runs.run_of(rows, takers[line][0]) for rows in ready if (line := bytes(rows[0].line)) in takers
        ]
        others = [rows[0] for rows in ready if bytes(rows[0].line) not in takers]
        self._hand_over(mine, takers)
        if others and settled:
            settled[0].frames.extend(dispatch(self._tx, others))

    def _carried_on(self, settled: Sequence[Settled]) -> set[bytes]:
        """Let those who hold more of a run go on with it; return their lines."""
        ran = [
            (outcome, answer)
            for outcome, answer in zip(self._outcomes, settled, strict=True)
            if (outcome.rest or outcome.flying) and not answer.late
        ]
        going = runs.carry_on(self._tx, [outcome for outcome, _ in ran]) if ran else set()
        for outcome, answer in ran:
            answer.carried_on = outcome.claim.line in going
        return going

    def _takers(self, settled: Sequence[Settled]) -> dict[bytes, tuple[Outcome, Settled]]:
        """Return the lines whose workers would go on, each with the last that was told and the answer."""
        return {
            outcome.claim.line: (outcome.each()[-1], answer)
            for outcome, answer in zip(self._outcomes, settled, strict=True)
            if outcome.go_on and not answer.late and answer.state in FINAL
        }

    def _hand_over(
        self, mine: Sequence[Sequence[Row]], takers: Mapping[bytes, tuple[Outcome, Settled]]
    ) -> None:
        """Claim the next deliveries of lines for those who would send them."""
        for worker in {takers[bytes(run[0].line)][0].worker for run in mine}:
            its = [run for run in mine if takers[bytes(run[0].line)][0].worker == worker]
            for claims in take_runs(self._tx, its, worker):
                if claims:
                    answer = takers[claims[0].line][1]
                    answer.next, *answer.behind = claims


def _in_run(row: Row) -> bool:
    return row.state == State.WAITING and row.worker is not None


def _details(outcome: Outcome, fields: str | None, due: int | None) -> str | None:
    details = {
        "said": outcome.said,
        "fields": orjson.loads(fields) if fields else None,
        "next_attempt_at": due,
        "uncertain": outcome.uncertain or None,
        "repeated": outcome.repeated or None,
        "there": outcome.there or None,
        "scope": "system" if outcome.scope == 1 else None,
        "answer": outcome.answer,
        "recipients": list(outcome.recipients),
    }
    kept = {name: value for name, value in details.items() if value}
    return orjson.dumps(kept).decode() if kept else None


def settle(tx: Transaction, outcomes: Sequence[Outcome]) -> list[Settled]:
    """Apply a batch of outcomes; return one answer each, in order."""
    return _Settlement(tx, checks_held.spared(tx, outcomes)).run()

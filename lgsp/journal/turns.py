"""A delivery's turn: the frame that calls for it, the claim of a worker, what became of it, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lgsp.journal.states import State
from lgsp.message import Kind, Message


@dataclass(slots=True, frozen=True)
class Frame:
    """What travels on the broker: a delivery and the epoch in which it was dispatched; nothing else."""

    system: str
    delivery: int
    epoch: int


@dataclass(slots=True)
class Claim:
    """A delivery that this worker, and nobody else, may send now.

    Attributes:
        attempt: counted from 1; with the id it is the fence.
        patience: how many intervals of patience are spent.
        uncertain: an earlier attempt may have been applied: probe first.
        message: complete, with `there` set.
        shadow: it is only drawn up; nothing is sent.
        gap: the type of snapshot to ask the system for before anything of its line is sent; empty: none. What
            came before was left to an older connection.
        born: when the delivery began; `completed` is, as JSON, what was filled in in what is sent, and
            `checked` what other systems were asked about it.
    """

    delivery: int
    system: str
    attempt: int
    patience: int
    lapses: int
    uncertain: bool
    line: bytes
    claimed_at: int
    message: Message
    kind: Kind
    expires_at: int | None = None
    shadow: bool = False
    gap: str = ""
    born: int = 0
    completed: str = ""
    checked: str = ""


@dataclass(slots=True, frozen=True)
class Apart:
    """Receivers whom an attempt did not reach, while it reached others: they get a delivery of their own.

    Attributes:
        state: REFUSED, PUT_OFF or EXHAUSTED.
        wait: for PUT_OFF: microseconds until the next attempt.
        uncertain: it may have reached them all the same.
    """

    recipients: Sequence[str]
    state: State
    cause: str
    said: str = ""
    fields: Sequence[str] = ()
    wait: int = 0
    patience: int = 0
    uncertain: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of one attempt.

    Attributes:
        state: DELIVERED, REFUSED, PUT_OFF, EXHAUSTED, EXPIRED, HELD or SHADOWED; or PARKED where its anchor
            turned out to be absent, which is the verdict on its line.
        wait: for PUT_OFF: microseconds until the next attempt.
        scope: 1 when the system, not the message, was the reason.
        uncertain: the attempt may have been applied; the line settles for `settle` microseconds.
        there: what the answer told of the subject at that system, in whatever state the delivery ends.
        resolved: earlier doubts are settled (it arrived, or it is surely absent).
        repeated: it is going out, or went out, once more although it may have arrived.
        go_on: the worker would send the next delivery of the line at once: the one it holds of a run, or one
            that it is given.
        exchanges: native requests and answers, redacted, as `lgsp.wire.exchange.packed` has them.
        answer: the signature of an answer that no catalogue held, and that nobody had named when it came.
        recipients: those whom it concerns, where that is not all whom the delivery was for.
        apart: what became of the others.
        then: what became of those of its run that were sent right after it; all but the last were delivered.
        flying: the delivery of its run, if any, that is being sent already; it gets its turn in any case.
        rest: deliveries of its run that were not begun: with `go_on` the first of them gets its turn (behind
            what is flying), else all of them are let go.
        hidden: personal values that must not stand in what is kept of an unnamed answer's looks.
    """

    claim: Claim
    worker: int
    state: State
    started_at: int
    ended_at: int
    cause: str = ""
    said: str = ""
    fields: Sequence[str] = ()
    wait: int = 0
    scope: int = 0
    patience: int = 0
    uncertain: bool = False
    settle: int = 0
    there: bool | None = None
    resolved: bool = False
    repeated: bool = False
    go_on: bool = False
    exchanges: bytes | None = None
    answer: str = ""
    recipients: Sequence[str] = ()
    apart: Sequence[Apart] = ()
    then: Sequence[Outcome] = ()
    flying: Sequence[int] = ()
    rest: Sequence[int] = ()
    hidden: Sequence[str] = field(default=(), repr=False)

    def each(self) -> Sequence[Outcome]:
        """Return it, and those that were sent right after it, in order."""
        return [self, *self.then]


@dataclass(slots=True)
class Settled:
    """The answer to an outcome.

    Attributes:
        late: the fence had moved on; the outcome was kept as evidence and changed nothing.
        state: where the delivery, or the last one of its run, stands now.
        next: the next delivery of the line, claimed for this worker.
        behind: those of its run, claimed as well, to be sent one after the other when it was delivered.
        carried_on: the next one of the run that the worker holds has its turn.
    """

    late: bool
    state: State
    next: Claim | None = None
    behind: Sequence[Claim] = ()
    carried_on: bool = False
    frames: list[Frame] = field(default_factory=list)

"""Beside an older connection: drawing up what would be sent, and finding out what it did not tell."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from lgsp import outcomes
from lgsp.adapter import Adapter, Arrival, DrawsUp
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.journal import gaps
from lgsp.journal.contract import Journal
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Outcome
from lgsp.message import Kind, Message
from lgsp.patience import Patience
from lgsp.wire.exchange import KEPT, Exchange, record

CREATE, UPDATE, TELL = "would-create", "would-update", "would-tell"
URL = "shadow:"
"""Where an exchange says that it went: nowhere."""
_UNTOLD = Unavailable("not-told")


class By(Protocol):
    """Who delivers."""

    @property
    def journal(self) -> Journal:
        """Where a verdict is written."""

    @property
    def worker(self) -> int:
        """Its number there."""

    def leaves(self, message: Message, system: str) -> bool:
        """Tell whether the routes of now leave a message to the older connection of a system."""


class To(Protocol):
    """The system that an older connection told."""

    @property
    def adapter(self) -> Adapter:
        """Speaks its tongue."""

    @property
    def patience(self) -> Patience:
        """How long to wait between attempts."""

    @property
    def settle(self) -> float:
        """Seconds in which a doubtful attempt may still land."""


T = TypeVar("T", bound=To)
Guarded = Callable[[T, Awaitable[Any]], Awaitable[Any]]
"""Bounds an act of a system's adapter in time, and takes a bug in it for an `Unavailable`."""


async def draw_up(to: T, claim: Claim, worker: int, guarded: Guarded[T]) -> Outcome:
    """Return the outcome of an attempt of the shadow: SHADOWED, with a cause where it would not be taken.

    Args:
        to: the system that an older connection tells.
        claim: the attempt.
        worker: the number of who makes it.
        guarded: see `Guarded`.
    """
    if claim.expires_at is not None and claim.expires_at <= claim.claimed_at:
        return outcomes.ended(claim, worker, State.SHADOWED, cause="expired")
    would = would_be(claim)
    if not isinstance(to.adapter, DrawsUp):
        return outcomes.ended(claim, worker, State.SHADOWED, said=would)
    began = time.monotonic()
    try:
        raw = await guarded(to, to.adapter.drawn_up(claim.message))
    except (Refused, Unavailable) as fault:
        outcome = outcomes.ended(claim, worker, State.SHADOWED, fault)
        outcome.there, outcome.answer = None, ""
        return outcome
    millis = (time.monotonic() - began) * 1000
    record(Exchange(f"{URL}{would}", raw.read()[:KEPT], millis=millis))
    return outcomes.ended(claim, worker, State.SHADOWED, said=would)


def would_be(claim: Claim) -> str:
    """Return what the far side would be told: of a new subject, one that it holds, or something about one."""
    if claim.kind is not Kind.SNAPSHOT:
        return TELL
    return UPDATE if claim.message.there else CREATE


async def close_gap(by: By, to: T, claim: Claim, guarded: Guarded[T]) -> Outcome | None:
    """Ask for the subject of the first live delivery of a line, and so judge what came before it.

    What waits for a subject that is absent, and that an older connection still tells, is put off and keeps
    its place: nothing of that subject is ours to bring to life.

    Returns:
        An outcome if it may not be sent: its subject is absent and it is no snapshot; or its claim is gone.

    Raises:
        Unavailable: nothing could be found out; it is tried again.
    """
    message = claim.message
    question = Message(
        claim.gap, message.subject, message.partitionkey, {}, source=message.source, agency=message.agency
    )
    arrival = await guarded(to, to.adapter.probe(question))
    if arrival is Arrival.UNKNOWN:
        return None
    there = arrival is Arrival.ARRIVED
    if not there and claim.kind is Kind.EVENT:
        if by.leaves(question, claim.system):
            return outcomes.put_off(claim, by.worker, _UNTOLD, Scope.MESSAGE, to.patience, to.settle)
        return outcomes.ended(claim, by.worker, State.PARKED, cause=_UNTOLD.cause)
    if not await by.journal.write(lambda tx: gaps.judged_by_head(tx, claim, there=there)):
        return outcomes.handed_back(claim, by.worker, to.settle)
    if message.type == claim.gap:
        message.there = there
    return None

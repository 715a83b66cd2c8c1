"""Making sure of what an earlier attempt did, before a message is sent once more."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from lgsp import outcomes
from lgsp.adapter import Adapter, Arrival
from lgsp.health import Health
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Outcome
from lgsp.message import Kind


class To(Protocol):
    """The system that it was sent to."""

    @property
    def adapter(self) -> Adapter:
        """Speaks its tongue."""

    @property
    def health(self) -> Health:
        """How it stands."""


T = TypeVar("T", bound=To)
Guarded = Callable[[T, Awaitable[Any]], Awaitable[Any]]
"""Bounds an act of a system's adapter in time, and takes a bug in it for an `Unavailable`."""


class Sure(NamedTuple):
    """What is known of the earlier attempt.

    Attributes:
        told: the outcome, if nothing is to be sent.
        repeated: it may have arrived, and is sent all the same.
    """

    told: Outcome | None = None
    repeated: bool = False


async def made_sure(to: T, claim: Claim, worker: int, guarded: Guarded[T]) -> Sure:
    """Ask the far side, where an earlier attempt is in doubt, whether this very message arrived.

    Args:
        to: the system.
        claim: the attempt of now.
        worker: the number of who makes it.
        guarded: see `Guarded`.

    Raises:
        Unavailable: it cannot be asked.
    """
    if not claim.uncertain:
        return Sure()
    arrival = await guarded(to, to.adapter.probe(claim.message))
    if arrival is Arrival.ARRIVED:
        to.health.succeeded(time.monotonic())
        said = "probe: arrived"
        return Sure(outcomes.ended(claim, worker, State.DELIVERED, said=said, resolved=True))
    if arrival is Arrival.UNKNOWN and claim.kind is Kind.DOCUMENT:
        return Sure(outcomes.ended(claim, worker, State.HELD, cause="uncertain"))
    return Sure(repeated=arrival is Arrival.UNKNOWN)

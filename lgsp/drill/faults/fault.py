"""What a fault is: a name, what it does in words, and the act that hurts and heals."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lgsp.drill.stage import Plan, Stage


class MissedError(Exception):
    """A fault did not happen as it was meant to, or what must hold while it lasts did not."""


Act = Callable[[Stage, random.Random], Awaitable[None]]


@dataclass(slots=True, frozen=True)
class Fault:
    """One thing that goes wrong, and is put right again before the act returns.

    Attributes:
        told: what it is, in words.
        clustered: whether it needs three nodes of RabbitMQ; None is any number.
        supervised: whether it needs `lgsp run --workers`, or processes of their own; None is either.
    """

    name: str
    told: str
    act: Act
    clustered: bool | None = None
    supervised: bool | None = None

    def fits(self, plan: Plan) -> bool:
        """Tell whether it can happen on a stage."""
        return self.clustered in (None, plan.cluster) and self.supervised in (None, plan.supervised)


async def apart(act: Callable[..., object], *words: object) -> object:
    """Run what blocks beside the event loop, in which the traffic goes on."""
    return await asyncio.to_thread(act, *words)

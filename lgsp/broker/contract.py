"""What a broker must do, and how little may be assumed of it.

A frame may be lost, doubled or late: the journal's epochs make all three harmless. Frames of one system come
out in the order they went in, unless they were lost or given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from lgsp.broker.standing import BrokerStanding
from lgsp.journal.turns import Frame

FULL = 2**31 - 1
"""The depth of a queue that takes nothing now: a window of any size has no room."""


class Watched(Protocol):
    """What whoever looks after a broker may ask it. None of it waits."""

    def lost(self) -> list[Frame]:
        """Hand over the frames that are known not to have arrived since this was last asked.

        Their deliveries are to be dispatched anew. It is no promise: frames may be lost that nobody knows of,
        and one that is told here may have arrived all the same.
        """

    def standing(self) -> BrokerStanding:
        """Return what is wrong, in words, and what has happened so far."""


class Broker(Watched, Protocol):
    """Carries frames from whoever dispatches to whoever sends."""

    async def declare(self, systems: Iterable[str]) -> None:
        """Make sure that each system has its queue."""

    def publish(self, frames: Sequence[Frame]) -> None:
        """Put frames into the queues of their systems. Never waits."""

    async def take(self, system: str, limit: int) -> list[Frame]:
        """Return up to `limit` frames of a system, waiting for the first. A cancelled wait takes none."""

    def done(self, frames: Sequence[Frame]) -> None:
        """Acknowledge frames: their deliveries are claimed in the journal, or need no claim."""

    def reject(self, frames: Sequence[Frame]) -> None:
        """Put frames aside that were taken and name nothing the journal knows; somebody is alerted."""

    def depth(self, system: str) -> int:
        """Return how many frames of a system wait, as far as is known; `FULL` while none can be put in."""

    async def close(self) -> None:
        """Let go; what was not acknowledged may be lost."""

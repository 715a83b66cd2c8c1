"""What stands on RabbitMQ: one durable quorum queue per system, and a queue for frames nobody understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_DELIVERY_LIMIT = 100
"""It protects the queue alone: attempts are the journal's, which dispatches anew what exceeds it."""
_DEAD_KEPT = 100_000


@dataclass(slots=True, frozen=True)
class Queue:
    """A queue as it is declared."""

    name: str
    arguments: dict[str, Any] = field(hash=False)


@dataclass(slots=True, frozen=True)
class Topology:
    """The names of one installation on a virtual host. No delayed messages, nothing transient, no plugin.

    Attributes:
        prefix: what every name begins with; permissions are given by it.
    """

    prefix: str = "lgsp"

    @property
    def dead_exchange(self) -> str:
        """Return the exchange that dead frames go through."""
        return f"{self.prefix}.dead-letters"

    @property
    def dead(self) -> Queue:
        """Return the queue of frames that nobody understood, the oldest going when it is full."""
        arguments = {"x-queue-type": "quorum", "x-max-length": _DEAD_KEPT}
        return Queue(f"{self.prefix}.dead-letters", arguments)

    def queue_name(self, system: str) -> str:
        """Return the name of a system's queue."""
        return f"{self.prefix}.system.{system}"

    def queue(self, system: str) -> Queue:
        """Return the queue of a system.

        Dead-lettering at least once needs `reject-publish`: what cannot be handed on stays.
        """
        return Queue(
            self.queue_name(system),
            {
                "x-queue-type": "quorum",
                "x-delivery-limit": _DELIVERY_LIMIT,
                "x-overflow": "reject-publish",
                "x-dead-letter-exchange": self.dead_exchange,
                "x-dead-letter-routing-key": self.dead.name,
                "x-dead-letter-strategy": "at-least-once",
            },
        )

    def queues(self, systems: Iterable[str]) -> list[Queue]:
        """Return all queues, the one for dead frames first: at-least-once wants its target to be there."""
        return [self.dead, *(self.queue(system) for system in sorted(systems))]

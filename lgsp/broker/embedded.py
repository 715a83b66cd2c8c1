"""The broker of the embedded profile: kombu's in-process transport, woken by events instead of polling."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Iterable, Sequence

import structlog
from kombu import Connection

from lgsp.broker.frames import packed, unpacked
from lgsp.broker.standing import BrokerStanding
from lgsp.journal.turns import Frame

log = structlog.get_logger(__name__)


class EmbeddedBroker:
    """Queues in this process. They end with it; the journal dispatches anew at the next start.

    So nothing is acknowledged here, and frames that are dispatched together travel as one message.
    """

    def __init__(self) -> None:
        # kombu's in-process queues are shared by every connection of the process: names must not meet
        self._prefix = f"lgsp.{uuid.uuid4().hex}."
        self._connection = Connection("memory://", transport_options={"polling_interval": 0})
        self._channel = self._connection.channel()
        self._filled: dict[str, asyncio.Event] = {}
        self._at_hand: dict[str, deque[Frame]] = {}
        self._depths: dict[str, int] = {}
        self._together: dict[str, list[Frame]] = {}
        self._rejected = 0

    async def declare(self, systems: Iterable[str]) -> None:
        """See `Broker.declare`."""
        for system in systems:
            if system not in self._filled:
                self._channel.queue_declare(self._prefix + system)
                self._filled[system] = asyncio.Event()
                self._at_hand[system] = deque()
                self._depths[system] = 0

    def publish(self, frames: Sequence[Frame]) -> None:
        """See `Broker.publish`."""
        for frame in frames:
            if not self._together:
                asyncio.get_running_loop().call_soon(self._flush)
            self._together.setdefault(frame.system, []).append(frame)
            self._depths[frame.system] += 1

    def _flush(self) -> None:
        """Send what was published in one pass of the loop: a message for each system."""
        together, self._together = self._together, {}
        for system, frames in together.items():
            message = self._channel.prepare_message(packed(frames))
            self._channel.basic_publish(message, "", self._prefix + system)
            self._filled[system].set()

    async def take(self, system: str, limit: int) -> list[Frame]:
        """See `Broker.take`."""
        while not (frames := self._ready(system, limit)):
            self._filled[system].clear()
            await self._filled[system].wait()
        return frames

    def _ready(self, system: str, limit: int) -> list[Frame]:
        if self._together:
            self._flush()
        at_hand = self._at_hand[system]
        while len(at_hand) < limit:
            message = self._channel.basic_get(self._prefix + system, no_ack=True)
            if message is None:
                break
            at_hand.extend(unpacked(system, message.body))
        frames = [at_hand.popleft() for _ in range(min(limit, len(at_hand)))]
        self._depths[system] -= len(frames)
        return frames

    def done(self, frames: Sequence[Frame]) -> None:
        """See `Broker.done`: what was taken is gone from here already."""

    def reject(self, frames: Sequence[Frame]) -> None:
        """See `Broker.reject`: nobody else can have put them in, so that it is our own fault."""
        self._rejected += len(frames)
        log.error("frames name nothing", frames=len(frames))

    def lost(self) -> list[Frame]:
        """See `Broker.lost`: nothing is lost but with the process."""
        return []

    def standing(self) -> BrokerStanding:
        """See `Broker.standing`."""
        return BrokerStanding(counts={"poison": self._rejected})

    def depth(self, system: str) -> int:
        """See `Broker.depth`."""
        return self._depths[system]

    async def close(self) -> None:
        """See `Broker.close`."""
        for system in self._filled:
            self._channel.queue_delete(self._prefix + system)
        self._connection.close()

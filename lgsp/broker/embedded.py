"""The broker of the embedded profile: kombu's in-process transport, woken by events instead of polling."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from kombu import Connection

from lgsp.broker.frames import packed, unpacked
from lgsp.journal.contract import Frame


class EmbeddedBroker:
    """Queues in this process. They end with it; the journal dispatches anew at the next start."""

    def __init__(self) -> None:
        # kombu's in-process queues are shared by every connection of the process: names must not meet
        self._prefix = f"lgsp.{uuid.uuid4().hex}."
        self._connection = Connection("memory://", transport_options={"polling_interval": 0})
        self._channel = self._connection.channel()
        self._filled: dict[str, asyncio.Event] = {}
        self._tags: dict[tuple[str, int, int], list[Any]] = {}

    async def declare(self, systems: Iterable[str]) -> None:
        """See `Broker.declare`."""
        for system in systems:
            if system not in self._filled:
                self._channel.queue_declare(self._prefix + system)
                self._filled[system] = asyncio.Event()

    def publish(self, frames: Sequence[Frame]) -> None:
        """See `Broker.publish`."""
        for frame in frames:
            message = self._channel.prepare_message(packed(frame))
            self._channel.basic_publish(message, "", self._prefix + frame.system)
            self._filled[frame.system].set()

    async def take(self, system: str, limit: int) -> list[Frame]:
        """See `Broker.take`."""
        while not (frames := self._ready(system, limit)):
            self._filled[system].clear()
            await self._filled[system].wait()
        return frames

    def _ready(self, system: str, limit: int) -> list[Frame]:
        frames: list[Frame] = []
        while len(frames) < limit:
            message = self._channel.basic_get(self._prefix + system, no_ack=False)
            if message is None:
                break
            frame = unpacked(system, message.body)
            self._tags.setdefault((system, frame.delivery, frame.epoch), []).append(message.delivery_tag)
            frames.append(frame)
        return frames

    def done(self, frames: Sequence[Frame]) -> None:
        """See `Broker.done`."""
        for frame in frames:
            for tag in self._tags.pop((frame.system, frame.delivery, frame.epoch), ()):
                self._channel.basic_ack(tag)

    def depth(self, system: str) -> int:
        """See `Broker.depth`."""
        return int(self._channel._size(self._prefix + system))  # noqa: SLF001 - the transport's only size

    async def close(self) -> None:
        """See `Broker.close`."""
        for system in self._filled:
            self._channel.queue_delete(self._prefix + system)
        self._connection.close()

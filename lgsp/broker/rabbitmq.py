"""The broker of the production profile: RabbitMQ by pika, without threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import structlog

from lgsp.broker.address import read_address
from lgsp.broker.contract import FULL
from lgsp.broker.intake import Intake, Limits
from lgsp.broker.link import Gone, Link
from lgsp.broker.outbox import Outbox
from lgsp.broker.standing import BrokerFault, BrokerStanding
from lgsp.broker.topology import Topology
from lgsp.journal.turns import Frame

log = structlog.get_logger(__name__)
_START, _FAREWELL = 5.0, 2.0
"""Seconds that a start waits for the broker, and a stop for its last confirms."""
_LOOK = 2.0
_BY_SYSTEM = attrgetter("system")


class RabbitBroker:
    """One quorum queue per system, confirmed publishing, and two connections that are kept up.

    Publishing has a connection of its own, because RabbitMQ stops reading from those that publish during an
    alarm: what was claimed can still be acknowledged. While RabbitMQ is away, publishing neither waits nor
    fails: `depth` says `FULL`, and what could not be published is told by `lost`.
    """

    def __init__(
        self, url: str, *, prefix: str = "lgsp", name: str = "lgsp", limits: Limits | None = None
    ) -> None:
        """Make a broker; the first `declare` connects it.

        Args:
            url: `amqp(s)://user:password@host1,host2:port/vhost?cafile=…&heartbeat=…`.
            prefix: what the names of queues begin with.
            name: what an operator reads of us at the broker.
            limits: how much is taken ahead, and when it looks after itself.

        Raises:
            ConfigError: the URL is wrong.
        """
        # what happens to a connection is logged here, in one line; pika tells it in pages
        logging.getLogger("pika").setLevel(logging.CRITICAL)
        address = read_address(url)
        self._inward, self._outward = Link(address, f"{name} takes"), Link(address, f"{name} publishes")
        self._topology = Topology(prefix)
        self._limits = limits or Limits()
        self._declaring = asyncio.Lock()
        self._intakes: dict[str, Intake] = {}
        self._outbox = Outbox(
            self._outward,
            self._topology,
            arrived=lambda system, frames: self._intakes[system].arrived(frames),
            missing=lambda system: self._intakes[system].stir(),
        )
        self._dead_letters = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def declare(self, systems: Iterable[str]) -> None:
        """See `Broker.declare`. Returns, too, when RabbitMQ is away: the journal takes on without it."""
        if not self._tasks:
            self._start(self._inward.keep(), self._outward.keep(), self._outbox.run(), self._watch_dead())
        for system in systems:
            if system not in self._intakes:
                intake = Intake(self._inward, self._topology, system, self._limits, self._declaring)
                self._intakes[system] = intake
                self._outbox.know(system)
                self._start(intake.run())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START):
                await self._outbox.ready.wait()
                for intake in self._intakes.values():
                    await intake.ready.wait()

    def publish(self, frames: Sequence[Frame]) -> None:
        """See `Broker.publish`."""
        self._outbox.publish(frames)

    async def take(self, system: str, limit: int) -> list[Frame]:
        """See `Broker.take`. The first wait subscribes; an outage prolongs it."""
        return await self._intakes[system].take(limit)

    def done(self, frames: Sequence[Frame]) -> None:
        """See `Broker.done`."""
        for system, some in groupby(frames, _BY_SYSTEM):
            self._intakes[system].done(some)

    def reject(self, frames: Sequence[Frame]) -> None:
        """See `Broker.reject`. The whole message goes to the dead-letter queue, when all of it is done."""
        for frame in frames:
            log.error("frame names nothing; dead-lettered", system=frame.system, delivery=frame.delivery)
            self._intakes[frame.system].done([frame], refused=True)

    def depth(self, system: str) -> int:
        """See `Broker.depth`."""
        intake = self._intakes[system]
        known = intake.depth() + self._outbox.under_way(system)
        return known if intake.usable and self._outbox.takes(system) else FULL

    def lost(self) -> list[Frame]:
        """See `Broker.lost`."""
        frames = [*self._outbox.lost]
        self._outbox.lost.clear()
        return frames

    def standing(self) -> BrokerStanding:
        """See `Broker.standing`."""
        counts = Counter(self._outbox.counts)
        for intake in self._intakes.values():
            counts.update(intake.counts)
        counts["disconnected"] = self._inward.broken + self._outward.broken
        counts["dead-letters"] = self._dead_letters
        return BrokerStanding(tuple(self._faults()), dict(counts))

    async def close(self) -> None:
        """See `Broker.close`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await self._outbox.settled()
        for intake in self._intakes.values():
            intake.flush()
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, *work: Coroutine[Any, Any, None]) -> None:
        self._tasks += [asyncio.create_task(one) for one in work]

    def _faults(self) -> Iterable[BrokerFault]:
        for fault in sorted({link.fault for link in (self._inward, self._outward) if link.fault}):
            yield BrokerFault(fault)
        if self._outward.blocked:
            yield BrokerFault("blocked", self._outward.blocked)
        if self._outbox.fault:
            yield BrokerFault(self._outbox.fault)
        for system, intake in self._intakes.items():
            if intake.fault and self._inward.up:
                yield BrokerFault(intake.fault, system)
        if self._dead_letters:
            yield BrokerFault("dead-letters", str(self._dead_letters))

    async def _watch_dead(self) -> None:
        """Count what lies in the dead-letter queue, whoever put it there."""
        while True:
            with contextlib.suppress(Gone):
                circuit = await self._inward.circuit()
                channel, name = circuit.channel, self._topology.dead.name
                while True:
                    told = await circuit.call(channel.queue_declare, queue=name, passive=True)
                    self._dead_letters = told.message_count
                    await asyncio.sleep(_LOOK)
            await asyncio.sleep(_LOOK)

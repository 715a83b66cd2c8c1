"""What the tests of RabbitMQ share: brokers with names of their own, and things done behind their back."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pika import BasicProperties

from lgsp.broker.address import read_address
from lgsp.broker.intake import Limits
from lgsp.broker.link import Circuit, Link
from lgsp.broker.rabbitmq import RabbitBroker
from lgsp.broker.topology import Topology
from lgsp.testing.making import OTHER, SYSTEM
from lgsp.testing.servers.rabbitmq import RabbitServer


def prefix() -> str:
    """Return what the names of one test begin with: they share a node."""
    return f"t{secrets.token_hex(4)}"


@asynccontextmanager
async def broker_on(
    server: RabbitServer, name: str = "", limits: Limits | None = None, url: str = ""
) -> AsyncIterator[RabbitBroker]:
    """Lend a broker that notices a silent node soon."""
    broker = RabbitBroker((url or server.url) + "?heartbeat=2", prefix=name or prefix(), limits=limits)
    await broker.declare([SYSTEM, OTHER])
    try:
        yield broker
    finally:
        await broker.close()


@asynccontextmanager
async def circuit_to(server: RabbitServer) -> AsyncIterator[Circuit]:
    """Lend a channel of somebody else."""
    link = Link(read_address(server.url), "somebody else")
    keeping = asyncio.create_task(link.keep())
    try:
        yield await link.circuit()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def put(server: RabbitServer, queue: str, body: bytes) -> None:
    """Put a message into a queue, as somebody else might."""
    async with circuit_to(server) as circuit:
        await circuit.call(circuit.channel.confirm_delivery, ack_nack_callback=lambda _: None)
        circuit.channel.basic_publish("", queue, body, BasicProperties(delivery_mode=2), mandatory=True)
        await circuit.call(circuit.channel.queue_declare, queue=queue, passive=True)


async def count(server: RabbitServer, queue: str) -> int:
    """Return how many messages are ready in a queue."""
    async with circuit_to(server) as circuit:
        told = await circuit.call(circuit.channel.queue_declare, queue=queue, passive=True)
        return int(told.message_count)


async def until(told: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not told():  # noqa: ASYNC110 - it is told by no event
            await asyncio.sleep(0.02)


def queue_of(name: str) -> str:
    """Return the name of the queue of the system that the tests send to."""
    return Topology(name).queue_name(SYSTEM)

"""Making what stands on RabbitMQ, and telling first what is missing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lgsp.broker.address import read_address
from lgsp.broker.link import DIFFERENT, NOT_FOUND, Circuit, Gone, Link
from lgsp.broker.topology import Queue, Topology

_PATIENCE = 15.0


class Found(StrEnum):
    """How something stands, compared with how we would make it."""

    THERE = "there"
    MISSING = "missing"
    DIFFERENT = "different"


@dataclass(slots=True, frozen=True)
class Part:
    """One thing on RabbitMQ: an exchange, a queue, a virtual host, a user or a user's permissions."""

    kind: str
    name: str
    found: Found


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Link]:
    """Lend a connection for a short piece of work.

    Raises:
        Gone: it was refused, or nobody is there; its text is one of our words.
    """
    link = Link(read_address(url), "lgsp declares")
    keeping = asyncio.create_task(link.keep())
    try:
        async with asyncio.timeout(_PATIENCE):
            while not link.up and link.fault in ("connecting", "closed-by-broker"):  # noqa: ASYNC110 - or refused
                await asyncio.sleep(0.01)
        if not link.up:
            raise Gone(link.fault)
        yield link
    except TimeoutError:
        raise Gone("silent") from None
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def survey(link: Link, topology: Topology, systems: Iterable[str]) -> list[Part]:
    """Tell how exchange and queues stand. Nothing is changed."""
    exchange = {"exchange": topology.dead_exchange}
    whole = {**exchange, "exchange_type": "direct", "durable": True}
    parts = [
        Part(
            "exchange",
            topology.dead_exchange,
            await _found(link, lambda channel: channel.exchange_declare, exchange, whole),
        )
    ]
    for queue in topology.queues(systems):
        asked, made = {"queue": queue.name}, _words(queue)
        parts.append(
            Part("queue", queue.name, await _found(link, lambda channel: channel.queue_declare, asked, made))
        )
    return parts


async def declare(circuit: Circuit, topology: Topology, systems: Iterable[str]) -> None:
    """Make exchange, queues and binding; what is there already is compared, and never changed.

    Raises:
        Gone: the broker refused: not allowed, or something of that name is different.
    """
    channel = circuit.channel
    exchange, dead = topology.dead_exchange, topology.dead
    await circuit.call(channel.exchange_declare, exchange=exchange, exchange_type="direct", durable=True)
    await circuit.call(channel.queue_declare, **_words(dead))
    await circuit.call(channel.queue_bind, queue=dead.name, exchange=exchange, routing_key=dead.name)
    for system in sorted(systems):
        await circuit.call(channel.queue_declare, **_words(topology.queue(system)))


async def _found(
    link: Link, method: Callable[[Any], Callable[..., Any]], asked: dict[str, Any], whole: dict[str, Any]
) -> Found:
    """Look whether something is there; only then declare it in full, by which it is compared."""
    circuit = await link.circuit()
    try:
        await circuit.call(method(circuit.channel), **asked, passive=True)
        await circuit.call(method(circuit.channel), **whole)
    except Gone as fault:
        if fault.code == NOT_FOUND:
            return Found.MISSING
        if fault.code == DIFFERENT:
            return Found.DIFFERENT
        raise
    finally:
        circuit.close()
    return Found.THERE


def _words(queue: Queue) -> dict[str, Any]:
    return {"queue": queue.name, "durable": True, "arguments": dict(queue.arguments)}

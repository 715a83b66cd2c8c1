"""RabbitMQ: killed, frozen, emptied, stripped of its queues, out of memory or disk, and given nonsense."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from lgsp.broker.address import read_address
from lgsp.broker.link import Link
from lgsp.broker.topology import Topology
from lgsp.drill.faults.fault import Fault, MissedError, apart
from lgsp.drill.stage import PORTAL, Stage

_NONSENSE = (
    b"",
    b"\xff\xfe\x00",
    b"not a frame",
    b"999999999 1",
    b"0 0",
    b"1 1 1",
    b"-1 1",
    b"9" * 5000,
    b"9" * 30 + b" 1",
)
_DEAD_LETTERED = 20.0


async def _killed(stage: Stage, dice: random.Random) -> None:
    await apart(stage.rabbit.kill)
    await asyncio.sleep(dice.uniform(0.2, 2))
    await apart(stage.rabbit.start)


async def _frozen(stage: Stage, dice: random.Random) -> None:
    stage.rabbit.freeze()
    try:
        await asyncio.sleep(dice.uniform(2, 9))
    finally:
        stage.rabbit.thaw()


async def _purged(stage: Stage, _: random.Random) -> None:
    await apart(stage.rabbit.ctl, "purge_queue", Topology().queue_name(PORTAL))


async def _deleted(stage: Stage, _: random.Random) -> None:
    await apart(stage.rabbit.ctl, "delete_queue", Topology().queue_name(PORTAL))


async def _memory(stage: Stage, dice: random.Random) -> None:
    await apart(stage.rabbit.ctl, "set_vm_memory_high_watermark", "0.0000001")
    try:
        await asyncio.sleep(dice.uniform(2, 5))
    finally:
        await apart(stage.rabbit.ctl, "set_vm_memory_high_watermark", "0.4")


async def _disk(stage: Stage, dice: random.Random) -> None:
    await apart(stage.rabbit.ctl, "set_disk_free_limit", "900000GB")
    try:
        await asyncio.sleep(dice.uniform(2, 5))
    finally:
        await apart(stage.rabbit.ctl, "set_disk_free_limit", "50MB")


async def _poison(stage: Stage, _: random.Random) -> None:
    """Put nonsense into the queue; all of it must end among the dead letters while others are consumed."""
    link, queue = Link(read_address(stage.rabbit.url), "drill"), Topology().queue_name(PORTAL)
    keeping = asyncio.create_task(link.keep())
    try:
        async with asyncio.timeout(_DEAD_LETTERED):
            circuit = await link.circuit()
            before = await _dead(circuit)
            for body in _NONSENSE:
                circuit.channel.basic_publish("", queue, body)
            while await _dead(circuit) < before + len(_NONSENSE):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise MissedError(f"nonsense was not dead-lettered within {_DEAD_LETTERED:.0f} s") from None
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _dead(circuit: Any) -> int:
    told = await circuit.call(circuit.channel.queue_declare, queue=Topology().dead.name, passive=True)
    return int(told.message_count)


BROKER = (
    Fault("broker-killed", "RabbitMQ is killed and started again", _killed, clustered=False),
    Fault("broker-frozen", "RabbitMQ is stopped with its connections half open, then goes on", _frozen),
    Fault("broker-purged", "a queue is emptied by somebody", _purged),
    Fault("broker-deleted", "a queue is deleted by somebody", _deleted),
    Fault("broker-memory", "RabbitMQ raises its memory alarm and takes nothing", _memory),
    Fault("broker-disk", "RabbitMQ raises its disk alarm and takes nothing", _disk),
    Fault("broker-poison", "a queue holds bodies that are no frames, and frames that name nothing", _poison),
)

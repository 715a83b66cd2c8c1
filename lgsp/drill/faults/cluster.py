"""Three nodes of RabbitMQ: the leader killed and back, and a minority that may not go on alone."""

from __future__ import annotations

import asyncio
import random

from lgsp.broker.topology import Topology
from lgsp.drill.faults.fault import Fault, apart
from lgsp.drill.stage import PORTAL, Stage
from lgsp.testing.servers.rabbitmq import RabbitCluster, RabbitServer


def _cluster(stage: Stage) -> RabbitCluster:
    assert stage.cluster is not None  # noqa: S101 - these faults fit no other stage
    return stage.cluster


async def _leader_killed(stage: Stage, dice: random.Random) -> None:
    leader = await asyncio.to_thread(_cluster(stage).leader, Topology().queue_name(PORTAL))
    await apart(leader.kill)
    await asyncio.sleep(dice.uniform(2, 6))
    await apart(leader.start)


async def _minority(stage: Stage, dice: random.Random) -> None:
    """Kill two of three: the third may take nothing until one is back."""
    gone: list[RabbitServer] = dice.sample(_cluster(stage).nodes, 2)
    for node in gone:
        await apart(node.kill)
    await asyncio.sleep(dice.uniform(3, 7))
    # a member may wait for the others before it answers: they are started beside each other
    await asyncio.gather(*(apart(node.start) for node in gone))


CLUSTER = (
    Fault(
        "cluster-leader",
        "the node that leads the queue is killed, and joins again",
        _leader_killed,
        clustered=True,
    ),
    Fault("cluster-minority", "two of three nodes are killed; the third waits", _minority, clustered=True),
)

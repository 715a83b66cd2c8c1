"""RabbitMQ is killed, frozen, starved and cut down to a minority: whoever takes goes on, whoever publishes is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from lgsp.broker.contract import FULL
from lgsp.broker.rabbitmq import RabbitBroker
from lgsp.journal.turns import Frame
from lgsp.testing.broker import frames, taken
from lgsp.testing.making import OTHER, SYSTEM
from lgsp.testing.servers.rabbitmq import RabbitCluster, RabbitServer
from tests.broker.rabbit_side import broker_on, prefix, queue_of, until


async def dispatched_until_taken(broker: RabbitBroker, wanted: list[Frame]) -> list[Frame]:
    """Do as a journal does: publish what is lost anew, until all has been taken; return it in the order it came."""
    found: list[Frame] = []
    async with asyncio.timeout(40):
        while not set(found) >= set(wanted):
            if broker.depth(SYSTEM) != FULL:
                broker.publish(broker.lost())
            try:
                async with asyncio.timeout(0.2):
                    some = await broker.take(SYSTEM, 100)
            except TimeoutError:
                continue
            broker.done(some)
            found += some
    return found


async def test_a_killed_node_comes_back_with_what_it_confirmed(victim: RabbitServer) -> None:
    """Nothing confirmed is lost by `kill -9`; whoever waits is brought it, and later publishes arrive."""
    async with broker_on(victim) as broker:
        victim.sync()
        broker.publish(frames(200))
        await until(lambda: broker.depth(SYSTEM) == 200)
        await until(lambda: broker._outbox.under_way(SYSTEM) == 0)
        await asyncio.to_thread(victim.kill)
        await until(lambda: broker.depth(SYSTEM) == FULL)
        assert {fault.code for fault in broker.standing().faults} <= {"unreachable", "closed-by-broker"}
        broker.publish(frames(5, start=500))
        await asyncio.sleep(0.01)
        assert broker.lost() == frames(5, start=500)
        waiting = asyncio.create_task(broker.take(SYSTEM, 200))
        await asyncio.to_thread(victim.start)
        await until(lambda: broker.depth(SYSTEM) != FULL, 40)  # it takes; being connected is not yet enough
        async with asyncio.timeout(20):
            found = await waiting
        found += await taken(broker, 200 - len(found)) if len(found) < 200 else []
        assert found == frames(200)
        broker.publish(frames(3, start=600))
        assert await taken(broker, 3) == frames(3, start=600)
        assert broker.standing().counts["disconnected"] >= 2


async def test_a_node_that_dies_under_ten_thousand_publishes_loses_none_unsaid(victim: RabbitServer) -> None:
    """Of each frame it is known that it arrived, or it is told as lost: no third way."""
    async with broker_on(victim) as broker:
        victim.sync()
        wanted = frames(10_000)
        for start in range(0, 10_000, 100):
            broker.publish(wanted[start : start + 100])
            await asyncio.sleep(0.001)
            if start == 5_000:
                killed = asyncio.create_task(asyncio.to_thread(victim.restart))
        found = await dispatched_until_taken(broker, wanted)
        await killed
        assert set(found) == set(wanted)


async def test_a_frozen_node_is_found_out_by_its_silence(victim: RabbitServer) -> None:
    """A half-open connection is given up after its heartbeats, and all goes on when the node does."""
    async with broker_on(victim) as broker:
        victim.freeze()
        try:
            broker.publish(frames(10))
            await until(lambda: broker.depth(SYSTEM) == FULL, 10)
            await until(lambda: len(broker.standing().faults) > 0)
            lost: list[Frame] = []  # each connection notices the silence for itself
            await until(lambda: bool(lost.extend(broker.lost()) or len(lost) >= 10), 15)
            assert lost == frames(10)
        finally:
            victim.thaw()
        await until(lambda: broker.standing().well, 40)
        broker.publish(frames(10, start=20))
        found = await dispatched_until_taken(broker, frames(10, start=20))
        assert set(found) >= set(frames(10, start=20))


async def test_an_alarm_is_told_and_neither_blocks_nor_piles_up(victim: RabbitServer) -> None:
    """While RabbitMQ has no memory nothing waits for it, takers go on, and it is said why."""
    name = prefix()
    async with broker_on(victim, name) as broker:
        broker.publish(frames(20))
        assert len(await taken(broker, 5)) == 5
        await until(lambda: broker._outbox.under_way(SYSTEM) == 0)
        await asyncio.to_thread(victim.ctl, "set_vm_memory_high_watermark", "0.0000001")
        try:
            broker.publish(frames(1, OTHER, start=99))
            await until(lambda: broker.depth(SYSTEM) == FULL)
            assert [fault.code for fault in broker.standing().faults] == ["blocked"]
            assert "memory" in broker.standing().faults[0].about
            for start in range(0, 200_000, 1000):
                broker.publish(frames(1000, start=1000 + start))
                await asyncio.sleep(0)
            assert len(broker.lost()) <= 50_000
            await until(lambda: broker._outbox.under_way(SYSTEM) == 0, 1)
            found = await taken(broker, 15)
            broker.done(found)
        finally:
            await asyncio.to_thread(victim.ctl, "set_vm_memory_high_watermark", "0.4")
        await until(lambda: broker.standing().well)
        broker.publish(frames(1, start=7777))
        assert await taken(broker, 1) == frames(1, start=7777)


async def test_a_start_without_rabbitmq_waits_for_it(
    victim: RabbitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway starts, and accepts, while RabbitMQ is down; it is used as soon as it is there."""
    monkeypatch.setattr("lgsp.broker.rabbitmq._START", 0.2)
    victim.kill()
    try:
        async with broker_on(victim) as broker:
            assert broker.depth(SYSTEM) == FULL
            assert {fault.code for fault in broker.standing().faults} <= {"unreachable", "connecting"}
            await asyncio.to_thread(victim.start)
            await until(lambda: broker.depth(SYSTEM) == 0, 40)
            broker.publish(frames(1))
            assert await taken(broker, 1) == frames(1)
    finally:
        if victim._process is None:
            victim.start()


async def test_wrong_credentials_are_told(victim: RabbitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator reads that the account was refused, not that something is slow."""
    monkeypatch.setattr("lgsp.broker.rabbitmq._START", 0.2)
    wrong = victim.url.replace(victim.password, "wrong")
    async with broker_on(victim, url=wrong) as broker:
        await until(lambda: [f.code for f in broker.standing().faults] == ["credentials-refused"])
    elsewhere = victim.url + "nowhere"
    async with broker_on(victim, url=elsewhere) as broker:
        await until(lambda: [f.code for f in broker.standing().faults] == ["vhost-refused"])


@pytest.fixture(scope="module")
def cluster(mortal: RabbitServer) -> Iterator[RabbitCluster]:
    """Three nodes."""
    with RabbitCluster() as three:
        yield three


@pytest.mark.slow
async def test_a_cluster_outlives_the_leader_of_a_queue(cluster: RabbitCluster) -> None:
    """The leader is killed under load: what was confirmed is there, the rest is told; the node may come back."""
    name = prefix()
    async with broker_on(cluster.nodes[0], name, url=cluster.url) as broker:
        wanted = frames(2000)
        broker.publish(wanted[:1000])
        await until(lambda: broker._outbox.under_way(SYSTEM) == 0)
        leader = cluster.leader(queue_of(name))
        await asyncio.to_thread(leader.kill)
        broker.publish(wanted[1000:])
        found = await dispatched_until_taken(broker, wanted)
        assert set(found) == set(wanted)
        await asyncio.to_thread(leader.start)
        broker.publish(frames(10, start=5000))
        assert set(await dispatched_until_taken(broker, frames(10, start=5000))) >= set(
            frames(10, start=5000)
        )


@pytest.mark.slow
async def test_a_minority_takes_nothing_and_says_so(
    cluster: RabbitCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two of three nodes gone nothing is confirmed: it is told as lost, and goes out when a node is back."""
    monkeypatch.setattr("lgsp.broker.outbox._PATIENCE", 3.0)
    name = prefix()
    async with broker_on(cluster.nodes[0], name, url=cluster.url) as broker:
        for node in cluster.nodes[1:]:
            await asyncio.to_thread(node.kill)
        await asyncio.sleep(0.5)
        broker.publish(frames(10))
        lost: list[Frame] = []
        await until(lambda: bool(lost.extend(broker.lost()) or lost), 30)
        assert set(lost) == set(frames(10))
        for node in cluster.nodes[1:]:
            await asyncio.to_thread(node.start)
        await until(lambda: broker.depth(SYSTEM) != FULL, 60)
        broker.publish(lost)
        assert set(await dispatched_until_taken(broker, frames(10))) == set(frames(10))

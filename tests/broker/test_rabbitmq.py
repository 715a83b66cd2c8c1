"""The broker of the production profile holds the rules of every broker, and those of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lgsp.broker.contract import FULL, Broker
from lgsp.broker.intake import Limits
from lgsp.broker.rabbitmq import RabbitBroker
from lgsp.broker.topology import Topology
from lgsp.journal.turns import Frame
from lgsp.testing.broker import BrokerContract, BrokerOpener, frames, taken
from lgsp.testing.making import OTHER, SYSTEM
from lgsp.testing.servers.rabbitmq import RabbitServer
from tests.broker.rabbit_side import broker_on, circuit_to, count, prefix, put, queue_of, until


class TestRabbitBroker(BrokerContract):
    """All the rules, with a server."""

    @pytest.fixture
    def opener(self, rabbit: RabbitServer) -> BrokerOpener:
        """Open a broker on queues of its own."""

        async def opened() -> Broker:
            return RabbitBroker(rabbit.url, prefix=prefix())

        return opened


@pytest.fixture
async def broker(rabbit: RabbitServer) -> AsyncIterator[RabbitBroker]:
    """A broker on the shared node."""
    async with broker_on(rabbit) as one:
        yield one


async def test_frames_outlive_the_process(rabbit: RabbitServer) -> None:
    """What was published and not done is brought to whoever comes next; what was done is not."""
    name = prefix()
    async with broker_on(rabbit, name) as first:
        first.publish(frames(1))
        first.done(await taken(first, 1))
        first.publish(frames(4, start=2))
        assert await taken(first, 3) == frames(3, start=2)
    async with broker_on(rabbit, name) as second:
        assert await taken(second, 4) == frames(4, start=2)
        await until(lambda: second.depth(SYSTEM) == 0)


async def test_a_backlog_travels_in_few_messages(rabbit: RabbitServer) -> None:
    """Frames that are dispatched together share messages, and are still taken, in order, by any number."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        broker.publish(frames(400))
        await until(lambda: broker.depth(SYSTEM) == 400 and broker.standing().counts["confirmed"] > 0)
        assert broker.standing().counts["confirmed"] == 20
        found = []
        while len(found) < 400:
            some = await taken(broker, min(7, 400 - len(found)))
            broker.done(some)
            found += some
        assert found == frames(400)
        await until(lambda: broker.depth(SYSTEM) == 0)
    assert await count(rabbit, queue_of(name)) == 0


async def test_two_processes_share_a_backlog(rabbit: RabbitServer) -> None:
    """Neither of two workers is left without work while there is some."""
    name = prefix()
    few = Limits(prefetch=4)
    async with broker_on(rabbit, name, few) as one, broker_on(rabbit, name, few) as two:
        found: dict[int, list[Frame]] = {0: [], 1: []}

        async def work(number: int, broker: RabbitBroker) -> None:
            while sum(map(len, found.values())) < 1000:
                some = await broker.take(SYSTEM, 10)
                broker.done(some)
                found[number] += some
                await asyncio.sleep(0.001)

        tasks = [asyncio.create_task(work(0, one)), asyncio.create_task(work(1, two))]
        await asyncio.sleep(0.3)
        one.publish(frames(1000))
        await until(lambda: sum(map(len, found.values())) == 1000)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(frame.delivery for some in found.values() for frame in some) == list(range(1, 1001))
    assert min(map(len, found.values())) > 200


async def test_a_publisher_that_never_takes_knows_the_depth(rabbit: RabbitServer) -> None:
    """A process that only accepts keeps its window by what others have left in the queue."""
    name = prefix()
    async with broker_on(rabbit, name) as accepting, broker_on(rabbit, name) as working:
        accepting.publish(frames(300))
        await until(lambda: accepting.depth(SYSTEM) == 300)
        working.done(await taken(working, 300))
        await until(lambda: accepting.depth(SYSTEM) == 0)


async def test_what_nobody_understands_goes_to_the_dead_letters(rabbit: RabbitServer) -> None:
    """A poison body neither stops the consumer nor vanishes, and somebody is told."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        for body in (b"", b"rm -rf", b"\xff\xfe", b"1 2 3"):
            await put(rabbit, queue_of(name), body)
        broker.publish(frames(3))
        assert await taken(broker, 3) == frames(3)
        assert broker.standing().counts["poison"] == 4
        await until(lambda: not broker.standing().well)
        assert [(fault.code, fault.about) for fault in broker.standing().faults] == [("dead-letters", "4")]
    assert await count(rabbit, Topology(name).dead.name) == 4


async def test_what_names_nothing_is_put_aside(rabbit: RabbitServer) -> None:
    """A frame that the journal does not know is kept for a person; its neighbours are handled as ever."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        broker.publish(frames(3))
        one, *others = await taken(broker, 3)
        broker.reject([one])
        broker.done(others)
        await until(lambda: bool(broker.standing().counts["dead-letters"]), 10)
    assert await count(rabbit, queue_of(name)) == 0
    assert await count(rabbit, Topology(name).dead.name) == 1


async def test_a_deleted_queue_is_made_again(rabbit: RabbitServer) -> None:
    """Whoever waits goes on waiting, and is brought what comes after; what cannot arrive is told at once."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        broker.publish(frames(1))
        broker.done(await taken(broker, 1))
        waiting = asyncio.create_task(broker.take(SYSTEM, 5))
        await asyncio.sleep(0)
        async with circuit_to(rabbit) as circuit:
            await circuit.call(circuit.channel.queue_delete, queue=queue_of(name))
        broker.publish(frames(1, start=2))
        lost: list[Frame] = []
        await until(lambda: bool(lost.extend(broker.lost()) or lost or waiting.done()))
        await until(lambda: broker.depth(SYSTEM) != FULL)
        broker.publish(lost)
        async with asyncio.timeout(30):
            assert await waiting == frames(1, start=2)


async def test_a_queue_that_lost_what_keeps_it_is_made_anew(rabbit: RabbitServer) -> None:
    """The broker knows its name and breaks over each subscription: so a node is that died at the wrong moment."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        broker.publish(frames(1))
        broker.done(await taken(broker, 1))
    rabbit.ctl("eval", f"ra:force_delete_server(quorum_queues, {{'%2F_{queue_of(name)}', node()}}).")
    async with broker_on(rabbit, name) as broker:
        waiting = asyncio.create_task(broker.take(SYSTEM, 5))
        async with asyncio.timeout(60):
            while not broker.standing().counts.get("made-anew"):  # noqa: ASYNC110 - it counts, and tells nobody
                await asyncio.sleep(0.05)
        await until(lambda: broker.depth(SYSTEM) != FULL)
        lost = frames(1, start=2)
        async with asyncio.timeout(30):
            while not waiting.done():
                broker.publish(lost)
                await asyncio.sleep(0.5)
                lost = broker.lost()
        assert await waiting == frames(1, start=2)


async def test_what_has_no_queue_is_returned_and_told(rabbit: RabbitServer) -> None:
    """A publisher learns which frames found no queue, takes no more meanwhile, and makes the queue again."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        async with circuit_to(rabbit) as circuit:
            await circuit.call(circuit.channel.queue_delete, queue=queue_of(name))
        broker.publish(frames(2))
        await until(lambda: broker.standing().counts["returned"] == 2)
        assert broker.depth(SYSTEM) == FULL
        assert broker.lost() == frames(2)
        assert broker.lost() == []
        await until(lambda: broker.depth(SYSTEM) == 0)
        broker.publish(frames(2))
        assert await taken(broker, 2) == frames(2)


async def test_a_purged_queue_is_seen_to_be_empty(rabbit: RabbitServer) -> None:
    """Depth falls when frames vanish behind our back: the journal then dispatches them anew."""
    name = prefix()
    async with broker_on(rabbit, name) as broker:
        broker.publish(frames(100))
        await until(lambda: broker.depth(SYSTEM) == 100)
        async with circuit_to(rabbit) as circuit:
            await circuit.call(circuit.channel.queue_purge, queue=queue_of(name))
        await until(lambda: broker.depth(SYSTEM) == 0)


async def test_a_queue_that_takes_no_more_refuses_and_is_left_alone(rabbit: RabbitServer) -> None:
    """What a full queue refuses is told as lost, and for a moment its window has no room."""
    name = prefix()
    rabbit.ctl("set_policy", name, f"^{name}\\.system", '{"max-length": 1}', "--apply-to", "queues")
    async with broker_on(rabbit, name) as broker:
        lost: list[Frame] = []
        sent = 0
        while not lost:  # a quorum queue refuses a little late
            broker.publish(frames(1, start=(sent := sent + 1)))
            await asyncio.sleep(0.02)
            lost += broker.lost()
        assert broker.standing().counts["refused"] > 0
        assert broker.depth(SYSTEM) == FULL
        assert broker.depth(OTHER) == 0
        rabbit.ctl("clear_policy", name)
        await until(lambda: broker.depth(SYSTEM) != FULL)


async def test_a_consumer_that_gets_nothing_subscribes_anew(rabbit: RabbitServer) -> None:
    """Frames that wait though we could take them are not waited for: the subscription is made again."""
    name = prefix()
    async with broker_on(rabbit, name, Limits(stuck=1.5)) as broker:
        broker.publish(frames(1))
        broker.done(await taken(broker, 1))
        intake = broker._intakes[SYSTEM]
        assert intake._circuit is not None
        tag = next(iter(intake._circuit.channel._consumers))
        intake._circuit.channel.basic_cancel(tag)  # the broker forgets us, and we do not know
        broker.publish(frames(1, start=2))
        assert await taken(broker, 1) == frames(1, start=2)
        assert broker.standing().counts["resubscribed"] == 1


async def test_what_nobody_takes_goes_back_for_others(rabbit: RabbitServer) -> None:
    """A lane that stopped taking does not sit on frames that another process could send."""
    name = prefix()
    async with broker_on(rabbit, name, Limits(unwanted=1.0)) as idle:
        idle.publish(frames(50))
        first = await idle.take(SYSTEM, 1)
        idle.done(first)
        async with broker_on(rabbit, name) as other:
            found: set[int] = set()
            async with asyncio.timeout(30):
                while not found >= set(
                    range(2, 51)
                ):  # the first may come again with its message: its epoch tells
                    found |= {frame.delivery for frame in await other.take(SYSTEM, 50)}
        assert len(await taken(idle, 1)) == 1  # and who wants frames again is subscribed again


async def test_missing_permissions_are_told(rabbit: RabbitServer) -> None:
    """An account that may read and not write, or not even read, says so in words instead of losing in silence."""
    name = prefix()
    async with broker_on(rabbit, name):
        pass
    rabbit.ctl("add_user", name, "password")
    url = f"amqp://{name}:password@127.0.0.1:{rabbit.port}/"
    rabbit.ctl("set_permissions", "-p", "/", name, "^$", "^$", ".*")
    async with broker_on(rabbit, name, url=url) as broker:
        broker.publish(frames(3))
        await until(lambda: [fault.code for fault in broker.standing().faults] == ["publishing-forbidden"])
        assert broker.lost() == frames(3)
    rabbit.ctl("set_permissions", "-p", "/", name, "^$", "^$", "^$")
    other = prefix()
    async with broker_on(rabbit, other, url=url) as broker:
        await until(lambda: {fault.code for fault in broker.standing().faults} == {"queue-forbidden"})
        assert broker.depth(SYSTEM) == FULL
        for fault in broker.standing().faults:
            assert "lgsp declare" in fault.vietnamese
            assert "lgsp declare" in fault.english

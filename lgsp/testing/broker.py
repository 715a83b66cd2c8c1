"""What every broker must hold: inherit `BrokerContract` and say how one is opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from lgsp.broker.contract import Broker
from lgsp.journal.turns import Frame
from lgsp.testing.making import OTHER, SYSTEM

BrokerOpener = Callable[[], Awaitable[Broker]]
WAIT = 10.0
"""Seconds after which a frame that has not come counts as lost."""


def frames(count: int, system: str = SYSTEM, start: int = 1) -> list[Frame]:
    """Return frames of deliveries that follow one another."""
    return [Frame(system, number, 1) for number in range(start, start + count)]


async def taken(broker: Broker, count: int, system: str = SYSTEM) -> list[Frame]:
    """Take frames, in as many goes as it needs, until there are so many."""
    found: list[Frame] = []
    async with asyncio.timeout(WAIT):
        while len(found) < count:
            found += await broker.take(system, count - len(found))
    return found


class BrokerContract:
    """The rules of every broker.

    A subclass overrides the fixture `opener`: it returns an async function that opens a broker of an
    installation of its own each time it is called, with nothing in it.
    """

    @pytest.fixture
    def opener(self) -> BrokerOpener:
        """Return a function that opens a broker."""
        raise NotImplementedError("a broker's test class overrides the fixture `opener`")

    @pytest.fixture
    async def broker(self, opener: BrokerOpener) -> AsyncIterator[Broker]:
        """Lend a broker that knows two systems, and close it behind the test."""
        broker = await opener()
        await broker.declare([SYSTEM, OTHER])
        yield broker
        await broker.close()

    async def published(self, broker: Broker, some: Sequence[Frame]) -> None:
        """Publish frames and wait until they can be seen, as far as depth tells."""
        broker.publish(some)
        await asyncio.sleep(0)

    async def test_frames_come_out_in_the_order_they_went_in(self, broker: Broker) -> None:
        """Whoever publishes in journal order is claimed in journal order."""
        await self.published(broker, frames(100))
        assert await taken(broker, 100) == frames(100)

    async def test_a_take_brings_at_least_one_and_at_most_its_limit(self, broker: Broker) -> None:
        """A worker with three free slots is not handed four."""
        await self.published(broker, frames(10))
        async with asyncio.timeout(WAIT):
            first = await broker.take(SYSTEM, 3)
        assert 1 <= len(first) <= 3
        assert first == frames(len(first))

    async def test_a_take_waits_for_a_frame(self, broker: Broker) -> None:
        """An idle worker costs nothing and is woken by the first frame."""
        waiting = asyncio.create_task(broker.take(SYSTEM, 5))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        broker.publish(frames(1))
        async with asyncio.timeout(WAIT):
            assert await waiting == frames(1)

    async def test_a_take_that_is_called_off_loses_nothing(self, broker: Broker) -> None:
        """Whoever stops waiting has taken no frame with him."""
        for number in range(1, 6):
            waiting = asyncio.create_task(broker.take(SYSTEM, 5))
            await asyncio.sleep(0.01)
            broker.publish(frames(1, start=number))
            waiting.cancel()
            found = (await asyncio.gather(waiting, return_exceptions=True))[0]
            if isinstance(found, BaseException):
                found = await taken(broker, 1)
            assert found == frames(1, start=number)

    async def test_systems_have_queues_of_their_own(self, broker: Broker) -> None:
        """A slow system's frames do not stand before another's."""
        await self.published(broker, [*frames(3), *frames(2, OTHER, start=7)])
        assert await taken(broker, 2, OTHER) == frames(2, OTHER, start=7)
        assert await taken(broker, 3) == frames(3)

    async def test_declaring_again_keeps_what_is_there(self, broker: Broker) -> None:
        """A start beside others, or a reload, empties nobody's queue."""
        await self.published(broker, frames(2))
        await broker.declare([SYSTEM, OTHER])
        assert await taken(broker, 2) == frames(2)

    async def test_doubled_frames_are_carried_and_done_together(self, broker: Broker) -> None:
        """The journal makes doubles harmless; a broker neither drops nor trips over them."""
        await self.published(broker, [*frames(1), *frames(1)])
        both = await taken(broker, 2)
        assert both == [*frames(1), *frames(1)]
        broker.done(both)
        broker.done(both)

    async def test_epochs_are_kept_apart(self, broker: Broker) -> None:
        """What was dispatched anew comes with its own epoch."""
        some = [Frame(SYSTEM, 2**40, 1), Frame(SYSTEM, 2**40, 2)]
        await self.published(broker, some)
        assert await taken(broker, 2) == some

    async def test_what_is_done_does_not_come_again(self, broker: Broker) -> None:
        """An acknowledged frame has left the broker."""
        await self.published(broker, frames(2))
        broker.done(await taken(broker, 1))
        assert await taken(broker, 1) == frames(1, start=2)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await broker.take(SYSTEM, 1)

    async def test_what_names_nothing_does_not_come_again(self, broker: Broker) -> None:
        """A frame that the journal does not know is put aside, and its neighbours are handled as ever."""
        await self.published(broker, frames(3))
        first, *others = await taken(broker, 3)
        broker.reject([first])
        broker.done(others)
        await self.published(broker, frames(1, start=9))
        assert await taken(broker, 1) == frames(1, start=9)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await broker.take(SYSTEM, 1)

    async def test_a_broker_at_rest_is_well_and_lost_nothing(self, broker: Broker) -> None:
        """Nobody is alerted, and nothing is dispatched anew, without a reason."""
        await self.published(broker, frames(50))
        broker.done(await taken(broker, 50))
        assert broker.standing().well
        assert broker.lost() == []

    async def test_depth_tells_what_waits(self, broker: Broker) -> None:
        """It is what the window is kept by: what waits, without what was taken."""
        assert broker.depth(SYSTEM) == 0
        await self.published(broker, frames(5))
        await taken(broker, 2)
        async with asyncio.timeout(WAIT):
            while broker.depth(SYSTEM) != 3:  # noqa: ASYNC110 - a broker elsewhere tells its depth late
                await asyncio.sleep(0.01)
        assert broker.depth(OTHER) == 0

    async def test_two_takers_share_the_frames(self, broker: Broker) -> None:
        """Each frame goes to one of those that wait."""
        takers = [asyncio.create_task(broker.take(SYSTEM, 1)) for _ in range(2)]
        await asyncio.sleep(0.01)
        broker.publish(frames(2))
        async with asyncio.timeout(WAIT):
            found = [frame for some in await asyncio.gather(*takers) for frame in some]
        assert sorted(found, key=lambda frame: frame.delivery) == frames(2)

    async def test_installations_do_not_meet(self, broker: Broker, opener: BrokerOpener) -> None:
        """A second gateway with systems of the same names sees none of the first one's frames."""
        other = await opener()
        await other.declare([SYSTEM])
        broker.publish(frames(1))
        try:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await other.take(SYSTEM, 1)
        finally:
            await other.close()
        assert await taken(broker, 1) == frames(1)

"""The broker of the embedded profile holds the rules of every broker, and those of its own."""

from __future__ import annotations

import pytest

from lgsp.broker.contract import Broker
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.broker.frames import packed, unpacked
from lgsp.journal.turns import Frame
from lgsp.testing.broker import BrokerContract, BrokerOpener, frames, taken
from lgsp.testing.making import SYSTEM


class TestEmbeddedBroker(BrokerContract):
    """All the rules, in this process."""

    @pytest.fixture
    def opener(self) -> BrokerOpener:
        """Open a broker in this process."""

        async def opened() -> Broker:
            return EmbeddedBroker()

        return opened

    async def test_nothing_is_kept_of_what_is_done(self, broker: EmbeddedBroker) -> None:
        """Memory stays flat: of what was taken nothing is held, neither here nor in the transport."""
        for start in range(1, 1000, 50):
            broker.publish(frames(50, start=start))
            broker.done(await taken(broker, 50))
        assert not broker._at_hand[SYSTEM]
        assert len(broker._channel.qos._delivered) == 0
        assert broker.depth(SYSTEM) == 0


def test_frames_travel_as_two_numbers_each() -> None:
    """Nothing but delivery and epoch is on the broker: no code, no name, no body."""
    both = [Frame("portal", 12, 3), Frame("portal", 7, 1)]
    assert packed(both) == "12 3\n7 1"
    assert unpacked("portal", b"12 3\n7 1") == unpacked("portal", "12 3\n7 1") == both


async def test_frames_of_one_dispatch_may_be_taken_apart() -> None:
    """A dispatch that travels as one message is still counted and taken frame by frame, in order."""
    broker = EmbeddedBroker()
    await broker.declare([SYSTEM])
    broker.publish(frames(5))
    assert broker.depth(SYSTEM) == 5
    first = await broker.take(SYSTEM, 2)
    assert broker.depth(SYSTEM) == 3
    broker.publish(frames(1, start=9))
    rest = await broker.take(SYSTEM, 10)
    assert [*first, *rest] == [*frames(5), *frames(1, start=9)]
    assert broker.depth(SYSTEM) == 0
    await broker.close()


@pytest.mark.parametrize("body", ["", "12", "12 3 4", "a b", "12 x"])
def test_what_is_no_frame_is_refused(body: str) -> None:
    """Somebody else's message on our queue is an error, not a delivery."""
    with pytest.raises(ValueError, match=r"."):
        unpacked("portal", body)

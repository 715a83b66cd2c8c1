"""The broker of the embedded profile holds the rules of every broker, and those of its own."""

from __future__ import annotations

import pytest

from lgsp.broker.contract import Broker
from lgsp.broker.embedded import EmbeddedBroker
from lgsp.broker.frames import packed, unpacked
from lgsp.journal.contract import Frame
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
        """Memory stays flat: of acknowledged frames no more than the last few are held."""
        for start in range(1, 1000, 50):
            broker.publish(frames(50, start=start))
            broker.done(await taken(broker, 50))
        assert broker._tags == {}
        assert len(broker._channel.qos._delivered) <= 50
        assert broker.depth(SYSTEM) == 0


def test_a_frame_travels_as_two_numbers() -> None:
    """Nothing but delivery and epoch is on the broker: no code, no name, no body."""
    assert packed(Frame("portal", 12, 3)) == "12 3"
    assert unpacked("portal", b"12 3") == unpacked("portal", "12 3") == Frame("portal", 12, 3)


@pytest.mark.parametrize("body", ["", "12", "12 3 4", "a b", "12 x"])
def test_what_is_no_frame_is_refused(body: str) -> None:
    """Somebody else's message on our queue is an error, not a delivery."""
    with pytest.raises(ValueError, match=r"."):
        unpacked("portal", body)

"""Frames that name nothing, come late, or did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lgsp.broker.embedded import EmbeddedBroker
from lgsp.dispatch import Returns
from lgsp.journal.contract import JournalError
from lgsp.journal.turns import Frame
from lgsp.testing.making import SYSTEM
from tests.core.rig import dossier, rig


class LossyBroker(EmbeddedBroker):
    """Tells what is put into `gone` as lost, and keeps what is rejected."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: list[Frame] = []
        self.rejected: list[Frame] = []
        self.acknowledged: list[Frame] = []

    def lost(self) -> list[Frame]:
        """Tell it once."""
        told, self.gone = self.gone, []
        return told

    def reject(self, frames: Sequence[Frame]) -> None:
        """Keep them."""
        self.rejected += frames

    def done(self, frames: Sequence[Frame]) -> None:
        """Keep them."""
        self.acknowledged += frames


async def test_a_frame_that_names_nothing_is_put_aside(tmp_path: Path) -> None:
    """Of a journal that was restored, or of another installation: somebody is alerted; the others go their way."""
    async with rig(tmp_path, broker=LossyBroker) as one:
        await one.tell(dossier("K1"), dossier("K2"))
        first, second = await one.broker.take(SYSTEM, 2)
        await one.lane._claim([first])
        await one.rest("delivered", "ready")
        odd = Frame(SYSTEM, 999_999, 1)
        await one.lane._claim([first, odd, second])
        await one.rest("delivered")
        broker: Any = one.broker
        assert broker.rejected == [odd]
        assert broker.acknowledged == [first, first, second]


async def test_frames_that_did_not_arrive_are_dispatched_anew(tmp_path: Path) -> None:
    """Row 4: the broker says that it did not take them: they go again soon, in a new epoch."""
    async with rig(tmp_path, broker=LossyBroker) as one:
        await one.tell(dossier("K1"), dossier("K2"))
        first, second = await one.broker.take(SYSTEM, 2)
        broker: Any = one.broker
        broker.gone = [first]
        returns = Returns(one.gateway)
        assert await returns.take_back() == 1
        assert await returns.take_back() == 0
        assert one.to.window.behind
        await one.refill()
        assert await one.broker.take(SYSTEM, 9) == [Frame(SYSTEM, first.delivery, first.epoch + 1)]
        assert len(await one.journal.claim([first, second], one.gateway.worker)) == 1


async def test_a_frame_of_an_earlier_dispatch_takes_nothing_back(tmp_path: Path) -> None:
    """Row 4: told late, after its delivery was dispatched again, or claimed: nothing changes."""
    async with rig(tmp_path, broker=LossyBroker) as one:
        await one.tell(dossier("K1"))
        (frame,) = await one.broker.take(SYSTEM, 1)
        broker: Any = one.broker
        broker.gone = [Frame(SYSTEM, frame.delivery, frame.epoch - 1)]
        await Returns(one.gateway).take_back()
        await one.refill()
        assert one.broker.depth(SYSTEM) == 0
        assert len(await one.journal.claim([frame], one.gateway.worker)) == 1


async def test_what_was_lost_is_not_forgotten_when_the_journal_is_away(tmp_path: Path) -> None:
    """Both servers are away at once: what the broker told is noted when the journal is back."""
    async with rig(tmp_path, broker=LossyBroker) as one:
        await one.tell(dossier("K1"))
        broker: Any = one.broker
        broker.gone = await one.broker.take(SYSTEM, 1)
        returns, plain = Returns(one.gateway), one.journal.write

        async def away(_: Any) -> Any:
            raise JournalError("writing to the journal: away")

        one.journal.write = away
        with pytest.raises(JournalError):
            await returns.take_back()
        one.journal.write = plain
        assert await returns.take_back() == 1

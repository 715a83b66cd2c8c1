"""The processes of a drill: one that was rigged is known to have died, whenever it did."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lgsp.drill.members import Member


@dataclass(slots=True)
class Stub(Member):
    """A process that lives long, unless it is rigged: then it ends at once."""

    def _command(self, trap: str) -> Sequence[str]:
        return [sys.executable, "-c", "" if trap else "import time; time.sleep(60)"]


async def test_a_death_before_anybody_waits_for_it_counts(tmp_path: Path) -> None:
    """A fault that lets the traffic rest first must not miss the death that came meanwhile."""
    member = Stub("serve-1", "serve", 1, {}, tmp_path)
    member.keep()
    try:
        while member.pid is None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        await member.rig("published:1")
        while member.deaths == 0:  # noqa: ASYNC110 - the event is what is tested
            await asyncio.sleep(0.01)
        assert await member.died_by_itself(0.1)
        assert member.deaths == 1  # the one that was killed to make room does not count
    finally:
        await member.stop()


async def test_a_process_that_is_only_just_being_started_is_rigged_all_the_same(tmp_path: Path) -> None:
    """Right after a fault that killed it, its place is between two processes."""
    member = Stub("serve-1", "serve", 1, {}, tmp_path)
    member.keep()
    try:
        await asyncio.sleep(0)  # the first one is on its way, and was told of no trap
        assert member.pid is None
        await member.rig("published:1")
        assert await member.died_by_itself(10)
    finally:
        await member.stop()

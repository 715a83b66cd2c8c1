"""What one process adds about agencies, the others know with their next look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from lgsp.domain.agencies.facts import Fact, Share, Succession
from lgsp.domain.agencies.resolution import Standing as Is
from lgsp.following import Follower
from lgsp.journal import agencies
from lgsp.standings import Standings
from tests.core.rig import Rig, rig

DAY = date(2026, 11, 22)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Rig]:
    """A process."""
    async with rig(tmp_path) as one:
        yield one


async def test_other_processes_follow_a_fact(here: Rig) -> None:
    """A process that did not take the addition judges by it from its next look on; without news it looks at none."""
    follower = Follower(here.gateway, Standings(here.gateway), lambda *_: pytest.fail("no newer routes"))
    before = here.gateway.agencies
    await follower.look()
    assert here.gateway.agencies is before
    claims = [
        Fact("H44.99", "Sở Mới", 2, source="QĐ 1"),
        Succession("H44.99", "H44.98", Share.WHOLE, DAY, "QĐ 2", "QĐ 2"),
    ]
    await here.journal.write(lambda tx: agencies.add(tx, claims, "operator"))
    await follower.look()
    assert here.gateway.agencies.resolve("H44.99", DAY).standing is Is.CLOSED
    known = here.gateway.agencies
    await follower.look()
    assert here.gateway.agencies is known

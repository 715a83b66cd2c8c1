"""The desk that the tests of the book work at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lgsp.reporting import comparing, counting
from lgsp.testing.scene import Clock
from tests.reporting.desk import CUT_OFF, DAY, Desk, Figures, desk


@pytest.fixture
def clock() -> Clock:
    """A clock that stands a day after the cut-off until it is moved."""
    return Clock(CUT_OFF + DAY * 1_000_000)


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Figures:
    """Statistics that say what the test says."""
    told = Figures()
    monkeypatch.setattr(counting, "statistics", told)
    monkeypatch.setattr(comparing, "statistics", told)
    return told


@pytest.fixture
async def here(tmp_path: Path, clock: Clock, figures: Figures) -> AsyncIterator[Desk]:
    """A gateway with a book, whose figures a test says."""
    assert figures
    async with desk(tmp_path, clock) as one:
        yield one

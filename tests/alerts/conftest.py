"""Worlds of the tests of alerts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lgsp.journal.postgres import PostgresJournal
from lgsp.journal.sqlite import SqliteJournal
from lgsp.testing.scene import Opener
from tests.alerts.world import World, world


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder where a sync costs nothing."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def opener(folder: Path, request: pytest.FixtureRequest) -> Opener:
    """Open a journal of either kind."""
    if request.param == "sqlite":
        return lambda clock: SqliteJournal.open(folder / "journal.db", clock)
    database = request.getfixturevalue("emptied")
    return lambda clock: PostgresJournal.open(database, clock)


@pytest.fixture
async def here(folder: Path, opener: Opener) -> AsyncIterator[World]:
    """A world with the rules' defaults, but for the disk of the machine that tests, and without silence."""
    async with world(folder, opener) as one:
        yield one

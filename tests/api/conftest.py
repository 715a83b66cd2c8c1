"""The provinces that the tests of the API call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from tests.api.province import PORTAL, Province, province


@pytest.fixture
def portal() -> Portal:
    """A stand-in that answers in one dialect."""
    return Portal(Faults(dialects=("number",)))


@contextmanager
def _quick() -> Iterator[Path]:
    """Lend a folder where a sync costs nothing: what is tested is the API, not the disk."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder of the test's own."""
    with _quick() as made:
        yield made


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state folder that the tests of a file share."""
    with _quick() as made:
        yield made


@pytest.fixture
async def here(folder: Path, portal: Portal) -> AsyncIterator[Province]:
    """A province that works."""
    async with province(folder, portal) as one:
        yield one


@pytest.fixture
async def paused(folder: Path) -> AsyncIterator[Province]:
    """A province whose portal is paused, and not even there: what is brought stays ready."""
    async with province(folder) as one:
        reply = await one.operator.post(f"/v1/systems/{PORTAL}/pause")
        assert reply.json() == {"system": PORTAL, "standing": "paused"}
        yield one

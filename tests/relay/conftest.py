"""A province whose files go through the gateway, and a link to one of its files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.relay.source import Relayed, relaying


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder where a sync costs nothing."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
async def here(folder: Path) -> AsyncIterator[Relayed]:
    """A province whose files go through the gateway; its portal does not fetch by itself."""
    async with relaying(folder) as one:
        one.portal.trouble(b'{"dialects": ["number"]}')
        yield one

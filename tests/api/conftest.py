"""The province that most tests of the API call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.province import PORTAL, Province, province


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Province]:
    """A province that works."""
    async with province(tmp_path) as one:
        yield one


@pytest.fixture
async def paused(here: Province) -> Province:
    """A province whose portal is paused: what is brought stays ready."""
    reply = await here.operator.post(f"/v1/systems/{PORTAL}/pause")
    assert reply.json() == {"system": PORTAL, "standing": "paused"}
    return here

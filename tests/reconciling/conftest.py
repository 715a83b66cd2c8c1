"""The gateway that the tests of reconciliation work with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.rig import Rig, rig
from tests.reconciling.far import Far


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Rig]:
    """A gateway in front of such a portal."""
    async with rig(tmp_path, portal=Far()) as made:
        yield made

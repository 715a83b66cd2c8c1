"""What every set of a journal's rules stands on: the two fixtures."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lgsp.testing.scene import Opener, Scene


class JournalRules:
    """Test methods that a journal's own test class inherits; it says how the journal is opened."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Return a function that opens one and the same journal each time it is called."""
        raise NotImplementedError("a journal's test class overrides the fixture `opener`")

    @pytest.fixture
    async def scene(self, opener: Opener) -> AsyncIterator[Scene]:
        """Lend a scene, and close its journal behind the test."""
        scene = await Scene.begin(opener)
        yield scene
        await scene.end()

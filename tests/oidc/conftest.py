"""A provider that is played, and what is agreed with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from lgsp.oidc.agreement import Agreement, rules_of
from lgsp.oidc.provider import Provider
from lgsp.serving import running
from tests.oidc.playing import CLIENT, SECRET, Playing


@pytest.fixture
async def playing() -> AsyncIterator[Playing]:
    """A provider that answers on loopback."""
    one = Playing()
    async with running(one.app()) as port:
        one.url = f"http://127.0.0.1:{port}"
        yield one


@pytest.fixture
async def provider(playing: Playing) -> AsyncIterator[Provider]:
    """Our side of it."""
    one = Provider(Agreement(playing.url, CLIENT, SECRET, rules=list(rules_of("desk=operator"))))
    yield one
    await one.close()

"""A server that is told to leave: it cuts no answer short, and waits for nobody who has nothing to come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import uvicorn

from lgsp.serving import running
from tests.serving.raw import HEAD, QUICK, Client, Site

WHOLE = HEAD + b"Content-Length: 3\r\n\r\nabc"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many were connected, each time the server had to wait for somebody."""
    found: list[int] = []
    waiting = uvicorn.Server.shutdown

    async def noted(server: uvicorn.Server, sockets: object = None) -> None:
        found.append(len(server.server_state.connections))
        await waiting(server)

    monkeypatch.setattr(uvicorn.Server, "shutdown", noted)
    return found


async def _connected(port: int) -> Client:
    return Client(*await asyncio.open_connection("127.0.0.1", port))


async def test_whom_nobody_asked_is_gone_at_once(waits: list[int]) -> None:
    """There is nothing to wait for, and the door is closed behind it."""
    async with running(Site(), patience=QUICK) as port:
        pass
    with pytest.raises(OSError, match="Connect call failed"):
        await _connected(port)
    assert waits == []


async def test_a_connection_that_idles_is_let_go(waits: list[int]) -> None:
    """Who had the last answer, and may ask again one day, holds nobody up: it is told that this is the end."""
    async with running(Site(), patience=QUICK) as port:
        client = await _connected(port)
        await client.say(WHOLE)
        assert await client.answer() == (200, b"ok")
    assert await client.ended()
    assert waits == []
    await client.close()


async def test_an_answer_under_way_is_finished_first(waits: list[int]) -> None:
    """What was begun before it was told to leave comes whole, and then the connection ends."""
    site = Site()
    async with running(site, patience=QUICK) as port:
        client = await _connected(port)
        await client.say(WHOLE.replace(b"/take", b"/hold"))
        async with asyncio.timeout(10):
            while not site.asked:  # noqa: ASYNC110 - the application notes it
                await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_later(0.05, site.hold.set)
    assert await client.answer() == (200, b"ok")
    assert await client.ended()
    assert waits == [1]
    assert site.took == [3]
    await client.close()

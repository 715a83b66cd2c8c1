"""All bodies together: there is an end to what they hold, and nothing is lost of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lgsp.api.edge import Edge
from lgsp.api.holding import FREE, Held
from lgsp.api.problems import ApiError
from tests.asgi import Reply, call

LIMIT = 4 * FREE


class _Reader:
    """Reads a body whole and holds it until it is told."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.fourth = asyncio.Event()
        self._reading = 0

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        self._reading += 1
        if self._reading == 4:
            self.fourth.set()
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


async def _post(edge: Edge, size: int, path: str = "/") -> Reply:
    return await call(edge, "POST", path, headers={"Content-Length": str(size)}, body=b"a" * size)


async def test_beyond_all_together_there_is_a_clear_answer() -> None:
    """503 and when to come again; those who are read already are not disturbed, and room comes back."""
    reader = _Reader()
    edge = Edge(reader, LIMIT, {"/streams/": 10 * LIMIT})
    held = [asyncio.create_task(_post(edge, LIMIT)) for _ in range(4)]
    await reader.fourth.wait()
    late = await _post(edge, LIMIT)
    assert (late.status, late.headers["retry-after"], late.headers["connection"]) == (503, "5", "close")
    small = asyncio.create_task(_post(edge, FREE))
    streamed = asyncio.create_task(_post(edge, 5 * LIMIT, "/streams/x"))
    reader.go.set()
    assert {(await one).status for one in (*held, small, streamed)} == {200}
    assert (await _post(edge, LIMIT)).status == 200


async def test_what_was_counted_is_given_back_whatever_happens() -> None:
    """Also when the client goes away in the middle, or the application fails."""
    held = Held(3 * FREE)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"a" * FREE, "more_body": True}

    async def read(times: int) -> None:
        with held.counting(receive) as counted:
            for _ in range(times):
                await counted()
            raise RuntimeError

    for _ in range(10):
        with pytest.raises(RuntimeError):
            await read(3)
    for _ in range(2):
        with pytest.raises(ApiError, match="too-much"):
            await read(4)

"""Holding the sandbox's HTTP side: a real server, a real client."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator

import aiohttp
import orjson
import pytest

from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.faults import Faults
from lgsp.sandbox.portal import Portal
from lgsp.sandbox.server import serve
from lgsp.serving import running

LOGIN = "/national-portal/XrdAdapter/RestService/forward/mapi/login"
CREDENTIALS = b'{"username": "lgsp", "password": "sandbox"}'


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a sandbox with one stand-in portal."""
    sandbox = Sandbox(national_portal=Portal(Faults(dialects=("number",))))
    async with running(sandbox) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def put(client: aiohttp.ClientSession, faults: bytes) -> int:
    """Switch faults on and return the status of the answer."""
    async with client.put("/national-portal/_faults", data=faults) as answer:
        return answer.status


async def log_in(client: aiohttp.ClientSession) -> bytes:
    """Log in and return the body of the answer."""
    async with client.post(LOGIN, data=CREDENTIALS) as answer:
        return await answer.read()


async def test_the_state_can_be_read_and_cleared(client: aiohttp.ClientSession) -> None:
    """`GET _state` tells what is held, `DELETE _state` clears it."""
    await log_in(client)
    async with client.get("/national-portal/_state") as answer:
        state = await answer.json()
    assert {"dossiers", "versions", "progress", "calls"} <= state.keys()
    assert state["calls"] == {"login": 1}
    async with client.delete("/national-portal/_state") as answer:
        assert answer.status == 200
    async with client.get("/national-portal/_state") as answer:
        assert (await answer.json())["calls"] == {}


async def test_faults_are_put_whole_and_read_back(client: aiohttp.ClientSession) -> None:
    """What a PUT leaves out is off again."""
    for wanted in ({"http_500": 0.5}, {"latency_ms": [1, 5], "dialects": ["text"]}):
        assert await put(client, orjson.dumps(wanted)) == 200
    async with client.get("/national-portal/_faults") as answer:
        faults = await answer.json()
    assert (faults["http_500"], faults["latency_ms"], faults["dialects"]) == (0.0, [1.0, 5.0], ["text"])


@pytest.mark.parametrize(
    "wanted",
    [
        b'{"http_5OO": 1}',
        b'{"http_500": 2}',
        b'{"latency_ms": [5, 1]}',
        b'{"dialects": []}',
        b"[",
        b'{"flapping": {}}',
    ],
)
async def test_impossible_faults_are_turned_away(client: aiohttp.ClientSession, wanted: bytes) -> None:
    """A typing error in a fault's name must not pass for a quiet portal; what was set stays."""
    await put(client, b'{"http_500": 1}')
    async with client.put("/national-portal/_faults", data=wanted) as answer:
        assert answer.status == 422
        assert (await answer.json())["errors"]
    async with client.get("/national-portal/_faults") as answer:
        assert (await answer.json())["http_500"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/national-portal"),
        ("POST", "/nobody/x"),
        ("GET", "/national-portal/x"),
        ("POST", "/national-portal/_state"),
    ],
)
async def test_other_addresses_are_nowhere(client: aiohttp.ClientSession, method: str, path: str) -> None:
    """What no stand-in serves is answered 404."""
    async with client.request(method, path) as answer:
        assert answer.status == 404


async def test_headers_are_what_the_reply_says(client: aiohttp.ClientSession) -> None:
    """A reply without a content type has no such header; a 503 says when to come back."""
    await put(client, b'{"dialects": ["untyped"]}')
    async with client.post(LOGIN, data=CREDENTIALS) as answer:
        assert "Content-Type" not in answer.headers
        assert orjson.loads(await answer.read())["error_code"] == 0
    await put(client, b'{"http_503": 1, "retry_after": 9}')
    async with client.post(LOGIN, data=CREDENTIALS) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "9")


async def test_latency_delays_one_answer_and_blocks_no_other(client: aiohttp.ClientSession) -> None:
    """A slow ministry is slow for each caller, side by side."""
    await put(client, b'{"latency_ms": 250}')
    started = time.perf_counter()
    await asyncio.gather(*(log_in(client) for _ in range(20)))
    took = time.perf_counter() - started
    assert 0.25 <= took < 20 * 0.25  # what one after another would take at the very least


async def test_small_answers_do_not_wait_for_acknowledgements(client: aiohttp.ClientSession) -> None:
    """Fault found: without TCP_NODELAY every answer took 40 ms, whatever the portal did; now not every one."""
    took = []
    for _ in range(25):
        started = time.perf_counter()
        await log_in(client)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.04


async def test_a_large_body_comes_whole(client: aiohttp.ClientSession) -> None:
    """Bodies of many chunks are put together before they are judged."""
    body = orjson.dumps({"username": "x" * 900_000, "password": "sandbox"})
    async with client.post(LOGIN, data=body) as answer:
        assert (await answer.json())["error_code"] == 0


async def test_the_served_sandbox_tells_its_port() -> None:
    """`serve` on port 0 takes a free one and says which, for the command line to print."""
    opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(0, ready=opened.set_result))
    port = await opened
    url = f"http://127.0.0.1:{port}/national-portal/_state"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)


async def test_a_taken_port_is_said_at_once() -> None:
    """A port that somebody else has is an error before anything is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with running(Sandbox(), taken.getsockname()[1]):
            pass

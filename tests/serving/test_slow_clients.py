"""Slow clients cost nothing for long, and honest ones are never cut off for being slow."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import orjson
import pytest

from tests.serving.raw import HEAD, QUICK, Client, Site, served


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server with little patience."""
    async with served() as one:
        yield one


async def _drip(client: Client, said: bytes, every: float = 0.2) -> None:
    """Send byte by byte, until the server ends it."""
    with suppress(ConnectionError):
        for n in range(len(said)):
            if client.reader.at_eof():
                return
            await client.say(said[n : n + 1])
            await asyncio.sleep(every)


@pytest.mark.parametrize("head", [HEAD, b"", b"\r\n" * 50, HEAD + b"X-A: " + b"a" * 200])
async def test_a_head_that_does_not_come_is_not_waited_for(site: Site, head: bytes) -> None:
    """A connection that says nothing, or a head byte by byte, is ended; bytes do not buy time."""
    client = await site.connect()
    async with asyncio.timeout(15):
        await _drip(client, head)
        status, body = await client.answer()
    assert status in (0, 408)
    assert status == 0 or orjson.loads(body)["type"] == "urn:lgsp:problem:too-slow"
    assert site.asked == []


async def test_a_body_byte_by_byte_is_not_waited_for(site: Site) -> None:
    """A body has a least pace: 408, and the application learns that nobody is there."""
    client = await site.connect()
    await client.say(HEAD + b"Content-Length: 1000\r\n\r\n")
    async with asyncio.timeout(15):
        await _drip(client, b"a" * 1000)
        assert (await client.answer())[0] in (0, 408)
    assert site.took == []


async def test_a_slow_upload_is_taken_however_long_it_lasts(site: Site) -> None:
    """What counts is the pace in each window, not the time in all: it lasts for three windows here."""
    client = await site.connect()
    size = 25 * 100
    await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % size)
    for _ in range(25):
        await client.say(b"a" * 100)
        await asyncio.sleep(0.12)
    assert await client.answer() == (200, b"ok")
    assert site.took == [size]


async def test_who_waits_for_us_is_not_slow(site: Site) -> None:
    """Neither a body that we do not read yet, nor one that waits for our `100 Continue`, counts as slow."""
    told, untold = await site.connect(), await site.connect()
    await told.say(HEAD.replace(b"/take", b"/hold") + b"Content-Length: 300000\r\n\r\n" + b"a" * 200_000)
    await untold.say(HEAD.replace(b"/take", b"/hold") + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    await asyncio.sleep(QUICK.window + 0.5)
    site.hold.set()
    await told.say(b"a" * 100_000)
    assert await told.answer() == (200, b"ok")
    await untold.reader.readuntil(b"100 Continue\r\n\r\n")
    await untold.say(b"abc")
    assert await untold.answer() == (200, b"ok")


async def test_a_connection_may_idle_between_two_requests(site: Site) -> None:
    """For a while; then it is ended, and empty lines do not keep it."""
    client = await site.connect()
    for _ in range(2):
        await client.say(HEAD + b"Content-Length: 0\r\n\r\n")
        assert await client.answer() == (200, b"ok")
        await asyncio.sleep(QUICK.idle / 2)
    async with asyncio.timeout(15):
        await _drip(client, b"\r\n" * 100)
        assert await client.ended()


async def test_who_does_not_read_its_answer_is_left(site: Site) -> None:
    """An answer that nobody takes is not kept: the connection ends, and with it the work for it."""
    client = await site.connect(limit=1024)
    await client.say(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
    async with asyncio.timeout(15):
        while not client.writer.transport.is_closing():
            await asyncio.sleep(0.2)
            with suppress(ConnectionError):
                await client.say(b"\r\n")


async def test_many_slow_ones_leave_room_and_memory() -> None:
    """Hundreds of heads and bodies that never end: others are served meanwhile, and it costs no memory to speak of."""
    async with served(replace(QUICK, begin=3.0, window=3.0, look=1.0)) as site:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        slow = [await site.connect() for _ in range(300)]
        for n, one in enumerate(slow):
            await one.say(HEAD if n % 2 else HEAD + b"Content-Length: 1000000\r\n\r\nabc")
        assert all([await site.healthy() for _ in range(5)])
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
        assert {(await one.answer())[0] for one in slow} == {408}
        assert site.took == [3] * 5


async def test_beyond_the_last_connection_the_answer_is_clear() -> None:
    """503 with Retry-After for who comes too many; one that idles makes room instead."""
    async with served(replace(QUICK, connections=3, begin=10.0)) as site:
        idle = await site.connect()
        await idle.say(HEAD + b"Content-Length: 0\r\n\r\n")
        assert (await idle.answer())[0] == 200
        busy = [await site.connect() for _ in range(2)]
        for one in busy:
            await one.say(HEAD)
        assert await site.healthy()
        assert await idle.ended()
        third = await site.connect()
        await third.say(HEAD)
        await asyncio.sleep(0.1)
        late = await site.connect()
        status, body = await late.answer()
        assert (status, orjson.loads(body)["type"]) == (503, "urn:lgsp:problem:too-many-connections")
        await third.say(b"Content-Length: 0\r\n\r\n")
        assert await third.answer() == (200, b"ok")

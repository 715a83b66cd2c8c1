"""What is no request of HTTP, or a larger one than may be, is answered before any application hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import orjson
import pytest

from tests.serving.raw import HEAD, QUICK, Site, served

GET = b"GET /x HTTP/1.1\r\nHost: here\r\n"
SMUGGLING = {
    "length and chunked": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    "two equal lengths": HEAD + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "a list of lengths": HEAD + b"Content-Length: 4, 4\r\n\r\nabcd",
    "a signed length": HEAD + b"Content-Length: +4\r\n\r\nabcd",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "a hexadecimal length": HEAD + b"Content-Length: 0x4\r\n\r\nabcd",
    "a length beyond numbers": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a space before the colon": HEAD + b"Content-Length : 4\r\n\r\nabcd",
    "chunked, but not last": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "no chunked at all": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked twice": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nX\r\n\r\n",
    "a chunk of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a chunk that lies": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "a line that goes on": b"GET /x HTTP/1.1\r\n Host: here\r\n\r\n",
    "a carriage return inside": GET + b"X-A: b\rContent-Length: 4\r\n\r\n",
    "a NUL in a value": GET + b"X-A: b\x00c\r\n\r\n",
    "a name with a space": GET + b"X A: b\r\n\r\n",
    "no host": b"GET /x HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: elsewhere\r\n\r\n",
    "an unknown method": b"BREW /x HTTP/1.1\r\nHost: here\r\n\r\n",
    "a method in small letters": b"get /x HTTP/1.1\r\nHost: here\r\n\r\n",
    "a tunnel": b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n",
    "no path": b"GET * HTTP/1.1\r\nHost: here\r\n\r\n",
    "the address of another host": b"GET http://elsewhere/x HTTP/1.1\r\nHost: here\r\n\r\n",
    "an address that begins like ours": b"GET http://here.elsewhere/x HTTP/1.1\r\nHost: here\r\n\r\n",
    "an address of another kind": b"GET file:///etc/passwd HTTP/1.1\r\nHost: here\r\n\r\n",
    "an offer that hides a second length": HEAD
    + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a version of its own": b"GET /x HTTP/3.7\r\nHost: here\r\n\r\n",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "bytes in the path": b"GET /\xc0\xae\xc0\xae/x HTTP/1.1\r\nHost: here\r\n\r\n",
}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server that waits long enough for every test here."""
    async with served() as one:
        yield one


async def test_what_two_readers_would_read_differently_is_nobodys(site: Site) -> None:
    """400, the connection ends, and what stands behind it is never taken for another request."""
    said = {}
    for name, request in SMUGGLING.items():
        client = await site.connect()
        await client.say(request + GET.replace(b"/x", b"/smuggled") + b"\r\n")
        status, body = await client.answer()
        said[name] = (status, orjson.loads(body or b"{}").get("type"), await client.ended())
    assert said == dict.fromkeys(SMUGGLING, (400, "urn:lgsp:problem:malformed-request", True))
    assert "/smuggled" not in site.asked
    assert site.took == []
    assert await site.healthy()


HEADS = [
    (GET + b"".join(b"X-%d: 1\r\n" % n for n in range(99)) + b"\r\n", 200),
    (GET + b"".join(b"X-%d: 1\r\n" % n for n in range(100)) + b"\r\n", 431),
    (GET + b"X-A: " + b"a" * 30_000 + b"\r\n\r\n", 200),
    (GET + b"X-A: " + b"a" * 33_000 + b"\r\n\r\n", 431),
    (GET + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 4000) for n in range(9)) + b"\r\n", 431),
    (b"GET /x?" + b"a" * 8_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n", 200),
    (b"GET /x?" + b"a" * 8_192 + b" HTTP/1.1\r\nHost: here\r\n\r\n", 414),
]


async def test_a_head_is_bounded(site: Site) -> None:
    """Address, number of headers, and all of it together."""
    said = []
    for head, _ in HEADS:
        client = await site.connect()
        await client.say(head)
        said.append((await client.answer())[0])
    assert said == [status for _, status in HEADS]


@pytest.mark.parametrize("endless", [b"X-A: b\r\n", b"a"])
async def test_a_head_without_an_end_is_not_kept(endless: bytes) -> None:
    """Who goes on and on is cut off for what he sent, long before his time is over."""
    async with served(replace(QUICK, begin=60.0)) as site:
        client = await site.connect()
        await client.say(GET)
        async with asyncio.timeout(15):
            with suppress(ConnectionError):
                while not client.reader.at_eof():
                    await client.say(endless * (16_384 // len(endless)))
        assert await site.healthy()


async def test_an_old_client_without_a_host_is_served(site: Site) -> None:
    """HTTP/1.0 has none."""
    client = await site.connect()
    await client.say(b"GET /x HTTP/1.0\r\n\r\n")
    assert (await client.answer())[0] == 200
    assert await client.ended()


async def test_a_client_that_offers_another_protocol_is_served_in_ours(site: Site) -> None:
    """Java's own client offers HTTP/2 with each first request (`Upgrade: h2c`), also with those that have a body."""
    client = await site.connect()
    await client.say(HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc")
    assert await client.answer() == (200, b"ok")
    await client.say(HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n")
    await client.say(b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")
    await client.say(b"0\r\n\r\n" + GET + b"\r\n")
    assert [await client.answer() for _ in range(2)] == [(200, b"ok")] * 2
    assert site.took == [3, 4, 0]


async def test_an_address_with_our_own_host_is_that_of_its_path(site: Site) -> None:
    """Some proxies send it whole (RFC 9112, 3.2.2)."""
    client = await site.connect()
    await client.say(b"GET http://here/x?y=1 HTTP/1.1\r\nHost: here\r\n\r\n")
    assert (await client.answer())[0] == 200
    assert site.asked == ["/x"]


async def test_garbage_behind_a_request_does_not_answer_it(site: Site) -> None:
    """Whose first request is under way learns nothing wrong about it: the connection ends instead."""
    client = await site.connect()
    await client.say(b"GET /hold HTTP/1.1\r\nHost: here\r\n\r\nGARBAGE\r\n\r\n")
    assert await client.answer() == (0, b"")
    assert site.asked == ["/hold"]

"""Downloading files: only from where it is allowed, only so much, only so long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lgsp.errors import Unavailable
from lgsp.serving import running
from lgsp.wire import download
from lgsp.wire.download import Bounds, Downloads


class Server:
    """Answers as a test says, and remembers the headers of who asked."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.location = b""
        self.pieces = [b"%PDF-1.7"]
        self.pause = 0.0

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        """Serve one request: `/to` redirects, anything else hands out the pieces."""
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        moved = scope["path"] == "/to"
        headers = [(b"location", self.location)] if moved else []
        await send({"type": "http.response.start", "status": 307 if moved else 200, "headers": headers})
        for piece in [] if moved else self.pieces:
            await asyncio.sleep(self.pause)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, int]]:
    """A server on a port of its own."""
    one = Server()
    async with running(one) as port:
        yield one, port


@pytest.fixture
async def downloads() -> AsyncIterator[Downloads]:
    """A pool that is closed behind the test."""
    one = Downloads()
    yield one
    await one.close()


def bounds(largest: int = 1000, seconds: float = 5.0, *hosts: str) -> Bounds:
    """Return bounds that allow loopback, or what is named, at any port."""
    allowed = hosts or ("127.0.0.1", "localhost")
    return Bounds(lambda host, _port: host in allowed, largest, seconds)


async def cause(downloads: Downloads, url: str, within: Bounds) -> str:
    """Return why a file did not come."""
    with pytest.raises(Unavailable) as told:
        await downloads.fetch(url, lambda _: None, within)
    return told.value.cause


async def test_a_file_comes_in_pieces(server: tuple[Server, int], downloads: Downloads) -> None:
    """In order, with its size, and without any word of who asks but what HTTP needs."""
    one, port = server
    one.pieces = [b"ab", b"cd", b"e"]
    came: list[bytes] = []
    size = await downloads.fetch(f"http://127.0.0.1:{port}/x", came.append, bounds())
    assert (size, b"".join(came)) == (5, b"abcde")
    assert "user-agent" not in one.headers[0]
    assert one.headers[0]["accept-encoding"] == "identity"


async def test_credentials_of_an_address_stay_with_its_host(
    server: tuple[Server, int], downloads: Downloads
) -> None:
    """They are sent where they stand, decoded; to where that leads they are not."""
    one, port = server
    one.location = b"/x"
    await downloads.fetch(f"http://ng%C6%B0%E1%BB%9Di:m%40t@127.0.0.1:{port}/to", lambda _: None, bounds())
    assert one.headers[0]["authorization"] == "Basic bmfGsOG7nWk6bUB0"
    assert "authorization" not in one.headers[1]


async def test_what_comes_is_bounded(server: tuple[Server, int], downloads: Downloads) -> None:
    """One byte too many is too many, and a source that drips is left when its time is over."""
    one, port = server
    url = f"http://127.0.0.1:{port}/x"
    one.pieces = [b"x" * 500, b"y" * 500]
    assert await downloads.fetch(url, lambda _: None, bounds(1000)) == 1000
    assert await cause(downloads, url, bounds(999)) == "file-too-large"
    one.pieces, one.pause = [b"x"] * 100, 0.02
    assert await cause(downloads, url, bounds(1000, 0.1)) == "file-source-slow"


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/x", "http://127.0.0.1@10.0.0.1/x", "http://127.0.0.1\\@10.0.0.1/x",
        "http://127.0.0.1\n.evil.vn/x", "file:///etc/passwd", "http://", "", "//127.0.0.1/x",
        "http://[127.0.0.1]/x", "http://127.0.0.1.evil.vn/x",
    ],
)  # fmt: skip
async def test_what_is_not_allowed_is_not_asked(downloads: Downloads, url: str) -> None:
    """However an address is written, one reading decides, and that one is asked."""
    assert await cause(downloads, url, bounds()) == "file-source-elsewhere"


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1"])
async def test_a_name_does_not_lead_to_this_machine(
    downloads: Downloads, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """An allowed name whose owner points it at us, or at the link, is not followed."""

    class Resolver:
        async def resolve(self, host: str, port: int = 0, _family: Any = socket.AF_INET) -> list[Any]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            return [
                {"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}
            ]

        async def close(self) -> None:
            """Hold nothing."""

    monkeypatch.setattr(download.aiohttp, "ThreadedResolver", Resolver)
    within = bounds(1000, 5.0, "tep.so.lan")
    assert await cause(downloads, "http://tep.so.lan:9/x", within) == "file-source-elsewhere"


async def test_nobody_there_is_away(downloads: Downloads) -> None:
    """A closed port, and a name that nobody knows."""
    assert await cause(downloads, "http://127.0.0.1:1/x", bounds()) == "file-source-away"
    within = bounds(1000, 5.0, "tep.invalid")
    assert await cause(downloads, "http://tep.invalid/x", within) == "file-source-away"

"""Bodies that nobody holds: what is in doubt and what is not, what is kept of them, and where they end."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from lgsp.errors import Scope, Unavailable, Uncertain
from lgsp.store.passing import Passing
from lgsp.wire.exchange import recorded
from lgsp.wire.fence import Fenced, fenced
from lgsp.wire.http import Http
from lgsp.wire.streamed import PIECE, Outflow, Upload

Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LARGE = bytes(range(256)) * (20 << 10)
LAST = b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@asynccontextmanager
async def served(act: Served, timeout: float = 5.0) -> AsyncIterator[tuple[Http, str]]:  # noqa: ASYNC109
    """Serve each connection by an act; yields a client and the address."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await act(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(meet, "127.0.0.1", 0)
    http = Http(limit=2, timeout=timeout)
    try:
        yield http, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    finally:
        await http.close()
        listening.close()
        await listening.wait_closed()


async def body_of(reader: asyncio.StreamReader) -> bytes:
    """Read a request whose length is told."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert b"transfer-encoding" not in head
    return await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))


@pytest.fixture
def file() -> Iterator[Passing]:
    """A file of 5 MiB."""
    with Passing() as passing:
        passing.write(LARGE)
        yield passing


@pytest.mark.parametrize("tail", [b"", b"\r\n"])
async def test_a_file_goes_out_as_it_is(file: Passing, tail: bytes) -> None:
    """With its length told before, its tail behind it, and nothing of it kept but what is to be shown."""
    came: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await body_of(reader))
        writer.write(OK + LAST)

    with recorded() as exchanges:
        async with served(take) as (http, url):
            for content in (file, LARGE, b""):
                answer = await http.upload(url, Upload(content, tail, b"<head>"))
                assert (answer.status, answer.text) == (200, "{}")
    assert came == [LARGE + tail, LARGE + tail, tail]
    assert [one.request for one in exchanges] == [b"<head>"] * 3


async def test_an_empty_file_goes_out() -> None:
    """Nothing, and its tail."""
    came: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await body_of(reader))
        writer.write(OK + LAST)

    async with served(take) as (http, url):
        with Passing() as empty:
            await http.upload(url, Upload(empty, b"\r\n"))
    assert came == [b"\r\n"]


async def test_who_lost_the_right_to_send_writes_nothing(file: Passing) -> None:
    """The fence stands before the first byte of a file as before any other."""
    met: list[bool] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(True)

    async with served(take) as (http, url):
        with fenced(lambda: False), recorded() as exchanges, pytest.raises(Fenced):
            await http.upload(url, Upload(file))
    assert (met, exchanges) == ([], [])


async def test_half_an_upload_was_not_applied(file: Passing) -> None:
    """A connection that broke before the last byte: no server takes that for a whole request."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(PIECE)

    async with served(take) as (http, url):
        with pytest.raises(Unavailable) as fault:
            await http.upload(url, Upload(file))
    assert (type(fault.value), fault.value.cause, fault.value.scope) == (
        Unavailable, "connection-lost", Scope.MESSAGE,
    )  # fmt: skip


async def test_a_stalled_upload_was_not_applied(file: Passing) -> None:
    """Nobody reads: the time runs out with bytes still here."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    async with served(take, timeout=0.4) as (http, url):
        with pytest.raises(Unavailable) as fault:
            await http.upload(url, Upload(LARGE * 4))
    assert (type(fault.value), fault.value.cause) == (Unavailable, "timed-out")


@pytest.mark.parametrize("tail", [b"", b"\r\n"])
async def test_a_whole_upload_without_an_answer_is_uncertain(file: Passing, tail: bytes) -> None:
    """The last byte was written and the connection broke: it may have been applied."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await body_of(reader)

    async with served(take) as (http, url):
        with pytest.raises(Uncertain) as fault:
            await http.upload(url, Upload(file, tail))
    assert fault.value.cause == "connection-lost"


async def test_a_file_that_shrank_is_not_sent_as_whole(file: Passing) -> None:
    """Less is there than was told: the server waits for the rest, and takes nothing."""
    out = Outflow(Upload(file, b"\r\n"))
    file.truncate(PIECE)
    assert sum([len(piece) async for piece in out.pieces()]) == PIECE + 2
    assert (out.whole, out.size) == (False, len(LARGE) + 2)


async def test_a_file_is_not_whole_before_its_last_byte(file: Passing) -> None:
    """Whoever is cut short between two pieces knows that not all was written."""
    out = Outflow(Upload(file))
    seen = [(len(piece), out.whole) async for piece in out.pieces()]
    assert [whole for _, whole in seen[:-2]] == [False] * 19
    assert seen[-2:] == [(PIECE, True), (0, True)]


def spoken(body: bytes, head: bytes = OK) -> Served:
    """Return an act that answers this to every request of a connection."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await body_of(reader)
            writer.write(head + body)
            await writer.drain()

    return act


async def test_a_large_answer_comes_in_pieces() -> None:
    """In order, none much larger than a piece; only the size is kept of it."""
    pieces: list[bytes] = []
    told = b"Content-Length: %d\r\n\r\n" % len(LARGE)
    with recorded() as exchanges:
        async with served(spoken(told + LARGE)) as (http, url):
            answer = await http.receive(url, pieces.append, body=b"{}", largest=len(LARGE))
    assert (answer.status, answer.text, answer.content_type) == (200, "", "application/json")
    assert hashlib.sha256(b"".join(pieces)).digest() == hashlib.sha256(LARGE).digest()
    assert max(map(len, pieces)) < 2 * PIECE
    assert exchanges[0].answer == b"(%d bytes)" % len(LARGE)
    assert exchanges[0].request == b"{}"


@pytest.mark.parametrize("told", [b"Content-Length: %d\r\n\r\n", b"Connection: close\r\n\r\n"])
async def test_an_answer_is_bounded_whatever_it_declares(told: bytes) -> None:
    """One byte more than may come ends it."""
    head = told % len(LARGE) if b"%d" in told else told
    came: list[int] = []

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await body_of(reader)
        writer.write(OK + head + LARGE)

    async with served(act) as (http, url):
        with pytest.raises(Unavailable) as fault:
            await http.receive(url, lambda piece: came.append(len(piece)), body=b"{}", largest=len(LARGE) - 1)
    assert (fault.value.cause, fault.value.said) == ("answer-too-large", str(len(LARGE) - 1))
    assert sum(came) < len(LARGE)


async def test_an_answer_that_breaks_off_did_not_come() -> None:
    """Less than was declared: the taker has seen a part, and learns that it is one."""
    came: list[bytes] = []

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await body_of(reader)
        writer.write(OK + b"Content-Length: %d\r\n\r\n" % len(LARGE) + LARGE[: PIECE * 2])

    async with served(act) as (http, url):
        with pytest.raises(Unavailable) as fault:
            await http.receive(url, came.append, body=b"{}", largest=len(LARGE))
    assert fault.value.cause == "connection-lost"
    assert came, "what was handed on is not asked for again behind the taker's back"


async def test_what_the_taker_raises_ends_the_call() -> None:
    """Somebody who cannot use it need not have all of it; the next call has a connection of its own."""

    def take(piece: bytes) -> None:
        raise KeyError("no use")

    told = b"Content-Length: %d\r\n\r\n" % len(LARGE)
    async with served(spoken(told + LARGE)) as (http, url):
        with pytest.raises(KeyError):
            await http.receive(url, take, body=b"{}", largest=len(LARGE))
        assert (await http.receive(url, bytes, body=b"{}", largest=len(LARGE))).status == 200


async def test_another_status_is_an_answer_like_any_other() -> None:
    """Nothing of it is handed on; its text is there."""
    came: list[bytes] = []
    head = b"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\n"
    async with served(spoken(b"gone", head)) as (http, url):
        answer = await http.receive(url, came.append, body=b"{}", largest=10)
    assert (answer.status, answer.text, came) == (404, "gone", [])


async def test_it_is_asked_for_again_while_nothing_came() -> None:
    """It changes nothing at the far side: a 503 and a broken connection are tried again for some seconds."""
    calls: list[int] = []
    came: list[bytes] = []

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await body_of(reader)
        calls.append(1)
        if len(calls) == 2:
            writer.write(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
        if len(calls) == 3:
            writer.write(OK + LAST)

    async with served(act) as (http, url):
        await http.receive(url, came.append, body=b"{}", largest=10)
    assert (len(calls), came) == (3, [b"{}"])

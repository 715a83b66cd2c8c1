"""What a server asks us to wait is heard, in both of the forms that HTTP has."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate

import pytest

from lgsp.errors import Scope, Unavailable, Uncertain
from lgsp.wire.http import Answer, Http


@asynccontextmanager
async def server(status: int, retry_after: str) -> AsyncIterator[str]:
    """Answer every request with a status and what to wait; yields the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} No\r\nRetry-After: {retry_after}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    finally:
        listening.close()
        await listening.wait_closed()


async def asked(status: int, retry_after: str) -> Unavailable:
    """Return the fault that a post ends with."""
    http = Http(limit=2, timeout=5)
    try:
        async with server(status, retry_after) as url:
            with pytest.raises(Unavailable) as raised:
                await http.post(url, b"{}", headers={})
            return raised.value
    finally:
        await http.close()


@pytest.mark.parametrize("status", [429, 503])
async def test_seconds_and_a_date_say_the_same(status: int) -> None:
    """Both are the system's failure; a date that has passed is no wait at all."""
    fault = await asked(status, "120")
    assert (fault.scope, fault.after) == (Scope.SYSTEM, 120.0)
    fault = await asked(status, formatdate(time.time() + 120, usegmt=True))
    assert fault.after is not None
    assert 110 < fault.after <= 120
    assert (await asked(status, formatdate(time.time() - 9999, usegmt=True))).after == 0.0


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "²", "Fri, 31 Dec"])
async def test_what_is_neither_is_not_heard(said: str) -> None:
    """A server's slip is no fault of ours: the own schedule holds."""
    assert (await asked(503, said.encode("utf-8").decode("latin-1"))).after is None


async def test_a_wait_does_not_settle_a_doubt() -> None:
    """A gateway that gave up on its own back end may have passed it on: uncertain, and the wait is heard."""
    fault = await asked(504, "7")
    assert (type(fault), fault.after) == (Uncertain, 7.0)


@pytest.mark.parametrize("status", [429, 503])
async def test_who_reads_a_status_itself_is_given_it_with_the_wait(status: int) -> None:
    """As an answer, at once: a read is not repeated until whoever asked it has seen what was said."""
    http = Http(limit=2, timeout=5)
    try:
        async with server(status, "7") as url:
            posted = await http.post(url, b"{}", read=True, heard={status})
            got = await http.get(url, heard={status}, timeout=3.0)
    finally:
        await http.close()
    assert [(one.status, one.after) for one in (posted, got)] == [(status, 7.0)] * 2


async def test_an_answer_without_a_wait_has_none() -> None:
    """What a server does not say is not guessed."""
    http = Http(limit=2, timeout=5)
    try:
        async with server(503, "soon") as url:
            assert (await http.get(url, heard=(503,))).after is None
    finally:
        await http.close()


@pytest.mark.parametrize(("retry_after", "times"), [("30", 1), ("", 2)])
async def test_a_read_is_not_repeated_before_the_time_that_was_said(retry_after: str, times: int) -> None:
    """A wait longer than anybody repeats a read for goes to whoever asked, at once; without one it is repeated."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        first = len(asked) == 1
        head = f"HTTP/1.1 503 No\r\nRetry-After: {retry_after}\r\n" if first else "HTTP/1.1 200 OK\r\n"
        writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    http = Http(limit=2, timeout=60)
    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        if times == 1:
            with pytest.raises(Unavailable) as told:
                await http.get(url)
            assert told.value.after == 30.0
        else:
            assert (await http.get(url)).status == 200
    finally:
        await http.close()
        listening.close()
        await listening.wait_closed()
    assert len(asked) == times


async def got(head: str, body: bytes) -> Answer:
    """Return what is read of a body under a status of 200 with such headers."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    http = Http(limit=2, timeout=60)
    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        return await http.get(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/")
    finally:
        await http.close()
        listening.close()
        await listening.wait_closed()


async def test_the_charset_of_an_answer_is_heard() -> None:
    """What a far side declares reaches the text, where the bytes are not UTF-8."""
    found = await got("Content-Type: text/plain; charset=iso-8859-1", "Sài Gòn".encode("iso-8859-1"))
    assert (found.status, found.text) == (200, "Sài Gòn")


async def test_an_answer_that_grows_when_it_is_unpacked_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compressed says little of its length: no more of it is held than of any other answer."""
    monkeypatch.setattr("lgsp.wire.http._ANSWER_LIMIT", 100_000)
    found = await got("Content-Encoding: gzip", gzip.compress(b" " * 1_000_000))
    assert found.text.isspace()
    assert len(found.text) == 100_000

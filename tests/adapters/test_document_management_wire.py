"""Over a real connection: what the vendor's client puts on the wire is answered, and large packets cost no memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from lgsp.api.edge import Edge
from lgsp.formats.axis.hashing import hash_file
from lgsp.formats.axis.protocol import FILE_TYPE
from lgsp.formats.axis.replies import Answer, read_answer
from lgsp.formats.axis.signing import sign
from lgsp.formats.edxml import receiving
from lgsp.message import Raw
from lgsp.serving import running
from tests.asgi import call
from tests.document_desk import Desk, FakeInbox, with_file
from tests.formats.axis import captured as wire
from tests.sandbox.axis_client import MINIMAL, minimal

ROOT = Path(__file__).parents[2]


class Line:
    """One connection, kept alive, on which raw requests go out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def head(self) -> dict[str, str]:
        """Read the head of an answer; its status stands under an empty name."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return {**fields, "": head[0].split(" ")[1]}

    async def answer(self) -> Answer:
        """Read an answer, its body whole or in chunks."""
        fields = await self.head()
        if "content-length" in fields:
            return read_answer(await self._reader.readexactly(int(fields["content-length"])))
        body = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            body += (await self._reader.readexactly(size + 2))[:size]
        await self._reader.readexactly(2)
        return read_answer(body)


@asynccontextmanager
async def connected(desk: Desk) -> AsyncIterator[Line]:
    """Serve a façade and connect to it."""
    async with running(desk.axis) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(20):
            yield Line(reader, writer)
        writer.close()
        await writer.wait_closed()


def raw(name: str) -> bytes:
    """Return a captured request as it stood on the wire, but for where it went."""
    return (wire.FOLDER / f"{name}.http").read_bytes()


@pytest.fixture
def dummy(tmp_path: Path) -> Desk:
    """Open a façade for the client whose requests were captured."""
    inbox = FakeInbox()
    inbox.directory.serving = ("H37", "H41")
    return Desk(tmp_path, inbox, system_id=wire.SYSTEM, secret=wire.SECRET)


async def test_the_captured_requests_are_answered_on_one_connection(dummy: Desk) -> None:
    """One after the other, all are believed; what the client asks to continue is told to."""
    async with connected(dummy) as line:
        for name in wire.NAMES:
            line.writer.write(raw(name))
            if b"Expect: 100-continue" in raw(name):
                assert (await line.head())[""] == "100"
            answer = await line.answer()
            assert answer.code != "15", name
    assert len(dummy.inbox.taken) == 1


@pytest.mark.parametrize("believed", [True, False])
async def test_who_waits_for_a_hundred_gets_it(dummy: Desk, believed: bool) -> None:
    """The body is asked for, also of a client that is not believed, and the connection is good for the next."""
    head, _, body = raw("10_getEdoc").partition(b"\r\n\r\n")
    head = head if believed else head.replace(b"hash-header: 6c", b"hash-header: 00")
    async with connected(dummy) as line:
        for _ in range(2):
            line.writer.write(head + b"\r\n\r\n")
            assert (await line.head())[""] == "100"
            line.writer.write(body)
            assert (await line.answer()).code == ("10" if believed else "15")


async def test_a_refused_packet_leaves_the_connection_good(dummy: Desk) -> None:
    """A packet of a forger is not read, and what follows it on the wire is the next request."""
    forged = raw("08_sendEdoc").replace(b"hash-header: 51", b"hash-header: 00")
    async with connected(dummy) as line:
        for packet, code in ((forged, "15"), (raw("08_sendEdoc"), "0")):
            line.writer.write(packet)
            assert (await line.answer()).code == code


async def test_a_client_that_goes_away_leaves_nothing(dummy: Desk) -> None:
    """Half a packet is neither taken on nor kept, and the façade goes on."""
    packet = with_file(dummy, 2_000_000)
    said = {"messagetype": "edoc", "from": "H37", "hash-file": hash_file(packet)}
    signed = sign(wire.SECRET, wire.SYSTEM, said, dummy.times.now(), content_type=FILE_TYPE)
    head = [b"POST /sendEdoc HTTP/1.1", b"Host: here", b"Content-Length: %d" % len(packet)]
    head += [f"{name}: {value}".encode() for name, value in signed.items()]
    async with running(dummy.axis) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\r\n".join(head) + b"\r\n\r\n" + packet[:1_500_000])
        await writer.drain()
        async with asyncio.timeout(10):
            await leftovers(dummy, there=True)
            writer.close()
            await leftovers(dummy, there=False)
    assert dummy.inbox.taken == {}
    assert dummy.inbox.rejected == []


async def leftovers(desk: Desk, *, there: bool) -> None:
    """Wait until something is put down, or nothing is left."""
    while bool(desk.leftovers()) is not there:  # noqa: ASYNC110 - it lies in a folder
        await asyncio.sleep(0.01)


async def test_a_list_of_agencies_is_streamed(dummy: Desk) -> None:
    """It comes in chunks, and is whole."""
    async with connected(dummy) as line:
        line.writer.write(raw("01_getAgenciesList"))
        assert len((await line.answer()).items()) > 60


async def test_a_facade_may_be_sent_more_than_others(tmp_path: Path) -> None:
    """The bound of a request is the adapter's behind its own address, and everybody's elsewhere."""
    desk = Desk(tmp_path)
    app = FastAPI()
    app.mount("/systems/dms", desk.axis)
    edge = Edge(app, 1000, {"/systems/dms/": desk.adapter.largest})
    desk.axis = edge  # type: ignore[assignment]
    for path, status in (("/systems/dms/sendEdoc", 200), ("/systems/dmsx/sendEdoc", 413), ("/v1/x", 413)):
        reply = await call(edge, "POST", path, body=MINIMAL, headers={"Content-Length": str(len(MINIMAL))})
        assert reply.status == status
    too_much = {"Content-Length": str(desk.adapter.largest + 1)}
    assert (await call(edge, "POST", "/systems/dms/sendEdoc", headers=too_much)).status == 413


async def test_large_packets_do_not_keep_small_ones_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many large packets two are read at once; a small one passes them all."""
    desk, gate = Desk(tmp_path), threading.Event()
    large = with_file(desk, 5 << 20)
    reading: list[int] = []

    whole = receiving._whole

    def slow(raw: Raw, *rest: Any) -> Any:
        if raw.size > 1 << 20:
            reading.append(raw.size)
            assert gate.wait(20)
        return whole(raw, *rest)

    monkeypatch.setattr(receiving, "_whole", slow)
    others = [asyncio.create_task(Desk.send(clone(desk), large)) for _ in range(8)]
    async with asyncio.timeout(20):
        while len(reading) < 2:  # noqa: ASYNC110 - it happens in threads
            await asyncio.sleep(0.01)
        assert (await desk.send(minimal(99))).ok
        assert len(reading) == 2
        gate.set()
        assert all(answer.ok for answer in await asyncio.gather(*others))


def clone(desk: Desk) -> Desk:
    """Return another client of the same façade: each keeps the parameters of its own calls."""
    other = copy(desk)
    other.parameters = {}
    return other


async def test_a_large_packet_costs_no_memory(tmp_path: Path) -> None:
    """Taken on and handed out, a packet of 56 MB raises the peak of the process by less than 24 MB."""
    asked = [sys.executable, "-m", "tests.large_packet", str(tmp_path)]
    told = await asyncio.to_thread(
        subprocess.run, asked, check=True, capture_output=True, text=True, timeout=100, cwd=ROOT
    )
    size, taken, handed, raised = map(int, told.stdout.split())
    assert (size > 50_000_000, taken, handed > size) == (True, size, True)
    assert raised < 24

"""Holding what the stand-in axis does wrong when it is told to."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime

import aiohttp
import orjson
import pytest

from lgsp.formats.axis.replies import Unreadable, read_answer
from lgsp.formats.axis.signing import sign
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.axis.damage import DAMAGES
from lgsp.sandbox.axis.readers import read_lenient
from lgsp.sandbox.axis.tree import BadPacket, grow
from lgsp.sandbox.server import serve
from lgsp.serving import running
from tests.sandbox.axis_client import FULL, client, minimal

HERE = "H37.02.02"


@pytest.mark.parametrize(
    ("fault", "status"), [("html", 200), ("http_502", 502), ("http_500", 500), ("http_503", 503)]
)
async def test_an_outage_does_nothing_and_is_no_answer(fault: str, status: int) -> None:
    """A page or a bare word instead of JSON; nothing was taken."""
    side = client(**{fault: 1, "retry_after": 7})
    reply = await side.raw("sendEdoc", minimal() + b"\r\n", messagetype="edoc")
    assert reply.status == status
    assert reply.headers.get("retry-after") == ("7" if status == 503 else None)
    with pytest.raises(Unreadable):
        read_answer(reply.body)
    assert side.axis.state()["calls"] == {}


async def test_coming_and_going() -> None:
    """Up first, then down, then up again."""
    side = client(flapping={"up_ms": 1000, "down_ms": 1000})
    seen = []
    for passed in (0.5, 1.5, 2.5):
        side.times.passed = passed
        seen.append((await side.raw("getAgenciesList")).status)
    assert seen == [200, 503, 200]


async def test_a_broken_answer_was_acted_on() -> None:
    """The packet is taken, and the answer cannot be read: the worst of both."""
    side = client(broken_json=1)
    with pytest.raises(Unreadable):
        await side.send(minimal())
    assert side.axis.state()["taken_edoc"] == 1


async def test_a_held_answer_was_acted_on() -> None:
    """What was sent is taken at once, its answer comes late."""
    side = client(timeout_after_store=1, hang_ms=60_000)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(side.send(minimal()), 0.1)
    assert side.axis.state()["taken_edoc"] == 1


async def test_a_packet_may_be_cut_on_its_way() -> None:
    """The next attempt brings it whole: the damage is of the call, not of the packet."""
    side = client(truncated_data=1)
    await side.send(minimal(to=HERE))
    docid = (await side.list())[0]["docId"]
    with pytest.raises(Unreadable):
        await side.fetch(docid)
    await side.control("PUT", "_faults", {})
    assert b"18/UBND-VP" in await side.fetch(docid)


async def test_a_duplicate_has_another_id_and_other_traces() -> None:
    """The same document under two ids: only without its trace headers is it the same packet."""
    side = client(duplicate=1)
    await side.send(minimal(to=HERE))
    first, second = await side.collect()
    assert first != second
    traces = re.compile(rb"<edXML:TraceHeader>.*?</edXML:TraceHeader>", re.DOTALL)
    assert traces.sub(b"", first) == traces.sub(b"", second)


async def test_a_list_may_name_an_item_twice_and_one_that_is_done() -> None:
    """At least once, in two ways."""
    side = client(list_twice=1, relist=1)
    await side.send(minimal(to=HERE))
    items = [item["docId"] for item in await side.list()]
    assert len(items) == 2
    await side.done(items[0])
    assert {item["docId"] for item in await side.list()} == {items[0]}


async def test_statuses_may_come_last_first() -> None:
    """06 stands before 03 in the list."""
    side = client(reorder_statuses=1)
    await side.send(minimal())
    codes = [re.findall(rb"StatusCode>(\d+)<", packet)[0] for packet in await side.collect("status")]
    assert codes == [b"06", b"05", b"04", b"03", b"01"]


@pytest.mark.parametrize("name", DAMAGES)
async def test_each_damage_is_one_and_stays(name: str) -> None:
    """A packet with a damage is another one than without, and the same when it is fetched again."""
    side = client(damage={name: 1})
    await side.send(FULL)
    docid = (await side.list())[0]["docId"]
    damaged = await side.fetch(docid)
    assert damaged == await side.fetch(docid)
    await side.control("PUT", "_faults", {})
    assert damaged != await side.fetch(docid)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("junk-prolog", "not well-formed"),
        ("doctype", "DOCTYPE"),
        ("foreign-namespace", "NullPointer"),
        ("zip-typed-pdf", "zip END header"),
    ],
)
async def test_some_damage_stops_a_reader(name: str, words: str) -> None:
    """The vendor's reader does not survive these."""
    side = client(damage={name: 1})
    await side.send(FULL)
    [packet] = await side.collect()
    with pytest.raises(BadPacket, match=words):
        read_lenient(grow(packet))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("slashed-date", rb"PromulgationDate>05/03/2026<"),
        ("null-organ", rb"<edXML:OrganId>null</edXML:OrganId>"),
        ("bom", rb"\A\xef\xbb\xbf<\?xml"),
        ("utf-16", rb"\A\xff\xfe"),
        ("pdf-typed-zip", rb"application/pdf</ContentType>\s*<[^>]*>UEsDB"),
    ],
)
async def test_some_damage_is_only_odd(name: str, pattern: bytes) -> None:
    """These are read, and should be noticed."""
    side = client(damage={name: 1})
    await side.send(FULL)
    [packet] = await side.collect()
    assert re.search(pattern, packet)
    assert read_lenient(grow(packet)).header.said("Subject")


async def test_a_missing_id_and_a_cut_attachment() -> None:
    """The packet has no DocumentId; the base64 of its files is no whole number of bytes."""
    side = client(damage={"missing-document-id": 1, "truncated-attachment": 1})
    await side.send(FULL)
    [packet] = await side.collect()
    header = grow(packet).first("edXMLEnvelope", "edXMLHeader", "MessageHeader")
    assert header is not None
    assert header.said("DocumentId") == ""
    coded = re.findall(rb"<edXML:ContentTransferEncoded[^>]*>([^<]+)<", packet)
    assert {len(text) % 4 for text in coded} == {1}


async def test_half_of_the_packets_may_be_damaged() -> None:
    """A share falls on some packets and spares others, by their ids."""
    side = client(damage={"bom": 0.5})
    for number in range(60):
        await side.send(minimal(number, to=HERE))
    marked = [packet.startswith(b"\xef\xbb\xbf") for packet in await side.collect()]
    assert 10 < sum(marked) < 50


async def test_a_slow_hundred_costs_only_those_who_expect_it() -> None:
    """Over a real connection: the client that asks for `100 Continue` waits, the other does not."""
    side = client(slow_continue_ms=150)
    async with (
        running(Sandbox(document_axis=side.axis)) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        took = []
        for expect in (True, False):
            headers = sign("sandbox", "lgsp", {"AgencyCode": "H37.77"}, side.times.now())
            started = time.perf_counter()
            async with session.post(
                "/document-axis/deleteAgency", data=b"{}", headers=headers, expect100=expect
            ) as answer:
                assert orjson.loads(await answer.read())["status"] == "FAIL"
            took.append(time.perf_counter() - started)
    assert took[0] >= 0.15


async def test_the_served_sandbox_has_an_axis() -> None:
    """What `lgsp sandbox` serves has the documented client: system `lgsp`, secret `sandbox`, for H44."""
    opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(0, ready=opened.set_result))
    headers = sign("sandbox", "lgsp", {"level": "1"}, datetime.now(UTC))
    url = f"http://127.0.0.1:{await opened}/document-axis/getAgenciesListQD20"
    async with aiohttp.ClientSession() as session, session.post(url, headers=headers) as answer:
        items = read_answer(await answer.read()).items()
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)
    assert {"H44", "G22", "G12"} <= {item["code"] for item in items}


async def test_the_axis_lives_in_the_sandbox_beside_others() -> None:
    """Its control addresses and its operations are under its own first segment, over a real connection."""
    side = client()
    async with (
        running(Sandbox(document_axis=side.axis)) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        headers = sign("sandbox", "lgsp", {"messagetype": "edoc"}, side.times.now())
        async with session.post("/document-axis/getReceivedEdocList", headers=headers) as answer:
            assert read_answer(await answer.read()).items() == []
        async with session.get("/document-axis/_state") as answer:
            assert (await answer.json())["calls"] == {"getReceivedEdocList": 1}
        async with session.get("/document-axis/nothing") as answer:
            assert answer.status == 404

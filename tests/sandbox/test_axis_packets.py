"""Holding how the stand-in axis reads a packet, writes it again, and what it changes on the way."""

from __future__ import annotations

import asyncio
import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.sandbox.axis.directory import Directory, is_under
from lgsp.sandbox.axis.layout import is_status, lay_out
from lgsp.sandbox.axis.readers import read_lenient, strict_fault
from lgsp.sandbox.axis.transit import HUB, OLD_MARK, header_of, pass_on, stamped
from lgsp.sandbox.axis.tree import BadPacket, Node, grow
from tests.sandbox.axis_client import FULL, MEMBERS, MINIMAL, MOMENT, PACKETS, SYSTEMS, client

NAMES = tuple(sorted(path.name for path in PACKETS.glob("*.edxml")))
STATUS = (PACKETS / "gen_status_01.edxml").read_bytes()


def packet(name: str) -> bytes:
    """Return a packet that the vendor's library wrote."""
    return (PACKETS / name).read_bytes()


def passed(raw: bytes, *, keep_id: bool = True) -> Node:
    """Return the message of a packet as it comes out of the axis, with its trace headers."""
    root = grow(raw)
    pass_on(root, Directory(MEMBERS, SYSTEMS), keep_id=keep_id)
    found = grow(stamped(root, MOMENT)).first("edXMLEnvelope", "edXMLHeader")
    assert found is not None
    return found


def receivers(header: Node) -> list[tuple[str, str]]:
    """Return code and mark of each receiver."""
    message = header.all("MessageHeader")[0]
    return [(to.said("OrganId"), to.said("OrganizationInCharge")) for to in message.all("To")]


@pytest.mark.parametrize("name", NAMES)
def test_the_layout_is_the_vendors_byte_for_byte(name: str) -> None:
    """What the vendor's library wrote is read and written again without one byte of difference."""
    assert lay_out(grow(packet(name))) == packet(name)


@pytest.mark.parametrize(
    "raw",
    [
        FULL.replace(b"\r\n", b"\n"),
        re.sub(rb">\s+<", b"><", FULL),
        b"\xef\xbb\xbf" + FULL,
        FULL.decode().replace('"UTF-8"', '"UTF-16"', 1).encode("utf-16"),
        FULL.replace(b"edXML:", b"q:").replace(b"xmlns:edXML", b"xmlns:q"),
        FULL.replace(b"<edXML:Subject>", b"<edXML:Foo>x</edXML:Foo><edXML:Subject>"),
        FULL.replace(b"<edXML:Reference>", b'<edXML:Reference xlink:href="cid:1">'),
        FULL.replace(b"<ContentId>cid:", b"<ContentId>"),
        FULL.replace(b"KeyInfo>", b"KeyInfo >").replace(b"</KeyInfo >", b"</KeyInfo>"),
    ],
    ids=["lf", "one-line", "bom", "utf-16", "prefix", "unknown", "xlink", "cid", "spaces"],
)
def test_what_says_the_same_is_laid_out_the_same(raw: bytes) -> None:
    """Byte equality does not survive the axis: prefixes, white space, marks and unknown elements are gone."""
    assert lay_out(grow(raw)) == FULL


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x",
        FULL[:900],
        b"1212" + FULL,
        b'<?xml version="1.0"?><!DOCTYPE a><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///nonexistent/x">]><a>&x;</a>',
        b"<a>" * 65 + b"</a>" * 65,
        b"<a>" + b"<b/>" * 100_001 + b"</a>",
        b"\x00" * 30,
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_what_could_do_harm_is_not_read(raw: bytes) -> None:
    """No document type and so no entity in any encoding; bounded depth and number; broken XML is said."""
    with pytest.raises(BadPacket):
        grow(raw)


@given(st.binary(max_size=60), st.integers(0, len(FULL)), st.integers(0, 40))
def test_no_damage_breaks_the_reader(inserted: bytes, at: int, cut: int) -> None:
    """Any bytes anywhere in a packet are read or refused by name, by the tree and by both peers."""
    raw = FULL[:at] + inserted + FULL[at + cut :]
    try:
        root = grow(raw)
        strict_fault(root)
        read_lenient(root)
    except BadPacket as fault:
        text = str(fault)
        assert text


def test_two_trace_headers_are_added() -> None:
    """The first names no agency, the second the hub; those that were there stay before them."""
    traces = passed(FULL).all("TraceHeaderList")[0].all("TraceHeader")
    assert [trace.said("OrganId") for trace in traces] == ["H37", "02.29.W00", "", HUB]
    assert [trace.said("Timestamp") for trace in traces[2:]] == ["2026/03/05 08:00:00", "2026/03/05 08:00:01"]
    assert len(passed(MINIMAL).all("TraceHeaderList")[0].all("TraceHeader")) == 2


def test_an_agency_with_two_codes_is_named_by_both() -> None:
    """The old code stands behind the new one and is marked, whichever of them the sender wrote."""
    assert receivers(passed(FULL)) == [
        ("G22", "Đơn vị chủ quản Văn phòng Chính phủ"),
        ("000.00.00.G22", OLD_MARK),
        ("H37.02.02", "Đơn vị chủ quản Xã Thử"),
        ("G12", ""),
        ("000.00.00.G12", OLD_MARK),
    ]
    old = passed(MINIMAL.replace(b"<edXML:OrganId>G22<", b"<edXML:OrganId>000.00.00.G22<"))
    assert receivers(old) == [("G22", ""), ("000.00.00.G22", OLD_MARK)]
    names = [to.said("OrganName") for to in old.all("MessageHeader")[0].all("To")]
    assert names == ["Văn phòng Chính phủ", "Văn phòng Chính phủ (Mã cũ) (qd20)"]


def test_what_is_missing_gets_the_vendors_defaults() -> None:
    """`Direction` becomes false, a missing steering type 0; an id is drawn only when that is asked for."""
    raw = re.sub(rb"<edXML:(Direction|SteeringType|DocumentId|Type)>[^<]*</edXML:\1>", b"", FULL)
    header = passed(raw).all("MessageHeader")[0]
    assert (header.said("OtherInfo", "Direction"), header.said("SteeringType")) == ("false", "0")
    assert (header.said("DocumentType", "Type"), header.said("DocumentId")) == ("2", "")
    drawn = passed(raw, keep_id=False).all("MessageHeader")[0].said("DocumentId")
    assert len(drawn) == 36


def test_a_packet_without_a_body_gets_an_empty_one() -> None:
    """The vendor's writer knows no document without a manifest and a list of attachments."""
    bare = re.sub(
        rb"<edXML:edXMLBody>.*</edXML:edXMLBody>|<AttachmentEncoded />", b"", MINIMAL, flags=re.DOTALL
    )
    assert lay_out(grow(bare)) == MINIMAL


@pytest.mark.parametrize("raw", [b"<edXML/>", MINIMAL.replace(b"MessageHeader>", b"Header>")])
def test_a_packet_without_a_header_is_none(raw: bytes) -> None:
    """Another root, or no message header: nobody can tell whom it is for."""
    with pytest.raises(BadPacket):
        header_of(grow(raw))


async def test_a_large_packet_is_read_beside_small_ones() -> None:
    """Half a megabyte of attachment arrives byte for byte, while others are answered."""
    side = client()
    content = base64.b64encode(bytes(range(256)) * 2048)
    large = FULL.replace(b">0M8R4KGxGuFmYWtl<", b">" + content + b"<")
    task = asyncio.create_task(side.send(large))
    await asyncio.sleep(0)
    assert await client().list() == []
    assert (await task).ok
    [packet] = await side.collect()
    assert read_lenient(grow(packet)).files["cu.doc"] == bytes(range(256)) * 2048


async def test_a_lenient_peer_fails_what_breaks_its_reader() -> None:
    """Its words stand in the sender's list, and no status follows."""
    side = client()
    assert (await side.send(MINIMAL.replace(b"SteeringType>0<", b"SteeringType>x<"))).ok
    [sent] = (await side.ask("getSentEdocList", servicetype="eDoc", messagetype="edoc")).items()
    assert sent["receiveStatusDesc"] == 'NumberFormatException: For input string: "x"'
    assert await side.list("status") == []


def test_a_status_passes_without_trace_headers() -> None:
    """A status packet has no place for them."""
    root = grow(STATUS)
    assert is_status(root)
    pass_on(root, Directory(MEMBERS, SYSTEMS), keep_id=False)
    assert stamped(root, MOMENT) == STATUS


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (FULL.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://www.go.vn/eDoc"), "NullPointer"),
        (FULL.replace(b"SteeringType>1<", b"SteeringType>x<"), "NumberFormatException"),
        (FULL.replace(b"<ContentType>application/pdf<", b"<ContentType>application/zip<", 1), "ZipException"),
    ],
)
def test_the_lenient_peer_fails_where_the_vendors_reader_fails(raw: bytes, words: str) -> None:
    """In the words of the vendor's library, measured on mutated packets."""
    with pytest.raises(BadPacket, match=words):
        read_lenient(grow(raw))


@pytest.mark.parametrize(
    "raw",
    [
        FULL.replace(b"2026/03/05<", b"05/03/2026<"),
        FULL.replace(b"<edXML:Priority>2<", "<edXML:Priority>Khẩn<".encode()),
        MINIMAL.replace(b"<edXML:SteeringType>0</edXML:SteeringType>", b""),
        re.sub(rb"<edXML:DocumentId>[^<]*</edXML:DocumentId>", b"", FULL),
        re.sub(rb"<edXML:TraceHeaderList>.*</edXML:TraceHeaderList>", b"", FULL, flags=re.DOTALL),
    ],
)
def test_the_lenient_peer_survives_what_the_vendors_reader_survives(raw: bytes) -> None:
    """A wrong date, a word for a number, and what is missing trouble it not."""
    assert read_lenient(grow(raw)).header.said("Subject")


def test_the_lenient_peer_saves_what_the_vendors_reader_saves() -> None:
    """Zips are unwrapped by their declared type; what is no base64 is dropped, and garbage saved."""
    files = read_lenient(grow(FULL)).files
    assert files["van_ban.pdf"].startswith(b"%PDF")
    assert files["bang.xlsx"] == b"PK\x03\x04fake-xlsx"
    assert files["goi.zip"].startswith(b"PK")
    bad = FULL.replace(b">JVBERi0x", b">@@@notbase64@@@JVBERi0x")
    assert not read_lenient(grow(bad)).files["van_ban.pdf"].startswith(b"%PDF")


def test_the_strict_peer_takes_both_orders_that_are_in_use() -> None:
    """The vendor's order and that of .NET writers."""
    assert strict_fault(grow(FULL)) == ""
    document_id = re.search(rb"\r\n +<edXML:DocumentId>H37[^\r]*", MINIMAL)
    assert document_id is not None
    moved = MINIMAL.replace(document_id[0], b"", 1).replace(
        b"</edXML:SteeringType>", b"</edXML:SteeringType>" + document_id[0]
    )
    assert strict_fault(grow(moved)) == ""
    assert strict_fault(grow(STATUS)) == ""


@pytest.mark.parametrize(
    "raw",
    [
        MINIMAL.replace(b"edXML:", b"").replace(b"xmlns:edXML", b"xmlns:x"),
        MINIMAL.replace(b"<edXML:Subject>", b"<edXML:SteeringType>1</edXML:SteeringType><edXML:Subject>"),
        FULL.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://www.go.vn/eDoc"),
    ],
)
def test_the_strict_peer_refuses_what_a_serializer_does_not_know(raw: bytes) -> None:
    """No prefix, another order or another namespace: a line and a column, and nothing more."""
    assert re.fullmatch(r"There is an error in XML document \(\d+, \d+\)\.", strict_fault(grow(raw)))


async def test_what_a_peer_cannot_read_fails_in_the_senders_list() -> None:
    """The lenient peer takes a packet without prefixes, the strict one fails it, in its own words."""
    side = client()
    raw = MINIMAL.replace(b"edXML:", b"").replace(b"xmlns:edXML", b"xmlns:x")
    assert (await side.send(raw, to='["G22","G12"]')).ok
    sent = (await side.ask("getSentEdocList", servicetype="eDoc", messagetype="edoc")).items()
    told = {item["toCode"]: (item["receiveStatus"], item["receiveStatusDesc"]) for item in sent}
    assert told["G22"] == ("done", "")
    assert told["G12"][0] == "fail"
    assert "error in XML document" in told["G12"][1]


@pytest.mark.parametrize(
    ("code", "under"),
    [
        ("H37", True),
        ("H37.01", True),
        ("000.00.00.H37", True),
        ("000.00.14.H37", True),
        ("28.22.H37", True),
        ("H371", False),
        ("H44", False),
        ("000.00.00.H44", False),
        ("X.H37", False),
        ("", False),
    ],
)
def test_codes_stand_under_a_root_in_both_forms(code: str, under: bool) -> None:
    """New codes read from the left, old ones from the right."""
    assert is_under(code, "H37") is under

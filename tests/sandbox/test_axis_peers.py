"""Holding what the peers of the stand-in axis do with what they are sent, and what they send."""

from __future__ import annotations

from typing import Any

from lgsp.sandbox.axis.tree import grow
from tests.sandbox.axis_client import DOCUMENT, FULL, PACKETS, SMALL, Client, client, minimal

RECALL = (PACKETS / "gen_recall_no_attachment.edxml").read_bytes()
UPDATE = (PACKETS / "gen_update.edxml").read_bytes()
ALL = ["01", "03", "04", "05", "06"]


def said(packet: bytes, *path: str) -> str:
    """Return what a packet says in its message header."""
    header = grow(packet).first("edXMLEnvelope", "edXMLHeader", "MessageHeader")
    assert header is not None
    return header.said(*path)


async def codes(side: Client) -> list[tuple[str, str]]:
    """Collect what waits of statuses: who, and which."""
    packets = await side.collect("status")
    return [(said(packet, "From", "OrganId"), said(packet, "StatusCode")) for packet in packets]


async def write(side: Client, **wish: Any) -> dict[str, str]:
    """Let a peer send a document."""
    told: dict[str, str] = await side.control("POST", "_write", {"sender": "G22", "to": ["H37"], **wish})
    return told


async def test_a_document_is_answered_through_its_whole_life() -> None:
    """01 on arrival, then 03, 04, 05, 06, each about the document as its sender named it."""
    side = client()
    await side.send(minimal())
    packets = await side.collect("status")
    assert [said(packet, "StatusCode") for packet in packets] == ALL
    assert {said(packet, "ResponseFor", "DocumentId") for packet in packets} == {SMALL}
    assert {said(packet, "ResponseFor", "Code") for packet in packets} == {"18/UBND-VP"}
    assert {said(packet, "ResponseFor", "OrganId") for packet in packets} == {"H37"}


async def test_each_peer_answers_by_itself() -> None:
    """Two receivers on the axis tell ten statuses, each its own in order."""
    side = client()
    await side.send(FULL)
    told = await codes(side)
    for peer in ("G22", "G12"):
        assert [code for who, code in told if who == peer] == ALL


async def test_a_refusal_ends_it() -> None:
    """01 and 02, and nothing after."""
    side = client(offices={"refuse": 1})
    await side.send(minimal())
    assert await codes(side) == [("G22", "01"), ("G22", "02")]


async def test_steps_take_their_time() -> None:
    """With a pace, a status comes only when its time has come."""
    side = client(offices={"pace_ms": 1000})
    await side.send(minimal())
    assert await codes(side) == [("G22", "01")]
    side.times.passed = 2.5
    assert await codes(side) == [("G22", "03"), ("G22", "04")]


async def test_a_recall_is_agreed_to_and_ends_the_work() -> None:
    """15 about the recalled document, which is destroyed: what was planned for it does not happen."""
    side = client(offices={"pace_ms": 1000})
    await side.send(FULL)
    await side.send(RECALL)
    side.times.passed = 60
    told = [code for who, code in await codes(side) if who == "G22"]
    assert told == ["01", "15"]
    record = (await side.control("GET", "_state"))["peers"]["G22"][DOCUMENT]
    assert record == {"what": ["new", "recall"], "answered": ["01", "15"], "told": [], "gone": True}


async def test_a_recall_and_an_update_may_be_declined() -> None:
    """16, and the work goes on."""
    side = client(offices={"decline": 1, "steps": ["03"]})
    for packet in (FULL, RECALL, UPDATE):
        await side.send(packet)
    told = [code for who, code in await codes(side) if who == "G22"]
    assert told == ["01", "03", "16", "16"]
    assert not side.axis.offices.records["G22"][DOCUMENT].gone


async def test_an_update_is_agreed_to_and_destroys_nothing() -> None:
    """15, and the document is still there."""
    side = client(offices={"steps": []})
    await side.send(FULL)
    await side.send(UPDATE)
    assert [code for who, code in await codes(side) if who == "G22"] == ["01", "15"]
    assert not side.axis.offices.records["G22"][DOCUMENT].gone


async def test_a_reply_names_the_document_that_it_answers() -> None:
    """After 06 comes a document of the peer's own, with ResponseFor."""
    side = client(offices={"reply": 1})
    await side.send(minimal())
    [reply] = await side.collect("edoc")
    assert said(reply, "ResponseFor", "DocumentId") == SMALL
    assert said(reply, "From", "OrganId") == "G22"
    assert [code for _, code in await codes(side)] == ALL


async def test_a_silent_peer_leaves_it_lying() -> None:
    """Nothing is fetched and nothing told, until it speaks again."""
    side = client(offices={"silent": ["G22"]})
    await side.send(minimal())
    sent = (await side.ask("getSentEdocList", servicetype="eDoc", messagetype="edoc")).items()
    assert [item["receiveStatus"] for item in sent] == ["initial"]
    await side.control("PUT", "_faults", {})
    assert [code for _, code in await codes(side)] == ALL


async def test_a_duplicate_is_not_answered_again() -> None:
    """The peer sees it twice and says 01 once: who was told 06 must not be told 01 after it."""
    side = client()
    for _ in range(2):
        await side.send(minimal())
    assert [code for _, code in await codes(side)] == ALL
    assert side.axis.offices.records["G22"][SMALL].what == ["new", "new"]


async def test_a_peer_writes_and_is_answered() -> None:
    """A document of a peer waits for its receiver, and what that one tells is noted in order."""
    side = client()
    document = (await write(side, number="7", to=["H37", "H37.02.02"], files=["a.pdf", "b.pdf"]))["document"]
    assert document == "G22,2026/03/05,7/TB-VP"
    packets = await side.collect("edoc")
    assert [said(packet, "DocumentId") for packet in packets] == [document, document]
    told = (PACKETS / "gen_status_01.edxml").read_bytes()
    told = told.replace(b"OrganId>G22<", b"OrganId>X<").replace(b"OrganId>H37<", b"OrganId>G22<")
    told = told.replace(b"OrganId>X<", b"OrganId>H37<").replace(DOCUMENT.encode(), document.encode())
    for code in (b"01", b"03"):
        packet = told.replace(b"StatusCode>01<", b"StatusCode>" + code + b"<")
        assert (await side.send(packet, kind="status")).ok
    assert side.axis.offices.records["G22"][document].told == ["01", "03"]


async def test_a_wish_to_take_back_is_answered() -> None:
    """Status 13 of the sender draws 15 or 16 of the receiver."""
    side = client(offices={"steps": []})
    await side.send(minimal())
    wish = (PACKETS / "gen_status_13.edxml").read_bytes()
    wish = wish.replace(b"OrganId>G22<", b"OrganId>X<").replace(b"OrganId>H37<", b"OrganId>G22<")
    wish = wish.replace(b"OrganId>X<", b"OrganId>H37<").replace(DOCUMENT.encode(), SMALL.encode())
    assert (await side.send(wish, kind="status")).ok
    assert await codes(side) == [("G22", "01"), ("G22", "15")]


async def test_what_peers_write_later_names_what_it_is_about() -> None:
    """A recall, an update and a replacement of a peer each name the document in their own way."""
    side = client()
    about = (await write(side))["document"]
    for kind in (1, 2, 3):
        await write(side, kind=kind, about=about, number=str(kind + 10))
    headers = [grow(packet).first("edXMLEnvelope", "edXMLHeader") for packet in await side.collect("edoc")]
    business = [header.first("TraceHeaderList", "Bussiness") for header in headers if header]
    told = [one.said("BussinessDocType") for one in business if one]
    assert told == ["0", "1", "2", "3"]
    named = [one.said("DocumentId") for one in business if one]
    assert named == ["", about, about, ""]
    assert business[3] is not None
    assert business[3].said("ReplacementInfoList", "ReplacementInfo", "DocumentId") == about


async def test_only_peers_write_and_only_to_somebody() -> None:
    """A wish that cannot be is turned away with the reason."""
    side = client()
    assert "no peer" in (await write(side, sender="H37"))["title"]
    assert "khong ton tai" in (await write(side, to=["Z99"]))["title"]
    assert await write(side, kind=9)

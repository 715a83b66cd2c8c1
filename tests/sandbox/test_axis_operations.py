"""Holding that the stand-in axis answers as the real one is known to."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from lgsp.formats.axis.hashing import hash_file
from lgsp.formats.axis.listing import Agency, read_entries
from lgsp.formats.axis.streaming import EntryStream
from lgsp.sandbox.axis.directory import System
from lgsp.serving import running
from tests.asgi import call
from tests.formats.axis.captured import FOLDER, NAMES, captured
from tests.sandbox.axis_client import DOCUMENT, FULL, MINIMAL, SMALL, client, minimal


async def test_a_packet_that_was_taken_has_an_id_of_the_senders_own() -> None:
    """The sender is told 24 hex digits, each receiver a UUID, and neither is the document's id."""
    side = client()
    docid = (await side.send(FULL)).docid
    [item] = await side.list()
    assert (len(docid), int(docid, 16) > 0) == (24, True)
    assert (len(item["docId"]), item["docId"].count("-")) == (36, 4)
    assert (item["from"], item["to"], item["status"]) == ("H37", "H37.02.02", "initial")


async def test_a_packet_goes_to_each_agency_once() -> None:
    """Three receivers are three deliveries; two codes of one agency are one."""
    side = client()
    assert (await side.send(FULL)).ok
    again = minimal(7).replace(
        b"<edXML:To>", b"<edXML:To><edXML:OrganId>000.00.00.G22</edXML:OrganId></edXML:To><edXML:To>"
    )
    assert (await side.send(again)).ok
    told = [(one["subject"], one["to"]) for one in side.axis.state()["deliveries"] if one["what"] == "new"]
    assert sorted(told) == [
        ("H37,2026/03/05,15/UBND-VP", "G12"),
        ("H37,2026/03/05,15/UBND-VP", "G22"),
        ("H37,2026/03/05,15/UBND-VP", "H37.02.02"),
        ("H37,2026/03/05,7/UBND-VP", "G22"),
    ]


async def test_what_waits_is_listed_until_it_is_done() -> None:
    """Neither a list nor a fetch takes anything away, and `done` said twice is said once."""
    side = client()
    await side.send(FULL)
    docid = (await side.list())[0]["docId"]
    await side.fetch(docid)
    await side.done(docid, "processing")
    assert [(item["docId"], item["status"]) for item in await side.list()] == [(docid, "processing")]
    assert (await side.ask("countReceiveEdoc", b"{}", servicetype="eDoc")).count == 1
    assert (await side.done(docid)).ok
    assert (await side.done(docid)).ok
    assert await side.list() == []
    assert (await side.ask("countReceiveEdoc", b"{}")).count == 0


async def test_the_sent_list_tells_each_receiver_by_itself() -> None:
    """One id of the sender, one line for each receiver, with what became of it there."""
    side = client()
    docid = (await side.send(FULL)).docid
    sent = (await side.ask("getSentEdocList", servicetype="eDoc", messagetype="edoc")).items()
    assert {item["senderDocId"] for item in sent} == {docid}
    assert {item["toCode"]: item["receiveStatus"] for item in sent} == {
        "G22": "done",
        "H37.02.02": "initial",
        "G12": "done",
    }
    assert {item["notation"] for item in sent} == {"15/UBND-VP"}


async def test_the_sent_list_is_cut_by_days_and_pages() -> None:
    """A day is Viet Nam's; page 0 and page 1 are the first; nothing is on two pages."""
    side = client()
    for number in range(5):
        await side.send(minimal(number))
    side.times.passed = 86_400
    await side.send(minimal(9))
    day = {"fromDate": "2026/03/05", "toDate": "05/03/2026", "servicetype": "eDoc", "messagetype": "edoc"}
    pages = [
        (await side.ask("getSentEdocList", pageSize="2", pageIndex=str(n), **day)).items() for n in range(5)
    ]
    assert [len(page) for page in pages] == [2, 2, 2, 1, 0]
    assert pages[0] == pages[1]
    assert len({item["notation"] for page in pages for item in page}) == 5


@pytest.mark.parametrize("name", NAMES)
async def test_captured_requests_are_believed(name: str) -> None:
    """What the vendor's client sent is verified by the axis: only an unknown document or sender is refused."""
    side = client()
    side.axis.world.directory.systems["dummy-system"] = System("dummy-secret", "H37")
    request = captured(name)
    headers = {key.decode(): value.decode() for key, value in request.headers}
    said = (await call(side.axis, "POST", request.target, headers=headers, body=request.body)).json()
    assert said["ErrorCode"] != "15"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"secret": "wrong"}, "15"),
        ({"system": "nobody"}, "15"),
        ({"system": "other", "secret": "secret"}, "19"),
    ],
)
async def test_a_client_that_is_not_believed_changes_nothing(changed: dict[str, str], code: str) -> None:
    """A wrong secret, a stranger, and a client that sends for somebody else's agency are turned away."""
    side = client()
    for name, value in changed.items():
        setattr(side, name, value)
    answer = await side.send(FULL)
    assert (answer.ok, answer.code) == (False, code)
    assert side.axis.state()["deliveries"] == []


async def test_the_foreign_sender_is_told_in_the_axis_own_words() -> None:
    """The one text of the real axis that was seen."""
    side = client()
    answer = await side.send(FULL, sender="H44.01")
    assert answer.text == "Don vi gui H44.01 khong dung voi ma da dang ky: H37"
    assert (await side.send(minimal(sender="G09"))).text.startswith("Don vi gui G09 khong dung")


@pytest.mark.parametrize(
    ("packet", "code"),
    [
        (FULL.replace(b"G22<", b"G98<"), "18"),
        (FULL.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://www.go.vn/eDoc"), "22"),
        (FULL[:-20], "22"),
        (b"1212" + FULL, "22"),
        (b"", "22"),
        (FULL.replace(b"<edXML xmlns", b'<!DOCTYPE edXML [<!ENTITY x "y">]><edXML xmlns', 1), "22"),
        (b"<a>" * 100 + b"</a>" * 100, "22"),
        (minimal().replace(b"edXML:To>", b"edXML:Tx>"), "18"),
    ],
)
async def test_a_packet_that_is_none_is_refused(packet: bytes, code: str) -> None:
    """Another namespace, broken XML, a document type, no receiver or an unknown one: nothing is delivered."""
    side = client()
    assert (await side.send(packet)).code == code
    assert side.axis.state()["deliveries"] == []


async def test_a_packet_of_another_hash_is_refused_unless_the_axis_does_not_look() -> None:
    """Whether the real axis compares `hash-file` is not known, so it can be switched off."""
    for check, ok in ((True, False), (False, True)):
        side = client(check_hash=check)
        said = {"messagetype": "edoc", "from": "H37", "hash-file": hash_file(b"another")}
        assert (await side.ask("sendEdoc", MINIMAL + b"\r\n", **said)).ok is ok


async def test_a_bounded_clock_refuses_an_old_stamp() -> None:
    """With a skew, a client whose object is older than that is a stranger."""
    side = client(max_clock_skew=60)
    assert (await side.ask("getAgenciesList")).ok
    side.axis.world.now = lambda: side.times.now().replace(year=2027)
    assert (await side.ask("getAgenciesList")).code == "15"


async def test_a_closed_code_and_an_unknown_one_among_others() -> None:
    """A closed receiver stops the whole packet; an unknown one too, unless the axis takes it in part."""
    closed = client(closed=["000.00.00.G12"])
    assert (await closed.send(FULL)).code == "23"
    partial = client(partial=True)
    assert (await partial.send(FULL.replace(b"G22<", b"G98<"))).ok
    sent = (await partial.ask("getSentEdocList", servicetype="eDoc", messagetype="edoc")).items()
    assert {item["toCode"]: item["receiveStatus"] for item in sent}["G98"] == "fail"


@pytest.mark.parametrize("to", ['["G09"]', '[{"code":"G09"}]', "G09"])
async def test_receivers_of_the_header_stand_before_those_of_the_packet(to: str) -> None:
    """What `to` names is where it goes."""
    side = client()
    assert (await side.send(FULL, to=to)).ok
    assert [one["to"] for one in side.axis.state()["deliveries"] if one["what"] == "new"] == ["G09"]


async def test_somebody_elses_packet_is_not_found() -> None:
    """A client sees and closes only what is for its own agencies."""
    side = client()
    await side.send(FULL)
    docid = (await side.list())[0]["docId"]
    side.system, side.secret = "other", "secret"
    assert await side.list() == []
    assert not (await side.ask("getEdoc", b"{}", docId=docid)).ok
    assert not (await side.done(docid)).ok


async def test_an_old_docid_of_the_client_object_is_not_taken_for_the_new_one() -> None:
    """The client keeps `docid` of an update beside `docId` of the next fetch: each operation takes its own."""
    side = client()
    for number in (1, 2):
        await side.send(minimal(number, to="H37.02.02"))
    first, second = [item["docId"] for item in await side.list()]
    await side.done(first)
    assert b"2/UBND-VP" in await side.fetch(second)
    assert (await side.done(second)).ok
    assert await side.list() == []


async def test_a_download_is_the_packet_itself() -> None:
    """GET, the same bytes as getEdoc carries."""
    side = client()
    await side.send(FULL)
    docid = (await side.list())[0]["docId"]
    reply = await side.raw("downloadEdoc", docId=docid)
    assert reply.body == await side.fetch(docid)


async def test_missing_parameters_and_unknown_addresses() -> None:
    """What an operation needs must be signed; what is no operation is 404."""
    side = client()
    assert "docId" in (await side.ask("getEdoc", b"{}")).text
    assert not (await side.ask("getReceivedEdocList", messagetype="letter")).ok
    assert not (await side.ask("updateStatus", docid="x", status="lost")).ok
    assert (await call(side.axis, "POST", "/sendMail")).status == 404
    assert (await call(side.axis, "GET", "/getEdoc")).status == 404


@pytest.mark.parametrize(
    ("operation", "parameters", "words"),
    [
        ("sendEdoc", {"messagetype": "edoc", "from": "H37", "hash-file": "x", "to": "[5]"}, "Tham so to"),
        ("getSentEdocList", {"messagetype": "edoc", "fromDate": "hôm qua".encode().hex()}, "fromDate"),
    ],
)
async def test_a_parameter_that_cannot_be_read_is_named(
    operation: str, parameters: dict[str, str], words: str
) -> None:
    """Receivers and days are never guessed."""
    answer = await client().ask(operation, **parameters)
    assert (answer.ok, words in answer.text) == (False, True)


async def test_statuses_are_counted_apart_from_documents() -> None:
    """Five statuses wait, and no document."""
    side = client()
    await side.send(minimal())
    counts = [(await side.ask(f"countReceive{kind}", b"{}")).count for kind in ("Edoc", "Status")]
    assert counts == [0, 5]


async def test_an_agency_that_no_list_names_is_reached_through_its_root() -> None:
    """What is under a client's root goes to that client, whoever it is."""
    side = client()
    assert (await side.send(minimal(to="H37.77.01"))).ok
    assert [item["to"] for item in await side.list()] == ["H37.77.01"]


async def test_agencies_are_listed_in_both_forms() -> None:
    """One list calls the old code `oldCode`, the other `code102`; a level picks."""
    side = client()
    older = (await side.ask("getAgenciesList")).items()
    newer = (await side.ask("getAgenciesListQD20", level="1")).items()
    assert {item["code"]: item["oldCode"] for item in older}["G12"] == "000.00.00.G12"
    assert {item["code"]: item["code102"] for item in newer} == {
        "G22": "000.00.00.G22",
        "G12": "000.00.00.G12",
        "G09": "",
        "H37": "000.00.00.H37",
    }
    units = (await side.ask("getSynchronizeUnit")).items()
    assert {item["code"]: item["centerCode"] for item in units}["H37.02.02"] == "lgsp"


async def test_a_list_as_large_as_the_real_one_is_streamed() -> None:
    """111,339 agencies, each once, read in pieces."""
    side = client(agencies=111_339)
    body = (await side.raw("getAgenciesListQD20")).body
    stream = EntryStream()
    items = [item for at in range(0, len(body), 1 << 16) for item in stream.feed(body[at : at + (1 << 16)])]
    assert stream.close().ok
    listing = read_entries(Agency, items)
    assert (len({entry.code for entry in listing.entries}), listing.odd) == (111_339, [])
    old = [entry.old_code for entry in listing.entries if entry.old_code]
    assert len(old) == len(set(old)) > 11_000


async def test_an_agency_is_registered_and_deleted_by_its_own_client() -> None:
    """Only under the client's root, once, and only what it registered itself can it delete."""
    side = client()
    body = orjson.dumps({"id": "", "pcode": "H37", "code": "H37.09", "name": "Sở Thử", "mail": "a@b.vn"})
    assert (await side.ask("registerAgency", body)).ok
    assert not (await side.ask("registerAgency", body)).ok
    assert "H37.09" in side.axis.state()["agencies"]
    assert not (await side.ask("registerAgency", body.replace(b"H37.09", b"H44.09"))).ok
    assert not (await side.ask("registerAgency", b"[]")).ok
    assert not (await side.ask("deleteAgency", b"{}", AgencyCode="H37")).ok
    assert (await side.ask("deleteAgency", b"{}", AgencyCode="H37.09")).ok
    assert "H37.09" not in side.axis.state()["agencies"]


async def test_the_axis_knows_no_duplicates_and_counts_them() -> None:
    """The same packet sent twice is delivered twice: who sends must know what it sent."""
    side = client()
    for _ in range(2):
        await side.send(minimal(to="H37.02.02"))
    assert len(await side.list()) == 2
    state = side.axis.state()
    assert (state["duplicates"], [one["what"] for one in state["documents"][SMALL]]) == (1, ["new", "new"])


async def test_the_state_tells_and_forgets() -> None:
    """`DELETE _state` is the first day; faults are put whole and a typing error is turned away."""
    side = client()
    await side.send(FULL)
    state = await side.control("GET", "_state")
    assert DOCUMENT in state["documents"]
    assert state["calls"] == {"sendEdoc": 1}
    await side.control("DELETE", "_state")
    state = await side.control("GET", "_state")
    assert (state["documents"], state["peers"], state["calls"]) == ({}, {}, {})
    assert (await side.control("PUT", "_faults", {"html": 1}))["html"] == 1
    assert "errors" in await side.control("PUT", "_faults", {"htlm": 1})
    assert (await side.control("GET", "_faults"))["html"] == 1


async def test_nothing_but_counts_is_kept_when_nothing_is_to_be_remembered() -> None:
    """Under a benchmark's load the stand-in stays as small as what waits."""
    side = client(remember=False)
    for number in range(20):
        await side.send(minimal(number))
    assert len(await side.collect("status")) == 100
    state = side.axis.state()
    assert (state["documents"], state["deliveries"], state["peers"]) == ({}, [], {})
    assert (state["taken_edoc"], state["taken_status"]) == (20, 100)


@pytest.mark.parametrize("name", NAMES)
async def test_captured_bytes_are_answered_over_a_socket(name: str) -> None:
    """The very bytes of the vendor's client, `Expect` and all, draw an answer that its reader can read."""
    side = client()
    side.axis.world.directory.systems["dummy-system"] = System("dummy-secret", "H37")
    async with running(side.axis) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((FOLDER / f"{name}.http").read_bytes())
        said = await asyncio.wait_for(reader.read(4096), 5)
        writer.close()
    head, _, rest = said.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b'"status"' in rest
    assert b'"ErrorCode":"15"' not in rest

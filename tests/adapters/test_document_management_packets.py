"""What a document system sends is taken on once and truly; what waits for it is handed out until it says done."""

from __future__ import annotations

import re
import uuid
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from lgsp.errors import Forbidden, Invalid
from lgsp.formats import edxml
from lgsp.formats.axis.replies import read_answer
from lgsp.formats.axis.signing import sign
from tests.asgi import call
from tests.document_desk import SECRET, SYSTEM, Desk, with_file
from tests.sandbox.axis_client import FULL, MINIMAL, PACKETS, minimal

COUNTS = ("countReceiveEdoc", "countReceiveStatus")
STATUS = (PACKETS / "gen_status_06.edxml").read_bytes()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a fresh façade."""
    return Desk(tmp_path)


# --- in ---------------------------------------------------------------------------------------------------


async def test_ok_means_taken_on(desk: Desk) -> None:
    """A packet with attachments is one message with all of them kept; the packet itself is kept as it came."""
    answer = await desk.send(FULL)
    ((id_, message),) = desk.inbox.taken.items()
    assert (answer.ok, answer.docid) == (True, id_.hex[:24])
    assert desk.inbox.bodies == [FULL]
    assert edxml.packet_of(message.type, message.data, desk.files) == FULL
    assert desk.inbox.raws[0].attributes == {"operation": "sendEdoc", "messagetype": "edoc", "from": "H37"}


async def test_a_packet_that_is_sent_again_has_the_id_it_had(desk: Desk) -> None:
    """Whoever got no answer asks again, and hears of the same packet; another packet has another id."""
    first, again, other = [await desk.send(one) for one in (MINIMAL, MINIMAL, minimal(19))]
    assert first.docid == again.docid != other.docid
    assert len(desk.inbox.taken) == 2


async def test_the_same_document_with_another_content_is_refused(desk: Desk) -> None:
    """A known id with another body is FAIL, and the words read neither as done nor as known."""
    await desk.send(MINIMAL)
    answer = await desk.send(MINIMAL.replace("Tối thiểu".encode(), "Tối đa".encode()))
    assert (answer.ok, answer.code, answer.docid) == (False, "10", "")
    assert "thành công" not in answer.text.lower()
    assert "đã tồn tại" not in answer.text.lower()


async def test_a_packet_that_cannot_be_read_is_refused_with_the_place(desk: Desk) -> None:
    """FAIL 22 names the place, and the packet lies in quarantine as it came."""
    broken = MINIMAL.replace(b"QCVN_102_2016", b"QCVN_102_2013")
    answer = await desk.send(broken)
    assert (answer.ok, answer.code) == (False, "22")
    assert "edXML" in answer.text
    ((body, reason),) = desk.inbox.rejected
    assert (body, type(reason)) == (broken, Invalid)
    assert desk.inbox.taken == {}


@pytest.mark.parametrize(
    ("sender", "packet", "words"),
    [
        (
            "G22",
            minimal(),
            "Don vi gui G22 khong dung voi ma da dang ky: dms-of-the-province (XroadVnpt-from)",
        ),
        (
            "H37",
            minimal(sender="G22"),
            "Don vi gui G22 khong dung voi ma da dang ky: dms-of-the-province (MessageHeader/From/OrganId)",
        ),
    ],
)
async def test_nobody_sends_for_others(desk: Desk, sender: str, packet: bytes, words: str) -> None:
    """Who is named by the request, and who by the packet, must be agencies that the system serves."""
    answer = await desk.send(packet, sender)
    assert (answer.ok, answer.code, answer.text) == (False, "19", words)
    ((body, reason),) = desk.inbox.rejected
    assert (body, reason.subject) == (packet, "H37,2026/03/05,18/UBND-VP")
    assert isinstance(reason, Forbidden)


NAMELESS = b"<edXML:To><edXML:OrganName>UBND X</edXML:OrganName></edXML:To>"


@pytest.mark.parametrize(
    ("packet", "place"),
    [
        (MINIMAL.replace(b"</edXML:To>", b"</edXML:To>" + NAMELESS), "MessageHeader/To[2]/OrganId"),
        (
            re.sub(rb"<edXML:To>.*</edXML:To>", NAMELESS, MINIMAL, flags=re.DOTALL),
            "MessageHeader/To[1]/OrganId",
        ),
        (re.sub(rb"<edXML:To>.*</edXML:To>", b"", MINIMAL, flags=re.DOTALL), "MessageHeader/To:"),
        (STATUS.replace(b"<edXML:OrganId>H37</edXML:OrganId>", b""), "MessageHeader/ResponseFor/OrganId"),
    ],
)
async def test_what_nobody_can_send_on_is_not_taken_on(desk: Desk, packet: bytes, place: str) -> None:
    """A receiver without a code gets nothing: who sent it must not read OK."""
    desk.inbox.directory.serving = ("H37", "G22")
    answer = await desk.send(packet, "G22" if b"StatusCode" in packet else "H37")
    assert (answer.ok, answer.code) == (False, "22")
    assert place in answer.text
    assert not desk.inbox.taken
    assert len(desk.inbox.rejected) == 1


async def test_a_served_agency_may_write_its_old_code(desk: Desk) -> None:
    """`000.00.00.H37` is `H37`, in the request and in the packet."""
    assert (await desk.send(minimal(sender="000.00.00.H37"), "000.00.00.H37")).ok


async def test_agencies_that_are_unknown_or_closed_are_noticed(desk: Desk) -> None:
    """A receiver that nobody knows is a finding with its place, and turns nothing away."""
    assert (await desk.send(minimal(1, to="X99"))).ok
    assert (await desk.send(minimal(2, to="H63"))).ok
    assert (await desk.send(minimal(3, to="G22"))).ok
    found = [[(one.code, one.place, one.read) for one in m.findings] for m in desk.inbox.taken.values()]
    place = "MessageHeader/To[1]/OrganId"
    assert found[0] == [("unknown-agency", place, "X99")]
    assert found[1] == [("closed-agency", place, "H63")]
    assert found[2] == []


async def test_a_status_under_the_name_of_a_document_is_still_a_status(desk: Desk) -> None:
    """The packet says what it is; that the request says otherwise is noticed."""
    desk.inbox.directory.serving = ("G22",)
    assert (await desk.send(STATUS, "G22", "edoc")).ok
    (message,) = desk.inbox.taken.values()
    assert message.type == edxml.STATUS
    assert "odd-message-type" in [one.code for one in message.findings]


async def test_a_request_may_be_for_some_receivers(desk: Desk) -> None:
    """Each `to` is a message of its own in the document's line; said again, in any form, it is the same."""
    whole = await desk.message(FULL)
    first, second, *_ = whole.recipients
    for to in ([first], [{"code": second}], first, [second, first]):
        assert (await desk.send(FULL, to=orjson.dumps(to).decode())).ok
    found = list(desk.inbox.taken.values())
    assert [one.recipients for one in found] == [[first], [second], [first, second]]
    assert [[to["code"] for to in one.data["recipients"]] for one in found][:2] == [[first], [second]]
    assert {one.partitionkey for one in found} == {whole.partitionkey}


async def test_a_request_for_all_receivers_is_the_packet_itself(desk: Desk) -> None:
    """Naming everybody, or nobody, is one and the same."""
    whole = await desk.message(FULL)
    answers = [await desk.send(FULL, to=orjson.dumps(to).decode()) for to in ([], whole.recipients)]
    assert answers[0].docid == answers[1].docid
    assert [one.recipients for one in desk.inbox.taken.values()] == [whole.recipients]


async def test_a_status_goes_to_whom_it_answers(desk: Desk) -> None:
    """A client object keeps the `to` of the document that it sent before."""
    desk.inbox.directory.serving = ("G22",)
    assert (await desk.send(STATUS, "G22", "status", to='["H99"]')).ok


@pytest.mark.parametrize("to", ["H99", '["G22","H99"]', "[", "{}"])
async def test_nobody_is_reached_who_is_no_receiver(desk: Desk, to: str) -> None:
    """A receiver that the packet does not name, or a parameter that cannot be read, is FAIL 18."""
    answer = await desk.send(MINIMAL, to=to)
    assert (answer.ok, answer.code) == (False, "18")
    assert desk.inbox.taken == {}


@pytest.mark.parametrize("missing", ["messagetype", "from", "hash-file"])
async def test_a_missing_parameter_is_named(desk: Desk, missing: str) -> None:
    """What every request of the kind signs has to be there."""
    said = {"messagetype": "edoc", "from": "H37", "hash-file": "ab"}
    del said[missing]
    answer = await desk.ask("sendEdoc", MINIMAL, **said)
    assert (answer.ok, answer.code, answer.text) == (False, "10", f"Thiếu tham số: {missing}")


async def test_while_the_journal_is_away_nothing_reads_as_sent(desk: Desk) -> None:
    """503 for who looks at HTTP, FAIL for who looks at words, and a hint when to come back."""
    desk.inbox.away = True
    said = {"messagetype": "edoc", "from": "H37", "hash-file": sha256(MINIMAL).hexdigest()}
    reply = await desk.raw("sendEdoc", MINIMAL, **said)
    answer = read_answer(reply.body)
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert (answer.ok, answer.code, answer.docid) == (False, "20", "")
    desk.inbox.away = False
    assert (await desk.send(MINIMAL)).ok


async def test_a_large_packet_goes_by_a_file_that_is_taken_away(desk: Desk) -> None:
    """What does not belong in memory is put down beside the attachments, cut behind the packet, and removed."""
    packet = with_file(desk, 700_000)
    answer = await desk.send(packet)
    assert answer.ok
    (raw,) = desk.inbox.raws
    assert (raw.file is not None, raw.size, raw.sha256) == (True, len(packet), sha256(packet).digest())
    assert desk.inbox.bodies == [packet]
    assert desk.leftovers() == []


async def test_a_large_packet_that_is_refused_is_taken_away_too(desk: Desk) -> None:
    """Quarantine has its own copy; nothing is left behind."""
    packet = with_file(desk, 700_000)
    assert (await desk.send(packet[:-20])).code == "22"
    assert [body for body, _ in desk.inbox.rejected] == [packet[:-20]]
    assert desk.leftovers() == []


async def test_a_packet_beyond_the_limit_is_refused_while_it_comes(tmp_path: Path) -> None:
    """The limit is the system's own, and is told."""
    desk = Desk(tmp_path, packet_limit=4096)
    assert (await desk.send(MINIMAL)).ok
    answer = await desk.send(MINIMAL + b" " * 4096)
    assert (answer.code, "4098" in answer.text) == ("10", True)
    assert desk.leftovers() == []


# --- out --------------------------------------------------------------------------------------------------


async def test_a_packet_is_handed_out_as_the_vendor_writes_it(desk: Desk) -> None:
    """The same bytes come by getEdoc and downloadEdoc, as often as they are asked for."""
    id_ = desk.inbox.mailbox.put(await desk.message(FULL))
    for _ in range(2):
        assert await desk.fetch(str(id_)) == FULL
        reply = await desk.raw("downloadEdoc", docId=str(id_), filePath="./kho/")
        assert (reply.body, reply.headers["content-length"]) == (FULL, str(len(FULL)))
    assert desk.leftovers() == []


async def test_a_large_packet_is_handed_out_whole(desk: Desk) -> None:
    """Base64 is made run by run, and the length is told beforehand."""
    packet = with_file(desk, 1_000_001)
    id_ = desk.inbox.mailbox.put(await desk.message(packet))
    reply = await desk.raw("getEdoc", b"{}", docId=str(id_))
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert read_answer(reply.body).packet() == packet
    assert desk.leftovers() == []


async def test_only_our_receivers_stand_in_what_we_collect(desk: Desk) -> None:
    """A packet to many is handed out to those of this system, who are named in the list."""
    message = await desk.message(FULL)
    mine = message.recipients[:1]
    id_ = desk.inbox.mailbox.put(message, mine)
    assert [one["to"] for one in await desk.list()] == mine
    (again,) = [await desk.message(await desk.fetch(str(id_)))]
    assert again.recipients == mine
    two = desk.inbox.mailbox.put(message, message.recipients[:2])
    assert [one["to"] for one in await desk.list() if one["docId"] == str(two)] == [
        ";".join(message.recipients[:2])
    ]


async def test_done_may_be_said_again_and_by_several(desk: Desk) -> None:
    """`processing` changes nothing, `done` ends it, and says so as often as it is said."""
    id_ = str(desk.inbox.mailbox.put(await desk.message(MINIMAL)))
    assert (await desk.done(id_, "processing")).ok
    assert len(await desk.list()) == 1
    for status in ("done", "DONE", "done"):
        assert (await desk.done(id_, status)).ok
    assert await desk.list() == []
    assert (await desk.ask("getEdoc", b"{}", docId=id_)).code == "10"


async def test_fail_is_noted_and_told(desk: Desk) -> None:
    """What a client cannot use stays, with its word."""
    id_ = desk.inbox.mailbox.put(await desk.message(MINIMAL))
    assert (await desk.done(str(id_), "fail")).ok
    assert desk.inbox.mailbox.failed == [(id_, "updateStatus: fail")]


@pytest.mark.parametrize("docid", ["", "X", str(uuid.UUID(int=7))])
@pytest.mark.parametrize("status", ["done", "fail"])
async def test_what_was_never_there_is_not_done(desk: Desk, docid: str, status: str) -> None:
    """An id that nobody knows is FAIL, whatever is said of it."""
    answer = await desk.done(docid, status)
    assert (answer.ok, answer.code) == (False, "10")


async def test_an_unknown_status_is_refused(desk: Desk) -> None:
    """Only three words are known."""
    id_ = desk.inbox.mailbox.put(await desk.message(MINIMAL))
    assert (await desk.done(str(id_), "initial")).code == "10"


async def test_a_download_that_is_refused_is_no_file(desk: Desk) -> None:
    """A client that writes whatever comes into a file sees by the status that it is none."""
    reply = await desk.raw("downloadEdoc", docId=str(uuid.uuid4()))
    assert (reply.status, read_answer(reply.body).ok) == (404, False)
    desk.secret = "wrong"
    assert (await desk.raw("downloadEdoc", docId="X")).status == 401


async def test_a_packet_that_cannot_be_made_any_more_is_put_off_for_people(desk: Desk) -> None:
    """An attachment that is lost is told with its place, to the client and to the journal."""
    message = await desk.message(FULL)
    message.data["attachments"][0]["dataref"] = f"sha256:{'0' * 64}"
    id_ = desk.inbox.mailbox.put(message)
    answer = await desk.ask("getEdoc", b"{}", docId=str(id_))
    assert (answer.ok, answer.code) == (False, "21")
    assert "AttachmentEncoded/Attachment[1]" in answer.text
    assert desk.inbox.mailbox.failed == [(id_, answer.text)]


async def test_what_waits_is_counted(desk: Desk) -> None:
    """Documents and statuses each for themselves."""
    for packet in (MINIMAL, FULL, STATUS):
        desk.inbox.mailbox.put(await desk.message(packet))
    counts = [(await desk.ask(name, b"{}", servicetype="eDoc")).count for name in COUNTS]
    assert counts == [2, 1]


async def test_a_list_is_bounded(tmp_path: Path) -> None:
    """What does not fit is listed when the first are done."""
    desk = Desk(tmp_path, list_limit=2)
    ids = [str(desk.inbox.mailbox.put(await desk.message(minimal(n)))) for n in range(3)]
    assert [one["docId"] for one in await desk.list()] == ids[:2]
    await desk.done(ids[0])
    assert [one["docId"] for one in await desk.list()] == ids[1:]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_clients_differ_on_the_method(desk: Desk, method: str) -> None:
    """An operation that is declared GET and sent as POST is one and the same."""
    for name in ("getAgenciesList", "countReceiveEdoc"):
        headers = sign(SECRET, SYSTEM, {}, desk.times.now())
        assert read_answer((await call(desk.axis, method, f"/{name}", headers=headers)).body).ok

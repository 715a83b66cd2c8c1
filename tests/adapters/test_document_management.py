"""A client of the axis changes an address, a system id and a secret, and reads the truth in its own dialect."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from lgsp.formats import edxml
from lgsp.formats.axis.replies import read_answer
from tests.asgi import Reply, call
from tests.document_desk import Desk, FakeInbox
from tests.formats.axis import captured as wire
from tests.formats.axis.captured import captured
from tests.sandbox.axis_client import MINIMAL, PACKETS


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a fresh façade."""
    return Desk(tmp_path)


@pytest.fixture
def dummy(tmp_path: Path) -> Desk:
    """Open a façade for the client whose requests were captured."""
    inbox = FakeInbox()
    inbox.directory.serving = ("H37", "H41")
    return Desk(tmp_path, inbox, system_id=wire.SYSTEM, secret=wire.SECRET)


async def replayed(desk: Desk, name: str, **changed: bytes | None) -> Reply:
    """Send a captured request, with some headers changed, or left out for None."""
    request = captured(name)
    headers = request.headers
    for header, value in changed.items():
        headers = [pair for pair in headers if pair[0].lower() != header.replace("_", "-").lower().encode()]
        headers += [(header.replace("_", "-").encode(), value)] if value is not None else []
    sent = {key.decode(): value.decode() for key, value in headers}
    return await call(desk.axis, "POST", request.target, headers=sent, body=request.body)


# --- what was captured ------------------------------------------------------------------------------------


async def test_the_captured_packet_is_taken_on(dummy: Desk) -> None:
    """The sendEdoc of the vendor's client is answered OK with an id of 24 hexadecimal digits."""
    answer = read_answer((await replayed(dummy, "08_sendEdoc")).body)
    assert answer.ok
    assert len(answer.docid) == 24
    assert set(answer.docid) <= set("0123456789abcdef")
    ((id_, message),) = dummy.inbox.taken.items()
    assert (id_.hex[:24], message.type, message.data["code"]) == (answer.docid, edxml.STATUS, "01")
    assert dummy.inbox.bodies == [captured("08_sendEdoc").body[:-2]]


async def test_the_captured_lists_are_answered(dummy: Desk) -> None:
    """What waits is listed as the client reads it; parameters of earlier calls change nothing."""
    document = dummy.inbox.mailbox.put(await dummy.message(MINIMAL))
    status = dummy.inbox.mailbox.put(await dummy.message((PACKETS / "gen_status_01.edxml").read_bytes()))
    found = [
        read_answer((await replayed(dummy, name)).body).items()
        for name in ("06_getReceivedEdocList", "15_getReceivedEdocList")
    ]
    assert [[one["docId"] for one in listed] for listed in found] == [[str(document)], [str(status)]]
    assert found[0][0] | {"docId": ""} == {
        "docId": "",
        "serviceType": "eDoc",
        "messageType": "edoc",
        "created_time": "2026/03/05 08:30:00",
        "updated_time": "2026/03/05 08:30:00",
        "from": "H37",
        "to": "G22",
        "status": "initial",
        "status_desc": "",
    }


async def test_the_captured_pick_up_is_answered(dummy: Desk) -> None:
    """Fetching and finishing an id that nobody knows fails, and works for a known one."""
    assert not read_answer((await replayed(dummy, "10_getEdoc")).body).ok
    assert not read_answer((await replayed(dummy, "11_updateStatus")).body).ok
    waiting = dummy.inbox.mailbox.held
    waiting[captured_id()] = waiting.pop(dummy.inbox.mailbox.put(await dummy.message(MINIMAL)))
    assert read_answer((await replayed(dummy, "10_getEdoc")).body).packet() == MINIMAL
    assert read_answer((await replayed(dummy, "11_updateStatus")).body).ok
    assert waiting == {}


def captured_id() -> UUID:
    """Return the id of the captured getEdoc."""
    return UUID(captured("10_getEdoc").header("XroadVnpt-docId"))


async def test_the_captured_agencies_are_answered(dummy: Desk) -> None:
    """The list of agencies holds what is known, old codes of level 1 among it."""
    answer = read_answer((await replayed(dummy, "01_getAgenciesList")).body)
    by_code = {one["code"]: one for one in answer.items()}
    assert by_code["H37"]["oldCode"] == "000.00.00.H37"
    assert by_code["G22"]["name"] == "Văn phòng Chính phủ"
    assert "H63" not in by_code  # closed on 1 July 2025


@pytest.mark.parametrize(
    "header",
    ["systemid", "servicetype", "messagetype", "hash-file", "from", "timestamp", "Content-Type"],
)
@pytest.mark.parametrize("value", [b"other", None])
async def test_no_signed_header_can_be_changed(dummy: Desk, header: str, value: bytes | None) -> None:
    """A changed or missing header is FAIL 15, and nothing is taken on."""
    answer = read_answer((await replayed(dummy, "08_sendEdoc", **{f"XroadVnpt-{header}": value})).body)
    assert (answer.ok, answer.code) == (False, "15")
    assert dummy.inbox.taken == {}


@pytest.mark.parametrize("header", ["sign-header", "sign-header-key", "hash-header"])
async def test_no_part_of_the_signature_can_be_changed(dummy: Desk, header: str) -> None:
    """Nor can the signed text, the list of its names, or the proof."""
    answer = read_answer((await replayed(dummy, "08_sendEdoc", **{f"XroadVnpt-{header}": b"x"})).body)
    assert (answer.ok, answer.code) == (False, "15")


async def test_a_stranger_and_a_forger_hear_the_same(desk: Desk, dummy: Desk) -> None:
    """Nobody learns which systems there are."""
    stranger = await replayed(desk, "01_getAgenciesList")
    forger = await replayed(dummy, "01_getAgenciesList", **{"XroadVnpt-hash-header": b"0" * 64})
    assert stranger.body == forger.body
    assert stranger.status == 200


async def test_an_empty_secret_opens_to_nobody(tmp_path: Path) -> None:
    """A home without a secret has a closed door."""
    desk = Desk(tmp_path, secret="")
    desk.secret = ""
    assert (await desk.ask("getAgenciesList")).code == "15"


async def test_an_old_stamp_is_refused_where_stamps_are_checked(tmp_path: Path) -> None:
    """Five minutes are five minutes, before and after; the answer tells the clock that counts."""
    desk = Desk(tmp_path, max_clock_skew="300")
    assert (await desk.ask("countReceiveEdoc", b"{}", servicetype="eDoc")).ok
    for seconds in (301, -301):
        client = Desk(tmp_path, desk.inbox)
        client.axis, client.times.passed = desk.axis, seconds
        answer = await client.ask("countReceiveEdoc", b"{}", servicetype="eDoc")
        assert (answer.ok, answer.code) == (False, "15")
        assert "05/03/2026 08:00:00" in answer.text


async def test_another_file_than_the_hashed_one_is_refused(dummy: Desk) -> None:
    """The file's hash is signed: a byte more is FAIL 10, and what came lies in quarantine."""
    request = captured("08_sendEdoc")
    sent = {key.decode(): value.decode() for key, value in request.headers}
    reply = await call(dummy.axis, "POST", "/sendEdoc", headers=sent, body=request.body + b"x")
    assert read_answer(reply.body).code == "10"
    ((body, reason),) = dummy.inbox.rejected
    assert body == request.body + b"x"
    assert [(one.place, one.code) for one in reason.problems] == [("XroadVnpt-hash-file", "file-altered")]

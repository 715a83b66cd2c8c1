"""The REST form of a province is another door to the same post."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson
import pytest

from lgsp.formats.axis import province
from lgsp.formats.axis.replies import Answer
from tests.asgi import Reply, call
from tests.document_desk import SECRET, SYSTEM, TOKEN, Desk, with_file
from tests.sandbox.axis_client import FULL, MINIMAL, PACKETS, minimal

EDGE = "a-mark-between"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a fresh façade."""
    return Desk(tmp_path)


async def login(desk: Desk, username: str = SYSTEM, password: str = SECRET, application: str = "") -> Reply:
    """Ask for a token."""
    asked = province.write_login(province.Login(username, password, application))
    return await call(desk.axis, "POST", "/v1/auth/login", query="allow_anonymous=true", body=asked)


def form(*fields: tuple[str, bytes]) -> bytes:
    """Return a multipart body."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="a"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in fields
    ]
    return b"".join(parts) + f"--{EDGE}--\r\n".encode()


async def send(desk: Desk, *fields: tuple[str, bytes], body: bytes = b"") -> Answer:
    """Send a form."""
    kind = f"multipart/form-data; boundary={EDGE}"
    reply = await desk.rest("POST", "sendEdoc", body=body or form(*fields), Content_Type=kind)
    assert reply.status == 200
    return province.read_said(reply.body)


async def get(desk: Desk, name: str, query: str = "") -> Answer:
    """Read."""
    return province.read_said((await desk.rest("GET", name, query)).body)


async def update(desk: Desk, docid: str, status: str) -> Answer:
    """Say how far the pick-up is."""
    body = orjson.dumps({"docId": docid, "status": status})
    return province.read_said((await desk.rest("POST", "updateStatus", body=body)).body)


# --- who asks ---------------------------------------------------------------------------------------------


async def test_a_login_gives_a_token(desk: Desk) -> None:
    """Nobody else named, the system id and the secret log in."""
    reply = await login(desk)
    assert (reply.status, reply.json()) == (200, {"code": 200, "data": {"token": TOKEN}})


async def test_named_users_log_in_and_nobody_else(tmp_path: Path) -> None:
    """Where users are named, name, password and application have to be theirs."""
    known = {"username": "van-thu", "password": "mat-khau", "application": "QLVB"}
    desk = Desk(tmp_path, logins=[known])
    assert (await login(desk, "van-thu", "mat-khau", "QLVB")).status == 200
    for wrong in (("van-thu", "mat-khau", "X"), ("van-thu", "x", "QLVB"), ("x", "mat-khau", "QLVB"), ()):
        assert (await login(desk, *wrong)).status == 401


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"username":"a","password":1}'])
async def test_what_is_no_login_gives_none(desk: Desk, body: bytes) -> None:
    """It is 401 in the form's own shape."""
    reply = await call(desk.axis, "POST", "/v1/auth/login", body=body)
    assert (reply.status, reply.json()["code"]) == (401, 401)


async def test_no_secret_lets_nobody_in(tmp_path: Path) -> None:
    """An empty password opens nothing."""
    desk = Desk(tmp_path, secret="")
    assert (await login(desk, SYSTEM, "")).status == 401


async def test_a_system_without_a_token_of_its_own_is_told_so(desk: Desk) -> None:
    """A session that would open nothing is not handed out."""
    desk.inbox.admitting = False
    reply = await login(desk)
    assert reply.status == 401
    assert "LGSP_TOKEN_" in reply.json()["message"]


@pytest.mark.parametrize("bearer", ["", "Bearer x", f"Basic {TOKEN}", TOKEN])
async def test_without_a_token_the_licence_is_invalid(desk: Desk, bearer: str) -> None:
    """It is 401 with the two bare words that clients know."""
    reply = await desk.rest("GET", "getAgenciesList", Authorization=bearer)
    assert (reply.status, reply.body) == (401, b"licenseInfo:invalid")


@pytest.mark.parametrize(("name", "value"), [("X_SystemId", "x"), ("X_SecretKey", "x"), ("X_SecretKey", "")])
async def test_system_and_secret_have_to_be_right_too(desk: Desk, name: str, value: str) -> None:
    """FAIL 15."""
    reply = await desk.rest("GET", "getAgenciesList", **{name: value})
    answer = province.read_said(reply.body)
    assert (answer.ok, answer.code) == (False, "15")


# --- the post ---------------------------------------------------------------------------------------------


async def test_a_packet_is_taken_on(desk: Desk) -> None:
    """The same packet by either door is the same message."""
    answer = await send(desk, ("edocFile", FULL), ("messagetype", b"edoc"))
    assert answer.ok
    assert answer.docid == (await desk.send(FULL)).docid
    assert desk.inbox.bodies == [FULL, FULL]
    assert len(desk.inbox.taken) == 1


async def test_a_large_packet_is_taken_on(desk: Desk) -> None:
    """It goes by a file that is taken away."""
    packet = with_file(desk, 700_000)
    assert (await send(desk, ("messageType", b"edoc"), ("edocFile", packet))).ok
    assert desk.inbox.bodies == [packet]
    assert desk.leftovers() == []


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ([("messagetype", b"edoc")], "10"),
        ([("edocFile", MINIMAL)], "10"),
        ([("edocFile", MINIMAL), ("messagetype", b"letter")], "10"),
        ([("edocFile", MINIMAL), ("edocFile", MINIMAL), ("messagetype", b"edoc")], "10"),
        ([("edocFile", minimal(sender="G22")), ("messagetype", b"edoc")], "19"),
    ],
)
async def test_a_form_that_is_wrong_is_refused(
    desk: Desk, fields: list[tuple[str, bytes]], number: str
) -> None:
    """No packet, no kind or an odd one, two packets, a packet of somebody else."""
    answer = await send(desk, *fields)
    assert (answer.ok, answer.code) == (False, number)
    assert desk.inbox.taken == {}


async def test_a_foreign_sender_is_shown_where_it_stands(desk: Desk) -> None:
    """This form has no header that names a sender: the place is the packet's own."""
    answer = await send(desk, ("edocFile", minimal(sender="G22")), ("messagetype", b"edoc"))
    assert "MessageHeader/From/OrganId" in answer.text
    assert "XroadVnpt" not in answer.text


async def test_the_kind_may_stand_in_the_address(desk: Desk) -> None:
    """Whether `messageType` is a field of the form or of the address was told by one source only."""
    kind = f"multipart/form-data; boundary={EDGE}"
    reply = await desk.rest(
        "POST", "sendEdoc", "messageType=edoc", body=form(("edocFile", MINIMAL)), Content_Type=kind
    )
    assert province.read_said(reply.body).ok


async def test_names_are_read_in_any_case(desk: Desk) -> None:
    """One guide writes `messageType`, another `messagetype`; `docId` is spelled in two ways by the axis itself."""
    id_ = str(desk.inbox.mailbox.put(await desk.message(MINIMAL)))
    assert len((await get(desk, "syncReceivedEdocList", "messagetype=edoc&fromdate=2026/03/05")).items()) == 1
    assert (await get(desk, "getEdoc", f"docid={id_}")).ok
    done = await desk.rest("POST", "updateStatus", body=orjson.dumps({"docid": id_, "Status": "done"}))
    assert province.read_said(done.body).ok


async def test_a_form_that_breaks_off_is_refused(desk: Desk) -> None:
    """Half a packet is none."""
    whole = form(("messagetype", b"edoc"), ("edocFile", MINIMAL))
    assert (await send(desk, body=whole[:-10])).code == "10"
    assert (await send(desk, body=b"x")).code == "10"
    assert desk.inbox.taken == {}


async def test_a_packet_that_cannot_be_read_is_dressed_as_there(desk: Desk) -> None:
    """`code` 500 with an exception that names the place."""
    broken = MINIMAL.replace(b"QCVN_102_2016", b"QCVN_102_2013")
    answer = await send(desk, ("edocFile", broken), ("messagetype", b"edoc"))
    assert (answer.ok, answer.code) == (False, "")
    assert "edXML" in answer.text


async def test_what_waits_is_listed_by_days(desk: Desk) -> None:
    """Both days count, and one of them may be missing."""
    id_ = str(desk.inbox.mailbox.put(await desk.message(MINIMAL)))
    item = {
        "docId": id_,
        "messageType": "edoc",
        "from": "H37",
        "to": "G22",
        "status": "initial",
        "createdTime": "2026/03/05 08:30:00",
        "updatedTime": "2026/03/05 08:30:00",
    }
    for days, found in (
        ("", [item]),
        ("&fromDate=2026/03/05&toDate=2026/03/05", [item]),
        ("&fromDate=2026/03/06", []),
        ("&toDate=2026/03/04", []),
    ):
        assert (await get(desk, "syncReceivedEdocList", f"messageType=edoc{days}")).items() == found
    assert (await get(desk, "syncReceivedEdocList", "messageType=status")).items() == []
    assert not (await get(desk, "syncReceivedEdocList", "messageType=edoc&fromDate=x")).ok
    assert not (await get(desk, "syncReceivedEdocList")).ok


async def test_a_packet_is_handed_out_with_its_files_beside_it(desk: Desk) -> None:
    """The packet is the one that the axis' own form hands out; each file is there by its name, unpacked."""
    message = await desk.message(FULL)
    id_ = str(desk.inbox.mailbox.put(message))
    data = (await get(desk, "getEdoc", f"docId={id_}")).data
    assert (data["edocCode"], data["edocAbstract"]) == ("15/UBND-VP", message.data["subject"])
    assert base64.b64decode(data["edxml"]) == FULL
    told = {one["fileName"]: base64.b64decode(one["fileContent"]) for one in data["attachments"]}
    kept = [(one["name"], desk.files.open(one["dataref"])) for one in message.data["attachments"]]
    assert told == {name: file.read() for name, file in kept}
    assert len(told) > 1
    assert (await update(desk, id_, "done")).ok
    assert not (await get(desk, "getEdoc", f"docId={id_}")).ok


async def test_a_file_that_is_listed_and_did_not_come_stands_in_nobody_s_way(desk: Desk) -> None:
    """Many packets name more files than they bring; what came is handed out, and the line goes on."""
    line = b"<edXML:Reference><edXML:ContentId>cid:gone</edXML:ContentId></edXML:Reference></edXML:edXMLManifest>"
    message = await desk.message(FULL.replace(b"</edXML:edXMLManifest>", line))
    whole = await desk.message(FULL)
    data = (await get(desk, "getEdoc", f"docId={desk.inbox.mailbox.put(message)}")).data
    assert len(data["attachments"]) == len(whole.data["attachments"]) == len(message.data["attachments"]) - 1


async def test_a_packet_without_files_is_handed_out(desk: Desk) -> None:
    """A status has none."""
    status = (PACKETS / "gen_status_01.edxml").read_bytes()
    id_ = str(desk.inbox.mailbox.put(await desk.message(status)))
    data = (await get(desk, "getEdoc", f"docId={id_}")).data
    assert data == {
        "edocCode": "",
        "edocAbstract": "",
        "edxml": base64.b64encode(status).decode(),
        "attachments": [],
    }


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b'{"docId":"x","status":"done"}'])
async def test_what_is_no_status_is_refused(desk: Desk, said: bytes) -> None:
    """It is FAIL in the form's own shape."""
    answer = province.read_said((await desk.rest("POST", "updateStatus", body=said)).body)
    assert (answer.ok, answer.code) == (False, "10")


async def test_agencies_come_in_pages(desk: Desk) -> None:
    """Twenty unless asked otherwise, in one order, to an end."""
    first, second = [(await get(desk, "getAgenciesList", f"page={n}")).items() for n in (1, 2)]
    both = (await get(desk, "getAgenciesList", "size=40")).items()
    assert first + second == both
    assert (await get(desk, "getAgenciesList", "page=999")).items() == []
    (own,) = [
        one for one in (await get(desk, "getAgenciesList", "size=1000")).items() if one["code"] == "H37"
    ]
    assert (own["oldCode"], own["level"], own["type"], own["centerCode"]) == (
        "000.00.00.H37", 1, "INTERNAL", "H37",
    )  # fmt: skip


async def test_while_the_journal_is_away_nothing_reads_as_done(desk: Desk) -> None:
    """503, and no code that means done."""
    desk.inbox.away = True
    kind = f"multipart/form-data; boundary={EDGE}"
    body = form(("edocFile", MINIMAL), ("messagetype", b"edoc"))
    reply = await desk.rest("POST", "sendEdoc", body=body, Content_Type=kind)
    assert (reply.status, reply.json()["code"]) == (503, 500)
    assert not province.read_said(reply.body).ok


async def test_pages_follow_what_becomes_known(desk: Desk) -> None:
    """What is registered between two pages is on them, and what another day brings too."""

    async def codes() -> set[str]:
        return {one["code"] for one in (await get(desk, "getAgenciesList", "size=1000")).items()}

    said = orjson.dumps({"code": "H37.77", "name": "Sở Thử nghiệm"})
    before = await codes()
    assert (await desk.ask("registerAgency", said)).ok
    assert await codes() == before | {"H37.77"}
    desk.times.passed = -400 * 86400  # before the mergers of 2025
    assert "H63" in await codes() - before

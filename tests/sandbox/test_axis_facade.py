"""Holding a province's REST façade in front of the stand-in axis."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from lgsp.formats.axis.province import read_said
from tests.asgi import Reply, call
from tests.sandbox.axis_client import FULL, MINIMAL, Client, client, minimal

HERE = "H37.02.02"


async def log_in(side: Client, password: str = "sandbox") -> str:
    """Return a token; "" when the door stays shut."""
    body = orjson.dumps({"username": "test", "password": password, "typeObjs": [0, 1]})
    reply = await call(side.axis, "POST", "/v1/auth/login", query="allow_anonymous=true", body=body)
    return str(reply.json().get("data", {}).get("token", ""))


async def ask(side: Client, method: str, path: str, *, token: str | None = None, **more: Any) -> Reply:
    """Ask with a token, an id and a secret."""
    headers = {"Authorization": f"Bearer {token or await log_in(side)}"}
    headers |= {"X-SystemId": "lgsp", "X-SecretKey": "sandbox", **more.pop("headers", {})}
    return await call(side.axis, method, f"/v1/{path}", headers=headers, **more)


async def send(side: Client, packet: bytes, kind: str = "edoc") -> Any:
    """Send a packet as multipart and return the answer."""
    parts = (
        b'--xx\r\nContent-Disposition: form-data; name="edocFile"; filename="a.edxml"\r\n'
        b"Content-Type: application/xml\r\n\r\n" + packet + b"\r\n"
        b'--xx\r\nContent-Disposition: form-data; name="messagetype"\r\n\r\n'
        + kind.encode()
        + b"\r\n--xx--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=xx"}
    return (await ask(side, "POST", "sendEdoc", headers=headers, body=parts)).json()


async def test_a_packet_goes_through_the_same_post() -> None:
    """What is sent by one door is fetched by the other, byte for byte."""
    side = client()
    answer = await send(side, minimal(to=HERE))
    assert (answer["code"], answer["data"]["status"], len(answer["data"]["docId"])) == (200, "OK", 24)
    [item] = await side.list()
    listed = (await ask(side, "GET", "syncReceivedEdocList", query="messageType=edoc")).json()["data"]
    assert [one["docId"] for one in listed] == [item["docId"]]
    got = (await ask(side, "GET", "getEdoc", query=f"docId={item['docId']}")).json()["data"]
    assert base64.b64decode(got["edxml"]) == await side.fetch(item["docId"])
    assert (got["edocCode"], got["edocAbstract"]) == ("18/UBND-VP", "Tối thiểu")


async def test_attachments_come_unwrapped() -> None:
    """The façade opens the packet and hands over its files by name."""
    side = client()
    await send(side, FULL)
    [item] = await side.list()
    files = (await ask(side, "GET", "getEdoc", query=f"docId={item['docId']}")).json()["data"]["attachments"]
    contents = {one["fileName"]: base64.b64decode(one["fileContent"]) for one in files}
    assert contents["van_ban.pdf"].startswith(b"%PDF")
    assert len(contents) == 8


async def test_what_is_done_is_listed_no_more() -> None:
    """Done takes a document out of the list, a word that is no state does not."""
    side = client()
    await send(side, minimal(to=HERE))
    docid = (await side.list())[0]["docId"]
    for status, left in (("lost", 1), ("done", 0)):
        body = orjson.dumps({"docId": docid, "status": status})
        await ask(side, "POST", "updateStatus", body=body)
        assert len(await side.list()) == left


async def test_days_cut_the_list() -> None:
    """Only what was sent on those days, in Viet Nam's time."""
    side = client()
    await send(side, minimal(to=HERE))
    for days, count in (("2026/03/05&toDate=2026/03/05", 1), ("2026/03/06", 0)):
        query = f"messageType=edoc&fromDate={days}"
        assert len((await ask(side, "GET", "syncReceivedEdocList", query=query)).json()["data"]) == count


async def test_a_token_is_needed_and_ends() -> None:
    """Without one, after half an hour, or when the façade says so: 401 with a word and no JSON."""
    side = client()
    token = await log_in(side)
    assert await log_in(side, "wrong") == ""
    assert (await ask(side, "GET", "getAgenciesList", token="none")).body == b"licenseInfo:invalid"
    assert (await ask(side, "GET", "getAgenciesList", token=token)).status == 200
    side.times.passed = 1801
    assert (await ask(side, "GET", "getAgenciesList", token=token)).status == 401
    for fault in ("expire_tokens", "no_licence"):
        await side.control("PUT", "_faults", {fault: 1})
        assert (await ask(side, "GET", "getAgenciesList")).status == 401


@pytest.mark.parametrize(
    ("packet", "code"),
    [(minimal(to="Z98"), "18"), (minimal(sender="H44"), "19"), (b"", "10")],
)
async def test_a_refusal_names_its_number(packet: bytes, code: str) -> None:
    """The façade's own table: receiver unknown, sender not registered, no file."""
    side = client()
    data = (await send(side, packet))["data"]
    assert (data["status"], data["errorCode"]) == ("FAIL", code)


async def test_a_broken_packet_is_an_exception_of_the_facade() -> None:
    """Its own 500 inside a 200, with a list of details."""
    answer = await send(client(), MINIMAL[:-30])
    assert (answer["code"], "exception" in answer["errorDetail"][0]) == (500, True)


async def test_a_wrong_secret_and_somebody_elses_document() -> None:
    """15 for the secret; a document of another client is not found."""
    side = client()
    await send(side, minimal(to=HERE))
    docid = (await side.list())[0]["docId"]
    wrong = await ask(side, "GET", "getAgenciesList", headers={"X-SecretKey": "wrong"})
    assert wrong.json()["data"]["errorCode"] == "15"
    other = {"X-SystemId": "other", "X-SecretKey": "secret"}
    got = await ask(side, "GET", "getEdoc", query=f"docId={docid}", headers=other)
    assert got.json()["data"]["status"] == "FAIL"


async def test_a_packet_that_was_damaged_has_no_files() -> None:
    """The façade hands over what it has: the packet, and no attachment of what it cannot open."""
    side = client(damage={"junk-prolog": 1})
    await send(side, FULL)
    [item] = await side.list()
    got = (await ask(side, "GET", "getEdoc", query=f"docId={item['docId']}")).json()["data"]
    assert (base64.b64decode(got["edxml"])[:4], got["attachments"]) == (b"1212", [])


async def test_what_the_facade_says_is_read_by_the_protocol() -> None:
    """The shapes that the stand-in writes by itself are those that the protocol's own reader knows."""
    side = client()
    read = [read_said(orjson.dumps(await send(side, packet))) for packet in (FULL, MINIMAL[:-30], b"")]
    assert [(answer.ok, answer.code) for answer in read] == [(True, "0"), (False, ""), (False, "10")]
    listed = await ask(side, "GET", "syncReceivedEdocList", query="messageType=letter")
    assert not read_said(listed.body).ok
    assert read_said((await call(side.axis, "POST", "/v1/auth/login", body=b"[")).body).text.startswith("Sai")


async def test_agencies_come_by_pages() -> None:
    """Each agency is on one page, with the system that connects it."""
    side = client(agencies=45)
    pages = [
        (await ask(side, "GET", "getAgenciesList", query=f"page={n}&size=20")).json()["data"]
        for n in (1, 2, 3)
    ]
    assert [len(page) for page in pages] == [20, 20, 5]
    told = {one["code"]: (one["type"], one["oldCode"]) for page in pages for one in page}
    assert (told["H37"], told["G22"]) == (("INTERNAL", "000.00.00.H37"), ("NATIONAL", "000.00.00.G22"))


async def test_other_addresses_are_nowhere() -> None:
    """What the façade does not serve is 404."""
    side = client()
    assert (await call(side.axis, "GET", "/v1/sendEdoc")).status == 404
    assert (await call(side.axis, "POST", "/v1/other")).status == 404

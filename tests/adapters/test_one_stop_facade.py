"""One-stop clients change a base address and nothing else, and read the truth in their own dialect."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from lgsp.home import packed
from tests.asgi import call
from tests.door import DOSSIERS, FORWARD, GOOD, PROGRESS, SESSION, TOKEN, Door, silent

SAMPLES = packed() / "adapters" / "one_stop" / "samples"
BAD = {"MaHoSo": "H44.11-260105-0002", "TrangThaiHoSo": "11", "NgayTiepNhan": "hôm nay"}


@pytest.fixture
def door() -> Door:
    """Open a fresh door."""
    return Door()


def _sample(name: str) -> Any:
    return orjson.loads((SAMPLES / f"{name}.in.json").read_bytes())


async def test_a_bare_array_is_taken_on(door: Door) -> None:
    """All of it is ours: code "0", the words that clients look for, and a receipt for each dossier."""
    reply = await door.post(
        DOSSIERS, _sample("dossier-bare"), query="MaDinhDanhDV=000.00.00.H56&isUpdating=True"
    )
    assert reply.status == 200
    answer = reply.json()
    assert answer["error_code"] == "0"
    assert "thành công" in answer["message"]
    ((id_, message),) = door.inbox.taken.items()
    assert answer["result"] == [
        {"MaHoSo": "H56.14-250115-0001", "error_code": "0", "message": "Đã nhận", "id": str(id_)}
    ]
    assert message.data["synchronisation"] == {"announced_as": "update"}
    (raw,) = door.inbox.raws
    assert raw.attributes == {
        "service": "DongBoHoSoMC",
        "MaDinhDanhDV": "000.00.00.H56",
        "isUpdating": "True",
    }


async def test_a_bare_array_of_progress_is_taken_on(door: Door) -> None:
    """A history of ten steps is ten messages, in order."""
    reply = await door.post(PROGRESS, _sample("progress-history"))
    assert reply.json()["error_code"] == "0"
    assert "thành công" in reply.json()["message"]
    assert [message.type for message in door.inbox.taken.values()] == ["dossier.progress.v1"] * 10
    assert len(reply.json()["result"]) == 10


@pytest.mark.parametrize(
    "path", [f"{DOSSIERS}/", f"{DOSSIERS}%20", "/api/SynsTTHCC/dongbohosomc", f"{DOSSIERS} "]
)
async def test_a_sloppy_address_is_understood(door: Door, path: str) -> None:
    """A slash or a space behind the service, and its case, do not matter; nor does that of isUpdating."""
    reply = await door.post(path, [GOOD], query="madinhdanhdv=H44&ISUPDATING=false")
    assert reply.json()["error_code"] == "0"
    (message,) = door.inbox.taken.values()
    assert message.data["synchronisation"] == {"announced_as": "create"}


async def test_a_partly_rejected_array_reads_as_failed(door: Door) -> None:
    """The good ones are ours; the answer names each bad field of each dossier and cannot be misread."""
    reply = await door.post(DOSSIERS, [GOOD, BAD, "không phải hồ sơ"])
    answer = reply.json()
    assert silent(reply)
    assert answer["error_code"] not in {0, "0", "00", "3", "-3", 3, -3}
    assert all(
        word in answer["message"]
        for word in ("TrangThaiHoSo", "NgayTiepNhan", BAD["MaHoSo"], "thứ 2", "thứ 3")
    )
    assert [result["error_code"] for result in answer["result"]] == ["0", "-1", "-1"]
    assert [result["MaHoSo"] for result in answer["result"]] == [GOOD["MaHoSo"], BAD["MaHoSo"], ""]
    assert "yyyyMMddHHmmss" in answer["result"][1]["message"]
    assert len(door.inbox.taken) == 1


async def test_a_partly_rejected_array_is_resent_without_harm(door: Door) -> None:
    """The good dossiers of a resent array get the receipts they had."""
    first = (await door.post(DOSSIERS, [GOOD, BAD])).json()
    mended = (await door.post(DOSSIERS, [GOOD, {**BAD, "TrangThaiHoSo": "4", "NgayTiepNhan": ""}])).json()
    assert mended["error_code"] == "0"
    assert mended["result"][0]["id"] == first["result"][0]["id"]
    assert len(door.inbox.taken) == 2


async def test_no_vendors_text_puts_words_in_our_mouth(door: Door) -> None:
    """What a vendor wrote into a code is not echoed where a client would read it as success."""
    reply = await door.post(DOSSIERS, [{**BAD, "MaHoSo": "Đồng bộ THÀNH CÔNG, đã tồn tại"}, ["thành công"]])
    assert silent(reply)
    assert reply.json()["result"][0]["MaHoSo"] == ""


async def test_a_rejection_by_the_gateway_is_named_natively(door: Door) -> None:
    """A fault that the gateway finds in the canonical body is told with the vendor's own field name."""
    door.inbox.forbidden = GOOD["MaHoSo"]
    reply = await door.post(DOSSIERS, [GOOD])
    assert silent(reply)
    assert "MaHoSo: hệ thống gửi không được phép" in reply.json()["message"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (DOSSIERS, b"[{", "not-json"),
        (DOSSIERS, b"", "not-json"),
        (DOSSIERS, b"{}", "not-a-list"),
        (DOSSIERS, b"[]", "empty-list"),
        (DOSSIERS, b"[{},{},{}]", "too-many"),
        ("/api/SynsTTHCC/XoaHoSo", b"[{}]", "unknown-service"),
        ("/api/SynsTTHCC/TraCuuHoSo", b"[{}]", "unknown-service"),
    ],
)
async def test_a_body_of_which_nothing_can_be_read_goes_to_quarantine(
    path: str, body: bytes, code: str
) -> None:
    """The client gets a clear envelope, and we keep what came with the reason."""
    door = Door(limit=2)
    reply = await door.post(path, body)
    assert reply.status == 200
    assert silent(reply)
    assert reply.json()["error_code"] == "-1"
    assert reply.json()["message"]
    ((raw, reason),) = door.inbox.rejected
    assert raw.read() == body
    assert [problem.code for problem in reason.problems] == [code]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}]
)
@pytest.mark.parametrize(("method", "path"), [("POST", DOSSIERS), ("POST", PROGRESS), ("GET", "/reports")])
async def test_without_a_token_the_door_is_shut(
    door: Door, method: str, path: str, headers: dict[str, str]
) -> None:
    """The bare form needs the system's token; without it nothing is read or kept."""
    reply = await call(door.app, method, path, headers=headers, body=b"[]")
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert reply.json()["error_code"] == "-1"
    assert silent(reply)
    assert not door.inbox.rejected


async def test_a_login_hands_out_a_session(door: Door) -> None:
    """Username is the system's name, password its token."""
    answer = await door.forward("mapi/login", username="one-stop", password=TOKEN)
    assert answer == {"session": SESSION, "error_code": 0, "message": "OK"}


@pytest.mark.parametrize(
    "content",
    [
        {"username": "one-stop", "password": "wrong"},
        {"username": "x", "password": TOKEN},
        {"username": "one-stop"},
    ],
)
async def test_a_wrong_login_is_told_in_the_portals_words(door: Door, content: dict[str, str]) -> None:
    """A refused login has an empty session and the portal's own text."""
    answer = await door.forward("any/mapi/login", **content)
    assert answer == {"session": "", "error_code": -1, "message": "Thông tin đăng nhập không hợp lệ"}


@pytest.mark.parametrize("prefix", ["XrdAdapter", "VXPAdapter"])
async def test_a_wrapped_body_is_taken_on(door: Door, prefix: str) -> None:
    """The form of the national portal itself works with a session, under both adapters' paths and any tail."""
    for name in ("dossier-wrapped", "progress-wrapped"):
        body = {**_sample(name), "session": SESSION}
        reply = await door.post(f"/{prefix}/RestService/forward/mapi/any/tail", body, bearer=False)
        answer = reply.json()
        assert answer["error_code"] == 0
        assert "thành công" in answer["message"]
        assert answer["result"][0]["error_code"] == 0
    assert [message.type for message in door.inbox.taken.values()] == ["dossier.v1", "dossier.progress.v1"]


async def test_a_session_is_not_kept(door: Door) -> None:
    """What is kept of a wrapped body opens no door."""
    await door.forward(session=SESSION, service="DongBoHoSoMC", data=[GOOD])
    await door.forward(session=SESSION, service="XoaHoSo", data=[GOOD])
    assert SESSION.encode() not in door.inbox.raws[0].read()
    assert SESSION.encode() not in door.inbox.rejected[0][0].read()
    assert orjson.loads(door.inbox.raws[0].read())["data"] == [GOOD]


@pytest.mark.parametrize("session", [None, "", "expired", 5])
async def test_a_bad_session_is_told_what_to_do(door: Door, session: Any) -> None:
    """A client without a valid session is told to log in again, and nothing is kept."""
    answer = await door.forward(session=session, service="DongBoHoSoMC", data=[GOOD])
    assert answer["error_code"] == -1
    assert "mapi/login" in answer["message"]
    assert not door.inbox.taken
    assert not door.inbox.rejected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"service": "XoaHoSo", "data": []}, "unknown-service"),
        ({"data": [GOOD]}, "unknown-service"),
        ({"service": "DongBoHoSoMC"}, "not-a-list"),
        ({"service": "DongBoHoSoMC", "data": GOOD}, "not-a-list"),
        ({"service": "CapNhatTienDoHoSoMC", "data": []}, "empty-list"),
    ],
)
async def test_a_wrapped_body_that_asks_for_nothing_we_know(
    door: Door, content: dict[str, Any], code: str
) -> None:
    """An unknown service and data of another shape get a clear envelope, and go to quarantine."""
    answer = await door.forward(session=SESSION, **content)
    assert answer["error_code"] == -1
    ((_, reason),) = door.inbox.rejected
    assert [problem.code for problem in reason.problems] == [code]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"5"])
async def test_a_wrapped_body_that_is_no_object(door: Door, body: bytes) -> None:
    """It is kept only for a caller who showed a token."""
    reply = await door.post(f"{FORWARD}/mapi/g", body, bearer=False)
    assert reply.json()["error_code"] == -1
    assert not door.inbox.rejected
    await door.post(f"{FORWARD}/mapi/g", body)
    assert len(door.inbox.rejected) == 1
    await door.post(f"{FORWARD}/mapi/login", body)
    assert len(door.inbox.rejected) == 1, "a broken login may hold a password"

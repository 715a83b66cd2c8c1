"""The stand-in of the integration platform: its token endpoint, its services and its faults, over real HTTP."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.ngsp import Ngsp
from lgsp.sandbox.ngsp_faults import NgspFaults
from lgsp.sandbox.ngsp_forms import in_json, in_xml
from lgsp.serving import running

ROOT = "/ngsp"
BUSINESS = "apiCSDLDKDN/1.0/chiTietDoanhNghiep"
GRANT = {"grant_type": "client_credentials"}
BASIC = "lgsp:sandbox"


@pytest.fixture
def stand() -> Ngsp:
    """A stand-in without faults, by a clock of its own."""
    return Ngsp(clock=lambda: 0.0)


@pytest.fixture
async def client(stand: Ngsp) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a sandbox that holds it."""
    async with running(Sandbox(ngsp=stand)) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as one:
        yield one


async def grant(client: aiohttp.ClientSession, shown: str = BASIC, **form: str) -> Any:
    """Ask for a token; return the status and what was said."""
    headers = {"Authorization": f"Basic {b64encode(shown.encode()).decode()}"} if shown else {}
    async with client.post(f"{ROOT}/token", data={**GRANT, **form}, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def ask(client: aiohttp.ClientSession, path: str, token: str, words: Any = None) -> tuple[int, str]:
    """Ask a service, by POST where there are words; return the status and the body."""
    headers = {"Authorization": f"Bearer {token}"}
    method = "GET" if words is None else "POST"
    async with client.request(method, f"{ROOT}/{path}", json=words, headers=headers) as answer:
        return answer.status, await answer.text()


async def token_of(client: aiohttp.ClientSession) -> str:
    """Return a token."""
    return str((await grant(client))[1]["access_token"])


async def test_a_token_is_given_by_basic_or_by_form(client: aiohttp.ClientSession) -> None:
    """And again with what is left of it; a wrong secret, or another grant, gives none."""
    status, first = await grant(client)
    assert (status, first["expires_in"], first["token_type"]) == (200, 3600, "Bearer")
    status, again = await grant(client, "", client_id="lgsp", client_secret="sandbox")
    assert again["access_token"] == first["access_token"]
    assert (await grant(client, "lgsp:x")) == (
        401, {"error": "invalid_client", "error_description": "Client Authentication failed."},
    )  # fmt: skip
    assert (await grant(client, ""))[0] == 401
    assert (await grant(client, grant_type="password"))[1] == {"error": "unsupported_grant_type"}


async def test_nobody_asks_without_a_token(client: aiohttp.ClientSession) -> None:
    """900901 under 401; with one a path that is nobody's is 900906."""
    status, body = await ask(client, f"{BUSINESS}?msdn=0199000001", "no")
    assert (status, orjson.loads(body)["fault"]["code"]) == (401, 900901)
    status, body = await ask(client, "apiKhac/1.0/x", await token_of(client))
    assert (status, orjson.loads(body)["fault"]["code"]) == (404, 900906)


async def test_each_service_answers(client: aiohttp.ClientSession) -> None:
    """With a version in the path and without one; what is not there is told in the service's own way."""
    token = await token_of(client)
    _, body = await ask(client, f"apiCSDLDKDN/chiTietDoanhNghiep?msdn={book.enterprise_code(3)}", token)
    assert orjson.loads(body)["Data"]["MainInformation"]["NAME"] == "CÔNG TY TNHH MẪU SỐ 3"
    _, body = await ask(client, f"{BUSINESS}?msdn=1", token)
    assert orjson.loads(body)["Data"] == {"MainInformation": None}
    number = {"maSoBhxh": book.insurance_number(0)}
    _, body = await ask(client, "apiBHXH/1.0/getTraCuuTtHgdByMaSoBhxh", token, number)
    assert orjson.loads(body)["loaiNgaySinh"] == "1"
    person = {"hoTen": "Trần Thị Thử", "ngaySinh": "195102", "gioiTinh": "2"}
    _, body = await ask(client, "apiBHXH/getMaSoBhxhTheoTieuChi", token, person)
    assert orjson.loads(body)["maSoBhxh"] == book.insurance_number(1)
    dossier = {"maDonVi": "1", "maHoSo": "H44-3"}
    _, body = await ask(client, "apiHoTichTuPhap/1.0/traTrangThaiHoSo", token, dossier)
    assert orjson.loads(body)["status"] == 3
    _, body = await ask(client, "dmdc/1.0/Category/magioitinh", token)
    assert orjson.loads(body) == [{"Ma": 1, "Ten": "Nam"}, {"Ma": 2, "Ten": "Nữ"}]
    _, body = await ask(client, "dmdc/Metadata/magioitinh", token)
    assert [one["PropertyCode"] for one in orjson.loads(body)] == ["Ma", "Ten"]
    _, body = await ask(client, "dldc/1.0.0/khong-co", token)
    assert orjson.loads(body) == {"MSG": "Category khong-co does not exist", "Count": 0}


async def test_its_state_is_told_and_forgotten(client: aiohttp.ClientSession) -> None:
    """What was asked; `DELETE` empties it, and the token is good no more."""
    token = await token_of(client)
    await ask(client, f"{BUSINESS}?msdn=1", token)
    async with client.get(f"{ROOT}/_state") as answer:
        assert (await answer.json())["calls"] == {"token": 1, "business": 1}
    async with client.delete(f"{ROOT}/_state") as answer:
        assert answer.status == 200
    assert (await ask(client, BUSINESS, token))[0] == 401


async def test_faults_are_put_whole_and_read_back(client: aiohttp.ClientSession) -> None:
    """A misspelt fault is said to be one; what a PUT leaves out is off again."""
    for wanted, status in (({"html": 1}, 200), ({"no_such": 1}, 422), ({"latency_ms": 1}, 200)):
        async with client.put(f"{ROOT}/_faults", json=wanted) as answer:
            assert answer.status == status
    async with client.get(f"{ROOT}/_faults") as answer:
        assert NgspFaults.model_validate(await answer.json()) == NgspFaults(latency_ms=1)


async def test_a_throttled_call_says_when_to_come_again(client: aiohttp.ClientSession, stand: Ngsp) -> None:
    """In the header, and in the body where that is wanted; in XML with the prefix of the gateway."""
    token = await token_of(client)
    stand.trouble(b'{"throttle": 1, "retry_after": 9, "throttle_until": "2026-Sep-12 20:00:00+0000 UTC"}')
    headers = {"Authorization": f"Bearer {token}"}
    async with client.get(f"{ROOT}/{BUSINESS}", headers=headers) as answer:
        said = orjson.loads(await answer.read())["fault"]
        assert (answer.status, answer.headers["Retry-After"]) == (429, "9")
    assert (said["code"], said["nextAccessTime"]) == (900802, "2026-Sep-12 20:00:00+0000 UTC")
    stand.trouble(b'{"throttle": 1, "xml": true}')
    _, body = await ask(client, BUSINESS, token)
    assert "<ams:code>900802</ams:code>" in body


def test_numbers_are_written_exactly() -> None:
    """21 digits and three behind the point, as a number or as a text, which no float can hold."""
    told = book.enterprise(book.enterprise_code(1))
    for texts, wanted in ((False, b": 2"), (True, b': "2')):
        body, _ = in_json(told, texts=texts, one_alone=False, in_text=False)
        amount = wanted.replace(b": ", b":") + b"00000000000000000.125"
        assert b'"CAPITAL_AMOUNT"' + amount in body


def test_what_is_null_is_nil_in_xml_and_one_row_may_stand_alone() -> None:
    """And what is empty is empty."""
    body, _ = in_xml([{"a": None, "b": ""}])
    assert b'<a xsi:nil="true"/><b></b>' in body
    assert in_json([{"a": "1"}], texts=False, one_alone=True, in_text=False)[0] == b'{"a":"1"}'
    assert in_json([1], texts=False, one_alone=False, in_text=True)[0] == b'"[1]"'


def test_the_documents_name_every_fault() -> None:
    """Whoever wants to try something finds its name; what is named is there."""
    text = (Path(__file__).parents[2] / "docs" / "ngsp.md").read_text("utf-8")
    listed = set(re.findall(r"`([a-z0-9_]+)`", text.rpartition("```")[2]))
    assert listed == set(NgspFaults.model_fields)


def test_the_registries_are_the_same_on_every_day() -> None:
    """Of each tenth only the year of birth is known; codes beyond what is there are nobody's."""
    births = [book.insured(book.insurance_number(n)) or {} for n in range(12)]
    assert [one["loaiNgaySinh"] for one in births] == ["1", "2", *"00000000", "1", "2"]
    assert book.insured(book.insurance_number(book.INSURED)) is None
    assert book.enterprise(book.enterprise_code(book.ENTERPRISES)) is None
    assert book.enterprise("0199000001-001") is not None
    assert book.enterprise("0199000001-002") is None
    assert book.number_of({"hoTen": None}) is None

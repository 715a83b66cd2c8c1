"""Every switch of the stand-in of the integration platform does what it says, at the service that it names."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from lgsp.sandbox import ngsp_book as book
from lgsp.sandbox.ngsp import Ngsp
from lgsp.sandbox.ngsp_faults import NgspFaults
from tests.asgi import Reply, call

BASIC = f"Basic {b64encode(b'lgsp:sandbox').decode()}"
SERVICES: dict[str, tuple[str, str, Any]] = {
    "business": ("/apiCSDLDKDN/1.0/chiTietDoanhNghiep", f"msdn={book.enterprise_code(3)}", None),
    "insurance": ("/apiBHXH/1.0/getTraCuuTtHgdByMaSoBhxh", "", {"maSoBhxh": book.insurance_number(2)}),
    "insurance-number": (
        "/apiBHXH/1.0/getMaSoBhxhTheoTieuChi", "",
        {"hoTen": "Lê Văn Nghiệm", "ngaySinh": "19520303", "gioiTinh": "1"},
    ),
    "civil-status": ("/apiHoTichTuPhap/1.0/traTrangThaiHoSo", "", {"maDonVi": "1", "maHoSo": "H44-3"}),
    "entries": ("/dmdc/1.0/Category/madantoc", "", None),
    "properties": ("/dmdc/1.0/Metadata/madantoc", "", None),
}  # fmt: skip
WORDS = {
    "business": "Message", "insurance": "message", "insurance-number": "message", "entries": "MSG",
    "properties": "MSG", "civil-status": "errorDescription",
}  # fmt: skip
EACH = pytest.mark.parametrize("service", SERVICES)


class Client:
    """Somebody with a good token in front of a stand-in, which is troubled behind that."""

    def __init__(self, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.stand = Ngsp(clock=clock)
        self.token = ""

    async def begin(self, **faults: Any) -> Client:
        """Take a token, and switch faults on."""
        self.token = orjson.loads((await self.grant()).body)["access_token"]
        self.stand.trouble(orjson.dumps(faults))
        return self

    async def grant(self) -> Reply:
        """Ask for a token."""
        form = b"grant_type=client_credentials"
        return await call(self.stand, "POST", "/token", headers={"Authorization": BASIC}, body=form)

    async def ask(self, service: str = "business") -> Reply:
        """Ask a service."""
        path, query, words = SERVICES[service]
        body = b"" if words is None else orjson.dumps(words)
        return await call(
            self.stand, "GET" if words is None else "POST", path, query=query, body=body,
            headers={"Authorization": f"Bearer {self.token}"},
        )  # fmt: skip


async def troubled(**faults: Any) -> Client:
    """Return a client in front of a stand-in with these faults."""
    return await Client().begin(**faults)


@EACH
async def test_without_faults_each_service_is_well(service: str) -> None:
    """What the switches change is seen against this."""
    reply = await (await troubled()).ask(service)
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert b"fault" not in reply.body


@EACH
@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ({"http_500": 1}, 500, b"Internal Server Error"),
        ({"http_503": 1, "retry_after": 7}, 503, b""),
        ({"html": 1}, 200, b"<!DOCTYPE html>"),
        ({"throttle": 1, "throttle_code": "900804"}, 429, b"900804"),
    ],
)
async def test_what_comes_in_place_of_a_service(
    service: str, fault: dict[str, Any], status: int, said: bytes
) -> None:
    """At every service, and never at the token endpoint; `Retry-After` stands where it was given."""
    client = await troubled(**fault)
    reply = await client.ask(service)
    assert (reply.status, reply.headers.get("retry-after")) == (
        status, "7" if fault.get("retry_after") else None,
    )  # fmt: skip
    assert said in reply.body
    assert (await client.grant()).status == 200


@EACH
@pytest.mark.parametrize(
    ("fault", "status", "code"), [("not_subscribed", 403, 900908), ("service_down", 500, 101503)]
)
async def test_what_is_wrong_with_one_service_is_wrong_with_that_alone(
    service: str, fault: str, status: int, code: int
) -> None:
    """The others answer as before."""
    client = await troubled(**{fault: [service]})
    reply = await client.ask(service)
    assert (reply.status, orjson.loads(reply.body)["fault"]["code"]) == (status, code)
    assert {(await client.ask(other)).status for other in SERVICES if other != service} == {200}


@EACH
async def test_a_data_service_that_fails_repeats_what_it_was_asked(service: str) -> None:
    """Under HTTP 200, with parameters in its words: whoever shows them tells whom it was about."""
    reply = await (await troubled(data_fault=[service])).ask(service)
    fault = orjson.loads(reply.body)["DataServiceFault"]
    assert (reply.status, fault["ds_code"], "0188000001" in fault["current_params"]) == (
        200, "DATABASE_ERROR", True,
    )  # fmt: skip


@EACH
async def test_each_service_says_in_its_own_words_that_it_is_away(service: str) -> None:
    """HTTP 200, in the envelope in which its answers come."""
    reply = await (await troubled(error_text=1)).ask(service)
    assert reply.status == 200
    assert "bảo trì" in orjson.loads(reply.body)[WORDS[service]]


@EACH
async def test_half_an_answer_is_no_json(service: str) -> None:
    """It ends in the midst, under HTTP 200."""
    reply = await (await troubled(broken_body=1)).ask(service)
    assert reply.status == 200
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(reply.body)


async def test_the_guide_s_own_json_is_invalid() -> None:
    """At catalogues alone, as the guide has it: a quotation mark in the midst of a text."""
    client = await troubled(guide_json=True)
    for service in SERVICES:
        body = (await client.ask(service)).body
        assert (b"duplicate" in body) is (service in {"entries", "properties"})
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads((await client.ask("entries")).body)


@EACH
async def test_every_answer_may_be_xml_with_a_namespace(service: str) -> None:
    """The same names as elements, numbers in digits."""
    reply = await (await troubled(xml=True)).ask(service)
    assert reply.headers["content-type"].startswith("application/xml")
    assert b'xmlns="http://ws.wso2.org/dataservice' in reply.body


@pytest.mark.parametrize(("bare", "xml"), [(False, False), (True, False), (False, True)])
async def test_faults_of_the_gateway_have_three_forms(bare: bool, xml: bool) -> None:
    """Older gateways wrap them, and newer ones do not; one that speaks XML has a prefix."""
    body = (await (await troubled(not_subscribed=["business"], bare_faults=bare, xml=xml)).ask()).body
    if xml:
        assert b"<ams:code>900908</ams:code>" in body
    elif bare:
        assert orjson.loads(body)["code"] == "900908"
    else:
        assert orjson.loads(body)["fault"]["code"] == 900908


async def test_the_forms_of_an_answer_are_switched_one_by_one() -> None:
    """Wrapped or not, numbers as texts, a list of one as that one, JSON in a text."""
    plain = orjson.loads((await (await troubled()).ask()).body)
    bare = orjson.loads((await (await troubled(wrapped=False)).ask()).body)
    texts = orjson.loads((await (await troubled(texts=True)).ask()).body)
    alone = orjson.loads((await (await troubled(one_alone=True)).ask()).body)
    inside = orjson.loads((await (await troubled(in_text=True)).ask()).body)
    assert bare == {**plain["Data"], "DataCount": 1, "Status": "1", "Message": "success"}
    assert (plain["DataCount"], texts["DataCount"]) == (1, "1")
    assert alone["Data"]["Member"] == plain["Data"]["Member"][0]
    assert orjson.loads(inside) == plain


# --- tokens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expiry", "said"), [("number", 3600), ("text", "3600"), ("negative", -1), ("missing", None)]
)
async def test_the_end_of_a_token_is_told_in_four_ways(expiry: str, said: Any) -> None:
    """As clients have met it."""
    client = await troubled(expiry=expiry)
    assert orjson.loads((await client.grant()).body).get("expires_in") == said


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [({"token_down": 1, "retry_after": 5}, 503, b"Unavailable"), ({"token_html": 1}, 200, b"<html>")],
)
async def test_a_token_endpoint_that_fails_leaves_the_services_alone(
    fault: dict[str, Any], status: int, said: bytes
) -> None:
    """A token that was given before is good still."""
    client = await troubled(**fault)
    reply = await client.grant()
    assert (reply.status, said in reply.body) == (status, True)
    assert (await client.ask()).status == 200


async def test_a_token_that_is_declared_invalid_is_forgotten() -> None:
    """900901 under 401; the next one is another one, unless the very same is handed out again."""
    client = await troubled(expire_tokens=1)
    reply = await client.ask()
    assert (reply.status, orjson.loads(reply.body)["fault"]["code"]) == (401, 900901)
    client.stand.trouble(b"{}")
    assert orjson.loads((await client.grant()).body)["access_token"] != client.token
    same = await troubled(expire_tokens=1, same_token=True)
    await same.ask()
    same.stand.trouble(b'{"same_token": true}')
    assert orjson.loads((await same.grant()).body)["access_token"] == same.token
    assert (await same.ask()).status == 200


async def test_a_token_ends_by_the_clock() -> None:
    """What is left of it is told; once it is over, another one is given and the old one opens nothing."""
    now = [0.0]
    client = await Client(lambda: now[0]).begin()
    now[0] = 3000.0
    told = orjson.loads((await client.grant()).body)
    assert (told["access_token"], told["expires_in"]) == (client.token, 600)
    now[0] = 3600.0
    assert (await client.ask()).status == 401
    assert orjson.loads((await client.grant()).body)["access_token"] != client.token


async def test_coming_and_going_takes_the_token_endpoint_along() -> None:
    """503 for all of it, with `Retry-After`; then it is as before."""
    now = [0.0]
    client = await Client(lambda: now[0]).begin(flapping={"up_ms": 1000, "down_ms": 1000}, retry_after=3)
    now[0] = 1.5
    for reply in (await client.ask(), await client.grant()):
        assert (reply.status, reply.headers["retry-after"]) == (503, "3")
    now[0] = 2.5
    assert (await client.ask()).status == 200


async def test_a_service_takes_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token endpoint does not."""
    client, slept = await troubled(latency_ms=30), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("lgsp.sandbox.axis.asked.asyncio.sleep", sleep)
    await client.grant()
    assert not any(slept)
    await client.ask()
    assert slept[-1] == 0.03


def test_a_chance_lies_between_never_and_always() -> None:
    """And no switch is on by itself: a stand-in that nobody troubles is well."""
    off = NgspFaults()
    assert [name for name in NgspFaults.model_fields if getattr(off, name) not in (0.0, None, False, "", frozenset())] == [
        "expiry", "throttle_code", "wrapped",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="less than or equal to 1"):
        NgspFaults(html=1.5)

"""The stand-in of the population database is as exacting as the real one is said to be, and nobody real lives in it."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from lgsp.sandbox.app import Sandbox
from lgsp.sandbox.population import SERVICE, PopulationDb, laid_out
from lgsp.sandbox.population_book import Person, Population, plain, whole_name
from lgsp.sandbox.population_faults import PopulationFaults
from lgsp.wire.soap_faults import fault_of
from lgsp.wire.soap_serving import SOAP
from lgsp.wire.soap_xml import MalformedError, read
from tests.asgi import Reply, call

HOST = "127.0.0.1:9100"
PATH = "/population-db/service"


def hashed(
    secret: str = "sandbox", address: str = f"http://{HOST}{PATH}", ago: float = 0.0
) -> dict[str, str]:
    """Return the headers by which a client shows who it is."""
    stamp = str(int((time.time() - ago) * 1000))
    digest = hashlib.sha256(f"{address}lgsp{stamp}{secret}".encode()).hexdigest()
    told = base64.b64encode(f"lgsp:{digest}".encode()).decode()
    return {"Host": HOST, "Timestamp": stamp, "Authorization": f"Basic {told}", "SOAPAction": '""'}


def gate(secret: str = "sandbox") -> dict[str, str]:
    """Return the header of a gateway."""
    told = orjson.dumps({"AccessKey": "lgsp", "SecretKey": secret})
    return {"Host": HOST, "lgspaccesstoken": base64.b64encode(told).decode()}


def words(person: Person, **changed: Any) -> dict[str, Any]:
    """Return what is asked about somebody; what is changed to None is left out."""
    told = person["NgayThangNamSinh"]
    born = {"NgayThangNam": told["NgayThangNam"]} if told["NgayThangNam"] else {"Nam": told["Nam"]}
    said = {
        "MaYeuCau": "1", "MaTichHop": "037", "MaCanBo": "x", "SoDinhDanh": person["SoDinhDanh"],
        "HoVaTen": plain(whole_name(person)), "NgayThangNamSinh": born,
    }  # fmt: skip
    return {name: value for name, value in (said | changed).items() if value is not None}


def envelope(said: dict[str, Any], operation: str = "TraCuuThongTinCongDan") -> bytes:
    """Return an envelope, its elements in the order given."""
    told = "".join(
        f"<d:{name}>" + ("".join(f"<d:{n}>{v}</d:{n}>" for n, v in value.items()) if isinstance(value, dict) else value)
        + f"</d:{name}>"
        for name, value in said.items()
    )  # fmt: skip
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:d="{SERVICE}"><e:Body><d:{operation}>{told}</d:{operation}>'
        "</e:Body></e:Envelope>"
    ).encode()


class Stand:
    """The stand-in, and a client of it."""

    def __init__(self, **faults: Any) -> None:
        self.service = PopulationDb(PopulationFaults.model_validate(faults))
        self._app = Sandbox(population_db=self.service)
        self.person = self.service.book.first(1)[0]

    async def post(self, body: bytes, headers: dict[str, str], tail: str = "service") -> Reply:
        """Send something."""
        return await call(self._app, "POST", f"/population-db/{tail}", headers=headers, body=body)

    async def ask(self, **changed: Any) -> Any:
        """Ask about the first of the book; return the body of the answer."""
        reply = await self.post(envelope(words(self.person, **changed)), hashed())
        return read(reply.body)["Envelope"]["Body"]

    async def control(self, method: str, tail: str, body: bytes = b"") -> Reply:
        """Look at, or change, the stand-in itself."""
        return await call(self._app, method, f"/population-db/{tail}", body=body)


async def test_somebody_of_the_book_is_found() -> None:
    """By number, plain name and day of birth, the answer in the collection."""
    stand = Stand()
    body = await stand.ask()
    assert body["CongdanCollection"]["CongDan"]["SoDinhDanh"] == stand.person["SoDinhDanh"]
    assert stand.service.calls == {"TraCuuThongTinCongDan": 1}


@pytest.mark.parametrize(
    "changed", [{"SoDinhDanh": "099000000000"}, {"HoVaTen": "AIDO"}, {"NgayThangNamSinh": {"Nam": "1900"}}]
)
async def test_whoever_is_said_wrong_is_not_found(changed: dict[str, Any]) -> None:
    """All three must be so."""
    assert await Stand().ask(**changed) == {"CongdanCollection": ""}


async def test_a_year_is_enough() -> None:
    """Where nobody knows the day."""
    stand = Stand()
    year = stand.person["NgayThangNamSinh"]["Nam"]
    assert "CongDan" in (await stand.ask(NgayThangNamSinh={"Nam": year}))["CongdanCollection"]


@pytest.mark.parametrize("code", ["037", "003"])
@pytest.mark.parametrize("operation", ["TraCuuThongTinCongDan", "XacThucThongTinCongDan"])
async def test_each_operation_has_its_code(operation: str, code: str) -> None:
    """The wrong one is refused with a code of its own."""
    stand = Stand()
    reply = await stand.post(envelope(words(stand.person, MaTichHop=code), operation), hashed())
    refused = "MaLoi" in str(read(reply.body))
    assert refused == ((operation[0] == "T") != (code == "037"))


@pytest.mark.parametrize("name", ["Nguyễn Văn Mẫu", "NGUYEN VAN MAU", "nguyenvanmau", "NGUYỄNVĂNMẪU"])
async def test_a_name_that_is_not_plain_is_refused(name: str) -> None:
    """Capitals without marks and spaces, nothing else."""
    assert (await Stand().ask(HoVaTen=name))["Loi"]["MaLoi"] == "002"


async def test_the_order_of_elements_matters() -> None:
    """As it does to the real one."""
    stand = Stand()
    said = words(stand.person)
    turned = dict(reversed(said.items()))
    reply = await stand.post(envelope(turned), hashed())
    assert reply.status == 500
    fault = fault_of(read(reply.body)["Envelope"]["Body"])
    assert fault is not None
    assert fault.codes == ("Client",)


@pytest.mark.parametrize(
    "headers",
    [
        {}, hashed("another"), hashed(address="http://elsewhere"), hashed(ago=3600), {**hashed(), "Timestamp": "x"},
        {**hashed(), "Authorization": "Basic !!"}, gate(),
    ],
)  # fmt: skip
async def test_only_the_right_hash_of_now_is_let_in(headers: dict[str, str]) -> None:
    """Secret, address and time are all in it."""
    stand = Stand()
    reply = await stand.post(envelope(words(stand.person)), headers)
    assert reply.status == 401
    assert stand.service.refused == {"credentials": 1}
    assert not stand.service.calls


async def test_a_hash_may_count_seconds() -> None:
    """Some clients do."""
    stand = Stand()
    stamp = str(int(time.time()))
    digest = hashlib.sha256(f"http://{HOST}{PATH}lgsp{stamp}sandbox".encode()).hexdigest()
    told = base64.b64encode(f"lgsp:{digest}".encode()).decode()
    headers = {"Host": HOST, "Timestamp": stamp, "Authorization": f"Basic {told}"}
    assert (await stand.post(envelope(words(stand.person)), headers)).status == 200


async def test_a_gateway_asks_for_header_and_token() -> None:
    """Neither is enough alone, and a wrong secret gets no token."""
    stand = Stand()
    body = envelope(words(stand.person))
    assert (await stand.post(b"", gate("another"), "token")).status == 401
    token = (await stand.post(b"", gate(), "token")).json()["access_token"]
    assert (await stand.post(body, gate(), "provincial")).status == 401
    assert (
        await stand.post(body, {"Host": HOST, "Authorization": f"Bearer {token}"}, "provincial")
    ).status == 401
    for header in ({"Authorization": f"Bearer {token}"}, {"X-Authentication-Token": token}):
        assert (await stand.post(body, gate() | header, "provincial")).status == 200


async def test_the_proxy_takes_json_and_answers_xml_in_a_text() -> None:
    """The words are flat there; an unknown operation is refused."""
    stand = Stand()
    token = (await stand.post(b"", gate(), "token")).json()["access_token"]
    headers = gate() | {"Authorization": f"Bearer {token}"}
    said = words(stand.person, MaCanBo=None, StaffEmail="x", type="TraCuuThongTinCongDan")
    (said["NgayThangNamSinh"],) = said["NgayThangNamSinh"].values()
    told = (await stand.post(orjson.dumps(said), headers, "json")).json()
    found = read(told["message"])["Envelope"]["Body"]["CongdanCollection"]["CongDan"]
    assert found["SoDinhDanh"] == stand.person["SoDinhDanh"]
    for wrong in (said | {"type": "Xoa"}, [], "x"):
        assert (await stand.post(orjson.dumps(wrong), headers, "json")).json()["error_code"] != "0"
    assert (await stand.post(b"{", headers, "json")).json()["error_code"] != "0"


@pytest.mark.parametrize("body", [b"", b"<a/>", envelope({}, "Xoa"), b"<!DOCTYPE a><a/>"])
async def test_what_is_no_question_is_a_fault(body: bytes) -> None:
    """As any SOAP service says it."""
    reply = await Stand().post(body, hashed())
    assert reply.status == 500
    assert fault_of(read(reply.body)["Envelope"]["Body"]) is not None


async def test_an_action_of_soap_must_be_empty() -> None:
    """The real one wants it so."""
    stand = Stand()
    reply = await stand.post(envelope(words(stand.person)), hashed() | {"SOAPAction": '"urn:x"'})
    assert reply.status == 500


async def test_repeated_numbers_are_counted() -> None:
    """Whoever sends a number twice can be shown that."""
    stand = Stand()
    await stand.ask()
    await stand.ask()
    await stand.ask(MaYeuCau="2")
    assert stand.service.repeated == 1
    assert (await stand.control("GET", "_state")).json()["repeated"] == 1
    await stand.control("DELETE", "_state")
    assert stand.service.state()["calls"] == {}


async def test_it_can_be_looked_into_and_troubled() -> None:
    """At the addresses that every stand-in has; what cannot be is refused, and changes nothing."""
    stand = Stand()
    told = (await stand.control("GET", "_state")).json()
    assert told["citizens"] == len(stand.service.book)
    assert told["examples"][0]["SoDinhDanh"] == stand.person["SoDinhDanh"]
    assert (await stand.control("PUT", "_faults", b'{"error_code": "005"}')).status == 200
    assert (await stand.ask())["Loi"]["MaLoi"] == "005"
    assert (await stand.control("PUT", "_faults", b'{"html": 2}')).status == 422
    assert (await stand.control("GET", "_faults")).json()["error_code"] == "005"
    assert (await stand.control("GET", "nothing")).status == 405
    assert (await stand.post(b"", {}, "nothing")).status == 404


@pytest.mark.parametrize(
    ("faults", "status"),
    [({"http_500": 1.0}, 500), ({"http_503": 1.0, "retry_after": 3}, 503), ({"html": 1.0}, 200)],
)
async def test_an_outage_answers_before_anything_is_looked_at(faults: dict[str, Any], status: int) -> None:
    """Without credentials too."""
    stand = Stand(**faults)
    reply = await stand.post(b"", {})
    assert reply.status == status
    assert reply.headers.get("retry-after") == ("3" if "retry_after" in faults else None)


async def test_it_comes_and_goes() -> None:
    """Up first, then down, counted from the moment it was told so."""
    now = [0.0]
    faults = PopulationFaults.model_validate({"flapping": {"up_ms": 1000, "down_ms": 500}})
    app = Sandbox(population_db=PopulationDb(faults, clock=lambda: now[0]))
    seen = []
    for now[0] in (0.0, 0.9, 1.1, 1.6):
        seen.append((await call(app, "POST", PATH, headers=hashed(), body=b"")).status)
    assert seen == [500, 500, 503, 500]


async def test_damage_and_documents_types_break_what_is_answered() -> None:
    """What clients must live with can be switched on."""
    for faults in ({"damaged_line_ends": 1.0}, {"doctype": 1.0}, {"broken_body": 1.0}):
        stand = Stand(**faults)
        reply = await stand.post(envelope(words(stand.person)), hashed())
        with pytest.raises(MalformedError):
            read(reply.body)


def test_line_ends_are_laid_out_between_elements_alone() -> None:
    """An empty element, and a value, stay what they are."""
    assert laid_out("<?xml?><a><b></b><c>x</c><d/></a>") == "<?xml?>\n<a>\n<b></b>\n<c>x</c>\n<d/>\n</a>"


def test_unknown_faults_are_refused() -> None:
    """A misspelt fault would make a test prove nothing."""
    with pytest.raises(ValidationError):
        PopulationFaults.model_validate({"htlm": 1.0})


# --- the people -----------------------------------------------------------------------------------------------


def test_the_same_seed_invents_the_same_people() -> None:
    """And another one others."""
    one, same, other = (Population(50, seed) for seed in (1, 1, 2))
    assert one.first(50) == same.first(50)
    assert one.first(50) != other.first(50)


def test_nobody_of_the_book_exists() -> None:
    """Personal numbers begin with the code of no province, old ones with none that was given out; each is one's own."""
    people = Population(300).first(300)
    numbers = [one["SoDinhDanh"] for one in people]
    assert all(len(number) == 12 and number.startswith("099") for number in numbers)
    assert len(set(numbers)) == 300
    assert all(one["SoCMND"] == "" or one["SoCMND"].startswith("99") for one in people)


def test_some_of_them_have_no_whole_birth_date() -> None:
    """A year alone, a year and a month, and mostly a day."""
    lengths = {len(one["NgayThangNamSinh"]["NgayThangNam"]) for one in Population(300).first(300)}
    assert lengths == {0, 6, 8}


def test_somebody_may_be_added() -> None:
    """A test that needs two of the same number makes them."""
    book = Population(3)
    twin = book.first(1)[0]
    book.add(dict(twin))
    born = twin["NgayThangNamSinh"]["NgayThangNam"] or twin["NgayThangNamSinh"]["Nam"]
    asked = {"SoDinhDanh": twin["SoDinhDanh"], "HoVaTen": plain(whole_name(twin)), "NgayThangNamSinh": born}
    assert len(book.found(asked)) == 2
    assert len(book) == 4

"""Systems here ask in the tongue of the population database: who asks and why in a header, faults in two languages."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from lgsp.adapters.population_db.faults import NAMESPACE

from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.wire.soap_xml import read
from tests.population_facade_side import ASK, ASKED, CITIZEN, HEADER, TOKEN, WSSE, Counter, envelope


@pytest.fixture
def counter() -> Counter:
    """The façade."""
    return Counter()


# --- what is asked ------------------------------------------------------------------------------------------


async def test_an_envelope_becomes_a_question_of_who_calls(counter: Counter) -> None:
    """The system is the credential's, the purpose, the officer and the dossier are the header's."""
    await counter.post(envelope(), traceparent="00-1-2-01")
    assert counter.visitors.asked == [
        Question(
            "one-stop",
            "citizen.query.v1",
            {
                "identity_number": "099190000001",
                "name": "LOVANUOC",
                "procedure": "1.009999",
                "birth": {"year": "1990", "date": "1990-02-28"},
            },
            "dossier",
            "Trần Thị B",
            "H44.11-260131-0001",
            2.5,
            "00-1-2-01",
        )
    ]


@pytest.mark.parametrize(
    ("told", "birth"),
    [
        ("<dan:Nam>1951</dan:Nam>", {"year": "1951"}),
        ("<dan:Nam>1951</dan:Nam><dan:NgayThangNam/>", {"year": "1951"}),
        ("19510704", {"year": "1951", "date": "1951-07-04"}),
        ("1951", {"year": "1951"}),
        ("<dan:NgayThangNam>195107</dan:NgayThangNam>", {"year": "1951", "month": "1951-07"}),
        ('<dan:Nam id="1">1951</dan:Nam>', {"year": "1951"}),
    ],
)
async def test_a_birth_is_read_in_each_form_of_clients(counter: Counter, told: str, birth: Any) -> None:
    """A day, a year, in elements or as a text."""
    words = f"<dan:SoCMND>990000002</dan:SoCMND><dan:NgayThangNamSinh>{told}</dan:NgayThangNamSinh>"
    await counter.post(envelope(words))
    assert counter.visitors.asked[0].data == {"old_identity_number": "990000002", "birth": birth}


async def test_attributes_on_an_element_take_nothing_from_what_it_says(counter: Counter) -> None:
    """Older toolkits number, type and style whatever they write."""
    words = ASKED.replace("<dan:SoDinhDanh>", '<dan:SoDinhDanh id="i1" xmlns:x="urn:x" x:arrayType="y">')
    header = HEADER.replace("<l:Purpose>", '<l:Purpose xml:lang="vi">')
    await counter.post(
        envelope(words.replace("<dan:NgayThangNamSinh>", '<dan:NgayThangNamSinh id="i2">'), header)
    )
    await counter.post(envelope())
    one, plain = counter.visitors.asked
    assert one == plain


@pytest.mark.parametrize("change", ["dossier", "another"])
async def test_of_two_headers_none_is_chosen(counter: Counter, change: str) -> None:
    """For which purpose it is asked, and by whom, is said once or not at all."""
    await counter.post(envelope(header=HEADER + HEADER.replace("dossier", change)))
    (asked,) = counter.visitors.asked
    assert (asked.purpose, asked.who, asked.dossier) == ("", "", "")


@pytest.mark.parametrize("header", ["", f'<l:Question xmlns:l="{NAMESPACE}"/>', "<Question/>"])
async def test_without_a_header_there_is_neither_purpose_nor_officer(counter: Counter, header: str) -> None:
    """Nothing of it is guessed, from the body neither: whoever enters the question rejects it for that."""
    await counter.post(envelope(header=header))
    (asked,) = counter.visitors.asked
    assert (asked.purpose, asked.who, asked.dossier, asked.within) == ("", "", "", None)


@pytest.mark.parametrize(
    ("words", "header", "place"),
    [
        ("<dan:NgayThangNamSinh>31/01/1990</dan:NgayThangNamSinh>", HEADER, "NgayThangNamSinh"),
        (ASKED, HEADER.replace("2.5", "soon"), "Question/Within"),
        (ASKED, HEADER.replace("2.5", "0"), "Question/Within"),
        (ASKED, HEADER.replace("2.5", "121"), "Question/Within"),
        (ASKED, HEADER.replace("2.5", "nan"), "Question/Within"),
    ],
)
async def test_what_cannot_be_read_is_told_with_its_place(
    counter: Counter, words: str, header: str, place: str
) -> None:
    """As the client names it, and nobody was asked."""
    _, told = await counter.fault(envelope(words, header))
    assert told["code"] == ("Client",)
    assert told["Cause"] == "invalid"
    assert told["Problem"]["Place"] == place
    assert counter.visitors.asked == []


# --- who asks -------------------------------------------------------------------------------------------------


def basic(name: str, password: str) -> str:
    """Return a header of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def token(name: str, password: str) -> str:
    """Return a UsernameToken of WS-Security."""
    return (
        f'<w:Security xmlns:w="{WSSE}"><w:UsernameToken><w:Username>{name}</w:Username>'
        f"<w:Password>{password}</w:Password></w:UsernameToken></w:Security>"
    )


async def test_a_client_shows_its_token_where_it_can(counter: Counter) -> None:
    """In what the request shows to the gateway itself, as a password of Basic, or in the envelope."""
    for headers, header in (
        ({}, HEADER),
        ({"Authorization": basic("one-stop", TOKEN)}, HEADER),
        ({"Authorization": basic("", TOKEN)}, HEADER),
        ({}, HEADER + token("one-stop", TOKEN)),
    ):
        assert (await counter.post(envelope(header=header), **headers)).status == 200
    assert counter.visitors.shown == ["", TOKEN, TOKEN, TOKEN]


@pytest.mark.parametrize(
    ("headers", "header"),
    [
        ({}, ""),
        ({"Authorization": basic("one-stop", "wrong")}, ""),
        ({"Authorization": basic("dms", TOKEN)}, ""),
        ({"Authorization": "Basic !!!"}, ""),
        ({}, token("one-stop", "wrong")),
        ({}, token("dms", TOKEN)),
    ],
)
async def test_who_shows_no_good_credential_asks_nothing(
    counter: Counter, headers: dict[str, str], header: str
) -> None:
    """One fault for all of them; another system's name beside a good password is not good either."""
    counter.visitors.by_request = False
    reply, told = await counter.fault(envelope(header=HEADER + header), **headers)
    assert reply.status == 401
    assert "Basic" in reply.headers["www-authenticate"]
    assert told["Cause"] == "not-admitted"
    assert counter.visitors.asked == []


# --- what is answered -----------------------------------------------------------------------------------------


async def test_a_citizen_is_answered_as_the_service_does(counter: Counter) -> None:
    """At the paths that clients go by, empty elements and all; what no document names is in a namespace of ours."""
    reply = await counter.post(envelope())
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert (reply.headers["lgsp-ask"], reply.headers["age"]) == (str(ASK), "3")
    found = read(reply.body)["Envelope"]["Body"]["CongdanCollection"]["CongDan"]
    assert found["SoDinhDanh"] == "099190000001"
    assert found["HoVaTen"] == {"Ho": "", "ChuDem": "", "Ten": "LÒ VĂN ƯỚC"}
    assert found["GioiTinh"] == "1"
    assert found["NgayThangNamSinh"] == {"Nam": "1990", "NgayThangNam": "19900228"}
    home, more = found["ThuongTru"]
    assert (home["MaTinhThanh"], home["ChiTiet"]) == ("99", "BẢN <THỬ>")
    assert (more, found["TrangThai"]) == ({"TenTinhThanh": "Tỉnh Thử"}, "1")
    assert found["ChuHo"] == {"QuanHe": "", "SoDinhDanh": "", "SoCMND": "", "HoVaTen": ""}
    assert f'<lgsp:TrangThai xmlns:lgsp="{NAMESPACE}">'.encode() in reply.body


@pytest.mark.parametrize("matches", [True, False])
async def test_a_verification_is_answered_as_the_service_does(counter: Counter, matches: bool) -> None:
    """`TonTai`, in the service's own namespace."""
    counter.visitors.tell = Reply(
        ASK, "citizen.verified.v1", "population-db", orjson.dumps({"matches": matches})
    )
    reply = await counter.post(envelope(operation="XacThucThongTinCongDan"))
    assert counter.visitors.asked[0].type == "citizen.verification.v1"
    assert read(reply.body)["Envelope"]["Body"] == {"KetQuaXacThuc": {"TonTai": str(matches).lower()}}


async def test_nobody_is_an_empty_collection_or_a_no(counter: Counter) -> None:
    """Clients know that from the service: it is an answer, and its trace is told."""
    counter.visitors.tell = NoAnswer(Ending.ABSENT, "not-found", ask=ASK)
    reply = await counter.post(envelope())
    assert (reply.status, reply.headers["lgsp-ask"]) == (200, str(ASK))
    assert read(reply.body)["Envelope"]["Body"] == {"CongdanCollection": ""}
    reply = await counter.post(envelope(operation="XacThucThongTinCongDan"))
    assert read(reply.body)["Envelope"]["Body"] == {"KetQuaXacThuc": {"TonTai": "false"}}


async def test_an_answer_that_xml_cannot_say_is_a_fault(counter: Counter) -> None:
    """No sign is left out on the way."""
    counter.visitors.tell = Reply(
        ASK, "citizen.v1", "population-db", orjson.dumps(CITIZEN | {"name": "L\x02"})
    )
    _, told = await counter.fault(envelope())
    assert (told["code"], told["Cause"], told["Ask"]) == (("Server",), "answer-broken", str(ASK))

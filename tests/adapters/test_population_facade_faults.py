"""Why there is no answer is told to clients of the façade as faults of SOAP, in both languages."""

from __future__ import annotations

import pytest
from lgsp.adapters.population_db.faults import PLACES

from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Forbidden, GatewayError, Problem, Throttled
from lgsp.wire.soap_faults import fault_of
from lgsp.wire.soap_serving import SOAP
from lgsp.wire.soap_xml import read
from tests.asgi import call
from tests.population_facade_side import ASK, ASKED, Counter, envelope


@pytest.fixture
def counter() -> Counter:
    """The façade."""
    return Counter()


# --- why there is no answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "code", "cause"),
    [
        (
            NoAnswer(Ending.REFUSED, "population-officer-refused", ask=ASK),
            "Server",
            "population-officer-refused",
        ),
        (NoAnswer(Ending.TURNED_AWAY, "suspended", after=12.5, ask=ASK), "Server", "suspended"),
        (NoAnswer(Ending.LATE, "deadline-passed", ask=ASK), "Server", "deadline-passed"),
        (NoAnswer(Ending.FAILED, "adapter-bug", ask=ASK), "Server", "adapter-bug"),
        (Throttled(3.0), "Server", "too-many-requests"),
        (Forbidden([Problem("/type", "type-not-granted", "citizen.query.v1")]), "Client", "forbidden"),
        (GatewayError("writing: the disk is full"), "Server", "journal-unavailable"),
    ],
)
async def test_why_there_is_no_answer_is_told_in_both_languages(
    counter: Counter, reason: GatewayError, code: str, cause: str
) -> None:
    """Text and mend in Vietnamese and English, the trace, and when to ask again where that is known."""
    counter.visitors.tell = reason
    reply, told = await counter.fault(envelope())
    assert reply.status == 500
    assert (told["code"], told["Cause"]) == ((code,), cause)
    assert told["text"]
    for name in ("Message", "Mend"):
        vietnamese, english = told[name]
        assert (vietnamese["@lang"], english["@lang"]) == ("vi", "en")
        assert vietnamese["#text"] != english["#text"]
        assert vietnamese["#text"]
    after = getattr(reason, "after", None)
    if after:
        assert float(told["RetryAfter"]) == after
        assert int(reply.headers["retry-after"]) >= after
    assert told.get("Ask", "") == (str(ASK) if isinstance(reason, NoAnswer) else "")
    assert b"disk" not in reply.body


async def test_what_is_wrong_with_a_question_is_told_by_the_client_s_names(counter: Counter) -> None:
    """Each fault with its place, cause and words; it is the client's to mend."""
    places = [Problem(place, "missing") for place in PLACES]
    counter.visitors.tell = NoAnswer(Ending.REJECTED, "invalid", problems=tuple(places), ask=ASK)
    _, told = await counter.fault(envelope())
    assert told["code"] == ("Client",)
    assert [one["Place"] for one in told["Problem"]] == list(PLACES.values())
    assert {one["Cause"] for one in told["Problem"]} == {"missing"}
    assert all(len(one["Message"]) == 2 for one in told["Problem"])
    assert "Question/Purpose" in told["text"]


async def test_a_question_that_the_far_side_refuses_by_a_place_is_the_client_s(counter: Counter) -> None:
    """Who asks by a name that cannot be said mends that."""
    problem = Problem("/data/name", "population-name-unusable")
    counter.visitors.tell = NoAnswer(Ending.REFUSED, problem.code, problems=(problem,), ask=ASK)
    _, told = await counter.fault(envelope())
    assert (told["code"], told["Problem"]["Place"]) == (("Client",), "HoVaTen")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", "soap-unreadable"),
        (b"<a>", "soap-unreadable"),
        (b'{"MaYeuCau": 1}', "soap-unreadable"),
        (envelope().replace(b"?>", b"?><!DOCTYPE a>") + b"<!DOCTYPE a>", "soap-unreadable"),
        (envelope(ASKED + "<dan:X>" + "x" * 70_000 + "</dan:X>"), "soap-unreadable"),
        (envelope(operation="XoaCongDan"), "soap-operation-unknown"),
        (envelope(namespace="urn:other"), "soap-operation-unknown"),
    ],
)
async def test_what_is_no_question_is_a_fault(counter: Counter, body: bytes, cause: str) -> None:
    """No envelope, a document type, far too much, another operation: nobody is asked."""
    reply, told = await counter.fault(body)
    assert (told["code"], told["Cause"]) == (("Client",), cause)
    assert reply.status == (400 if cause == "soap-unreadable" else 500)
    assert counter.visitors.asked == []
    counter.visitors.by_request = False
    reply, told = await counter.fault(body)
    assert (reply.status, told["Cause"]) == (401, "not-admitted")


async def test_another_version_of_soap_is_told_in_the_words_of_soap(counter: Counter) -> None:
    """A toolkit that was set to 1.2 says so to who runs it (SOAP 1.1, 4.4.1)."""
    body = envelope().replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope")
    reply = await counter.post(body)
    found = fault_of(read(reply.body)["Envelope"]["Body"])
    assert found is not None
    assert (reply.status, found.codes) == (500, ("VersionMismatch",))
    assert "SOAP 1.1" in found.text
    counter.visitors.by_request = False
    assert (await counter.post(body)).status == 401


async def test_a_fault_shows_nothing_of_the_question(counter: Counter) -> None:
    """Neither number nor name of whom it was asked about."""
    counter.visitors.tell = NoAnswer(
        Ending.REJECTED, "invalid", problems=(Problem("/data/name", "too-long", "9"),)
    )
    reply, _ = await counter.fault(envelope())
    assert b"099190000001" not in reply.body
    assert b"LOVANUOC" not in reply.body


# --- the documents -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "wsdl", "WSDL"])
async def test_the_documents_name_the_address_at_which_they_were_asked_for(
    counter: Counter, query: str
) -> None:
    """Without a credential, and whatever a client puts behind the address."""
    counter.visitors.by_request = False
    path = "/systems/population-db/citizens"
    headers = {"Host": "lgsp.tinh.example:8443"}
    reply = await call(counter.app, "GET", path, query=query, headers=headers)
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    port = read(reply.body)["definitions"]["service"]["port"]
    assert port["address"]["@location"] == f"http://lgsp.tinh.example:8443{path}"


async def test_a_home_may_say_the_address_itself() -> None:
    """Behind a proxy the gateway does not know by which name it is called."""
    counter = Counter("https://lgsp.tinh.example/dancu")
    reply = await call(counter.app, "GET", "/systems/population-db/citizens", query="wsdl")
    port = read(reply.body)["definitions"]["service"]["port"]
    assert port["address"]["@location"] == "https://lgsp.tinh.example/dancu"

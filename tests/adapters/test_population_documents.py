"""What goes over the wire is what the documents of the façade promise: every answer and fault is valid by them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lgsp.adapters.population_db import mapping
from lgsp.adapters.population_db.facade import DOCUMENTS
from lgsp.adapters.population_db.faults import PLACES
from lxml import etree

from lgsp.domain.causes import CAUSES
from lgsp.enquiry import Ending, NoAnswer, Reply
from lgsp.errors import Problem, Throttled
from lgsp.formats.fields import Reading
from lgsp.sandbox.population_book import Population
from lgsp.wire.soap_faults import fault_of
from lgsp.wire.soap_serving import SOAP
from lgsp.wire.soap_xml import read
from tests.population_facade_side import ASK, ASKED, CITIZEN, HEADER, Counter, envelope

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL, BINDING = "{http://schemas.xmlsoap.org/wsdl/}", "{http://schemas.xmlsoap.org/wsdl/soap/}"


@pytest.fixture(scope="module")
def promised(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The schemas of the façade's documents, all of them together."""
    folder: Path = tmp_path_factory.mktemp("schemas")
    root = etree.Element(f"{XS}schema", nsmap={"xs": XS.strip("{}")})
    for number, schema in enumerate(etree.parse(str(DOCUMENTS)).iter(f"{XS}schema")):
        path = folder / f"{number}.xsd"
        path.write_bytes(etree.tostring(schema))
        etree.SubElement(
            root, f"{XS}import", namespace=schema.get("targetNamespace", ""), schemaLocation=str(path)
        )
    whole = folder / "all.xsd"
    whole.write_bytes(etree.tostring(root))
    return etree.XMLSchema(file=str(whole))


def inside(document: bytes) -> Any:
    """Return what stands in the body of an envelope; of a fault what stands in its detail."""
    body = etree.fromstring(document).find(f"{{{SOAP}}}Body")
    assert body is not None
    (found,) = body
    if found.tag == f"{{{SOAP}}}Fault":
        assert [one.tag for one in found] == ["faultcode", "faultstring", "detail"]
        (found,) = found.find("detail")
    return found


def valid(promised: etree.XMLSchema, document: bytes) -> None:
    """Hold what stands in an envelope against the documents."""
    promised.assertValid(etree.ElementTree(inside(document)))


@pytest.mark.parametrize("number", range(12))
async def test_every_citizen_is_valid(promised: etree.XMLSchema, number: int) -> None:
    """People of the book, as they would come from the service and go on to a system here."""
    counter = Counter()
    data = mapping.citizen(Population(12).first(12)[number], Reading())
    counter.visitors.tell = Reply(ASK, "citizen.v1", "population-db", orjson.dumps(data))
    valid(promised, (await counter.post(envelope())).body)


@pytest.mark.parametrize(
    "data",
    [
        {},
        CITIZEN,
        {"name": "A", "extra": {"#text": "x", "B": ["1", {"C": "2"}], "CongDan": {"SoDinhDanh": "1"}}},
        {"birth": {"year": "1951", "month": "1951-07"}, "gender": "female", "father": {"name": "Lò"}},
    ],
)
async def test_odd_citizens_are_valid_too(promised: etree.XMLSchema, data: dict[str, Any]) -> None:
    """Nothing at all, what no document names, lists in it, and a name that means something else elsewhere."""
    counter = Counter()
    counter.visitors.tell = Reply(ASK, "citizen.v1", "population-db", orjson.dumps(data))
    reply = await counter.post(envelope())
    valid(promised, reply.body)
    found = inside(reply.body)
    assert len(found) == 1


async def test_verifications_and_nobody_are_valid(promised: etree.XMLSchema) -> None:
    """Yes, no, and an empty collection."""
    counter = Counter()
    for matches in (True, False):
        counter.visitors.tell = Reply(
            ASK, "citizen.verified.v1", "population-db", orjson.dumps({"matches": matches})
        )
        valid(promised, (await counter.post(envelope(operation="XacThucThongTinCongDan"))).body)
    counter.visitors.tell = NoAnswer(Ending.ABSENT, "not-found", ask=ASK)
    for operation in ("TraCuuThongTinCongDan", "XacThucThongTinCongDan"):
        valid(promised, (await counter.post(envelope(operation=operation))).body)


@pytest.mark.parametrize(
    "ending", [one for one in Ending if one not in (Ending.OPEN, Ending.ANSWERED, Ending.ABSENT)]
)
async def test_every_fault_is_valid(promised: etree.XMLSchema, ending: Ending) -> None:
    """With and without a trace, a wait, and problems at every place."""
    counter = Counter()
    problems = tuple(Problem(place, "missing") for place in (*PLACES, "/type", ""))
    for reason in (
        NoAnswer(ending, "suspended"),
        NoAnswer(ending, "suspended", after=0.25, ask=ASK),
        NoAnswer(ending, "invalid", problems=problems, ask=ASK),
        Throttled(1e6),
    ):
        counter.visitors.tell = reason
        valid(promised, (await counter.post(envelope())).body)


async def test_faults_before_anybody_is_asked_are_valid(promised: etree.XMLSchema) -> None:
    """Nobody admitted, no envelope, no such operation, a day that is none."""
    counter = Counter()
    for body in (b"", envelope(operation="Xoa"), envelope(ASKED.replace("19900228", "19900230"))):
        valid(promised, (await counter.post(body)).body)
    counter.visitors.by_request = False
    valid(promised, (await counter.post(envelope())).body)


async def test_every_cause_can_be_told_as_a_fault(promised: etree.XMLSchema) -> None:
    """Whatever stands in the catalogue's texts is said as XML says it."""
    counter = Counter()
    for code in CAUSES:
        problem = Problem("/data/name", code, "<&>")
        counter.visitors.tell = NoAnswer(Ending.REFUSED, code, problems=(problem,), ask=ASK)
        reply = await counter.post(envelope())
        valid(promised, reply.body)
        fault = fault_of(read(reply.body)["Envelope"]["Body"])
        assert fault is not None
        assert fault.text


def test_what_the_page_shows_is_valid(promised: etree.XMLSchema) -> None:
    """The envelope that vendors copy from the documentation is one that the documents allow."""
    page = (Path(__file__).parents[2] / "docs" / "population.md").read_text(encoding="utf-8")
    shown = page[page.index("<soapenv:Envelope") : page.index("</soapenv:Envelope>")] + "</soapenv:Envelope>"
    envelope_ = etree.fromstring(shown, etree.XMLParser(remove_comments=True))
    (asked,) = envelope_.find(f"{{{SOAP}}}Body")
    (header,) = envelope_.find(f"{{{SOAP}}}Header")
    for one in (asked, header):
        promised.assertValid(etree.ElementTree(etree.fromstring(etree.tostring(one))))


def test_what_clients_send_is_valid(promised: etree.XMLSchema) -> None:
    """The envelopes that the tests of the façade send are such as a generated client would write."""
    document = etree.fromstring(envelope())
    (header,) = document.find(f"{{{SOAP}}}Header")
    promised.assertValid(etree.ElementTree(etree.fromstring(etree.tostring(header))))
    assert HEADER.startswith("<l:Question")


def test_each_operation_says_what_it_asks_answers_and_how_it_fails() -> None:
    """A port with an address, an empty action, a header that must be sent, and one fault, for both operations."""
    root = etree.parse(str(DOCUMENTS)).getroot()
    (binding,) = root.iter(f"{WSDL}binding")
    operations = {one.get("name"): one for one in binding.iter(f"{WSDL}operation")}
    assert operations.keys() == set(mapping.OPERATIONS.values())
    for one in operations.values():
        assert one.find(f"{BINDING}operation").get("soapAction") == ""
        assert one.find(f"{WSDL}input/{BINDING}header").get("part") == "Question"
        assert one.find(f"{WSDL}fault") is not None
    assert len(list(root.iter(f"{BINDING}address"))) == 1


# --- whatever comes ---------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "<", ">", "</dan:HoVaTen>", "<dan:SoDinhDanh>", "<!DOCTYPE a>", "<![CDATA[", "]]>", "&amp;", "&x;", "\x00", "ữ",
        "<dan:NgayThangNamSinh/>", "<dan:NgayThangNam>", "1", "x" * 200, "<?php ?>", "<!--", "-->",
    ]
)  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 1), PIECES, st.integers(0, 40)), max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered_by_an_envelope(changes: list[tuple[float, str, int]]) -> None:
    """Pieces put in and cut out anywhere: an answer or a fault, never a failure, and never a question without a body."""
    text = envelope().decode()
    for place, piece, cut in changes:
        at = int(place * len(text))
        text = text[:at] + piece + text[at + cut :]
    counter = Counter()
    loop = _run(counter.post(text.encode("utf-8", "surrogatepass")))
    assert loop.status in (200, 400, 500)
    tree = read(loop.body)["Envelope"]["Body"]
    assert (fault_of(tree) is None) == bool(counter.visitors.asked)
    assert all(isinstance(one.data, dict) for one in counter.visitors.asked)


def _run(act: Any) -> Any:
    """Run what waits for nothing."""
    try:
        while True:
            act.send(None)
    except StopIteration as done:
        return done.value

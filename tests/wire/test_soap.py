"""SOAP services are called as their documents say, by our own client, and answer in the gateway's errors."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lgsp.errors import GatewayError, Refused, Scope, Unavailable
from lgsp.wire.http import Answer
from lgsp.wire.soap import Call, Service, UsernameToken
from lgsp.wire.soap_faults import Fault
from lgsp.wire.soap_serving import answer, asked, enveloped, fault
from lgsp.wire.soap_xml import read

ADDRESS = "http://127.0.0.1:9/books"
WSDL = """<?xml version="1.0"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:b="urn:books" targetNamespace="urn:books">
  <wsdl:types><xs:schema targetNamespace="urn:books" elementFormDefault="qualified">{schema}
    <xs:element name="Find"><xs:complexType><xs:sequence>
      <xs:element name="Number" type="xs:string"/>
      <xs:element name="Shelf" type="xs:string" minOccurs="0"/>
      <xs:element name="Title" type="xs:string"/>
      <xs:element name="Kept"><xs:complexType><xs:sequence>
        <xs:element name="Since" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="Find"><wsdl:part name="question" element="b:Find"/></wsdl:message>
  <wsdl:portType name="Books"><wsdl:operation name="Find"><wsdl:input message="b:Find"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="Books" type="b:Books">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Find"><soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation>
  </wsdl:binding>
</wsdl:definitions>"""
WANTED = {"Title": "Truyện Kiều", "Kept": {"Since": "1820"}, "Number": "7"}
FOUND = answer("Found", "urn:books", {"Title": "Truyện Kiều", "Copies": "2"})


class FarSide:
    """Takes what is sent, and answers what a test tells it to."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = 200, FOUND
        self.address, self.body, self.headers = "", b"", dict[str, str]()
        self.secrets: tuple[str, ...] = ()
        self.timeout: float | None = None
        self.largest = 0

    async def receive(
        self,
        url: str,
        take: Callable[[bytes], object],
        *,
        body: bytes,
        headers: Mapping[str, str],
        secrets: tuple[str, ...],
        largest: int,
        timeout: float | None,  # noqa: ASYNC109 - as the client has it
    ) -> Answer:
        """Answer a call."""
        self.address, self.body, self.headers, self.secrets = url, body, dict(headers), secrets
        self.timeout, self.largest = timeout, largest
        status, said = self.answer
        if status == 200:
            take(said)
            return Answer(200, "")
        return Answer(status, said.decode())


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of a service."""
    path = tmp_path_factory.mktemp("books") / "books.wsdl"
    path.write_text(WSDL.format(schema=""))
    return path


@pytest.fixture
def far() -> FarSide:
    """The far side."""
    return FarSide()


@pytest.fixture
def service(far: FarSide, documents: Path) -> Service:
    """The service at the far side."""
    return Service(far, documents, ADDRESS)  # type: ignore[arg-type]


async def failed(service: Service, **call: Any) -> GatewayError:
    """Return what a call raises."""
    with pytest.raises(GatewayError) as raised:
        await service.call("Find", WANTED, Call(**call))
    return raised.value


async def test_what_is_asked_goes_out_as_the_documents_describe_it(far: FarSide, service: Service) -> None:
    """Order and namespace are the documents', whatever order the words came in; what is not said is left out."""
    await service.call("Find", WANTED, Call())
    said = asked(far.body)
    assert (said.operation, said.namespace) == ("Find", "urn:books")
    assert list(said.content) == ["Number", "Title", "Kept"]
    assert said.content == {"Number": "7", "Title": "Truyện Kiều", "Kept": {"Since": "1820"}}
    assert far.address == ADDRESS
    assert far.headers == {"SOAPAction": '""', "Content-Type": "text/xml; charset=utf-8"}


async def test_what_is_answered_is_read_as_it_stands(far: FarSide, service: Service) -> None:
    """No document says a word of the answer, and all of it is there."""
    tree = await service.call("Find", WANTED, Call())
    assert tree == {"Envelope": {"Body": {"Found": {"Title": "Truyện Kiều", "Copies": "2"}}}}


async def test_a_call_has_an_address_headers_and_a_deadline_of_its_own(
    far: FarSide, service: Service
) -> None:
    """What one call says stands before what the documents say, and the next call knows nothing of it."""
    more = {"SOAPAction": "urn:find", "X-Road-Client": "VN/H44"}
    await service.call("Find", WANTED, Call("http://127.0.0.1:9/other", more, ("7",), 1.5))
    assert far.address == "http://127.0.0.1:9/other"
    assert far.headers["SOAPAction"] == "urn:find"
    assert far.headers["X-Road-Client"] == "VN/H44"
    assert (far.secrets, far.timeout) == (("7",), 1.5)
    await service.call("Find", WANTED, Call())
    assert (far.address, far.timeout, far.secrets) == (ADDRESS, None, ())
    assert "X-Road-Client" not in far.headers


async def test_ws_security_names_who_calls(far: FarSide, documents: Path) -> None:
    """A UsernameToken stands in the header, the password as it is; no call repeats another's."""
    token = UsernameToken("tỉnh", "mật khẩu")
    service = Service(far, documents, ADDRESS, security=token)  # type: ignore[arg-type]
    await service.call("Find", WANTED, Call())
    assert asked(far.body).credential == ("tỉnh", "mật khẩu")
    await service.call("Find", WANTED, Call())
    assert far.body.count(b"UsernameToken>") == 2
    assert "mật khẩu" not in repr(token)


async def test_ws_security_can_send_a_digest_in_place_of_the_password(far: FarSide, documents: Path) -> None:
    """Base64 of SHA-1 over nonce, time and password, a new nonce for each call (UsernameToken Profile 1.1)."""
    token = UsernameToken("tinh", "secret", digest=True)
    service = Service(far, documents, ADDRESS, security=token)  # type: ignore[arg-type]
    nonces = set()
    for _ in range(2):
        await service.call("Find", WANTED, Call())
        header = read(far.body)["Envelope"]["Header"]["Security"]["UsernameToken"]
        nonce = base64.b64decode(header["Nonce"]["#text"])
        digest = hashlib.sha1(nonce + header["Created"].encode() + b"secret").digest()
        assert header["Password"]["#text"] == base64.b64encode(digest).decode()
        assert b"secret" not in far.body.replace(b"wssecurity-secext", b"").replace(b"secret/", b"")
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("status", [200, 500])
async def test_a_fault_is_told_by_its_code_whatever_http_says(
    far: FarSide, service: Service, status: int
) -> None:
    """A fault of the server may go better later; one of ours will not."""
    far.answer = status, fault("Server", "Lỗi 12")
    server = await failed(service)
    assert isinstance(server, Unavailable)
    assert (server.cause, server.said, server.scope) == ("soap-server-fault", "Lỗi 12", Scope.MESSAGE)
    far.answer = status, fault("Client", "Sai thứ tự")
    client = await failed(service)
    assert isinstance(client, Refused)
    assert client.cause == "soap-client-fault"


async def test_who_knows_the_service_says_what_a_fault_means(far: FarSide, service: Service) -> None:
    """What a catalogue of the service knows stands before what the code says; what it leaves is the code's."""
    heard: list[Fault] = []

    def explain(said: Fault) -> GatewayError | None:
        heard.append(said)
        return Refused("not-found") if said.detail else None

    far.answer = 500, fault("Server", "x", "<Code>404</Code>")
    told = await failed(service, explain=explain)
    assert isinstance(told, Refused)
    assert told.cause == "not-found"
    assert heard == [Fault(("Server",), "x", {"Code": "404"})]
    far.answer = 500, fault("Server", "x")
    assert isinstance(await failed(service, explain=explain), Unavailable)


@pytest.mark.parametrize("status", [401, 403])
async def test_who_is_not_believed_is_told_so(far: FarSide, service: Service, status: int) -> None:
    """A status of HTTP is enough to know that it concerns our standing, and not this question."""
    far.answer = status, b"<html><title>Forbidden</title></html>"
    told = await failed(service)
    assert isinstance(told, Unavailable)
    assert (told.cause, told.scope) == ("soap-credentials", Scope.SYSTEM)


@pytest.mark.parametrize(
    ("status", "said", "cause"),
    [
        (
            200,
            b"<!DOCTYPE html><html><title>B\xe1\xba\xa3o tr\xc3\xac</title></html>",
            "soap-answer-unreadable",
        ),
        (200, b"<html><body>hello</body></html>", "soap-answer-unreadable"),
        (200, b"", "soap-answer-unreadable"),
        (200, FOUND[:-20], "soap-answer-unreadable"),
        (200, b'{"message": "no"}', "soap-answer-unreadable"),
        (200, FOUND.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>'), "soap-answer-unreadable"),
        (404, b"<html><title>Not found</title></html>", "http-404"),
        (500, b"Internal Server Error", "http-500"),
        (500, FOUND, "http-500"),
    ],
)
async def test_an_answer_that_is_none_is_put_off_with_its_signature(
    far: FarSide, service: Service, status: int, said: bytes, cause: str
) -> None:
    """A page, half an answer, an answer under a wrong status: nobody knows, and it is the message's alone."""
    far.answer = status, said
    told = await failed(service)
    assert isinstance(told, Unavailable)
    assert (told.cause, told.scope) == (cause, Scope.MESSAGE)
    assert told.answer.startswith(f"{status}:")


async def test_what_is_shown_of_an_answer_holds_nothing_of_the_question(
    far: FarSide, service: Service
) -> None:
    """A page that repeats what was asked is shown without it."""
    far.answer = 200, "<html><title>Không có NGUYENVANMAU 001099000001</title></html>".encode()
    told = await failed(service, secrets=("NGUYENVANMAU",))
    assert isinstance(told, Unavailable)
    assert "Không có" in told.said
    assert "NGUYENVANMAU" not in f"{told.said}{told}"
    assert "001099000001" not in f"{told.said}{told}"


async def test_a_damaged_answer_is_shown_to_who_can_mend_it(far: FarSide, service: Service) -> None:
    """What comes back from there is read in its place."""
    far.answer = 200, FOUND.replace(b"?>", b"?>BROKEN")
    tree = await service.call("Find", WANTED, Call(mend=lambda text: text.replace("BROKEN", "")))
    assert tree == read(FOUND)


async def test_a_large_answer_is_read_in_a_thread(
    far: FarSide, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop goes on while a large document is parsed; a small one is not worth a thread."""
    threads: list[bool] = []

    def noted(document: bytes, mend: object = None) -> dict[str, Any]:
        threads.append(threading.current_thread() is threading.main_thread())
        return read(document)

    monkeypatch.setattr("lgsp.wire.soap.read", noted)
    await service.call("Find", WANTED, Call())
    far.answer = 200, enveloped("<a>" + "x" * 300_000 + "</a>")
    await service.call("Find", WANTED, Call())
    assert threads == [True, False]


async def test_many_calls_at_once_do_not_mix(far: FarSide, documents: Path) -> None:
    """One service is shared by all questions of a process: each carries its own words and headers."""
    seen: list[tuple[str, str]] = []

    class Slow(FarSide):
        async def receive(self, url: str, take: Any, **more: Any) -> Answer:
            await asyncio.sleep(0)
            seen.append((asked(more["body"]).content["Number"], more["headers"]["N"]))
            take(FOUND)
            return Answer(200, "")

    service = Service(Slow(), documents, ADDRESS)  # type: ignore[arg-type]
    calls = (
        service.call("Find", WANTED | {"Number": f"{n}"}, Call(headers={"N": f"{n}"})) for n in range(20)
    )
    await asyncio.gather(*calls)
    assert sorted(seen) == sorted((f"{n}", f"{n}") for n in range(20))


def test_documents_are_read_once(far: FarSide, documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second service of the same documents looks at no file."""
    Service(far, documents, ADDRESS)  # type: ignore[arg-type]
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    Service(far, documents, "http://127.0.0.1:9/elsewhere")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:9/more.xsd", "../outside.xsd", "/etc/passwd", "file:///etc/passwd"]
)
def test_documents_come_from_their_own_folder_alone(tmp_path: Path, far: FarSide, place: str) -> None:
    """No network, no other folder, whatever a document imports."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
    path = inside / "books.wsdl"
    path.write_text(WSDL.format(schema=f'<xs:import namespace="urn:more" schemaLocation="{place}"/>'))
    with pytest.raises(Exception, match=r"does not stand beside|http://127.0.0.1:9/more.xsd"):
        Service(far, path, ADDRESS)  # type: ignore[arg-type]


def test_documents_may_import_what_stands_beside_them(tmp_path: Path, far: FarSide) -> None:
    """A service's schemas may be files of their own."""
    (tmp_path / "more.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:more"/>'
    )
    path = tmp_path / "books.wsdl"
    path.write_text(WSDL.format(schema='<xs:import namespace="urn:more" schemaLocation="more.xsd"/>'))
    Service(far, path, ADDRESS)  # type: ignore[arg-type]


def test_documents_with_a_document_type_are_refused(tmp_path: Path, far: FarSide) -> None:
    """Nothing is expanded in documents either."""
    path = tmp_path / "books.wsdl"
    path.write_text(WSDL.format(schema="").replace("?>", '?><!DOCTYPE d [<!ENTITY e "x">]>', 1))
    with pytest.raises(Exception, match=r"DTD|d"):
        Service(far, path, ADDRESS)  # type: ignore[arg-type]

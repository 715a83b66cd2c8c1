"""Requests of SOAP 1.1 are read, and answered, as any client of SOAP 1.1 understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgsp.wire.soap_faults import Fault, fault_of
from lgsp.wire.soap_serving import ADDRESS, SOAP, answer, asked, enveloped, fault, published
from lgsp.wire.soap_xml import MalformedError, read

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


def envelope(body: str, header: str = "") -> bytes:
    """Return an envelope as clients write it."""
    return (
        f"<?xml version='1.0'?><S:Envelope xmlns:S='{SOAP}'><S:Header>{header}</S:Header>"
        f"<S:Body>{body}</S:Body></S:Envelope>"
    ).encode()


def test_what_is_asked_is_read_with_its_header() -> None:
    """The operation with its namespace, its words in order, and the header by qualified names."""
    said = asked(
        envelope("<b:Find xmlns:b='urn:b'><b:B>1</b:B><b:A/></b:Find>", "<h:Who xmlns:h='urn:h'>x</h:Who>")
    )
    assert (said.operation, said.namespace) == ("Find", "urn:b")
    assert said.content == {"B": "1", "A": ""}
    assert list(said.content) == ["B", "A"]
    assert said.headers == {"{urn:h}Who": "x"}
    assert said.credential == ("", "")


def test_an_operation_without_words_or_namespace_is_read() -> None:
    """Nothing is asked for that the envelope does not need."""
    said = asked(f"<e:Envelope xmlns:e='{SOAP}'><e:Body><Ping/></e:Body></e:Envelope>".encode())
    assert (said.operation, said.namespace, said.content, said.headers) == ("Ping", "", "", {})


def test_a_username_token_is_read_and_not_shown() -> None:
    """Name and password, whatever attributes the password has; no `repr` shows them."""
    token = (
        f"<w:Security xmlns:w='{WSSE}'><w:UsernameToken><w:Username>one-stop</w:Username>"
        "<w:Password Type='urn:PasswordText'> s3cret </w:Password></w:UsernameToken></w:Security>"
    )
    said = asked(envelope("<A/>", token))
    assert said.credential == ("one-stop", "s3cret")
    assert "s3cret" not in repr(said)


@pytest.mark.parametrize(
    "document",
    [
        b"", b"x", b"<a/>", b"{}",
        envelope(""), envelope("<A/><B/>"),
        envelope("<A/>").replace(b"schemas.xmlsoap.org/soap", b"www.w3.org/2003/05/soap"),
        f"<S:Envelope xmlns:S='{SOAP}'/>".encode(),
        envelope("<A/>").replace(b"?>", b"?><!DOCTYPE a>"),
        envelope("<A>"),
    ],
)  # fmt: skip
def test_what_is_no_envelope_that_asks_one_thing_is_refused(document: bytes) -> None:
    """Another version of SOAP, two questions at once, a document type, half an envelope."""
    with pytest.raises(MalformedError):
        asked(document)


def test_an_answer_stands_in_the_body_of_an_envelope() -> None:
    """It can be read back, letters and all."""
    tree = read(answer("Found", "urn:b", {"Tên": "Lò Văn Pánh <&>"}))
    assert tree == {"Envelope": {"Body": {"Found": {"Tên": "Lò Văn Pánh <&>"}}}}


def test_a_fault_can_be_read_back() -> None:
    """Code, text and detail are those that were said."""
    tree = read(fault("Client", "Thiếu <Purpose>", "<a:B xmlns:a='urn:a'>1</a:B>"))
    assert fault_of(tree["Envelope"]["Body"]) == Fault(("Client",), "Thiếu <Purpose>", {"B": "1"})


def test_what_xml_cannot_say_is_no_answer() -> None:
    """A sign that XML has none for is neither left out nor replaced."""
    with pytest.raises(MalformedError):
        answer("Found", "urn:b", {"A": "\x02"})


def test_documents_are_published_with_the_address_at_which_they_were_asked_for(tmp_path: Path) -> None:
    """A client made of them calls where they came from; signs of an address are written as XML has them."""
    path = tmp_path / "a.wsdl"
    path.write_text(f'<a location="{ADDRESS}"/>')
    assert read(published(path, "https://lgsp.example/a?b=1&c=2")) == {
        "a": {"@location": "https://lgsp.example/a?b=1&c=2", "#text": ""}
    }


def test_an_envelope_declares_what_it_is() -> None:
    """It begins with the declaration of its encoding, without a mark before it."""
    assert enveloped("<a/>").startswith(b'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ')

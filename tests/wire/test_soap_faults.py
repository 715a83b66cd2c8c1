"""The faults of both versions of SOAP mean what their codes say, and show nothing personal."""

from __future__ import annotations

from typing import Any

import pytest

from lgsp.errors import Refused, Scope, Unavailable
from lgsp.wire.soap_faults import Fault, explained, fault_of, shown, unread
from lgsp.wire.soap_xml import read

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


def body(text: str) -> Any:
    """Return the body of an envelope around what is said."""
    return read(f"<Body>{text}</Body>")["Body"]


@pytest.mark.parametrize(
    ("said", "codes", "text"),
    [
        ("<Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring></Fault>", ("Server",), "x"),
        ("<Fault><faultcode>Client</faultcode><faultstring/></Fault>", ("Client",), ""),
        (
            "<Fault><faultcode>s:Client.Ours</faultcode><faultstring xml:lang='vi'> x </faultstring></Fault>",
            ("Client", "Ours"),
            "x",
        ),
        ("<Fault><faultstring>only words</faultstring></Fault>", (), "only words"),
        ("<Fault>a text</Fault>", (), "a text"),
    ],
)
def test_a_fault_of_soap_11_is_read(said: str, codes: tuple[str, ...], text: str) -> None:
    """Code and text, whatever prefix, language or layout they have."""
    assert fault_of(body(said)) == Fault(codes, text)


def test_a_fault_of_soap_12_is_read_with_its_subcodes() -> None:
    """Codes stand inside each other there, and the reason in several languages."""
    said = (
        f"<s:Fault xmlns:s='{SOAP_12}' xmlns:m='urn:m'><s:Code><s:Value>s:Sender</s:Value><s:Subcode>"
        "<s:Value>m:Timeout</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang='vi'>Quá hạn</s:Text>"
        "<s:Text xml:lang='en'>Timed out</s:Text></s:Reason><s:Detail><m:Max>P5M</m:Max></s:Detail></s:Fault>"
    )
    fault = fault_of(body(said))
    assert fault == Fault(("Sender", "Timeout"), "Quá hạn", {"Max": "P5M"})


def test_the_detail_of_a_fault_is_kept_as_plain_values() -> None:
    """What a service says beside its code is there for whoever knows the service."""
    fault = fault_of(body("<Fault><faultcode>Server</faultcode><detail><MaLoi>004</MaLoi></detail></Fault>"))
    assert fault is not None
    assert fault.detail == {"MaLoi": "004"}


def test_what_is_no_fault_is_none() -> None:
    """An answer, an empty body and a text have no fault."""
    assert fault_of(body("<Answer><Fault>inside</Fault></Answer>")) is None
    assert fault_of("") is None
    assert fault_of(None) is None
    assert fault_of([]) is None


@pytest.mark.parametrize("code", ["Client", "Sender", "VersionMismatch", "MustUnderstand"])
def test_a_fault_of_who_asks_is_a_refusal(code: str) -> None:
    """What is wrong with a question will be wrong again."""
    fault = explained(Fault((code,), "sai cấu trúc"))
    assert isinstance(fault, Refused)
    assert (fault.cause, fault.said) == ("soap-client-fault", "sai cấu trúc")


@pytest.mark.parametrize("codes", [("Server",), ("Receiver",), ("Server", "Busy"), (), ("Custom",)])
def test_any_other_fault_is_the_service_s_own(codes: tuple[str, ...]) -> None:
    """It may go better later; equal faults have the same signature, whatever numbers stand in them."""
    one, other = (explained(Fault(codes, f"Lỗi số {n}"), 500) for n in (1, 2))
    assert isinstance(one, Unavailable)
    assert isinstance(other, Unavailable)
    assert (one.cause, one.scope, one.answer) == ("soap-server-fault", Scope.MESSAGE, other.answer)


@pytest.mark.parametrize("code", ["FailedAuthentication", "InvalidSecurityToken", "MessageExpired"])
def test_a_fault_of_ws_security_concerns_our_standing(code: str) -> None:
    """Whoever is not believed is asked nothing more until somebody looks."""
    fault = explained(Fault(("Client", code), ""))
    assert isinstance(fault, Unavailable)
    assert (fault.cause, fault.scope) == ("soap-credentials", Scope.SYSTEM)


def test_what_is_shown_holds_no_number_and_no_secret() -> None:
    """Personal numbers of either kind, and what the call named, are taken out; the rest is shortened."""
    text = "Không có 001099000001, CMND 123456789 của NGUYENVANMAU (mã 12345678)"
    told = shown(text, ("NGUYENVANMAU", ""))
    assert told == "Không có •••, CMND ••• của ••• (mã 12345678)"
    assert len(shown("x" * 1000)) == 300


def test_a_name_is_found_however_it_is_written() -> None:
    """Whatever a service makes of what it was asked, in capitals or small letters."""
    for name in ("NGUYỄN VĂN MẪU", "nguyễn văn mẫu", "Nguyễn Văn Mẫu"):
        assert "•••" in shown(f"Không có {name} ở đây", ("Nguyễn Văn Mẫu",))
        assert "MẪU" not in shown(f"Không có {name} ở đây", ("Nguyễn Văn Mẫu",)).upper()


def test_a_short_secret_is_left_where_it_stands_in_words() -> None:
    """A family name of two letters would blacken every text, and names nobody."""
    assert shown("Không an toàn: AN", ("AN", "")) == "Không an toàn: AN"


def test_a_longer_secret_is_taken_out_before_one_that_stands_in_it() -> None:
    """Nothing is left of a name because its first part was taken out first."""
    assert shown("NGUYENVANMAU", ("NGUYEN", "NGUYENVANMAU")) == "•••"


def test_what_could_not_be_read_is_shown_by_its_form() -> None:
    """A name, an address: half an answer holds what a whole one does, and nothing of it is an error's to tell."""
    said = "<Collection><Name>TRẦN THỊ KÍN</Name><Place>XÃ MẪU</Place><title>KÍN</title>"
    assert unread(200, said) == f"HTTP 200, {len(said)} characters"
    assert unread(500, '{"name": "KÍN", "text": "<html><title>KÍN</title>"}').startswith("HTTP 500, ")
    assert "KÍN" not in unread(500, '{"name": "KÍN", "text": "<html><title>KÍN</title>"}')


def test_of_a_page_the_title_is_shown() -> None:
    """It tells people what ails the service; what was asked is taken out of it."""
    page = " <!DOCTYPE html>\n<html lang='vi'><head><title>Bảo trì: MẪU VĂN A</title></head><p>KÍN</p></html>"
    assert unread(502, page, ("Mẫu Văn A",)) == f"HTTP 502, {len(page)} characters: Bảo trì: •••"
    assert unread(502, "<html><p>KÍN</p></html>") == "HTTP 502, 23 characters"

"""Recalls and updates stay behind their document, redeliveries are the same packet, look-alikes are named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain import documents as identity
from lgsp.domain.codes import FORMS, document_id, read_agency
from lgsp.message import Message
from lgsp.schemas import Types
from tests.formats.edxml.packets import FROM, PDF, attached, message, packet, status, taken

ID = "H37,2026/03/05,15/UBND-VP"


def _message(body: bytes) -> Message:
    return taken(body).message()


def _business(kind: int, inside: str = "") -> str:
    return f"<TraceHeaderList><Bussiness>{inside}<BussinessDocType>{kind}</BussinessDocType></Bussiness></TraceHeaderList>"


ANSWER = "<ResponseFor><OrganId>H37</OrganId><DocumentId>answered</DocumentId></ResponseFor>"
CONCERNS = "<DocumentId>concerned</DocumentId>"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (packet(), ID),
        (packet(message() + ANSWER), ID),
        (packet(header=_business(0, CONCERNS)), ID),
        (packet(header=_business(1)), ID),
        (packet(message() + ANSWER, header=_business(1)), "answered"),
        (packet(message() + ANSWER, header=_business(1, CONCERNS)), "concerned"),
        (packet(message() + ANSWER, header=_business(2)), ID),
        (packet(header=_business(2, CONCERNS)), "concerned"),
        (packet(header=_business(3, CONCERNS)), ID),
        (packet(status()), ID),
        (packet(message(DocumentId=None)), ID),
        (packet(status(ResponseFor="<OrganId>H37</OrganId><Code>15/A</Code>")), "H37,15/A"),
        (
            packet(status(StatusCode="13", From=FROM, ResponseFor="<OrganId>G22</OrganId><Code>15/A</Code>")),
            "H37,15/A",
        ),
    ],
)
def test_whose_line_a_packet_belongs_to(body: bytes, line: str) -> None:
    """A recall, an update and a status follow their document; a reply and a replacement have their own line."""
    assert _message(body).partitionkey == line


@pytest.mark.parametrize("kind", [0, 1, 2, 3])
def test_a_redelivery_is_the_same_packet(kind: int) -> None:
    """Hops, a flag and old codes that the axis adds, and another layout, make no other packet of it."""
    trace = (
        "<TraceHeader><OrganId>02.29.W00</OrganId><Timestamp>2026/03/05 08:31:15</Timestamp></TraceHeader>"
    )
    old = "<To><OrganId>000.00.00.G22</OrganId><OrganizationInCharge>TLTVBQG_CDMDD_QD20</OrganizationInCharge></To>"
    plain = packet(header=_business(kind))
    there = packet(
        message(OtherInfo="<Direction>false</Direction>") + old,
        header=_business(kind).replace("</TraceHeaderList>", f"{trace}</TraceHeaderList>"),
    ).replace(b"><", b">\n  <")
    assert _message(there).key == _message(plain).key
    assert _message(there).native == _message(plain).native


def test_what_was_said_is_part_of_a_packet_s_content() -> None:
    """Another subject, or another file, is another content; for a new document under the same identity."""
    one, other = _message(packet()), _message(packet(message(Subject="khác")))
    assert (one.key, one.native == other.native) == (other.key, False)
    assert _message(attached(PDF)).native != _message(attached(PDF + b" ")).native


def test_a_document_may_be_updated_twice() -> None:
    """Two updates of one document are two packets; the same update told twice is one."""
    one = _message(packet(header=_business(2)))
    other = _message(packet(message(Subject="khác"), header=_business(2)))
    assert len({_message(packet()).key, one.key, other.key}) == 3
    assert one.key == _message(packet(header=_business(2))).key


def test_ids_of_two_senders_do_not_meet() -> None:
    """An id is only unique for who gave it; old and new code of one body are one sender."""
    here = _message(packet(message(DocumentId="123")))
    there = _message(packet(message(DocumentId="123", From="<OrganId>H38</OrganId>")))
    old = _message(packet(message(DocumentId="123", From="<OrganId>000.00.00.H37</OrganId>")))
    assert here.key != there.key
    assert here.key == old.key


def test_a_status_is_its_content() -> None:
    """The same status told twice is one event."""
    one, two, other = (_message(packet(status(StatusCode=code))) for code in ("03", "03", "04"))
    assert one.key == two.key == one.native.hex()
    assert other.key != one.key


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({"id": "made-up", "agency": "H37", "code": "15/UBND-VP", "promulgated_on": "2026-03-05"}, ID),
        ({"agency": "000.00.00.H37", "code": "15/UBND-VP", "promulgated_on": "2026-03-05"}, ID),
        ({"agency": "15/UBND-VP", "code": "H37", "promulgated_on": "2026-03-05"}, ID),
        ({"id": "made-up", "agency": "H37", "code": "15/UBND-VP"}, ""),
        ({"id": "made-up", "code": "15/UBND-VP", "promulgated_on": "2026-03-05"}, ""),
        ({"id": "made-up", "agency": "H37", "promulgated_on": "2026-03-05"}, ""),
    ],
)
def test_a_status_may_name_its_document_by_number_too(about: dict[str, str], key: str) -> None:
    """Number, notation, day and issuer are a name of their own, where all of them are told; the id apart."""
    said = {"key": "made-up", "code": "03", "status": "received", "sender": {"code": "G22"}, "about": about}
    assert Types()["document.status.v1"].alluded(said) == key
    asking = {
        **said,
        "status": "recall_asked",
        "sender": {"code": "H37"},
        "about": {**about, "agency": "G22"},
    }
    if key and "/" in about["code"]:
        assert identity.numbered_key(asking) == key


def test_only_statuses_allude() -> None:
    """A document is named by itself."""
    assert Types()["document.v1"].alluded({"key": ID, "about": {"code": "15/UBND-VP"}}) == ""


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("000.00.00.H37,2026/03/05,15/UBND-VP", ID),
        (" H37, 2026/03/05,15/UBND-VP ", ID),
        ("h37,2026,15", "H37,2026,15"),
        ("000.00.15.H37,2026,15", "000.00.15.H37,2026,15"),
        ("9FBFBAD2-F1F8-4256-A2EB-50FB1061CDDB", "9fbfbad2-f1f8-4256-a2eb-50fb1061cddb"),
        ("VB-1", "VB-1"),
        ("  ", None),
        ("vxp.saas.03,2026,1", "vxp.saas.03,2026,1"),
    ],
)
def test_document_ids_are_opaque_but_for_the_agency(text: str, normal: str | None) -> None:
    """Only what is certain is taken for the same: the two codes of a body of level 1, and the case of a UUID."""
    assert document_id(text) == normal


@given(st.text(max_size=60))
def test_the_normal_form_of_an_id_is_final(text: str) -> None:
    """The normal form of a normal form is itself, whatever was written."""
    once = FORMS["document-id"](text)
    assert once is None or FORMS["document-id"](once) == once


def _alike(**over: Any) -> list[str]:
    return identity.alike(taken(packet(message(**over))).data)


def test_look_alikes_are_found_by_id_and_by_number() -> None:
    """The decree asks for both; what recalls a document is not taken for a second one."""
    assert _alike() == [f"id:{ID}", "code:15/ubnd-vp|H37"]
    assert _alike(From="<OrganId>000.00.00.H37</OrganId>")[1] == _alike()[1]
    assert _alike(DocumentId="other")[1] == _alike()[1]
    assert _alike(DocumentId="other")[0] != _alike()[0]
    assert _alike(Code="<CodeNumber>15</CodeNumber>") == [f"id:{ID}"]
    assert identity.alike(taken(packet(header=_business(1))).data) == []


def test_each_body_receives_once() -> None:
    """Both codes of a body are one receiver; a register may know of more."""
    data = {"recipients": [{"code": "G22"}, {"code": "000.00.00.G22"}, {"code": "H37.1"}, {}, {"code": "x"}]}
    assert identity.receivers(data) == ["G22", "H37.1", "x"]
    assert identity.receivers(data, same=lambda _: "one") == ["G22"]


def test_canonical_documents_are_told_apart_as_packets_are() -> None:
    """Who tells canonical JSON may recall a document of its own: that is no second body under one id."""
    types = Types()
    new, recall = (taken(packet(header=_business(kind))).data for kind in (0, 1))
    told = [types.message("document.v1", one) for one in (new, recall, new | {"summary": "another"})]
    assert told[0].key == _message(packet(header=_business(0))).key
    assert told[0].key != told[1].key
    assert told[0].partitionkey == told[1].partitionkey
    assert told[0].key == told[2].key


def test_what_breaks_its_schema_has_no_identity() -> None:
    """It is turned away for its faults, with their places, and not for this."""
    message = Types().message("document.v1", {"key": "x", "sender": "no object"})
    assert message.key is None
    assert Types().check("document.v1", message.data)


@pytest.mark.parametrize(
    ("named", "old", "known", "counts"),
    [
        ("G22", "000.00.00.G12", {}, True),
        ("G12", "000.00.00.G12", {}, False),
        ("H37.02", "000.00.00.H37", {}, True),
        ("G22", "000.00.11.H44", {}, True),
        ("H44.12", "000.00.77.H44", {}, False),
        ("H44.12", "000.00.77.H44", {"000.00.77.H44": "H44.77"}, True),
        ("H44.12", "000.00.77.H44", {"000.00.77.H44": "H44.12"}, False),
    ],
)
def test_a_marked_code_whose_body_nobody_else_names_receives(
    named: str, old: str, known: dict[str, str], *, counts: bool
) -> None:
    """The mark says that a code is an old one, and not that somebody else stands for it: it would get nothing."""
    marked = {"code": old, "parent": identity.OLD_CODE_MARK}
    data = {"recipients": [marked, {"code": named}]}
    same = {"same": lambda code: known.get(code, read_agency(code).identity)}
    assert identity.receivers(data, **same) == [*([old] if counts else []), named]


def test_the_name_tells_whose_old_code_it_is() -> None:
    """The axis writes the same name behind both codes, and `(Mã cũ) (qd20)` behind the old one."""
    marked = {"code": "000.00.11.H62", "parent": identity.OLD_CODE_MARK, "name": "Sở Tư pháp (Mã cũ) (qd20)"}
    here = {"code": "H44.12", "name": "Sở Tư pháp"}
    assert identity.receivers({"recipients": [here, marked]}) == ["H44.12"]
    other = here | {"name": "Sở Tài chính"}
    assert identity.receivers({"recipients": [other, marked]}) == ["H44.12", "000.00.11.H62"]


def test_an_old_code_that_the_axis_added_is_no_second_receiver() -> None:
    """It stands marked beside the new one; alone it is the only name there is."""
    old = {"code": "000.00.11.H44", "parent": identity.OLD_CODE_MARK}
    assert identity.receivers({"recipients": [{"code": "H44.11"}, old, {"code": "G22"}]}) == ["H44.11", "G22"]
    assert identity.receivers({"recipients": [old]}) == ["000.00.11.H44"]

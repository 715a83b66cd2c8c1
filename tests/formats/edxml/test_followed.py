"""What is read of packets is what the course of a document is made from: the fields are those it asks for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, get_args

from lgsp.canonical.document import Document
from lgsp.canonical.document_status import DocumentStatus
from lgsp.domain.course.following import Course
from lgsp.domain.course.packets import Packet, Way
from lgsp.domain.course.telling import told
from lgsp.message import VIETNAM
from lgsp.words import DOCUMENT_ACTS, DOCUMENT_STATUSES
from tests.domain.documents_told import followed
from tests.formats.edxml.packets import FROM, message, packet, status, taken

CAME = datetime(2026, 3, 5, 8, 30, tzinfo=VIETNAM)
OLD = (
    "<To><OrganId>000.00.01.G22</OrganId><OrganizationInCharge>TLTVBQG_CDMDD_QD20</OrganizationInCharge>"
    "<OrganName>Văn phòng Chính phủ (Mã cũ) (qd20)</OrganName></To>"
)
RECALL = "<TraceHeaderList><Bussiness><BussinessDocType>1</BussinessDocType></Bussiness></TraceHeaderList>"


def course(*bodies: bytes) -> Course:
    """Return the course of packets that came a minute apart; each was delivered."""
    return followed(*(_packet(n, body) for n, body in enumerate(bodies)))


def _packet(n: int, body: bytes) -> Packet:
    read = taken(body).message()
    at = CAME + timedelta(minutes=n)
    return Packet(str(n), "dms", read.type, read.data, at, [Way(n, "document-axis", (), "delivered", at)])


def _at(minute: int, **over: str) -> bytes:
    staff = "<Staff>Trần Thị B</Staff><Department>Văn thư</Department>"
    return packet(status(Timestamp=f"2026/03/05 08:{minute}:00", StaffInfo=staff, **over))


def _receiver(found: Course) -> dict[str, Any]:
    (receiver,) = told(found)["receivers"]
    return dict(receiver)


def test_a_life_of_packets_is_followed() -> None:
    """Document, arrival, receipt, recall, consent: one receiver under both its codes, who destroyed it."""
    found = course(
        packet(message() + OLD),
        _at(31, StatusCode="01"),
        _at(32),
        packet(message() + OLD, header=RECALL),
        _at(34, StatusCode="15"),
    )
    receiver = _receiver(found)
    assert receiver["codes"] == ["G22", "000.00.01.G22"]
    assert (receiver["status"]["code"], receiver["status"]["staff"]["name"]) == ("03", "Trần Thị B")
    assert receiver["awaited"]["what"] == "nothing"
    (change,) = told(found)["changes"]
    assert (change["what"], change["answers"][0]["destroyed"]) == ("recall", True)


def test_a_status_with_agency_and_code_in_each_others_place_is_followed() -> None:
    """One known client writes them so; whom it is meant for is read rightly all the same."""
    swapped = (
        "<OrganId>15/UBND-VP</OrganId><Code>G22</Code><DocumentId>H37,2026/03/05,15/UBND-VP</DocumentId>"
    )
    back = packet(status(StatusCode="13", From=FROM, ResponseFor=swapped))
    found = course(packet(message() + "<To><OrganId>H44</OrganId></To>"), back)
    assert [answer.body.code for answer in found.changes[0].answers] == ["G22"]


def test_every_status_and_act_has_words_for_people() -> None:
    """Whatever a packet can say of a document is written in Vietnamese first."""
    words, _ = get_args(DocumentStatus.model_fields["status"].annotation)
    assert set(get_args(words)) == set(DOCUMENT_STATUSES)
    assert set(get_args(Document.model_fields["act"].annotation)) == set(DOCUMENT_ACTS)

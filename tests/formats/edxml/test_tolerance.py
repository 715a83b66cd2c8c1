"""What is tolerated is read, with a finding that says so, and comes back as it was."""

from __future__ import annotations

import base64
import io
import re
import unicodedata
import zipfile

import pytest

from lgsp.formats.edxml import STATUS, packet_of
from tests.formats.edxml.packets import (
    PDF,
    SPACE,
    TO,
    Memory,
    again,
    attached,
    encoded,
    fault,
    message,
    packet,
    status,
    taken,
    told,
    zipped,
)

PLAIN = taken(packet()).data


def test_a_plain_packet_has_no_findings() -> None:
    """What is in order is not called odd."""
    assert taken(packet()).findings == []


@pytest.mark.parametrize("prefix", ["edXML", "ns2", "x-y.z"])
def test_any_prefix_is_read(prefix: str) -> None:
    """The namespace counts, not what it is called."""
    named = packet().decode().replace(f' xmlns="{SPACE}"', "")
    named = named.replace("<", f"<{prefix}:").replace(f"<{prefix}:/", f"</{prefix}:")
    bound = named.replace(f"<{prefix}:edXML>", f'<{prefix}:edXML xmlns:{prefix}="{SPACE}">', 1)
    assert taken(bound.encode()).data == PLAIN


def test_any_order_is_read() -> None:
    """The standard's order and the vendor's differ; both say the same, by content and by identity."""
    fields = message().replace("><", ">\n<")
    turned = "".join(reversed(_top(fields)))
    assert taken(packet(turned)).data == PLAIN
    assert taken(packet(turned)).native == taken(packet()).native


def _top(fields: str) -> list[str]:
    found, depth, start = [], 0, 0
    for at, sign in enumerate(fields):
        if sign == "<":
            depth += -1 if fields[at + 1] == "/" else 1
        elif sign == ">" and depth == 0:
            found.append(fields[start : at + 1])
            start = at + 1
    return found


def test_the_business_is_read_before_and_after_the_traces() -> None:
    """Java peers write it first, .NET peers last."""
    business = "<Bussiness><BussinessDocType>0</BussinessDocType><Paper>1</Paper></Bussiness>"
    trace = "<TraceHeader><OrganId>H37</OrganId><Timestamp>2026/03/05 08:30:00</Timestamp></TraceHeader>"
    java = taken(packet(header=f"<TraceHeaderList>{business}{trace}</TraceHeaderList>")).data
    dotnet = taken(packet(header=f"<TraceHeaderList>{trace}{business}</TraceHeaderList>")).data
    assert java == dotnet
    assert java["business"] == {"paper_follows": True}


DOTNET = (
    '<edXMLBody xmlns:xlink="http://www.w3.org/1999/xlink"><edXMLManifest version="1.0"><Reference '
    'xlink:href="cid:1" xlink:role="XLinkRole" xlink:type="simple"><ContentId>1</ContentId>'
    "<ContentType>application/pdf</ContentType><AttachmentName>a.pdf</AttachmentName></Reference>"
    "</edXMLManifest></edXMLBody>"
)


def test_the_layout_of_dotnet_peers_is_read() -> None:
    """Their boundary, attributes, links and ids without a prefix are read; what is unknown in them comes back."""
    one = encoded(base64.b64encode(PDF).decode()).replace("cid:1", "1")
    traces = '<TraceHeaderList id="ab12cd34" version="1.0" mustUnderstand="1" />'
    body = packet(header=traces, body=DOTNET, behind=one).decode()
    body = body.replace(
        "<edXMLEnvelope>", "<Boundary>--b</Boundary><ContentType>text/xml</ContentType><edXMLEnvelope>"
    )
    first, second, _ = again(body.encode())
    assert first.data == second.data
    assert (
        first.data["attachments"][0] | {"id": "1", "listed": {"content_type": "application/pdf"}}
        == (first.data["attachments"][0])
    )
    assert first.data["extra"] == {
        "edXML/Boundary": "--b",
        "edXML/ContentType": "text/xml",
        "TraceHeaderList/@id": "ab12cd34",
        "TraceHeaderList/@version": "1.0",
        "TraceHeaderList/@mustUnderstand": "1",
    }
    assert ("id-without-cid", "AttachmentEncoded/Attachment[1]/ContentId") in told(first)


def test_an_xlink_that_nobody_declared_is_read() -> None:
    """The vendor's reader takes it, strict parsers do not; any other undeclared prefix is a fault."""
    body = attached(PDF).replace(b"<Reference>", b'<Reference xlink:href="">')
    assert told(taken(body)) == {("unbound-xlink", "edXMLManifest/Reference[1]@xlink:href")}
    other = attached(PDF).replace(b"<Reference>", b'<Reference foo:href="">')
    assert fault(other) == ("unbound-prefix", "edXMLManifest/Reference[1]")


def test_comments_are_left_out_and_said_to_be() -> None:
    """A comment is no content; that there were some is a finding."""
    found = taken(packet(message() + "<!-- a --><!-- b -->"))
    assert found.data == PLAIN
    assert told(found) == {("comment-left-out", "MessageHeader")}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("<Foo>x</Foo>", "unknown-field"),
        ("<Foo a='1'><Bar>x</Bar>y</Foo>", "unknown-field"),
        ("<Foo xmlns='urn:other'>x</Foo>", "unknown-field"),
        ("<Foo xmlns=''>x</Foo>", "unknown-field"),
        ("<Foo>1</Foo><Foo>2</Foo>", "unknown-field"),
        ("<Trích_yếu đ='ê'>x</Trích_yếu><Số>1</Số>", "unknown-field"),
        ("<Subject>hai</Subject>", "repeated-field"),
        ("<DocumentType><Type>2</Type><Odd>x</Odd></DocumentType>", "unknown-field"),
        ("<DueDate vi='x'>2026/03/20</DueDate>", "unused-attribute"),
        ("<Content><b>x</b></Content>", "elements-in-text"),
        ("<ToPlaces><Place>a</Place><Nơi>b</Nơi></ToPlaces>", "elements-in-text"),
        ("lạc", "stray-text"),
        ("<ResponseFor />", "empty-element"),
    ],
)
def test_nothing_unknown_is_lost(field: str, code: str) -> None:
    """What no table knows is a finding, and is written and read again as it was."""
    first, second, _ = again(packet(message() + field))
    assert code in {one.code for one in first.findings}
    assert second.data == first.data
    assert (code == "empty-element") == (first.data == PLAIN)


def test_the_vendor_s_extensions_are_known() -> None:
    """Lists whose inside is not published are kept without a finding, and written at their place."""
    other = "<ReplyFors><ReplyFor>1</ReplyFor></ReplyFors><ReferenceCodes>a</ReferenceCodes>"
    first, second, written = again(packet(message(OtherInfo=other)))
    assert first.findings == []
    assert second.data == first.data
    assert written.index(b"ReplyFors") < written.index(b"Direction>false") < written.index(b"ReferenceCodes")


def test_a_flag_that_the_vendor_always_adds_says_nothing() -> None:
    """Direction=false, which the axis inserts, changes neither content nor identity."""
    with_flag = taken(packet(message(OtherInfo="<Direction>false</Direction>")))
    assert with_flag.data == PLAIN
    assert with_flag.native == taken(packet()).native


def test_statuses_are_told_from_documents_by_their_code() -> None:
    """Only the status code makes a status, whatever else stands there."""
    assert taken(packet(status())).type == STATUS
    assert taken(packet(status() + message(From=None))).type == STATUS
    assert fault(packet(status(StatusCode=""))) == ("missing", "MessageHeader/StatusCode")


@pytest.mark.parametrize(
    ("code", "word", "odd"), [("07", None, "unknown-code"), ("6", "finished", "odd-code")]
)
def test_unknown_status_codes_are_kept(code: str, word: str | None, odd: str) -> None:
    """A code that no list holds is kept and says nothing; one without its zero is known."""
    found = taken(packet(status(StatusCode=code)))
    assert (found.data["code"], found.data.get("status")) == (code, word)
    assert told(found) == {(odd, "MessageHeader/StatusCode")}


def test_swapped_fields_of_a_status_are_noticed() -> None:
    """One known client writes agency and code into each other's place: both are kept, and the line is right."""
    about = "<OrganId>15/UBND-VP</OrganId><Code>H37</Code><PromulgationDate>2026/03/05</PromulgationDate>"
    found = taken(packet(status(ResponseFor=about)))
    assert ("swapped-fields", "MessageHeader/ResponseFor") in told(found)
    assert (found.data["about"]["agency"], found.data["key"]) == ("15/UBND-VP", "H37,2026/03/05,15/UBND-VP")


def test_a_word_for_nothing_is_no_code() -> None:
    """The text `null`, which one hub writes for its own code, is kept and is no agency."""
    trace = "<TraceHeader><OrganId>null</OrganId><Timestamp>2026/03/05 08:30:00</Timestamp></TraceHeader>"
    first, second, _ = again(packet(header=f"<TraceHeaderList>{trace}</TraceHeaderList>"))
    assert first.data["traces"] == [{"at": "2026-03-05T08:30:00+07:00", "extra": {"OrganId": "null"}}]
    assert second.data == first.data


def test_an_unknown_act_is_not_taken_for_a_new_document() -> None:
    """A business type that no list holds is kept, and the document is called neither new nor a recall."""
    business = (
        "<TraceHeaderList><Bussiness><BussinessDocType>7</BussinessDocType></Bussiness></TraceHeaderList>"
    )
    first, second, _ = again(packet(header=business))
    assert first.data["act"] == "other"
    assert first.data["business"] == {"extra": {"BussinessDocType": "7"}}
    assert second.data == first.data


def test_findings_show_no_personal_number_and_no_long_text() -> None:
    """What was read is shown where it looks like a code; a number of a person never is."""
    found = taken(
        packet(message(SteeringType="025000000027") + "<Foo>0912345678</Foo><Bar>Nguyễn Văn A</Bar>")
    )
    assert {one.read for one in found.findings} == {""}


def test_findings_are_bounded() -> None:
    """A packet that is nothing but oddities is read, with the first of them."""
    assert (
        len(taken(packet(message() + "<Foo/>" * 10 + "".join(f"<F{n}/>" for n in range(500)))).findings)
        == 200
    )


def test_several_receivers_and_both_codes_of_one() -> None:
    """Each receiver is kept as written, also where the axis adds a body's old code."""
    old = "<OrganId>000.00.00.G22</OrganId><OrganizationInCharge>TLTVBQG_CDMDD_QD20</OrganizationInCharge>"
    found = taken(packet(message() + f"<To>{old}</To>"))
    assert [one["code"] for one in found.data["recipients"]] == ["G22", "000.00.00.G22"]
    assert found.message().recipients == ["G22"]
    assert TO in message()


def test_attachments_may_stand_elsewhere_in_the_packet() -> None:
    """Files inside the envelope are found, with a finding."""
    one = encoded(base64.b64encode(PDF).decode())
    store = Memory()
    body = packet().replace(b"</edXMLEnvelope>", one.encode() + b"</edXMLEnvelope>")
    found = taken(body, store)
    assert ("misplaced", "AttachmentEncoded") in told(found)
    assert store.files[found.data["attachments"][0]["dataref"]] == PDF


def test_two_lists_of_attachments_are_read_as_one() -> None:
    """Files of both are there, and so is what is unknown in either."""
    one = encoded(base64.b64encode(PDF).decode(), number="1").replace(
        "</Attachment></", "</Attachment><A>1</A></"
    )
    two = encoded(base64.b64encode(PDF).decode(), number="2").replace(
        "</Attachment></", "</Attachment><A>2</A></"
    )
    first, second, _ = again(packet(behind=one + two))
    assert [file["id"] for file in first.data["attachments"]] == ["1", "2"]
    assert first.data["extra"] == {"AttachmentEncoded/A": ["1", "2"]}
    assert second.data == first.data


def test_letters_are_composed() -> None:
    """Vietnamese letters in parts are brought to normal form C, with a finding; they are the same packet."""
    parted = unicodedata.normalize("NFD", packet().decode()).encode()
    assert taken(parted).data == PLAIN
    assert told(taken(parted)) == {("not-composed", "MessageHeader")}
    assert taken(parted).native == taken(packet()).native


def test_long_fields_are_kept_whole() -> None:
    """Lengths that a decree gives fields of the same name are a reason to look, never to cut or turn away."""
    found = taken(packet(message(Subject="x" * 501)))
    assert len(found.data["subject"]) == 501
    assert told(found) == {("long-field", "MessageHeader/Subject")}


def test_a_status_says_when_it_became_so() -> None:
    """The message has the status's own time."""
    moment = taken(packet(status())).message().time
    assert moment is not None
    assert moment.isoformat() == "2026-03-05T09:00:00+07:00"


@pytest.mark.parametrize("written", [None, "", "  ", "<Foo/>"])
def test_what_is_expected_and_says_nothing_is_missed(written: str | None) -> None:
    """An element that is there and empty is no better than one that is not."""
    assert ("missing-field", "MessageHeader/Subject") in told(taken(packet(message(Subject=written))))


def _nameless(body: bytes) -> bytes:
    """Return a packet whose attachment has no name of its own; its line in the manifest has one."""
    head, mark, rest = body.partition(b"<AttachmentEncoded>")
    return head + mark + re.sub(rb"<AttachmentName>.*?</AttachmentName>", b"", rest)


def test_a_file_that_only_the_manifest_names_is_written_as_it_came() -> None:
    """By that name it tells whether it was packed: no other content goes out under it than came."""
    archive = zipped(("a.txt", b"text"))
    store = Memory()
    first = taken(_nameless(attached(archive, "goi.zip", "application/zip")), store)
    (one,) = first.data["attachments"]
    assert (one["name"], one["packed"]) == ("goi.zip", True)
    sent = taken(packet_of(first.type, first.data, store), store).data["attachments"][0]
    with zipfile.ZipFile(io.BytesIO(store.files[sent["dataref"]])) as came:
        assert came.read("a.txt") == b"text"
    first, second, _ = again(_nameless(attached(PDF)))
    assert "packed" not in first.data["attachments"][0]
    assert second.data == first.data


def test_an_attachment_without_an_id_is_the_one_of_its_name() -> None:
    """It is there, so that nothing is missing; a line of the manifest that has a file by its id keeps that."""
    idless = attached(PDF).replace(b"<Attachment><ContentId>cid:1</ContentId>", b"<Attachment>")
    found = taken(idless)
    assert [one.get("id") for one in found.data["attachments"]] == ["1"]
    assert not {"attachment-not-listed", "listed-without-content"} & {code for code, _ in told(found)}
    stranger = re.findall(rb"<Attachment>.*</Attachment>", idless)[0]
    both = attached(PDF).replace(b"<AttachmentEncoded>", b"<AttachmentEncoded>" + stranger)
    assert [one.get("id") for one in taken(both).data["attachments"]] == [None, "1"]

"""What is written has the vendor's layout, says what the data say, and holds nothing that they smuggle in."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest

from lgsp.errors import Invalid
from lgsp.folder import NOWHERE
from lgsp.formats.edxml import DOCUMENT, STATUS, packet_of, write
from tests.formats.edxml.packets import PDF, Memory, again, attached, message, packet, taken, told, zipped

DATA: dict[str, Any] = {
    "key": "H37,2026/03/05,18/UBND-VP",
    "id": "H37,2026/03/05,18/UBND-VP",
    "act": "new",
    "sender": {"code": "H37"},
    "recipients": [{"code": "G22"}],
    "number": "18",
    "notation": "UBND-VP",
    "promulgated_on": "2026-03-05",
    "subject": "Tối thiểu",
    "steering": "none",
}


def _written(**over: Any) -> bytes:
    return packet_of(DOCUMENT, DATA | over, Memory())


def test_the_layout_is_the_vendor_s() -> None:
    """UTF-8, CRLF, two spaces a level, no mark at the front, a line's end at the end, empty lists as empty tags."""
    text = _written().decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\r\n<edXML xmlns="http://www.mic.gov.vn/')
    assert text.endswith("  <AttachmentEncoded />\r\n</edXML>\r\n")
    assert '\r\n      <edXML:edXMLManifest version="1.0" />\r\n' in text
    assert text.count("\n") == text.count("\r\n") == text.count("\r")


def test_steering_nobody_is_written_as_the_forms_have_it() -> None:
    """Both 0 and 1 are read so; 1 is written, and a 0 that came is written as it came."""
    assert b"SteeringType>1<" in _written()
    first, second, written = again(packet(message(SteeringType="0")))
    assert first.data["steering"] == second.data["steering"] == "none"
    assert b"SteeringType>0<" in written


def test_a_field_that_was_edited_is_written_and_not_what_was_kept_beside_it() -> None:
    """What was kept of a field counts as long as nobody changed what it says."""
    data = taken(packet(message(SteeringType="0"))).data
    assert b"SteeringType>2<" in packet_of(DOCUMENT, data | {"steering": "steering"}, Memory())
    odd = taken(packet(message(OtherInfo="<Priority>Khẩn</Priority>"))).data
    assert b"Priority>1<" in packet_of(DOCUMENT, odd | {"urgency": "urgent"}, Memory())
    assert "Khẩn".encode() not in packet_of(DOCUMENT, odd | {"urgency": "urgent"}, Memory())


def test_an_odd_date_is_written_as_the_day_it_was_read_as() -> None:
    """The vendor's reader would take dd/MM/yyyy for another day: what goes on has the form of the format."""
    first, second, written = again(packet(message(DueDate="05/03/2026")))
    assert b"DueDate>2026/03/05<" in written
    assert first.data == second.data


@pytest.mark.parametrize(
    "text", ["a & b < c > d", '"x"', "dòng 1\ndòng 2", "]]>", "\t giữa \t", "😀", "\u00a0x\u3000", "a\r\nb"]
)
def test_any_text_comes_back(text: str) -> None:
    """Markup is escaped, and a line's end in a text stays one."""
    data = taken(_written(subject=text)).data
    assert data["subject"] == text.strip(" \t\r\n")


@pytest.mark.parametrize("text", [" a", "a ", "  a b  "])
def test_space_around_a_text_is_not_written(text: str) -> None:
    """Readers strip it: the vendor's writer would have it nowhere."""
    assert f"Subject>{text.strip()}<".encode() in _written(subject=text)


def test_what_the_business_needs_is_written_even_if_little_is_said() -> None:
    """A recall is a recall on the wire too, also where nothing else is said of it."""
    written = _written(act="recall")
    assert b"BussinessDocType>1<" in written
    assert taken(written).data["act"] == "recall"


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"subject": "a\0b"}, "MessageHeader/Subject"),
        ({"subject": "a\ufffeb"}, "MessageHeader/Subject"),
        ({"subject": 5}, "MessageHeader/Subject"),
        ({"urgency": "at once"}, "MessageHeader/OtherInfo/Priority"),
        ({"extra": {"A><B": "x"}}, "MessageHeader/A><B"),
        ({"extra": {"A": 5}}, "MessageHeader/A"),
        ({"extra": {"A": {"xml": "<A/><B/>"}}}, "MessageHeader/A"),
        ({"extra": {"A": {"xml": "</edXML><edXML>"}}}, "MessageHeader/A"),
        ({"extra": {"A": {"xml": "<!DOCTYPE a><A/>"}}}, "MessageHeader/A"),
        ({"extra": {"A": {"xml": "text"}}}, "MessageHeader/A"),
        ({"extra": {"@a b='c' d": "x"}}, "MessageHeader@"),
        ({"extra": {"@a": 5}}, "MessageHeader"),
        ({"extra": {"Nowhere/A": "x"}}, "MessageHeader/Nowhere/A"),
        ({"signature": {"standing": "absent", "xml": "<a"}}, "Signature"),
        (
            {"attachments": [{"id": "1", "dataref": "sha256:0"}]},
            "AttachmentEncoded/Attachment[1]/ContentTransferEncoded",
        ),
    ],
)
def test_what_cannot_be_written_is_turned_away_with_its_place(over: dict[str, Any], place: str) -> None:
    """Nothing is dropped on the way out, and nothing becomes markup that was data."""
    with pytest.raises(Invalid) as raised:
        _written(**over)
    assert [problem.place for problem in raised.value.problems] == [place]


def test_a_fault_of_the_data_is_found_before_the_first_byte() -> None:
    """A packet is not begun when its header cannot be ended."""
    out: list[bytes] = []
    with pytest.raises(Invalid):
        write(DOCUMENT, DATA | {"places": ["a", "\0"]}, Memory(), out.append)
    assert out == []


def test_attribute_values_cannot_leave_their_quotes() -> None:
    """An attribute that was kept is written as the value it was."""
    value = "\"><evil a='\n\t&"
    first, second, _ = again(packet(message() + '<Foo a="&quot;&gt;&lt;evil a=\'&#xA;&#x9;&amp;"/>'))
    assert first.data == second.data
    kept = taken(_written(extra={"@a": value})).data
    assert kept["extra"] == {"@a": value}


# --- attachments ------------------------------------------------------------------------------------------


def _with(name: str, content: bytes, **over: Any) -> tuple[bytes, Memory]:
    store = Memory()
    one = {"id": "att-1", "name": name, "dataref": store.keep([content]), **over}
    return packet_of(DOCUMENT, DATA | {"attachments": [one]}, store), store


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.pdf", "application/pdf"),
        ("A.PDF", "application/pdf"),
        ("a.doc", "application/doc"),
        ("a.docx", "application/docx"),
        ("a.zip", "application/zip"),
    ],
)
def test_some_files_are_written_as_they_are(name: str, kind: str) -> None:
    """By its extension alone, as the vendor's writer decides."""
    written, _ = _with(name, PDF)
    assert f"<ContentType>{kind}</ContentType>".encode() in written
    assert base64.b64encode(PDF) in written


@pytest.mark.parametrize("name", ["a.xlsx", "a.png", "a", "a.tar.gz", ".htaccess"])
def test_all_other_files_are_packed(name: str) -> None:
    """In an archive of one entry that has a random name and the file's extension."""
    written, _ = _with(name, PDF)
    assert b"<ContentType>application/zip</ContentType>" in written
    text = written.partition(b"ContentTransferEncoded xmlns")[2].partition(b">")[2].partition(b"<")[0]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(text))) as archive:
        (entry,) = archive.infolist()
        assert archive.read(entry) == PDF
    assert entry.filename.rpartition(".")[2] == (name.rpartition(".")[2] if name.find(".") > 0 else "unk")
    found = taken(written)
    assert (found.findings, found.data["attachments"][0]["size"]) == ([], len(PDF))


def test_each_reference_is_called_an_archive() -> None:
    """That is what the vendor's writer does, whatever the file is."""
    written, _ = _with("a.pdf", PDF)
    assert written.count(b"edXML:ContentType>application/zip</edXML:ContentType>") == 1


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 300_000])
@pytest.mark.parametrize("name", ["a.pdf", "a.bin"])
def test_files_of_any_size_come_back(size: int, name: str) -> None:
    """Pieces of any length are joined without a seam, in one line of base64."""
    content = bytes(n * 7 % 251 for n in range(size))
    written, _ = _with(name, content)
    store = Memory()
    (one,) = taken(written, store).data["attachments"]
    assert store.files[one["dataref"]] == content


@pytest.mark.parametrize(
    ("text", "code", "decoded"),
    [
        ("QUJD", None, b"ABC"),
        ("QU\r\n  JD", "base64-spaced", b"ABC"),
        ("\n  QUJD", None, b"ABC"),
        ("QUI", "base64-unpadded", b"AB"),
        ("QQ", "base64-unpadded", b"A"),
        ("", "empty-attachment", b""),
        ("QUJD=", "bad-base64", None),
        ("QUJDQ", "bad-base64", None),
        ("QUI=QUJD", "bad-base64", None),
        ("@@@notbase64@@@", "bad-base64", None),
        ("QUJD" * 40_000 + "!", "bad-base64", None),
        ("QUJD" * 40_000 + "!" + "QUJD" * 40_000, "bad-base64", None),
        ("${__StringFromFile(test.txt,,,)}", "bad-base64", None),
        ("QUJ_-w==", "bad-base64", None),
        ("tệp & đính kèm", "bad-base64", None),
    ],
)
def test_base64_and_what_is_none(text: str, code: str | None, decoded: bytes | None) -> None:
    """What can be decoded exactly is; anything else is kept as the text it was, and goes on as such."""
    store = Memory()
    found = taken(attached(text.replace("&", "&amp;")), store)
    assert told(found) == (
        {(code, "AttachmentEncoded/Attachment[1]/ContentTransferEncoded")} if code else set()
    )
    (one,) = found.data["attachments"]
    assert store.files[one["dataref"]] == (text.encode() if decoded is None else decoded)
    assert one.get("undecoded", False) == (decoded is None)
    assert taken(packet_of(DOCUMENT, found.data, store)).data == found.data


def test_lists_that_disagree_are_both_kept() -> None:
    """What the manifest says otherwise, lists without a file, and files without a list come back as they were."""
    body = attached(PDF).decode()
    body = body.replace(
        "<AttachmentName>a.pdf</AttachmentName></Ref", "<AttachmentName>b.pdf</AttachmentName><X>1</X></Ref"
    )
    body = body.replace(
        "</edXMLManifest>", "<Reference><ContentId>cid:9</ContentId></Reference></edXMLManifest>"
    )
    more = "<Attachment><ContentId>cid:2</ContentId><AttachmentName>c</AttachmentName><ContentType>x/y</ContentType><ContentTransferEncoded>QUJD</ContentTransferEncoded></Attachment>"
    first, second, _ = again(body.replace("</AttachmentEncoded>", more + "</AttachmentEncoded>").encode())
    files = first.data["attachments"]
    assert files[0]["listed"] == {"name": "b.pdf", "extra": {"X": "1"}}
    assert files[1] | {"unlisted": True, "packed": False, "content_type": "x/y"} == files[1]
    assert files[2] == {"id": "9"}
    assert {"listed-without-content", "attachment-not-listed", "unknown-field"} <= {c for c, _ in told(first)}
    assert second.data == first.data


def test_ids_may_repeat_or_be_missing() -> None:
    """Files with one id are told apart by their order; without an id the name tells."""
    twice = attached(PDF).decode()
    reference = twice.partition("<Reference>")[2].partition("</Reference>")[0]
    file = twice.partition("<Attachment>")[2].partition("</Attachment>")[0]
    twice = twice.replace("</edXMLManifest>", f"<Reference>{reference}</Reference></edXMLManifest>")
    twice = twice.replace("</AttachmentEncoded>", f"<Attachment>{file}</Attachment></AttachmentEncoded>")
    first, second, _ = again(twice.encode())
    assert (len(first.data["attachments"]), first.findings) == (2, [])
    assert first.data == second.data
    nameless = attached(PDF).replace(b"<ContentId>cid:1</ContentId>", b"")
    first, second, _ = again(nameless)
    assert len(first.data["attachments"]) == 1
    assert first.data == second.data


def test_an_undeclared_archive_goes_on_as_it_came() -> None:
    """A file that came packed under another type leaves packed under that type."""
    first, second, written = again(attached(zipped(("u.pdf", PDF)), "a.pdf", "application/pdf"))
    assert first.data == second.data
    assert first.data["attachments"][0]["packed"] is True
    assert b"<ContentType>application/pdf</ContentType>" in written


def test_a_status_has_neither_body_nor_attachments() -> None:
    """It ends with its header."""
    data = {"key": "x", "code": "01", "about": {"id": "x"}, "at": "2026-03-05T02:00:00Z"}
    written = packet_of(STATUS, data, Memory())
    assert b"Timestamp>2026/03/05 09:00:00<" in written
    assert b"Body" not in written
    assert b"AttachmentEncoded" not in written


def _with_file(ref: str, **over: Any) -> bytes:
    one = {"id": "1", "name": "a.pdf", "dataref": f"data:;base64,{ref}"} | over
    return packet_of(DOCUMENT, DATA | {"attachments": [one]}, NOWHERE)


@pytest.mark.parametrize("content", [b"a", b"ab", b"abc", b"\xff\xfe\xfb" * 20_000])
def test_a_file_in_its_reference_is_written_as_it_stands_there(content: bytes) -> None:
    """The packet holds the very signs of the reference, and reads as the file that they are."""
    signs = base64.b64encode(content)
    written = _with_file(signs.decode())
    assert b">" + signs + b"</edXML:ContentTransferEncoded>" in written
    store = Memory()
    [one] = taken(written, store).data["attachments"]
    assert store.open(one["dataref"]).read() == content


def test_a_file_in_its_reference_is_packed_where_its_name_says_so() -> None:
    """What goes in an archive, and what is text, is not the base64 of the reference."""
    signs = base64.b64encode(b"plain").decode()
    assert signs.encode() not in _with_file(signs, name="a.txt")
    assert b">plain<" in _with_file(signs, undecoded=True)


@pytest.mark.parametrize(
    "ref",
    ["QUJD</x>", "QUJD&amp;", "QUJD QUJD", "QUJ", "QU=D", "Q===", "====", "QUJDQ", "QUJ\u0110"],
)
def test_nothing_but_base64_goes_out_of_a_reference(ref: str) -> None:
    """Somebody's canonical JSON cannot smuggle markup, or half a file, into a packet."""
    with pytest.raises(Invalid) as refused:
        _with_file(ref)
    [problem] = refused.value.problems
    assert problem.code == "attachment-not-kept"

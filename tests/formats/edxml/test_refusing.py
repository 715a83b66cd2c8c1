"""What is not allowed, too much, or would lose content is turned away with its place, at little cost."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress

import pytest

from lgsp.errors import Invalid
from lgsp.formats.edxml import Limits, read
from tests.formats.edxml.packets import (
    PDF,
    SPACE,
    Memory,
    attached,
    encoded,
    fault,
    message,
    packet,
    status,
    taken,
    zipped,
)

FILE = "AttachmentEncoded/Attachment[1]/ContentTransferEncoded"
LAUGH = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
DTDS = [
    "<!DOCTYPE edXML>",
    '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/evil.dtd">',
    '<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    f'<!DOCTYPE edXML [<!ENTITY l0 "ha">{LAUGH}]>',
    '<!DOCTYPE edXML [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    f"<!--{'x' * 3000}--><!DOCTYPE edXML [<!ENTITY x 'y'>]>",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("dtd", DTDS)
def test_a_dtd_is_refused_before_anything_in_it_counts(dtd: str, encoding: str) -> None:
    """No entity is declared, none expanded and none fetched, whatever encoding hides the announcement."""
    body = packet(message(Subject="&l8;&x;")).decode()
    assert fault((dtd + body).encode(encoding)) == ("doctype", "DOCTYPE")


def test_an_entity_that_nobody_declared_is_a_fault() -> None:
    """Without a DTD there are no entities but the five of XML."""
    assert fault(packet(message(Subject="&x;"))) == ("not-xml", "MessageHeader/Subject")
    assert taken(packet(message(Subject="&lt;&#x1EA1;"))).data["subject"] == "<ạ"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ("not-xml", "edXML")),
        (b"\0" * 100, ("not-xml", "edXML")),
        (b"<html><body>502</body></html>", ("foreign-namespace", "html")),
        (b"<edXML/>", ("foreign-namespace", "edXML")),
        (packet().replace(SPACE.encode(), b"http://www.e-doc.vn/Schema/"), ("foreign-namespace", "edXML")),
        (packet() + b"x", ("not-xml", "edXML")),
        (packet()[:-20], ("not-xml", "edXML")),
        (packet()[:200], ("not-xml", "MessageHeader/To[1]")),
        (f'<edXML xmlns="{SPACE}"/>'.encode(), ("missing", "edXMLEnvelope")),
        (f'<edXML xmlns="{SPACE}"><edXMLEnvelope/></edXML>'.encode(), ("missing", "edXMLHeader")),
        (packet(message(DocumentId=None, Code=None)), ("missing", "MessageHeader/DocumentId")),
        (packet(message(DocumentId="\u00a0")), ("missing", "MessageHeader/DocumentId")),
        (packet(status(ResponseFor=None)), ("missing", "MessageHeader/ResponseFor/DocumentId")),
        (packet(header="<MessageHeader/>"), ("repeated-content", "MessageHeader[2]")),
        (packet(message() + "<edXML:A/>"), ("unbound-prefix", "MessageHeader")),
        (
            packet(message() + "<A xmlns:a='urn:x' xmlns:b='urn:x' a:c='1' b:c='2'/>"),
            ("not-xml", "MessageHeader/A"),
        ),
        (packet(message() + "<A a='1' a='2'/>"), ("not-xml", "MessageHeader")),
        (packet().replace(b" xmlns=", b" xmlnsx="), ("foreign-namespace", "edXML")),
        (packet().replace(b" xmlns=", b" xmlnsx='urn:x' xmlns=") + b"<", ("not-xml", "edXML")),
        (b'<?xml version="1.0" encoding="zip"?>' + packet(), ("not-xml", "edXML")),
        (b'<?xml version="1.0" encoding="none-such"?>' + packet(), ("not-xml", "edXML")),
        (
            packet(status(), behind=encoded("QUJD")),
            ("attachments-on-status", "AttachmentEncoded/Attachment[1]"),
        ),
    ],
)
def test_what_is_no_packet_is_turned_away_with_its_place(body: bytes, expected: tuple[str, str]) -> None:
    """Each of these names where it is wrong."""
    assert fault(body) == expected


def test_attachments_where_no_reader_looks_are_not_lost_silently() -> None:
    """A home-made layout that one sender shipped is turned away, and so is an attachment without its content."""
    other = (
        "<edXMLAttachments><Attachment><AttachmentData>QUJD</AttachmentData></Attachment></edXMLAttachments>"
    )
    assert fault(packet(behind=other)) == ("unknown-attachment-layout", "edXMLAttachments")
    bare = "<AttachmentEncoded><Attachment><ContentId>cid:1</ContentId></Attachment></AttachmentEncoded>"
    assert fault(packet(behind=bare)) == ("missing", FILE)
    stray = packet(message() + encoded("QUJD"))
    assert fault(stray)[0] == "unknown-attachment-layout"


def test_an_attachment_has_one_content_and_nothing_inside_it() -> None:
    """Two contents, or an element inside one, would lose something."""
    twice = attached(PDF, more="<ContentTransferEncoded>QUJD</ContentTransferEncoded>")
    assert fault(twice) == ("repeated-content", f"{FILE}[2]")
    assert fault(attached("QUJD<b/>")) == ("element-in-content", f"{FILE}/b")


# --- too much ---------------------------------------------------------------------------------------------

MORE = "<Attachment><ContentTransferEncoded>QUJD</ContentTransferEncoded></Attachment>"
MANY = encoded("QUJD").replace("</Attachment>", "</Attachment>" + MORE * 3)
SMALL = Limits(packet=20_000, prolog=256, token=2_000, text=4_000, elements=200, depth=10, attachments=3)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b" " * 300 + packet(), ("packet-too-large", "edXML")),
        (packet(message(Subject="x" * 5_000)), ("packet-too-large", "MessageHeader/Subject")),
        (
            packet(message() + f"<Foo a='{'x' * 80}'/>" * 60),
            ("packet-too-large", "MessageHeader"),
        ),
        (packet(message() + "<Foo/>" * 300), ("too-many-elements", "MessageHeader")),
        (packet(message() + "<Foo>" * 20), ("too-deep", "MessageHeader/Foo/Foo/Foo/Foo/Foo/Foo")),
        (packet(message() + f"<Foo a='{'x' * 90_000}'/>"), ("packet-too-large", "edXML")),
        (
            packet(message() + "<Foo" + "".join(f" a{n}='1'" for n in range(80)) + "/>"),
            ("too-many-elements", "MessageHeader"),
        ),
        (
            packet(behind=MANY),
            ("too-many-attachments", "AttachmentEncoded/Attachment[4]/ContentTransferEncoded"),
        ),
    ],
)
def test_a_packet_with_too_much_of_something_is_turned_away(body: bytes, expected: tuple[str, str]) -> None:
    """Every bound that a packet has is held."""
    assert fault(body, SMALL) == expected


def test_a_tag_without_end_is_not_collected() -> None:
    """A comment or attribute that never ends is given up long before the packet's own bound."""

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            start = b"<edXML xmlns='" + SPACE.encode() + b"'><!--"
            return start if self.given == size else b"x" * size

    source = Endless()
    with pytest.raises(Invalid) as raised:
        read(source, Memory(), Limits(token=100_000))  # type: ignore[arg-type]
    assert raised.value.problems[0].code == "packet-too-large"
    assert source.given < 1_000_000


@pytest.mark.parametrize("text", ["\n", "a\n", "&lt;", "<Foo/>", "<Foo a='b'>\n</Foo>", "<!-- -->", "<?p?>"])
def test_many_small_pieces_cost_what_they_weigh(text: str) -> None:
    """A packet made of the smallest pieces is read, or turned away, in the time that its size takes."""
    before = time.process_time()
    body = packet(message(Content=text * (2_000_000 // len(text))))
    with suppress(Invalid):
        taken(body)
    assert time.process_time() - before < 10


# --- archives ---------------------------------------------------------------------------------------------


class Nowhere:
    """Throws attachments away, and counts their bytes."""

    def __init__(self) -> None:
        self.size = 0

    def keep(self, chunks: Iterable[bytes], _: bytes = b"") -> str:
        """Count a file."""
        self.size += sum(map(len, chunks))
        return "sha256:"


def test_a_zip_bomb_is_given_up_early() -> None:
    """An archive that grows beyond all honesty is turned away, and nothing of it is kept."""
    bomb = zipped(("a.txt", b"\0" * 30_000_000))
    sink = Nowhere()
    with pytest.raises(Invalid) as raised:
        read(io.BytesIO(attached(bomb, "a.txt", "application/zip")), sink)
    assert [(p.code, p.place) for p in raised.value.problems] == [("zip-ratio", FILE)]
    assert sink.size == 0
    small = Limits(attachment=1_000_000)
    assert fault(attached(bomb, "a.txt", "application/zip"), small) == ("attachment-too-large", FILE)


def test_files_are_bounded_together_too() -> None:
    """Many files of a size that is allowed are still too much together."""
    assert fault(attached(PDF * 100), Limits(unpacked=1_000)) == ("attachment-too-large", "AttachmentEncoded")
    assert fault(attached(PDF * 100), Limits(attachment=1_000)) == ("attachment-too-large", FILE)


def _claiming(entries: int, directory: int) -> bytes:
    """Return an archive whose end claims so many entries, and a directory of so many bytes."""
    central = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, *[0] * 16) * (directory // 46)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, entries, entries, len(central), 4, 0)
    return b"PK\x03\x04" + central + end


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(("a.txt", b"a"), ("b.txt", b"b")), "zip-many-entries"),
        (zipped(("a/", b"")), "zip-many-entries"),
        (zipped(), "not-a-zip"),
        (zipped(("a.txt", b"abc" * 100))[:-30], "zip-damaged"),
        (zipped(("a.txt", b"abc" * 100)).replace(b"PK\x01\x02", b"PK\x01\x09"), "zip-damaged"),
        (b"PK\x03\x04" + b"x" * 50, "zip-damaged"),
        (_claiming(1, 46 * 100_000), "zip-damaged"),
        (_claiming(60_000, 46 * 60_000), "zip-many-entries"),
    ],
)
def test_archives_that_are_not_one_whole_file_stay_as_they_are(content: bytes, code: str) -> None:
    """What is damaged, or holds other than one file, is kept as it came, with a finding."""
    store = Memory()
    found = taken(attached(content, "a.txt", "application/zip"), store)
    assert [(one.code, one.place) for one in found.findings] == [(code, FILE)]
    assert store.files[found.data["attachments"][0]["dataref"]] == content


def test_a_damaged_content_is_noticed() -> None:
    """An archive whose content does not have the checksum it claims is kept as it came."""
    content = zipped(("a.txt", b"abc"))
    crc = struct.pack("<I", zlib.crc32(b"abc"))
    wrong = content.replace(crc, b"\0\0\0\0")
    store = Memory()
    found = taken(attached(wrong, "a.txt", "application/zip"), store)
    assert [one.code for one in found.findings] == ["zip-damaged"]
    assert list(store.files.values()) == [wrong]


def test_an_encrypted_archive_is_kept() -> None:
    """Nobody guesses a password."""
    content = bytearray(zipped(("a.txt", b"abc")))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    found = taken(attached(bytes(content), "a.txt", "application/zip"))
    assert [one.code for one in found.findings] == ["zip-encrypted"]


def test_an_entry_s_path_is_never_followed() -> None:
    """The name in the archive is kept as a name, and the file has the name that the packet gives it."""
    content = zipped(("../../../etc/cron.d/x.txt", b"abc"))
    store = Memory()
    (one,) = taken(attached(content, "a.txt", "application/zip"), store).data["attachments"]
    assert (one["name"], one["entry"]) == ("a.txt", "../../../etc/cron.d/x.txt")
    assert store.files[one["dataref"]] == b"abc"
    found = taken(attached(PDF, "../../a.pdf"))
    assert [one.code for one in found.findings] == ["path-in-name"]


@pytest.mark.parametrize(
    ("name", "kind", "undone", "code"),
    [
        ("a.txt", "application/zip", True, None),
        ("a.pdf", "application/pdf", True, "zip-not-declared"),
        ("a", "text/plain", True, "zip-not-declared"),
        ("a.zip", "application/zip", False, None),
        ("A.ZIP", "application/zip", False, None),
        ("a.docx", "application/docx", False, None),
        ("a.docx", "application/zip", True, None),
        ("a.xlsx", "application/zip", True, None),
    ],
)
def test_the_bytes_and_the_name_tell_whether_a_file_was_packed(
    name: str, kind: str, undone: bool, code: str | None
) -> None:
    """An archive under the name of another file was packed on the way, whatever type was declared."""
    content = zipped(("x.bin", PDF))
    store = Memory()
    found = taken(attached(content, name, kind), store)
    assert store.files[found.data["attachments"][0]["dataref"]] == (PDF if undone else content)
    assert [one.code for one in found.findings] == ([code] if code else [])


def test_an_archive_by_nature_that_was_packed_is_undone_once() -> None:
    """A spreadsheet is an archive itself: only the one around it is taken off."""
    sheet = zipped(("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<b/>"))
    store = Memory()
    packed = taken(attached(zipped(("u.xlsx", sheet)), "a.xlsx", "application/zip"), store).data
    plain = taken(attached(sheet, "a.xlsx", "application/zip"), store)
    assert packed["attachments"][0]["dataref"] == plain.data["attachments"][0]["dataref"]
    assert plain.findings == []
    assert zipfile.is_zipfile(io.BytesIO(store.files[plain.data["attachments"][0]["dataref"]]))

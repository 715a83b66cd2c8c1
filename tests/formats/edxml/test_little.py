"""A little packet of the plainest kind is parsed in one go; whatever else comes is parsed in pieces, to the same."""

from __future__ import annotations

import io
from typing import Any

import pytest

from lgsp.errors import Invalid
from lgsp.formats.edxml import Limits, little, read
from tests.formats.edxml.packets import (
    PDF,
    SAMPLES,
    SPACE,
    Memory,
    attached,
    encoded,
    message,
    packet,
    status,
)

PLAIN = [
    packet(),
    packet(status()),
    attached(PDF),
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n' + packet(),
    b'<?xml version="1.0" encoding="utf-8" standalone="no"?>' + packet(),
    packet(message(Subject="a &amp; b &#x1EC7;")),
    packet(message(Foo="<Bar xmlns='urn:x'><Baz/></Bar>")),
]
OTHER = {
    "a comment": packet(message(Subject="a<!-- b -->c")),
    "CDATA": packet(message(Subject="<![CDATA[a]]>")),
    "an instruction": packet(message(Subject="a<?b c?>")),
    "a DTD": b"<!DOCTYPE edXML [<!ENTITY a 'b'>]>" + packet(),
    "an entity of a DTD": packet(message(Subject="&a;")),
    "another encoding": b'<?xml version="1.0" encoding="iso-8859-1"?>' + packet(message(Subject="a")),
    "a mark": b"\xef\xbb\xbf" + packet(),
    "UTF-16": packet().decode().encode("utf-16"),
    "another namespace": packet().replace(SPACE.encode(), b"urn:x"),
    "an unbound prefix": packet(message(Subject="<un:a>1</un:a>")),
    "an unbound xlink": packet(message(Foo="<Bar xlink:href='a'/>")),
    "too many attributes": packet(root=" " + " ".join(f"a{n}='1'" for n in range(70))),
    "too deep": packet(message(Foo="<a>" * 40 + "</a>" * 40)),
    "files in two places": packet(behind=encoded("QQ==") + encoded("QQ==", number="2")),
    "a file within a file": packet(behind=encoded("QQ==", more="<Attachment/>")),
    "elements in a file": packet(behind=encoded("Q<a/>Q==")),
    "a file without content": packet(behind="<AttachmentEncoded><Attachment/></AttachmentEncoded>"),
    "two contents in one file, none in another": packet(
        behind=encoded("QQ==", more="<ContentTransferEncoded/>")[: -len("</AttachmentEncoded>")]
        + "<Attachment/></AttachmentEncoded>"
    ),
    "broken off": packet()[:-9],
    "more behind": packet() + b"<a/>",
}
CUT = {
    "one file": (attached(PDF), [PDF]),
    "no file": (packet(), []),
    "an empty file": (attached(""), [b""]),
    "a file behind an attribute": (attached(PDF).replace(b"<ContentTransferEncoded>", b"<ContentTransferEncoded a='1'>"), [PDF]),
    "an empty element": (attached("").replace(b"<ContentTransferEncoded></ContentTransferEncoded>", b"<ContentTransferEncoded/>"), [b""]),
}  # fmt: skip
"""Packets of which base64 is cut out, and what it says."""
LEFT = {
    "space around": attached("\r\nQUJD\r\n"),
    "space inside": attached("QU JD"),
    "a group that is not full": attached("QUJDQQ"),
    "bits that say nothing": attached("QUJDQR=="),
    "signs of another alphabet": attached("QUJ-QU_D"),
    "an escape of JSON": attached("\\u0041QU"),
    "a quotation mark": attached('QUJD"QUJ'),
    "one sign too many": attached("QUJDQQ==="),
    "signs that fill nothing": attached("QUJD=="),
    "no base64": attached("QU*D"),
    "an entity": attached("QU&#74;D"),
}
"""Packets that are plain, and whose base64 is not plain enough to be cut out."""
_NAMED = "<Bar a='ContentTransferEncoded'>QUJD</Bar>"
TRICKS = [
    packet(message(Foo=_NAMED)),
    packet(message(Foo=_NAMED), behind=encoded("QQ==")),
    packet(message(Foo="<ContentTransferEncoded>QUJD</ContentTransferEncoded>"), behind=encoded("QQ==")),
    packet(message(Foo="<NoContentTransferEncodedEither>QUJD</NoContentTransferEncodedEither>")),
    packet(message(Subject="ContentTransferEncoded"), behind=encoded("QQ==")),
    packet(message(Subject="ContentTransferEncoded>QUJD"), behind=encoded("QQ==")),
    packet(behind=encoded("QQ==", more=_NAMED)),
    packet(behind=encoded("", more=_NAMED)),
    packet(behind=encoded("QQ==", more=_NAMED).replace("</Attachment>", "QUJD</Attachment>")),
    attached(PDF).replace(b"<ContentTransferEncoded>", b"<ContentTransferEncoded a='>QUJD'>"),
    attached(PDF).replace(b"<ContentTransferEncoded>", b"<ContentTransferEncoded a='>'>"),
    attached("QUJD]]>"),
    attached("QUJD<a/>"),
    attached("QUJD").replace(b"</ContentTransferEncoded>", b""),
    attached("QUJD").replace(b"</ContentTransferEncoded>", b"</ContentTransferEncoded x='>'>"),
    attached("QUJD").replace(b"<ContentTransferEncoded>QUJD</ContentTransferEncoded>", b"<ContentTransferEncoded/>QUJD"),
    attached("QUJD").replace(b"<ContentTransferEncoded>QUJD</ContentTransferEncoded>", b"ContentTransferEncoded<ContentTransferEncoded/>QUJD"),
    attached("QUJD").replace(b"<ContentTransferEncoded>QUJD</ContentTransferEncoded>", b"<Description>ContentTransferEncoded</Description>QUJD<ContentTransferEncoded/>"),
]  # fmt: skip
"""Packets in which something else is, or seems to be, where the text of a file is looked for."""


class _InPieces(io.BytesIO):
    """Comes in pieces of a hundred bytes, so that nobody can tell that it is little."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(100, size) if size is not None and size >= 0 else size)


def _told(source: io.BytesIO, limits: Limits) -> Any:
    """Return everything that reading tells, and what was kept."""
    store = Memory()
    try:
        return read(source, store, limits), list(store.files)
    except Invalid as fault:
        return fault.problems, fault.type


@pytest.mark.parametrize("body", PLAIN)
def test_a_plain_packet_is_parsed_in_one_go(body: bytes) -> None:
    """Any prefix and any declaration of UTF-8 are plain, and so is what the tables do not know."""
    assert little.parsed(body, Limits()) is not None


@pytest.mark.parametrize(("body", "files"), CUT.values(), ids=CUT)
def test_base64_is_cut_out_before_the_rest_is_parsed(body: bytes, files: list[bytes]) -> None:
    """Most of a packet is no XML but the text of its files: the parser never sees it."""
    found = little.parsed(body, Limits())
    assert found is not None
    assert [one.decoded for one in found.attachments] == files


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_a_text_that_may_be_odd_is_not_cut_out(body: bytes) -> None:
    """Who decodes piece by piece says what is odd about it, and keeps it as it came."""
    found = little.parsed(body, Limits())
    assert found is not None
    assert {one.decoded for one in found.attachments} == {None}


@pytest.mark.parametrize("body", TRICKS)
def test_nothing_but_a_file_s_text_is_ever_taken_for_one(body: bytes) -> None:
    """What is cut out stands in the content of an attachment, each in its own, or nothing is."""
    found = little.parsed(body, Limits())
    contents = [] if found is None else list(found.root.iter("ContentTransferEncoded"))
    assert found is None or len(found.attachments) == len(contents) or found.attachments[0].decoded is None
    assert _told(io.BytesIO(body), Limits()) == _told(_InPieces(body), Limits())


@pytest.mark.parametrize("body", OTHER.values(), ids=OTHER)
def test_any_other_packet_is_left_to_who_reads_all(body: bytes) -> None:
    """Nothing that could be at fault, or odd, is looked at in one go."""
    assert little.parsed(body, Limits()) is None


@pytest.mark.parametrize(
    "limits", [Limits(elements=20), Limits(depth=4), Limits(text=100), Limits(packet=100)]
)
def test_what_may_be_too_much_is_left_too(limits: Limits) -> None:
    """Who counts exactly says what is too much."""
    assert little.parsed(packet(), limits) is None


def test_deep_nesting_is_found_without_falling_in() -> None:
    """Elements inside each other, as deep as a little packet can have them, do no harm."""
    body = packet(message(Foo="<a>" * 8_000 + "</a>" * 8_000))
    assert little.parsed(body, Limits()) is None


@pytest.mark.parametrize(
    "limits", [Limits(), Limits(attachments=1, attachment=20), Limits(elements=60, depth=6)]
)
@pytest.mark.parametrize(
    "body",
    [
        *PLAIN,
        *OTHER.values(),
        *LEFT.values(),
        *(one for one, _ in CUT.values()),
        *(path.read_bytes() for path in sorted(SAMPLES.rglob("*.edxml"))),
    ],
    ids=lambda body: f"{len(body)}" if isinstance(body, bytes) else str(body),
)
def test_both_ways_tell_the_same(body: bytes, limits: Limits) -> None:
    """Content, findings, digests and faults with their places do not depend on how a packet was parsed."""
    assert _told(io.BytesIO(body), limits) == _told(_InPieces(body), limits)


def test_an_attachment_s_text_does_not_stay_in_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was decoded and kept, and is not held a second time."""
    trees: list[Any] = []
    parsed = little.parsed
    monkeypatch.setattr(
        little, "parsed", lambda *args, **said: trees.append(parsed(*args, **said)) or trees[-1]
    )
    read(io.BytesIO(attached(PDF)), Memory())
    (tree,) = trees
    assert [one.text for one in tree.root.iter("ContentTransferEncoded")] == [None]

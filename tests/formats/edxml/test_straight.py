"""A plain header is read straight off its text, to what reading its elements tells; any other is left to that."""

from __future__ import annotations

import base64
import binascii
import io
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lgsp.bench import documents
from lgsp.domain.documents import OLD_CODE_MARK
from lgsp.errors import Invalid
from lgsp.formats.edxml import Limits, little, read
from lgsp.formats.edxml.decoding import at_once
from lgsp.formats.edxml.layout import DOCUMENT_HEADER
from lgsp.formats.edxml.parts import Branch, Part, Table
from lgsp.formats.edxml.straight import cut_out
from lgsp.message import native_digest
from tests.formats.edxml.packets import FROM, MESSAGE, PDF, TO, Memory, attached, message, packet, status

OLD = f"<OrganId>000.00.00.G22</OrganId><OrganizationInCharge>{OLD_CODE_MARK}</OrganizationInCharge>"
_OTHER_INFO = "<Priority>2</Priority><PageAmount>3</PageAmount><Direction>false</Direction>"


def _several(*receivers: str) -> str:
    """Return the fields of a header with several receivers, behind one another."""
    return message(To="\n</To><To>\r\n".join(receivers))


STRAIGHT = {
    "as short as may be": packet(),
    "more fields": packet(message(DueDate="2026/04/01", Content="Trích yếu", ApplicationType="x")),
    "space around": packet("\r\n\t " + message(Subject="  a b ").replace("><", "> \r\n\t<")),
    "two receivers": packet(_several(TO, "<OrganId>G09</OrganId>")),
    "receivers apart": packet(message() + "<To><OrganId>G09</OrganId></To><Content>a</Content>"),
    "a header elsewhere": packet().replace(b"edXMLHeader>", b"Other>"),
    "the old code of a receiver": packet(_several(TO, OLD)),
    "old codes alone": packet(_several(OLD, OLD.replace("G22", "G09"))),
    "the same mark on the sender": packet(message(From=FROM + OLD.partition("</OrganId>")[2])),
    "a flag that the axis adds": packet(message(OtherInfo=_OTHER_INFO)),
    "a flag that says something": packet(message(OtherInfo="<Direction>true</Direction>")),
    "signers and answers": packet(
        message(
            SignerInfo="<FullName>A</FullName></SignerInfo><SignerInfo><Position>B</Position>",
            ResponseFor="<OrganId>G22</OrganId><Code>1/A</Code><PromulgationDate>2026/01/02</PromulgationDate>",
        )
    ),
    "letters that are not composed": packet(message(Subject="Thu\u031b\u0309")),
    "the vendor's prefix": documents.packet(1),
}
"""Headers that are read off their text."""
LEFT = {
    "a name that no table knows": packet(message(Foo="a")),
    "a tabulator beside a text": packet(message(Subject="a\t")),
    "a text that is not there": packet(message(Content="")),
    "nothing but space": packet(message(Content=" \r\n")),
    "an element that is closed at once": packet(message() + "<Content/>"),
    "an element with nothing in it": packet(message(OtherInfo="")),
    "a list's element with nothing in it": packet(message(SignerInfo=" ")),
    "a field twice": packet(message(Subject="a</Subject><Subject>b")),
    "elements twice": packet(message(OtherInfo=f"{_OTHER_INFO}</OtherInfo><OtherInfo>{_OTHER_INFO}")),
    "a flag twice, by itself": packet(
        message(OtherInfo="<Direction>false</Direction></OtherInfo><OtherInfo><Direction>false</Direction>")
    ),
    "a field that is missing": packet(message(Subject=None)),
    "elements that are missing": packet(message(To=None)),
    "a field that is missing inside": packet(message(Code="<CodeNumber>1</CodeNumber>")),
    "elements for a text": packet(message(Subject="<a>b</a>")),
    "a text for elements": packet(message(Code="15")),
    "text beside elements": packet(message(Code=f"a{MESSAGE['Code']}")),
    "text behind an element": packet(message() + "a"),
    "text before all": packet("a" + message()),
    "space that is none in XML": packet("\u00a0" + message()),
    "an attribute": packet(message().replace("<Subject>", "<Subject a='b'>")),
    "another namespace": packet(message().replace("<Subject>", "<Subject xmlns=''>")),
    "another prefix": packet(message(Foo=None) + "<xml:Content>a</xml:Content>"),
    "space in a tag": packet(message().replace("</Subject>", "</Subject >")),
    "a reference": packet(message(Subject="a &amp; b")),
    "a line's end in a text": packet(message(Subject="a\r\nb")),
    "a sign that is not seen": packet(message(Subject="a\u200bb")),
    "space that is kept": packet(message(Subject="\u00a0a")),
    "a word that no list holds": packet(message(SteeringType="9")),
    "a word that is kept": packet(message(SteeringType="0")),
    "a day that is none": packet(message(DueDate="31/02/2026")),
    "a code that is null": packet(message(DocumentId="null")),
    "a long field": packet(message(Subject="a" * 501)),
    "a list of texts": packet(message(ToPlaces="<Place>a</Place>")),
    "a status": packet(status()),
    "a header's name elsewhere": packet(message(Subject="MessageHeader")),
    "no header": packet().replace(b"MessageHeader", b"MessageFooter"),
    "two headers": packet(header=f"<MessageHeader>{message()}</MessageHeader>"),
    "a tag too many": packet(message() + "</Subject>"),
    "nothing but a flag that the axis adds": packet(message(OtherInfo="<Direction>FALSE</Direction>")),
    "elements that are not closed": packet(message() + "<OtherInfo><Priority>1</Priority>"),
    "a tag that is not closed": packet(message() + "<Subject>"),
    "tags across": packet(message(Code="<CodeNumber>1</Code></CodeNumber>")),
    "an empty element and a tag too many": packet(message(OtherInfo="</OtherInfo><Priority>1</Priority>")),
    "a bracket": packet(message(Subject="a>b")),
    "the end of what is no CDATA": packet(message(Subject="a]]>b")),
    "no letters": packet().replace("thử".encode(), b"th\xff"),
}
"""Headers that are not, or of which there is something to say."""


class _InPieces(io.BytesIO):
    """Comes in pieces, so that nobody can tell that it is little: then elements are made of all of it."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(100, size) if size is not None and size >= 0 else size)


def _told(source: io.BytesIO, limits: Limits) -> Any:
    """Return everything that reading tells, the order of names included."""
    try:
        found = read(source, Memory(), limits)
    except Invalid as fault:
        return fault.problems, fault.type
    return found, repr(found.data)


def _is_straight(body: bytes) -> bool:
    found = little.parsed(body, Limits())
    return found is not None and found.header is not None


@pytest.mark.parametrize("body", STRAIGHT.values(), ids=STRAIGHT)
def test_a_plain_header_is_read_off_its_text(body: bytes) -> None:
    """What senders write every day costs no elements, and its own element stands empty in the tree."""
    found = little.parsed(body, Limits())
    assert found is not None
    assert found.header is not None
    (node,) = found.root.iter("MessageHeader")
    assert (len(node), node.text) == (0, None)


@pytest.mark.parametrize("body", [*STRAIGHT.values(), *LEFT.values()], ids=[*STRAIGHT, *LEFT])
def test_both_ways_of_reading_a_header_tell_the_same(body: bytes) -> None:
    """Content and its order, findings, identity and faults do not depend on how a header was read."""
    assert _told(io.BytesIO(body), Limits()) == _told(_InPieces(body), Limits())


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_any_other_header_is_left_to_who_reads_all(body: bytes) -> None:
    """What may be at fault, or odd, or taken otherwise by XML, is looked at with its elements."""
    assert not _is_straight(body)


@pytest.mark.parametrize("depth", [4, 5, 6, 7])
def test_what_stands_too_deep_is_told_either_way(depth: int) -> None:
    """The bound of depth holds for a header that has no elements, too."""
    limits = Limits(depth=depth)
    for body in (STRAIGHT["as short as may be"], STRAIGHT["a flag that the axis adds"], attached(PDF)):
        assert _told(io.BytesIO(body), limits) == _told(_InPieces(body), limits)


def test_a_packet_without_a_plain_header_stays_as_it_is() -> None:
    """What is not read is not cut out."""
    body = LEFT["an attribute"]
    assert cut_out(body, Limits()) == (body, None)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_to_a_header_both_ways_tell_the_same(seed: int) -> None:
    """Tags and texts that are lost, doubled, swapped or put in make no difference between the ways."""
    chance = random.Random(seed)
    bodies = list(STRAIGHT.values())
    straight = 0
    for _ in range(80):
        body = _harmed(chance, chance.choice(bodies))
        straight += _is_straight(body)
        assert _told(io.BytesIO(body), Limits()) == _told(_InPieces(body), Limits()), body
    assert straight


_TEXTS = ("a", "2026/01/02", "false", "null", "1", "G22", OLD_CODE_MARK, "  b ", "")
_BITS = (
    "<To>", "</To>", "<OrganId>G1</OrganId>", "<Direction>false</Direction>", "<Content>a</Content>", "</", ">",
    "<Code>", "</Code>", "&lt;", " ", "\r\n", "\u2028", "A", "e\u0301", "<Priority>1</Priority>", "<OtherInfo>",
    "</OtherInfo>", "<MessageHeader>", "</MessageHeader>", "<Subject/>", "2026/02/30",
)  # fmt: skip


def _harmed(chance: random.Random, body: bytes) -> bytes:
    """Return a packet with one or two pieces of its header lost, doubled, or put in."""
    text = body.decode()
    for _ in range(chance.choice((1, 1, 2))):
        at = sorted(chance.choices([n for n, sign in enumerate(text) if sign in "<>"], k=2))
        match chance.randrange(4):
            case 3:
                end = text.find("<", at[0])
                text = text[: at[0] + 1] + chance.choice(_TEXTS) + text[end:] if text[at[0]] == ">" else text
            case 0:
                text = text[: at[0]] + text[min(at[1], at[0] + 60) :]
            case 1:
                text = text[: at[1]] + text[at[0] : min(at[1], at[0] + 90)] + text[at[1] :]
            case _:
                text = text[: at[0]] + chance.choice(_BITS) + text[at[0] :]
    return text.encode()


def test_each_name_of_a_header_has_room_in_a_token() -> None:
    """So many signs are looked at for a name, and no more: a row of tags that never end costs no square."""
    names = [part.native for part in _parts(DOCUMENT_HEADER)]
    assert max(map(len, names)) <= 64
    for name in ("O" * 64, "O" * 65, "<O" * 40, "<O" * 5_000):
        body = packet(message() + f"<{name}>a</{name}>")
        assert not _is_straight(body)
        assert _told(io.BytesIO(body), Limits()) == _told(_InPieces(body), Limits())


def _parts(table: Table) -> Iterator[Part]:
    for part in table:
        yield part
        yield from _parts(part.parts) if isinstance(part, Branch) else ()


def test_signs_of_attributes_in_texts_are_none() -> None:
    """What is cut out has no attributes, so that a text with many such signs is no reason to take longer."""
    body = packet(message(Subject="=" * (Limits().attributes + 1)))
    assert _is_straight(body)
    assert _told(io.BytesIO(body), Limits()) == _told(_InPieces(body), Limits())


# --- letters that are known to be composed -----------------------------------------------------------------


def _traced(letter: str) -> bytes:
    reason = f"<BussinessDocReason>{letter}</BussinessDocReason>"
    business = f"<Bussiness><BussinessDocType>1</BussinessDocType>{reason}</Bussiness>"
    return packet(header=f"<TraceHeaderList>{business}</TraceHeaderList>")


LETTERS: dict[str, Callable[[str], bytes]] = {
    "in the header": lambda letter: packet(message(Subject=letter)),
    "in a receiver": lambda letter: packet(message(To=f"{TO}<OrganAdd>{letter}</OrganAdd>")),
    "in the key": lambda letter: packet(message(DocumentId=f"H37,2026/03/05,15/{letter}")),
    "in a file's name": lambda letter: attached(PDF, name=f"{letter}.pdf"),
    "in what the axis adds": _traced,
    "in what no table knows": lambda letter: packet(header=f"<X>{letter}</X>"),
}
"""Packets that hold a text, by where it stands."""


@pytest.mark.parametrize("made", LETTERS.values(), ids=LETTERS)
def test_a_packet_is_the_same_however_its_letters_came(made: Callable[[str], bytes]) -> None:
    """Letters are composed wherever they stand, with a finding, and the packet is the same packet."""
    came = read(io.BytesIO(made("Thu\u031b\u0309")), Memory())
    usual = read(io.BytesIO(made("Th\u1eed")), Memory())
    assert (came.data, came.native) == (usual.data, usual.native)
    assert "not-composed" in [one.code for one in came.findings]
    assert "not-composed" not in [one.code for one in usual.findings]
    assert _told(io.BytesIO(made("Thu\u031b\u0309")), Limits()) == _told(
        _InPieces(made("Thu\u031b\u0309")), Limits()
    )


@pytest.mark.parametrize(
    ("subject", "summary", "known"),
    [("a", "b", True), ("Th\u1eed", "\u0110", True), ("Thu\u031b", "b", False), ("u", "\u031ba", False)],
)
def test_letters_are_known_to_be_composed_or_looked_at_again(subject: str, summary: str, known: bool) -> None:
    """A mark that begins a text joins nothing before it: of that header nothing is known, and nothing odd."""
    body = packet(f"{message(Subject=None)}<Subject>{subject}</Subject><Content>{summary}</Content>")
    found = little.parsed(body, Limits())
    assert found is not None
    assert found.header is not None
    assert found.header.composed is known
    odd = [one.code for one in read(io.BytesIO(body), Memory()).findings]
    assert odd == ([] if subject == "u" or known else ["not-composed"])


def test_a_digest_of_what_is_composed_is_the_digest() -> None:
    """Whoever knows that all letters are composed spares looking at them, and gets nothing else."""
    item = {"b": "Th\u1eed", "a": [1, "\u0110", None]}
    assert native_digest(item, composed=True) == native_digest(item)


# --- base64 that is decoded at once -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 6, 200, 5_200])
def test_base64_is_decoded_at_once(size: int) -> None:
    """What is written as its bytes are always written says these bytes."""
    content = random.Random(size).randbytes(size)
    assert at_once(base64.b64encode(content)) == content


@pytest.mark.parametrize(
    "text",
    [b"QQ", b"QQ=", b"QR==", b"Q===", b"====", b"QUJ-", b"QUJ_", b" QUJD", b"QUJD\r\n==", b'QUJ"', b'",""', b"QU=D",
     b"\\u0041QU", b"QUJDQQ==QUJD", b"\xc3\xa9QU", b"\xffQUJ", b"QUJ\x00", b"Q"],
)  # fmt: skip
def test_other_texts_are_not(text: bytes) -> None:
    """Space, escapes, other alphabets, missing signs and idle bits are left to who says what is odd about them."""
    assert at_once(text) is None


def test_what_is_decoded_at_once_is_what_the_standard_library_decodes() -> None:
    """Of texts put together by chance, those that are decoded say the same bytes, and are written so again."""
    chance, decoded = random.Random(3), 0
    for _ in range(4_000):
        text = bytes(
            chance.choices(
                b'AQRgw+/=-_ \\"', (9, 9, 9, 9, 9, 3, 3, 4, 1, 1, 1, 1, 1), k=chance.choice((4, 4, 8))
            )
        )
        content = at_once(text)
        if content is not None:
            decoded += 1
            assert binascii.a2b_base64(text, strict_mode=True) == content
            assert base64.b64encode(content) == text
    assert decoded > 100

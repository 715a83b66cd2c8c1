"""Nothing that reads what came from outside falls for a text that is small to send and large to read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from lgsp.api.bodies import read_body
from lgsp.api.problems import ApiError
from lgsp.api.routes import Draft
from lgsp.domain.nesting import DEEPEST
from lgsp.errors import ConfigError, GatewayError, Rejected
from lgsp.formats import plain_xml
from lgsp.formats.axis import replies
from lgsp.formats.axis.recipients import read_recipients
from lgsp.formats.edxml import read
from lgsp.formats.sheets.faults import Unusable
from lgsp.formats.sheets.opening import opened
from lgsp.items import canonical_items
from lgsp.message import Raw
from lgsp.routes import parse_routes
from lgsp.schemas import Types
from lgsp.wire import xmldsig
from lgsp.wire.http import Answer

DEEP = ("[" * 5000 + "]" * 5000).encode()
NESTED = ('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1)).encode()
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><a>&m;</a>"
).encode()
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
REMOTE = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>'
DEEP_XML = b"<a>" * 100_000 + b"</a>" * 100_000
MANY = b"<a " + b" ".join(b'b%d="1"' % n for n in range(200_000)) + b"/>"
XML = {"laughs": LAUGHS, "outside": OUTSIDE, "remote": REMOTE, "deep": DEEP_XML, "attributes": MANY}


class _Nowhere:
    def __call__(self, *_: Any) -> Any:
        raise AssertionError("nothing of this is worth keeping")


def _reporting(body: bytes) -> object:
    from lgsp.adapters.reporting import bodies

    return bodies.parsed(body)


XML_READERS: dict[str, Callable[[bytes], object]] = {
    "plain": lambda body: plain_xml.read(body, "row"),
    "edXML": lambda body: read(io.BytesIO(body), _Nowhere()),  # type: ignore[arg-type]
    "reports": _reporting,
}


@pytest.mark.parametrize("reader", XML_READERS)
@pytest.mark.parametrize("attack", XML)
def test_xml_is_read_within_bounds(reader: str, attack: str) -> None:
    """No DTD, no entity, no file, no address, no depth: it is refused in the reader's own words."""
    if (reader, attack) in {("plain", "attributes"), ("reports", "attributes")}:
        XML_READERS[reader](XML[attack])  # attributes are passed over there, and none is kept
        return
    with pytest.raises((Rejected, plain_xml.NotPlainError)):
        XML_READERS[reader](XML[attack])


@pytest.mark.parametrize("attack", XML)
def test_a_signed_document_is_judged_within_bounds(attack: str) -> None:
    """Of such a document nothing can be told; no entity is replaced, and nothing is fetched."""
    assert xmldsig.holds(XML[attack]) is None


JSON_READERS: dict[str, Callable[[bytes], object]] = {
    "messages": lambda body: canonical_items(Types(), Raw.of(body)),
    "acts": lambda body: read_body(Draft, body),
    "reports": _reporting,
    "answers of systems": lambda body: Answer(200, body.decode()).json(),
    "answers of the axis": replies.read_answer,
    "receivers": lambda body: read_recipients(body.decode()),
}


@pytest.mark.parametrize("reader", JSON_READERS)
@pytest.mark.parametrize("body", [DEEP, NESTED], ids=["thousands", "one too many"])
def test_json_is_read_to_a_depth(reader: str, body: bytes) -> None:
    """Deeper is no JSON for anybody here: said as a fault of the text, before anything walks through it."""
    try:
        said = JSON_READERS[reader](body)
    except (ValueError, Rejected, ApiError, GatewayError, replies.Unreadable):
        return
    assert said is None or (isinstance(said, list) and isinstance(said[0], Rejected))


def _workbook(part: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", part)
    return made.getvalue()


def test_a_workbook_is_unpacked_within_bounds() -> None:
    """A kilobyte that becomes gigabytes, a DTD inside, or an archive full of nothing: none is read."""
    bomb = _workbook(b" " * 300 * 1024 * 1024)
    assert len(bomb) < 1024 * 1024
    for content in (bomb, _workbook(LAUGHS), _workbook(DEEP_XML), b"PK\x03\x04" + b"\x00" * 100):
        with pytest.raises(Unusable):
            opened(content)


@pytest.mark.parametrize("text", ["\x00", "\x80", "[" * 3000, "\ud800"])
def test_a_draft_of_routes_is_read_within_bounds(text: str) -> None:
    """What is no YAML is said to be none, whatever it is instead."""
    with pytest.raises(ConfigError):
        parse_routes(text)


def test_the_depth_is_more_than_anybody_says() -> None:
    """What is honest stays far from the bound."""
    deep: Any = {"code": "H44.11-260131-0001"}
    for _ in range(DEEPEST // 2):
        deep = {"parts": deep}
    assert canonical_items(Types(), Raw.of(orjson.dumps({"type": "dossier.v1", "data": deep})))

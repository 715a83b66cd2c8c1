"""Parsing a little packet in one go, where it is of the plainest kind: that costs half of what parsing does.

What is plain has neither DTD, comments, CDATA, nor instructions, its attachments where the vendor's writer
puts them, and nothing that is too much. Whatever else comes, and whatever is at fault, is left to `Parser`,
which reads every packet and says why it reads one not. Base64 without a space in it is cut out before: it is
most of a packet, and the XML parser would copy it sign by sign.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser

from lgsp.formats.edxml import layout
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import CONTENT, NAMESPACE
from lgsp.formats.edxml.parts import Branch, Table, Texts

_DECLARED = rb'<\?xml version="1\.0" encoding="utf-8"(?: standalone="(?:yes|no)")? ?\?>'
_START = re.compile(rb"(?:" + _DECLARED + rb")?\s{0,8}<(?:\w{1,32}:)?edXML[\s>]", re.IGNORECASE)
_OURS = f"{{{NAMESPACE}}}"
_CUT = len(_OURS)
_CONTENT = CONTENT.encode()
_SHORTEST = 4
"""Bytes of an element, `<a/>`; an attribute has more."""


class Little(NamedTuple):
    """A plain packet.

    Attributes:
        root: of its elements.
        files: the bytes of its attachments, in their order; None where their texts still stand in the
            elements.
    """

    root: Element
    files: Sequence[bytes] | None


def parsed(whole: bytes, limits: Limits) -> Little | None:
    """Return a plain packet; None for any other."""
    start = _START.match(whole)
    if start is None or len(whole) > min(limits.text, limits.packet):
        return None
    rest, files = _cut_out(whole)
    if not _is_undeclared(rest, start.end()) or not _is_small(rest, limits):
        return None
    parser = XMLParser()  # noqa: S314 - nothing is declared in what it is given
    try:
        parser.feed(rest)
        root: Element = parser.close()
    except ParseError:
        return None
    for node in root.iter():
        node.tag = _KNOWN.get(node.tag) or _name(node.tag)
    plain = root.tag == "edXML" and _is_shallow(root, limits.depth) and _is_in_place(root, files)
    return Little(root, files) if plain else None


def _cut_out(whole: bytes) -> tuple[bytes, Sequence[bytes] | None]:
    """Return a packet without the texts of its attachments, and what these are as base64.

    A text begins behind the first `>` after its element's name, and ends where the next tag does. Nothing but
    base64 is cut out, so that nothing of the XML is; `_is_in_place` sees whether each was an attachment's.
    """
    pieces, files, at = [], [], 0
    name = whole.find(_CONTENT)
    while name >= 0:
        begin = whole.find(b">", name) + 1
        end = whole.find(b"<", begin)
        file = _decoded(whole[begin:end])
        if file is None:
            return whole, None
        files.append(file)
        pieces.append(whole[at:begin])
        at = end
        name = whole.find(_CONTENT, whole.find(b">", end))
    return b"".join([*pieces, whole[at:]]), files


def _decoded(text: bytes) -> bytes | None:
    """Return what a text says that is base64 in whole groups, and nothing else; None for any other."""
    try:
        return None if len(text) % 4 else binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return None


def _is_undeclared(rest: bytes, start: int) -> bool:
    """Tell whether a packet has no sign of a declaration, a comment, CDATA, or an instruction."""
    return rest.find(b"!") < 0 and rest.find(b"?", start) < 0


def _is_small(rest: bytes, limits: Limits) -> bool:
    """Tell whether a packet has too much of nothing, by signs that stand for elements and for attributes."""
    attributes = rest.count(b"=")
    if attributes > limits.attributes:
        return False
    return len(rest) // _SHORTEST <= limits.elements or rest.count(b"<") + attributes <= limits.elements


def _is_shallow(root: Element, depth: int) -> bool:
    """Tell whether no element stands deeper than it may."""
    if sum(1 for node in root.iter() if len(node)) < depth:  # though each stood in the one before
        return True
    level = [root]
    for _ in range(depth):
        level = [child for node in level if len(node) for child in node]
        if not level:
            return True
    return False


def _named(table: Table) -> Iterator[str]:
    """Yield the names of the elements that a table knows."""
    for part in table:
        yield part.native
        if isinstance(part, Branch):
            yield from _named(part.parts)
        elif isinstance(part, Texts):
            yield part.item


_TABLES = (layout.DOCUMENT_HEADER, layout.STATUS_HEADER, layout.TRACES, layout.REFERENCE, layout.ATTACHMENT)
_KNOWN = {_OURS + name: name for table in _TABLES for name in _named(table)}
"""The names of our elements as the parser tells them: who looks for one of them finds this very text."""


def _name(tag: str) -> str:
    """Return the name that an element has in our trees."""
    if tag.startswith(_OURS):
        return tag[_CUT:]
    return tag if tag.startswith("{") else "{}" + tag


def _is_in_place(root: Element, files: Sequence[bytes] | None) -> bool:
    """Tell whether all attachments stand in one element, each with one content and nothing in that.

    Where their texts were cut out, there is one for each, and none has a text left.
    """
    encoded = root.findall("AttachmentEncoded")
    attachments = [one for outer in encoded for one in outer.findall("Attachment")]
    contents = [one.findall(CONTENT) for one in attachments]
    return (
        len(encoded) <= 1
        and len(attachments) == sum(1 for _ in root.iter("Attachment"))
        and all(len(found) == 1 and not len(found[0]) for found in contents)
        and (files is None or (len(files) == len(contents) and not any(one.text for (one,) in contents)))
    )

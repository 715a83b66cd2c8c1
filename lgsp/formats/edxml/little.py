"""Parsing a little packet in one go, where it is of the plainest kind: that costs half of what parsing does.

What is plain has neither DTD, comments, CDATA, nor instructions, its attachments where the vendor's writer
puts them, and nothing that is too much. Whatever else comes, and whatever is at fault, is left to `Parser`,
which reads every packet and says why it reads one not. Base64 without a space in it is cut out before: it is
most of a packet, and the XML parser would copy it sign by sign. So is a document's header where it is plain:
see `straight`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser

from lgsp.formats.edxml import layout, straight
from lgsp.formats.edxml.decoding import at_once
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import CONTENT, FRAMES, NAMESPACE
from lgsp.formats.edxml.parts import Branch, Table, Texts
from lgsp.formats.edxml.straight import Header

_DECLARED = rb'<\?xml version="1\.0" encoding="utf-8"(?: standalone="(?:yes|no)")? ?\?>'
_START = re.compile(rb"(?:" + _DECLARED + rb")?\s{0,8}<(?:\w{1,32}:)?edXML[\s>]", re.IGNORECASE)
_OURS = f"{{{NAMESPACE}}}"
_CUT = len(_OURS)
_CONTENT = CONTENT.encode()
_SHORTEST = 4
"""Bytes of an element, `<a/>`; an attribute has more."""


class Attached(NamedTuple):
    """An attachment of a plain packet.

    Attributes:
        node: its element.
        content: the element of its content.
        text: what stood there, cut out; empty where it stands there still.
        decoded: what that says; None where the text stands there still.
    """

    node: Element
    content: Element
    text: bytes
    decoded: bytes | None


class Little(NamedTuple):
    """A plain packet.

    Attributes:
        root: of its elements.
        attachments: in their order.
        header: of its document; None where that still stands in the elements.
    """

    root: Element
    attachments: Sequence[Attached]
    header: Header | None


def parsed(whole: bytes, limits: Limits, *, apart: bool = True) -> Little | None:
    """Return a plain packet, with a header that is plain read apart where it may be; None for any other."""
    start = _START.match(whole)
    if start is None or len(whole) > min(limits.text, limits.packet):
        return None
    rest, files = _cut_out(whole)
    if not _is_undeclared(rest, start.end()):
        return None
    left, header = straight.cut_out(rest, limits) if apart else (rest, None)
    if not _is_small(rest, left, limits):
        return None
    parser = XMLParser()  # noqa: S314 - nothing is declared in what it is given
    try:
        parser.feed(left)
        root: Element = parser.close()
    except ParseError:
        return None
    nodes = list(root.iter())
    for node in nodes:
        node.tag = _KNOWN.get(node.tag) or _name(node.tag)
    if root.tag != "edXML" or (len(nodes) >= limits.depth and not _is_shallow(root, limits.depth)):
        return None
    attachments = _attachments(root, files)
    return None if attachments is None else Little(root, attachments, header)


_File = tuple[bytes, bytes]
"""The base64 of a file, and its bytes."""


def _cut_out(whole: bytes) -> tuple[bytes, Sequence[_File] | None]:
    """Return a packet without the texts of its attachments, and what these are as base64.

    A text begins behind the first `>` after its element's name, and ends where that element does. Nothing but
    base64 is cut out, so that nothing of the XML is; `_attachments` sees whether each was an attachment's.
    """
    pieces: list[bytes] = []
    files: list[_File] = []
    at, name = 0, whole.find(_CONTENT)
    while name >= 0:
        begin = whole.find(b">", name) + 1
        end = whole.find(b"<", begin)
        text, behind = whole[begin:end], whole.find(b">", end)
        decoded = at_once(text) if begin else None  # a tag without an end is looked at by who says so
        if decoded is None or (text and not _ends_content(whole, end, behind)):
            return whole, None
        files.append((text, decoded))
        pieces.append(whole[at:begin])
        at = end
        name = whole.find(_CONTENT, behind)
    return b"".join([*pieces, whole[at:]]), files


def _ends_content(whole: bytes, at: int, behind: int) -> bool:
    """Tell whether the tag there ends a content: behind an empty one, a text is what strayed beside it."""
    return whole.startswith(b"</", at) and whole.find(_CONTENT, at, behind) > 0


def _is_undeclared(rest: bytes, start: int) -> bool:
    """Tell whether a packet has no sign of a declaration, a comment, CDATA, or an instruction."""
    return rest.find(b"!") < 0 and rest.find(b"?", start) < 0


def _is_small(rest: bytes, left: bytes, limits: Limits) -> bool:
    """Tell whether a packet has too much of nothing, by signs that stand for elements and for attributes.

    Args:
        rest: the packet.
        left: what has attributes of it, if any has.
        limits: of the packet.
    """
    attributes = left.count(b"=")
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
_HOLDING = (*FRAMES, "MessageHeader", "Reference", "Attachment", CONTENT)
_KNOWN = {_OURS + name: name for name in (*_HOLDING, *(one for table in _TABLES for one in _named(table)))}
"""The names of our elements as the parser tells them: who looks for one of them finds this very text."""


def _name(tag: str) -> str:
    """Return the name that an element has in our trees."""
    if tag.startswith(_OURS):
        return tag[_CUT:]
    return tag if tag.startswith("{") else "{}" + tag


def _attachments(root: Element, files: Sequence[_File] | None) -> list[Attached] | None:
    """Return the attachments: all stand in one element, each with one content and nothing in that; else None.

    Where their texts were cut out, there is one for each, and none has a text left.
    """
    encoded = root.findall("AttachmentEncoded")
    nodes = encoded[0].findall("Attachment") if encoded else []
    contents = [node.findall(CONTENT) for node in nodes]
    if len(encoded) > 1 or any(len(found) != 1 or len(found[0]) for found in contents):
        return None
    if len(nodes) != sum(1 for _ in root.iter("Attachment")):
        return None
    if files is None:
        return [Attached(node, content, b"", None) for node, (content,) in zip(nodes, contents, strict=True)]
    if len(files) != len(nodes) or any(content.text for (content,) in contents):
        return None
    return [
        Attached(node, content, *file) for node, (content,), file in zip(nodes, contents, files, strict=True)
    ]

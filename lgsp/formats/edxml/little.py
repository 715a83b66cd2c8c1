"""Parsing a little packet in one go, where it is of the plainest kind: that costs half of what parsing does.

What is plain has neither DTD, comments, CDATA, nor instructions, its attachments where the vendor's writer
puts them, and nothing that is too much. Whatever else comes, and whatever is at fault, is left to `Parser`,
which reads every packet and says why it reads one not.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, XMLParser

from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import CONTENT, NAMESPACE

_DECLARED = rb'<\?xml version="1\.0" encoding="utf-8"(?: standalone="(?:yes|no)")? ?\?>'
_START = re.compile(rb"(?:" + _DECLARED + rb")?\s{0,8}<(?:\w{1,32}:)?edXML[\s>]", re.IGNORECASE)
_OURS = f"{{{NAMESPACE}}}"
_CUT = len(_OURS)


def parsed(whole: bytes, limits: Limits) -> Element | None:
    """Return the root of a plain packet, its attachments' texts still in it; None for any other packet."""
    if not _is_undeclared(whole) or not _is_small(whole, limits):
        return None
    parser = XMLParser()  # noqa: S314 - nothing is declared in what it is given
    try:
        parser.feed(whole)
        root: Element = parser.close()
    except ParseError:
        return None
    plain = _is_named(root, limits.depth) and root.tag == "edXML" and _is_in_place(root)
    return root if plain else None


def _is_undeclared(whole: bytes) -> bool:
    """Tell whether a packet has no sign of a declaration, a comment, CDATA, or an instruction."""
    start = _START.match(whole)
    return start is not None and whole.find(b"!") < 0 and whole.find(b"?", start.end()) < 0


def _is_small(whole: bytes, limits: Limits) -> bool:
    """Tell whether a packet has too much of nothing, by signs that stand for elements and for attributes."""
    tags, attributes = whole.count(b"<"), whole.count(b"=")
    return (
        len(whole) <= min(limits.text, limits.packet)
        and attributes <= limits.attributes
        and tags + attributes <= limits.elements
    )


def _is_named(root: Element, depth: int) -> bool:
    """Give elements the names that they have in our trees; tell whether none stands deeper than it may."""
    level = [root]
    for _ in range(depth):
        below: list[Element] = []
        for node in level:
            tag = node.tag
            node.tag = tag[_CUT:] if tag.startswith(_OURS) else tag if tag.startswith("{") else "{}" + tag
            if len(node):
                below.extend(node)
        if not below:
            return True
        level = below
    return False


def _is_in_place(root: Element) -> bool:
    """Tell whether all attachments stand in one element, each with one content and nothing in that."""
    encoded = root.findall("AttachmentEncoded")
    attachments = [one for outer in encoded for one in outer.findall("Attachment")]
    contents = [one.findall(CONTENT) for one in attachments]
    return (
        len(encoded) <= 1
        and len(attachments) == sum(1 for _ in root.iter("Attachment"))
        and all(len(found) == 1 and not len(found[0]) for found in contents)
    )

"""A packet's elements, without the attachments' bytes, and writing parts of it as XML.

They are `Element`s of the standard library, because those cost little: named by their local name in our
namespace, else by `{namespace}name`, and so are their attributes that have a prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import methodcaller
from xml.etree.ElementTree import Element

from lgsp.formats.edxml.names import XLINK, XML, XSI

PREFIX = "edXML:"
SPACE = " \t\r\n"
_PREFIXES = {XLINK: "xlink", XSI: "xsi", XML: "xml"}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_inside = methodcaller("strip", SPACE)


def text_of(node: Element) -> str:
    """Return an element's own text, without the space of XML around it: other space may mean something."""
    own = node.text or ""
    if len(node):
        own += "".join([child.tail or "" for child in node])
        if own.isspace() and own.isascii():  # as a rule: that is quicker than to strip it all
            return ""
    return own.strip(SPACE)


def says_something(node: Element) -> bool:
    """Tell whether there is any text or attribute in an element, or below it."""
    if len(node) and (node[0].text or "").strip(SPACE):
        return True
    return any(map(_inside, node.itertext())) or any(one.keys() for one in node.iter())


def local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def writable(text: str) -> bool:
    """Tell whether a text can stand in XML 1.0 at all."""
    return text.isprintable() or not _FORBIDDEN.search(text)


def escaped(text: str) -> str:
    """Return a text for the inside of an element."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#xD;")


def quoted(text: str) -> str:
    """Return a text for an attribute, in its quotes."""
    text = escaped(text).replace('"', "&quot;").replace("\t", "&#x9;").replace("\n", "&#xA;")
    return f'"{text}"'


def to_xml(node: Element, prefix: str) -> str:
    """Return an element with all below it as XML, its space as it was.

    Args:
        node: the element.
        prefix: `edXML:` or nothing; both must be bound to our namespace where it will stand.
    """
    return "".join(_pieces(node, prefix, None))


def _pieces(node: Element, prefix: str, around: str | None) -> Iterator[str]:
    """Yield an element's XML; `around` is the foreign namespace it stands in, if it stands in one."""
    space, plain = split(node.tag)
    name = prefix + plain if space is None else plain
    declared = f" xmlns={quoted(space)}" if space is not None and space != around else ""
    yield f"<{name}{declared}{attributes_of(node.attrib)}"
    if not node.text and not len(node):
        yield " />"
        return
    yield f">{escaped(node.text or '')}"
    for child in node:
        yield from _pieces(child, prefix if space is None else PREFIX, space)
        yield escaped(child.tail or "")
    yield f"</{name}>"


def attributes_of(attributes: dict[str, str]) -> str:
    """Return attributes as they stand in a tag, each foreign one with its namespace."""
    written: dict[str, None] = {}
    for number, (full, value) in enumerate(attributes.items()):
        space, plain = split(full)
        known = "" if space is None else _PREFIXES.get(space, f"a{number}")
        if space and known != "xml":
            written[f" xmlns:{known}={quoted(space)}"] = None
        written[f" {known}:{plain}={quoted(value)}" if known else f" {plain}={quoted(value)}"] = None
    return "".join(written)


def split(name: str) -> tuple[str | None, str]:
    """Return the namespace and the local part of a name that was kept; None is for ours."""
    space, brace, plain = name.rpartition("}")
    return (space[1:] if brace else None), plain

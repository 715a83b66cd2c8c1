"""A small tree of a packet's elements, without the attachments' bytes, and writing parts of it as XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lgsp.formats.edxml.names import NAMESPACE, XLINK, XML, XSI

PREFIX = "edXML:"
SPACE = " \t\r\n"
_PREFIXES = {XLINK: "xlink", XSI: "xsi", XML: "xml"}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Node:
    """One element.

    Attributes:
        name: its local name for our namespace, else `{namespace}name`.
        attributes: by local name, or `{namespace}name` for those with a prefix.
        children: elements and texts in their order; they come in by `put` and `add`.
        elements: the elements among them.
        content: what an attachment's content came to.
        verbatim: it is written as it came, space and all.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    elements: list[Node] = field(default_factory=list)
    content: Any = None
    verbatim: bool = False
    _text: str | None = field(default=None, repr=False, compare=False)
    _says: bool | None = field(default=None, repr=False, compare=False)

    def put(self, *nodes: Node) -> None:
        """Put elements behind what is in it."""
        self.children += nodes
        self.elements += nodes

    def put_first(self, *nodes: Node) -> None:
        """Put elements before what is in it."""
        self.children[:0] = nodes
        self.elements[:0] = nodes

    def add(self, text: str) -> None:
        """Add a text behind what is in it."""
        if self.children and isinstance(self.children[-1], str):
            self.children[-1] += text
        else:
            self.children.append(text)

    def seal(self) -> None:
        """Remember what it says, now that nothing comes any more and all below it is sealed."""
        self._text = text = self.text
        self._says = bool(self.attributes or text) or any([one._says for one in self.elements])  # noqa: C419, SLF001 - quicker; its own kind

    @property
    def text(self) -> str:
        """Its own text, without the space of XML around it: other space may mean something."""
        if self._text is not None:
            return self._text
        if self.elements:
            return "".join([child for child in self.children if isinstance(child, str)]).strip(SPACE)
        return self.children[0].strip(SPACE) if self.children else ""  # type: ignore[union-attr]

    @property
    def says_something(self) -> bool:
        """Tell whether there is any text or attribute in it, or below it."""
        if self._says is None:
            return any(node.attributes or node.text for node in self.walk())
        return self._says

    def all(self, name: str) -> list[Node]:
        """Return the elements of a name."""
        return [child for child in self.elements if child.name == name]

    def one(self, name: str) -> Node | None:
        """Return the first element of a name."""
        for child in self.elements:
            if child.name == name:
                return child
        return None

    def walk(self) -> Iterator[Node]:
        """Yield this element and all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.elements))


def writable(text: str) -> bool:
    """Tell whether a text can stand in XML 1.0 at all."""
    return not _FORBIDDEN.search(text)


def escaped(text: str) -> str:
    """Return a text for the inside of an element."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#xD;")


def quoted(text: str) -> str:
    """Return a text for an attribute, in its quotes."""
    text = escaped(text).replace('"', "&quot;").replace("\t", "&#x9;").replace("\n", "&#xA;")
    return f'"{text}"'


def to_xml(node: Node, prefix: str) -> str:
    """Return an element with all below it as XML, its space as it was.

    Args:
        node: the element.
        prefix: `edXML:` or nothing; both must be bound to our namespace where it will stand.
    """
    return "".join(_pieces(node, prefix, None))


def _pieces(node: Node, prefix: str, around: str | None) -> Iterator[str]:
    """Yield an element's XML; `around` is the foreign namespace it stands in, if it stands in one."""
    space, local = split(node.name)
    name = prefix + local if space is None else local
    declared = f" xmlns={quoted(space)}" if space is not None and space != around else ""
    yield f"<{name}{declared}{attributes_of(node.attributes)}"
    if not node.children:
        yield " />"
        return
    yield ">"
    for child in node.children:
        if isinstance(child, Node):
            yield from _pieces(child, prefix if space is None else PREFIX, space)
        else:
            yield escaped(child)
    yield f"</{name}>"


def attributes_of(attributes: dict[str, str]) -> str:
    """Return attributes as they stand in a tag, each foreign one with its namespace."""
    written: dict[str, None] = {}
    for number, (full, value) in enumerate(attributes.items()):
        space, local = split(full)
        known = "" if space is None else _PREFIXES.get(space, f"a{number}")
        if space and known != "xml":
            written[f" xmlns:{known}={quoted(space)}"] = None
        written[f" {known}:{local}={quoted(value)}" if known else f" {local}={quoted(value)}"] = None
    return "".join(written)


def qualified(space: str, local: str) -> str:
    """Return how a name is kept: local in our namespace, else with its own."""
    return local if space == NAMESPACE else f"{{{space}}}{local}"


def split(name: str) -> tuple[str | None, str]:
    """Return the namespace and the local part of a name that was kept; None is for ours."""
    space, brace, local = name.rpartition("}")
    return (space[1:] if brace else None), local

"""Reading an edXML packet into a small tree, refusing what could do harm.

No document type, so no entities; bounded depth and number of elements. Prefixes are resolved here, because an
`xlink:` that nobody declared is common in real packets and survives the vendor's reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

EDXML = "http://www.mic.gov.vn/TBT/QCVN_102_2016"

_DEEPEST = 64
_MOST = 100_000
_PIECE = 1 << 18


class BadPacket(ValueError):  # noqa: N818 - named after what the packet is
    """A packet that this reader cannot or will not read; its text says why, in a peer's words."""


@dataclass(slots=True)
class Node:
    """One element, without its foreign attributes.

    Attributes:
        name: without prefix.
        space: its namespace; "" for none, or for a prefix that nobody declared.
        prefix: as written.
        place: line and column, from 1.
        pieces: its text, as it came in pieces.
    """

    name: str
    space: str
    prefix: str
    place: tuple[int, int]
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Its own text without white space around it."""
        return "".join(self.pieces).strip()

    def all(self, name: str) -> list[Node]:
        """Return the children of a name that are in the namespace of the packet."""
        return [child for child in self.children if child.name == name and child.space == EDXML]

    def first(self, *path: str) -> Node | None:
        """Return the first descendant along a path of names; None when there is none."""
        if not path:
            return self
        for child in self.all(path[0]):
            if (found := child.first(*path[1:])) is not None:
                return found
        return None

    def said(self, *path: str) -> str:
        """Return the text of the first descendant along a path; "" when there is none."""
        found = self.first(*path)
        return "" if found is None else found.text

    def add(self, name: str, text: str = "") -> Node:
        """Add a child of the packet's own namespace."""
        child = Node(name, EDXML, "edXML", (0, 0), pieces=[text] if text else [])
        self.children.append(child)
        return child


class _Grower:
    """Grows the tree from what the parser tells."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        self.root: Node | None = None
        self._path: list[tuple[Node, dict[str, str]]] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        self._count += 1
        if len(self._path) >= _DEEPEST or self._count > _MOST:
            raise BadPacket("the packet is too deep or has too many elements")
        spaces = self._path[-1][1] if self._path else {}
        if attributes:
            spaces = {**spaces, **_declared(attributes)}
        prefix, _, local = name.rpartition(":")
        place = (self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)
        node = Node(local, spaces.get(prefix, ""), prefix, place)
        if attributes:
            node.attributes = {key: said for key, said in attributes.items() if not key.startswith("xmlns")}
        if self._path:
            self._path[-1][0].children.append(node)
        else:
            self.root = node
        self._path.append((node, spaces))

    def end(self, _: str) -> None:
        """Take the end of an element."""
        self._path.pop()

    def text(self, piece: str) -> None:
        """Take a piece of text."""
        self._path[-1][0].pieces.append(piece)

    def doctype(self, *_: object) -> None:
        """Refuse a document type."""
        raise BadPacket("DOCTYPE is not allowed")


def _declared(attributes: dict[str, str]) -> dict[str, str]:
    return {
        key.partition(":")[2]: value
        for key, value in attributes.items()
        if key == "xmlns" or key.startswith("xmlns:")
    }


def grow(packet: bytes) -> Node:
    """Return the root of a packet's tree.

    Raises:
        BadPacket: it is not well formed, has a document type, or is too deep.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = _PIECE
    grower = _Grower(parser)
    parser.StartElementHandler = grower.start
    parser.EndElementHandler = grower.end
    parser.CharacterDataHandler = grower.text
    parser.StartDoctypeDeclHandler = grower.doctype
    try:
        _parse(parser, packet)
    finally:
        _forget(parser)
    if grower.root is None:
        raise BadPacket("Premature end of file.")
    return grower.root


def _parse(parser: expat.XMLParserType, packet: bytes) -> None:
    try:
        for at in range(0, len(packet), _PIECE):
            parser.Parse(packet[at : at + _PIECE], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as fault:
        if isinstance(fault, BadPacket):
            raise
        raise BadPacket(f"Error occurs during parsing: {fault}") from None


def _forget(parser: expat.XMLParserType) -> None:
    """Let go of the handlers, which hold the tree in a circle."""
    parser.StartElementHandler = parser.EndElementHandler = None
    parser.CharacterDataHandler = parser.StartDoctypeDeclHandler = None

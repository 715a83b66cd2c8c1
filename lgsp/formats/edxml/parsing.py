"""Parsing a packet as it comes in, in bounded memory: no DTD, no entities, attachments cut out on the way.

Expat is fed in pieces and told to stop at the first thing that is not allowed. It never opens anything.
Namespaces are resolved here, because expat would refuse the unbound `xlink` prefix that the axis vendor's
reader takes.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import BinaryIO, Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lgsp.errors import Invalid
from lgsp.formats.edxml import little
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import CONTENT, NAMESPACE, XLINK, XML
from lgsp.formats.edxml.notes import Notes, unreadable
from lgsp.formats.edxml.straight import Header
from lgsp.formats.edxml.tree import local

_PIECE = 64 * 1024
_CAUTIOUS = 16
"""Bytes fed at a time before the root: too few for a declaration of a DTD beside its announcement."""
_LONGEST_MARK = 3
_WIDE = rb"(?:utf-16|ucs-2|iso-10646-ucs-2)[\w-]*"
_LABEL = re.compile(rb"<\?xml\s[^>]{0,100}encoding\s*=\s*[\"'](" + _WIDE + rb")", re.IGNORECASE)
"""Single bytes that declare an encoding which has none: a text was made as UTF-16, and sent as UTF-8."""
_MARKS = {codecs.BOM_UTF8: "UTF-8", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_NO_ATTRIBUTES: dict[str, str] = {}
_OUTER = ("edXML", "edXMLEnvelope", "edXMLHeader", "edXMLBody")


class Decoding(Protocol):
    """Takes an attachment's text as it comes."""

    def feed(self, text: str) -> None:
        """Take the next piece of text."""


class Files(Protocol):
    """Keeps the attachments that are met while the packet is parsed."""

    def begin(self, place: str) -> Decoding:
        """Begin an attachment's content."""

    def end(self, attachment: Element, place: str) -> None:
        """Keep an attachment whose element has ended."""

    def take(self, attachment: little.Attached, place: str) -> None:
        """Keep an attachment that is there as a whole."""

    def close(self) -> None:
        """Let go of what was not kept."""


class Parser:
    """Parses one packet into a tree; each attachment's content goes to `files`.

    Args:
        files: keeps attachments.
        notes: for what is odd.
        limits: of the packet.
        sha256: of the packet's bytes, where it is known already.

    Attributes:
        header: what a document's header says, where it stands in no elements of the tree.
    """

    def __init__(self, files: Files, notes: Notes, limits: Limits, sha256: bytes = b"") -> None:
        self._files = files
        self._notes = notes
        self._limits = limits
        self._most, self._longest, self._deepest = limits.elements, limits.text, limits.depth
        self._tree = TreeBuilder()
        self._open: list[Element] = []
        self._spaces: list[dict[str, str]] = [{"xml": XML}]
        self._decoding: Decoding | None = None
        self._counted = self._letters = self._fed = 0
        self._commented = False
        self._sha256 = sha256
        self.header: Header | None = None
        self.root: Element | None = None

    @property
    def size(self) -> int:
        """How many bytes were read."""
        return self._fed

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the bytes that were read."""
        return self._sha256

    def parse(self, source: BinaryIO, *, apart: bool = True) -> Element:
        """Read a packet to its end and return its root.

        Args:
            source: the packet.
            apart: a document's header may stand in `header` alone.

        Raises:
            Invalid: it is no XML, announces a DTD, or has more of something than it may.
        """
        pieces = _read(source)
        head, more = next(pieces, b""), next(pieces, b"")
        try:
            found = None if more else little.parsed(head, self._limits, apart=apart)
            if found is None:
                return self._streamed(head, chain((head, more), pieces))
            self._fed, self.header = len(head), found.header
            self._sha256 = self._sha256 or hashlib.sha256(head).digest()
            for number, attachment in enumerate(found.attachments, 1):
                self._files.take(attachment, f"AttachmentEncoded/Attachment[{number}]")
        finally:
            self._files.close()
        return found.root

    def _streamed(self, head: bytes, pieces: Iterable[bytes]) -> Element:
        parser, digest = self._made(head), None if self._sha256 else hashlib.sha256()
        try:
            for piece in pieces:
                if digest is not None:
                    digest.update(piece)
                for step in _steps(piece, lambda: self.root is None):
                    self._feed(parser, step)
            parser.Parse(b"", True)
        except expat.ExpatError as fault:
            raise self._broken(fault) from None
        if self.root is None:  # pragma: no cover - expat has said so before
            raise unreadable("not-xml", "edXML")
        self._sha256 = digest.digest() if digest is not None else self._sha256
        return self.root

    def _feed(self, parser: expat.XMLParserType, piece: bytes) -> None:
        self._fed += len(piece)
        if self._fed > self._limits.packet:
            raise unreadable("packet-too-large", "edXML", str(self._limits.packet))
        if self.root is None and self._fed > self._limits.prolog:
            raise unreadable("packet-too-large", "edXML", f"prolog {self._limits.prolog}")
        try:
            parser.Parse(piece, False)
        except (LookupError, ValueError) as fault:
            if self.root is not None:
                raise  # not of the packet: its encoding, which alone can be at fault here, is known by now
            raise unreadable("not-xml", self._place, "encoding") from fault
        if self._fed - max(parser.CurrentByteIndex, 0) > self._limits.token + _PIECE:
            raise unreadable("packet-too-large", self._place, f"tag {self._limits.token}")

    def _made(self, head: bytes) -> expat.XMLParserType:
        """Return a parser that listens; a byte order mark says more than the declaration behind it."""
        mark = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
        if mark:
            self._notes.odd("byte-order-mark", "edXML", mark)
        wide = not mark and 0 in head[:2]
        if wide:
            self._notes.odd("other-encoding", "edXML", "UTF-16")
        label = None if mark else _LABEL.match(head)
        if label is not None:
            self._notes.odd("other-than-declared", "edXML", label[1].decode())
        parser = expat.ParserCreate(mark if label is None else "UTF-8")
        if hasattr(parser, "SetReparseDeferralEnabled"):
            parser.SetReparseDeferralEnabled(False)  # newer ones wait for more of a tag than they are handed
        parser.ordered_attributes = True
        parser.buffer_size = _PIECE
        parser.buffer_text = True
        if not mark and not wide and label is None:
            parser.XmlDeclHandler = self._declared_encoding
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        parser.EntityDeclHandler = self._refuse_dtd
        parser.ExternalEntityRefHandler = self._refuse_dtd
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._comment
        return parser

    def _broken(self, fault: expat.ExpatError) -> Invalid:
        where = f"{fault.lineno}:{fault.offset + 1}"
        return unreadable("not-xml", self._place, f"{expat.ErrorString(fault.code)}, {where}")

    @property
    def _place(self) -> str:
        """Where the parser is; worked out only where something is to be said of it."""
        inner = next((n for n, node in enumerate(self._open) if node.tag not in _OUTER), len(self._open))
        said = [_step(self._open[n - 1], self._open[n]) for n in range(max(inner, 1), len(self._open))]
        return "/".join(said) or "edXML"

    # --- what expat tells ---------------------------------------------------------------------------------

    def _declared_encoding(self, _: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.casefold() != "utf-8":
            self._notes.odd("other-encoding", "edXML", encoding)

    def _refuse_dtd(self, *_told: object) -> int:
        raise unreadable("doctype", "DOCTYPE")

    def _comment(self, *_told: str) -> None:
        if not self._commented:
            self._commented = True
            self._notes.odd("comment-left-out", self._place)

    def _start(self, raw: str, told: list[str]) -> None:
        self._counted += 1
        self._letters += len(raw)
        spaces, plain = self._declared(told) if told else (self._spaces[-1], ())
        if self._counted > self._most or self._letters > self._longest or len(self._open) >= self._deepest:
            raise self._too_much()
        prefix, _, name = raw.rpartition(":")
        space = self._bound(prefix, spaces)
        node = self._tree.start(name if space == NAMESPACE else f"{{{space}}}{name}", _NO_ATTRIBUTES)
        if not self._open:
            self._found_root(node)
        self._open.append(node)
        self._spaces.append(spaces)
        if plain:
            self._attribute_all(node, plain, spaces)
        if node.tag == CONTENT and self._open[-2:-1] and self._open[-2].tag == "Attachment":
            self._decoding = self._files.begin(self._place)
        elif self._decoding is not None:
            raise unreadable("element-in-content", self._place)

    def _too_much(self) -> Invalid:
        if self._letters > self._longest:
            return unreadable("packet-too-large", self._place, f"text {self._longest}")
        if self._counted > self._most:
            return unreadable("too-many-elements", self._place, str(self._most))
        return unreadable("too-deep", self._place)

    def _declared(self, told: list[str]) -> tuple[dict[str, str], Sequence[tuple[str, str]]]:
        """Return the namespaces that hold inside an element, and its attributes proper."""
        pairs = list(zip(told[::2], told[1::2], strict=True))
        self._counted += len(pairs)
        self._letters += sum(map(len, told))
        if len(pairs) > self._limits.attributes:
            raise unreadable("too-many-elements", self._place, str(self._most))
        plain = [(name, value) for name, value in pairs if name.partition(":")[0] != "xmlns"]
        if len(plain) == len(pairs):
            return self._spaces[-1], plain
        fresh = {name.partition(":")[2]: value for name, value in pairs if name.partition(":")[0] == "xmlns"}
        return {**self._spaces[-1], **fresh}, plain

    def _bound(self, prefix: str, spaces: dict[str, str]) -> str:
        space = spaces.get(prefix, "")
        if prefix and not space:
            raise unreadable("unbound-prefix", self._place, prefix[:40])
        return space

    def _found_root(self, node: Element) -> None:
        if node.tag != "edXML":  # a bare name is one of our namespace
            raise unreadable("foreign-namespace", local(node.tag)[:100], NAMESPACE)
        self.root = node

    def _attribute_all(self, node: Element, plain: Sequence[tuple[str, str]], spaces: dict[str, str]) -> None:
        for name, value in plain:
            node.set(self._attribute(name, spaces), value)
        if len(node.attrib) != len(plain):
            raise unreadable("not-xml", self._place, "an attribute twice")

    def _attribute(self, raw: str, spaces: dict[str, str]) -> str:
        prefix, _, name = raw.rpartition(":")
        if not prefix:
            return name
        if prefix == "xlink" and not spaces.get(prefix):
            self._notes.odd("unbound-xlink", f"{self._place}@{raw}")
            return f"{{{XLINK}}}{name}"
        return f"{{{self._bound(prefix, spaces)}}}{name}"

    def _text(self, text: str) -> None:
        if self._decoding is not None:
            self._decoding.feed(text)
            return
        self._letters += len(text)
        if self._letters > self._longest:
            raise self._too_much()
        self._tree.data(text)

    def _end(self, raw: str) -> None:
        node = self._open[-1]
        self._tree.end(raw)
        self._spaces.pop()
        if node.tag == CONTENT:
            self._decoding = None
        elif node.tag == "Attachment":
            self._files.end(node, self._place)
        self._open.pop()


_COUNTED = ("To", "Reference", "Attachment", "ResponseFor", "TraceHeader", "SignerInfo")
"""Elements that are expected more than once: their places are always counted."""


def _step(above: Element, node: Element) -> str:
    """Return an open element's step in a place, with its number among those of its name."""
    step = local(node.tag)
    number = sum(one.tag == node.tag for one in above)
    return f"{step}[{number}]" if number > 1 or step in _COUNTED else step


def _read(source: BinaryIO) -> Iterator[bytes]:
    """Yield the packet in pieces, the first long enough for a byte order mark."""
    head = b""
    while len(head) < _LONGEST_MARK and (piece := source.read(_PIECE)):
        head += piece
    yield head
    yield from iter(partial(source.read, _PIECE), b"")


def _steps(piece: bytes, before_root: Callable[[], bool]) -> Iterator[bytes]:
    """Yield a piece in steps: of a few bytes until the packet's root has begun, then the rest."""
    at = 0
    while at < len(piece):
        step = _CAUTIOUS if before_root() else len(piece)
        yield piece[at : at + step]
        at += step

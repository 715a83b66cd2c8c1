"""Writing packets, byte for byte as the axis vendor's writer lays them out, in bounded memory.

UTF-8 without a mark, CRLF, two spaces a level, empty fields left out. Each attachment is packed or not by its
name, as that writer does, unless the canonical form says how it came.
"""

from __future__ import annotations

import binascii
import codecs
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element

from lgsp.errors import Invalid
from lgsp.folder import inside
from lgsp.formats.edxml import archives, layout, sniffing
from lgsp.formats.edxml.keeping import Source
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.little import Attached
from lgsp.formats.edxml.making import EOL, Made, Writer, checked, taken
from lgsp.formats.edxml.names import CONTENT, FRAMES, NAMESPACE, STATUS
from lgsp.formats.edxml.notes import Notes, unreadable
from lgsp.formats.edxml.parsing import Parser
from lgsp.formats.edxml.parts import EXTRA, NOTHING
from lgsp.formats.edxml.tree import PREFIX, escaped, text_of

_PIECE = 48 * 1024
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>{EOL}'

Out = Callable[[bytes], object]
"""Takes the next bytes of a packet."""


def write(type_: str, data: Mapping[str, Any], source: Source, out: Out, *, time: int = 0) -> None:
    """Write a packet.

    Args:
        type_: `document.v1` or `document.status.v1`.
        data: its canonical form, which fits its schema.
        source: where the attachments' bytes are.
        out: called with the packet's bytes, in order. What it got of a packet that cannot be written is void.
        time: date and time that archives made anew carry, as MS-DOS writes them; 0 is the first there is.

    Raises:
        Invalid: something in the data cannot be written, or a file is not kept; the problem names its place.
    """
    packet = _Packet(type_, data)
    packet.begin(out)
    if type_ != STATUS:
        packet.attach(source, out, time)
    packet.end(out)


def packet_of(type_: str, data: Mapping[str, Any], source: Source) -> bytes:
    """Return a whole packet; for those that are known to be small. Raises what `write` raises."""
    made = BytesIO()
    write(type_, data, source, made.write)
    return made.getvalue()


class _Packet:
    """A packet that is being written. What its frames hold beside what is known comes last in them."""

    def __init__(self, type_: str, data: Mapping[str, Any]) -> None:
        self._type = type_
        self._extra = dict(data.get(EXTRA) or {})
        self._frames = {name: taken(self._extra, f"{name}/") for name in FRAMES} if self._extra else {}
        self._data = {**data, EXTRA: self._extra}
        self._inner, self._outer = Writer(_fragment, PREFIX), Writer(_fragment, "")
        self._files = list(data.get("attachments") or [])
        self._root = self._frame("edXML", self._outer, 0)

    def begin(self, out: Out) -> None:
        """Write everything before the attachments; a fault of the data is found before the first byte."""
        inside = self._header() if self._type == STATUS else self._header() + self._body()
        envelope = self._frame("edXMLEnvelope", self._inner, 1)
        envelope.attributes = f' xmlns:edXML="{NAMESPACE}"{envelope.attributes}'
        head = f'{_HEAD}<edXML xmlns="{NAMESPACE}"{self._root.attributes}>{EOL}'
        out(f"{head}{self._inner.around('edXMLEnvelope', envelope, '  ', inside)}".encode())

    def attach(self, source: Source, out: Out, time: int) -> None:
        """Write the attachments."""
        encoded = self._frame("AttachmentEncoded", self._outer, 1)
        found = [one for one in self._files if one.get("dataref")]
        rest = encoded.lines("    ")
        if not found and not rest:
            out(f"  <AttachmentEncoded{encoded.attributes} />{EOL}".encode())
            return
        out(f"  <AttachmentEncoded{encoded.attributes}>{EOL}".encode())
        for number, one in enumerate(found, 1):
            self._attachment(one, f"AttachmentEncoded/Attachment[{number}]", out, _Content(one, source, time))
        out(f"{rest}  </AttachmentEncoded>{EOL}".encode())

    def end(self, out: Out) -> None:
        """Write what stands behind the attachments."""
        out(f"{self._root.lines('  ')}</edXML>{EOL}".encode())

    def _frame(self, name: str, writer: Writer, depth: int) -> Made:
        """Return what is unknown in an element that holds the others: as a rule nothing."""
        kept = self._frames.get(name)
        return writer.inside(NOTHING, {EXTRA: kept}, name, "  " * (depth + 1)) if kept else Made()

    def _manifest(self) -> Made:
        """Return what stands in the manifest before its references."""
        made = self._frame("edXMLManifest", self._inner, 3)
        if "@version" not in self._frames.get("edXMLManifest", ()):
            made.attributes = f' version="1.0"{made.attributes}'
        return made

    def _header(self) -> str:
        table = layout.STATUS_HEADER if self._type == STATUS else layout.DOCUMENT_HEADER
        inside = self._inner.write("MessageHeader", table, self._data, "MessageHeader", "      ")
        if self._type != STATUS:
            inside += self._traces()
            xml = (self._data.get("signature") or {}).get("xml")
            inside += self._inner.verbatim(xml, "Signature", "      ") if xml else ""
        return self._inner.around("edXMLHeader", self._frame("edXMLHeader", self._inner, 2), "    ", inside)

    def _traces(self) -> str:
        unknown, traces = self._frames.get("TraceHeaderList"), self._data.get("traces")
        act = self._data["act"]
        told: dict[str, Any] = {EXTRA: unknown, "traces": traces}
        if "business" in self._data or act not in ("new", "other"):
            business = dict(self._data.get("business") or {})
            told["business"] = business if act == "other" else {**business, "act": act}
        elif not unknown and not traces:
            return ""  # a new document that is on its first way, as a rule
        made = self._inner.inside(layout.TRACES, told, "TraceHeaderList", "        ")
        return self._inner.around("TraceHeaderList", made, "      ") if made.something else ""

    def _body(self) -> str:
        listed = [one for one in self._files if not one.get("unlisted")]
        references = [self._reference(one, number) for number, one in enumerate(listed, 1)]
        manifest = self._inner.around("edXMLManifest", self._manifest(), "      ", "".join(references))
        return self._inner.around("edXMLBody", self._frame("edXMLBody", self._inner, 2), "    ", manifest)

    def _reference(self, one: Mapping[str, Any], number: int) -> str:
        """Return a file's line in the manifest; the vendor's writer calls each of them a zip archive."""
        told: dict[str, Any] = {"content_type": sniffing.ZIP}
        for name in ("id", "name", "description"):
            if name in one:
                told[name] = one[name]
        told = _with_cid({**told, **(one.get("listed") or {})})
        place = f"edXMLManifest/Reference[{number}]"
        return self._inner.write("Reference", layout.REFERENCE, told, place, "        ")

    def _attachment(self, one: Mapping[str, Any], place: str, out: Out, content: _Content) -> None:
        told = _with_cid({"content_type": sniffing.sent_as(one.get("name", "")), **one})
        made = self._outer.inside(layout.ATTACHMENT, told, place, "      ")
        pieces = content.pieces(f"{place}/{CONTENT}")
        first = next(pieces, b"")
        head = f"    <Attachment{made.attributes}>{EOL}{made.lines('      ')}"
        tag = f'{PREFIX}{CONTENT} xmlns:edXML="{NAMESPACE}"'
        out(f"{head}      <{tag}{'>' if first else f' />{EOL}'}".encode())
        for piece in chain([first], pieces):
            out(piece)
        end = f"</{PREFIX}{CONTENT}>{EOL}" if first else ""
        out(f"{end}    </Attachment>{EOL}".encode())


def _with_cid(one: dict[str, Any]) -> dict[str, Any]:
    if one.get("id"):
        one["id"] = f"cid:{one['id']}"
    return one


# --- attachments ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Content:
    """A file's content on its way into a packet."""

    one: Mapping[str, Any]
    source: Source
    time: int

    def pieces(self, place: str) -> Iterator[bytes]:
        """Yield the content's text as it stands in the packet.

        Raises:
            Invalid: the file is not kept, or is no text though it should be.
        """
        text = inside(self.one["dataref"]) if self._as_it_is else None
        if text:
            yield text
            return
        try:
            file = self.source.open(self.one["dataref"])
        except FileNotFoundError:
            raise unreadable("attachment-not-kept", place) from None
        with file:
            chunks = iter(lambda: file.read(_PIECE), b"")
            yield from _as_text(chunks, place) if self.one.get("undecoded") else _base64(self._sent(chunks))

    @property
    def _packed(self) -> bool:
        return bool(self.one.get("packed", sniffing.goes_packed(self.one.get("name", ""))))

    @property
    def _as_it_is(self) -> bool:
        """Tell whether the file's own base64 is what stands in the packet."""
        return not self._packed and not self.one.get("undecoded")

    def _sent(self, chunks: Iterable[bytes]) -> Iterable[bytes]:
        """Return the file's bytes, packed where they go packed."""
        if not self._packed:
            return chunks
        name = self.one.get("name", "")
        entry = self.one.get("entry", f"{uuid.uuid4()}.{sniffing.extension(name) or 'unk'}")
        return archives.packed(chunks, archives.Entry(entry, self.one.get("entry_time") or self.time))


def _base64(chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = b""
    for chunk in chunks:
        whole = left + chunk
        cut = len(whole) - len(whole) % 3
        left = whole[cut:]
        if cut:
            yield binascii.b2a_base64(whole[:cut], newline=False)
    if left:
        yield binascii.b2a_base64(left, newline=False)


def _as_text(chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            yield escaped(checked(decoder.decode(chunk), place)).encode()
        yield escaped(checked(decoder.decode(b"", final=True), place)).encode()
    except UnicodeDecodeError:
        raise unreadable("not-writable", place) from None


# --- what was kept verbatim -------------------------------------------------------------------------------


class _NoFiles:
    """Lets no attachment in: nothing that is kept verbatim holds one."""

    def begin(self, place: str) -> Any:
        raise unreadable("not-writable", place)

    def take(self, attachment: Attached, place: str) -> None:  # noqa: ARG002
        raise unreadable("not-writable", place)

    def end(self, attachment: Element, place: str) -> None:
        """Nothing was begun."""

    def close(self) -> None:
        """Nothing was begun."""


def _fragment(xml: str, place: str) -> Element:
    """Return the element of a piece of XML that was kept.

    Raises:
        Invalid: it is not one element and nothing else.
    """
    whole = f'<edXML xmlns="{NAMESPACE}" xmlns:edXML="{NAMESPACE}">{checked(xml, place)}</edXML>'
    try:
        root = Parser(_NoFiles(), Notes(), Limits()).parse(BytesIO(whole.encode()), apart=False)
    except Invalid:
        raise unreadable("not-writable", place) from None
    if len(root) != 1 or text_of(root):
        raise unreadable("not-writable", place)
    return root[0]

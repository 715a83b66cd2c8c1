"""Reading a packet: canonical form and findings, or the place for which it is turned away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from lgsp.domain import documents
from lgsp.domain.codes import document_id
from lgsp.domain.letters import composed
from lgsp.formats.edxml import layout
from lgsp.formats.edxml.attached import read_attachments
from lgsp.formats.edxml.elements import Reader
from lgsp.formats.edxml.keeping import Keeper, Kept, Sink
from lgsp.formats.edxml.limits import Limits
from lgsp.formats.edxml.names import DOCUMENT, STATUS
from lgsp.formats.edxml.notes import Notes, unreadable
from lgsp.formats.edxml.parsing import Parser
from lgsp.formats.edxml.parts import EXTRA, NOTHING
from lgsp.formats.edxml.signature import SIGNATURES, UNVERIFIED, judged, read_signature
from lgsp.formats.edxml.straight import Header
from lgsp.formats.edxml.tree import SPACE, local, text_of
from lgsp.message import Finding, Message, native_digest


@dataclass(slots=True, frozen=True)
class Packet:
    """What a packet says.

    Attributes:
        type: `document.v1` or `document.status.v1`.
        data: its canonical form.
        findings: what was odd, and kept or tolerated.
        native: SHA-256 of what it says, whatever its order and layout, without what the way added to it.
        sha256: of its bytes as they came.
        size: in bytes.
    """

    type: str
    data: dict[str, Any]
    findings: list[Finding]
    native: bytes
    sha256: bytes = field(repr=False)
    size: int

    @property
    def unverified(self) -> bool:
        """Tell whether there is a signature of which nobody knows yet whether it holds."""
        return bool(self.data.get("signature", {}).get("standing") == "unverified")

    def verified(self, holds: bool | None) -> Packet:
        """Return the packet with the standing of a signature that was verified; None changes nothing.

        Only one that is `unverified` can be: the others are none, or stand where nothing verifies them.
        """
        if holds is None or not self.unverified:
            return self
        signature = self.data["signature"]
        told = judged(signature, holds)
        found = [Finding(*told[1]) if one.code == UNVERIFIED else one for one in self.findings]
        return replace(self, data=self.data | {"signature": told[0]}, findings=found)

    def message(self) -> Message:
        """Return the packet as a message of its type."""
        key = str(self.data["key"])
        is_status = self.type == STATUS
        return Message(
            type=self.type,
            subject=key,
            partitionkey=document_id(key) or key,
            data=self.data,
            native=self.native,
            key=self.native.hex() if is_status else documents.identity(self.data, self.native),
            agency=self.data.get("sender", {}).get("code", ""),
            time=datetime.fromisoformat(self.data["at"]) if is_status and "at" in self.data else None,
            findings=list(self.findings),
            recipients=[] if is_status else documents.receivers(self.data),
        )


def read(source: BinaryIO, sink: Sink, limits: Limits | None = None, sha256: bytes = b"") -> Packet:
    """Read a packet from its first byte to its last, in bounded memory.

    It blocks, and works as long as the packet is large: from an event loop, call it in a thread.

    Args:
        source: the packet; it is read once, in pieces, and not closed.
        sink: where the attachments go. What it kept of a packet that is turned away belongs to nobody.
        limits: how much of everything the packet may have.
        sha256: of the packet's bytes, where whoever took it in has it; else it is worked out.

    Raises:
        Invalid: it is no packet that can be read without losing something; each problem names its place.
    """
    notes = Notes()
    bounds = limits or Limits()
    keeper = Keeper(sink, notes, bounds)
    parser = Parser(keeper, notes, bounds, sha256)
    frame = _Frame(parser.parse(source), keeper.kept, notes, parser.header)
    read_one = _status if frame.is_status else _document
    type_, told = read_one(frame, notes)
    known = frame.read is not None and frame.read.composed
    data = _composed(told, notes, _OF_HEADER if known else ())
    native = native_digest(_native(frame, data), composed=known and frame.traces is None)
    return Packet(type_, data, notes.findings, native, parser.sha256, parser.size)


_OF_HEADER = frozenset(layout.DOCUMENT_HEADER.names)


def _composed(told: dict[str, Any], notes: Notes, known: Collection[str]) -> dict[str, Any]:
    """Return canonical data with their letters composed, as those under the names in `known` are already.

    References to files have none, and can be long.
    """
    rest = {name: value for name, value in told.items() if name not in known}
    files = told.get("attachments", ())
    if files:
        rest["attachments"] = [{**one, "dataref": ""} if "dataref" in one else one for one in files]
    made: dict[str, Any]
    made, changed = composed(rest)
    if not changed:
        return told
    notes.odd("not-composed", "MessageHeader")
    for one, file in zip(made.get("attachments", ()), files, strict=True):
        if "dataref" in file:
            one["dataref"] = file["dataref"]
    return told | made


class _Frame:
    """The elements of a packet that hold the others, each found once; `read` is a header that was read."""

    def __init__(
        self, root: Element, kept: Mapping[Element, Kept], notes: Notes, read: Header | None
    ) -> None:
        self.root = root
        self.kept = kept
        self.read = read
        self._notes = notes
        self.envelope = self._needed(root, "edXMLEnvelope")
        self.header = self._needed(self.envelope, "edXMLHeader")
        self.message = self._needed(self.header, "MessageHeader")
        self.body = self._one(self.envelope, "edXMLBody")
        self.manifest = self._one(self.body, "edXMLManifest")
        self.traces = self._one(self.header, "TraceHeaderList")
        self.encoded = self._encoded()
        self.attachments = [node for one in self.encoded for node in one.findall("Attachment")]
        self._lose_no_attachment()

    @property
    def is_status(self) -> bool:
        """Tell a status packet from a document: it alone has a status code."""
        return self.message.find("StatusCode") is not None

    def unknown(self, reader: Reader) -> dict[str, Any]:
        """Return what is unknown in the elements that hold the others, by their names."""
        if self.manifest is not None:
            self.manifest.attrib.pop("version", None)
        found: dict[str, Any] = {}
        for name, node, known in self._held():
            if _is_more(node, known):
                inner = reader.read(NOTHING, node, name, skip=known).get(EXTRA, {})
                found.update({f"{name}/{key}": value for key, value in inner.items()})
        return found

    def _held(self) -> Iterable[tuple[str, Element, Collection[str]]]:
        yield "edXML", self.root, ("edXMLEnvelope", "AttachmentEncoded")
        yield "edXMLEnvelope", self.envelope, ("edXMLHeader", "edXMLBody", "AttachmentEncoded")
        yield "edXMLHeader", self.header, _OF_DOCUMENT[:1] if self.is_status else _OF_DOCUMENT
        if self.body is not None:
            yield "edXMLBody", self.body, ("edXMLManifest", "AttachmentEncoded")
        if self.manifest is not None:
            yield "edXMLManifest", self.manifest, ("Reference",)
        yield "AttachmentEncoded", _together(self.encoded), ("Attachment",)

    @staticmethod
    def _one(node: Element | None, name: str) -> Element | None:
        found = node.findall(name) if node is not None else []
        if len(found) > 1:
            raise unreadable("repeated-content", f"{name}[2]")
        return found[0] if found else None

    def _needed(self, node: Element, name: str) -> Element:
        found = self._one(node, name)
        if found is None:
            raise unreadable("missing", name)
        return found

    def _encoded(self) -> list[Element]:
        found = self.root.findall("AttachmentEncoded")
        elsewhere = self.envelope.findall("AttachmentEncoded")
        if self.body is not None:
            elsewhere += self.body.findall("AttachmentEncoded")
        if elsewhere:
            self._notes.odd("misplaced", "AttachmentEncoded")
        return found + elsewhere

    def _lose_no_attachment(self) -> None:
        """Turn away a packet whose files stand where no reader would look for them."""
        known = {*self.encoded, *self.attachments}
        for node in self.root.iter():
            if len(node) and _names_files(node.tag) and node not in known:
                raise unreadable("unknown-attachment-layout", local(node.tag))


_OF_DOCUMENT = ("MessageHeader", "TraceHeaderList", *SIGNATURES)


@lru_cache(256)
def _names_files(tag: str) -> bool:
    return "attachment" in local(tag).lower()


def _is_more(node: Element, known: Collection[str]) -> bool:
    """Tell whether anything stands in an element beside other elements that are known."""
    if node.keys() or (node.text or "").strip(SPACE):
        return True
    for child in node:  # noqa: SIM110 - asked of every packet, and quicker so
        if child.tag not in known or (child.tail or "").strip(SPACE):
            return True
    return False


def _together(nodes: Sequence[Element]) -> Element:
    """Return one element that holds what several hold."""
    if len(nodes) == 1:
        return nodes[0]
    together = Element("AttachmentEncoded")
    for node in nodes:
        together.attrib.update(node.attrib)
        if len(together):
            together[-1].tail = (together[-1].tail or "") + (node.text or "")
        else:
            together.text = (together.text or "") + (node.text or "")
        together.extend(node)
    return together


def _document(frame: _Frame, notes: Notes) -> tuple[str, dict[str, Any]]:
    reader = Reader(notes)
    if frame.read is not None:
        data = frame.read.data
    else:
        data = reader.read(layout.DOCUMENT_HEADER, frame.message, "MessageHeader")
    extra = data.pop(EXTRA, {}) | frame.unknown(reader)
    if frame.traces is not None:
        told = reader.read(layout.TRACES, frame.traces, "TraceHeaderList")
        extra.update({f"TraceHeaderList/{name}": value for name, value in told.pop(EXTRA, {}).items()})
        data |= told
    data["act"] = _act(data)
    references = frame.manifest.findall("Reference") if frame.manifest is not None else []
    found = {
        "signature": read_signature(frame.header, notes),
        "attachments": read_attachments(references, frame.attachments, frame.kept, notes),
        EXTRA: extra,
    }
    data |= {name: value for name, value in found.items() if value}
    return DOCUMENT, _keyed(
        data, documents.document_key(data), "id" in data, "MessageHeader/DocumentId", notes
    )


def _act(data: dict[str, Any]) -> str:
    """Return what is done with the document, and leave it out where it was read."""
    business = data.get("business", {})
    act = business.pop("act", None)
    if not business and act != "new":  # that it is new was said in so many words, and is written again
        data.pop("business", None)
    unknown = "BussinessDocType" in business.get(EXTRA, {})
    return act or ("other" if unknown else "new")


def _status(frame: _Frame, notes: Notes) -> tuple[str, dict[str, Any]]:
    if frame.attachments:
        raise unreadable("attachments-on-status", "AttachmentEncoded/Attachment[1]", type=STATUS)
    reader = Reader(notes)
    data = reader.read(layout.STATUS_HEADER, frame.message, "MessageHeader")
    if not data.get("code"):
        raise unreadable("missing", "MessageHeader/StatusCode", type=STATUS)
    said = layout.STATUSES.read(data["code"])
    if said.fault:
        notes.odd_word(said.fault, "MessageHeader/StatusCode", data["code"])
    if said.value is not None:
        data["status"] = said.value
    if documents.swapped(data.get("about", {})):
        notes.odd("swapped-fields", "MessageHeader/ResponseFor")
    extra = data.pop(EXTRA, {}) | frame.unknown(reader)
    if extra:
        data[EXTRA] = extra
    place = "MessageHeader/ResponseFor/DocumentId"
    return STATUS, _keyed(data, documents.status_key(data), "id" in data.get("about", {}), place, notes)


def _keyed(data: dict[str, Any], key: str | None, named: bool, place: str, notes: Notes) -> dict[str, Any]:
    """Return canonical data with the key of their line first.

    Raises:
        Invalid: nothing in the packet names the document.
    """
    if key is None or document_id(key) is None:
        raise unreadable("missing", place)
    if not named and key != data.get("id"):
        notes.odd("key-derived", place)
    first = {"key": key} | ({"act": data["act"]} if "act" in data else {})
    return first | data


# --- identity of the native packet ------------------------------------------------------------------------


def _native(frame: _Frame, data: dict[str, Any]) -> dict[str, Any]:
    """Return what a packet says without layout and order, and without what the axis adds on the way."""
    files = [
        [one.get("id", ""), one.get("name", ""), one.get("sha256", "")] for one in data.get("attachments", [])
    ]
    business = frame.traces.find("Bussiness") if frame.traces is not None else None
    return {
        "header": _plain(frame.message) if frame.read is None else frame.read.plain,
        "business": _plain(business) if business is not None else "",
        "files": files,
    }


def _plain(node: Element) -> Any:
    if not len(node):
        return text_of(node)
    said: dict[str, list[Any]] = {}
    for child in node:
        plain = _plain(child) if len(child) else (child.text or "").strip(SPACE)
        if plain and not (child.tag in _ADDING and _added(child)):
            said.setdefault(child.tag, []).append(plain)
    return said


_ADDING = ("Direction", "To")
"""Elements that the axis adds, some of them."""


def _added(node: Element) -> bool:
    """Tell whether the axis adds an element: a flag that says nothing, a receiver's old code."""
    if node.tag == "Direction":
        return text_of(node).lower() == "false"
    above = node.find("OrganizationInCharge")
    return above is not None and text_of(above) == documents.OLD_CODE_MARK

"""Reading a packet as two kinds of peers do: leniently in Java, strictly in .NET.

The lenient reader was measured by running the vendor's library on mutated packets (high confidence). The
strict one is known by its refusals alone (medium): it wants the prefix `edXML:` on what stands in the
envelope, and one of the two orders of elements that are in use.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lgsp.sandbox.axis.tree import EDXML, BadPacket, Node

_JAVA_ORDER = (
    *("From", "To", "DocumentId", "Code", "PromulgationInfo", "DocumentType", "Subject", "Content"),
    *("SignerInfo", "DueDate", "OtherInfo", "ResponseFor", "SteeringType", "ResponseForTask"),
    *("ApplicationType", "ToPlaces"),
)
_NET_ORDER = (
    *("From", "To", "Code", "PromulgationInfo", "DocumentType", "Subject", "Content", "SignerInfo"),
    *("DueDate", "ToPlaces", "OtherInfo", "ResponseFor", "SteeringType", "DocumentId"),
)
_INTEGERS = (("SteeringType",), ("DocumentType", "Type"), ("DocumentType", "TypeDetail"))
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_BASE64)))
_QUANTUM = 4
_LARGEST_FILE = 256 << 20


@dataclass(slots=True)
class Read:
    """What a peer made of a packet.

    Attributes:
        header: its message header.
        files: the attachments by name, as the peer would save them.
    """

    header: Node
    files: dict[str, bytes] = field(default_factory=dict)


def read_lenient(root: Node) -> Read:
    """Read as the vendor's library does.

    Raises:
        BadPacket: in the library's words.
    """
    header = root.first("edXMLEnvelope", "edXMLHeader", "MessageHeader")
    if root.space != EDXML or header is None:
        raise BadPacket('NullPointerException: Cannot invoke "org.jdom2.Element.getChildren()"')
    for path in _INTEGERS:
        said = header.said(*path)
        if said and not re.fullmatch(r"[+-]?\d+", said, re.ASCII):
            raise BadPacket(f'NumberFormatException: For input string: "{said}"')
    encoded = root.first("AttachmentEncoded")
    files = {} if encoded is None else {_name(node): _file(node) for node in encoded.all("Attachment")}
    return Read(header, files)


def strict_fault(root: Node) -> str:
    """Return what a strict .NET peer says of a packet as it was sent; "" when it has nothing against it."""
    try:
        read = read_lenient(root)
    except BadPacket:
        return _net(root)
    for node in _prefixed(root):
        if node.space == EDXML and node.prefix != "edXML":
            return _net(node)
    orders = [_out_of(order, read.header) for order in (_JAVA_ORDER, _NET_ORDER)]
    wrong = None if read.header.all("StatusCode") or None in orders else orders[0]
    return _net(wrong) if wrong else ""


def _net(node: Node) -> str:
    return f"There is an error in XML document ({node.place[0]}, {node.place[1]})."


def _prefixed(node: Node) -> Iterator[Node]:
    """Yield what must have a prefix: everything in the envelope but the signature."""
    for child in node.children:
        if child.name not in ("Signature", "AttachmentEncoded"):
            yield child
            yield from _prefixed(child)


def _out_of(order: tuple[str, ...], header: Node) -> Node | None:
    """Return the first child that stands where the order has no place for it."""
    at = 0
    for child in header.children:
        if child.name not in order[at:]:
            return child
        at = order.index(child.name, at)
    return None


def _name(node: Node) -> str:
    return node.said("AttachmentName") or node.said("ContentId")


def _file(node: Node) -> bytes:
    """Decode as the library does: letters that are no base64 are dropped, a declared zip must be one."""
    said = node.said("ContentTransferEncoded").encode("ascii", "replace")
    kept = said.translate(None, _NOT_BASE64).rstrip(b"=")
    kept = kept[: len(kept) - (len(kept) % _QUANTUM == 1)]
    try:
        content = base64.b64decode(kept + b"=" * (-len(kept) % _QUANTUM))
    except binascii.Error:
        raise BadPacket("ParserException: Error occurs during parsing attachment") from None
    zipped = node.said("ContentType") == "application/zip" and not _name(node).lower().endswith(".zip")
    return _unzipped(content) if zipped else content


def _unzipped(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            first = archive.infolist()[0]
            if first.file_size > _LARGEST_FILE:
                raise BadPacket("ZipException: the entry is too large")
            return archive.read(first)
    except (zipfile.BadZipFile, IndexError, RuntimeError, NotImplementedError, ValueError, OSError) as fault:
        if isinstance(fault, BadPacket):
            raise
        raise BadPacket("ZipException: zip END header not found") from None

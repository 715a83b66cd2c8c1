"""Packets for the tests of the format: small ones that are put together here, and the folder of samples."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lgsp.errors import Invalid
from lgsp.formats.edxml import Limits, Packet, packet_of, read

SAMPLES = Path(__file__).parent / "samples"
SPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
PDF = b"%PDF-1.4\n%%EOF\n"

FROM = "<OrganId>H37</OrganId><OrganName>UBND tỉnh</OrganName>"
TO = "<OrganId>G22</OrganId><OrganName>Văn phòng Chính phủ</OrganName>"
MESSAGE = {
    "From": FROM,
    "To": TO,
    "DocumentId": "H37,2026/03/05,15/UBND-VP",
    "Code": "<CodeNumber>15</CodeNumber><CodeNotation>UBND-VP</CodeNotation>",
    "PromulgationInfo": "<PromulgationDate>2026/03/05</PromulgationDate>",
    "Subject": "V/v thử nghiệm",
    "SteeringType": "1",
}
STATUS = {
    "From": TO,
    "ResponseFor": "<OrganId>H37</OrganId><Code>15/UBND-VP</Code><DocumentId>H37,2026/03/05,15/UBND-VP</DocumentId>",
    "StatusCode": "03",
    "Timestamp": "2026/03/05 09:00:00",
}


class Memory:
    """Keeps attachments in memory, as a sink and as a source."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def keep(self, chunks: Iterable[bytes], _: bytes = b"") -> str:
        """Keep a file."""
        content = b"".join(chunks)
        name = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.files[name] = content
        return name

    def open(self, dataref: str) -> io.BytesIO:
        """Open a file."""
        if dataref not in self.files:
            raise FileNotFoundError(dataref)
        return io.BytesIO(self.files[dataref])


def message(**over: str | None) -> str:
    """Return the fields of a document's header, some of them written over, or left out for None."""
    return _fields(MESSAGE | over)


def status(**over: str | None) -> str:
    """Return the fields of a status, some of them written over, or left out for None."""
    return _fields(STATUS | over)


def _fields(fields: dict[str, Any]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value is not None)


def packet(fields: str = "", header: str = "", body: str = "", behind: str = "", root: str = "") -> bytes:
    """Return a packet of one default namespace.

    Args:
        fields: inside `MessageHeader`; those of a plain document where nothing is said.
        header: behind `MessageHeader`.
        body: the whole `edXMLBody`.
        behind: behind the envelope.
        root: attributes of the root.
    """
    return (
        f'<edXML xmlns="{SPACE}"{root}><edXMLEnvelope><edXMLHeader><MessageHeader>{fields or message()}'
        f"</MessageHeader>{header}</edXMLHeader>{body}</edXMLEnvelope>{behind}</edXML>"
    ).encode()


def attached(
    content: bytes | str,
    name: str = "a.pdf",
    kind: str = "application/pdf",
    number: str = "1",
    more: str = "",
) -> bytes:
    """Return a packet with one listed attachment; a text is taken for base64 as it is."""
    text = content if isinstance(content, str) else base64.b64encode(content).decode()
    listed = (
        f"<edXMLBody><edXMLManifest version='1.0'><Reference><ContentId>cid:{number}</ContentId>"
        f"<ContentType>application/zip</ContentType><AttachmentName>{name}</AttachmentName></Reference>"
        "</edXMLManifest></edXMLBody>"
    )
    return packet(body=listed, behind=encoded(text, name, kind, number, more))


def encoded(
    text: str, name: str = "a.pdf", kind: str = "application/pdf", number: str = "1", more: str = ""
) -> str:
    """Return the attachments' element with one attachment."""
    return (
        f"<AttachmentEncoded><Attachment><ContentId>cid:{number}</ContentId><AttachmentName>{name}"
        f"</AttachmentName><ContentType>{kind}</ContentType>{more}"
        f"<ContentTransferEncoded>{text}</ContentTransferEncoded></Attachment></AttachmentEncoded>"
    )


def zipped(*files: tuple[str, bytes]) -> bytes:
    """Return a zip archive, of whatever moment the same: tests are named after what is in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def taken(body: bytes, store: Memory | None = None, limits: Limits | None = None) -> Packet:
    """Read a packet that is in memory."""
    return read(io.BytesIO(body), store or Memory(), limits)


def told(found: Packet) -> set[tuple[str, str]]:
    """Return the findings of a packet: code and place."""
    return {(one.code, one.place) for one in found.findings}


def fault(body: bytes, limits: Limits | None = None) -> tuple[str, str]:
    """Return code and place for which a packet is turned away."""
    try:
        taken(body, limits=limits)
    except Invalid as raised:
        (problem,) = raised.problems
        return problem.code, problem.place
    raise AssertionError("the packet was read")


def again(body: bytes) -> tuple[Packet, Packet, bytes]:
    """Read a packet, write it, read it again: return both readings, and what was written."""
    store = Memory()
    first = taken(body, store)
    written = packet_of(first.type, first.data, store)
    return first, taken(written, store), written

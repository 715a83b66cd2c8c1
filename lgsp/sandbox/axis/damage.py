"""Damaging packets that are handed out, each in a way that was seen in real ones."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable

from lgsp.sandbox.axis.faults import Damage
from lgsp.sandbox.axis.tree import EDXML
from lgsp.sandbox.axis.weather import AxisWeather

_DATE = re.compile(rb"(<edXML:PromulgationDate>)(\d{4})/(\d\d)/(\d\d)(</edXML:PromulgationDate>)")
_CODED = re.compile(rb"(<edXML:ContentTransferEncoded[^>]*>)([^<]*)(</edXML:ContentTransferEncoded>)")
_PDF = b"<ContentType>application/pdf</ContentType>"
_ZIP = b"<ContentType>application/zip</ContentType>"
_OWN_ID = re.compile(rb"\r\n {8}<edXML:DocumentId>[^<]*</edXML:DocumentId>")
_NO_ORGAN = re.compile(rb"(<edXML:TraceHeader>\r\n)( +)(<edXML:Timestamp>)")
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
_DOCTYPE = b'\r\n<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///nonexistent/probe.txt">]>'


def damaged(packet: bytes, docid: str, weather: AxisWeather) -> bytes:
    """Return a packet with every damage that falls on this delivery; asked again, it is the same."""
    for name, share in weather.faults.damage.items():
        if weather.falls(share, name, docid):
            packet = DAMAGES[name](packet)
    return packet


def _slashed_date(packet: bytes) -> bytes:
    return _DATE.sub(rb"\1\4/\3/\2\5", packet)


def _junk_prolog(packet: bytes) -> bytes:
    return b"1212" + packet


def _zip_typed_pdf(packet: bytes) -> bytes:
    return packet.replace(_PDF, _ZIP)


def _pdf_typed_zip(packet: bytes) -> bytes:
    return _CODED.sub(_zipped, packet.replace(_ZIP, _PDF))


def _zipped(found: re.Match[bytes]) -> bytes:
    content = base64.b64decode(found[2])
    if not content.startswith(b"PK"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("0f6f6a3e-0000-4000-8000-000000000001.pdf", content)
        content = buffer.getvalue()
    return found[1] + base64.b64encode(content) + found[3]


def _truncated_attachment(packet: bytes) -> bytes:
    return _CODED.sub(
        lambda found: found[1] + found[2][: len(found[2]) * 2 // 3 // 4 * 4 + 1] + found[3], packet
    )


def _foreign_namespace(packet: bytes) -> bytes:
    return packet.replace(EDXML.encode(), b"http://www.go.vn/eDoc")


def _missing_document_id(packet: bytes) -> bytes:
    return _OWN_ID.sub(b"", packet, count=1)


def _null_organ(packet: bytes) -> bytes:
    return _NO_ORGAN.sub(rb"\1\2<edXML:OrganId>null</edXML:OrganId>\r\n\2\3", packet)


def _doctype(packet: bytes) -> bytes:
    return packet.replace(_HEAD, _HEAD + _DOCTYPE, 1)


def _bom(packet: bytes) -> bytes:
    return b"\xef\xbb\xbf" + packet


def _utf_16(packet: bytes) -> bytes:
    return packet.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"', 1).encode("utf-16")


DAMAGES: dict[Damage, Callable[[bytes], bytes]] = {
    "slashed-date": _slashed_date,
    "zip-typed-pdf": _zip_typed_pdf,
    "pdf-typed-zip": _pdf_typed_zip,
    "truncated-attachment": _truncated_attachment,
    "foreign-namespace": _foreign_namespace,
    "missing-document-id": _missing_document_id,
    "null-organ": _null_organ,
    "doctype": _doctype,
    "junk-prolog": _junk_prolog,
    "bom": _bom,
    "utf-16": _utf_16,
}
"""What each does to a packet in the vendor's layout."""

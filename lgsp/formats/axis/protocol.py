"""Naming what stands in requests of the document axis: operations, parameters, states.

Source: requests captured from the vendor's Java client 2.0.1 (high confidence), but for `getSentEdocList`,
`registerAgency`, `deleteAgency` and the operations of 2.0.1, whose parameters are named after the client's
code and were not captured (medium).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "XroadVnpt-"
"""Stands before the name of each parameter in the header that carries it."""

VERSION = "3.0.201608"
"""Goes in `XroadVnpt-version`, unsigned."""

AGENT = "JAVASDKAgent/1.0.0 XRoad/VPCP"
"""The `User-Agent` of the vendor's client."""

JSON_TYPE = "application/json"
FILE_TYPE = "application/octet-stream"

SYSTEM, STAMP, CONTENT_TYPE = "systemid", "timestamp", "Content-Type"
"""Signed in every request."""

SIGNED_NAMES, SIGNED, HASH = "sign-header-key", "sign-header", "hash-header"
"""The signature: what was signed, by name; what was signed, verbatim; its HMAC."""

HASH_FILE = "hash-file"


class MessageType(StrEnum):
    """What a packet is, as the transport sorts it."""

    DOCUMENT = "edoc"
    STATUS = "status"


class TransportStatus(StrEnum):
    """How far one receiver's pick-up of one packet has come; nothing of what it thinks of it."""

    INITIAL = "initial"
    PROCESSING = "processing"
    DONE = "done"
    FAIL = "fail"


@dataclass(slots=True, frozen=True)
class Operation:
    """One thing that a client may ask of the axis: `POST {endpoint}/{name}`.

    Attributes:
        asks: the parameters that it needs, in their native spelling.
        may: those that it can do without.
        method: all are POST but one.
        body: what the client sends: nothing, `{}`, a file, or an object.
    """

    name: str
    asks: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    method: str = "POST"
    body: str = ""


_PAGE = ("pageSize", "pageIndex")

OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("sendEdoc", ("messagetype", "from", HASH_FILE), ("servicetype", "to"), body="file"),
        Operation("getReceivedEdocList", ("messagetype",), ("servicetype",)),
        Operation("getSentEdocList", ("messagetype",), ("servicetype", "fromDate", "toDate", *_PAGE)),
        Operation("getEdoc", ("docId",), ("filePath",), body="{}"),
        Operation("updateStatus", ("docid", "status"), body="{}"),
        Operation("getAgenciesList"),
        Operation("getSynchronizeUnit"),
        Operation("getAgenciesListQD20", (), ("level",)),
        Operation("registerAgency", body="object"),
        Operation("deleteAgency", ("AgencyCode",), body="{}"),
        Operation("countReceiveEdoc", (), ("servicetype",), body="{}"),
        Operation("countReceiveStatus", (), ("servicetype",), body="{}"),
        Operation("downloadEdoc", ("docId",), ("filePath",), method="GET"),
    )
}
"""Every operation by its name."""

SERVICE = "eDoc"
"""The `servicetype` of documents and of their statuses."""

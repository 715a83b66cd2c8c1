"""The names of the format that more than one of its modules needs."""

from __future__ import annotations

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
"""Of the second generation of the format (QCVN 102:2016/BTTTT); the first has another and is not read."""
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"

DOCUMENT = "document.v1"
STATUS = "document.status.v1"

CONTENT = "ContentTransferEncoded"
FRAMES = (
    "edXML",
    "edXMLEnvelope",
    "edXMLHeader",
    "edXMLBody",
    "edXMLManifest",
    "AttachmentEncoded",
    "TraceHeaderList",
)
"""Elements that hold the others: what is unknown in them is kept in `extra` behind their names."""

"""Writing a packet's tree in the layout of the axis vendor's writer.

UTF-8 without a mark, CR LF, two spaces, the vendor's order of elements; what has no place in it is left out,
as it is by a peer that reads and writes again. Source: packets that the vendor's library wrote (high
confidence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lgsp.sandbox.axis.tree import EDXML, Node

Shape = Mapping[str, "Shape | None"]

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_SIGNATURE = "Signature"
_CODED = "ContentTransferEncoded"
_KEPT_EMPTY = frozenset({"ResponseFor", "edXMLManifest", "AttachmentEncoded"})


def _leaves(*names: str) -> dict[str, Shape | None]:
    return dict.fromkeys(names)


_ORGAN = _leaves(
    "OrganId", "OrganizationInCharge", "OrganName", "OrganAdd", "Email", "Telephone", "Fax", "Website"
)
_ANSWERED = _leaves("OrganId", "Code", "DocumentId", "PromulgationDate")
_STAFF = _leaves("Department", "DepartmentId", "Staff", "StaffId", "Email", "Mobile")
_OTHER: Shape = {
    **_leaves("Priority", "SphereOfPromulgation", "TyperNotation", "PromulgationAmount", "PageAmount"),
    **_leaves("ReplyFors", "Direction", "ReferenceCodes"),
    "Appendixes": _leaves("Appendix"),
}
_DOCUMENT: Shape = {
    "From": _ORGAN,
    "To": _ORGAN,
    "DocumentId": None,
    "Code": _leaves("CodeNumber", "CodeNotation"),
    "PromulgationInfo": _leaves("Place", "PromulgationDate"),
    "DocumentType": _leaves("Type", "TypeDetail", "TypeName"),
    "Subject": None,
    "Content": None,
    "SignerInfo": _leaves("Competence", "Position", "FullName"),
    "DueDate": None,
    "OtherInfo": _OTHER,
    "ResponseFor": _ANSWERED,
    "SteeringType": None,
    "ResponseForTask": _leaves("TaskCode"),
    "ApplicationType": None,
    "ToPlaces": _leaves("Place"),
}
_STATUS: Shape = {
    "From": _ORGAN,
    "ResponseFor": _ANSWERED,
    "StaffInfo": _STAFF,
    **_leaves("StatusCode", "Description", "Timestamp"),
}
_BUSINESS: Shape = {
    **_leaves("DocumentId", "BussinessDocType", "BussinessDocReason", "Paper"),
    "BussinessDocumentInfo": {
        **_leaves("DocumentInfo", "DocumentReceiver"),
        "ReceiverList": {"Receiver": _leaves("OrganId", "ReceiverType")},
    },
    "ReplacementInfoList": {"ReplacementInfo": {"DocumentId": None, "OrganIdList": _leaves("OrganId")}},
    "StaffInfo": _STAFF,
}
_TRACES: Shape = {"Bussiness": _BUSINESS, "TraceHeader": _leaves("OrganId", "Timestamp")}
_BODY: Shape = {
    "edXMLManifest": {"Reference": _leaves("ContentId", "ContentType", "Description", "AttachmentName")}
}
_ATTACHMENTS: Shape = {
    "Attachment": _leaves("ContentId", "AttachmentName", "Description", "ContentType", _CODED)
}


def is_status(root: Node) -> bool:
    """Tell a status packet from a document: it has a status code."""
    return root.first("edXMLEnvelope", "edXMLHeader", "MessageHeader", "StatusCode") is not None


def lay_out(root: Node) -> bytes:
    """Return the packet in the vendor's layout."""
    return "\r\n".join([*_lines(root), ""]).encode()


def _lines(root: Node) -> Iterator[str]:
    yield _HEAD
    yield f'<edXML xmlns="{EDXML}">'
    yield f'  <edXML:edXMLEnvelope xmlns:edXML="{EDXML}">'
    envelope = root.first("edXMLEnvelope") or root
    yield from _header(envelope.first("edXMLHeader") or Node("", "", "", (0, 0)), status=is_status(root))
    if not is_status(root):
        body = envelope.first("edXMLBody") or Node("edXMLBody", EDXML, "", (0, 0))
        _make_sure(body, "edXMLManifest")
        yield from _written("edXMLBody", body, _BODY, 2)
    yield "  </edXML:edXMLEnvelope>"
    if not is_status(root):
        encoded = root.first("AttachmentEncoded") or Node("", "", "", (0, 0))
        yield from _written("AttachmentEncoded", encoded, _ATTACHMENTS, 1, prefix="")
    yield "</edXML>"


def _header(header: Node, *, status: bool) -> Iterator[str]:
    yield "    <edXML:edXMLHeader>"
    for message in header.all("MessageHeader")[:1]:
        yield from _written("MessageHeader", message, _STATUS if status else _DOCUMENT, 3)
    for traces in [] if status else header.all("TraceHeaderList")[:1]:
        yield from _written("TraceHeaderList", traces, _TRACES, 3)
    for signature in header.all(_SIGNATURE)[:1]:
        yield from _verbatim(signature, 3) if signature.children else ()
    yield "    </edXML:edXMLHeader>"


def _make_sure(node: Node, name: str) -> None:
    if not node.all(name):
        node.add(name)


def _written(name: str, node: Node, shape: Shape | None, depth: int, prefix: str = "edXML:") -> Iterator[str]:
    """Write one element; one that has nothing to say is left out, but for those that the vendor keeps."""
    space = "  " * depth
    attributes = ' version="1.0"' if name == "edXMLManifest" else ""
    if shape is None:
        if node.text:
            yield space + _leaf(name, node.text, prefix)
        return
    inner = [
        line
        for part, inside in shape.items()
        for child in node.all(part)
        for line in _written(part, child, inside, depth + 1, prefix)
    ]
    if inner:
        yield f"{space}<{prefix}{name}{attributes}>"
        yield from inner
        yield f"{space}</{prefix}{name}>"
    elif name in _KEPT_EMPTY:
        yield f"{space}<{prefix}{name}{attributes} />"


def _leaf(name: str, text: str, prefix: str) -> str:
    if name == _CODED:
        return f'<edXML:{name} xmlns:edXML="{EDXML}">{_escaped(text)}</edXML:{name}>'
    if name == "ContentId":
        text = "cid:" + text.removeprefix("cid:")
    return f"<{prefix}{name}>{_escaped(text)}</{prefix}{name}>"


def _verbatim(node: Node, depth: int) -> Iterator[str]:
    """Write an element as it is, without prefixes."""
    space = "  " * depth
    attributes = "".join(
        f' {key}="{_escaped(value).replace(chr(34), "&quot;")}"' for key, value in node.attributes.items()
    )
    if node.children:
        yield f"{space}<{node.name}{attributes}>"
        for child in node.children:
            yield from _verbatim(child, depth + 1)
        yield f"{space}</{node.name}>"
    elif node.text:
        yield f"{space}<{node.name}{attributes}>{_escaped(node.text)}</{node.name}>"
    else:
        yield f"{space}<{node.name}{attributes} />"


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "&#xD;")

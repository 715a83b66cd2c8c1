"""Changing a packet on its way, as the axis has been seen to.

Source: packets that came out of the axis in 2025 (high confidence for what changes, low for whether it always
does): two trace headers are added, the first without an agency; an agency with two codes is named by both,
the old one marked; what is missing gets the defaults of the vendor's library.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from lgsp.message import VIETNAM
from lgsp.sandbox.axis.directory import Directory
from lgsp.sandbox.axis.layout import is_status, lay_out
from lgsp.sandbox.axis.tree import EDXML, BadPacket, Node

HUB = "02.29.W00"
OLD_MARK = "TLTVBQG_CDMDD_QD20"
OLD_SUFFIX = " (Mã cũ) (qd20)"

_FORMAT = "%Y/%m/%d %H:%M:%S"


def header_of(root: Node) -> Node:
    """Return the header of a packet.

    Raises:
        BadPacket: it is of another namespace, or has no header.
    """
    if (root.name, root.space) != ("edXML", EDXML):
        raise BadPacket("Error occurs during parsing: the root is no edXML of QCVN 102")
    header = root.first("edXMLEnvelope", "edXMLHeader")
    if header is None or header.first("MessageHeader") is None:
        raise BadPacket("Error occurs during parsing: no MessageHeader")
    return header


def pass_on(root: Node, directory: Directory, *, keep_id: bool) -> None:
    """Change everything that is the same for every receiver, but for the trace headers."""
    if is_status(root):
        return
    message = header_of(root).all("MessageHeader")[0]
    _name_twice(message, directory)
    if not keep_id and not message.said("DocumentId"):
        message.add("DocumentId", str(uuid.uuid4()))
    if not message.said("SteeringType"):
        message.add("SteeringType", "0")
    for kind in message.all("DocumentType"):
        if not kind.said("Type"):
            kind.add("Type", "2")
    for other in message.all("OtherInfo"):
        if not other.said("Direction"):
            other.add("Direction", "false")


def stamped(root: Node, moment: datetime) -> bytes:
    """Return the packet as it is handed out, its two trace headers of this moment."""
    if is_status(root):
        return lay_out(root)
    header = header_of(root)
    if not header.all("TraceHeaderList"):
        header.add("TraceHeaderList")
    traces = header.all("TraceHeaderList")[0]
    before = list(traces.children)
    _trace(traces, "", moment)
    _trace(traces, HUB, moment + timedelta(seconds=1))
    written = lay_out(root)
    traces.children = before
    return written


def written_at(moment: datetime) -> str:
    """Return a moment as packets and lists write it, in Viet Nam time."""
    return moment.astimezone(VIETNAM).strftime(_FORMAT)


def _trace(traces: Node, organ: str, moment: datetime) -> None:
    trace = traces.add("TraceHeader")
    if organ:
        trace.add("OrganId", organ)
    trace.add("Timestamp", written_at(moment))


def _name_twice(message: Node, directory: Directory) -> None:
    """Name each receiver by both its codes, if it has two; the old one stands behind the new one, marked."""
    told = {to.said("OrganId") for to in message.all("To")}
    for to in message.all("To"):
        member = directory.find(to.said("OrganId"))
        if member is None or not member.old:
            continue
        given_old = to.said("OrganId") == member.old
        other = member.code if given_old else member.old
        if other not in told:
            told.add(other)
            at = next(n for n, child in enumerate(message.children) if child is to)
            message.children.insert(at if given_old else at + 1, _twin(to, other, marked=not given_old))
        if given_old:
            _mark(to)


def _twin(to: Node, code: str, *, marked: bool) -> Node:
    """Return the same receiver under its other code."""
    twin = Node("To", EDXML, "edXML", (0, 0))
    for child in to.children:
        twin.add(child.name, code if child.name == "OrganId" else child.text)
    (_mark if marked else _unmark)(twin)
    return twin


def _mark(to: Node) -> None:
    name = to.said("OrganName")
    to.children = [c for c in to.children if c.name not in ("OrganizationInCharge", "OrganName")]
    to.add("OrganizationInCharge", OLD_MARK)
    to.add("OrganName", name if name.endswith(OLD_SUFFIX) else name + OLD_SUFFIX)


def _unmark(to: Node) -> None:
    for child in to.all("OrganName"):
        child.pieces = [child.text.removesuffix(OLD_SUFFIX)]
    to.children = [c for c in to.children if c.text != OLD_MARK]

"""How the signature over a packet stands. It is evidence for people, and never a reason to trust a packet.

Packets in use carry none, an empty element, the vendor kit's placeholder, or one that stands in the packet's
own namespace, where no verifier looks for it. The axis writes packets anew on their way, which breaks any
other.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from xml.etree.ElementTree import Element

from lgsp.formats.edxml.names import XMLDSIG
from lgsp.formats.edxml.notes import Notes, unreadable
from lgsp.formats.edxml.tree import PREFIX, local, says_something, text_of, to_xml

SIGNATURES = ("Signature", "DigitalSignature", f"{{{XMLDSIG}}}Signature")
"""Elements of the header that are one."""
_DUMMIES = frozenset({"FwgIqsSYJshUS2+wlOM61L+q7Aw=", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="})
"""Digests that the vendor's kit, and tests of it, write without looking at the packet."""
_FINDINGS = {
    "placeholder": "signature-placeholder",
    "wrong-namespace": "signature-wrong-namespace",
    "unverified": "signature-unverified",
    "invalid": "signature-invalid",
    "valid": "signature-valid",
}
_SHORTEST = 256
"""Bytes below which nothing is an X.509 certificate."""
_SEQUENCE = b"\x30\x82"


UNVERIFIED = _FINDINGS["unverified"]


def judged(signature: dict[str, Any], holds: bool) -> tuple[dict[str, Any], tuple[str, str]]:
    """Return a signature that was verified with its standing, and code and place of its finding."""
    standing = "valid" if holds else "invalid"
    return signature | {"standing": standing}, (_FINDINGS[standing], "Signature")


def read_signature(header: Element, notes: Notes) -> dict[str, Any] | None:
    """Return a packet's signature in canonical form, or None where it has none.

    Raises:
        Invalid: it has several.
    """
    found = [node for node in header if node.tag in SIGNATURES]
    for node in found:
        if not says_something(node):
            notes.odd("empty-element", local(node.tag))
    told = [node for node in found if says_something(node)]
    if len(told) > 1:
        raise unreadable("repeated-content", f"{local(told[1].tag)}[2]")
    return _described(told[0], notes) if told else None


def _described(node: Element, notes: Notes) -> dict[str, Any]:
    place = local(node.tag)
    standing = _standing(node)
    notes.odd(_FINDINGS[standing], place)
    prefix = PREFIX if node.tag == "DigitalSignature" else ""
    told = {"standing": standing, "xml": to_xml(node, prefix)}
    subject = next((text_of(one) for one in node.iter() if local(one.tag) == "X509SubjectName"), "")
    return told | ({"certificate": subject} if subject else {})


def _standing(node: Element) -> str:
    if _is_placeholder(node):
        return "placeholder"
    if not any(one.tag == f"{{{XMLDSIG}}}SignedInfo" for one in node.iter()):
        return "wrong-namespace"
    return "unverified"


def _is_placeholder(node: Element) -> bool:
    """Tell whether a signature cannot be one: a dummy digest, or no certificate where one should be."""
    texts: dict[str, str] = {}
    for one in node.iter():
        texts.setdefault(local(one.tag), text_of(one))
    if any(text_of(one) in _DUMMIES for one in node.iter() if local(one.tag) == "DigestValue"):
        return True
    certificate = texts.get("X509Certificate")
    if certificate is not None and not _may_be_certificate(certificate):
        return True
    return not texts.get("SignatureValue") or not texts.get("DigestValue")


def _may_be_certificate(text: str) -> bool:
    try:
        told = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(told) >= _SHORTEST and told.startswith(_SEQUENCE)

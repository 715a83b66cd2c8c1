"""Answering SOAP 1.1: reading what is asked, writing answers and faults, publishing the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from lgsp.wire.soap_xml import MalformedError, parse, plain, said, write

CONTENT_TYPE = "text/xml; charset=utf-8"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ADDRESS = "urn:address-of-this-service"
"""Stands in the documents where the address goes at which they were asked for."""
_WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"


class VersionError(MalformedError):
    """It is an envelope of another version of SOAP."""


@dataclass(slots=True, frozen=True)
class Asked:
    """One request.

    Attributes:
        operation: local name of what stands in its body.
        namespace: of that.
        content: what that holds, as a plain value.
        headers: what stands in its header, as plain values by qualified names (`{namespace}name`); None for
            what stands there twice.
    """

    operation: str
    namespace: str
    content: Any = field(repr=False)
    headers: Mapping[str, Any] = field(repr=False)

    @property
    def credential(self) -> tuple[str, str]:
        """Name and password of a UsernameToken (WS-Security), as text; empty where there is none."""
        token = _inside(self.headers.get(f"{_WSSE}Security"), "UsernameToken")
        name, password = (_inside(token, part) for part in ("Username", "Password"))
        return _leaf(name), _leaf(password)


def asked(document: bytes) -> Asked:
    """Return what an envelope asks.

    Raises:
        VersionError: it is an envelope of another version.
        MalformedError: it is no envelope of SOAP 1.1 that asks one thing.
    """
    root = parse(document)
    if etree.QName(root).localname == "Envelope" and root.tag != f"{{{SOAP}}}Envelope":
        raise VersionError("an envelope, and none of SOAP 1.1")
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
        raise MalformedError("no envelope of SOAP 1.1 that asks one thing")
    name = etree.QName(body[0])
    header = root.find(f"{{{SOAP}}}Header")
    headers: dict[str, Any] = {}
    for one in () if header is None else header:
        # what stands there twice is not chosen from
        headers[str(one.tag)] = None if one.tag in headers else plain(one)
    return Asked(name.localname, name.namespace or "", plain(body[0]), headers)


def answer(name: str, namespace: str, value: Any, *, prefix: str = "ns1") -> bytes:
    """Return the envelope of an answer.

    Args:
        name: of the element in its body.
        namespace: of that, and of all that it holds.
        value: see `lgsp.wire.soap_xml.write`.
        prefix: of the namespace.

    Raises:
        MalformedError: XML cannot say it.
    """
    return enveloped(write(name, value, prefix=prefix, namespace=namespace))


def fault(code: str, text: str, detail: str = "") -> bytes:
    """Return the envelope of a fault.

    Args:
        code: `Client` or `Server`, perhaps with more behind a dot.
        text: for people.
        detail: what stands in `detail`, as written by `write`.
    """
    parts = f"<faultcode>soapenv:{code}</faultcode><faultstring>{said(text)}</faultstring>"
    told = f"<detail>{detail}</detail>" if detail else ""
    return enveloped(f"<soapenv:Fault>{parts}{told}</soapenv:Fault>")


def enveloped(body: str) -> bytes:
    """Return an envelope around what was written."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def published(documents: Path, address: str) -> bytes:
    """Return the documents of a service with the address at which it is called."""
    text = documents.read_text(encoding="utf-8")
    return text.replace(f'"{ADDRESS}"', quoteattr(address)).encode()


def _inside(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _leaf(value: Any) -> str:
    found = _inside(value, "#text") if isinstance(value, Mapping) else value
    return found.strip() if isinstance(found, str) else ""

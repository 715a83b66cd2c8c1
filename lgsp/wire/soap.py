"""Calling SOAP services on zeep: what is asked goes out as their documents describe it, by our own client.

Documents come from files beside an adapter and are read once; nothing is fetched. What is answered is read as
it stands (`lgsp.wire.soap_xml`), not as documents hope for: services answer with elements that no document
names, and what is not named would be lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from lgsp.domain.signature import signature
from lgsp.errors import GatewayError, Scope, Unavailable
from lgsp.wire.http import Http
from lgsp.wire.soap_faults import Fault, explained, fault_of, shown, unread
from lgsp.wire.soap_xml import MalformedError, read

_OK, _UNAUTHORIZED, _FORBIDDEN = 200, 401, 403
_LARGE = 256 * 1024
"""Bytes from which on an answer is read in a thread."""
_LARGEST = 4 * 1024 * 1024

Explain = Callable[[Fault], GatewayError | None]


@dataclass(slots=True, frozen=True)
class UsernameToken:
    """Who calls, by WS-Security (UsernameToken Profile 1.1): the password as it is, or a digest of it."""

    username: str
    password: str = field(repr=False)
    digest: bool = False


@dataclass(slots=True, frozen=True)
class Call:
    """What one call is like beside what it asks.

    Attributes:
        address: where to, if that is not the service's own address.
        headers: of HTTP; they stand before those that the documents ask for.
        secrets: values that are taken out of what is kept and shown.
        timeout: seconds for the whole call; None: as long as the client waits.
        mend: asked for another text where an answer is not well-formed; see `lgsp.wire.soap_xml.read`.
        explain: says what a fault means; None from it leaves that to its code.
    """

    address: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    timeout: float | None = None
    mend: Callable[[str], str] | None = None
    explain: Explain = lambda _: None


class Service:
    """One SOAP service; calls only read, so that they are repeated for a few seconds.

    Args:
        http: to its system.
        documents: file of its WSDL (document/literal); what that imports stands in the same folder.
        address: where it is called.
        security: who calls, where the envelope says that.
        largest: bytes of an answer that are taken.
    """

    def __init__(
        self,
        http: Http,
        documents: Path,
        address: str,
        *,
        security: UsernameToken | None = None,
        largest: int = _LARGEST,
    ) -> None:
        self._http = http
        self._document = _documents(documents)
        (self._binding,) = self._document.bindings.values()
        self._address = address
        self._security = security
        self._largest = largest

    async def call(self, operation: str, values: Mapping[str, Any], call: Call) -> dict[str, Any]:
        """Call an operation and return the whole envelope that it answers, as plain values.

        Args:
            operation: its name in the documents.
            values: what is asked, by the names of its elements; they go out in the documents' order.
            call: what else there is to it.

        Raises:
            Refused: a fault says that what is asked is wrong.
            Unavailable: a fault says that the service failed, it does not believe who calls, or there was no
                answer that can be read.
        """
        carrier = _Carrier(self._http, call, self._largest)
        client = self._client(carrier)
        at = {"address": call.address or self._address}
        status, said = await self._binding.send_async(client, at, operation, (), dict(values))
        if len(said) > _LARGE:
            return await asyncio.to_thread(understood, status, said, call)
        return understood(status, said, call)

    def _client(self, carrier: _Carrier) -> Any:
        """Return zeep's own client for one call: it holds nothing but what it is given."""
        import zeep
        from zeep.wsse import username

        client: Any = zeep.AsyncClient
        token: Any = username.UsernameToken
        who = self._security
        shows = token(who.username, who.password, use_digest=who.digest) if who else None
        return client(self._document, wsse=shows, transport=carrier, settings=self._document.settings)


def understood(status: int, said: bytes, call: Call) -> dict[str, Any]:
    """Return the envelope of an answer as plain values; see `Service.call`."""
    try:
        tree = read(said, call.mend)
    except MalformedError as fault:
        raise _unread(status, said, call, str(fault)) from None
    envelope = tree.get("Envelope")
    if not isinstance(envelope, Mapping):
        raise _unread(status, said, call, "no envelope")
    said_no = fault_of(envelope.get("Body"))
    if said_no is not None:
        raise call.explain(said_no) or _by_code(said_no, status, call)
    if status != _OK:
        raise _unread(status, said, call, "no fault")
    return tree


def _by_code(fault: Fault, status: int, call: Call) -> GatewayError:
    """Return what a fault means that nobody explains; a status that says who is not believed stands first."""
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return Unavailable("soap-credentials", shown(fault.text, call.secrets), scope=Scope.SYSTEM)
    return explained(fault, status, call.secrets)


def _unread(status: int, said: bytes, call: Call, why: str) -> Unavailable:
    """Return what is raised of an answer that is none: a page, half an answer, an error of HTTP alone."""
    text = said.decode("utf-8", "replace")
    told = unread(status, text, call.secrets)
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return Unavailable("soap-credentials", told, scope=Scope.SYSTEM)
    if status != _OK:
        return Unavailable(f"http-{status}", told, answer=signature(status, text))
    return Unavailable("soap-answer-unreadable", f"{why}: {told}", answer=signature(status, text))


class _Carrier:
    """Carries what zeep has written for one call; see `zeep.transports.AsyncTransport`."""

    def __init__(self, http: Http, call: Call, largest: int) -> None:
        self._http = http
        self._call = call
        self._largest = largest

    async def post_xml(
        self, address: str, envelope: etree._Element, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Send an envelope; return the status and the body of the answer."""
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        pieces = bytearray()
        answer = await self._http.receive(
            address, pieces.extend, body=body, headers={**headers, **self._call.headers},
            secrets=self._call.secrets, largest=self._largest, timeout=self._call.timeout,
        )  # fmt: skip
        return answer.status, bytes(pieces) if answer.status == _OK else answer.text.encode()


class _Files:
    """Reads documents out of one folder; addresses of a network, and other folders, are refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def load(self, place: str) -> bytes:
        """Return a document."""
        path = Path(place).resolve()
        if "://" in place or not path.is_relative_to(self._folder):
            raise ValueError(f"reading documents: {place} does not stand beside them")
        return path.read_bytes()


@lru_cache(maxsize=64)
def _documents(path: Path) -> Any:
    """Return a service's documents, read once; zeep is loaded only where somebody calls a service."""
    import zeep
    import zeep.wsdl

    settings = zeep.Settings(raw_response=True, forbid_dtd=True, forbid_external=True, force_https=False)
    files: Any = _Files(path.parent)
    return zeep.wsdl.Document(str(path.resolve()), files, settings=settings)

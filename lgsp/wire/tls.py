"""Greeting a server: what time it has, and until when its certificate is good; and certificates in files."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from lgsp.errors import Scope, Unavailable

_PORTS = {"http": 80, "https": 443}
_PATIENCE = 10.0
_LONG, _SEQUENCE, _UTC_TIME = 0x80, 0x30, 0x17


@dataclass(slots=True, frozen=True)
class Greeting:
    """What a server said of itself.

    Attributes:
        date: its clock, in whole seconds; None when it does not say.
        expires: the end of its certificate; None without TLS.
    """

    date: datetime | None
    expires: datetime | None


def trusting(authorities: Path | None = None) -> ssl.SSLContext:
    """Return what verifies a server: against what the machine trusts, and these authorities (PEM) beside.

    What the machine trusts is OpenSSL's: `update-ca-certificates` adds to it, `SSL_CERT_FILE` replaces it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no certificate.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities is not None:
        try:
            context.load_verify_locations(authorities)
        except ssl.SSLError as fault:
            raise ValueError("holds no certificate") from fault
    return context


def trusting_alone(certificate: Path) -> ssl.SSLContext:
    """Return what trusts the certificate of a file and no other, whatever name it is for: our own server's.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(certificate)
    except ssl.SSLError as fault:
        raise ValueError("holds no certificate") from fault
    return context


async def greet(url: str, trusted: ssl.SSLContext | None = None) -> Greeting:
    """Ask the server of a URL for the head of its root, which changes nothing there.

    Raises:
        Unavailable: it cannot be reached, or its certificate is not to be trusted.
    """
    parts = urlsplit(url)
    tls = (trusted or trusting()) if parts.scheme == "https" else None
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _greet(parts.hostname or "", parts.port or _PORTS[parts.scheme], tls)
    except ssl.SSLCertVerificationError as fault:
        raise Unavailable("certificate-refused", fault.verify_message, scope=Scope.SYSTEM) from fault
    except (OSError, EOFError) as fault:
        raise Unavailable("unreachable", type(fault).__name__, scope=Scope.SYSTEM) from fault


async def _greet(host: str, port: int, tls: ssl.SSLContext | None) -> Greeting:
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    name = host.encode("idna").decode() if ":" not in host else f"[{host}]"
    try:
        told = writer.get_extra_info("peercert") or {}
        writer.write(f"HEAD / HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
        date = await _date(reader)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    expires = told.get("notAfter")
    return Greeting(date, expires and datetime.fromtimestamp(ssl.cert_time_to_seconds(expires), UTC))


async def _date(reader: asyncio.StreamReader) -> datetime | None:
    """Return the date among the headers of an answer."""
    with suppress(ValueError):
        while line := (await reader.readline()).decode("latin-1").strip():
            name, _, value = line.partition(":")
            if name.lower() == "date":
                return parsedate_to_datetime(value.strip())
    return None


def expiry(path: Path) -> datetime:
    """Return the end of the certificate in a PEM file: of the one that ends first, if there are several.

    Raises:
        ValueError: there is none in it that can be read.
        OSError: the file cannot be read.
    """
    text = path.read_text(encoding="ascii")
    marked = text.split(ssl.PEM_HEADER)[1:]
    if not marked:
        raise ValueError("holds no certificate")
    return min(_not_after(ssl.PEM_cert_to_DER_cert(_pem(one))) for one in marked)


def _pem(body: str) -> str:
    return f"{ssl.PEM_HEADER}{body.partition(ssl.PEM_FOOTER)[0]}{ssl.PEM_FOOTER}\n"


def _not_after(der: bytes) -> datetime:
    """Return the end of a certificate's validity (RFC 5280, 4.1): a walk over the fields before it."""
    try:
        (_, certificate), _ = _element(der)
        (_, fields), _ = _element(certificate)
        while True:
            (tag, field), fields = _element(fields)
            found = _times(field) if tag == _SEQUENCE else []
            if found:
                return found[1]
    except IndexError as fault:
        raise ValueError("is no certificate") from fault


def _times(field: bytes) -> list[datetime]:
    """Return the two times of a validity; nothing when the field is something else."""
    found = []
    while field and field[0] in (_UTC_TIME, _UTC_TIME + 1):
        (tag, value), field = _element(field)
        form = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
        found.append(datetime.strptime(value.decode("ascii"), form).replace(tzinfo=UTC))
    return found


def _element(der: bytes) -> tuple[tuple[int, bytes], bytes]:
    """Return the first element of DER, as tag and value, and what is behind it."""
    tag, size, start = der[0], der[1], 2
    if size & _LONG:
        start += size & ~_LONG
        size = int.from_bytes(der[2:start], "big")
    return (tag, der[start : start + size]), der[start + size :]

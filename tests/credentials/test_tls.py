"""A client certificate over the wire: shown to our own TLS, it comes to the door as it is."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from fastapi import Request

from lgsp.api.origins import Origins
from lgsp.credentials.certificates import Authorities
from lgsp.journal.credentials import Kind
from lgsp.serving import running
from lgsp.serving_tls import Certificates
from tests.credentials.issuing import Authority, pem, shown
from tests.credentials.register import SYSTEM, Gate, kept


def written(
    folder: Path, authority: Authority, name: str, purpose: Any = ExtendedKeyUsageOID.CLIENT_AUTH
) -> Path:
    """Issue a certificate, and write it with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = authority.issue(name, purpose=purpose, key=key)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = folder / f"{name}.pem"
    path.write_text(pem(made) + text, encoding="ascii")
    return path


async def asked(port: int, authority: Path, certificate: Path | None) -> Any:
    """Return what is answered to somebody who connects with a certificate, or without."""
    context = ssl.create_default_context(cafile=str(authority))
    context.check_hostname = False
    if certificate is not None:
        context.load_cert_chain(certificate)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return orjson.loads(answer.partition(b"\r\n\r\n")[2])


async def test_a_client_comes_in_by_its_certificate(tmp_path: Path) -> None:
    """Whoever shows none, or another one of the same authority, is nobody."""
    authority = Authority()
    trusted = tmp_path / "ca.pem"
    trusted.write_text(pem(authority.certificate), encoding="ascii")
    ours = written(tmp_path, authority, "server", ExtendedKeyUsageOID.SERVER_AUTH)
    client, other = (written(tmp_path, authority, name) for name in ("one-stop", "another"))
    gate = Gate(Origins(authorities=Authorities([authority.certificate])))
    told = shown(authority.issue("one-stop"))
    await gate.record(kept(Kind.CERTIFICATE, issuer=told.issuer, subject=told.subject))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        gate.door.entering(scope)
        caller = gate.door.identify(Request(scope, receive))
        body = orjson.dumps(caller.system if caller else "")
        head = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async with running(app, tls=Certificates(ours, ours, trusted)) as port:
        who = [await asked(port, trusted, one) for one in (client, other, None)]
    assert who == [SYSTEM, "", ""]

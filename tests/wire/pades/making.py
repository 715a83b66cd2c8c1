"""Making certificates, and PDF files that are signed with them, for tests of what is found about those."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = timedelta(days=365)
CADES, PKCS7 = SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return the key of a name: made once, for that takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Party:
    """Somebody with a certificate.

    Attributes:
        chain: the certificates between this one and the root, without either.
    """

    name: str
    certificate: x509.Certificate
    chain: Sequence[x509.Certificate] = field(default=())

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


def subject(name: str, **more: str) -> x509.Name:
    """Return a subject as certificates in Viet Nam have it: `code` is the UID, `MST:` or `CCCD:` and a number."""
    oids = {"organisation": NameOID.ORGANIZATION_NAME, "code": NameOID.USER_ID}
    told = [x509.NameAttribute(oids[one], value) for one, value in more.items()]
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), *told, x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )


def party(
    name: str,
    issuer: Party | None = None,
    *,
    is_ca: bool = False,
    begins: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
    extensions: Sequence[x509.ExtensionType] = (),
    critical: bool = False,
    **more: str,
) -> Party:
    """Return somebody whose certificate this issuer signed; without one, they signed it themselves."""
    whole = subject(name, **more)
    made = (
        x509.CertificateBuilder()
        .subject_name(whole)
        .issuer_name(issuer.certificate.subject if issuer else whole)
        .public_key(key(name).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    if is_ca:
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    for one in extensions:
        made = made.add_extension(one, critical=critical)
    signed = made.sign(key(issuer.name if issuer else name), hashes.SHA256())
    above = (
        [*issuer.chain, issuer.certificate]
        if issuer and issuer.certificate.issuer != issuer.certificate.subject
        else []
    )
    return Party(name, signed, above)


def of_old(who: Party, issuer: Party) -> Party:
    """Return somebody with their certificate signed by SHA-1, as they were until 2017 or so."""
    made = _cert(who.certificate)
    told = made["tbs_certificate"]
    told["signature"]["algorithm"] = made["signature_algorithm"]["algorithm"] = "sha1_rsa"
    made["signature_value"] = key(issuer.name).sign(told.dump(force=True), padding.PKCS1v15(), hashes.SHA1())
    return Party(who.name, x509.load_der_x509_certificate(made.dump(force=True)), who.chain)


def urls(address: str) -> list[x509.ExtensionType]:
    """Return the extensions by which a certificate asks to be looked up: issuer, OCSP, revocation list."""
    at = x509.UniformResourceIdentifier(address)
    oids = x509.oid.AuthorityInformationAccessOID
    point = x509.DistributionPoint([at], None, None, None)
    return [
        x509.AuthorityInformationAccess(
            [x509.AccessDescription(oids.OCSP, at), x509.AccessDescription(oids.CA_ISSUERS, at)]
        ),
        x509.CRLDistributionPoints([point]),
    ]


def revoked(issuer: Party, who: Party, since: datetime, *, by: Party | None = None) -> bytes:
    """Return the revocation list of an issuer, with one entry; signed by another, it is a forged one."""
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(who.certificate.serial_number)
        .revocation_date(since)
        .build()
    )
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(since)
        .next_update(since + timedelta(days=7))
        .add_revoked_certificate(entry)
        .sign(key((by or issuer).name), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def pdf(objects: Sequence[bytes] = (), trailer: bytes = b"", catalogue: bytes = b"") -> bytes:
    """Return a PDF of one page, with further objects from number 5 on, and further entries of its catalogue."""
    content = b"BT /F1 12 Tf 72 720 Td (So 15/STP-VP) Tj ET"
    whole = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *objects,
    ]
    return laid_out(whole, trailer)


def laid_out(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Return a file of these objects, numbered from 1; the first is the catalogue."""
    made, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    told = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    size = b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(places) + 1, trailer)
    return made + told + size + b"startxref\n%d\n%%%%EOF\n" % len(made)


def _cert(told: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(told.public_bytes(serialization.Encoding.DER))


def _key(name: str) -> Any:
    form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return asn1_keys.PrivateKeyInfo.load(key(name).private_bytes(*form))


def _store(who: Party) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([_cert(one) for one in who.chain])


def stamper(who: Party, at: datetime) -> DummyTimeStamper:
    """Return an authority that stamps everything with one time."""
    return DummyTimeStamper(_cert(who.certificate), _key(who.name), certs_to_embed=_store(who), fixed_dt=at)


def authority(issuer: Party, **more: Any) -> Party:
    """Return a time-stamping authority."""
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return party("TSA Thử", issuer, extensions=[usage], critical=True, **more)


def signed(
    body: bytes,
    who: Party,
    name: str = "Signature1",
    *,
    form: SigSeedSubFilter = PKCS7,
    digest: str = "sha256",
    stamped: DummyTimeStamper | None = None,
    visible: bool = False,
    certify: fields.MDPPerm | None = None,
    password: str | None = None,
) -> bytes:
    """Return a PDF with one more signature, added behind what is there."""
    writer = IncrementalPdfFileWriter(io.BytesIO(body), strict=False)
    if password is not None:
        writer.encrypt(password)
    about: dict[str, Any] = {"field_name": name, "subfilter": form, "md_algorithm": digest}
    if certify is not None:
        about |= {"certify": True, "docmdp_permissions": certify}
    made = signers.PdfSigner(
        signers.PdfSignatureMetadata(**about),
        signers.SimpleSigner(_cert(who.certificate), _key(who.name), _store(who)),
        timestamper=stamped,
        new_field_spec=fields.SigFieldSpec(name, box=(300, 50, 500, 150)) if visible else None,
    ).sign_pdf(writer)
    return made.getvalue()


def stamped_whole(body: bytes, stamps: DummyTimeStamper) -> bytes:
    """Return a PDF with a time stamp over all of it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(body), strict=False)
    made: bytes = signers.PdfTimeStamper(stamps).timestamp_pdf(writer, "sha256").getvalue()
    return made


def updated(body: bytes, objects: dict[int, bytes]) -> bytes:
    """Return a file with objects written anew behind its end, as an editor saves what somebody changed."""
    begin, places = body + b"\n", []
    for number, content in objects.items():
        places.append((number, len(begin)))
        begin += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in places)
    last = int(body[body.rindex(b"startxref") :].split()[1])
    size, root = (
        re.search(rb"/Size (\d+)", body[body.rindex(b"/Size") :]),
        re.search(rb"/Root (\d+) 0 R", body),
    )
    assert size is not None
    assert root is not None
    told = b"/Size %s /Root %s 0 R /Prev %d" % (size[1], root[1], last)
    return begin + b"xref\n%strailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (table, told, len(begin))


def byte_range(body: bytes) -> tuple[int, int, int, int]:
    """Return what the last signature of a file is over: begin and length, twice."""
    found = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", body)
    first, before, second, behind = map(int, found[-1])
    return first, before, second, behind


def trusted(folder: Path, *parties: Party, **lists: bytes) -> Path:
    """Return a folder with the certificates of these, and revocation lists by name."""
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(parties):
        (folder / f"{number}.pem").write_bytes(one.pem)
    for name, content in lists.items():
        (folder / f"{name}.crl").write_bytes(content)
    return folder

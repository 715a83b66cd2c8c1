"""One signature of a PDF file: who signed what how, and whether it holds over the bytes that it names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import byte_range_digest
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import extract_contents

DETACHED = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached"})
STAMP = "/ETSI.RFC3161"
HASHED = "/adbe.pkcs7.sha1"
BARE = "/adbe.x509.rsa_sha1"
_LONGEST_DER = 0x80
_OCTETS = 0x04


class Malformed(Exception):  # noqa: N818 - a standing, not a bug
    """A signature cannot be read; its text is the reason's code."""


@dataclass(slots=True)
class Signed:
    """A signature.

    Attributes:
        certificate: the signer's.
        others: certificates that came with it.
        holds: whether it is over these bytes, by the key of the certificate.
        digest: name of the hash.
        claimed: when the signer says it was.
        contents: the signature's own bytes, as the file has them.
        embedded: the library's view of it, where it has one.
    """

    certificate: Any
    others: list[Any]
    holds: bool
    digest: str
    claimed: datetime | None
    contents: bytes
    embedded: EmbeddedPdfSignature | None = None


def form_of(field: Any) -> str:
    """Return the form of a field's signature, as the file names it: `/ETSI.CAdES.detached`."""
    return str(field.get_object()["/V"].get("/SubFilter", ""))


def end_of(byte_range: Any) -> int:
    """Return where the bytes end that a signature is over."""
    return int(byte_range[-2]) + int(byte_range[-1])


def read_signed(reader: PdfFileReader, name: str, field: Any) -> Signed:
    """Read a signature and compute whether it holds.

    Raises:
        Malformed: it is of no known format, or lacks a part.
    """
    form = form_of(field)
    if form == BARE:
        return _bare(reader, field.get_object()["/V"])
    if form not in DETACHED and form != HASHED:
        raise Malformed("unknown-format")
    embedded = EmbeddedPdfSignature(reader, field, name)
    return Signed(
        certificate=embedded.signer_cert,
        others=list(embedded.other_embedded_certs),
        holds=_hashed(embedded) if form == HASHED else _detached(embedded),
        digest="sha1" if form == HASHED else str(embedded.md_algorithm),
        claimed=_claimed(embedded),
        contents=embedded.pkcs7_content,
        embedded=embedded,
    )


def _claimed(embedded: EmbeddedPdfSignature) -> datetime | None:
    """Return when the signer says it was; what cannot be read as a time is none."""
    try:
        return embedded.self_reported_timestamp
    except (ValueError, TypeError, OverflowError, LookupError):
        return None


def _detached(embedded: EmbeddedPdfSignature) -> bool:
    if embedded.signed_data["encap_content_info"]["content"].native is not None:
        raise Malformed("content-inside")
    return _over(embedded, embedded.compute_digest())


def _hashed(embedded: EmbeddedPdfSignature) -> bool:
    """Tell whether a signature of the older form holds: it is over a SHA-1 digest that it brings itself."""
    brought = embedded.signed_data["encap_content_info"]["content"].native
    if not isinstance(brought, bytes):
        raise Malformed("content-missing")
    same = brought == embedded.compute_digest("sha1")
    return _over(embedded, hashlib.new(embedded.md_algorithm, brought).digest()) and same


def _over(embedded: EmbeddedPdfSignature, digest: bytes) -> bool:
    kind = embedded.signed_data["encap_content_info"]["content_type"].native
    if kind != "data":
        raise Malformed("unknown-format")
    same, signed = validate_sig_integrity(
        embedded.signer_info, embedded.signer_cert, expected_content_type=kind, actual_digest=digest
    )
    return same and signed


def _bare(reader: PdfFileReader, signature: Any) -> Signed:
    """Read a signature of the oldest form: RSA over SHA-1, with the certificates beside it."""
    contents = extract_contents(signature)
    brought = signature["/Cert"]
    ders = list(brought) if isinstance(brought, generic.ArrayObject) else [brought]
    found = [one for der in ders for one in load_certs_from_pemder_data(_bytes(der))]
    _, digest = byte_range_digest(reader.stream, signature["/ByteRange"], "sha1")
    key = x509.load_der_x509_certificate(found[0].dump()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise Malformed("unknown-format")
    holds = True
    try:
        key.verify(_octets(contents), digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))  # noqa: S303
    except InvalidSignature:
        holds = False
    return Signed(found[0], found[1:], holds, "sha1", _day(signature), contents)


def _bytes(text: Any) -> bytes:
    told = text.get_object()
    return bytes(told.original_bytes)


def _day(signature: Any) -> datetime | None:
    try:
        return generic.parse_pdf_date(signature["/M"], strict=False)
    except (ValueError, TypeError, OverflowError, LookupError):
        return None


def _octets(der: bytes) -> bytes:
    """Return the content of a DER octet string, without the zeros that fill the place behind it."""
    if len(der) < 2 or der[0] != _OCTETS:  # noqa: PLR2004 - tag and length
        raise Malformed("unreadable")
    if der[1] < _LONGEST_DER:
        return der[2 : 2 + der[1]]
    count = der[1] - _LONGEST_DER
    return der[2 + count :][: int.from_bytes(der[2 : 2 + count], "big")]

"""Client certificates: what is read of them, and whether an authority that we were told of issued them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from lgsp.errors import ConfigError

_LARGEST = 64 * 1024
_MICROS = 1_000_000
_UNREADABLE = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm)


@dataclass(slots=True, frozen=True)
class Shown:
    """A certificate that a client showed; who carried it to us made sure that the client has its key.

    Attributes:
        fingerprint: SHA-256 of its DER form.
        issuer: RFC 4514, as is `subject`.
        since: microseconds since 1970, as is `until`.
        vouched: one of our authorities issued it, for clients; without that its names prove nothing.
    """

    fingerprint: bytes
    issuer: str
    subject: str
    since: int
    until: int
    vouched: bool = False


class Authorities:
    """The authorities whose word on a client's name counts; each is as good as those beside it."""

    def __init__(self, certificates: Sequence[x509.Certificate] = ()) -> None:
        self._certificates = list(certificates)

    @classmethod
    def of(cls, path: Path | None) -> Authorities:
        """Return those of a PEM file; without one there are none.

        Raises:
            ConfigError: it is not to be read, or holds no certificate.
        """
        if path is None:
            return cls()
        try:
            return cls(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError) as fault:
            raise ConfigError([f"{path}: reading certificates: {type(fault).__name__}"]) from fault

    def vouch(self, one: x509.Certificate) -> bool:
        """Tell whether one of them issued a certificate for clients, and is itself in time."""
        return _for_clients(one) and any(_issued(authority, one) for authority in self._certificates)


def _issued(authority: x509.Certificate, one: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(authority)
    except _UNREADABLE:
        return False
    inside = authority.not_valid_before_utc <= one.not_valid_before_utc
    return inside and datetime.now(authority.not_valid_after_utc.tzinfo) <= authority.not_valid_after_utc


def _for_clients(one: x509.Certificate) -> bool:
    """Tell whether a certificate is no authority's, and of a purpose that allows clients, if it says one."""
    found = {extension.oid: extension.value for extension in one.extensions}
    limits = found.get(ExtensionOID.BASIC_CONSTRAINTS)
    purposes = found.get(ExtensionOID.EXTENDED_KEY_USAGE)
    own = isinstance(limits, x509.BasicConstraints) and limits.ca
    wide = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    meant = not isinstance(purposes, x509.ExtendedKeyUsage) or bool(wide & set(purposes))
    return meant and not own


def read_der(told: bytes, authorities: Authorities | None = None) -> Shown | None:
    """Return what a certificate says, or None where it is none."""
    try:
        return _shown(x509.load_der_x509_certificate(told), authorities or Authorities())
    except _UNREADABLE:
        return None


def read_pem(told: bytes, authorities: Authorities | None = None) -> Shown | None:
    """Return what the first certificate of a PEM text says, or None where there is none."""
    try:
        return _shown(x509.load_pem_x509_certificate(told), authorities or Authorities())
    except _UNREADABLE:
        return None


def read_header(told: bytes, authorities: Authorities) -> Shown | None:
    """Return what a proxy tells of its client's certificate: URL-escaped PEM, as nginx writes it."""
    return read_pem(unquote_to_bytes(told), authorities) if told and len(told) <= _LARGEST else None


def _shown(one: x509.Certificate, authorities: Authorities) -> Shown:
    return Shown(
        hashlib.sha256(one.public_bytes(Encoding.DER)).digest(),
        one.issuer.rfc4514_string(),
        one.subject.rfc4514_string(),
        int(one.not_valid_before_utc.timestamp() * _MICROS),
        int(one.not_valid_after_utc.timestamp() * _MICROS),
        authorities.vouch(one),
    )

"""A certificate authority for tests, whom nobody trusts by default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(slots=True, frozen=True)
class Pair:
    """Files of a certificate and its key, both PEM."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates.

    Args:
        folder: where its files and those of what it signs are put.
        name: its own.
    """

    def __init__(self, folder: Path, name: str = "Nơi cấp thử") -> None:
        self._folder = folder
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        made = self._builder(self._name, self._key, days=365).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = {one: one in ("key_cert_sign", "crl_sign") for one in _USAGES}
        made = made.add_extension(x509.KeyUsage(**usage), critical=True)
        self.file.write_bytes(made.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def pair(self, name: str, *, hosts: tuple[str, ...] = ("127.0.0.1", "localhost"), days: int = 30) -> Pair:
        """Return a certificate for hosts, good for so many days from now; of one that is over they are negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._builder(_named(name), key, days)
        names = [x509.DNSName(h) if h[0].isalpha() else x509.IPAddress(ip_address(h)) for h in hosts]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        made = made.add_extension(x509.ExtendedKeyUsage(both), critical=False)
        found = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        found.certificate.write_bytes(made.sign(self._key, SHA256()).public_bytes(Encoding.PEM))
        found.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return found

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(own, critical=False)
            .add_extension(issuer, critical=False)
        )


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

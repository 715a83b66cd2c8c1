"""Authorities and client certificates that the tests issue themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lgsp.credentials.certificates import Shown, read_der


def _name(told: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, told)])


class Authority:
    """An authority, or who would like to be one of its name."""

    def __init__(self, name: str = "CA tỉnh") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.certificate = self._signed(self.name, self.key, 3650, timedelta(days=-10), ca=True)

    def issue(
        self, name: str = "one-stop", days: int = 365, begins: timedelta = timedelta(days=-1), *,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH, ca: bool = False,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:  # fmt: skip
        """Return a certificate of somebody, whose key it is."""
        own = key or ec.generate_private_key(ec.SECP256R1())
        return self._signed(_name(name), own, days, begins, purpose, ca=ca)

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, begins: timedelta,
        purpose: x509.ObjectIdentifier | None = None, *, ca: bool = False,
    ) -> x509.Certificate:  # fmt: skip
        now = datetime.now(UTC) + begins
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


def der(one: x509.Certificate) -> bytes:
    """Return a certificate as TLS carries it."""
    return one.public_bytes(Encoding.DER)


def pem(one: x509.Certificate) -> str:
    """Return a certificate as people carry it."""
    return one.public_bytes(Encoding.PEM).decode()


def escaped(one: x509.Certificate) -> str:
    """Return a certificate as a proxy carries it."""
    return quote(pem(one))


def shown(one: x509.Certificate) -> Shown:
    """Return what a certificate says."""
    found = read_der(der(one))
    assert found is not None
    return found

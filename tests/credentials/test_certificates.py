"""What is read of client certificates, and whose word on their names counts."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from lgsp.credentials.certificates import Authorities, read_der, read_header, read_pem
from lgsp.errors import ConfigError
from tests.credentials.issuing import Authority, der, escaped, pem

CA = Authority()
OURS = Authorities([CA.certificate])
CLIENT = CA.issue()


def test_a_certificate_is_the_same_however_it_comes() -> None:
    """By TLS itself, in PEM, or URL-escaped by a proxy: one fingerprint, one pair of names."""
    found = [read_der(der(CLIENT), OURS), read_pem(pem(CLIENT).encode(), OURS)]
    found.append(read_header(escaped(CLIENT).encode(), OURS))
    assert found[0] == found[1] == found[2]
    assert found[0] is not None
    assert found[0].fingerprint == hashlib.sha256(der(CLIENT)).digest()
    assert (found[0].issuer, found[0].subject) == ("CN=CA tỉnh", "CN=one-stop")
    assert found[0].vouched


@pytest.mark.parametrize("told", [b"", b"%", b"-----BEGIN CERTIFICATE-----", b"\xff\xfe", b"a" * 70_000])
def test_what_is_no_certificate_is_none(told: bytes) -> None:
    """Whatever stands in the header, nobody is met by a fault of ours."""
    assert read_header(told, OURS) is None
    assert read_der(told, OURS) is None


@pytest.mark.parametrize(
    "other",
    [
        Authority().issue(),  # another authority, of the same name
        CA.issue(purpose=ExtendedKeyUsageOID.SERVER_AUTH),
        CA.issue(ca=True),
        CA.issue(begins=timedelta(days=-400), days=800),  # from before the authority was one
        CA.certificate,
    ],
)
def test_only_what_an_authority_issued_for_clients_is_vouched_for(other: object) -> None:
    """Names in a certificate prove nothing by themselves: anybody can write them."""
    assert read_der(der(CLIENT), OURS).vouched  # type: ignore[union-attr]
    assert not read_der(der(other), OURS).vouched  # type: ignore[union-attr, arg-type]
    assert not read_der(der(CLIENT)).vouched  # type: ignore[union-attr]


def test_authorities_are_read_at_the_start(tmp_path: Path) -> None:
    """A file that cannot be used is told then, not when the first client comes; no file is no authority."""
    good = tmp_path / "ca.pem"
    good.write_text(pem(CA.certificate), encoding="ascii")
    assert Authorities.of(good).vouch(CLIENT)
    assert not Authorities.of(None).vouch(CLIENT)
    for bad in (tmp_path / "missing.pem", tmp_path):
        with pytest.raises(ConfigError, match="reading certificates"):
            Authorities.of(bad)
    (tmp_path / "empty.pem").write_text("", encoding="ascii")
    with pytest.raises(ConfigError, match="reading certificates"):
        Authorities.of(tmp_path / "empty.pem")

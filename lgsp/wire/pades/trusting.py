"""Whom to trust: certificates and revocation lists of a folder, and what they say of a signer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import DisallowWeakAlgorithmsPolicy

_LISTS = ".crl"
_MOST_FILES = 1000
_LARGEST = 64 * 1024 * 1024
_PEM_LIST = b"-----BEGIN X509 CRL-----"
BROKEN = frozenset({"md2", "md5"})
"""Hashes by which nobody proves anything."""
_ALGORITHMS = DisallowWeakAlgorithmsPolicy(  # type: ignore[no-untyped-call]
    BROKEN, rsa_key_size_threshold=1024
)
"""SHA-1 and keys of 1024 bits are let pass: signatures and chains of former years have nothing else."""

VALID = ("valid", "")
_REASONS: tuple[tuple[type[Exception], str, str], ...] = (
    (ExpiredError, "expired", ""),
    (RevokedError, "revoked", ""),
    (NotYetValidError, "untrusted", "not-yet-valid"),
    (DisallowedAlgorithmError, "untrusted", "weak-algorithm"),
    (InvalidCertificateError, "untrusted", "no-chain"),
    (PathBuildingError, "untrusted", "no-chain"),
    (ValidationError, "untrusted", "chain-invalid"),
    (ValueError, "untrusted", "chain-invalid"),
)


@dataclass(slots=True)
class Embedded:
    """What a file itself brings for the judgement of its signatures.

    Attributes:
        certificates: of the file's security store and of the signatures.
        lists: revocation lists, DER.
        answers: OCSP answers.
    """

    certificates: list[Any] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Trust:
    """What the folder holds.

    Attributes:
        anchors: trusted as they are: self-issued certificates, and those whose issuer is not in the folder.
        others: intermediates, trusted by the anchors.
        lists: revocation lists of CAs.
        unreadable: names of files that are none of these.
    """

    anchors: list[Any] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)
    lists: list[x509.CertificateRevocationList] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path | None) -> Trust:
        """Read a folder of PEM and DER files, `*.crl` being revocation lists; None is an empty one."""
        made = cls()
        found: list[Any] = []
        for path in _files(folder) if folder else ():
            try:
                content = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
                if path.suffix.lower() == _LISTS:
                    made.lists.append(read_list(content))
                else:
                    found += _certificates(content)
            except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
                made.unreadable.append(path.name)
        subjects = {one.subject.hashable for one in found}
        for one in found:
            anchored = one.self_issued or one.issuer.hashable not in subjects
            (made.anchors if anchored else made.others).append(one)
        return made

    def summary(self) -> dict[str, Any]:
        """Return how much of the folder was of use."""
        counts = {"anchors": len(self.anchors), "others": len(self.others), "lists": len(self.lists)}
        return counts | {"unreadable": self.unreadable}

    def validation(self, embedded: Embedded, at: datetime) -> ValidationContext:
        """Return the rules by which a chain is judged as of a time; nothing is ever fetched."""
        return ValidationContext(
            trust_roots=list(self.anchors),
            other_certs=[*self.others, *embedded.certificates],
            moment=at,
            allow_fetching=False,
            ocsps=list(embedded.answers),
            revocation_mode="soft-fail",
            algorithm_usage_policy=_ALGORITHMS,
        )

    async def judge(
        self,
        certificate: Any,
        embedded: Embedded,
        at: datetime,
        *,
        sure: datetime | None,
        said: datetime | None,
    ) -> tuple[str, str]:
        """Return standing and reason of whose signature it is.

        Args:
            certificate: the signer's.
            embedded: what the file brings.
            at: now.
            sure: when it was signed at latest, by a trusted time stamp.
            said: when the signer says it was; that proves nothing, and is told as a reason only.
        """
        standing, reason, path = await self._chain(certificate, embedded, at)
        if standing == "expired" and sure is not None:
            standing, reason, path = await self._chain(certificate, embedded, sure)
        elif standing == "expired":
            return standing, await self._when_said(certificate, embedded, said)
        revoked = self._revoked(path, embedded) if path is not None else None
        if revoked is None or (sure is not None and sure < revoked):
            return standing, reason
        return "revoked", "revoked-after-claimed" if said is not None and said < revoked else ""

    async def _when_said(self, certificate: Any, embedded: Embedded, said: datetime | None) -> str:
        if said is None:
            return ""
        standing, _, _ = await self._chain(certificate, embedded, said)
        return "held-when-claimed" if standing == "valid" else "expired-when-claimed"

    async def _chain(self, certificate: Any, embedded: Embedded, at: datetime) -> tuple[str, str, Any]:
        if not self.anchors:
            return "untrusted", "nobody-trusted", None
        try:
            rules = self.validation(embedded, at)
            path = await CertificateValidator(certificate, validation_context=rules).async_validate_path()
        except (ValidationError, PathBuildingError, ValueError) as fault:
            standing, reason = next((told, why) for kind, told, why in _REASONS if isinstance(fault, kind))
            return standing, reason, None
        return *VALID, path

    def _revoked(self, path: Any, embedded: Embedded) -> datetime | None:
        """Return since when a certificate of a chain is revoked, by a list that its issuer signed."""
        lists = [*self.lists, *_readable(embedded.lists)]
        chain = [_certificate(one) for one in path.iter_certs(include_root=True)] if lists else []
        found = [
            entry.revocation_date_utc
            for issuer, issued in pairwise(chain)
            for one in lists
            if issuer is not None and issued is not None
            if one.issuer == issued.issuer and _signed_by(one, issuer)
            if (entry := one.get_revoked_certificate_by_serial_number(issued.serial_number)) is not None
        ]
        return min(found, default=None)


def read_list(content: bytes) -> x509.CertificateRevocationList:
    """Read a revocation list, PEM or DER.

    Raises:
        ValueError: it is none.
    """
    if _PEM_LIST in content[:4096]:
        return x509.load_pem_x509_crl(content)
    return x509.load_der_x509_crl(content)


def _files(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    except OSError:
        return
    yield from found[:_MOST_FILES]


def _certificates(content: bytes) -> list[Any]:
    """Return the certificates of a file, read to their names so that none fails later."""
    found = list(load_certs_from_pemder_data(content))
    for one in found:
        _ = one.subject.native, one.issuer.native, one.serial_number, one.not_valid_after
    if not found:
        raise ValueError("no certificate in it")
    return found


def _certificate(told: Any) -> x509.Certificate | None:
    """Return a certificate for whom lists are looked through; an odd one that cannot be read is in none."""
    try:
        return x509.load_der_x509_certificate(told.dump())
    except ValueError:
        return None


def _readable(lists: Sequence[bytes]) -> Iterator[x509.CertificateRevocationList]:
    for content in lists:
        try:
            yield read_list(content)
        except (ValueError, TypeError):
            continue


def _signed_by(revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return revoked.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def moment(told: datetime | None, zone: Any) -> datetime | None:
    """Return a time with a zone; one that names none is of that zone, and one beyond all years is none."""
    if told is None:
        return None
    try:
        return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None

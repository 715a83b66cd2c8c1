"""Making, rotating and revoking credentials: what people with the right do, one entry each."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lgsp.allowances import NO_LIMITS, Limits
from lgsp.callers import Bounds
from lgsp.credentials.bounding import ACTS, written
from lgsp.credentials.certificates import Authorities, Shown, read_pem
from lgsp.credentials.register import Credentials
from lgsp.credentials.secret import draw, hashed
from lgsp.errors import Invalid, Problem
from lgsp.journal import credentials
from lgsp.journal.contract import Journal
from lgsp.journal.credentials import Grant, Kept, Kind, Secret
from lgsp.proxies import networks

LONGEST_NAME = 80
LONGEST_OVERLAP = 90 * 86_400
"""Seconds for which an old secret may hold beside the newer one."""
_MOST = 64
_MICROS = 1_000_000


@dataclass(slots=True, frozen=True)
class Wish:
    """What somebody wants to be given.

    Attributes:
        system: whose it is to be; empty for a person's.
        person: whose it is to be; empty for a system's.
        name: by which people tell it from others.
        bounds: what it is good for.
        limits: how much it may ask for.
        addresses: networks from which it may be used; none is from anywhere.
        since: from when it holds; None is at once.
        until: when it ends; None is never.
        certificate: PEM, where it is one.
        by_names: the certificate is known by its issuer and subject, whichever one an authority issues next.
    """

    kind: Kind
    name: str
    system: str = ""
    person: str = ""
    bounds: Bounds = Bounds()  # noqa: RUF009 - it cannot change
    limits: Limits = NO_LIMITS
    addresses: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    certificate: str = ""
    by_names: bool = False


@dataclass(slots=True, frozen=True, repr=False)
class Made:
    """A credential, and its secret: told this once, never again. `repr` is left out.

    Attributes:
        secret: empty where it has none of ours.
    """

    kept: Kept
    secret: str


class Making:
    """Makes, rotates and revokes.

    Args:
        journal: the truth.
        register: what this process knows of it: it learns at once what was changed here.
        authorities: whose word on the names in a certificate counts.
    """

    def __init__(
        self, journal: Journal, register: Credentials | None, authorities: Authorities | None = None
    ) -> None:
        self._journal = journal
        self._register = register
        self._authorities = authorities or Authorities()

    async def make(self, wish: Wish, who: str) -> Made:
        """Put a credential on record and return it with its secret.

        Raises:
            Invalid: something of the wish cannot be.
            WrongStateError: its certificate is on record already.
        """
        grant = _granted(wish, self._authorities)
        told = "" if wish.kind is Kind.CERTIFICATE else draw(wish.kind)
        secret = _kept(wish.kind, told) if told else None
        key = secrets.token_bytes(32)
        await self._journal.write(lambda tx: credentials.add(tx, grant, secret, key, who))
        return await self._told(grant.uid, told)

    async def rotate(self, one: Kept, overlap: int, who: str, reason: str) -> Made:
        """Give a credential another secret; the old one holds for `overlap` seconds more.

        Raises:
            Invalid: that is too long.
            WrongStateError: it was revoked, or has no secret of ours.
        """
        if not 0 <= overlap <= LONGEST_OVERLAP:
            raise Invalid([Problem("overlap", "not-one-of", f"0–{LONGEST_OVERLAP}")])
        told = draw(one.grant.kind)
        secret, lasting = _kept(one.grant.kind, told), overlap * _MICROS
        await self._journal.write(
            lambda tx: credentials.rotate(tx, one.grant.uid, secret, who, reason, overlap=lasting)
        )
        return await self._told(one.grant.uid, told)

    async def revoke(self, one: Kept, who: str, reason: str) -> Kept:
        """Let nobody in by a credential any more, nor by what was handed out on its strength.

        Raises:
            WrongStateError: it was revoked before.
        """
        await self._journal.write(lambda tx: credentials.revoke(tx, one.grant.uid, who, reason))
        return (await self._told(one.grant.uid, "")).kept

    async def _told(self, uid: str, secret: str) -> Made:
        if self._register is not None:
            await self._register.learn()
        kept = await self._journal.read(lambda tx: credentials.find(tx, uid))
        assert kept is not None  # noqa: S101 - nothing takes one away
        return Made(kept, secret)


def _kept(kind: Kind, told: str) -> Secret:
    """Return a secret as it is kept: itself only where a protocol signs with it."""
    return Secret(hashed(told), None, told.encode() if kind is Kind.HMAC else b"")


def _granted(wish: Wish, authorities: Authorities) -> Grant:
    faults = [*_faults(wish)]
    shown = _certificate(wish, authorities, faults)
    if faults:
        raise Invalid(faults)
    alone = shown is not None and not wish.by_names
    named = shown is not None and wish.by_names
    return Grant(
        str(uuid.uuid4()), wish.kind, wish.system, wish.name.strip(), wish.person, written(wish.bounds),
        wish.limits.told(), [str(one) for one in networks(wish.addresses)],
        _micros(wish.since), _micros(_until(wish, shown)),
        shown.fingerprint if shown and alone else None,
        shown.issuer if shown and named else "", shown.subject if shown and named else "",
    )  # fmt: skip


def _until(wish: Wish, shown: Shown | None) -> datetime | None:
    """Return the end: a certificate known by itself ends with itself at the latest."""
    if shown is None or wish.by_names:
        return wish.until
    end = datetime.fromtimestamp(shown.until / _MICROS).astimezone()
    return end if wish.until is None else min(end, wish.until)


def _faults(wish: Wish) -> list[Problem]:
    found = []
    if not 0 < len(wish.name.strip()) <= LONGEST_NAME:
        found.append(Problem("name", "too-long" if wish.name.strip() else "missing", str(LONGEST_NAME)))
    if bool(wish.system) == bool(wish.person) or (wish.kind is Kind.PERSON) != bool(wish.person):
        found.append(Problem("person" if wish.kind is Kind.PERSON else "system", "missing"))
    if wish.since and wish.until and wish.since >= wish.until:
        found.append(Problem("until", "rule-broken", "since < until"))
    if wish.until and wish.until <= datetime.now(wish.until.tzinfo):
        found.append(Problem("until", "rule-broken", "now < until"))
    if wish.bounds.acts - set(ACTS):
        found.append(Problem("bounds/acts", "not-one-of", ", ".join(ACTS)))
    return [*found, *_misplaced(wish.addresses)]


def _misplaced(addresses: Sequence[str]) -> list[Problem]:
    try:
        known = networks(addresses)
    except ValueError:
        return [Problem("addresses", "bad-format", "10.1.0.0/24")]
    return [Problem("addresses", "rule-broken", f"≤ {_MOST}")] if len(known) > _MOST else []


def _certificate(wish: Wish, authorities: Authorities, faults: list[Problem]) -> Shown | None:
    """Return the certificate of a wish; what is wrong with it joins the faults."""
    if wish.kind is not Kind.CERTIFICATE:
        if wish.certificate:
            faults.append(Problem("certificate", "rule-broken", "kind = certificate"))
        return None
    shown = read_pem(wish.certificate.encode("utf-8", "replace"), authorities)
    if shown is None:
        faults.append(Problem("certificate", "bad-format", "PEM"))
    elif shown.until <= datetime.now().astimezone().timestamp() * _MICROS:
        faults.append(Problem("certificate", "rule-broken", "now < notAfter"))
    elif wish.by_names and not shown.vouched:
        faults.append(Problem("certificate", "rule-broken", "LGSP_TLS_CLIENT_CA"))
    return shown


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * _MICROS)

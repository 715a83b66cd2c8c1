"""Everything on record by which somebody is let in, in memory, as the journal says within half a second."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from lgsp.allowances import Limits
from lgsp.callers import Caller
from lgsp.credentials.bounding import read
from lgsp.credentials.certificates import Shown
from lgsp.credentials.secret import PLACE, hashed
from lgsp.enduring import later
from lgsp.errors import GatewayError
from lgsp.journal import credentials, credentials_signing
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.credentials import Kept, Kind, Secret
from lgsp.journal.credentials_signing import TokenKey
from lgsp.proxies import Networks, among, networks

log = structlog.get_logger(__name__)
LOOK = 0.5
"""Seconds between two looks at what others changed."""
NOTED = 60.0
"""Seconds between two notes of when credentials were used last."""
_MICROS = 1_000_000
_NEVER = 2**62


class RefusedError(ValueError):
    """Somebody is not let in.

    Attributes:
        cause: a word for the journal; outside all are answered alike.
        who: the outer id of the credential, where one was recognised.
    """

    def __init__(self, cause: str, who: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.who = who


@dataclass(slots=True, frozen=True, repr=False)
class Credential:
    """A credential in memory. `repr` is left out: secrets stand in it.

    Attributes:
        caller: who stands behind it.
        secrets: SHA-256 of each, and until when it holds, in microseconds.
        plain: those that requests are signed with, likewise.
        ended: the cause for which it holds no more whatever the time; empty where it does.
    """

    caller: Caller
    kind: Kind
    secrets: Sequence[tuple[bytes, int]]
    plain: Sequence[tuple[str, int]]
    addresses: Networks
    since: int
    until: int
    fresh_since: int
    session_key: bytes
    ended: str

    def judge(self, now: int, address: str) -> None:
        """Let it in at a moment, from an address.

        Raises:
            RefusedError: it is revoked, out of its time, or not for this address.
        """
        cause = self.ended
        if not cause and now >= self.until:
            cause = "expired"
        if not cause and now < self.since:
            cause = "not-yet"
        if not cause and self.addresses and not among(address, self.addresses):
            cause = "other-address"
        if cause:
            raise RefusedError(cause, self.caller.credential)

    def proves(self, secret: str, now: int) -> bool:
        """Tell whether a secret is one of its own and not replaced too long ago; in constant time."""
        told, found = hashed(secret), False
        for own, until in self.secrets:
            found |= hmac.compare_digest(own, told) and now < until
        return found

    def mac(self, told: str) -> str:
        """Return the MAC of a session that is handed out on its strength."""
        return hmac.new(self.session_key, told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


class Credentials:
    """The register of one process: from memory alone, as it last knew while the journal does not answer."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._seen: tuple[str, int, int] = ("", -1, -1)
        self._by_id: dict[str, Credential] = {}
        self._by_hash: dict[bytes, tuple[bytes, Credential, int]] = {}
        self._by_certificate: dict[bytes, Credential] = {}
        self._by_names: dict[tuple[str, str], Credential] = {}
        self._used: dict[str, tuple[int, str]] = {}
        self._noted = time.monotonic()
        self._learning = asyncio.Lock()
        self.keys: Sequence[TokenKey] = ()

    # --- what is asked of it ----------------------------------------------------------------------------

    def by_id(self, uid: str) -> Credential | None:
        """Return a credential by its outer id, which is a client's id too."""
        return self._by_id.get(uid)

    def by_secret(self, told: bytes, now: int) -> Credential | None:
        """Return the credential that a secret (its hash) opens by itself: one that comes with each request.

        Raises:
            RefusedError: the secret was replaced, and its time with the newer one is over.
        """
        found = self._by_hash.get(told[:PLACE])
        if found is None or not hmac.compare_digest(found[0], told):
            return None
        _, one, until = found
        if now >= until:
            raise RefusedError("replaced", one.caller.credential)
        return one

    def by_certificate(self, shown: Shown) -> Credential | None:
        """Return the credential of a certificate: by itself, else by its names if an authority vouches."""
        one = self._by_certificate.get(shown.fingerprint)
        if one is None and shown.vouched:
            one = self._by_names.get((shown.issuer, shown.subject))
        return one

    def signing(self, system: str, now: int) -> list[tuple[Credential, str]]:
        """Return the plain secrets with which a system signs, that hold now, each with its credential."""
        return [
            (one, plain)
            for one in self._by_id.values()
            if one.plain and one.caller.system == system
            for plain, until in one.plain
            if now < until
        ]

    def has(self, system: str) -> bool:
        """Tell whether a system has a credential on record that is not ended."""
        now = time.time_ns() // 1000
        return any(
            one.caller.system == system and not one.ended and now < one.until for one in self._by_id.values()
        )

    def use(self, one: Credential, now: int, address: str) -> None:
        """Note that a credential let somebody in; it is written a minute later at the latest."""
        self._used[one.caller.credential] = (now, address)

    # --- how it knows -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Follow the journal until cancelled."""
        await later(self._look, "following credentials", log, LOOK)

    async def _look(self) -> None:
        await self.learn()
        if time.monotonic() - self._noted >= NOTED:
            await self.note()

    async def learn(self) -> None:
        """Learn what is on record now, if that is anything else than before."""
        async with self._learning:
            found = await self._journal.read(self._news)
            if found is not None:
                self._seen, kept, self.keys = found
                self._take(kept)

    def _news(self, tx: Transaction) -> tuple[tuple[str, int, int], list[Kept], list[TokenKey]] | None:
        version = credentials.version(tx)
        if version == self._seen:
            return None
        return version, credentials.everything(tx), credentials_signing.standing(tx)

    def _take(self, kept: Sequence[Kept]) -> None:
        """Put all that is known in the place of what was, in one go for those who ask meanwhile."""
        all_ = [_remembered(one) for one in kept]
        live = [one for one in all_ if not one.ended]
        self._by_id = {one.caller.credential: one for one in all_}
        self._by_hash = {
            whole[:PLACE]: (whole, one, until)
            for one in all_
            if one.kind in (Kind.KEY, Kind.PERSON)
            for whole, until in one.secrets
        }
        grants = {one.grant.uid: one.grant for one in kept if one.grant.kind is Kind.CERTIFICATE}
        # what still holds comes last, so that it stands before what was revoked
        proofs = [
            (grants[one.caller.credential], one) for one in [*all_, *live] if one.kind is Kind.CERTIFICATE
        ]
        self._by_certificate = {grant.fingerprint: one for grant, one in proofs if grant.fingerprint}
        self._by_names = {
            (grant.issuer, grant.subject): one for grant, one in proofs if not grant.fingerprint
        }

    async def note(self) -> None:
        """Write when what was used lately was used last; off the way of any request."""
        used, self._used, self._noted = self._used, {}, time.monotonic()
        if used:
            try:
                await self._journal.write(lambda tx: credentials.use(tx, used))
            except GatewayError:
                self._used = used | self._used
                raise


def _remembered(kept: Kept) -> Credential:
    grant = kept.grant
    until = _NEVER if grant.until is None else grant.until
    return Credential(
        _caller(kept), grant.kind,
        [(one.hash, _end(one)) for one in kept.secrets],
        [(one.plain.decode(), _end(one)) for one in kept.secrets if one.plain],
        networks(grant.addresses), grant.since or 0, until, kept.fresh_since,
        kept.session_key or secrets.token_bytes(32), _ended(kept),
    )  # fmt: skip


def _end(one: Secret) -> int:
    return _NEVER if one.until is None else one.until


def _caller(kept: Kept) -> Caller:
    grant = kept.grant
    limits = Limits.model_validate(dict(grant.limits))
    if grant.kind is Kind.PERSON:
        return Caller(grant.person, role=kept.role, credential=grant.uid, reach=kept.reach, limits=limits)
    bounds = read(grant.bounds)
    return Caller(grant.system, system=grant.system, credential=grant.uid, bounds=bounds, limits=limits)


def _ended(kept: Kept) -> str:
    if kept.revoked_at is not None:
        return "revoked"
    return "person-disabled" if kept.grant.kind is Kind.PERSON and kept.role is None else ""

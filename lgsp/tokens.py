"""Access tokens: JWTs in the shape of RFC 9068, and their keys, which take turns and are published."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from lgsp.credentials.register import Credentials, RefusedError
from lgsp.errors import GatewayError
from lgsp.journal import credentials_signing
from lgsp.journal.contract import Journal
from lgsp.journal.credentials_signing import TokenKey

log = structlog.get_logger(__name__)
LIFE = 3600
"""Seconds that a token holds."""
ALGORITHM = "RS256"
"""RFC 9068 wants everybody to know it, the platforms of provinces use it, and it is checked the quickest."""
_BITS = 2048
_TYPE = "at+jwt"
_MICROS = 1_000_000
_DAY = 86_400 * _MICROS
SIGNS = 30 * _DAY
"""Microseconds that a key signs."""
AHEAD = 2 * _DAY
"""Microseconds for which a key is published before it signs: so long others may keep what is published."""
_AFTER = _DAY
_TEND = 600.0
_LARGEST = 8192
_REMEMBERED = 20_000


class NoKeyError(GatewayError):
    """No token can be handed out: there is no key that signs, and none could be made."""


@dataclass(slots=True, frozen=True)
class Claims:
    """What a token says that holds.

    Attributes:
        client: the outer id of the credential on whose strength it was handed out.
        scope: as it was granted.
        generation: `fresh_since` of that credential when it was.
        ends: when it holds no more, in seconds since 1970.
    """

    client: str
    scope: str
    generation: int
    ends: int


class Tokens:
    """Hands out access tokens and checks them.

    Args:
        journal: where the keys are.
        register: in memory, what the journal says.
        issuer: who says so: the address of this installation, or a name.
    """

    def __init__(self, journal: Journal, register: Credentials, issuer: str) -> None:
        self._journal = journal
        self._register = register
        self.issuer = issuer
        self._read: dict[str, RSAKey] = {}
        self._known: dict[bytes, Claims] = {}
        self._making = asyncio.Lock()

    # --- handing out ------------------------------------------------------------------------------------

    async def issue(self, client: str, system: str, scope: str, generation: int) -> str:
        """Return a token for a client, which holds for `LIFE` seconds.

        Raises:
            NoKeyError: there is no key to sign with.
            JournalError: a key had to be made, and could not be kept.
        """
        key = await self._signing()
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.issuer, "sub": system, "client_id": client, "scope": scope,
            "iat": now, "nbf": now, "exp": now + LIFE, "jti": secrets.token_hex(16), "gen": generation,
        }  # fmt: skip
        head = {"alg": ALGORITHM, "typ": _TYPE, "kid": key.kid}
        return jwt.encode(head, claims, self._pair(f"{key.kid} private", key.private), algorithms=[ALGORITHM])

    async def _signing(self) -> TokenKey:
        found = self._current(_now())
        if found is None:
            await self.tend()
            found = self._current(_now())
        if found is None:
            raise NoKeyError("handing out a token: there is no key that signs")
        return found

    def _current(self, now: int) -> TokenKey | None:
        able = [key for key in self._register.keys if key.private and key.signs_from <= now < key.signs_until]
        return able[-1] if able else None

    # --- checking ---------------------------------------------------------------------------------------

    def check(self, token: str) -> Claims:
        """Return what a token says, once its signature, issuer, audience and times were found right.

        What was found right is remembered until it ends; whether its credential holds is not known here.

        Raises:
            RefusedError: it is not ours, or out of its time.
        """
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._known.get(name)
        if claims is None:
            claims = self._claims(token)
            self._remember(name, claims)
        if time.time() >= claims.ends:
            self._known.pop(name, None)
            raise RefusedError("expired", claims.client)
        return claims

    def _claims(self, token: str) -> Claims:
        if len(token) > _LARGEST:
            raise RefusedError("malformed")
        try:
            told = jwt.decode(token, self._proving, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise RefusedError("malformed") from None
        said = told.claims
        if (
            told.header.get("typ") != _TYPE
            or said.get("iss") != self.issuer
            or said.get("aud") != self.issuer
        ):
            raise RefusedError("malformed")
        return _judged(said)

    def _proving(self, told: Any) -> RSAKey:
        """Return the key that a token names, if it is one of ours whose tokens may hold."""
        named, now = told.headers().get("kid"), _now()
        for key in self._register.keys:
            if key.kid == named and now < key.ends_at:
                return self._pair(key.kid, key.public)
        raise RefusedError("malformed")

    def _pair(self, name: str, told: str | bytes) -> RSAKey:
        if name not in self._read:
            names = {key.kid for key in self._register.keys}
            self._read = {had: key for had, key in self._read.items() if had.partition(" ")[0] in names}
            self._read[name] = RSAKey.import_key(orjson.loads(told))
        return self._read[name]

    def _remember(self, name: bytes, claims: Claims) -> None:
        if len(self._known) >= _REMEMBERED:
            now = time.time()
            kept = [(had, one) for had, one in self._known.items() if now < one.ends]
            self._known = dict(kept[-_REMEMBERED // 2 :])
        self._known[name] = claims

    # --- keys -------------------------------------------------------------------------------------------

    def published(self, now: int | None = None) -> list[Mapping[str, Any]]:
        """Return the public keys as JWKs: those that sign, will sign soon, or whose tokens may hold still."""
        now = _now() if now is None else now
        return [orjson.loads(key.public) for key in self._register.keys if now < key.ends_at]

    async def run(self) -> None:
        """See to it until cancelled that the next key is published before it signs."""
        while True:
            await asyncio.sleep(_TEND)
            try:
                if self._register.keys:
                    await self.tend()
            except GatewayError as fault:
                log.warning("tending the keys of access tokens failed; trying again", fault=str(fault))
            except Exception:
                log.exception("tending the keys of access tokens failed; trying again")

    async def tend(self) -> None:
        """Make the first key, the next when it is time to publish it, or one in place of a lost one."""
        async with self._making:
            now = _now()
            keys = [key for key in self._register.keys if now < key.ends_at]
            newest, lost = (keys[-1].signs_until, not keys[-1].private) if keys else (0, False)
            if now < newest - AHEAD and not lost:
                return
            made = await asyncio.to_thread(pair, now if lost else max(now, newest))
            await self._journal.write(lambda tx: credentials_signing.add(tx, made, newest))
            await self._register.learn()


def pair(signs_from: int) -> TokenKey:
    """Return a new key that signs from a moment on, in microseconds since 1970. It takes a while."""
    kid = secrets.token_hex(8)
    made = RSAKey.generate_key(_BITS, {"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)
    until = signs_from + SIGNS
    public, private = orjson.dumps(made.as_dict(private=False)), orjson.dumps(made.as_dict(private=True))
    return TokenKey(kid, public.decode(), private, signs_from, until, until + LIFE * _MICROS + _AFTER)


def _judged(said: Mapping[str, Any]) -> Claims:
    texts: Sequence[Any] = (said.get("client_id"), said.get("scope"))
    numbers: Sequence[Any] = (said.get("gen"), said.get("exp"), said.get("nbf"))
    whole = all(isinstance(one, str) for one in texts) and all(type(one) is int for one in numbers)
    if not whole:
        raise RefusedError("malformed")
    if said["nbf"] > time.time():
        raise RefusedError("not-yet", said["client_id"])
    return Claims(said["client_id"], said["scope"], said["gen"], said["exp"])


def _now() -> int:
    return time.time_ns() // 1000

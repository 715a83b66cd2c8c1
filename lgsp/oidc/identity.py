"""Checking an identity token: by whom it is signed, for whom it was made, when, and for which sign-in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

_HASHES = {
    **{f"{family}{size}": f"sha{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)},
    "EdDSA": "sha512",
    "Ed25519": "sha512",
}
ALGORITHMS = frozenset(_HASHES)
"""Signatures that only the provider can make: never `none`, and no MAC under a secret that we share."""
_KINDS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {
    "RSA": RSAKey, "EC": ECKey, "OKP": OKPKey,
}  # fmt: skip
SKEW = 60
"""Seconds by which the provider's clock may differ from ours."""
_LARGEST = 64 * 1024


class IdentityError(ValueError):
    """A token proves nothing; the text is a word that says why."""


class UnknownKeyError(IdentityError):
    """None of the keys signed it: there may be newer ones."""


@dataclass(slots=True, frozen=True)
class Expected:
    """What a token has to say.

    Attributes:
        client: ourselves.
        nonce: of this sign-in.
        access_token: that came with it.
        now: seconds since 1970.
    """

    issuer: str
    client: str
    nonce: str
    access_token: str
    now: float


def keys_of(told: Any) -> KeySet:
    """Return the keys of a JWKS that sign and that we know; others are left out.

    Raises:
        IdentityError: it is none.
    """
    listed = told.get("keys") if isinstance(told, Mapping) else None
    if not isinstance(listed, list):
        raise IdentityError("keys")
    return KeySet(list(_readable(listed)))


def _readable(listed: Iterable[Any]) -> Iterable[Any]:
    for one in listed:
        kind = _KINDS.get(one.get("kty", "")) if isinstance(one, dict) else None
        if kind is None or one.get("use", "sig") != "sig":
            continue
        try:
            yield kind.import_key(one)
        except (JoseError, ValueError, TypeError):
            continue


def checked(token: str, keys: KeySet, expected: Expected) -> dict[str, Any]:
    """Return what a token says, once all of it is proved (OpenID Connect Core 1.0, section 3.1.3.7).

    Raises:
        UnknownKeyError: no key of ours signed it.
        IdentityError: it is forged, somebody else's, of another time or of another sign-in.
    """
    claims, algorithm = _signed(token, keys)
    _made_for_us(claims, expected)
    _in_time(claims, expected.now)
    if not _same(claims.get("nonce"), expected.nonce):
        raise IdentityError("nonce")
    told = claims.get("at_hash")
    if told is not None and not _same(told, _half(expected.access_token, algorithm)):
        raise IdentityError("at-hash")
    return claims


def _signed(token: str, keys: KeySet) -> tuple[dict[str, Any], str]:
    if len(token) > _LARGEST:
        raise IdentityError("too-large")
    if not keys.keys:
        raise UnknownKeyError("key")
    try:
        found = jwt.decode(token, keys, algorithms=sorted(ALGORITHMS))
    except (JoseError, ValueError, TypeError) as fault:
        unknown = type(fault).__name__ in {"InvalidKeyIdError", "BadSignatureError"}
        raise (UnknownKeyError if unknown else IdentityError)("signature") from fault
    return dict(found.claims), str(found.header.get("alg"))


def _made_for_us(claims: Mapping[str, Any], expected: Expected) -> None:
    if not _same(claims.get("iss"), expected.issuer):
        raise IdentityError("issuer")
    told = claims.get("aud")
    audience = told if isinstance(told, list) else [told]
    if expected.client not in audience:
        raise IdentityError("audience")
    party = claims.get("azp")
    if party != expected.client and (party is not None or len(audience) > 1):
        raise IdentityError("authorised-party")


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    if now >= _seconds(claims, "exp") + SKEW:
        raise IdentityError("expired")
    if max(_seconds(claims, "iat"), _seconds(claims, "nbf") if "nbf" in claims else 0.0) > now + SKEW:
        raise IdentityError("not-yet")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise IdentityError("time")
    return float(value)


def _same(told: Any, wanted: str) -> bool:
    return isinstance(told, str) and hmac.compare_digest(told.encode(), wanted.encode())


def _half(access_token: str, algorithm: str) -> str:
    """Return the left half of a token's hash, as `at_hash` says it."""
    whole = hashlib.new(_HASHES[algorithm], access_token.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()

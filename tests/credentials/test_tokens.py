"""Access tokens: only ours open, only while they hold, and their keys take turns."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from lgsp import tokens as module
from lgsp.credentials.register import RefusedError
from lgsp.journal.credentials import Kind
from lgsp.journal.credentials_signing import TokenKey
from lgsp.tokens import LIFE, pair
from tests.credentials.register import ISSUER, OTHER, SYSTEM, Gate, kept

UID = "11111111-1111-4111-8111-111111111111"
DAY = 86_400_000_000


def _now() -> int:
    return time.time_ns() // 1000


@pytest.fixture(scope="module")
def key() -> TokenKey:
    """A key that signs now; drawing one takes a while."""
    return pair(_now() - DAY)


@pytest.fixture
async def gate(key: TokenKey) -> Gate:
    """A door with a client on record, and a key to sign with."""
    gate = Gate()
    gate.journal.keys = [key]
    await gate.give(Kind.CLIENT, bounds={"agencies": [], "types": [], "acts": ["send", "read"]})
    return gate


async def issued(gate: Gate, scope: str = "send read", generation: int = 0) -> str:
    """Hand out a token of the client."""
    return await gate.tokens.issue(UID, SYSTEM, scope, generation)


def claims(**changed: Any) -> dict[str, Any]:
    """Return the claims of a token that would hold."""
    now = int(time.time())
    return {
        "iss": ISSUER, "aud": ISSUER, "sub": SYSTEM, "client_id": UID, "scope": "send", "iat": now, "nbf": now,
        "exp": now + 60, "jti": "j", "gen": 0,
    } | changed  # fmt: skip


def signed(key: TokenKey, said: dict[str, Any], **head: Any) -> str:
    """Return a token that our own key signed, whatever it says."""
    header = {"alg": "RS256", "typ": "at+jwt", "kid": key.kid} | head
    return jwt.encode(header, said, RSAKey.import_key(orjson.loads(key.private)))


def b64(told: bytes) -> str:
    """Return text as tokens hold it."""
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


async def test_a_token_lets_its_client_in(gate: Gate) -> None:
    """Within its scope, and as one and the same caller each time."""
    token = await issued(gate, "send")
    caller = gate.caller(token)
    assert caller is not None
    assert (caller.system, caller.credential, caller.bounds.acts) == (SYSTEM, UID, {"send"})
    assert gate.caller(token) is caller
    assert gate.door.admits(SYSTEM, token)
    assert not gate.door.admits(OTHER, token)


async def test_a_token_has_the_shape_of_rfc_9068(gate: Gate, key: TokenKey) -> None:
    """Whoever stands behind us may prove it by what we publish."""
    token = await issued(gate)
    (public,) = gate.tokens.published()
    told = jwt.decode(token, RSAKey.import_key(dict(public)), algorithms=["RS256"])
    assert told.header == {"alg": "RS256", "typ": "at+jwt", "kid": key.kid}
    assert told.claims.keys() >= {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"}
    assert told.claims["exp"] - told.claims["iat"] == LIFE
    assert public.keys() == {"kty", "n", "e", "kid", "use", "alg"}


async def test_a_token_whose_credential_is_revoked_opens_nothing(gate: Gate) -> None:
    """Though it was found right before, and its time is not over."""
    token = await issued(gate)
    assert gate.caller(token) is not None
    await gate.record(kept(Kind.CLIENT, [], revoked=1))
    assert gate.caller(token) is None
    assert gate.turned_away == [(UID, "revoked")]


async def test_a_token_from_before_a_secret_was_replaced_at_once_opens_nothing(gate: Gate) -> None:
    """Whoever stole the secret may have fetched it; one that is fetched now holds."""
    token = await issued(gate)
    await gate.record(kept(Kind.CLIENT, [], fresh_since=8))
    assert gate.caller(token) is None
    assert gate.causes == ["replaced"]
    assert gate.caller(await issued(gate, generation=8)) is not None


async def test_a_token_is_for_the_addresses_of_its_credential(gate: Gate) -> None:
    """A token that was stolen is of no use elsewhere."""
    token = await issued(gate)
    await gate.record(kept(Kind.CLIENT, [], addresses=["10.0.0.0/24"]))
    assert gate.caller(token, peer="10.0.0.7") is not None
    assert gate.caller(token, peer="192.0.2.7") is None


async def test_a_scope_that_the_credential_does_not_have_opens_nothing(gate: Gate, key: TokenKey) -> None:
    """Even if it was once signed: what a token may do is judged by what its credential may do now."""
    assert gate.caller(signed(key, claims(scope="send collect"))) is None
    assert gate.caller(signed(key, claims())) is not None


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"iss": "https://elsewhere.example"}, "malformed"),
        ({"aud": "https://elsewhere.example"}, "malformed"),
        ({"aud": [ISSUER, "https://elsewhere.example"]}, "malformed"),
        ({"aud": None}, "malformed"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"exp": "never"}, "malformed"),
        ({"exp": 1e400}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"nbf": 4_000_000_000}, "not-yet"),
        ({"client_id": "22222222-2222-4222-8222-222222222222"}, "replaced"),
        ({"client_id": None}, "malformed"),
        ({"scope": None}, "malformed"),
        ({"gen": None}, "malformed"),
    ],
)
async def test_a_token_that_says_anything_else_opens_nothing(
    gate: Gate, key: TokenKey, changed: dict[str, Any], cause: str
) -> None:
    """Though our own key signed it: another issuer, audience, time or client, or none."""
    if changed.get("exp") == float("inf"):
        token = forged_claims(key, b'{"exp":1e400}')
    else:
        token = signed(key, {name: value for name, value in claims(**changed).items() if value is not None})
    assert gate.caller(token) is None
    assert gate.causes == [cause]


def forged_claims(key: TokenKey, said: bytes) -> str:
    """Return a token with our own signature on claims that no library of ours would write."""
    from joserfc import jws

    head = {"alg": "RS256", "typ": "at+jwt", "kid": key.kid}
    return jws.serialize_compact(head, said, RSAKey.import_key(orjson.loads(key.private)))


def _none(token: str, key: TokenKey, said: dict[str, Any]) -> list[str]:
    """Return tokens that nobody signed."""
    return [
        f"{b64(orjson.dumps({'alg': alg, 'typ': 'at+jwt', 'kid': key.kid}))}.{b64(orjson.dumps(said))}.{sig}"
        for alg in ("none", "None", "NONE", "")
        for sig in ("", token.rpartition(".")[2])
    ]


def _with_the_public_key(token: str, key: TokenKey, said: dict[str, Any]) -> list[str]:
    """Return tokens that are MACed with what everybody knows, in each form it may be taken in."""
    public = RSAKey.import_key(orjson.loads(key.public))
    forms = [public.as_pem(private=False), key.public.encode(), orjson.loads(key.public)["n"].encode()]
    told = []
    for secret in forms:
        head = b64(orjson.dumps({"alg": "HS256", "typ": "at+jwt", "kid": key.kid}))
        text = f"{head}.{b64(orjson.dumps(said))}"
        told.append(f"{text}.{b64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}")
    return told


def _with_another_key(token: str, key: TokenKey, said: dict[str, Any]) -> list[str]:
    """Return tokens of a key that is not ours, under our key's name, their own, none, or said in the token."""
    other = RSAKey.generate_key(2048)
    curve = ECKey.generate_key("P-256")
    public = {**other.as_dict(private=False)}
    heads: list[dict[str, Any]] = [
        {"kid": key.kid}, {"kid": "other"}, {}, {"kid": key.kid, "jwk": public}, {"kid": None}, {"kid": ["x"]},
    ]  # fmt: skip
    told = [jwt.encode({"alg": "RS256", "typ": "at+jwt", **head}, said, other) for head in heads[:4]]
    told += [
        f"{b64(orjson.dumps({'alg': 'RS256', 'typ': 'at+jwt', **head}))}.{b64(orjson.dumps(said))}.AAAA"
        for head in heads[4:]
    ]
    told.append(jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, said, curve))
    told.append(jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": key.kid}, said, OctKey.generate_key(256)))
    return told


def _of_another_type(token: str, key: TokenKey, said: dict[str, Any]) -> list[str]:
    """Return what our key signed, which is no access token."""
    return [signed(key, said, typ=typ) for typ in ("JWT", "id+jwt", "AT+JWT ")]


def _changed(token: str, key: TokenKey, said: dict[str, Any]) -> list[str]:
    """Return our own token with something else in it, or without a part of it."""
    head, body, signature = token.split(".")
    other = b64(orjson.dumps(said | {"client_id": "2", "exp": 2**31}))
    return [
        f"{head}.{other}.{signature}", f"{head}.{body}.", f"{head}..{signature}", f".{body}.{signature}",
        f"{head}.{body}.{signature[:-2]}", f"{head}.{body}.{signature}AAAA", f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}!.{signature}", "..", "a.b.c", f"{b64(b'[]')}.{body}.{signature}",
        f"{b64(b'{' * 3000)}.{body}.{signature}", f"{head}.{b64(b'[' * 3000)}.{signature}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "forge", [_none, _with_the_public_key, _with_another_key, _of_another_type, _changed]
)
async def test_a_token_that_our_key_did_not_sign_opens_nothing(
    gate: Gate, key: TokenKey, forge: Callable[[str, TokenKey, dict[str, Any]], list[str]]
) -> None:
    """However it is made; each is answered alike, and none is a fault of ours."""
    token = await issued(gate)
    forged = forge(token, key, claims())
    assert [one for one in forged if gate.caller(one) is not None] == []
    assert set(gate.causes) <= {"malformed", "unknown"}
    assert gate.caller(token) is not None


async def test_what_is_remembered_of_tokens_stays_bounded(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that hold longest stay; what was forgotten is found right again."""
    monkeypatch.setattr(module, "_REMEMBERED", 8)
    tokens = [await issued(gate, "send") for _ in range(20)]
    assert all(gate.caller(one) is not None for one in tokens)
    assert len(gate.tokens._known) <= 8
    assert gate.caller(tokens[0]) is not None


async def test_a_token_ends_though_it_is_remembered(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the second in it."""
    token = await issued(gate)
    ends = gate.tokens.check(token).ends
    monkeypatch.setattr(module.time, "time", lambda: float(ends))
    with pytest.raises(RefusedError, match="expired"):
        gate.tokens.check(token)


async def test_a_key_whose_time_is_over_proves_nothing(gate: Gate, key: TokenKey) -> None:
    """Nor is it published."""
    token = await issued(gate)
    over = TokenKey(key.kid, key.public, key.private, 0, 1, 2)
    gate.journal.keys = [over]
    await gate.register.learn()
    assert gate.caller(token) is None
    assert gate.tokens.published() == []

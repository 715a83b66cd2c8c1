"""OAuth 2.0 client credentials as RFC 6749 says them, and as clients of other platforms say them."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import KeySet

from lgsp.api.oauth2 import ABOUT, JWKS, TOKEN
from tests.api.province import BRING, ONE_STOP, PORTAL, Caller, Province, dossier, province
from tests.asgi import Reply, call

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHY = {"reason": "theo kế hoạch"}
GRANT = {"grant_type": "client_credentials"}
FORM = "application/x-www-form-urlencoded"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(state: Path) -> AsyncIterator[Province]:
    """One province for all: each test makes clients of its own."""
    async with province(state) as one:
        await one.operator.post(f"/v1/systems/{PORTAL}/pause")
        yield one


async def client(here: Province, **changed: Any) -> tuple[str, str]:
    """Make a client of the one-stop; return its id and its secret."""
    said = {"system": ONE_STOP, "kind": "client", "name": "WSO2"} | changed
    told = (await here.operator.post("/v1/credentials", said)).json()
    return told["client_id"], told["secret"]


def basic(name: str, secret: str) -> dict[str, str]:
    """Return the header of a client, each part form-encoded as RFC 6749 has it."""
    told = f"{quote_plus(name)}:{quote_plus(secret)}".encode()
    return {"Authorization": "Basic " + base64.b64encode(told).decode()}


async def ask(
    here: Province, body: Any, headers: dict[str, str] | None = None, path: str = TOKEN, kind: str = FORM
) -> Reply:
    """Ask for a token."""
    sent = body if isinstance(body, bytes) else urlencode(body).encode()
    said = {"Content-Type": kind, "Content-Length": str(len(sent))} | (headers or {})
    return await call(here.platform.site, "POST", path, headers=said, body=sent)


@pytest.mark.parametrize("path", [TOKEN, "/token"])
@pytest.mark.parametrize("posted", [True, False])
async def test_a_client_is_handed_a_token(here: Province, path: str, posted: bool) -> None:
    """By Basic or in the form, at our path or where clients of other platforms look; it opens the API."""
    name, secret = await client(here)
    said = {"client_id": name, "client_secret": secret} if posted else {}
    reply = await ask(here, GRANT | said, None if posted else basic(name, secret), path)
    assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
    told = reply.json()
    assert told.keys() == {"access_token", "scope", "token_type", "expires_in"}
    assert (told["token_type"], told["expires_in"], told["scope"]) == (
        "Bearer",
        3600,
        "send collect read ask",
    )
    caller = Caller(here.platform.site, told["access_token"])
    assert (await caller.get("/v1/messages")).status == 200
    assert (await caller.post(f"/v1/systems/{PORTAL}/messages", dossier())).status == 401


async def test_a_scope_narrows_what_a_token_is_good_for(here: Province) -> None:
    """What is asked for is granted whole or not at all, and the answer says it."""
    name, secret = await client(here, acts=["send", "read"], types=["dossier.v1"])

    async def scope(asked: str) -> tuple[int, Any]:
        reply = await ask(here, GRANT | {"scope": asked}, basic(name, secret))
        return reply.status, reply.json().get("scope", reply.json().get("error"))

    assert await scope("") == (200, "send read type:dossier.v1")
    assert await scope("default") == (200, "send read type:dossier.v1")
    assert await scope("read") == (200, "read type:dossier.v1")
    assert await scope("read type:dossier.v1") == (200, "read type:dossier.v1")
    for beyond in ("collect", "read collect", "type:document.v1", "openid"):
        assert await scope(beyond) == (400, "invalid_scope")


async def test_a_token_is_proved_by_what_is_published(here: Province) -> None:
    """Whoever stands behind us needs nothing but the key set and the metadata."""
    name, secret = await client(here)
    told = (await ask(here, GRANT, basic(name, secret))).json()
    published = await here.nobody.get(JWKS)
    about = (await here.nobody.get(ABOUT)).json()
    claims = jwt.decode(
        told["access_token"], KeySet.import_key_set(published.json()), algorithms=["RS256"]
    ).claims
    assert (claims["iss"], claims["client_id"], claims["sub"]) == (about["issuer"], name, ONE_STOP)
    assert about["token_endpoint"].endswith(TOKEN)
    assert about["jwks_uri"].endswith(JWKS)
    assert not any("d" in key or "p" in key for key in published.json()["keys"])


async def test_revoking_a_client_ends_its_tokens(here: Province) -> None:
    """At once, where it was done; and it is handed no more."""
    name, secret = await client(here)
    told = (await ask(here, GRANT, basic(name, secret))).json()
    caller = Caller(here.platform.site, told["access_token"])
    assert (await caller.post(BRING, dossier("H44.11-260131-9101"))).status == 202
    await here.operator.post(f"/v1/credentials/{name}/revoke", WHY)
    assert (await caller.post(BRING, dossier("H44.11-260131-9102"))).status == 401
    assert (await ask(here, GRANT, basic(name, secret))).status == 401


async def test_who_does_not_prove_itself_is_told_the_same(here: Province) -> None:
    """Unknown, wrong, revoked, of another kind: one and the same answer, with the way to prove oneself."""
    name, secret = await client(here)
    other, others = await client(here)
    key = (
        await here.operator.post("/v1/credentials", {"system": ONE_STOP, "kind": "key", "name": "x"})
    ).json()
    await here.operator.post(f"/v1/credentials/{other}/revoke", WHY)
    tries = [
        basic(name, secret[:-1]), basic(name, ""), basic("", secret), basic("nobody", secret), basic(name, others),
        basic(other, others), basic(key["id"], key["secret"]), basic(ONE_STOP, "token-of-one-stop"), {},
        {"Authorization": "Basic"}, {"Authorization": "Basic %%%"}, {"Authorization": f"Bearer {secret}"},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode()},
        {"lgspaccesstoken": base64.b64encode(b"{}").decode()},
    ]  # fmt: skip
    replies = [await ask(here, GRANT, headers) for headers in tries]
    assert {(one.status, one.body) for one in replies} == {(401, b'{"error":"invalid_client"}')}
    assert all(one.headers["www-authenticate"].startswith("Basic realm=") for one in replies)
    assert all(one.headers["cache-control"] == "no-store" for one in replies)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password", "username": "a", "password": "b"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (b"grant_type=client_credentials&scope=send&scope=read", "invalid_request"),
        (b"grant_type=client_credentials&scope=%ff", "invalid_request"),
        (b"grant_type", "invalid_request"),
        (b"\xff\xfe", "invalid_request"),
        (b"&".join(b"a%d=1" % n for n in range(40)), "invalid_request"),
        (b"grant_type=client_credentials&x=" + b"a" * 20_000, "invalid_request"),
        ({**GRANT, "client_id": "another"}, "invalid_request"),
        ({**GRANT, "client_secret": "x"}, "invalid_request"),
    ],
)
async def test_what_is_no_request_of_the_rfc_is_told_so(here: Province, body: Any, error: str) -> None:
    """With its word for the fault; a client that proves itself in two ways is none."""
    reply = await ask(here, body, basic(*await client(here)))
    assert (reply.status, reply.json()["error"]) == (400, error)


async def test_a_form_is_a_form(here: Province) -> None:
    """JSON, or parameters in the address, are not read: the address stands in logs."""
    name, secret = await client(here)
    headers = basic(name, secret)
    assert (
        await ask(here, b'{"grant_type":"client_credentials"}', headers, kind="application/json")
    ).status == 400
    query = await call(
        here.platform.site, "POST", TOKEN, query=urlencode(GRANT), headers=headers | {"Content-Type": FORM}
    )
    assert query.status == 400
    assert (
        await call(here.platform.site, "GET", TOKEN, query=urlencode(GRANT), headers=headers)
    ).status == 405
    assert (await ask(here, GRANT, headers, kind=f"{FORM}; charset=UTF-8")).status == 200


async def test_an_id_or_a_secret_may_hold_anything(here: Province) -> None:
    """Colons, percent signs, letters beyond ASCII: read as they are written, and never a fault of ours."""
    name, _ = await client(here)
    for secret in ("a:b", "mật khẩu", "100%", "+ +", "%zz", "\x00", "a" * 5000):
        assert (await ask(here, GRANT, basic(name, secret))).status == 401
        raw = base64.b64encode(f"{name}:{secret}".encode()).decode()
        assert (await ask(here, GRANT, {"Authorization": f"Basic {raw}"})).status == 401
        assert (await ask(here, GRANT | {"client_id": name, "client_secret": secret})).status == 401


async def test_the_api_is_not_opened_by_basic(here: Province) -> None:
    """A client's secret goes to one place: the one that hands out tokens."""
    name, secret = await client(here)
    reply = await call(here.platform.site, "GET", "/v1/messages", headers=basic(name, secret))
    assert reply.status == 401

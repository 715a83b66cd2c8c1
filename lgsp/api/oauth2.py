"""OAuth 2.0 client credentials (RFC 6749, 4.4): handing out access tokens, and the keys that prove them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.door import CERTIFICATE
from lgsp.credentials.bounding import ACTS, ScopeError, narrowed, scope_of
from lgsp.credentials.register import Credential, RefusedError
from lgsp.journal.credentials import Kind
from lgsp.tokens import ALGORITHM, LIFE, NoKeyError, Tokens

TOKEN, OF_OTHERS = "/oauth2/token", "/token"
"""Where tokens are handed out, and where clients of other platforms look for that."""
JWKS, ABOUT = "/oauth2/jwks", "/.well-known/oauth-authorization-server"
_FORM = "application/x-www-form-urlencoded"
_LARGEST = 16 * 1024
_GRANT = "client_credentials"
_NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """An answer of RFC 6749, 5.2."""

    def __init__(self, code: str, status: int = 400, told: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.told = told

    def response(self) -> Response:
        """Return it as it is told; who failed to prove itself is told how (RFC 9110, 11.6.1)."""
        said = {"error": self.code} | ({"error_description": self.told} if self.told else {})
        answer = in_json(said, self.status)
        answer.headers.update(_NEVER_KEPT)
        if self.status == 401:  # noqa: PLR2004 - HTTP's
            answer.headers["WWW-Authenticate"] = 'Basic realm="lgsp", charset="UTF-8"'
        return answer


class _Client(NamedTuple):
    """Who a client says it is; without a secret its certificate says the rest."""

    id: str
    secret: str


def oauth2_router(desk: Desk) -> APIRouter:
    """Return the endpoints of the authorization server; but for a token itself nobody needs a credential."""
    router = APIRouter(tags=["oauth2"])

    async def token(request: Request) -> Response:
        try:
            return await _handed_out(desk, request)
        except OAuthError as fault:
            return fault.response()

    for path in (TOKEN, OF_OTHERS):
        router.add_api_route(
            path, token, methods=["POST"], summary="Hand out an access token", responses=_ANSWERS,
            openapi_extra=_ASKED, operation_id=f"token{path.replace('/', '-')}",
        )  # fmt: skip

    @router.get(JWKS, summary="The keys by which access tokens are proved, as a JWK Set")
    async def jwks() -> Response:
        tokens = desk.door.entrance.tokens
        answer = in_json({"keys": tokens.published() if tokens else []})
        answer.headers["Cache-Control"] = "public, max-age=600"
        return answer

    @router.get(ABOUT, summary="How to ask for a token (RFC 8414)")
    async def about(request: Request) -> Response:
        return in_json(_about(desk.door.entrance.tokens, str(request.base_url).rstrip("/")))

    return router


async def _handed_out(desk: Desk, request: Request) -> Response:
    tokens = desk.door.entrance.tokens
    if tokens is None:
        raise OAuthError("temporarily_unavailable", 503)
    form = await _form(request)
    one = _proven(desk, request, _client(request, form))
    if form.get("grant_type") != _GRANT:
        missing = "grant_type" not in form
        raise OAuthError("invalid_request" if missing else "unsupported_grant_type", told=f"use {_GRANT}")
    try:
        scope = scope_of(narrowed(one.caller.bounds, form.get("scope", "")))
    except ScopeError:
        raise OAuthError("invalid_scope") from None
    try:
        said = await tokens.issue(one.caller.credential, one.caller.system, scope, one.fresh_since)
    except NoKeyError:
        raise OAuthError("temporarily_unavailable", 503) from None
    answer = in_json({"access_token": said, "scope": scope, "token_type": "Bearer", "expires_in": LIFE})
    answer.headers.update(_NEVER_KEPT)
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Return what is asked; a parameter said twice is an error, an empty one is none (RFC 6749, 3.2)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != _FORM or len(body) > _LARGEST:
        raise OAuthError("invalid_request", told=f"send {_FORM}")
    try:
        told = parse_qsl(body.decode("utf-8"), strict_parsing=bool(body), errors="strict", max_num_fields=32)
    except ValueError:
        raise OAuthError("invalid_request", told="the form cannot be read") from None
    if len({name for name, _ in told}) < len(told):
        raise OAuthError("invalid_request", told="a parameter was said twice")
    return {name: value for name, value in told if value}


def _client(request: Request, form: Mapping[str, str]) -> _Client | None:
    """Return who a client says it is: in one way, not in two (RFC 6749, 2.3)."""
    said = request.headers.getlist("authorization")
    posted = _Client(form.get("client_id", ""), form.get("client_secret", ""))
    if not said or said == [f"Bearer {CERTIFICATE}"]:
        return posted if posted.id or posted.secret else None
    if len(said) > 1 or posted.secret:
        raise OAuthError("invalid_request", told="prove yourself in one way")
    basic = _basic(said[0])
    if posted.id and posted.id != basic.id:
        raise OAuthError("invalid_request", told="client_id is another one")
    return basic


def _basic(header: str) -> _Client:
    """Return what a Basic header says: both parts are form-encoded (RFC 6749, 2.3.1)."""
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", 401)
    try:
        name, colon, secret = base64.b64decode(told.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise OAuthError("invalid_client", 401) from None
    if not colon:
        raise OAuthError("invalid_client", 401)
    return _Client(unquote_plus(name), unquote_plus(secret))


def _proven(desk: Desk, request: Request, client: _Client | None) -> Credential:
    """Return the credential of a client that proved itself; why one did not, the journal alone is told."""
    try:
        one = _credential(desk, request, client)
        return desk.door.let_in(one, request.scope)
    except RefusedError as refusal:
        desk.gate.knock(desk.door.entrance.origins.address(request.scope))
        desk.door.turned_away(request.scope, refusal.who, refusal.cause, "token refused")
        raise OAuthError("invalid_client", 401) from None


def _credential(desk: Desk, request: Request, client: _Client | None) -> Credential:
    if client is not None and client.secret:
        return desk.door.client(client.id, client.secret)
    one = desk.door.certified(request.scope)
    if one.kind is not Kind.CERTIFICATE or (client is not None and client.id != one.caller.credential):
        raise RefusedError("unknown")
    return one


def _about(tokens: Tokens | None, base: str) -> dict[str, Any]:
    """Return the metadata of RFC 8414; paths stand under the issuer where that is an address."""
    issuer = tokens.issuer if tokens else ""
    here = issuer if issuer.startswith(("https://", "http://")) else base
    return {
        "issuer": issuer,
        "token_endpoint": here + TOKEN,
        "jwks_uri": here + JWKS,
        "grant_types_supported": [_GRANT],
        "response_types_supported": [],
        "scopes_supported": list(ACTS),
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "tls_client_auth", "self_signed_tls_client_auth",
        ],
        "access_token_signing_alg_values_supported": [ALGORITHM],
        "service_documentation": "docs/credentials.md",
    }  # fmt: skip


_TOLD = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope"],
    "properties": {
        "access_token": {"type": "string", "description": "A JWT (RFC 9068)."},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "scope": {"type": "string"},
    },
}
_FAULT = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}


def _answer(text: str, schema: Mapping[str, Any] = _FAULT) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: _answer("A token.", _TOLD),
    400: _answer("The request is not one of RFC 6749, or asks for what the client does not have."),
    401: _answer("The client did not prove itself."),
    503: _answer("No token can be handed out now."),
}
_ASKED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": [_GRANT]},
                        "scope": {"type": "string", "description": "Acts, and `type:` with a message type."},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                    },
                }
            }
        },
    }
}

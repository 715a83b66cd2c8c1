"""A provider of identities, played: it signs people in, checks what it is told, and lies where it is asked to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "lgsp", "secret of lgsp & + é"


@dataclass(slots=True)
class _Asked:
    """What stands behind a code."""

    redirect: str
    challenge: str
    nonce: str
    used: bool = False


@dataclass(slots=True)
class Playing:
    """The provider.

    Attributes:
        url: as which it answers; it is known once it runs.
        claims: of whoever signs in; `Playing` adds those of the protocol.
        lies: what it does wrong: a claim that is replaced (None takes it away), or one of `alg-none`,
            `alg-hs256`, `unknown-key`, `half` (another at_hash), `userinfo`.
        apart: claims that only the userinfo endpoint says.
        asked: how often each path was called.
    """

    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "groups": ["desk"]})
    lies: dict[str, Any] = field(default_factory=dict)
    apart: dict[str, Any] = field(default_factory=dict)
    public: bool = False
    away: bool = False
    asked: dict[str, int] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)}))
    codes: dict[str, _Asked] = field(default_factory=dict)

    def rotate(self) -> None:
        """Sign with another key from now on, and publish that one alone."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    def app(self) -> FastAPI:
        """Return what answers."""
        app = FastAPI(openapi_url=None)

        @app.middleware("http")
        async def counted(request: Request, follow: Any) -> Response:
            path = request.url.path
            self.asked[path] = self.asked.get(path, 0) + 1
            answer: Response = Response(status_code=503) if self.away else await follow(request)
            return answer

        app.add_api_route("/.well-known/openid-configuration", self._discovery, methods=["GET"])
        app.add_api_route("/keys", self._keys, methods=["GET"])
        app.add_api_route("/authorize", self._authorize, methods=["GET"])
        app.add_api_route("/token", self._token, methods=["POST"])
        app.add_api_route("/userinfo", self._userinfo, methods=["GET"])
        return app

    async def _discovery(self) -> Response:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/out",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post" if self.public else "client_secret_basic"
            ],
        }
        return JSONResponse(said | self.lies.get("discovery", {}))

    async def _keys(self) -> Response:
        odd = [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "RSA", "use": "enc", "n": "x", "e": "AQAB"}, "no key"]
        return JSONResponse({"keys": [*odd, self.key.as_dict(private=False) | {"use": "sig"}]})

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        code = secrets.token_urlsafe(16)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        self.codes[code] = _Asked(asked["redirect_uri"], asked["code_challenge"], asked["nonce"])
        told = {"code": code, "state": asked["state"], "iss": self.lies.get("back", self.url)}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(told)}", 302)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.get(form.get("code", ""))
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        good = asked is not None and not asked.used and form["redirect_uri"] == asked.redirect
        if not good or not self._knows(request, form) or proof.rstrip(b"=").decode() != asked.challenge:  # type: ignore[union-attr]
            return JSONResponse({"error": "invalid_grant"}, 400)
        assert asked is not None
        asked.used = True
        access = secrets.token_urlsafe(16)
        return JSONResponse(
            {"access_token": access, "token_type": "Bearer", "id_token": self.token(asked.nonce, access)}
        )

    def _knows(self, request: Request, form: Mapping[str, str]) -> bool:
        if self.public:
            return form.get("client_id") == CLIENT and form.get("client_secret") == SECRET
        told = base64.b64decode(request.headers["authorization"].partition(" ")[2]).decode().split(":")
        return [unquote(one) for one in told] == [CLIENT, SECRET]

    def token(self, nonce: str, access: str = "") -> str:
        """Return an identity token, with the lies that are asked for."""
        now, lies = int(time.time()), self.lies
        half = hashlib.sha256(access.encode()).digest()[:16] if "half" not in lies else b"0" * 16
        told = {
            "iss": self.url, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        } | self.claims  # fmt: skip
        changed = told | {name: _at(value, now) for name, value in lies.items() if name in _CLAIMS}
        return self._signed({name: value for name, value in changed.items() if value is not None})

    def _signed(self, claims: dict[str, Any]) -> str:
        if "alg-none" in self.lies or "alg-hs256" in self.lies:
            return self._without_a_key("none" if "alg-none" in self.lies else "HS256", claims)
        key = RSAKey.generate_key(2048) if "unknown-key" in self.lies else self.key
        header = {"alg": self.lies.get("alg", "RS256"), "kid": self.key.kid}
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def _without_a_key(self, algorithm: str, claims: dict[str, Any]) -> str:
        """Return what anybody can make: unsigned, or signed with what is published as though it were secret."""
        said = ".".join(
            _packed(orjson.dumps(one)) for one in ({"alg": algorithm, "kid": self.key.kid}, claims)
        )
        proof = hmac.new(self.key.as_pem(private=False), said.encode(), hashlib.sha256).digest()
        return f"{said}.{_packed(proof) if algorithm == 'HS256' else ''}"

    async def _userinfo(self) -> Response:
        return JSONResponse({"sub": self.claims["sub"]} | self.apart | self.lies.get("userinfo", {}))


def _at(value: Any, now: int) -> Any:
    """Return a claim; a span of time is that long from now."""
    return now + int(value.total_seconds()) if isinstance(value, timedelta) else value


def _packed(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


_CLAIMS = frozenset({"iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "at_hash", "sub"})

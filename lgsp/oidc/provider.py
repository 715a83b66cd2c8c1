"""A provider of identities: where it is, which keys it signs with, and what it says of who comes back."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import structlog
from joserfc.jwk import KeySet

from lgsp.errors import GatewayError
from lgsp.journal.people_outside import Vouched
from lgsp.oidc.agreement import Agreement, agreement_of, groups_of, safe
from lgsp.oidc.binding import Binding
from lgsp.oidc.identity import Expected, IdentityError, UnknownKeyError, checked, keys_of
from lgsp.wire.http import Http

log = structlog.get_logger(__name__)
_REMEMBERED, _AGAIN = 3600.0, 10.0
"""Seconds for which a provider's addresses and keys are remembered, and between two looks for newer keys."""
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OK = 200


class AwayError(Exception):
    """The provider does not answer, or not as it should; nobody is to blame who signs in."""


class RefusedError(Exception):
    """Somebody is not signed in; the text is a word that says why."""


@dataclass(slots=True, frozen=True)
class _Known:
    """What a provider says of itself, and its keys; `at` is when it was asked, by the monotonic clock."""

    said: Mapping[str, Any]
    keys: KeySet
    at: float


class Provider:
    """One provider, as one process knows it.

    Args:
        agreement: what is agreed with it.
        http: a pool of its own; TLS is verified.
        clock: seconds since 1970.
    """

    def __init__(
        self, agreement: Agreement, http: Http | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.agreement = agreement
        self._http = http or Http(limit=10, timeout=10.0)
        self._clock = clock
        self._known: _Known | None = None
        self._asking = asyncio.Lock()

    # --- there and back -----------------------------------------------------------------------------------

    async def leads_to(self, binding: Binding, back: str) -> str:
        """Return where a browser signs in.

        Args:
            binding: of this browser and this sign-in.
            back: the address of ours that it comes back to.

        Raises:
            AwayError: the provider does not say where.
        """
        known = await self._look()
        asked = {
            "response_type": "code",
            "client_id": self.agreement.client,
            "redirect_uri": back,
            "scope": self.agreement.scopes,
            "state": binding.state,
            "nonce": binding.nonce,
            "code_challenge": binding.challenge,
            "code_challenge_method": "S256",
        }
        return _with(str(known.said["authorization_endpoint"]), asked)

    async def leaves_by(self, back: str) -> str:
        """Return where somebody signs out of the provider itself, or an empty text where that cannot be done.

        Raises:
            AwayError: the provider does not answer.
        """
        said = (await self._look()).said
        ends = said.get("end_session_endpoint")
        if not isinstance(ends, str) or not safe(ends):
            return ""
        return _with(ends, {"client_id": self.agreement.client, "post_logout_redirect_uri": back})

    async def redeem(self, told: Mapping[str, str], binding: Binding, back: str) -> Vouched:
        """Return who came back from the provider.

        Args:
            told: the parameters with which the browser came.
            binding: of this browser; `back` as in `leads_to`.
            back: the address that it came back to.

        Raises:
            RefusedError: this browser did not ask, the provider said no, or what it says proves nothing.
            AwayError: the provider does not answer.
        """
        if not binding.holds(told.get("state", "")):
            raise RefusedError("state")
        if told.get("iss", self.agreement.issuer) != self.agreement.issuer:  # RFC 9207
            raise RefusedError("issuer")
        if not told.get("code") or "error" in told:
            raise RefusedError("refused-by-provider")
        tokens = await self._tokens(told["code"], binding, back)
        access, token = (str(tokens.get(name) or "") for name in ("access_token", "id_token"))
        expected = Expected(
            self.agreement.issuer, self.agreement.client, binding.nonce, access, self._clock()
        )
        try:
            claims = await self._claims(token, expected)
            return self.agreement.vouched(await self._more(claims, access))
        except (IdentityError, ValueError) as fault:
            raise RefusedError(str(fault) or "token") from fault

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    # --- what is asked of it ------------------------------------------------------------------------------

    async def _tokens(self, code: str, binding: Binding, back: str) -> Mapping[str, Any]:
        agreement, said = self.agreement, (await self._look()).said
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back,
                "code_verifier": binding.verifier, "client_id": agreement.client}  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        ways = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if agreement.secret and "client_secret_basic" in ways:
            pair = f"{quote(agreement.client, safe='')}:{quote(agreement.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif agreement.secret:
            form["client_secret"] = agreement.secret
        secrets = tuple(one for one in (agreement.secret, code, binding.verifier) if one)
        try:
            answer = await self._http.post(
                str(said["token_endpoint"]), urlencode(form).encode(), headers=headers, secrets=secrets
            )
            told = answer.json()
        except (GatewayError, ValueError) as fault:
            raise AwayError("token endpoint") from fault
        if answer.status != _OK or not isinstance(told, dict):
            raise RefusedError("code")
        return told

    async def _claims(self, token: str, expected: Expected) -> dict[str, Any]:
        """Return what an identity token says; where no key fits, newer ones are looked for once."""
        known = await self._look()
        try:
            return checked(token, known.keys, expected)
        except UnknownKeyError:
            if time.monotonic() - known.at < _AGAIN:
                raise
            return checked(token, (await self._look(newer_than=known.at)).keys, expected)

    async def _more(self, claims: dict[str, Any], access: str) -> Mapping[str, Any]:
        """Return claims with what only the provider's own endpoint says, where the groups are not told."""
        where = (await self._look()).said.get("userinfo_endpoint")
        if (
            groups_of(claims, self.agreement.claim)
            or not access
            or not isinstance(where, str)
            or not safe(where)
        ):
            return claims
        try:
            answer = await self._http.get(
                where, headers={"Authorization": f"Bearer {access}"}, secrets=(access,)
            )
            told = answer.json()
        except (GatewayError, ValueError) as fault:
            raise AwayError("userinfo endpoint") from fault
        if answer.status != _OK or not isinstance(told, dict) or told.get("sub") != claims.get("sub"):
            raise RefusedError("userinfo")
        return told | claims

    # --- what it says of itself ---------------------------------------------------------------------------

    async def _look(self, newer_than: float = 0.0) -> _Known:
        """Return what is remembered, or ask; one asks at a time.

        What is known goes on to be used while the provider does not answer.
        """
        async with self._asking:
            known, now = self._known, time.monotonic()
            if known is not None and known.at > newer_than and now - known.at < _REMEMBERED:
                return known
            try:
                self._known = await self._asked(now)
            except (GatewayError, ValueError) as fault:
                log.warning("asking the provider of identities failed", fault=type(fault).__name__)
                if known is None:
                    raise AwayError("discovery") from fault
                return known
            return self._known

    async def _asked(self, now: float) -> _Known:
        issuer = self.agreement.issuer
        said = await self._read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(said, dict) or said.get("issuer") != issuer:
            raise ValueError("the provider names another issuer")
        if not all(safe(str(said.get(name, ""))) for name in _NEEDED):
            raise ValueError("an endpoint is missing, or open to who listens")
        return _Known(said, keys_of(await self._read(str(said["jwks_uri"]))), now)

    async def _read(self, url: str) -> Any:
        answer = await self._http.get(url, headers={"Accept": "application/json"})
        if answer.status != _OK:
            raise ValueError(f"status {answer.status}")
        return answer.json()


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def provider_of(told: Mapping[str, str]) -> Provider | None:
    """Return the provider that the settings name, or None.

    Raises:
        ConfigError: a setting cannot be read; it is named.
    """
    agreement = agreement_of(told)
    return None if agreement is None else Provider(agreement)

"""Showing who we are: a password made anew for each call, or `lgspaccesstoken` and a token beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson

from lgsp.errors import Scope, Unavailable
from lgsp.wire.granted import Granted, Tokens
from lgsp.wire.http import Http

from .settings import Direct, Officer, Provincial, Settings

_FORM = b"grant_type=client_credentials"
_OK = 200
_LIFE = 600.0
"""Seconds for which a token is used that does not say how long it is good."""


class WayIn(Protocol):
    """Shows who we are."""

    async def headers(self, stale: str = "") -> dict[str, str]:
        """Return the headers of one call; of a token another one than the stale one.

        Raises:
            Unavailable: no token is given to us.
        """

    def token(self) -> str:
        """Return the token that goes now; empty where none does."""

    async def close(self) -> None:
        """Let go of what is under way."""


def way_in(config: Settings, http: Http, clock: Callable[[], datetime]) -> WayIn:
    """Return the way in that is configured; none where the network alone shows who we are."""
    if config.direct is not None:
        return _ByHash(config.direct, config.url, clock)
    if config.provincial is not None:
        return _ByToken(config.provincial, http, clock, config.timeout)
    return _Open()


def of_officer(officer: Officer | None) -> dict[str, str]:
    """Return the header by which an officer's own account is shown (`AuthHash`)."""
    if officer is None or not officer.username:
        return {}
    return {"AuthHash": _coded(f"{officer.username}:{officer.password.get_secret_value()}")}


class _Open:
    """Shows nothing."""

    async def headers(self, stale: str = "") -> dict[str, str]:  # noqa: ARG002 - nothing grows stale
        """See `WayIn.headers`."""
        return {}

    def token(self) -> str:
        """See `WayIn.token`."""
        return ""

    async def close(self) -> None:
        """See `WayIn.close`."""


class _ByHash(_Open):
    """Basic, with a hash over the server's address, the user, the time and the secret for a password."""

    def __init__(self, config: Direct, url: str, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._url = config.hash_url or url
        self._clock = clock
        more = {"X-Road-Client": config.client, "ApiKey": config.api_key.get_secret_value()}
        self._more = {name: value for name, value in more.items() if value}

    async def headers(self, stale: str = "") -> dict[str, str]:  # noqa: ARG002
        """See `WayIn.headers`."""
        config = self._config
        unit = 1000 if config.timestamp == "milliseconds" else 1
        stamp = str(int(self._clock().timestamp() * unit))
        said = f"{self._url}{config.username}{stamp}{config.secret.get_secret_value()}"
        password = hashlib.sha256(said.encode()).hexdigest()
        who = {"Timestamp": stamp, "Authorization": f"Basic {_coded(f'{config.username}:{password}')}"}
        return {**who, **self._more, "SOAPAction": '""'}


class _ByToken:
    """The header `lgspaccesstoken`, and a token that is asked for with it and shared by all who ask."""

    def __init__(self, config: Provincial, http: Http, clock: Callable[[], datetime], timeout: float) -> None:
        self._config = config
        self._timeout = timeout
        self._http = http
        self._tokens = Tokens(self._grant, _LIFE, config.renew_before, clock)

    async def headers(self, stale: str = "") -> dict[str, str]:
        """See `WayIn.headers`."""
        who = {"lgspaccesstoken": self._access()}
        if not self._config.token_url:
            return who
        token, name = await self._tokens.get(stale), self._config.token_header
        return {**who, name: f"Bearer {token}" if name == "Authorization" else token}

    def token(self) -> str:
        """See `WayIn.token`."""
        return self._tokens.held

    async def close(self) -> None:
        """See `WayIn.close`."""
        await self._tokens.close()

    def _access(self) -> str:
        config = self._config
        said = {
            "AccessKey": config.access_key,
            "SecretKey": config.secret_key.get_secret_value(),
            "AppName": config.app_name,
            "PartnerCode": config.partner_code,
            "PartnerCodeCus": config.partner_code_cus,
        }
        return _coded(orjson.dumps(said).decode())

    async def _grant(self) -> Granted:
        answer = await self._http.post(
            self._config.token_url, _FORM, read=True, secrets=(self._access(),), timeout=self._timeout,
            headers={"Content-Type": "application/x-www-form-urlencoded", "lgspaccesstoken": self._access()},
        )  # fmt: skip
        told = _object(answer.text) if answer.status == _OK else {}
        token = told.get("access_token")
        if not isinstance(token, str) or not token:
            raise Unavailable("population-credentials", f"HTTP {answer.status}", scope=Scope.SYSTEM)
        return Granted(token, _seconds(told.get("expires_in")))


def _seconds(told: Any) -> float | None:
    """Return how long a token is good; some say it as a text, some not at all."""
    try:
        life = float(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return life if 0 < life < float("inf") else None


def _object(text: str) -> Mapping[str, Any]:
    try:
        read = orjson.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

"""Calling the platform: a token around each call, renewed once where it is not taken."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import orjson

from lgsp.adapter import Tools
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.message import nfc
from lgsp.wire.exchange import Exchange, record, recorded, redacted
from lgsp.wire.granted import Granted, Tokens
from lgsp.wire.http import Answer

from . import faults, trees
from .meaning import of_text, shown, unnumbered
from .settings import NgspConfig

_ACCEPT = "application/json, application/xml;q=0.9, */*;q=0.5"
_FORM = "application/x-www-form-urlencoded"
_BODY = 256 * 1024
"""Characters of a body from which on it is read in a thread."""
_OK, _TOO_MANY, _ERROR = range(200, 300), 429, 500
_OURS = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})
_NO_SERVICE = (404, 405)
_SOON = 0.05
_WORDS = re.compile(r"[^\W\d_][^{}<>]{1,999}")
"""A short text in no form, by which some services say what is wrong. What nobody knows may be data."""


@dataclass(slots=True, frozen=True)
class Call:
    """One question in the platform's words.

    Attributes:
        path: behind the root; empty where the platform does not have it.
        query: of a GET.
        body: of a POST; None is a GET.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(slots=True, frozen=True)
class Heard:
    """An answer and its tree.

    Attributes:
        tree: see `trees`; None where the body is none, as `why` says.
        fault: what the gateway says in place of the service.
    """

    answer: Answer
    tree: Any = field(default=None, repr=False)
    fault: faults.Fault | None = None
    why: str = ""

    @property
    def fine(self) -> bool:
        """Whether HTTP says that it is an answer."""
        return self.answer.status in _OK

    @property
    def nowhere(self) -> bool:
        """Whether HTTP says that nothing is there: unless a service says so itself, our address is wrong."""
        return self.answer.status in _NO_SERVICE

    @property
    def large(self) -> bool:
        """Whether it is to be read in a thread."""
        return _is_large(self.answer)


class Platform:
    """The platform behind its token."""

    def __init__(self, config: NgspConfig, tools: Tools) -> None:
        self._config = config
        self._http = tools.http
        self._clock = tools.clock
        self.tokens = Tokens(self._grant, config.token_seconds, config.renew_before, tools.clock)

    async def call(self, call: Call, until: datetime | None) -> Heard:
        """Return what a service answers; a token that is not taken is renewed once.

        Args:
            call: the question.
            until: when nobody waits any more.

        Raises:
            Refused: the service is none of ours, or the platform has none.
            Unavailable: no answer came, or none that can be read.
        """
        if not call.path:
            raise Refused("ngsp-not-offered")
        token = await self.tokens.get()
        heard = await self._ask(call, token, until)
        if faults.refuses_token(heard.answer, heard.fault):
            heard = await self._ask(call, await self.tokens.get(stale=token), until)
            if faults.refuses_token(heard.answer, heard.fault):
                raise Unavailable("ngsp-token-refused", scope=Scope.SYSTEM)
        faults.judge(heard.answer, heard.fault, self._clock())
        if heard.why and heard.nowhere:
            raise Refused("ngsp-service-unknown", f"HTTP {heard.answer.status}")
        if heard.why:
            kind = heard.answer.content_type or "no type"
            said = f"HTTP {heard.answer.status}, {kind}, {len(heard.answer.text)} characters: {heard.why}"
            raise Unavailable("ngsp-answer-unreadable", said, answer=heard.answer.signature())
        return heard

    async def _ask(self, call: Call, token: str, until: datetime | None) -> Heard:
        url = f"{self._config.url.rstrip('/')}/{quote(call.path, safe='/:@')}"
        headers = {"Authorization": f"Bearer {token}", "Accept": _ACCEPT}
        limit = self._left(until)
        with _unnumbered():
            if call.body is None:
                where = f"{url}?{urlencode(call.query)}" if call.query else url
                answer = await self._http.get(
                    where, headers=headers, secrets=(token,), timeout=limit, heard=faults.HEARD
                )
            else:
                body = orjson.dumps(dict(call.body))
                answer = await self._http.post(
                    url, body, headers=headers, secrets=(token,), read=True, timeout=limit, heard=faults.HEARD
                )
        return await asyncio.to_thread(_heard, answer) if _is_large(answer) else _heard(answer)

    def _left(self, until: datetime | None) -> float:
        """Return the seconds that a call may take."""
        if until is None:
            return self._config.timeout
        return max(_SOON, min(self._config.timeout, (until - self._clock()).total_seconds()))

    # --- the token --------------------------------------------------------------------------------------

    async def _grant(self) -> Granted:
        """Ask for a token; whatever ails its endpoint ails the platform: nothing can be asked without one."""
        with recorded() as exchanges:
            try:
                answer = await self._present()
            except Unavailable as fault:
                raise Unavailable(fault.cause, fault.said, scope=Scope.SYSTEM, after=fault.after) from fault
            told = _object(answer)
            token = told.get("access_token")
            for exchange in exchanges:
                exchange.answer = redacted(exchange.answer, (token,)) if isinstance(token, str) else b""
        for exchange in exchanges:
            record(exchange)
        if answer.status in _OK and isinstance(token, str) and token.strip():
            return Granted(token, _seconds(told.get("expires_in")))
        raise _ungranted(answer, told)

    async def _present(self) -> Answer:
        config = self._config
        secret = config.client_secret.get_secret_value()
        words = {"grant_type": "client_credentials"} | ({"scope": config.scope} if config.scope else {})
        headers = {"Content-Type": _FORM, "Accept": "application/json"}
        basic = base64.b64encode(f"{config.client_id}:{secret}".encode()).decode()
        if config.credentials == "basic":
            headers["Authorization"] = f"Basic {basic}"
        else:
            words |= {"client_id": config.client_id, "client_secret": secret}
        return await self._http.post(
            f"{config.url.rstrip('/')}/{config.token_path}",
            urlencode(words).encode(),
            headers=headers,
            secrets=(quote_plus(secret), secret, basic),
            read=True,
            timeout=config.timeout,
            heard=(_TOO_MANY,),
        )


def _is_large(answer: Answer) -> bool:
    return len(answer.text) > _BODY


def _heard(answer: Answer) -> Heard:
    try:
        tree = trees.read(answer.text)
    except trees.NoTreeError as fault:
        words = answer.text.strip()
        if answer.status in _OK and _WORDS.fullmatch(words) and of_text(words):
            return Heard(answer, nfc(words))
        return Heard(answer, why=str(fault))
    return Heard(answer, tree, faults.fault_in(tree))


def _object(answer: Answer) -> Mapping[str, Any]:
    try:
        tree = trees.read(answer.text)
    except trees.NoTreeError:
        return {}
    return tree if isinstance(tree, Mapping) else {}


def _seconds(told: Any) -> float | None:
    """Return how long a token is good; None where that is missing, none, or negative (for ever)."""
    try:
        seconds = float(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < float("inf") else None


def _ungranted(answer: Answer, told: Mapping[str, Any]) -> Unavailable:
    if answer.status == _TOO_MANY:
        return Unavailable("http-429", scope=Scope.SYSTEM, after=answer.after)
    error = told.get("error")
    if answer.status < _ERROR and isinstance(error, str) and error in _OURS:
        return Unavailable("ngsp-credentials", error, scope=Scope.SYSTEM)
    said = shown(error) if isinstance(error, str) else f"HTTP {answer.status}, {answer.content_type}"
    return Unavailable("ngsp-no-token", said, scope=Scope.SYSTEM, answer=answer.signature())


@contextmanager
def _unnumbered() -> Iterator[None]:
    """Take numbers that may be somebody's out of what is kept of the calls made inside."""
    kept: list[Exchange] = []
    try:
        with recorded() as kept:
            yield
    finally:
        for exchange in kept:
            exchange.request, exchange.answer = unnumbered(exchange.request), unnumbered(exchange.answer)
            record(exchange)

"""The outside of all that is served: addresses that mean one thing, headers, and no word about a bug."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection

import structlog
from starlette.requests import ClientDisconnect

from lgsp.api.edge import App, Receive, Scope, Send
from lgsp.api.problems import problem
from lgsp.proxies import Networks, among

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ODD = re.compile(rb"[%\\;\x00-\x20\x7f-\xff]|//|/\.")
"""An address without any of this means what it says; only the others are looked at closely."""
_ENCODED = re.compile(rb"%(?:2f|5c|3b|[01][0-9a-f]|7f|25(?:[0-9a-f]{2}|25)|(?![0-9a-f]{2}))", re.IGNORECASE)
"""A slash, backslash, semicolon or control character in disguise; what is encoded twice, or not at all."""
_TWISTED = re.compile(r"[\x00-\x1f\x7f\\;\ufffd\ud800-\udfff]|//|/\.{1,2}(?:/|$)")
_NAMES = "/files/"
"""Behind this stands a file's own name, which opens nothing."""
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""On every answer that does not say otherwise."""
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_FAULT = "lgsp.fault"
log = structlog.get_logger(__name__)


class Hull:
    """Wraps all that a process serves.

    Args:
        app: API and console.
        proxies: networks of our own proxies, whose word on the scheme counts.
        hosts: names under which we are asked; empty is any. Whether we are well may be asked under all.
    """

    def __init__(self, app: App, proxies: Networks = (), hosts: Collection[str] = ()) -> None:
        self._app = app
        self._proxies = proxies
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, secure=self._secure(scope))
        refused = self._refused(scope)
        if refused is not None:
            await problem(*refused, headers={"Connection": "close"})(scope, receive, answer)
            return
        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            pass  # nobody is there who could be answered
        except Exception:  # whatever it is, the asker learns no more than a number
            number = fault_number(scope)
            log.exception("bug", fault=number, method=scope["method"], path=scope["path"])
            if not answer.begun:
                await problem(500, "internal", fault=number)(scope, receive, answer)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        if scope["method"] not in _METHODS:
            return 501, "unknown-method"
        if self._hosts and _host(scope) not in self._hosts and not scope["path"].startswith("/health/"):
            return 421, "another-host"
        raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
        if _ODD.search(raw) and _twisted(raw, scope["path"]):
            return 400, "malformed-address"
        return None

    def _secure(self, scope: Scope) -> bool:
        direct: bool = scope["scheme"] == "https"
        if direct or not self._proxies:
            return direct
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
        return said == [b"https"] and among((scope.get("client") or ("",))[0], self._proxies)


class _Answer:
    """An answer on its way out: what every one carries is put on it."""

    def __init__(self, send: Send, *, secure: bool) -> None:
        self._send = send
        self._secure = secure
        self.begun = False

    async def __call__(self, event: Scope) -> None:
        if event["type"] == "http.response.start":
            self.begun = True
            headers = [one for one in event["headers"] if one[0] != b"server"]
            given = {name.lower() for name, _ in headers}
            headers += [one for one in _HEADERS if one[0] not in given]
            if self._secure:
                headers.append(_HSTS)
            event["headers"] = headers
        await self._send(event)


def fault_number(scope: Scope) -> str:
    """Return the number under which a bug stands in the log; drawn once for a request."""
    number: str = scope.setdefault(_FAULT, secrets.token_hex(8))
    return number


def _host(scope: Scope) -> str:
    """Return the name under which we are asked, without a port."""
    said: bytes = next((value for name, value in scope["headers"] if name == b"host"), b"")
    text = said.decode("latin-1").lower()
    name, _, port = text.rpartition(":")
    return (name if name and port.isdecimal() else text).removesuffix(".")


def _twisted(raw: bytes, path: str) -> bool:
    """Tell whether an address could be read as another one: by a proxy, by a file system, or by us twice."""
    if path.startswith(_NAMES):
        place, _, name = raw[len(_NAMES) :].partition(b"/")
        return b"%" in place or b"/" in name or bool(re.search(r"[\x00-\x1f\x7f]", path))
    return bool(_ENCODED.search(raw) or _TWISTED.search(path))


class Revolving:
    """The site of now: it is replaced when systems come or go."""

    def __init__(self) -> None:
        self.app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.app(scope, receive, send)

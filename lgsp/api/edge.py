"""The outermost layer: limits on bodies, tokens out of paths, faults into problem documents. Plain ASGI."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog
from fastapi import Response

from lgsp.api.holding import FREE, Held
from lgsp.api.problems import ApiError, problem
from lgsp.journal.contract import JournalError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_KEY = re.compile(r"^(/systems/[a-z][a-z0-9-]*)/key/([^/]+)(/.*)$")
_TOGETHER = 4
"""So many times what one body may have is held of all together; for more there is 503."""
log = structlog.get_logger(__name__)


def _as_it_comes(scope: Scope) -> None:
    """Change nothing."""


class Edge:
    """Wraps the application."""

    def __init__(
        self,
        app: App,
        limit: int,
        larger: Mapping[str, int] | None = None,
        entering: Callable[[Scope], None] = _as_it_comes,
    ) -> None:
        """Wrap `app`; bodies of more than `limit` bytes are answered with 413.

        Args:
            app: what is wrapped.
            limit: of any request.
            larger: limits of those whose path begins so (`/systems/dms/`), where they may have more.
            entering: makes one of all ways to show a credential, before anything else looks at a request.
        """
        self._app = app
        self._limit = limit
        self._larger = dict(larger or {})
        self._entering = entering
        self._held = Held(_TOGETHER * limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _take_key(scope)
        self._entering(scope)
        try:
            await self._enter(scope, receive, send)
        except ApiError as fault:
            await fault.response()(scope, receive, send)
        except JournalError as fault:
            await journal_unavailable(fault)(scope, receive, send)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer; what it may keep whole in memory is counted with all others'."""
        limit = self._limit_of(scope["path"])
        declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        bounded = self._bounded(limit, declared, receive)
        if limit > self._limit or (declared != b"0" and int(declared) <= FREE):
            await self._app(scope, bounded, send)
            return
        with self._held.counting(bounded) as counted:
            await self._app(scope, counted, send)

    def _bounded(self, limit: int, declared: bytes, receive: Receive) -> Receive:
        if not declared.isdigit() or int(declared) > limit:
            raise _too_large(limit)
        if declared != b"0":
            return receive  # the server holds a body to its declared length
        return _counted(receive, limit)

    def _limit_of(self, path: str) -> int:
        larger = (most for before, most in self._larger.items() if path.startswith(before))
        return max((self._limit, *larger))


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> MutableMapping[str, Any]:
        nonlocal seen
        event = await receive()
        seen += len(event.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return event

    return counted


def _too_large(limit: int) -> ApiError:
    """Return the fault, which the application may meet too while it reads the body."""
    return ApiError(413, "too-large", f"a body may have {limit} bytes", headers={"Connection": "close"})


def journal_unavailable(fault: JournalError) -> Response:
    """Return the answer of a request whose journal cannot work now: nothing was taken on."""
    log.warning("journal", fault=str(fault))
    return problem(503, "journal-unavailable", headers={"Retry-After": "2"})


def _take_key(scope: Scope) -> None:
    """Turn `/systems/<name>/key/<token>/…` into `/systems/<name>/…` with the token as Bearer.

    Some clients cannot send headers; past this line the token stands in no path.
    """
    found = _KEY.match(scope["path"]) if "/key/" in scope["path"] else None
    if found is None:
        return
    scope["path"] = found[1] + found[3]
    scope["raw_path"] = scope["path"].encode("utf-8", "surrogateescape")
    headers = [(k, v) for k, v in scope["headers"] if k != b"authorization"]
    scope["headers"] = [*headers, (b"authorization", b"Bearer " + found[2].encode())]

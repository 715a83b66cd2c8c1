"""What every request and answer of the console is held to: where it came from, what a browser may do."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from lgsp.api.problems import ApiError
from lgsp.console.visits import csrf_of

SESSION, DOOR, AWAY = "lgsp_session", "lgsp_door", "lgsp_away"
"""Cookies: of a session, of somebody who has yet to sign in, and of somebody who went to a provider."""
FORM_LIMIT = 2 * 1024 * 1024
_FIELDS = 5000
SAFE = frozenset({"GET", "HEAD"})
"""Methods that only read."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer under `/console`."""


class Form:
    """The fields of a form that was sent."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        """Return a field, without the space around it."""
        return next((value.strip() for key, value in self._fields if key == name), default)

    def raw(self, name: str) -> str:
        """Return a field as it was typed: a password, a text."""
        return next((value for key, value in self._fields if key == name), "")

    def all(self, name: str) -> list[str]:
        """Return all values of a field that may be given several times."""
        return [value for key, value in self._fields if key == name]

    def reason(self) -> str:
        """Return why somebody does what the form asks for.

        Raises:
            ApiError: nothing was given.
        """
        if not (reason := self.get("reason")):
            raise ApiError(422, "reason-needed")
        return reason[:1000]


async def form_of(request: Request) -> Form:
    """Return the form of a request; it may be asked for more than once.

    Raises:
        ApiError: it is too large, or has too many fields.
    """
    if not hasattr(request.state, "form"):
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > FORM_LIMIT:
                raise ApiError(413, "too-large", f"a form may have {FORM_LIMIT} bytes")
        try:
            fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
        except ValueError:
            raise ApiError(422, "invalid", "the form is not UTF-8, or has too many fields") from None
        request.state.form = Form(fields)
    form: Form = request.state.form
    return form


async def guarded(request: Request) -> None:
    """Let through what only reads, and what was sent from a page of ours: a dependency of every endpoint.

    Raises:
        ApiError: it came from elsewhere, or without the token of the session's forms.
    """
    if request.method in SAFE:
        return
    if not _from_here(request):
        raise ApiError(403, "foreign-form")
    secret = form_secret(request)
    given = request.headers.get("x-csrf-token") or (await form_of(request)).get("csrf")
    if not secret or not hmac.compare_digest(given.encode(), csrf_of(secret).encode()):
        raise ApiError(403, "stale-form")


def form_secret(request: Request) -> str:
    """Return the cookie that this browser's forms are bound to, or an empty text."""
    return request.cookies.get(SESSION) or request.cookies.get(DOOR) or ""


def _from_here(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def secure(request: Request) -> bool:
    """Tell whether the browser came by https, here or to the proxy in front."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))


def local_path(text: str) -> str:
    """Return an address inside the console to go on to; anything else is its first page."""
    parts = urlsplit(text)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/console/")
    return text if inside and "\\" not in text and "\n" not in text else "/console/"

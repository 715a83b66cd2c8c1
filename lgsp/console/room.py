"""What all screens share: who asks, the services behind them, and how a page or a note is answered."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from lgsp.api.desk import Desk, sight_of
from lgsp.api.gate import TURNED_AWAY
from lgsp.api.problems import ApiError
from lgsp.console.assets import Assets
from lgsp.console.events import Ticker
from lgsp.console.guard import SAFE, SESSION, form_secret, local_path, secure
from lgsp.console.language import LANGUAGES, preferred
from lgsp.console.pages import Pages
from lgsp.console.places import Place
from lgsp.console.visits import Visitor, Visits, csrf_of
from lgsp.gateway import Gateway
from lgsp.journal.reaching import Sight
from lgsp.oidc.provider import Provider
from lgsp.rights import Right

LANGUAGE, THEME, NOTE = "lgsp_language", "lgsp_theme", "lgsp_note"
THEMES = ("auto", "light", "dark")


class SignInNeededError(Exception):
    """Nobody is signed in, or a temporary password has to be changed first; `to` is where that is done."""

    def __init__(self, to: str) -> None:
        super().__init__()
        self.to = to


@dataclass(slots=True)
class Room:
    """One process's console.

    Attributes:
        desk: the API's services; another one after the routes were published anew.
        wake: tells a system's lane that a person decided something.
        places: what the navigation shows.
        ticker: what keeps pages live.
        provider: that vouches for people, if one does.
        local: whether a password of this installation opens the console to others than administrators.
        visits: who is signed in.
    """

    desk: Desk
    wake: Callable[[str], None]
    assets: Assets = field(default_factory=Assets)
    ticker: Ticker = field(default_factory=Ticker)
    places: Sequence[Place] = ()
    provider: Provider | None = None
    local: bool = True
    visits: Visits = field(init=False)
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        journal, passwords = self.desk.gateway.journal, self.desk.passwords
        self.visits = Visits(journal, passwords, local=self.local, failed=self.failed)
        self.pages = Pages(self.assets)

    @property
    def gateway(self) -> Gateway:
        """Return the gateway: journal, broker, counterparts, routes."""
        return self.desk.gateway

    # --- who asks -------------------------------------------------------------------------------------

    async def visitor(self, request: Request) -> Visitor | None:
        """Return who is signed in, if anybody is."""
        secret = request.cookies.get(SESSION, "")
        found = await self.visits.find(secret) if secret else None
        request.state.visitor = found
        return found

    async def admit(self, request: Request, right: Right, *, within: bool = False) -> Visitor:
        """Return who asks, if that person may; the first line of every endpoint.

        Args:
            request: the call.
            right: the one that the page or the act asks for.
            within: the endpoint itself keeps within the limits of the person's role (`sight`); any other one
                is closed to a person who has limits, for it cannot tell what lies within.

        Raises:
            SignInNeededError: nobody is signed in.
            ApiError: the person's role does not allow it; that somebody tried is an entry.
        """
        found = await self.visitor(request)
        path = request.url.path
        if found is None:
            raise SignInNeededError(f"/console/sign-in?next={quote(_asked_for(request))}")
        if found.visit.temporary and path not in ("/console/account", "/console/sign-out"):
            raise SignInNeededError("/console/account")
        beyond = not (within or found.reach.everything)
        if beyond and path == "/console/":
            raise SignInNeededError("/console/messages")
        if beyond or not found.may(right):
            why = f"needs {right.value}" if not found.may(right) else "beyond the limits of the role"
            self.turned_away(request, found.name, why)
            raise ApiError(403, "beyond-your-limits" if found.may(right) else "not-yours", right.value)
        return found

    def turned_away(self, request: Request, who: str, why: str) -> None:
        """Have it written down that somebody may not do this, or not see it, as at the API."""
        what = TURNED_AWAY if request.method in SAFE else "act denied"
        self.desk.gate.report(what, who, request.url.path, self.desk.door.address(request.scope), why)

    def failed(self, who: str, address: str, why: str) -> None:
        """Have it written down that somebody was not let in; the address pays for it, as at the API."""
        self.desk.gate.note("sign-in failed", who, "/console/sign-in", address, why)

    def sight(self, visitor: Visitor) -> Sight:
        """Return what a person's limits let see by the routes of now."""
        return sight_of(self.gateway, visitor.reach)

    # --- answers --------------------------------------------------------------------------------------

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page (or a part of one) in the visitor's language.

        Templates find `request`, `visitor` (or None), `csrf`, `places`, `theme` and `note` beside the values.
        """
        note = _note_of(request)
        shared = {
            "request": request,
            "path": request.url.path,
            "params": dict(request.query_params),
            "visitor": getattr(request.state, "visitor", None),
            "csrf": csrf_of(form_secret(request)),
            "places": self.places,
            "theme": theme_of(request),
            "note": note,
        }
        html = self.pages.draw(language_of(request), template, shared | values)
        answer = HTMLResponse(html, status)
        if note is not None:
            answer.delete_cookie(NOTE, path="/console")
        return answer

    def say(self, request: Request, text: str, **values: Any) -> str:
        """Return a text that is marked with `told` in the visitor's language."""
        return self.pages.say(language_of(request), text, **values)

    def go(self, request: Request, to: str, note: str = "", kind: str = "success", **values: Any) -> Response:
        """Return the answer after an act: see the page that shows it, with a note above.

        Args:
            request: the act's.
            to: a path inside the console.
            note: Vietnamese, marked with `told`; it is translated here.
            kind: success, info, warning or danger.
            values: of the note.
        """
        answer = RedirectResponse(local_path(to), 303)
        if note:
            said = orjson.dumps([kind, self.say(request, note, **values)[:1000]])
            text = base64.urlsafe_b64encode(said).decode()
            set_cookie(answer, request, NOTE, text, life=60)
        return answer


def set_cookie(answer: Response, request: Request, name: str, value: str, *, life: int | None = None) -> None:
    """Set a cookie of the console: not for scripts, not for other sites' requests, not beyond `/console`."""
    answer.set_cookie(
        name, value, max_age=life, path="/console", secure=secure(request), httponly=True, samesite="lax"
    )


def language_of(request: Request) -> str:
    """Return the visitor's language: as chosen, or the browser's, or Vietnamese."""
    chosen = request.cookies.get(LANGUAGE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def theme_of(request: Request) -> str:
    """Return the theme that was chosen; `auto` follows the browser's."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else THEMES[0]


def _asked_for(request: Request) -> str:
    """Return where to go after signing in: the page, also when only a part of it was asked for."""
    if "hx-request" in request.headers:
        return request.headers.get("hx-current-url", "").partition(request.headers.get("host", ""))[2]
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "") if request.method == "GET" else "/console/"


def _note_of(request: Request) -> tuple[str, str] | None:
    text = request.cookies.get(NOTE, "")
    if not text or "hx-request" in request.headers:
        return None
    try:
        kind, said = orjson.loads(base64.urlsafe_b64decode(text))
    except (binascii.Error, ValueError):
        return None
    return (str(kind), str(said)) if kind in ("success", "info", "warning", "danger") else None

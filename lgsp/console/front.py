"""The console in front of the API: its addresses, its headers, its faults, and its stream of events."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.exceptions import HTTPException

from lgsp.api.edge import App, Receive, Send
from lgsp.api.hull import fault_number
from lgsp.api.problems import ApiError
from lgsp.console.faults import fault_page
from lgsp.console.guard import HEADERS, SESSION, guarded
from lgsp.console.language import LANGUAGES
from lgsp.console.room import LANGUAGE, THEME, THEMES, Room, SignInNeededError, set_cookie
from lgsp.console.screens import Screen, screens
from lgsp.console.signing import signing_router
from lgsp.console.signing_keys import keys_router
from lgsp.console.signing_outside import outside_router
from lgsp.console.visits import Visitor
from lgsp.journal.contract import JournalError, WrongStateError
from lgsp.rights import Right

_YEAR = 365 * 86_400
_MISSING = (
    "Giao diện điều hành chưa có tệp giao diện (%s). Chạy `make assets` trong mã nguồn rồi khởi động lại;"
    " API vẫn hoạt động.\n\n"
    "The console has no assets (%s). Run `make assets` in the checkout and start again; the API works.\n"
)
log = structlog.get_logger(__name__)


class Front:
    """Sends what is under `/console` to the console, and everything else to the API."""

    def __init__(self, room: Room, api: App) -> None:
        self._api = api
        self._assets = room.assets
        self._console = console(room, screens())

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path in ("/", "/console") or path.startswith("/console/")):
            await self._api(scope, receive, send)
        elif path in ("/", "/console"):
            await RedirectResponse("/console/", 307)(scope, receive, send)
        else:
            app = self._first(scope) or self._console
            await app(scope, receive, _with_headers(send))

    def _first(self, scope: MutableMapping[str, Any]) -> App | None:
        """Say what is missing, or keep what `?lang=` and `?theme=` choose."""
        missing = self._assets.missing()
        if missing:
            names = ", ".join(missing)
            return PlainTextResponse(_MISSING % (names, names), 503)
        request = Request(scope)
        if scope["method"] == "GET" and {"lang", "theme"} & set(request.query_params):
            return _chosen(request)
        return None


def _with_headers(send: Send) -> Send:
    async def sending(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            given = {name.lower() for name, _ in event["headers"]}
            ours = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}
            more = {b"cache-control": b"no-store"} | ours
            event["headers"] = [
                *event["headers"],
                *((name, value) for name, value in more.items() if name not in given),
            ]
        await send(event)

    return sending


def console(room: Room, found: list[Screen]) -> FastAPI:
    """Return the console's application."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(guarded)],
    )
    room.places = found
    _faults(app, room)
    app.include_router(signing_router(room))
    app.include_router(outside_router(room))
    app.include_router(keys_router(room))
    for screen in found:
        app.include_router(screen.router(room))
    if not any(screen.path == "" for screen in found):
        app.add_api_route("/console/", _first_place(room), methods=["GET"])
    app.add_api_route("/console/events", _events(room), methods=["GET"])
    app.add_api_route("/console/assets/{name:path}", _asset(room), methods=["GET"])
    return app


def _chosen(request: Request) -> Response:
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("lang", "theme")]
    answer = RedirectResponse(request.url.path + (f"?{urlencode(kept)}" if kept else ""), 303)
    for name, cookie, allowed in (("lang", LANGUAGE, LANGUAGES), ("theme", THEME, THEMES)):
        value = request.query_params.get(name, "")
        if value in allowed:
            set_cookie(answer, request, cookie, value, life=_YEAR)
    return answer


def _first_place(room: Room) -> Any:
    async def first(request: Request) -> Response:
        """Lead to the first screen that the visitor may enter."""
        visitor = await room.admit(request, Right.LOOK, within=True)
        open_ = (one for one in room.places if one.within or visitor.reach.everything)
        to = next((one.url for one in open_ if one.shown and visitor.may(one.right)), "/console/account")
        return RedirectResponse(to, 303)

    return first


def _events(room: Room) -> Any:
    async def events(request: Request) -> Response:
        """Stream what keeps pages live."""
        if await room.visitor(request) is None:
            return Response(status_code=204)  # a browser takes it for: do not come back
        if room.ticker.full():
            return Response(status_code=503, headers={"Retry-After": "30"})
        secret = request.cookies[SESSION]

        async def lasts() -> bool:
            try:
                return await room.visits.find(secret, note=False) is not None
            except JournalError:
                return True

        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        return StreamingResponse(room.ticker.stream(lasts), media_type="text/event-stream", headers=headers)

    return events


def _asset(room: Room) -> Any:
    async def asset(request: Request, name: str) -> Response:
        """Send a file beside a page; nobody has to be signed in for it."""
        found = room.assets.answer(request, name)
        if found is None:
            raise ApiError(404, "not-found")
        return found

    return asset


def _faults(app: FastAPI, room: Room) -> None:
    async def sign_in(request: Request, fault: Exception) -> Response:
        to = fault.to if isinstance(fault, SignInNeededError) else "/console/sign-in"
        if "hx-request" in request.headers:
            return Response(status_code=204, headers={"HX-Redirect": to})
        return RedirectResponse(to, 303)

    async def wrong(request: Request, fault: Exception) -> Response:
        _note_foreign(room, request, await _known(room, request), fault)
        if isinstance(fault, ApiError):
            return fault_page(room, request, fault.status, fault.code, fault.detail)
        if isinstance(fault, WrongStateError):
            return fault_page(room, request, 409, "wrong-state", str(fault))
        if isinstance(fault, RequestValidationError):
            return fault_page(room, request, 422, "invalid", "")
        status = fault.status_code if isinstance(fault, HTTPException) else 500
        return fault_page(room, request, status, "not-found" if status == 404 else "", "")  # noqa: PLR2004

    async def journal(request: Request, fault: Exception) -> Response:
        log.warning("journal", fault=str(fault))
        return fault_page(room, request, 503, "journal-unavailable", "")

    async def bug(request: Request, _: Exception) -> Response:
        return fault_page(room, request, 500, "", fault_number(request.scope))

    app.add_exception_handler(SignInNeededError, sign_in)
    app.add_exception_handler(JournalError, journal)
    for kind in (ApiError, WrongStateError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, wrong)
    app.add_exception_handler(Exception, bug)


def _note_foreign(room: Room, request: Request, visitor: Visitor | None, fault: Exception) -> None:
    """Have it written down that a page of somebody else made a browser send us a form."""
    if isinstance(fault, ApiError) and fault.code == "foreign-form":
        room.turned_away(request, visitor.name if visitor else "", fault.code)


async def _known(room: Room, request: Request) -> Visitor | None:
    """Find out who asks, so that an error has its navigation too."""
    try:
        return await room.visitor(request)
    except JournalError:
        return None

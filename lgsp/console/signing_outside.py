"""Signing in by a provider of identities: there, back, and out of it again."""

from __future__ import annotations

from urllib.parse import quote, unquote

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from lgsp.accounts import Accounts
from lgsp.api.problems import ApiError
from lgsp.console import guard
from lgsp.console.guard import local_path
from lgsp.console.language import told
from lgsp.console.room import Room, set_cookie
from lgsp.console.signing import client_of
from lgsp.console.visits import LIFE
from lgsp.journal.contract import WrongStateError
from lgsp.oidc import binding
from lgsp.oidc.binding import Binding
from lgsp.oidc.provider import AwayError, Provider, RefusedError

log = structlog.get_logger(__name__)
BACK = "/console/sign-in/return"
_AWAY = told("%(name)s không trả lời. Thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu của trục nếu có.")
_REFUSED = told("Đăng nhập bằng %(name)s không thành công. Hãy thử lại từ đầu.")
_NO_ROLE = told("Tài khoản này chưa được cấp vai trò nào ở đây, hoặc đã bị khóa. Hãy nhờ quản trị viên.")
_BYE = told("Đã đăng xuất khỏi trục.")


def outside_router(room: Room) -> APIRouter:
    """Return the endpoints; without a provider none of them is there."""
    router = APIRouter()

    @router.get("/console/sign-in/provider")
    async def leave(request: Request) -> Response:
        provider, secret = _provider(room), binding.draw()
        try:
            to = await provider.leads_to(Binding(secret), _back(provider, request))
        except AwayError:
            return _told(room, request, _AWAY, provider)
        then = local_path(request.query_params.get("next", ""))
        answer = RedirectResponse(to, 303)
        set_cookie(answer, request, guard.AWAY, f"{secret}.{quote(then, safe='')}", life=binding.LIFE)
        return answer

    @router.get(BACK)
    async def come_back(request: Request) -> Response:
        answer = await _came_back(room, request)
        answer.delete_cookie(guard.AWAY, path="/console")
        return answer

    @router.get("/console/sign-out/provider")
    async def out(request: Request) -> Response:
        provider = _provider(room)
        try:
            to = await provider.leaves_by(_origin(request) + "/console/sign-in")
        except AwayError:
            to = ""
        return RedirectResponse(to, 303) if to else room.go(request, "/console/sign-in", _BYE, "info")

    return router


def _provider(room: Room) -> Provider:
    if room.provider is None:
        raise ApiError(404, "not-found")
    return room.provider


async def _came_back(room: Room, request: Request) -> Response:
    """Let somebody in who comes from the provider; only the browser that went there has what it takes."""
    provider = _provider(room)
    secret, _, then = request.cookies.get(guard.AWAY, "").partition(".")
    try:
        if not secret:
            raise RefusedError("state")  # noqa: TRY301 - one answer for all that proves nothing
        told_ = dict(request.query_params)
        one = await provider.redeem(told_, Binding(secret), _back(provider, request))
        taken = Accounts(room.gateway, room.visits.passwords).reserved
        session = await room.visits.vouched(one, client_of(room, request), taken)
    except AwayError:
        return _told(room, request, _AWAY, provider)
    except (RefusedError, WrongStateError) as fault:
        _note(room, request, str(fault))
        return _told(room, request, _REFUSED, provider)
    if session is None:
        return _told(room, request, _NO_ROLE, provider)
    answer = room.go(request, local_path(unquote(then)))
    set_cookie(answer, request, guard.SESSION, session, life=int(LIFE))
    answer.delete_cookie(guard.DOOR, path="/console")
    return answer


def _note(room: Room, request: Request, why: str) -> None:
    log.warning("signing in by the provider was refused", cause=why)
    address, _ = client_of(room, request)
    room.failed("", address, f"provider: {why}")


def _told(room: Room, request: Request, wrong: str, provider: Provider) -> Response:
    answer = room.go(request, "/console/sign-in", wrong, "danger", name=provider.agreement.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _back(provider: Provider, request: Request) -> str:
    return provider.agreement.comes_back or _origin(request) + BACK


def _origin(request: Request) -> str:
    """Return where the browser is; a provider leads nobody to an address that it was not told of ahead."""
    return f"{'https' if guard.secure(request) else 'http'}://{request.headers.get('host', '')}"

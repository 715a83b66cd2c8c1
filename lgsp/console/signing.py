"""Coming in and going out: signing in, signing out, one's own account and password."""

from __future__ import annotations

import math
import secrets
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp import passwords
from lgsp.api.problems import ApiError
from lgsp.console import guard
from lgsp.console.guard import form_of, local_path
from lgsp.console.language import told
from lgsp.console.room import Room, set_cookie
from lgsp.console.signing_keys import DAYS, MOST_DAYS, own, shown
from lgsp.console.visits import LIFE, LockedError, Visitor, csrf_of
from lgsp.journal import people
from lgsp.passwords import BusyError
from lgsp.rights import Right

_WRONG = told("Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đã bị khóa.")
_LOCKED = told(
    "Đăng nhập sai quá nhiều lần. Thử lại sau %(wait)s giây, hoặc nhờ quản trị viên đặt lại mật khẩu."
)
_BUSY = told("Đang có quá nhiều người đăng nhập cùng lúc. Thử lại sau ít giây.")
_SHORT = told("Mật khẩu mới cần ít nhất %(least)s ký tự.")
_DIFFERENT = told("Hai lần nhập mật khẩu mới không giống nhau.")
_NOT_IT = told("Mật khẩu hiện tại không đúng.")
_CHANGED = told("Đã đổi mật khẩu; các phiên khác của tài khoản này đã kết thúc.")
_OTHERS = told("Đã kết thúc các phiên khác của tài khoản này.")
_OUT = told("Đã đăng xuất.")


def signing_router(room: Room) -> APIRouter:
    """Return the endpoints of sign-in, sign-out and the account."""
    router = APIRouter()
    _door(room, router)
    _account(room, router)
    return router


def _door(room: Room, router: APIRouter) -> None:
    @router.get("/console/sign-in")
    async def show(request: Request) -> Response:
        if await room.visitor(request) is not None:
            return room.go(request, local_path(request.query_params.get("next", "")))
        return _sign_in_page(room, request)

    @router.post("/console/sign-in")
    async def enter(request: Request) -> Response:
        form = await form_of(request)
        try:
            secret = await room.visits.sign_in(
                form.get("name"), form.raw("password"), client_of(room, request)
            )
        except LockedError as fault:
            return _sign_in_page(room, request, 429, _LOCKED, wait=math.ceil(fault.seconds))
        except BusyError:
            return _sign_in_page(room, request, 503, _BUSY)
        if secret is None:
            return _sign_in_page(room, request, 401, _WRONG)
        answer = room.go(request, local_path(form.get("next")))
        set_cookie(answer, request, guard.SESSION, secret, life=int(LIFE))
        answer.delete_cookie(guard.DOOR, path="/console")
        return answer

    @router.post("/console/sign-out")
    async def leave(request: Request) -> Response:
        visitor = await room.visitor(request)
        if visitor is not None:
            token = visitor.token
            await room.gateway.journal.write(lambda tx: people.sign_out(tx, token, visitor.name))
            room.visits.forget(token)
        outside = visitor is not None and visitor.visit.issuer and room.provider is not None
        answer = room.go(request, "/console/sign-in" + ("?out=1" if outside else ""), _OUT, "info")
        answer.delete_cookie(guard.SESSION, path="/console")
        return answer


def _account(room: Room, router: APIRouter) -> None:
    @router.get("/console/account")
    async def account(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        return await _account_page(room, request, visitor)

    @router.post("/console/account/others")
    async def end_others(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        name, token = visitor.name, visitor.token
        await room.gateway.journal.write(lambda tx: people.end_others(tx, name, token, name))
        room.visits.forget()
        return room.go(request, "/console/account", _OTHERS)

    @router.post("/console/account")
    async def change(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        form = await form_of(request)
        wrong = await _change(room, visitor, form)
        if wrong:
            return await _account_page(room, request, visitor, 422, wrong)
        return room.go(request, "/console/account", _CHANGED)


def client_of(room: Room, request: Request) -> tuple[str, str]:
    """Return from which address a browser comes, past the proxies that we trust, and what it says of itself.

    Were it the proxy's own, whoever signs in wrongly too often would shut out everybody.
    """
    address = room.desk.door.entrance.origins.address(request.scope)
    return address, request.headers.get("user-agent", "")


def _sign_in_page(
    room: Room, request: Request, status: int = 200, wrong: str = "", **values: Any
) -> Response:
    form = getattr(request.state, "form", None)
    fresh = "" if guard.form_secret(request) else secrets.token_urlsafe(24)
    answer = room.page(
        request, "signing/sign-in.html", status=status,
        wrong=room.say(request, wrong, **values) if wrong else "",
        name=form.get("name") if form else "",
        next=local_path(form.get("next") if form else request.query_params.get("next", "")),
        provider=room.provider.agreement.name if room.provider else "", local=room.local,
        csrf=csrf_of(fresh or guard.form_secret(request)),
    )  # fmt: skip
    if fresh:
        answer.set_cookie(
            guard.DOOR, fresh, path="/console", secure=guard.secure(request), httponly=True, samesite="strict"
        )
    return answer


async def _account_page(
    room: Room, request: Request, visitor: Visitor, status: int = 200, wrong: str = ""
) -> Response:
    visits, keys = await room.gateway.journal.read(
        lambda tx: (people.visits(tx, visitor.name), own(tx, visitor.name))
    )
    return room.page(
        request, "signing/account.html", status=status, visits=visits, least=passwords.SHORTEST,
        keys=[shown(one) for one in keys], days=DAYS, most_days=MOST_DAYS,
        wrong=room.say(request, wrong, least=passwords.SHORTEST) if wrong else "",
    )  # fmt: skip


async def _change(room: Room, visitor: Visitor, form: guard.Form) -> str:
    """Give a person the password that the form asks for; return what is wrong with it, if anything is."""
    new = form.raw("new")
    if visitor.visit.issuer:
        raise ApiError(409, "wrong-state", visitor.visit.issuer)
    if not passwords.SHORTEST <= len(new) <= passwords.LONGEST:
        return _SHORT
    if new != form.raw("again"):
        return _DIFFERENT
    journal, keep = room.gateway.journal, room.visits.passwords
    one = await journal.read(lambda tx: people.find(tx, visitor.name))
    if not await keep.matches(one.hash if one else None, form.raw("password")):
        return _NOT_IT
    hashed = await keep.hash(new)
    await journal.write(
        lambda tx: people.set_password(
            tx, visitor.name, hashed, visitor.name, temporary=False, keep=visitor.token
        )
    )
    room.visits.forget()
    return ""

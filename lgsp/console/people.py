"""The screen of people: who may sign in as what, where they are signed in, and who did what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp import accounts
from lgsp.accounts import Accounts
from lgsp.api.problems import ApiError
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.console.visits import Visitor
from lgsp.errors import Invalid
from lgsp.journal import people
from lgsp.journal.contract import Transaction
from lgsp.journal.people import Person, Role
from lgsp.rights import Right

_PAGE = 50

_ADDED = told("Đã thêm %(name)s.")
_WRONG_NAME = told(
    "Tên đăng nhập gồm 2–40 chữ thường không dấu, chữ số, dấu chấm, gạch nối; bắt đầu bằng chữ hoặc số."
)
_NAME_TAKEN = told("Tên đăng nhập này đã có người dùng, hoặc được dành riêng.")
_NO_SHOWN = told("Cần họ tên để người khác nhận ra.")
_WRONG = {"bad-format": _WRONG_NAME, "name-taken": _NAME_TAKEN, "missing": _NO_SHOWN}
"""What is wrong with somebody who is to be added, by the code of the problem."""


class _Act(NamedTuple):
    """Something dangerous that may be done to a person: its name, what follows, and what was done."""

    title: str
    effect: str
    done: str
    icon: str
    danger: bool = True


ACTS: Mapping[str, _Act] = {
    "role": _Act(
        told("Đổi vai trò"),
        told(
            "Mọi phiên đang mở kết thúc; người này đăng nhập lại với vai trò mới. Khóa API theo vai trò mới."
        ),
        told("Đã đổi vai trò của %(name)s."),
        "user-cog",
        danger=False,
    ),
    "limits": _Act(
        told("Giới hạn phạm vi"),
        told(
            "Người này chỉ còn xem và xử lý được dữ liệu trong phạm vi đã chọn; các màn hình không chia được "
            "theo phạm vi sẽ đóng. Mọi phiên đang mở kết thúc."
        ),
        told("Đã đổi phạm vi của %(name)s."),
        "filter",
        danger=False,
    ),
    "disable": _Act(
        told("Khóa tài khoản"),
        told(
            "Người này không đăng nhập được nữa; mọi phiên đang mở kết thúc ngay. Việc đã làm vẫn còn "
            "trong nhật ký."
        ),
        told("Đã khóa tài khoản %(name)s."),
        "user-off",
    ),
    "enable": _Act(
        told("Mở khóa tài khoản"),
        told("Người này đăng nhập lại được bằng mật khẩu cũ, với vai trò hiện tại."),
        told("Đã mở khóa tài khoản %(name)s."),
        "user-check",
        danger=False,
    ),
    "password": _Act(
        told("Đặt lại mật khẩu"),
        told(
            "Mật khẩu tạm được tạo và chỉ hiện một lần; mọi phiên kết thúc. Người này phải đổi mật "
            "khẩu khi đăng nhập."
        ),
        told("Đã đặt lại mật khẩu của %(name)s."),
        "password",
    ),
    "revoke": _Act(
        told("Kết thúc phiên"),
        told("Trình duyệt đang dùng phiên này phải đăng nhập lại trong vòng 5 giây."),
        told("Đã kết thúc một phiên của %(name)s."),
        "logout",
    ),
    "revoke-all": _Act(
        told("Kết thúc mọi phiên"),
        told("Mọi trình duyệt của người này phải đăng nhập lại trong vòng 5 giây."),
        told("Đã kết thúc mọi phiên của %(name)s."),
        "logout",
    ),
}


def people_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/people")
    journal = room.gateway.journal

    @router.get("")
    async def everybody(request: Request) -> Response:
        await room.admit(request, Right.AUDIT)
        found = await journal.read(people.everybody)
        return room.page(request, "people/list.html", people=found)

    @router.get("/add")
    async def adding(request: Request) -> Response:
        await room.admit(request, Right.PEOPLE)
        return _add_page(room, request)

    @router.post("/add")
    async def add(request: Request) -> Response:
        visitor = await room.admit(request, Right.PEOPLE)
        return await _add(room, request, visitor)

    @router.get("/{name}")
    async def one(request: Request, name: str) -> Response:
        await room.admit(request, Right.AUDIT)
        before = request.query_params.get("before", "")
        person = await _find(room, name)
        visits, done = await journal.read(
            lambda tx: (people.visits(tx, name), people.done(tx, name, _number(before), _PAGE + 1))
        )
        older = done[_PAGE - 1]["id"] if len(done) > _PAGE else None
        return room.page(
            request,
            "people/one.html",
            person=person,
            visits=visits,
            done=done[:_PAGE],
            older=older,
            before=before,
        )

    @router.get("/{name}/{act}")
    async def confirming(request: Request, name: str, act: str) -> Response:
        await room.admit(request, Right.PEOPLE)
        return await _confirm_page(room, request, name, act)

    @router.post("/{name}/{act}")
    async def do(request: Request, name: str, act: str) -> Response:
        visitor = await room.admit(request, Right.PEOPLE)
        return await _do(room, request, visitor, await _find(room, name), act)

    return router


def _accounts(room: Room) -> Accounts:
    return Accounts(room.gateway, room.visits.passwords)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004 - digits of an id


async def _find(room: Room, name: str) -> Person:
    found = await room.gateway.journal.read(lambda tx: people.find(tx, name))
    if found is None:
        raise ApiError(404, "not-found")
    return found


# --- adding ---------------------------------------------------------------------------------------------


def _add_page(room: Room, request: Request, wrong: str = "", **given: Any) -> Response:
    shown = {"name": "", "shown": "", "role": Role.VIEWER.value} | given
    told_ = room.say(request, wrong) if wrong else ""
    return room.page(
        request, "people/add.html", status=422 if wrong else 200, wrong=told_, given=shown, roles=list(Role)
    )


async def _add(room: Room, request: Request, visitor: Visitor) -> Response:
    form = await form_of(request)
    name, shown, role = accounts.named(form.get("name")), form.get("shown"), form.get("role")
    given = {"name": name, "shown": shown, "role": role}
    try:
        one, password = await _accounts(room).add(name, shown, _role(role), visitor.name)
    except Invalid as fault:
        return _add_page(room, request, _WRONG[fault.problems[0].code], **given)
    note = room.say(request, _ADDED, name=one.name)
    return room.page(request, "people/password.html", person=one, password=password, done=note)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise ApiError(422, "invalid", "role") from None


# --- acting ---------------------------------------------------------------------------------------------


async def _confirm_page(room: Room, request: Request, name: str, act: str) -> Response:
    person = await _find(room, name)
    if act not in ACTS:
        raise ApiError(404, "not-found")
    part = "hx-request" in request.headers
    return room.page(
        request, "people/confirm-part.html" if part else "people/confirm.html", person=person, act=ACTS[act],
        word=act, roles=list(Role), session=request.query_params.get("session", ""),
        systems=list(room.gateway.counterparts), routes=[one.name for one in room.gateway.routes.routes],
    )  # fmt: skip


async def _do(room: Room, request: Request, visitor: Visitor, person: Person, act: str) -> Response:
    if act not in ACTS:
        raise ApiError(404, "not-found")
    form = await form_of(request)
    name, who, reason = person.name, visitor.name, form.reason()
    if act == "password":
        return await _reset(room, request, visitor, person, reason)
    await room.gateway.journal.write(_ON_PERSON[act](room, form, name, who, reason))
    room.visits.forget()
    return room.go(request, f"/console/people/{name}", ACTS[act].done, name=name)


async def _reset(room: Room, request: Request, visitor: Visitor, person: Person, reason: str) -> Response:
    password = await _accounts(room).reset(person.name, visitor.name, reason)
    room.visits.forget()
    done = room.say(request, ACTS["password"].done, name=person.name)
    return room.page(request, "people/password.html", person=person, password=password, done=done)


_Write = Callable[[Transaction], None]


def _limit(room: Room, form: Form, name: str, who: str, reason: str) -> _Write:
    codes = form.get("agencies").replace(",", " ").split()
    given = {"systems": form.all("systems"), "routes": form.all("routes"), "agencies": codes}
    try:
        reach = accounts.reach(room.gateway, given)
    except Invalid as fault:
        raise ApiError(422, "invalid", fault.problems[0].detail) from fault
    return lambda tx: people.limit(tx, name, reach, who, reason)


def _end_all(_: Room, __: Form, name: str, who: str, reason: str) -> _Write:
    def end(tx: Transaction) -> None:
        people.end_others(tx, name, b"", who, reason)

    return end


def _change_role(_: Room, form: Form, name: str, who: str, reason: str) -> _Write:
    role = _role(form.get("role"))
    return lambda tx: people.change_role(tx, name, role, who, reason)


def _revoke(_: Room, form: Form, name: str, who: str, reason: str) -> _Write:
    try:
        token = bytes.fromhex(form.get("session"))
    except ValueError:
        raise ApiError(422, "invalid", "session") from None
    return lambda tx: accounts.revoke(tx, name, token, who, reason)


_ON_PERSON: Mapping[str, Callable[[Room, Form, str, str, str], _Write]] = {
    "role": _change_role,
    "limits": _limit,
    "revoke-all": _end_all,
    "disable": lambda _, __, name, who, reason: lambda tx: people.disable(tx, name, who, reason),
    "enable": lambda _, __, name, who, reason: lambda tx: people.enable(tx, name, who, reason),
    "revoke": _revoke,
}

SCREEN = Screen(
    path="people", title=told("Người dùng"), icon="users", right=Right.AUDIT, router=people_router
)

"""The screen of credentials: which there are, when they end, making, rotating and revoking them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.api import credentials as api
from lgsp.api.problems import ApiError
from lgsp.console.credentials_form import Filled, blank, read
from lgsp.console.credentials_words import ACTS, KINDS, RATES, STANDINGS, TAKEN
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.visits import Visitor
from lgsp.credentials.bounding import ACTS as ALL_ACTS
from lgsp.credentials.making import LONGEST_OVERLAP, Made
from lgsp.credentials.standing import Standing, days_left, in_use, overlapping, shown
from lgsp.errors import Rejected
from lgsp.journal import credentials
from lgsp.journal.contract import WrongStateError
from lgsp.journal.credentials import Kept, Kind
from lgsp.rights import Right

SOON = 30
"""Days before its end from which on a credential in use stands out."""
_HOUR = 3600
_OVERLAPS = (0, 24, 168, 720)
_MADE = told("Đã cấp “%(name)s”.")
_ROTATED = told("Đã đổi khóa của “%(name)s”.")
_REVOKED = told("Đã thu hồi “%(name)s”; có hiệu lực ở mọi tiến trình trong vòng một giây.")


class _Act(NamedTuple):
    """Something that may be done to a credential, and what follows."""

    title: str
    effect: str
    icon: str
    danger: bool


_ACTS: Mapping[str, _Act] = {
    "rotate": _Act(
        told("Đổi khóa"),
        told(
            "Khóa mới hiện một lần ở bước sau. Khóa cũ dùng thêm thời gian chọn dưới đây; chọn “ngay” thì "
            "khóa cũ, phiên và mã truy cập cấp theo nó hết hiệu lực lập tức."
        ),
        "refresh",
        danger=False,
    ),
    "revoke": _Act(
        told("Thu hồi"),
        told(
            "Không ai vào được bằng thông tin xác thực này nữa, kể cả bằng phiên và mã truy cập đã cấp. "
            "Không hoàn tác được; cần thì cấp cái mới."
        ),
        "ban",
        danger=True,
    ),
}


def credentials_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/credentials")

    @router.get("")
    async def listed(request: Request) -> Response:
        await room.admit(request, Right.AUDIT)
        return await _list(room, request)

    @router.get("/make")
    async def making(request: Request) -> Response:
        await room.admit(request, Right.PEOPLE)
        return _form(room, request, blank(request.query_params.get("system", "")))

    @router.post("/make")
    async def make(request: Request) -> Response:
        visitor = await room.admit(request, Right.PEOPLE)
        return await _make(room, request, visitor)

    @router.get("/{uid}")
    async def one(request: Request, uid: str) -> Response:
        await room.admit(request, Right.AUDIT)
        return room.page(
            request, "credentials/one.html", **_words(), one=_row(await api.found(room.desk, uid))
        )

    @router.get("/{uid}/{act}")
    async def confirming(request: Request, uid: str, act: str) -> Response:
        await room.admit(request, Right.PEOPLE)
        return await _confirm(room, request, uid, act)

    @router.post("/{uid}/{act}")
    async def do(request: Request, uid: str, act: str) -> Response:
        visitor = await room.admit(request, Right.PEOPLE)
        return await _do(room, request, visitor, uid, act)

    return router


def _words() -> Mapping[str, Any]:
    return {"kinds": KINDS, "standings": STANDINGS, "act_names": ACTS, "taken": TAKEN, "rates": RATES}


def _row(kept: Kept) -> Mapping[str, Any]:
    """Return a credential as pages show it: as the API tells it, and what of it stands out."""
    now = time.time_ns() // 1000
    left = days_left(kept, now)
    soon = left is not None and left <= SOON and in_use(kept, now)
    return {
        **shown(kept, now),
        "soon": soon,
        "overlapping": overlapping(kept, now),
        "secrets": len(kept.secrets),
    }


# --- the list -------------------------------------------------------------------------------------------


async def _list(room: Room, request: Request) -> Response:
    system, state = (request.query_params.get(name, "") for name in ("system", "state"))
    found = await room.gateway.journal.read(credentials.everything)
    rows = [_row(one) for one in found if not system or one.grant.system == system]
    wanted = [one for one in rows if _is(one, state)]
    return room.page(
        request, "credentials/list.html", **_words(), found=wanted, any=bool(found), system=system,
        state=state, systems=sorted(room.gateway.counterparts), states=list(Standing),
        environment=_environment(room),
    )  # fmt: skip


def _is(one: Mapping[str, Any], state: str) -> bool:
    return not state or one["standing"] == state


def _environment(room: Room) -> Sequence[str]:
    """Return the systems that come in by a token of the environment, which is not on record."""
    return [name for name in sorted(room.gateway.counterparts) if room.desk.door.by_environment(name)]


# --- making ---------------------------------------------------------------------------------------------


def _form(room: Room, request: Request, given: Filled, wrong: Sequence[str] = ()) -> Response:
    kinds = {kind: words for kind, words in KINDS.items() if kind is not Kind.PERSON}
    return room.page(
        request, "credentials/make.html", status=422 if wrong else 200, given=given, wrong=wrong,
        systems=sorted(room.gateway.counterparts), types=_types(room), acts=ALL_ACTS,
        **{**_words(), "kinds": kinds},
    )  # fmt: skip


def _types(room: Room) -> Sequence[str]:
    """Return the types that any system brings or answers, by name."""
    adapters = [to.adapter for to in room.gateway.counterparts.values()]
    return sorted({type_ for one in adapters for type_ in (*one.brings, *one.takes, *one.answers)})


async def _make(room: Room, request: Request, visitor: Visitor) -> Response:
    form = await form_of(request)
    given, asked, wrong = read(form, language_of(request))
    if asked is not None and asked.system not in room.gateway.counterparts:
        raise ApiError(422, "invalid", "system")
    if asked is None or wrong:
        return _form(room, request, given, wrong)
    try:
        made = await api.making_of(room.desk).make(asked.wish(), visitor.name)
    except Rejected as reason:
        return _form(room, request, given, given.faults(reason.problems))
    except WrongStateError:
        return _form(
            room, request, given, [room.say(request, told("Chứng thư này đã được ghi nhận trước đó."))]
        )
    return _once(room, request, made, _MADE)


def _once(room: Room, request: Request, made: Made, done: str) -> Response:
    """Return the page with the secret: the only time that anybody sees it."""
    note = room.say(request, done, name=made.kept.grant.name)
    answer = room.page(
        request, "credentials/secret.html", **_words(), one=_row(made.kept), secret=made.secret, done=note
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


# --- acting ---------------------------------------------------------------------------------------------


async def _confirm(room: Room, request: Request, uid: str, act: str) -> Response:
    kept = await api.found(room.desk, uid)
    if act not in _ACTS:
        raise ApiError(404, "not-found")
    part = "hx-request" in request.headers
    return room.page(
        request, f"credentials/confirm{'-part' if part else ''}.html", one=_row(kept), act=_ACTS[act],
        word=act, overlaps=_OVERLAPS,
    )  # fmt: skip


async def _do(room: Room, request: Request, visitor: Visitor, uid: str, act: str) -> Response:
    kept, form = await api.found(room.desk, uid), await form_of(request)
    if act not in _ACTS:
        raise ApiError(404, "not-found")
    making, reason = api.making_of(room.desk), form.reason()
    try:
        if act == "rotate":
            api.its_own(kept, visitor.name)
            made = await making.rotate(kept, _overlap(form.get("overlap")), visitor.name, reason)
            return _once(room, request, made, _ROTATED)
        await making.revoke(kept, visitor.name, reason)
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    return room.go(request, f"/console/credentials/{uid}", _REVOKED, name=kept.grant.name)


def _overlap(hours: str) -> int:
    """Return the overlap that was chosen, in seconds.

    Raises:
        ApiError: it is no number of hours, or longer than it may be.
    """
    if not (hours.isascii() and hours.isdigit() and len(hours) < 6 and int(hours) * _HOUR <= LONGEST_OVERLAP):  # noqa: PLR2004
        raise ApiError(422, "invalid", "overlap")
    return int(hours) * _HOUR


SCREEN = Screen(
    path="credentials",
    title=told("Thông tin xác thực"),
    icon="key",
    right=Right.AUDIT,
    router=credentials_router,
)

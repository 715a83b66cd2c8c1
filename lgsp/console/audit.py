"""The screen of the audit journal: searching entries, taking them along, and how the sealed log stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from lgsp.api.audit import Against, proved, sought_by, state_of
from lgsp.api.problems import ApiError
from lgsp.console.audit_export import EXPORTED, lines
from lgsp.console.audit_words import FINDINGS, WHATS, spoken, what
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.sheets import note
from lgsp.journal import seal_entries, seal_reading
from lgsp.journal.contract import Transaction
from lgsp.journal.seal_entries import Page, Sought
from lgsp.message import VIETNAM
from lgsp.rights import Right
from lgsp.verifying import BusyError, Verifying

_PAGE = 50
_FILTERS = ("who", "what", "system", "message", "since", "until")
_HERE = "/console/audit"
_LOG = f"{_HERE}/log"
_WRONG = told("Bộ lọc không đọc được: thời điểm không có thật, hoặc một điều kiện dài quá 200 ký tự.")
_BEGUN = told("Đã bắt đầu kiểm tra toàn bộ sổ niêm phong.")
_BUSY = told("Đang có một lần kiểm tra chưa xong; xem tiến độ bên dưới.")
_NO_NOTE = told("Tệp đối chiếu hoặc khóa không đọc được; chưa kiểm tra gì.")


def audit_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=_HERE)
    verifying = Verifying(room.gateway.journal)

    @router.get("")
    async def entries(request: Request) -> Response:
        visitor = await room.admit(request, Right.AUDIT)
        return await _entries(room, request, whole=visitor.may("bodies"))

    @router.post("/export")
    async def export(request: Request) -> Response:
        visitor = await room.admit(request, Right.AUDIT)
        sought, whole = sought_by(request), visitor.may("bodies")
        words = {name: value for name in _FILTERS if (value := request.query_params.get(name))}
        await room.gateway.journal.write(lambda tx: note(tx, EXPORTED, visitor.name, words))
        name = f"nhat-ky-{datetime.now(VIETNAM):%Y%m%d-%H%M}.csv"
        return StreamingResponse(
            lines(room, language_of(request), sought, whole=whole),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
        )

    @router.get("/log")
    async def log(request: Request) -> Response:
        await room.admit(request, Right.AUDIT)
        state = await room.gateway.journal.read(state_of)
        return room.page(request, "audit/log.html", log=state, FINDINGS=FINDINGS, here=_LOG)

    @router.post("/log/verify")
    async def verify(request: Request) -> Response:
        visitor = await room.admit(request, Right.AUDIT)
        return await _verify(room, request, verifying, visitor.name)

    _add_files(router, room)
    return router


def _add_files(router: APIRouter, room: Room) -> None:
    @router.get("/log/checkpoint")
    async def checkpoint(request: Request) -> Response:
        await room.admit(request, Right.AUDIT)
        found = await room.gateway.journal.read(seal_reading.newest)
        if found is None:
            raise ApiError(404, "not-found")
        return _file(found.note.encode(), f"diem-niem-phong-{found.size}.txt", "text/plain; charset=utf-8")

    @router.get("/proof/{of}")
    async def proof(request: Request, of: str) -> Response:
        await room.admit(request, Right.AUDIT)
        body = orjson.dumps(await proved(room.desk, of), option=orjson.OPT_INDENT_2)
        return _file(body, f"bang-chung-{of}.json", "application/json")


def _file(body: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)


async def _entries(room: Room, request: Request, *, whole: bool) -> Response:
    params = request.query_params
    text = params.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004
    wrong, found = "", Page([], None, None)
    try:
        sought = sought_by(request)
        found = await room.gateway.journal.read(lambda tx: _look(tx, sought, before, whole=whole))
    except ApiError:
        wrong = room.say(request, _WRONG)
    filters = {name: params.get(name, "") for name in _FILTERS}
    return room.page(
        request,
        "audit/entries.html",
        status=422 if wrong else 200,
        found=found,
        wrong=wrong,
        filters=filters,
        used={name: value for name, value in filters.items() if value},
        before=before,
        WHATS=WHATS,
        what=what,
        spoken=spoken,
        here=_HERE,
    )


def _look(tx: Transaction, sought: Sought, before: int | None, *, whole: bool) -> Page:
    return seal_entries.search(tx, sought, before=before, limit=_PAGE, whole=whole)


async def _verify(room: Room, request: Request, verifying: Verifying, who: str) -> Response:
    form = await form_of(request)
    try:
        asked: dict[str, Any] = {"against": form.raw("against"), "key": form.get("key")}
        wanted = Against.model_validate(asked)
        await verifying.begin(who, wanted.notes(), wanted.keys())
    except BusyError:
        return room.go(request, _LOG, _BUSY, "warning")
    except (ApiError, ValueError):
        return room.go(request, _LOG, _NO_NOTE, "danger")
    return room.go(request, _LOG, _BEGUN)


SCREEN = Screen(
    path="audit",
    title=told("Nhật ký kiểm toán"),
    icon="shield-check",
    router=audit_router,
    right=Right.AUDIT,
)

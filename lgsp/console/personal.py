"""The screen of who has seen, or asked for, the data of a citizen or a dossier: people and systems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from lgsp.api.disclosures import Question, everything, looked, sheet
from lgsp.api.problems import ApiError
from lgsp.callers import Caller
from lgsp.console.asks_words import CONSOLE, ENDINGS, purposes
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.personal_message import asking
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.console.visits import Visitor
from lgsp.message import VIETNAM
from lgsp.rights import Right

_PAGE = 100
_FIELDS = ("number", "code", "who", "from", "to")
WAYS: Mapping[str, str] = {
    "shown": told("xem trên màn hình hoặc qua API"),
    "download": told("tải nội dung thông điệp"),
    "raw": told("xem, tải bản gốc bị từ chối"),
    "attachment": told("tải tệp đính kèm"),
    "export": told("xuất tệp có nội dung"),
    "asked": told("tra cứu cơ sở dữ liệu"),
}
"""In which way personal data was seen."""
_WRONG = told("Không đọc được: số định danh có 9 hoặc 12 chữ số; ngày ghi dạng 2026-01-31.")


def personal_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen. What is asked comes in a form: a number stands in no address."""
    router = APIRouter(prefix="/console/personal")

    @router.get("")
    async def empty(request: Request) -> Response:
        await room.admit(request, Right.AUDIT)
        return _page(room, request, dict.fromkeys(_FIELDS, ""))

    @router.post("")
    async def report(request: Request) -> Response:
        visitor, form = await room.admit(request, Right.AUDIT), await form_of(request)
        return await _report(room, request, visitor, form)

    return router


async def _report(room: Room, request: Request, visitor: Visitor, form: Form) -> Response:
    given = {name: form.get(name) for name in _FIELDS}
    try:
        asked = Question.model_validate(given).asked()
    except (ApiError, ValidationError):
        return _page(room, request, given, wrong=room.say(request, _WRONG))
    caller = Caller(visitor.name, visitor.visit.role)
    if form.get("csv"):
        return _file(await everything(room.desk, caller, asked))
    text = form.get("before")
    before = int(text) if text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004 - an id
    rows, older = await looked(room.desk, caller, asked, before=before, limit=_PAGE)
    return _page(room, request, given, rows=rows, older=older, asked=True)


def _file(rows: list[dict[str, Any]]) -> Response:
    name = f"ai-da-xem-{datetime.now(VIETNAM):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(sheet(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _page(  # noqa: PLR0913 - what was asked, and what was found
    room: Room,
    request: Request,
    given: Mapping[str, str],
    *,
    rows: list[dict[str, Any]] | None = None,
    older: int | None = None,
    asked: bool = False,
    wrong: str = "",
) -> Response:
    return room.page(
        request, "personal/report.html", status=422 if wrong else 200, given=given, rows=rows or [],
        older=older, asked=asked, wrong=wrong, WAYS=WAYS, ENDINGS=ENDINGS, CONSOLE=CONSOLE,
        ASKED_FOR={code: one.title for code, one in purposes(room).items()}, **asking(request),
    )  # fmt: skip


SCREEN = Screen(
    path="personal", title=told("Ai đã xem"), icon="user-search", right=Right.AUDIT, router=personal_router
)

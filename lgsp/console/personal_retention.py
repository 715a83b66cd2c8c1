"""The screen of retention: for how long content is kept, what would be erased now, and what was."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.retention import carry_out, standing
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.erasing import preview
from lgsp.rights import Right

STATES: Mapping[str, str] = {
    "running": told("đang xóa"),
    "done": told("đã xong"),
    "cut short": told("dừng giữa chừng"),
}
_DONE: Mapping[str, str] = {
    "run": told("Đã bắt đầu xóa nội dung hết thời hạn lưu."),
    "pause": told("Đã tạm dừng: không xóa gì cho đến khi được cho chạy tiếp."),
    "resume": told("Việc xóa theo thời hạn chạy tiếp."),
}


def retention_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/retention")

    @router.get("")
    async def shown(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        after = request.query_params.get("after", "")
        place = int(after) if after.isdecimal() and len(after) < 19 else 0  # noqa: PLR2004 - an id
        found = await preview(room.gateway, place)
        return room.page(
            request, "retention/show.html", now=await standing(room.desk), due=found.counts.rows(),
            after=found.after, STATES=STATES, TYPES=TYPES,
        )  # fmt: skip

    @router.post("/{word}")
    async def act(request: Request, word: str) -> Response:
        visitor, form = await room.admit(request, Right.PUBLISH), await form_of(request)
        if word not in _DONE:
            raise ApiError(404, "not-found")
        await carry_out(room.desk, word, visitor.name, form.reason())
        return room.go(request, "/console/retention", _DONE[word])

    return router


SCREEN = Screen(path="retention", title=told("Thời hạn lưu"), icon="archive", router=retention_router)

"""Personal data on the page of a message: masked, until somebody says what it is needed for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.console.comparing import Change, Match, Value
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.visits import Visitor
from lgsp.disclosing import MINUTES, MOST_MINUTES, MOST_REASON, PURPOSES, Disclosing, Purpose
from lgsp.errors import Invalid
from lgsp.masking import is_masked, mask
from lgsp.personal_classes import Leaf, class_of
from lgsp.rights import Right

TIMES = (5, MINUTES, 30, MOST_MINUTES)
"""Minutes that may be chosen."""
_TABS = ("bodies", "fields")
_SHOWN = told("Dữ liệu cá nhân của thông điệp này hiện đầy đủ với bạn trong %(minutes)s phút.")
_MASKED = told("Dữ liệu cá nhân đã được che lại.")
_AGAIN = told("Thông điệp này đã được che từ trước.")
_WRONG = told("Chưa mở: chọn mục đích và ghi lý do cụ thể, từ 5 đến 500 ký tự.")


def personal_message_router(room: Room) -> APIRouter:
    """Return the endpoints by which a person sees a message whole, and masks it again."""
    router = APIRouter(prefix="/console/messages/{uid:uuid}")

    @router.post("/disclose")
    async def disclose(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.PERSONAL)
        form = await form_of(request)
        why = purpose_of(form)
        if why is None:
            return room.go(request, _back(uid, form), _WRONG, "warning")
        if await Disclosing(room.gateway).message(uid, visitor.name, why) is None:
            raise ApiError(404, "not-found")
        return room.go(request, _back(uid, form), _SHOWN, minutes=why.minutes)

    @router.post("/mask")
    async def mask_again(request: Request, uid: UUID) -> Response:
        visitor, form = await room.admit(request, Right.PERSONAL), await form_of(request)
        done = await Disclosing(room.gateway).mask_again(uid, visitor.name)
        return room.go(request, _back(uid, form), _MASKED if done else _AGAIN)

    return router


def _back(uid: UUID, form: Form) -> str:
    tab = form.get("tab")
    return f"/console/messages/{uid}?tab={tab if tab in _TABS else _TABS[0]}"


def purpose_of(form: Form) -> Purpose | None:
    """Return the purpose that a form states; None where it says too little."""
    minutes = form.get("minutes") or str(MINUTES)
    try:
        return Purpose(form.get("purpose"), form.get("reason"), int(minutes) if minutes.isdecimal() else 0)
    except Invalid:
        return None


def asking(request: Request) -> dict[str, Any]:
    """Return what the form needs that asks for a purpose."""
    english = language_of(request) == "en"
    return {
        "PURPOSES": {word: texts[english] for word, texts in PURPOSES.items()},
        "TIMES": TIMES,
        "MINUTES": MINUTES,
        "MOST_REASON": MOST_REASON,
    }


async def seen_until(room: Room, visitor: Visitor, uid: UUID | str) -> int | None:
    """Return until when a visitor sees a message whole, in microseconds; None where it is masked."""
    if not visitor.may(Right.PERSONAL):
        return None
    return await Disclosing(room.gateway).until(uid, visitor.name)


# --- fields that are compared ---------------------------------------------------------------------------


def masked_changes(changes: Sequence[Change], schema: Mapping[str, Any]) -> list[Change]:
    """Return what changed as far as it is seen: of personal values what their masks show, and no more.

    Where the masks show the same, nothing is said: whoever wrote one of the two values would learn of the
    other whether he guessed it.
    """
    hide = _hiding(schema)
    found = [
        one._replace(before=hide(one.place, one.before), after=hide(one.place, one.after)) for one in changes
    ]
    return [one for one in found if one.before != one.after]


def masked_review(changes: Sequence[Change], schema: Mapping[str, Any]) -> list[Change]:
    """Return what a person changed of a body that he saw masked: what stood there as he saw it.

    Whatever he typed over a mask is a change: it is not compared with what is behind it.
    """
    hide = _hiding(schema)

    def typed(one: Change) -> Value | None:
        return one.after if one.after is None or is_masked(one.after.text) else hide(one.place, one.after)

    return [one._replace(after=typed(one)) for one in changes]


def masked_matches(matches: Sequence[Match], schema: Mapping[str, Any]) -> list[Match]:
    """Return where values stand in what was sent, personal ones masked."""
    hide = _hiding(schema)
    return [one._replace(value=hide(one.place, one.value) or one.value) for one in matches]


def _hiding(schema: Mapping[str, Any]) -> Callable[[str, Value | None], Value | None]:
    def hide(place: str, value: Value | None) -> Value | None:
        personal = class_of(schema, place)
        if value is None or not personal or (not value.text and value.file is None):
            return value
        return Value(mask(Leaf(place, value.text, personal)))

    return hide

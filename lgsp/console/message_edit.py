"""Edit and resend: the body as a person corrects it, what that changes, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.console.comparing import Change, changes
from lgsp.console.guard import FORM_LIMIT, form_of
from lgsp.console.highlighting import attached
from lgsp.console.language import told
from lgsp.console.message_bodies import Looks
from lgsp.console.message_view import label
from lgsp.console.personal_message import masked_review, seen_until
from lgsp.console.room import Room, language_of
from lgsp.disclosing import masked_data
from lgsp.domain.causes import explain
from lgsp.domain.nesting import check
from lgsp.errors import Rejected
from lgsp.journal import correcting
from lgsp.journal.correcting import Original
from lgsp.resending import filled, judged, resend, untouched
from lgsp.rights import Right

_STANDS_FOR = re.compile(r"@file:(\d{1,6})(?: .*)?")
_DONE = told("Bản sửa đã thế chỗ và đang được chuyển tới %(systems)s.")
_NOT_JSON = told("Không phải JSON hợp lệ, dòng %(line)s, cột %(column)s. Chưa có gì thay đổi.")
_NO_FILE = told("Có chỗ nhắc đến một tệp không có trong bản gốc: %(name)s.")
_SAME = told("Nội dung chưa khác gì bản cũ. Sửa ít nhất một trường, hoặc dùng “Chuyển lại”.")


class _WrongTextError(Exception):
    """What was typed cannot be read; `said` tells why, in the reader's language."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def edit_router(room: Room, looks: Looks) -> APIRouter:
    """Return the endpoints of the form."""
    router = APIRouter(prefix="/console/messages/{uid:uuid}")

    @router.get("/resend")
    async def form(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.ACT)
        old = await _original(room, uid)
        await looks.note(visitor, str(uid))
        until = await seen_until(room, visitor, uid)
        seen = old.data if until else masked_data(room.gateway.types, old.type, old.data)
        return _page(room, request, uid, old, text=_text(seen), masked=until is None)

    @router.post("/resend")
    async def send(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.ACT)
        old, sent = await _original(room, uid), await form_of(request)
        text, review = sent.raw("data"), bool(sent.get("review"))
        # what a form says of itself shows nothing: only a look that is open does
        masked = sent.get("masked") == "1" or await seen_until(room, visitor, uid) is None
        seen = masked_data(room.gateway.types, old.type, old.data) if masked else old.data
        given: dict[str, Any] = {"text": text, "reason": sent.get("reason"), "masked": masked}
        reason = "" if review else sent.reason()
        try:
            data = _data(room, request, text, seen)
            judged(room.gateway, old, data)
            same = untouched(room.gateway, old, data, whole=not masked)
            if review or same:
                wrong = [room.say(request, _SAME)] if same else []
                changed = _changed(room, old, data, masked=masked)
                return _page(room, request, uid, old, **given, wrong=wrong, changed=changed)
            taken = await resend(room.gateway, uid, data, visitor.name, reason, whole=not masked)
        except _WrongTextError as fault:
            return _page(room, request, uid, old, **given, wrong=[fault.said])
        except Rejected as fault:
            return _page(room, request, uid, old, **given, wrong=_told(fault, language_of(request)))
        if taken is None:
            raise ApiError(404, "not-found")
        for system in taken.systems:
            room.wake(system)
        return room.go(request, f"/console/messages/{taken.id}", _DONE, systems=", ".join(taken.systems))

    return router


async def _original(room: Room, uid: UUID) -> Original:
    old = await room.gateway.journal.read(lambda tx: correcting.original(tx, uid))
    if old is None:
        raise ApiError(404, "not-found")
    if old.data is None or not old.systems:
        raise ApiError(409, "wrong-state", "nothing of it is left to be corrected")
    return old


def _page(  # noqa: PLR0913 - what was typed, and what is to be said of it
    room: Room,
    request: Request,
    uid: UUID,
    old: Original,
    *,
    text: str,
    masked: bool = True,
    reason: str = "",
    wrong: list[str] | None = None,
    changed: list[Change] | None = None,
) -> Response:
    schema = room.gateway.types[old.type].schema if old.type in room.gateway.types else {}
    vietnamese = language_of(request) != "en"
    return room.page(
        request, "message/edit.html", status=422 if wrong else 200, old=old, here=f"/console/messages/{uid}",
        text=text, masked=masked, reason=reason, wrong=wrong or [], changed=changed,
        too_large=len(text) > FORM_LIMIT // 3,
        label=(lambda place: label(schema, place)) if vietnamese else (lambda _: ""),
    )  # fmt: skip


def _changed(room: Room, old: Original, data: Any, *, masked: bool) -> list[Change]:
    """Return what the review shows: to whoever sees masks what he changed of these, and nothing behind."""
    if not masked:
        return changes(old.data, filled(room.gateway, old, data))
    seen = masked_data(room.gateway.types, old.type, old.data)
    return masked_review(changes(seen, data), room.gateway.types[old.type].schema)


def _told(fault: Rejected, language: str) -> list[str]:
    said = (explain(one, "en" if language == "en" else "vi") for one in fault.problems[:20])
    return [f"{one.text}. {one.mend}" for one in said]


# --- files stand in the text by their number ------------------------------------------------------------


def _text(data: Any) -> str:
    """Return a body as text to be edited; a file in it is a word with its number and size."""
    numbers = iter(range(1, 1_000_000))

    def short(value: str) -> str:
        file = attached(value)
        return value if file is None else f"@file:{next(numbers)} ({file.size:,} B)"

    return orjson.dumps(_mapped(data, short), option=orjson.OPT_INDENT_2).decode()


def _data(room: Room, request: Request, text: str, seen: Any) -> Any:
    """Return the body that was typed, with the files of the one that was shown."""
    try:
        check(text)
        typed = json.loads(text)
    except json.JSONDecodeError as fault:
        said = room.say(request, _NOT_JSON, line=fault.lineno, column=fault.colno)
        raise _WrongTextError(said) from fault
    except RecursionError as fault:
        raise _WrongTextError(room.say(request, _NOT_JSON, line=1, column=1)) from fault
    files = [one for one in _texts(seen) if attached(one) is not None]

    def whole(value: str) -> str:
        found = _STANDS_FOR.fullmatch(value)
        if found is None:
            return value
        number = int(found[1])
        if not 1 <= number <= len(files):
            raise _WrongTextError(room.say(request, _NO_FILE, name=value[:40]))
        return files[number - 1]

    return _mapped(typed, whole)


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, dict):
        return {name: _mapped(value, change) for name, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, change) for value in data]
    return change(data) if isinstance(data, str) else data


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, str):
        yield data

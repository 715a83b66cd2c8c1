"""Naming answers that no catalogue holds: what came, what it may mean, and to what the name applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from lgsp.api.causes import Naming, name_answer
from lgsp.api.problems import ApiError
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.personal_message import seen_until
from lgsp.console.problems_groups import PARTIES
from lgsp.console.room import Room, language_of
from lgsp.domain.cause import Cause, Severity
from lgsp.domain.causes import ANSWERS, CAUSES, explain
from lgsp.errors import Scope
from lgsp.journal import naming, troubled
from lgsp.rights import Right

_NAMED = told("Câu trả lời đã được đặt tên %(code)s.")
_WRONG = told("Chưa đặt tên được: %(detail)s. Sửa rồi thử lại; chưa có gì thay đổi.")

SEVERITIES: Mapping[str, str] = {
    Severity.INFO.value: told("để biết"),
    Severity.WARNING.value: told("theo dõi"),
    Severity.ERROR.value: told("cần khắc phục"),
    Severity.CRITICAL.value: told("khắc phục ngay"),
}
SCOPES: Mapping[str, str] = {
    Scope.MESSAGE.value: told("chỉ thông điệp này"),
    Scope.SYSTEM.value: told("cả hệ thống: tạm ngừng chuyển đến khi thông"),
}
"""Whom a cause concerns, by `Scope.value`."""
_FIELDS = ("code", "vi", "en", "party", "mend_vi", "mend_en", "severity", "concerns")


def add_answers(router: APIRouter, room: Room) -> None:
    """Add the endpoints about answers without a name."""
    journal = room.gateway.journal

    @router.get("/answers")
    async def answers(request: Request) -> Response:
        await room.admit(request, Right.BODIES)
        found = await journal.read(naming.unnamed)
        system = request.query_params.get("system", "")
        rows = [one for one in found if system in {"", one["system"]}]
        return room.page(request, "problems/answers.html", answers=rows, system=system)

    @router.get("/answers/{number}")
    async def answer(request: Request, number: int) -> Response:
        await room.admit(request, Right.BODIES)
        return await _answer_page(room, request, number)

    @router.post("/answers/{number}")
    async def name(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _name(room, request, number, visitor.name)


async def _answer_page(
    room: Room, request: Request, number: int, wrong: str = "", given: Mapping[str, str] | None = None
) -> Response:
    journal = room.gateway.journal
    found = next((one for one in await journal.read(naming.unnamed) if one["id"] == number), None)
    if found is None:
        raise ApiError(404, "not-found")
    applies = await journal.read(lambda tx: troubled.drew(tx, found["system"], found["signature"]))
    visitor, about = await room.visitor(request), found["sample"]["message"]
    whole = visitor is not None and about is not None and await seen_until(room, visitor, about) is not None
    shown = dict.fromkeys((*_FIELDS, "known", "retry_helps"), "") | {
        "severity": "error",
        "concerns": "message",
        "party": "ministry",
    }
    return room.page(
        request,
        "problems/answer.html",
        status=422 if wrong else 200,
        answer=found,
        whole=whole,
        applies=applies,
        known=_choices(room, language_of(request)),
        wrong=wrong,
        given=shown | dict(given or {}),
        parties=PARTIES,
        severities=SEVERITIES,
        scopes=SCOPES,
    )


def _choices(room: Room, language: str) -> list[tuple[str, str, bool]]:
    """Return what an answer may be said to mean: code, text, and whether it is sent again by itself."""
    causes: dict[str, Cause] = {code: CAUSES[code] for code in ANSWERS} | dict(room.gateway.names.own)
    told_ = [(code, explain(cause, language)) for code, cause in causes.items()]
    return sorted(((code, one.text, one.retry_helps) for code, one in told_), key=lambda one: one[1])


async def _name(room: Room, request: Request, number: int, who: str) -> Response:
    form = await form_of(request)
    reason = form.reason()
    given = {name: form.get(name) for name in (*_FIELDS, "known", "retry_helps")}
    try:
        asked = _asked(number, form)
        named = await name_answer(room.gateway, asked, who, room.wake, reason)
    except ValidationError as fault:
        places = ", ".join(str(one["loc"][-1]) for one in fault.errors())
        return await _again(room, request, number, places, given)
    except ApiError as fault:
        if fault.status != 422:  # noqa: PLR2004 - what can be mended in the form
            raise
        return await _again(room, request, number, fault.detail, given)
    return room.go(request, f"/console/problems/answers?system={named.system}", _NAMED, code=named.code)


async def _again(
    room: Room, request: Request, number: int, detail: str, given: Mapping[str, str]
) -> Response:
    wrong = room.say(request, _WRONG, detail=detail)
    return await _answer_page(room, request, number, wrong, given)


def _asked(number: int, form: Form) -> Naming:
    """Return the naming that a form asks for: a cause that is there, or a new one described whole."""
    if known := form.get("known"):
        return Naming(answer=number, code=known)
    said: dict[str, Any] = {name: form.get(name) or None for name in _FIELDS}
    retry = form.get("retry_helps")
    return Naming.model_validate(
        said
        | {"answer": number, "code": form.get("code"), "retry_helps": None if not retry else retry == "yes"}
    )

"""Adopting what a system holds from a file that somebody opens in the browser: seen first, faults by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.adopting import Unreadable
from lgsp.adopting_text import Brought, Wanted, carry, look
from lgsp.api.problems import ApiError
from lgsp.console.cut_over_words import COUNTS, HERE, WORDS
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.room import Room, language_of
from lgsp.console.visits import Visitor
from lgsp.domain.causes import explain
from lgsp.gateway import Gateway
from lgsp.holdings import NotJsonError
from lgsp.journal.contract import WrongStateError
from lgsp.journal.handovers import CODES, ITEMS, StalePartError
from lgsp.message import Kind
from lgsp.rights import Right

_FAULTS = 200
_FIRST = "dossier.v1"
_ADOPTED = told("Đã nhận dữ liệu có sẵn: đợt số %(number)s.")
_NO_JSON = told("Bản ghi thứ %(item)s, dòng %(line)s, không phải JSON. Sửa tệp rồi xem lại; chưa nhận gì.")
_EMPTY = told("Chưa có mã hay bản ghi nào. Chọn tệp hoặc dán nội dung.")


class _Fault(NamedTuple):
    """A line that cannot be read: what it says, and why."""

    line: int
    said: str
    why: str


def add_adopting(router: APIRouter, room: Room) -> None:
    """Add the page on which a file is seen, and taken on."""

    @router.get("/adopt")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        return _page(room, request, _given(room, request.query_params))

    @router.post("/adopt")
    async def bring(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        return await _bring(room, request, visitor, await form_of(request))


def _given(room: Room, said: Mapping[str, str]) -> dict[str, str]:
    """Return what a form is filled with; what nobody chose is the first that there is.

    Raises:
        ApiError: there is no such system, kind, type or source.
    """
    given = {name: said.get(name, "") for name in ("system", "what", "type", "source")}
    if given["system"] not in room.gateway.counterparts:
        raise ApiError(404, "not-found")
    kept = {
        "what": [CODES, ITEMS],
        "type": types_of(room.gateway, given["system"]),
        "source": sources_of(room.gateway, given["system"]),
    }
    for name, known in kept.items():
        given[name] = given[name] or next(iter(known), "")
        if given[name] and given[name] not in known:
            raise ApiError(404, "not-found")
    return given


def types_of(gateway: Gateway, system: str) -> list[str]:
    """Return the types of subjects that a system may hold, dossiers first."""
    takes = gateway.counterparts[system].adapter.takes
    names = [name for name in takes if name in gateway.types and gateway.types[name].kind is not Kind.EVENT]
    return sorted(names, key=lambda name: (name != _FIRST, name))


def sources_of(gateway: Gateway, system: str) -> list[str]:
    """Return the systems that bring what a system takes."""
    takes = gateway.counterparts[system].adapter.takes
    return [
        name for name, one in gateway.counterparts.items() if name != system and one.adapter.brings & takes
    ]


def adoptable(gateway: Gateway) -> list[str]:
    """Return the systems of which it can be adopted what they hold."""
    return [name for name in gateway.counterparts if types_of(gateway, name) and sources_of(gateway, name)]


async def _bring(room: Room, request: Request, visitor: Visitor, form: Form) -> Response:
    given = _given(room, {name: form.get(name) for name in ("system", "what", "type", "source")})
    text = form.raw("text").replace("\r\n", "\n").removeprefix("\ufeff")
    wanted = Wanted(given["what"], given["system"], given["type" if given["what"] == CODES else "source"])
    try:
        found = await look(room.gateway, wanted, text)
    except NotJsonError as fault:
        wrong = room.say(request, _NO_JSON, item=fault.item, line=fault.line)
        return _page(room, request, given, text, wrong=wrong)
    if not found.counts.total():
        return _page(room, request, given, text, wrong=room.say(request, _EMPTY))
    if form.get("act") != "adopt":
        return _page(room, request, given, text, found)
    try:
        run = await carry(room.gateway, wanted, text, visitor.name, form.reason()[:500])
    except (StalePartError, WrongStateError) as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    return room.go(request, f"{HERE}/runs/{run['id']}", _ADOPTED, number=run["id"])


def _page(  # noqa: PLR0913 - what was given, and what came of it
    room: Room,
    request: Request,
    given: Mapping[str, str],
    text: str = "",
    found: Brought | None = None,
    *,
    wrong: str = "",
) -> Response:
    bad = found.unreadable if found else []
    return room.page(
        request, "cut_over/adopt.html", status=422 if wrong else 200, given=given, text=text, wrong=wrong,
        types=types_of(room.gateway, given["system"]), sources=sources_of(room.gateway, given["system"]),
        counts={name: found.counts[name] for name in COUNTS if found.counts[name]} if found else None,
        faults=_faults(language_of(request), bad[:_FAULTS]), more=max(0, len(bad) - _FAULTS),
        takes=sum(count for name, count in found.counts.items() if name != "unreadable") if found else 0,
        TYPES=TYPES, **WORDS,
    )  # fmt: skip


def _faults(language: str, unreadable: Sequence[Unreadable]) -> list[Any]:
    return [
        _Fault(one.place, one.said, "; ".join(explain(problem, language).text for problem in one.problems))
        for one in unreadable
    ]

"""What would have been told: listed, one beside what the older connection sent, and a whole file compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.shadow import Pair, Sent, as_seen, moment_of, side_by_side
from lgsp.comparing import EQUAL, NOT_COMPARED, ONLY_OURS
from lgsp.console.cut_over_words import HERE, VERDICTS, WORDS
from lgsp.console.guard import Form, form_of
from lgsp.console.highlighting import shown
from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.personal_message import asking as purposes
from lgsp.console.personal_message import purpose_of, seen_until
from lgsp.console.problems_groups import name_of
from lgsp.console.room import Room, language_of
from lgsp.console.wording import Wording
from lgsp.domain.causes import explain
from lgsp.domain.nesting import load
from lgsp.journal import people, shadow_figures, shadow_pages, walking
from lgsp.journal.shadow_figures import Asked, OnlyOurs
from lgsp.rights import Right

_PAGE, _MOST, _SHOWN, _LISTED = 50, 500, 50, 200
_DAY = 86_400_000_000
_DIGITS = 19
_FILE = told("‹tệp %(size)s›")
_NO_JSON = told("Nội dung không đọc được: cần một mảng JSON, hoặc mỗi dòng một bản ghi JSON.")
_TOO_MANY = told("Tối đa 500 bản ghi một lần. Tệp lớn hơn: dùng lgsp shadow report --old.")
_NOTHING = told("Trục chưa soạn nội dung nào gửi hệ thống này, nên chưa có gì để so sánh.")
_NO_TYPE = told("Không có loại thông điệp nào tên như vậy.")
_NO_PURPOSE = told("Chưa so sánh: chọn mục đích và ghi lý do cụ thể, từ 5 đến 500 ký tự.")
_NO_DAY = told("Khoảng thời gian: ghi ngày theo dạng 2026-01-31.")


class _Beside(NamedTuple):
    """One comparison as it is shown; the two sides are laid out for the first ones only."""

    code: str
    key: str
    verdict: str
    fields: Sequence[Any]
    old: Any
    ours: Any


def add_shadow(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which people look at what was not sent."""
    _add_comparing(router, room)

    @router.get("/shadow")
    async def listed(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _listed(room, request)

    @router.get("/shadow/{system}/{delivery}")
    async def one(request: Request, system: str, delivery: int) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        found = await _find(room, system, delivery)
        may = await seen_until(room, visitor, str(found["message"])) is not None
        drawn = await _drawn(room, request, visitor.name, found) if may else []
        return room.page(
            request,
            "cut_over/one.html",
            system=system,
            one=found,
            drawn=drawn,
            may=may,
            compares=visitor.may(Right.BODIES),
            **_words(room, request),
        )


def _words(room: Room, request: Request) -> dict[str, Any]:
    language = language_of(request)
    return {
        "TYPES": TYPES,
        "name_of": lambda code: name_of(room.gateway.agencies, code),
        "cause_text": lambda code: explain(room.gateway.names.find(code) or code, language).text,
        **WORDS,
        **purposes(request),
    }


async def _listed(room: Room, request: Request) -> Response:
    given = {name: request.query_params.get(name, "") for name in ("system", "type", "would", "cause")}
    if given["system"] not in room.gateway.counterparts:
        raise ApiError(404, "not-found")
    behind = _place(request.query_params.get("behind", ""))
    found = await room.gateway.journal.read(
        lambda tx: shadow_pages.listed(
            tx,
            given["system"],
            type_=given["type"],
            would=given["would"],
            cause=given["cause"],
            behind=behind,
            limit=_PAGE,
        )
    )
    return room.page(
        request, "cut_over/shadow.html", given=given, found=found.deliveries, behind=behind,
        next="{}-{}".format(*found.next) if found.next else "", **_words(room, request),
    )  # fmt: skip


def _place(text: str) -> shadow_pages.Place | None:
    message, _, delivery = text.partition("-")
    good = all(part.isascii() and part.isdecimal() and len(part) < _DIGITS for part in (message, delivery))
    return (int(message), int(delivery)) if good else None


async def _find(room: Room, system: str, delivery: int) -> dict[str, Any]:
    found = None
    if system in room.gateway.counterparts and 0 < delivery < 2**62:
        found = await room.gateway.journal.read(lambda tx: shadow_pages.one(tx, system, delivery))
    if found is None:
        raise ApiError(404, "not-found")
    return found


async def _drawn(room: Room, request: Request, who: str, one: Mapping[str, Any]) -> list[Any]:
    """Return what was drawn up, laid out; that somebody sees it is in the journal first."""
    journal = room.gateway.journal
    await journal.write(lambda tx: people.note(tx, "body read", who, on=str(one["message"])))
    said = await journal.read(lambda tx: walking.exchanges(tx, one["id"], one["attempt"]))
    return [_laid_out(room, language_of(request), str(exchange["request"])) for exchange in said]


def _laid_out(room: Room, language: str, text: str) -> Any:
    file = room.pages.say(language, _FILE).replace("%(size)s", "%s")
    return shown(text, file, Wording(language).size).lines


# --- a file of the older connection ---------------------------------------------------------------------


def _add_comparing(router: APIRouter, room: Room) -> None:
    @router.get("/compare")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.BODIES)
        return _page(room, request, request.query_params)

    @router.post("/compare")
    async def compare(request: Request) -> Response:
        visitor = await room.admit(request, Right.BODIES)
        form = await form_of(request)
        given = {name: form.get(name) for name in ("system", "type", "from", "to")}
        given["items"] = form.raw("items")
        try:
            since, until = (moment_of(given[name], name) for name in ("from", "to"))
        except ApiError:
            return _page(room, request, given, wrong=_NO_DAY)
        why = purpose_of(form) if _whole(form) else None
        if why is not None:
            await room.admit(request, Right.PERSONAL)
        elif _whole(form):
            return _page(room, request, given, wrong=_NO_PURPOSE)
        try:
            said = Sent(
                system=given["system"], type=given["type"] or "dossier.v1", items=_items(given["items"])
            )
        except ValueError as fault:
            return _page(room, request, given, wrong=_TOO_MANY if str(fault) == "many" else _NO_JSON)
        try:
            field, pairs = await side_by_side(room.gateway, said)
        except ApiError as fault:
            return _page(room, request, given, wrong=_NOTHING if fault.status == 409 else _NO_TYPE)  # noqa: PLR2004 - a conflict
        pairs = [*await as_seen(room.gateway, said, pairs, visitor.name, why)]
        on = f"{HERE}/compare {said.system}"
        await room.gateway.journal.write(lambda tx: people.note(tx, "body read", visitor.name, on=on))
        asked, told_keys = Asked(said.system, since, until and until + _DAY), {one.key for one in pairs}
        ours = await room.gateway.journal.read(
            lambda tx: shadow_figures.only_ours(tx, asked, said.type, told_keys)
        )
        found = _compared(room, language_of(request), pairs, ours)
        return _page(room, request, given, found=found, field=field, masked=why is None)


def _whole(form: Form) -> bool:
    """Tell whether somebody wants to see values whole: whoever states no purpose sees masks."""
    return bool(form.get("purpose") or form.get("reason"))


def _items(text: str) -> list[Any]:
    """Return the records of a text: one JSON document, or one in each line.

    Raises:
        ValueError: it is neither, or holds too many (`many`).
    """
    try:
        said = load(text)
    except orjson.JSONDecodeError:
        said = [load(line) for line in text.splitlines() if line.strip()]
    found = said if isinstance(said, list) else [said]
    if not found or not all(isinstance(one, dict | list) for one in found):
        raise ValueError("none")
    if len(found) > _MOST:
        raise ValueError("many")
    return found


def _compared(room: Room, language: str, pairs: Sequence[Pair], ours: OnlyOurs) -> dict[str, Any]:
    counts = dict.fromkeys(VERDICTS, 0)
    for one in pairs:
        counts[one.compared.verdict] += 1
    counts[ONLY_OURS] = len(ours.found)
    odd = [one for one in pairs if one.compared.verdict not in (EQUAL, NOT_COMPARED)]
    return {
        "counts": counts,
        "odd": [_beside(room, language, one, laid_out=n < _SHOWN) for n, one in enumerate(odd)],
        "ours": ours.found[:_LISTED],
        "more": ours.more,
    }


def _beside(room: Room, language: str, pair: Pair, *, laid_out: bool) -> _Beside:
    def text(item: Mapping[str, Any] | None) -> Any:
        if item is None or not laid_out:
            return None
        return _laid_out(room, language, orjson.dumps(item).decode())

    one = pair.compared
    fields = [(d.field, _plain(d.old), _plain(d.ours)) for d in one.differences]
    return _Beside(one.code, pair.key, one.verdict, fields, text(pair.old), text(pair.ours))


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    said = value if isinstance(value, str) else orjson.dumps(value).decode()
    return said if len(said) <= 200 else f"{said[:200]}…"  # noqa: PLR2004 - a cell of a table


def _page(  # noqa: PLR0913 - what was given, and what came of it
    room: Room,
    request: Request,
    given: Mapping[str, str],
    *,
    wrong: str = "",
    found: Mapping[str, Any] | None = None,
    field: str = "",
    masked: bool = False,
) -> Response:
    if given.get("system", "") not in room.gateway.counterparts:
        raise ApiError(404, "not-found")
    said = {name: given.get(name, "") for name in ("system", "type", "from", "to", "items")}
    return room.page(
        request, "cut_over/compare.html", status=422 if wrong else 200, given=said, found=found, field=field,
        masked=masked, wrong=room.say(request, wrong) if wrong else "", SHOWN=_SHOWN, LISTED=_LISTED,
        **_words(room, request),
    )  # fmt: skip

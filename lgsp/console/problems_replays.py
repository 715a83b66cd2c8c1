"""Sending the dead of a cause again in bulk: what it would do, starting it once, and following it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.problems_groups import KINDS, Meaning, meaning, name_of, now, number_of
from lgsp.console.room import Room, language_of
from lgsp.console.run_acts import RunAct
from lgsp.console.visits import Visitor
from lgsp.journal import replaying, troubled
from lgsp.journal.contract import Transaction
from lgsp.journal.replaying import Order, Selection, TokenTakenError
from lgsp.journal.troubles import DEAD_WORDS, Key
from lgsp.rights import Right

_PAGE = 30
_LOOKED = 5000
"""So many are looked at for a preview; what is beyond is said to be more."""
_RATE, _FASTEST = 20, 1000
_AGENCIES = 4

_STARTED = told("Đã bắt đầu đợt chuyển lại số %(number)s.")
_WRONG_RATE = told("Tốc độ là số nguyên từ 1 đến 1000 lượt mỗi giây.")


ACTS: Mapping[str, RunAct] = {
    "pause": RunAct(
        told("Tạm dừng đợt"),
        told("Không lượt nào được đưa lại hàng đợi thêm nữa; các lượt đã đưa lại vẫn được chuyển tiếp."),
        told("Đã tạm dừng đợt chuyển lại số %(number)s."),
        "player-pause",
        danger=False,
        from_=frozenset({replaying.RUNNING}),
    ),
    "resume": RunAct(
        told("Cho đợt chạy tiếp"),
        told("Các lượt còn lại được đưa lại hàng đợi, theo tốc độ đã chọn khi bắt đầu."),
        told("Đợt chuyển lại số %(number)s đã chạy tiếp."),
        "player-play",
        danger=False,
        from_=frozenset({replaying.PAUSED}),
    ),
    "cancel": RunAct(
        told("Hủy đợt"),
        told(
            "Các lượt chưa đưa lại giữ nguyên trạng thái cũ; các lượt đã đưa lại vẫn được chuyển tiếp. "
            "Đợt đã hủy không chạy lại được, nhưng có thể bắt đầu đợt mới."
        ),
        told("Đã hủy đợt chuyển lại số %(number)s."),
        "player-stop",
        danger=True,
        from_=replaying.OPEN,
    ),
}
STATES: Mapping[str, tuple[str, str, str]] = {
    replaying.RUNNING: ("progress", "blue", told("đang chạy")),
    replaying.PAUSED: ("player-pause", "orange", told("đang tạm dừng")),
    replaying.CANCELLED: ("ban", "secondary", told("đã hủy")),
    replaying.DONE: ("circle-check", "green", told("đã xong")),
}
"""How a replay's states are shown: icon, colour, word."""

WAITS: Mapping[str, str] = {
    "": "",
    "backlog": told("đang chờ hàng đợi vơi bớt"),
    "suspended": told("đang chờ: hệ thống tạm ngừng (tự động)"),
    "paused": told("đang chờ: hệ thống đang bị tạm dừng"),
    "draining": told("đang chờ: hệ thống đang xả hàng đợi"),
}
"""Why a replay that runs does nothing now."""


def add_replays(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which the dead are sent again."""
    _add_starting(router, room)
    _add_following(router, room)

    @router.get("/replays/{number}/{act}")
    async def confirming(request: Request, number: int, act: str) -> Response:
        await room.admit(request, Right.ACT)
        replay = await _find(room, number)
        _check(replay, act)
        part = "hx-request" in request.headers
        name = "problems/replay-act-part.html" if part else "problems/replay-act.html"
        return room.page(request, name, replay=replay, act=ACTS[act], word=act)

    @router.post("/replays/{number}/{act}")
    async def do(request: Request, number: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        reason = (await form_of(request)).reason()
        _check(await _find(room, number), act)
        await room.gateway.journal.write(lambda tx: replaying.move(tx, number, act, visitor.name, reason))
        return room.go(request, f"/console/problems/replays/{number}", ACTS[act].done, number=number)


def _check(replay: Mapping[str, Any], act: str) -> None:
    if act not in ACTS:
        raise ApiError(404, "not-found")
    if replay["state"] not in ACTS[act].from_:
        raise ApiError(409, "wrong-state")


# --- starting -------------------------------------------------------------------------------------------


def _add_starting(router: APIRouter, room: Room) -> None:
    @router.get("/replay")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        return await _preview_page(room, request, dict(request.query_params))

    @router.post("/replay")
    async def start(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        return await _start(room, request, visitor)


def _selection(room: Room, asked: Mapping[str, str]) -> Selection:
    """Return the dead that a form means: always of one system and one cause."""
    system, cause, state = (asked.get(name, "").strip() for name in ("system", "cause", "state"))
    if not cause or not (system in room.gateway.counterparts and state in DEAD_WORDS):
        raise ApiError(404, "not-found")
    agency = asked.get("agency", "").strip() or None
    return Selection(system, cause, asked.get("type", "").strip() or None, agency, [state])


async def _preview_page(
    room: Room, request: Request, asked: Mapping[str, str], wrong: str = "", rate: str = str(_RATE)
) -> Response:
    selection = _selection(room, asked)
    key = Key(selection.system, str(selection.cause), selection.states[0])
    seen, members = await room.gateway.journal.read(lambda tx: _seen(tx, selection, key))
    part = "hx-request" in request.headers
    known = room.gateway.agencies
    owners = [(one["name"], name_of(known, one["name"]), one["count"]) for one in seen["agencies"]]
    return room.page(
        request,
        "problems/replay-start-part.html" if part else "problems/replay-start.html",
        status=422 if wrong else 200,
        key=key,
        seen=seen,
        more=seen["total"] >= _LOOKED,
        owners_first=owners[:_AGENCIES],
        owners_rest=len(owners[_AGENCIES:]),
        deadline_at=members.trouble.deadline if members.trouble else None,
        selection=selection,
        token=asked.get("token") or secrets.token_hex(8),
        meaning=_meaning(room, request, key),
        kinds=KINDS,
        wrong=room.say(request, wrong) if wrong else "",
        rate=rate,
        now=now(),
    )


def _meaning(room: Room, request: Request, key: Key) -> Meaning:
    return meaning(key, room.gateway.names, language_of(request), lambda text: room.say(request, text))


def _seen(tx: Transaction, selection: Selection, key: Key) -> tuple[dict[str, Any], troubled.Members]:
    seen = replaying.preview(tx, selection, _LOOKED)
    return seen, troubled.members(tx, key, selection.agency or "", limit=1)


async def _start(room: Room, request: Request, visitor: Visitor) -> Response:
    form = await form_of(request)
    asked = {name: form.get(name) for name in ("system", "cause", "state", "agency", "type", "token")}
    rate = _rate(form.get("rate"))
    if rate is None:
        return await _preview_page(room, request, asked, _WRONG_RATE, form.get("rate"))
    if not asked["token"] or len(asked["token"]) > 100:  # noqa: PLR2004 - as the API has it
        raise ApiError(422, "invalid", "token")
    selection = _selection(room, asked)
    order = Order(asked["token"], visitor.name, form.reason()[:500], rate)
    try:
        replay, _ = await room.gateway.journal.write(lambda tx: replaying.ask(tx, selection, order))
    except TokenTakenError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    return room.go(request, f"/console/problems/replays/{replay['id']}", _STARTED, number=replay["id"])


def _rate(text: str) -> int | None:
    known = text.isascii() and text.isdecimal() and len(text) <= 4  # noqa: PLR2004 - digits of 1000
    return int(text) if known and 1 <= int(text) <= _FASTEST else None


# --- following ------------------------------------------------------------------------------------------


def _add_following(router: APIRouter, room: Room) -> None:
    journal = room.gateway.journal

    @router.get("/replays")
    async def replays(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        before = number_of(request, "before")
        found = await journal.read(lambda tx: replaying.listed(tx, after=before, limit=_PAGE))
        return room.page(
            request, "problems/replays.html", replays=found["replays"], older=found["next"], before=before,
            states=STATES, kinds=KINDS, waits=WAITS,
        )  # fmt: skip

    @router.get("/replays/{number}")
    async def replay(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "problems/replay.html", **await _following(room, request, number))

    @router.get("/replays/{number}/part")
    async def part(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "problems/replay-part.html", **await _following(room, request, number))


async def _following(room: Room, request: Request, number: int) -> dict[str, Any]:
    replay = await _find(room, number)
    wanted = replay["filter"]
    state = wanted["states"][0] if wanted["states"] else ""
    key = Key(wanted["system"], wanted["cause"] or "", state)
    left = None
    if key.cause and key.state:
        members = await room.gateway.journal.read(lambda tx: troubled.members(tx, key, limit=1))
        left = members.trouble
    return {
        "replay": replay,
        "key": key,
        "left": left,
        "agency_name": name_of(room.gateway.agencies, wanted["agency"] or ""),
        "meaning": _meaning(room, request, key),
        "acts": {word: act for word, act in ACTS.items() if replay["state"] in act.from_},
        "states": STATES,
        "kinds": KINDS,
        "waits": WAITS,
    }


async def _find(room: Room, number: int) -> dict[str, Any]:
    if not 0 < number < 2**62:
        raise ApiError(404, "not-found")
    found = await room.gateway.journal.read(lambda tx: replaying.find(tx, number))
    if found is None:
        raise ApiError(404, "not-found")
    return found

"""Mending what a reconciliation found: a preview, starting it once, following and undoing it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.datastructures import QueryParams

from lgsp.api.problems import ApiError
from lgsp.api.reconciliations_found import filter_of
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.problems_groups import now
from lgsp.console.reconciliation_differences import FILTERS
from lgsp.console.reconciliation_run import Sums, check
from lgsp.console.reconciliation_words import HERE, Act, words
from lgsp.console.room import Room
from lgsp.console.visits import Visitor
from lgsp.journal import dossiers
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations import TokenTakenError
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_repairs import Order
from lgsp.journal.reconciliations_sending import Repair
from lgsp.rights import Right

_LOOKED = 2000
"""So many dossiers are looked at for deadlines and agencies; what is beyond is said to be more."""
_AGENCIES = 4
_RATE, _FASTEST = 20, 1000
_SELECTS = tuple(name for name in FILTERS if name not in {"change", "mending"})
"""The filters by which a repair selects; how a difference came or stands does not matter to it."""
_STARTED = told("Đã bắt đầu đợt khắc phục số %(number)s.")
_WRONG_RATE = told("Tốc độ là số nguyên từ 1 đến 1000 hồ sơ mỗi giây.")
_NOT_NOW = told("Chưa khắc phục được: lần đối soát này chưa xong.")

ACTS: Mapping[str, Act] = {
    "pause": Act(
        told("Tạm dừng khắc phục"),
        told("Không hồ sơ nào được cho gửi thêm; những lượt đã cho gửi vẫn được chuyển tiếp."),
        told("Đã tạm dừng đợt khắc phục số %(number)s."),
        "player-pause",
        danger=False,
        from_=frozenset({runs.RUNNING}),
    ),
    "resume": Act(
        told("Cho khắc phục chạy tiếp"),
        told("Các hồ sơ còn lại được hỏi lại, xét lại rồi cho gửi, theo tốc độ đã chọn khi bắt đầu."),
        told("Đợt khắc phục số %(number)s đã chạy tiếp."),
        "player-play",
        danger=False,
        from_=frozenset({runs.PAUSED}),
    ),
    "cancel": Act(
        told("Hủy khắc phục"),
        told(
            "Không hồ sơ nào được cho gửi thêm. Những lượt gửi thêm mà trục chưa bắt đầu chuyển được thu "
            "lại; lượt đang chuyển, lượt đã chuyển và lượt hết lượt vừa được gọi dậy thì không thu lại được."
        ),
        told("Đã hủy đợt khắc phục số %(number)s."),
        "player-stop",
        danger=True,
        from_=runs.OPEN,
    ),
}


class Ahead(NamedTuple):
    """What a repair would touch: the nearest deadline of open dossiers, and whose they are."""

    due: int | None
    agencies: Sequence[tuple[str, int]]
    more: bool


def add_repairs(router: APIRouter, room: Room, sums: Sums) -> None:
    """Add the endpoints by which differences are mended."""
    _add_starting(router, room, sums)

    @router.get("/repairs/{number}")
    async def repair(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "reconciliation/repair.html", **await _following(room, request, number))

    @router.get("/repairs/{number}/part")
    async def part(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(
            request, "reconciliation/repair-part.html", **await _following(room, request, number)
        )

    @router.get("/repairs/{number}/{act}")
    async def confirming(request: Request, number: int, act: str) -> Response:
        await room.admit(request, Right.ACT)
        found = await _find(room, number)
        check(ACTS, found["state"], act)
        part = "hx-request" in request.headers
        name = "reconciliation/repair-act-part.html" if part else "reconciliation/repair-act.html"
        said = {"repair": found, "act": ACTS[act], "word": act}
        return room.page(request, name, **words(room, request) | said)

    @router.post("/repairs/{number}/{act}")
    async def do(request: Request, number: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        reason = (await form_of(request)).reason()
        found = await _find(room, number)
        check(ACTS, found["state"], act)
        await room.gateway.journal.write(lambda tx: repairs.move(tx, number, act, visitor.name, reason))
        sums.forget(found["run"])
        return room.go(request, f"{HERE}/repairs/{number}", ACTS[act].done, number=number)


# --- starting -------------------------------------------------------------------------------------------


def _add_starting(router: APIRouter, room: Room, sums: Sums) -> None:
    @router.get("/{number}/repair")
    async def asking(request: Request, number: int) -> Response:
        await room.admit(request, Right.ACT)
        return await _preview(room, request, sums, number, dict(request.query_params))

    @router.post("/{number}/repair")
    async def start(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.ACT)
        return await _start(room, request, visitor, sums, number)


def _selected(asked: Mapping[str, str]) -> Filter:
    return filter_of(QueryParams([(name, asked.get(name, "").strip()) for name in _SELECTS]))


async def _preview(  # noqa: PLR0913, PLR0917 - what is asked, and what was wrong with it
    room: Room,
    request: Request,
    sums: Sums,
    number: int,
    asked: Mapping[str, str],
    wrong: str = "",
    rate: str = str(_RATE),
) -> Response:
    run = (await sums.find(number))["run"]
    wanted = _selected(asked)
    seen, ahead = await room.gateway.journal.read(lambda tx: _seen(tx, number, wanted))
    part = "hx-request" in request.headers
    wrong = _NOT_NOW if run["state"] != runs.DONE else wrong
    return room.page(
        request,
        "reconciliation/repair-start-part.html" if part else "reconciliation/repair-start.html",
        status=422 if wrong else 200,
        run=run,
        seen=seen,
        ahead=ahead,
        agencies_first=ahead.agencies[:_AGENCIES],
        agencies_rest=len(ahead.agencies[_AGENCIES:]),
        selected={name: text for name in _SELECTS if (text := asked.get(name, "").strip())},
        token=asked.get("token") or secrets.token_hex(8),
        wrong=room.say(request, wrong) if wrong else "",
        ready=run["state"] == runs.DONE and seen["repairable"] > 0,
        rate=rate,
        now=now(),
        **words(room, request),
    )


def _seen(tx: Transaction, number: int, wanted: Filter) -> tuple[dict[str, Any], Ahead]:
    return repairs.foreseen(tx, number, wanted), _ahead(tx, number, wanted)


def _ahead(tx: Transaction, number: int, wanted: Filter) -> Ahead:
    """Look at the first dossiers that would be sent: when they are due, and whose they are."""
    run = runs.current(tx, number)
    if run is None:
        return Ahead(None, [], more=False)
    would = Repair(0, number, run.scope, wanted, "", "", 0, repairs.SENDING, "")
    keys = list(repairs.following(tx, would, _LOOKED + 1))
    known = dossiers.among(tx, keys[:_LOOKED]).values()
    due = [one.due for one in known if one.due is not None and one.finished is None]
    agencies = Counter(one.agency for one in known if one.agency)
    return Ahead(min(due, default=None), agencies.most_common(), len(keys) > _LOOKED)


async def _start(room: Room, request: Request, visitor: Visitor, sums: Sums, number: int) -> Response:
    form = await form_of(request)
    asked = {name: form.get(name) for name in (*_SELECTS, "token")}
    rate, reason = _rate(form.get("rate")), form.reason()[:500]
    if rate is None:
        return await _preview(room, request, sums, number, asked, _WRONG_RATE, form.get("rate"))
    if not asked["token"] or len(asked["token"]) > 100:  # noqa: PLR2004 - as the API has it
        raise ApiError(422, "invalid", "token")
    order, wanted = Order(asked["token"], visitor.name, reason, rate), _selected(asked)
    await sums.find(number)
    try:
        repair, _ = await room.gateway.journal.write(lambda tx: repairs.ask(tx, number, wanted, order))
    except TokenTakenError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    sums.forget(number)
    return room.go(request, f"{HERE}/repairs/{repair['id']}", _STARTED, number=repair["id"])


def _rate(text: str) -> int | None:
    known = text.isascii() and text.isdecimal() and len(text) <= 4  # noqa: PLR2004 - digits of 1000
    return int(text) if known and 1 <= int(text) <= _FASTEST else None


# --- following ------------------------------------------------------------------------------------------


async def _following(room: Room, request: Request, number: int) -> dict[str, Any]:
    repair = await _find(room, number)
    run = await room.gateway.journal.read(lambda tx: runs.find(tx, repair["run"]))
    acts = {word: act for word, act in ACTS.items() if repair["state"] in act.from_}
    return words(room, request) | {"repair": repair, "run": run, "acts": acts}


async def _find(room: Room, number: int) -> dict[str, Any]:
    found = None
    if 0 < number < 2**62:
        found = await room.gateway.journal.read(lambda tx: repairs.find(tx, number))
    if found is None:
        raise ApiError(404, "not-found")
    return found

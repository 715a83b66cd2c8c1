"""Runs of taking over: what was adopted, closing the gap with preview and progress, what people judge."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.handovers_judging import Verdict, judge_line
from lgsp.api.problems import ApiError
from lgsp.console.cut_over_words import ACTS, HERE, WORDS
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.problems_groups import name_of, now, number_of
from lgsp.console.room import Room
from lgsp.console.visits import Visitor
from lgsp.cut_over import foresee, foresee_asking, live
from lgsp.gateway import Counterpart
from lgsp.journal import gaps, handovers
from lgsp.journal.contract import WrongStateError
from lgsp.journal.gaps import Verdict as Became
from lgsp.journal.handovers import CUT_OVER, QUERY, Order
from lgsp.rights import Right

LOOKED = 5000
"""So many lines are looked at for a preview; what is beyond is said to be more."""
_PAGE, _RATE, _FASTEST, _AGENCIES, _LEFT = 30, 20, 1000, 4, 1000
_DOSSIER = "dossier.v1"
_STARTED = told("Đã bắt đầu đợt số %(number)s.")
_WRONG_RATE = told("Tốc độ là số nguyên từ 1 đến 1000 câu hỏi mỗi giây.")
_STILL_SHADOW = told(
    "Tuyến còn chạy song hành nên hồ sơ này vẫn do kết nối cũ gửi; công bố tuyến rồi xác nhận lại. "
    "Chưa có gì thay đổi."
)
_BECAME: Mapping[Became, str] = {
    Became.THERE: told("Đã ghi nhận: hệ thống nhận có hồ sơ này, không gửi lại."),
    Became.BROUGHT: told("Đã ghi nhận: hệ thống nhận chưa có. %(count)s lượt chuyển được gửi bổ sung."),
    Became.BUSY: told(
        "Hồ sơ này đang có lượt chuyển mới; lượt ấy tự hỏi hệ thống nhận. Chưa có gì thay đổi."
    ),
    Became.JUDGED: told("Hồ sơ này đã được xác nhận từ trước. Chưa có gì thay đổi."),
}


def add_runs(router: APIRouter, room: Room) -> None:
    """Add the endpoints of runs, and of lines that are not judged."""
    _add_starting(router, room)
    _add_lines(router, room)
    _add_following(router, room)

    @router.get("/runs/{number}/{act}")
    async def confirming(request: Request, number: int, act: str) -> Response:
        await room.admit(request, Right.ACT)
        run = await _find(room, number)
        _check(run, act)
        template = "cut_over/act-part.html" if "hx-request" in request.headers else "cut_over/act.html"
        return room.page(request, template, run=run, act=ACTS[act], word=act, **WORDS)

    @router.post("/runs/{number}/{act}")
    async def do(request: Request, number: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        reason = (await form_of(request)).reason()
        _check(await _find(room, number), act)
        try:
            await room.gateway.journal.write(lambda tx: handovers.move(tx, number, act, visitor.name, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return room.go(request, f"{HERE}/runs/{number}", ACTS[act].done, number=number)


def _check(run: Mapping[str, Any], act: str) -> None:
    if act not in ACTS:
        raise ApiError(404, "not-found")
    if run["state"] not in ACTS[act].from_:
        raise ApiError(409, "wrong-state")


def _system(room: Room, name: str) -> Counterpart:
    found = room.gateway.counterparts.get(name)
    if found is None:
        raise ApiError(404, "not-found")
    return found


# --- starting -------------------------------------------------------------------------------------------


def _add_starting(router: APIRouter, room: Room) -> None:
    @router.get("/start")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        given = request.query_params
        return await _preview(room, request, given.get("what", ""), given.get("system", ""))

    @router.post("/start")
    async def start(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        return await _start(room, request, visitor, await form_of(request))


async def _preview(  # noqa: PLR0913, PLR0917 - what is previewed, and what was wrong with it
    room: Room,
    request: Request,
    what: str,
    system: str,
    wrong: str = "",
    rate: str = str(_RATE),
    token: str = "",
) -> Response:
    _system(room, system)
    if what not in {CUT_OVER, QUERY}:
        raise ApiError(404, "not-found")
    gap = await foresee(room.gateway, system, LOOKED) if what == CUT_OVER else None
    query = await foresee_asking(room.gateway, system, _DOSSIER, LOOKED) if what == QUERY else None
    part = "hx-request" in request.headers
    first = gap.agencies.most_common(_AGENCIES) if gap else []
    return room.page(
        request,
        "cut_over/start-part.html" if part else "cut_over/start.html",
        status=422 if wrong else 200,
        what=what,
        system=system,
        gap=gap,
        asking=query,
        owners_first=[(code, name_of(room.gateway.agencies, code), count) for code, count in first],
        owners_rest=len(gap.agencies) - len(first) if gap else 0,
        wrong=room.say(request, wrong) if wrong else "",
        rate=rate,
        token=token or secrets.token_hex(8),
        now=now(),
        **WORDS,
    )


async def _start(room: Room, request: Request, visitor: Visitor, form: Form) -> Response:
    what, system, token = (form.get(name) for name in ("what", "system", "token"))
    rate = form.get("rate")
    if not (rate.isascii() and rate.isdecimal() and len(rate) <= 4 and 1 <= int(rate) <= _FASTEST):  # noqa: PLR2004 - digits of 1000
        return await _preview(room, request, what, system, _WRONG_RATE, rate, token)
    _system(room, system)
    if what not in {CUT_OVER, QUERY} or not token or len(token) > 100:  # noqa: PLR2004 - a token of ours is short
        raise ApiError(422, "invalid", "token")
    wanted = {} if what == CUT_OVER else {"type": _DOSSIER}
    order = Order(token, what, system, visitor.name, form.reason()[:500], wanted, int(rate))
    try:
        run, _ = await room.gateway.journal.write(lambda tx: handovers.ask(tx, order))
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    return room.go(request, f"{HERE}/runs/{run['id']}", _STARTED, number=run["id"])


# --- following ------------------------------------------------------------------------------------------


def _add_following(router: APIRouter, room: Room) -> None:
    @router.get("/runs")
    async def runs(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        before = number_of(request, "before")
        found = await room.gateway.journal.read(lambda tx: handovers.listed(tx, after=before, limit=_PAGE))
        return room.page(
            request,
            "cut_over/runs.html",
            runs=found["handovers"],
            older=found["next"],
            before=before,
            **WORDS,
        )

    @router.get("/runs/{number}")
    async def run(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "cut_over/run.html", **await _following(room, number))

    @router.get("/runs/{number}/part")
    async def part(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "cut_over/run-part.html", **await _following(room, number))


async def _following(room: Room, number: int) -> dict[str, Any]:
    run = await _find(room, number)
    left, more = 0, False
    if run["what"] == CUT_OVER and run["state"] in handovers.OPEN:
        left, more = await room.gateway.journal.read(lambda tx: _left(tx, number))
    done = sum(count for name, count in run["counts"].items() if name != "deliveries")
    acts = {word: act for word, act in ACTS.items() if run["state"] in act.from_}
    return {"run": run, "left": left, "more": more, "done": done, "acts": acts, **WORDS}


def _left(tx: Any, number: int) -> tuple[int, bool]:
    """Return how many lines a cut-over has before it, and whether there are more than were counted."""
    held = handovers.find_row(tx, number)
    if held is None:
        return 0, False
    found, further = gaps.unjudged(tx, held["system"], bytes.fromhex(held["place"]), _LEFT)
    return len(found), further is not None


async def _find(room: Room, number: int) -> dict[str, Any]:
    if not 0 < number < 2**62:
        raise ApiError(404, "not-found")
    found = await room.gateway.journal.read(lambda tx: handovers.find(tx, number))
    if found is None:
        raise ApiError(404, "not-found")
    return found


# --- what is left to people -----------------------------------------------------------------------------


def _add_lines(router: APIRouter, room: Room) -> None:
    @router.get("/lines")
    async def lines(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _lines(room, request)

    @router.get("/judge")
    async def judging(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        said = _judged(room, request.query_params, "?")
        template = "cut_over/judge-part.html" if "hx-request" in request.headers else "cut_over/judge.html"
        return room.page(request, template, said=said, **WORDS)

    @router.post("/judge")
    async def judge(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        form = await form_of(request)
        given = {name: form.get(name) for name in ("system", "type", "key", "there")}
        said = _judged(room, given, form.reason()[:200])
        back = f"{HERE}/lines?system={said.system}"
        try:
            became, count = await judge_line(room.gateway, said, visitor.name)
        except ApiError as fault:
            if fault.code != "still-shadow":
                raise
            return room.go(request, back, _STILL_SHADOW, "warning")
        kind = "success" if became in {Became.THERE, Became.BROUGHT} else "info"
        return room.go(request, back, _BECAME[became], kind, count=count)


def _judged(room: Room, given: Mapping[str, str], reason: str) -> Verdict:
    system, key, there = (given.get(name, "") for name in ("system", "key", "there"))
    _system(room, system)
    type_ = given.get("type", "") or _DOSSIER
    if type_ not in room.gateway.types or not 0 < len(key) <= 200 or there not in {"yes", "no"}:  # noqa: PLR2004 - as the API has it
        raise ApiError(404, "not-found")
    return Verdict(system=system, type=type_, key=key, there=there == "yes", reason=reason)


async def _lines(room: Room, request: Request) -> Response:
    system, after = (request.query_params.get(name, "") for name in ("system", "after"))
    _system(room, system)
    try:
        place = bytes.fromhex(after)
    except ValueError:
        raise ApiError(404, "not-found") from None
    found, further = await room.gateway.journal.read(lambda tx: gaps.unjudged(tx, system, place, _PAGE))
    return room.page(
        request,
        "cut_over/lines.html",
        system=system,
        lines=[(one, live(room.gateway, one, system)) for one in found],
        next=further.hex() if further is not None else "",
        after=after,
        name_of=lambda code: name_of(room.gateway.agencies, code),
        **WORDS,
    )

"""The screen of systems: how each counterpart stands and why, what waits for it, what people order of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from fastapi import APIRouter, Request, Response

from lgsp.api import counterparts
from lgsp.api.acts import ORDERS, carry_out, counterpart
from lgsp.api.problems import ApiError
from lgsp.console.asks_words import STANDINGS
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.problems_groups import PARTIES, name_of
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.states import STATES, Look
from lgsp.console.systems_charts import ARRIVALS, HEIGHT, LEFT, OUTCOMES, WIDTH, bars, lines
from lgsp.console.visits import Visitor
from lgsp.gateway import Counterpart
from lgsp.health import Standing
from lgsp.journal.backlogs import DYING, READY
from lgsp.journal.checking import CHECKED
from lgsp.rights import Right
from lgsp.settings import read_settings

log = structlog.get_logger(__name__)
_SOON = 1.5
_STANDINGS = frozenset(standing.value for standing in Standing)
"""Seconds for which the answer to a check waits for it; one that takes longer is followed by the page."""

_CHECKING = told("Đang kiểm tra kết nối tới %(name)s; kết quả hiện ở mục Kết nối.")
_CHECKED = told("Đã kiểm tra kết nối tới %(name)s.")


class _Act(NamedTuple):
    """Something that may be ordered of a system: its name, and what was done."""

    title: str
    done: str
    icon: str
    danger: bool = True


ACTS: Mapping[str, _Act] = {
    "pause": _Act(told("Tạm dừng"), told("Đã tạm dừng chuyển tới %(name)s."), "player-pause"),
    "drain": _Act(told("Xả rồi dừng"), told("Đang xả hàng đợi của %(name)s; xong sẽ tạm dừng."), "droplet"),
    "resume": _Act(told("Cho chạy tiếp"), told("Đã cho %(name)s chạy tiếp."), "player-play", danger=False),
}
ALLOWED: Mapping[Standing, tuple[str, ...]] = {
    Standing.RUNNING: ("drain", "pause"),
    Standing.SUSPENDED: ("pause", "resume"),
    Standing.DRAINING: ("pause", "resume"),
    Standing.PAUSED: ("resume",),
}
"""What makes sense in each standing; the others do no harm and are not offered."""

PILES: Mapping[str, Look] = {
    READY: Look("stack-2", "azure", told("sẵn sàng, chờ vào hàng đợi")),
    "waiting": Look("hourglass", "azure", told("chờ bản trước của cùng hồ sơ")),
    "put off": STATES["put off"],
    "parked": STATES["parked"],
    "offered": STATES["offered"],
    "held": STATES["held"],
    DYING: Look("alert-triangle", "red", told("không chuyển được")),
}
"""How what waits is named here, in the order in which it is shown."""

GRADES: Mapping[str, Look] = {
    "well": Look("circle-check", "green", told("tốt")),
    "poor": Look("alert-circle", "yellow", told("cần xem")),
    "broken": Look("circle-x", "red", told("hỏng")),
}
MENDERS: Mapping[str, str] = {
    "operator": told("người vận hành trục"),
    "administrator": told("quản trị máy chủ"),
    "vendor": told("nhà cung cấp phần mềm"),
    "ministry": told("đơn vị vận hành hệ thống nhận"),
    "nobody": told("không ai"),
}
PRESENCE: Mapping[str, Look] = {
    "set": Look("circle-check", "green", told("đã đặt")),
    "default": Look("alert-circle", "yellow", told("giá trị mặc định, ai cũng biết")),
    "missing": Look("circle-x", "red", told("thiếu")),
    "unused": Look("circle-minus", "secondary", told("không dùng")),
}
_WORDS: Mapping[str, Any] = {
    "PILES": PILES,
    "GRADES": GRADES,
    "MENDERS": MENDERS,
    "PRESENCE": PRESENCE,
    "ASKING": STANDINGS,
    "PARTIES": PARTIES,
    "ACTS": ACTS,
    "chart_size": {"width": WIDTH, "height": HEIGHT, "left": LEFT},
}


class _Checks:
    """The examinations that are under way; one of each system at a time."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self, name: str, check: Callable[[], Awaitable[Any]]) -> asyncio.Task[None]:
        """Start one, or return the one that goes on."""
        running = self._tasks.get(name)
        if running is None or running.done():
            running = self._tasks[name] = asyncio.create_task(_logged(name, check))
        return running

    def going_on(self, name: str) -> bool:
        """Tell whether one is under way."""
        return name in self._tasks and not self._tasks[name].done()


async def _logged(name: str, check: Callable[[], Awaitable[Any]]) -> None:
    try:
        await check()
    except Exception:
        log.exception("checking a system", system=name)


def systems_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/systems")
    checks, asked = _Checks(), set[str]()
    room.ticker.tell("systems", lambda: counterparts.overseen(room.desk))

    @router.get("")
    async def everybody(request: Request) -> Response:
        sight = room.sight(await room.admit(request, Right.LOOK, within=True))
        found = [one for one in await room.ticker.latest("systems") if sight.holds(one["name"])]
        template = "systems/table.html" if _part(request) else "systems/list.html"
        return room.page(request, template, systems=found, spoken=language_of(request), **_WORDS)

    @router.get("/{name}")
    async def one(request: Request, name: str) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        to, part = _theirs(room, visitor, name), _part(request)
        # behind an act the page shows what it did; the part that lives on is asked once for all who look
        found = await (_latest(room, asked, name) if part else counterparts.seen(room.desk, to))
        answering = visitor.reach.everything and name in room.desk.enquiries.answering()
        shown = _shown(request, to, found) | {"checking": checks.going_on(name), "answering": answering}
        return room.page(request, "systems/live.html" if part else "systems/one.html", **shown)

    @router.post("/{name}/check")
    async def check(request: Request, name: str) -> Response:
        visitor = await room.admit(request, Right.ACT, within=True)
        to = _theirs(room, visitor, name)
        settings = read_settings()
        task = checks.begin(name, lambda: counterparts.examined(room.desk, to, visitor.name, settings))
        await asyncio.wait({task}, timeout=_SOON)
        note = _CHECKED if task.done() else _CHECKING
        return room.go(request, f"/console/systems/{name}#connection", note, "info", name=name)

    @router.get("/{name}/{act}")
    async def confirming(request: Request, name: str, act: str) -> Response:
        to = _theirs(room, await room.admit(request, Right.ACT, within=True), name)
        template = "systems/confirm-part.html" if "hx-request" in request.headers else "systems/confirm.html"
        chosen, effect = _act(act), await counterparts.touched(room.desk, to)
        effect |= _named(room, effect)
        return room.page(request, template, effect=effect, act=chosen, word=act, **_WORDS)

    @router.post("/{name}/{act}")
    async def do(request: Request, name: str, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT, within=True)
        to, chosen = _theirs(room, visitor, name), _act(act)
        reason = (await form_of(request)).reason()
        await carry_out(room.desk, room.wake, to, ORDERS[act], visitor.name, reason)
        return room.go(request, f"/console/systems/{name}", chosen.done, name=name)

    return router


def _theirs(room: Room, visitor: Visitor, name: str) -> Counterpart:
    """Return a system within a person's limits.

    Raises:
        ApiError: there is none of that name.
    """
    if not room.sight(visitor).holds(name):
        raise ApiError(404, "not-found")
    return counterpart(room.desk, name)


def _part(request: Request) -> bool:
    return request.query_params.get("part") == "live"


def _act(word: str) -> _Act:
    if word not in ACTS:
        raise ApiError(404, "not-found")
    return ACTS[word]


async def _latest(room: Room, asked: set[str], name: str) -> dict[str, Any]:
    """Return all there is to know of a system, asked once for all who look."""
    question = f"systems:{name}"
    if question not in asked:
        asked.add(question)
        room.ticker.tell(question, lambda: counterparts.seen(room.desk, counterpart(room.desk, name)))
    found: dict[str, Any] = await room.ticker.latest(question)
    return found


def _shown(request: Request, to: Counterpart, found: dict[str, Any]) -> dict[str, Any]:
    return {
        **_WORDS,
        "system": found | {"history": [_with_grades(one) for one in found["history"]]},
        "spoken": language_of(request),
        "reason": _reason(found),
        "offered": ALLOWED[to.health.standing] if to.adapter.takes else (),
        "outcomes": bars(found["beats"], OUTCOMES) if to.adapter.takes else None,
        "arrivals": bars(found["beats"], ARRIVALS) if to.adapter.brings else None,
        "speeds": lines(found["beats"]) if to.adapter.takes and not to.collects else None,
    }


def _reason(found: Mapping[str, Any]) -> str:
    """Return why a person ordered the standing of now; an empty text where nobody did, or nobody said."""
    newest = next((one for one in found["history"] if one["what"] in _STANDINGS), None)
    told_ = newest is not None and newest["what"] == found["standing"] and newest["who"] != "gateway"
    return str(newest["cause"] or "") if newest is not None and told_ else ""


def _with_grades(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of the history with how many checks of an examination went how."""
    checked = entry["what"] == CHECKED and entry["details"]
    return entry | {"grades": [one.split(" ") for one in checked.split(", ")] if checked else []}


def _named(room: Room, effect: Mapping[str, Any]) -> dict[str, Any]:
    """Return the agencies of an effect with their names, and how near the nearest deadline is."""
    agencies = [one | {"name": name_of(room.gateway.agencies, one["code"])} for one in effect["agencies"]]
    deadline = effect["deadline"] and datetime.fromisoformat(effect["deadline"])
    return {"agencies": agencies, "deadline": deadline}


SCREEN = Screen(
    path="systems", title=told("Hệ thống"), icon="server", right=Right.LOOK, router=systems_router,
    within=True,
)  # fmt: skip

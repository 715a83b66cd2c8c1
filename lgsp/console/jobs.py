"""The screen of jobs: what is fetched from whom, when it runs next, how it went, and ordering it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.jobs import ORDERS, explained, with_run
from lgsp.api.problems import ApiError
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.console.states import Look
from lgsp.console.visits import Visitor
from lgsp.journal import job_orders, people
from lgsp.journal.contract import Transaction
from lgsp.rights import Right
from lgsp.schedules import Job

STANDS: Mapping[str, Look] = {
    "waiting": Look("clock", "azure", told("chờ đến giờ")),
    "asked for": Look("clock-play", "blue", told("sắp chạy theo yêu cầu")),
    "running": Look("progress", "blue", told("đang chạy")),
    "paused": Look("player-pause", "orange", told("tạm dừng")),
    "done": Look("circle-check", "green", told("đã xong")),
    "failed": Look("alert-triangle", "red", told("không thành công")),
    "cut short": Look("player-stop", "yellow", told("ngừng giữa chừng")),
}
"""How jobs stand and runs ended, by the journal's words."""
CUT: Mapping[str, str] = {
    "lost": told("tiến trình đang chạy đã mất; lần sau chạy tiếp từ con trỏ"),
    "stopped": told("tiến trình dừng; lần sau chạy tiếp từ con trỏ"),
    "paused": told("theo lệnh tạm dừng; khi chạy tiếp thì đi tiếp từ con trỏ"),
    "changed": told("có cấu hình tuyến mới; chạy lại ngay từ con trỏ"),
    "fenced": told("tiến trình mất quyền chạy; tiến trình khác chạy tiếp từ con trỏ"),
}
"""Why a run was cut short, and what follows."""
_RUNS = 25
_LONGEST = 1000
_LOOKED = 200


class _Act(NamedTuple):
    """What may be ordered of a job."""

    title: str
    effect: str
    done: str
    icon: str
    danger: bool = False


ACTS: Mapping[str, _Act] = {
    "run": _Act(
        told("Chạy ngay"),
        told(
            "Tác vụ chạy một lần trong vòng vài giây, bắt đầu từ con trỏ, bất kể lịch; lịch sau đó không "
            "đổi. Hệ thống nguồn chịu thêm một lượt truy vấn."
        ),
        told("Đã yêu cầu chạy %(job)s của %(system)s."),
        "player-play",
    ),
    "pause": _Act(
        told("Tạm dừng"),
        told(
            "Lịch nghỉ cho đến khi có người cho chạy tiếp; lần đang chạy dừng sau trang hiện tại. Trong thời "
            "gian đó dữ liệu mới không về nền tảng, nhưng không mất: khi chạy tiếp thì lấy tiếp từ con trỏ."
        ),
        told("Đã tạm dừng %(job)s của %(system)s."),
        "player-pause",
        danger=True,
    ),
    "resume": _Act(
        told("Cho chạy tiếp"),
        told("Lịch chạy trở lại. Nếu đã quá giờ thì chạy ngay, bắt đầu từ con trỏ, lấy hết phần còn thiếu."),
        told("Đã cho %(job)s của %(system)s chạy tiếp."),
        "player-play",
    ),
}


def jobs_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/jobs")

    async def ask() -> list[dict[str, Any]]:
        planned = room.gateway.routes.jobs()
        found = await room.gateway.journal.read(lambda tx: job_orders.listed(tx, planned))
        return [with_run(room.desk, one) for one in found]

    room.ticker.tell("jobs", ask)

    @router.get("")
    async def listed(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        found = await room.ticker.latest("jobs")
        return room.page(request, "jobs/list.html", jobs=found, tally=_tallied(found), STANDS=STANDS, CUT=CUT)

    @router.get("/{system}/{job}")
    async def one(request: Request, system: str, job: str) -> Response:
        await room.admit(request, Right.LOOK)
        return await _one(room, request, system, job)

    @router.get("/{system}/{job}/{act}")
    async def confirming(request: Request, system: str, job: str, act: str) -> Response:
        await room.admit(request, Right.ACT)
        return await _confirm(room, request, system, job, act)

    @router.post("/{system}/{job}/{act}")
    async def do(request: Request, system: str, job: str, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        return await _do(room, request, visitor, system, job, act)

    return router


def address(system: str, job: str) -> str:
    """Return where a job is."""
    return f"/console/jobs/{quote(system, safe='')}/{quote(job, safe='')}"


def _tallied(found: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many jobs there are, run, rest, and have failed since they last succeeded."""
    states = [one["state"] for one in found]
    return {
        "all": len(found),
        "running": states.count("running"),
        "paused": states.count("paused"),
        "failing": sum(bool(one["failures"]) for one in found),
    }


def _planned(room: Room, system: str, job: str) -> Job:
    found = room.gateway.routes.jobs().get((system, job))
    if found is None:
        raise ApiError(404, "not-found", f"routes.yaml has no job {job} of {system}")
    return found


# --- one job --------------------------------------------------------------------------------------------


async def _one(room: Room, request: Request, system: str, name: str) -> Response:
    planned, before = _planned(room, system, name), request.query_params.get("before", "")
    after = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else 0  # noqa: PLR2004

    def look(tx: Transaction) -> tuple[dict[str, Any], dict[str, Any], Any, str]:
        shown = job_orders.shown(tx, system, name, planned)
        runs = job_orders.history(tx, system, name, after=after, limit=_RUNS)
        return shown, runs, job_orders.cursor(tx, system, name), _reason(tx, shown)

    shown, runs, cursor, reason = await room.gateway.journal.read(look)
    return room.page(
        request,
        "jobs/one.html",
        job=with_run(room.desk, shown),
        planned=planned,
        runs=[_timed(explained(room.desk, run)) for run in runs["runs"]],
        older=runs["next"],
        before=before,
        cursor=None if cursor is None else _shown_cursor(cursor),
        reason=reason,
        here=address(system, name),
        STANDS=STANDS,
        CUT=CUT,
    )


def _timed(run: dict[str, Any]) -> dict[str, Any]:
    """Add how many seconds a run has taken, and the whole minutes around it, by which messages are found."""
    begun, ended = (datetime.fromisoformat(run[name]) for name in ("started_at", "changed_at"))
    around = begun, ended + timedelta(minutes=1)
    minutes = [f"{one:%Y-%m-%dT%H:%M}" for one in around]
    return run | {"took": (ended - begun).total_seconds(), "minutes": minutes}


def _reason(tx: Transaction, shown: Mapping[str, Any]) -> str:
    """Return why somebody paused a job, as far as that person's latest acts tell it."""
    if shown["state"] != "paused" or shown["paused_at"] is None:
        return ""
    for one in people.done(tx, shown["paused_by"], None, _LOOKED):
        same = (one["what"], one["system"]) == ("job paused", shown["system"])
        if same and one["details"].get("job") == shown["job"]:
            return str(one["cause"] or "")
    return ""


# --- ordering it ----------------------------------------------------------------------------------------


async def _confirm(room: Room, request: Request, system: str, name: str, act: str) -> Response:
    planned = _planned(room, system, name)
    if act not in ACTS:
        raise ApiError(404, "not-found")
    shown = await room.gateway.journal.read(lambda tx: job_orders.shown(tx, system, name, planned))
    part = "hx-request" in request.headers
    return room.page(
        request, "jobs/confirm-part.html" if part else "jobs/confirm.html", job=shown, act=ACTS[act],
        word=act, here=address(system, name),
    )  # fmt: skip


async def _do(  # noqa: PLR0913, PLR0917 - which job, and what is ordered of it
    room: Room, request: Request, visitor: Visitor, system: str, name: str, act: str
) -> Response:
    planned = _planned(room, system, name)
    if act not in ACTS:
        raise ApiError(404, "not-found")
    reason, one, order = (await form_of(request)).reason(), ACTS[act], ORDERS[act]
    await room.gateway.journal.write(lambda tx: order(tx, system, name, visitor.name, planned, reason))
    return room.go(request, address(system, name), one.done, job=name, system=system)


def _shown_cursor(cursor: Any) -> str:
    """Return a cursor as far as people want to see it: some hold a word for each row of a list."""
    text = orjson.dumps(cursor, option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


SCREEN = Screen(path="jobs", title=told("Tác vụ đồng bộ"), icon="calendar-event", router=jobs_router)

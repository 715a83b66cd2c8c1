"""Lists that jobs brought: how whole the last one was, letting a short one count, what decisions say else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.listings import believe_list, brought_lists
from lgsp.api.problems import ApiError
from lgsp.console.catalogues_words import HERE, WORDS, day_of, today
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.room import Room
from lgsp.console.states import Look
from lgsp.console.visits import Visitor
from lgsp.domain.agencies.comparing import disagreements
from lgsp.domain.agencies.register import Register
from lgsp.rights import Right

_MOST = 200
LISTS: Mapping[str, Look] = {
    "open": Look("progress", "blue", told("đang đọc, hoặc lần trước dừng giữa chừng")),
    "whole": Look("circle-check", "green", told("đọc trọn danh sách")),
    "short": Look("alert-triangle", "orange", told("thiếu nhiều, chờ người xem")),
}
"""How a list stands, by the journal's words."""
_DONE = told("Danh sách %(job)s của %(system)s đã có hiệu lực: đóng %(gone)s mục.")


def add_lists(router: APIRouter, room: Room) -> None:
    """Add the pages of lists, of differences, and the act by which a short list counts."""

    @router.get("/lists")
    async def lists(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        found = [{"type": ""} | one for one in await room.gateway.journal.read(brought_lists)]
        return room.page(request, "catalogues/lists.html", lists=found, LISTS=LISTS, TYPES=TYPES, **WORDS)

    @router.get("/differences")
    async def differences(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _differences(room, request)

    @router.get("/lists/{system}/{job}/believe")
    async def confirming(request: Request, system: str, job: str) -> Response:
        await room.admit(request, Right.PUBLISH)
        return await _confirm(room, request, system, job)

    @router.post("/lists/{system}/{job}/believe")
    async def believe(request: Request, system: str, job: str) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _believe(room, request, visitor, system, job)


async def _differences(room: Room, request: Request) -> Response:
    day, readable = day_of(request)
    on, known = day or today(), room.gateway.agencies
    found = await asyncio.to_thread(_differing, known, on) if readable else []
    return room.page(
        request,
        "catalogues/differences.html",
        status=200 if readable else 422,
        readable=readable,
        found=found[:_MOST],
        more=len(found) > _MOST,
        on=on,
        day=request.query_params.get("on", "") if readable else "",
        lists=len(known.lists) > 0,
        **WORDS,
    )


def _differing(known: Register, on: Any) -> list[dict[str, Any]]:
    return list(islice(disagreements(known, on), _MOST + 1))


async def _short(room: Room, system: str, job: str) -> list[dict[str, Any]]:
    """Return the lists of a job that lack too much.

    Raises:
        ApiError: 404, there is no such list; 409, none of them lacks anything.
    """
    found = [
        one
        for one in await room.gateway.journal.read(brought_lists)
        if (one["system"], one["job"]) == (system, job)
    ]
    if not found:
        raise ApiError(404, "not-found")
    short = [one for one in found if one["state"] == "short"]
    if not short:
        raise ApiError(409, "wrong-state")
    return short


async def _confirm(room: Room, request: Request, system: str, job: str) -> Response:
    short = await _short(room, system, job)
    part = "hx-request" in request.headers
    return room.page(
        request,
        "catalogues/believe-part.html" if part else "catalogues/believe.html",
        short=short,
        system=system,
        job=job,
        missing=sum(one["missing"] for one in short),
        size=sum(one["size"] for one in short),
        **WORDS,
    )


async def _believe(room: Room, request: Request, visitor: Visitor, system: str, job: str) -> Response:
    form = await form_of(request)
    reason, run = form.reason(), form.get("run")
    if not run.isdecimal() or len(run) > len(str(2**62)):
        raise ApiError(422, "invalid", "run")
    gone = await believe_list(room.desk, system, job, int(run), visitor.name, reason)
    return room.go(request, f"{HERE}/lists", _DONE, job=job, system=system, gone=gone)

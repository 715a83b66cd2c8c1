"""The screen of reconciliation: what the source, the gateway and the far side say differently; mending it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.reconciliations import receivers, telling
from lgsp.console.language import told
from lgsp.console.reconciliation_differences import add_differences
from lgsp.console.reconciliation_repairs import add_repairs
from lgsp.console.reconciliation_run import Sums, add_runs
from lgsp.console.reconciliation_start import add_start
from lgsp.console.reconciliation_words import total, words
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.journal import reconciliations as runs
from lgsp.nightly import Reconcile
from lgsp.rights import Right

_ASKED = "reconciliations"
_PAGE = 30


class Night(NamedTuple):
    """Between which systems a run begins by itself, and when."""

    source: str
    system: str
    spec: Reconcile


def reconciliation_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/reconciliation")
    room.ticker.tell(_ASKED, lambda: room.gateway.journal.read(lambda tx: runs.listing(tx, limit=_PAGE)))

    @router.get("")
    async def listed(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "reconciliation/list.html", **await _list(room, request))

    @router.get("/part")
    async def part(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "reconciliation/list-part.html", **await _list(room, request))

    sums = Sums(room)
    add_start(router, room)
    add_repairs(router, room, sums)
    add_differences(router, room, sums)
    add_runs(router, room, sums)
    return router


async def _list(room: Room, request: Request) -> dict[str, Any]:
    before = before_of(request)
    if before:
        found = await room.gateway.journal.read(lambda tx: runs.listing(tx, after=before, limit=_PAGE))
    else:
        found = await room.ticker.latest(_ASKED)
    return words(room, request) | {
        "runs": found["reconciliations"],
        "older": found["next"],
        "before": before,
        "nights": nights(room),
        "total": total,
    }


def before_of(request: Request) -> int:
    """Return behind which number a page goes on; 0 is the first page."""
    text = request.query_params.get("before", "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < 19):  # noqa: PLR2004 - digits of an id
        raise ApiError(422, "invalid", "before")
    return int(text or 0)


def nights(room: Room) -> Sequence[Night]:
    """Return the systems between which dossiers go, with what their home says of the nights."""
    desk = room.desk
    pairs = [(source, system) for source in telling(desk) for system in receivers(desk, source)]
    return [Night(*pair, room.gateway.counterparts[pair[1]].spec.reconcile) for pair in pairs]


SCREEN = Screen(
    path="reconciliation", title=told("Đối soát"), icon="scale", right=Right.LOOK,
    router=reconciliation_router,
)  # fmt: skip

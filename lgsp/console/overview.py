"""The overview: is everything flowing, what is stuck, since when, why, and who can mend it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from lgsp.alerts import wording as alert_words
from lgsp.console.language import told
from lgsp.console.overview_look import Overview, overview, worries
from lgsp.console.overview_map import BAR, BOX, HIGH, TALL, WIDTH, bars, drawn
from lgsp.console.problems_groups import PARTIES, Group, group
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.states import STANDINGS, Look
from lgsp.errors import GatewayError
from lgsp.health import Standing
from lgsp.journal import figures
from lgsp.journal.alerting import shown
from lgsp.journal.troubles import Trouble
from lgsp.rights import Right

log = structlog.get_logger(__name__)
_WORST = 5
_CALM, _OLD, _PATIENCE = 6.0, 30.0, 0.1
"""Seconds between two looks for what is stuck; how long what one found is shown; how long a page waits."""
_MOST_ALERTS = 8

HEALTHS: Mapping[str, Look] = {
    **STANDINGS,
    "probed": Look("refresh-alert", "red", told("tạm ngừng, đang dò lại")),
    "idle": Look("server-off", "red", told("không tiến trình nào phục vụ")),
    "brings": Look("transfer-in", "green", told("đang gửi đến")),
    "rests": Look("circle-dashed", "secondary", told("một phút qua không có gì mới")),
    "worry": Look("alert-triangle", "orange", told("có cảnh báo")),
}
"""Of a system on either side of the map."""

TOTALS: Mapping[str, tuple[str, str, str]] = {
    figures.CAME: (told("Đã nhận"), "transfer-in", "/console/messages"),
    figures.DELIVERED: (told("Đã chuyển"), "circle-check", "/console/messages?state=delivered"),
    figures.PUT_OFF: (told("Lượt hẹn chuyển lại"), "clock-pause", "/console/messages?state=put+off"),
    figures.DIED: (told("Không chuyển được"), "circle-x", "/console/problems"),
    figures.TURNED_AWAY: (told("Vào khu cách ly"), "shield-x", "/console/problems?state=quarantined"),
}
"""Title, icon and where more is to be seen, by kind."""


class _Worries:
    """What is stuck, looked for beside the page: where much is, that takes longer than a page may."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._asked = self._seen = float("-inf")
        self._found: list[Trouble] = []
        self._task: asyncio.Task[None] | None = None

    async def latest(self) -> list[Trouble] | None:
        """Return what was found within the last half-minute; None while that is being looked for."""
        now = time.monotonic()
        if self._task is None and now - self._asked >= _CALM:
            self._asked = now
            self._task = asyncio.create_task(self._look())
        if self._task is not None and now - self._seen > _OLD:
            await asyncio.wait({self._task}, timeout=_PATIENCE)
        return self._found if time.monotonic() - self._seen <= _OLD else None

    async def _look(self) -> None:
        try:
            self._found = await worries(self._room.gateway)
            self._seen = time.monotonic()
        except GatewayError as fault:
            log.warning("looking for what is stuck", fault=str(fault))
        finally:
            self._task = None


def overview_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console")
    stuck = _Worries(room)
    room.ticker.tell("overview", lambda: overview(room.gateway))

    @router.get("/")
    async def whole(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "overview/whole.html", **await _values(room, request, stuck))

    @router.get("/overview")
    async def live(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "overview/live.html", **await _values(room, request, stuck))

    return router


async def _values(room: Room, request: Request, stuck: _Worries) -> dict[str, Any]:
    seen: Overview = await room.ticker.latest("overview")
    found = await stuck.latest()
    language = language_of(request)
    worst = _worst(room, request, found or (), language)
    return {
        "seen": seen,
        "map": drawn(seen),
        "size": {"width": WIDTH, "box": BOX, "high": HIGH, "bar": BAR, "tall": TALL},
        "bars": bars,
        "healths": HEALTHS,
        "titles": TOTALS,
        "looked": found is not None,
        "worst": worst[:_WORST],
        "troubles": len(worst),
        "parties": PARTIES,
        "alerts": _alerts(seen, language),
    }


def _worst(room: Room, request: Request, found: Sequence[Trouble], language: str) -> list[Group]:
    """Return what is stuck with what it means, the worst first."""
    gateway = room.gateway
    groups = [
        group(one, gateway.names, gateway.agencies, language, lambda text: room.say(request, text))
        for one in found
        if one.size or one.key.state == Standing.SUSPENDED.value
    ]
    return sorted(groups, key=lambda one: one.worse())


def _alerts(seen: Overview, language: str) -> list[dict[str, Any]]:
    """Return the open alerts in a language, the newest first."""
    newest = sorted(seen.alerts, key=lambda one: one.since, reverse=True)[:_MOST_ALERTS]
    told_of = [(one, alert_words.say(one.rule, one.subject, shown(one)["facts"], language)) for one in newest]
    return [{"since": one.since, "text": said.text, "mend": said.mend} for one, said in told_of]


SCREEN = Screen(path="", title=told("Tổng quan"), icon="dashboard", router=overview_router)

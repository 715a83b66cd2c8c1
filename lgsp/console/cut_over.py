"""The screen of taking over from an older connection: routes in the shadow, adoptions, closing the gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.console.cut_over_adopt import add_adopting, adoptable
from lgsp.console.cut_over_runs import add_runs
from lgsp.console.cut_over_shadow import add_shadow
from lgsp.console.cut_over_words import HERE, WORDS
from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.cut_over import live
from lgsp.journal import gaps, handovers, shadow_pages
from lgsp.journal.contract import Transaction
from lgsp.journal.gaps import Unjudged
from lgsp.rights import Right

_ASKED = "cut-over"
_LINES, _RUNS = 500, 5


class _Looked(NamedTuple):
    """What the journal says of one system: what would have been told, and what is not judged."""

    name: str
    glance: shadow_pages.Glance
    lines: Sequence[Unjudged]
    more: bool


class _System(NamedTuple):
    """A system that an older connection tells, or told.

    Attributes:
        glance: what would have been told, of the newest.
        lines: subjects of which nobody knows whether they were told, counted up to a bound.
        live: those of them that the routes of now send.
        more: there are more.
        shadow: routes to it are in the shadow.
    """

    name: str
    glance: shadow_pages.Glance
    lines: int
    live: int
    more: bool
    shadow: bool


def cut_over_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=HERE)
    room.ticker.tell(_ASKED, lambda: _looked(room))

    @router.get("")
    async def first(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        runs = await room.gateway.journal.read(lambda tx: handovers.listed(tx, limit=_RUNS))
        shadow = [one for one in room.gateway.routes.routes if one.mode == "shadow"]
        systems = _systems(room, await room.ticker.latest(_ASKED))
        return room.page(
            request, "cut_over/first.html", routes=shadow, systems=systems, runs=runs["handovers"],
            adoptable=adoptable(room.gateway),
            LOOKED=shadow_pages.LOOKED, TYPES=TYPES, **WORDS,
        )  # fmt: skip

    add_adopting(router, room)
    add_runs(router, room)
    add_shadow(router, room)
    return router


async def _looked(room: Room) -> list[_Looked]:
    """Return what the journal says of each system; asked once for all who look."""

    def look(tx: Transaction) -> list[_Looked]:
        found = []
        for name in room.gateway.counterparts:
            lines, further = gaps.unjudged(tx, name, b"", _LINES)
            found.append(_Looked(name, shadow_pages.glance(tx, name), lines, further is not None))
        return found

    return await room.gateway.journal.read(look)


def _systems(room: Room, looked: Sequence[_Looked]) -> list[_System]:
    """Return the systems that are, or were, told by an older connection, by the routes of now."""
    gateway = room.gateway
    shadow = {to for one in gateway.routes.routes if one.mode == "shadow" for to in one.systems}
    found = [
        _System(
            one.name,
            one.glance,
            len(one.lines),
            sum(live(gateway, line, one.name) for line in one.lines),
            one.more,
            one.name in shadow,
        )
        for one in looked
    ]
    return [one for one in found if one.shadow or one.glance.total or one.glance.adopted or one.lines]


SCREEN = Screen(path="cut-over", title=told("Chuyển đổi"), icon="switch-horizontal", router=cut_over_router)

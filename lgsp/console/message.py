"""The screen of one message: its walk across systems, why it is where it is, what was said, and acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.console.language import told
from lgsp.console.message_acts import acts_router
from lgsp.console.message_bodies import Looks, bodies_router, fields, panes
from lgsp.console.message_edit import edit_router
from lgsp.console.message_view import view
from lgsp.console.message_words import ACTS, NEXT, PARTIES, SEVERITIES, SIGNATURES, TYPES
from lgsp.console.personal_message import asking, personal_message_router, seen_until
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.visits import Visitor
from lgsp.disclosing import unheard_walk
from lgsp.journal import erasing, walking
from lgsp.rights import Right

PATH = "/console/messages/{uid:uuid}"
TABS = ("walk", "bodies", "fields")


def message_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter()
    looks = Looks(room)

    @router.get(PATH)
    async def one(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        shown = await _shown(room, request, uid, visitor)
        tab = request.query_params.get("tab", "")
        shown["tab"] = tab if tab in TABS and visitor.may(Right.BODIES) else TABS[0]
        shown |= await _more(room, request, visitor, looks, shown)
        return room.page(request, "message/one.html", **shown)

    @router.get(PATH + "/live")
    async def live(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        return room.page(request, "message/walk.html", **await _shown(room, request, uid, visitor))

    router.include_router(bodies_router(room))
    router.include_router(personal_message_router(room))
    router.include_router(acts_router(room))
    router.include_router(edit_router(room, looks))
    return router


async def _shown(room: Room, request: Request, uid: UUID, visitor: Visitor) -> dict[str, Any]:
    """Return what the walk of a message shows."""
    sight = room.sight(visitor)
    found = await room.gateway.journal.read(lambda tx: walking.told(tx, uid, sight))
    if found is None:
        raise ApiError(404, "not-found")
    walk = view(found, room.gateway, language_of(request))
    return {
        "walk": walk if visitor.may(Right.BODIES) else unheard_walk(walk),
        "here": f"/console/messages/{uid}",
        "NEXT": NEXT,
        "PARTIES": PARTIES,
        "SEVERITIES": SEVERITIES,
        "SIGNATURES": SIGNATURES,
        "TYPES": TYPES,
        "ACTS": ACTS,
        "thread": thread_of(found),
    }


def thread_of(walk: dict[str, Any]) -> tuple[str, str] | None:
    """Return the family and the key of the thread that a message belongs to."""
    family = str(walk["type"]).partition(".")[0]
    return (family, walk["subject"]) if family in ("dossier", "document") else None


async def _more(
    room: Room, request: Request, visitor: Visitor, looks: Looks, shown: dict[str, Any]
) -> dict[str, Any]:
    """Return what the tab shows beside the walk; a look at a body is noted first."""
    if shown["tab"] == TABS[0]:
        return {}
    await looks.note(visitor, shown["walk"]["id"])
    until = await seen_until(room, visitor, shown["walk"]["id"])
    draw = panes if shown["tab"] == "bodies" else fields
    found = await draw(room, request, shown["walk"], whole=until is not None)
    number = shown["walk"]["seq"]
    gone = await room.gateway.journal.read(lambda tx: erasing.erased_at(tx, [number]).get(number))
    return found | asking(request) | {"until": until, "gone": gone}


SCREEN = Screen(
    path="message", title=told("Thông điệp"), icon="message-2", router=message_router, shown=False
)

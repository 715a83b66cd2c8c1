"""What an operator does to a delivery from the page of its message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.console.guard import form_of
from lgsp.console.message_view import acts
from lgsp.console.message_words import ACTS
from lgsp.console.room import Room
from lgsp.journal import acting, reading, walking
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reaching import Sight
from lgsp.rights import Right

_DO: Mapping[str, acting.Act] = {
    "replay": acting.replay,
    "retry": acting.replay,
    "hold": acting.hold,
    "release": acting.release,
    "resolve": acting.release,
    "waive": acting.release,
    "recheck": acting.replay,
    "cancel": acting.cancel,
    "call-off": acting.cancel,
}


def acts_router(room: Room) -> APIRouter:
    """Return the endpoints of acts on one delivery."""
    router = APIRouter(prefix="/console/messages/{uid:uuid}/deliveries")

    @router.get("/{delivery:int}/{act}")
    async def confirming(request: Request, uid: UUID, delivery: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT, within=True)
        message, one = await _found(room, uid, delivery, act, room.sight(visitor))
        behind, due_at = await room.gateway.journal.read(
            lambda tx: (walking.behind(tx, delivery), walking.due(tx, message["seq"]))
        )
        part = "hx-request" in request.headers
        return room.page(
            request, "message/confirm-part.html" if part else "message/confirm.html", act=ACTS[act], word=act,
            message=message, delivery=one, behind=behind, due_at=due_at, here=f"/console/messages/{uid}",
            possible=act in acts(one),
        )  # fmt: skip

    @router.post("/{delivery:int}/{act}")
    async def do(request: Request, uid: UUID, delivery: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT, within=True)
        sight = room.sight(visitor)
        message, one = await _found(room, uid, delivery, act, sight)
        reason = (await form_of(request)).reason()
        if act not in acts(one):
            raise WrongStateError(f"{act} of delivery {delivery}: it is {one['state']}")
        done = acting.within(_DO[act], sight)
        frames = await room.gateway.journal.write(lambda tx: done(tx, delivery, visitor.name, reason))
        room.gateway.broker.publish(frames or [])
        room.wake(one["system"])
        said = {"system": one["system"], "source": message["source"]}
        return room.go(request, f"/console/messages/{uid}", ACTS[act].done, **said)

    return router


async def _found(
    room: Room, uid: UUID, delivery: int, act: str, sight: Sight
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a message and the delivery of it that is meant."""
    message = await room.gateway.journal.read(lambda tx: reading.outline(tx, uid, sight))
    one = next((one for one in (message or {}).get("deliveries", ()) if one["id"] == delivery), None)
    if message is None or one is None or act not in ACTS:
        raise ApiError(404, "not-found")
    return message, one

"""What operators do: replay, cancel, hold and release deliveries, pause and resume systems."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.journal import acting
from lgsp.journal.contract import Frame, Transaction, WrongStateError

Act = Callable[[Transaction, int, str, str], list[Frame] | None]

_ACTS: dict[str, Act] = {
    "replay": lambda tx, number, who, _: acting.replay(tx, number, who),
    "cancel": acting.cancel,
    "hold": acting.hold,
    "release": lambda tx, number, who, _: acting.release(tx, number, who),
}
_SUMMARIES = {
    "replay": "Send a dead delivery again, or one that is put off at once",
    "cancel": "Call a delivery off",
    "hold": "Keep a delivery until a person releases it",
    "release": "Let a held delivery go on",
}


def acts_router(desk: Desk, wake: Callable[[str], None]) -> APIRouter:
    """Return the endpoints by which operators act; `wake` tells a system's lane that something changed."""
    router = APIRouter(responses=READ_RESPONSES)
    for name, act in _ACTS.items():
        router.add_api_route(
            f"/v1/deliveries/{{id}}/{name}",
            _on_delivery(desk, act),
            methods=["POST"],
            tags=["deliveries"],
            summary=_SUMMARIES[name],
        )

    @router.post("/v1/systems/{system}/pause", tags=["systems"], summary="Stop sending to a system")
    async def pause(request: Request, system: str) -> Response:
        desk.operator(request)
        _counterpart(desk, system).health.pause(time.monotonic())
        wake(system)
        return _json({"system": system, "standing": "paused"})

    @router.post("/v1/systems/{system}/resume", tags=["systems"], summary="Send to a system again")
    async def resume(request: Request, system: str) -> Response:
        desk.operator(request)
        _counterpart(desk, system).health.resume(time.monotonic())
        wake(system)
        return _json({"system": system, "standing": "running"})

    return router


def _on_delivery(desk: Desk, act: Act) -> Callable[..., Any]:
    async def endpoint(request: Request, id: int) -> Response:  # noqa: A002 - the word of the path
        who = desk.operator(request)
        reason = request.query_params.get("reason", "")
        try:
            frames = await desk.gateway.journal.write(lambda tx: act(tx, id, who, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        desk.gateway.broker.publish(frames or [])
        return _json({"delivery": id, "done": True})

    return endpoint


def _counterpart(desk: Desk, system: str) -> Any:
    found = desk.gateway.counterparts.get(system)
    if found is None:
        raise ApiError(404, "not-found")
    return found


def _json(said: Any) -> Response:
    return Response(orjson.dumps(said), media_type="application/json")

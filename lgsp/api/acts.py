"""What operators do: replay, cancel, hold and release deliveries, pause, drain and resume systems."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.callers import Caller
from lgsp.gateway import Counterpart
from lgsp.health import Health, Standing
from lgsp.journal import acting, reading, restoring, sweeping
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reaching import sees_delivery
from lgsp.rights import Right

_ACTS: dict[str, acting.Act] = {
    "replay": acting.replay,
    "cancel": acting.cancel,
    "hold": acting.hold,
    "release": acting.release,
}
_SUMMARIES = {
    "replay": "Send a dead delivery again, or one that is put off at once",
    "cancel": "Call a delivery off",
    "hold": "Keep a delivery until a person releases it",
    "release": "Let a held delivery go on",
    "pause": "Stop sending to a system",
    "drain": "Finish what is on its way to a system, then pause it",
    "resume": "Send to a system again",
}
Order = Callable[[Health, float], None]
ORDERS: dict[str, Order] = {"pause": Health.pause, "drain": Health.drain, "resume": Health.resume}


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

    for name, order in ORDERS.items():
        router.add_api_route(
            f"/v1/systems/{{system}}/{name}",
            _on_system(desk, order, wake),
            methods=["POST"],
            tags=["systems"],
            summary=_SUMMARIES[name],
        )
    return router


def _on_delivery(desk: Desk, act: acting.Act) -> Callable[..., Any]:
    async def endpoint(request: Request, id: int) -> Response:  # noqa: A002 - the word of the path
        person = desk.person(request, Right.ACT, within=True)
        who, sight = person.name, desk.sight(person)
        reason = request.query_params.get("reason", "")
        if not await desk.gateway.journal.read(lambda tx: sees_delivery(tx, sight, id)):
            raise ApiError(404, "not-found")
        do = acting.within(act, sight)
        try:
            frames = await desk.gateway.journal.write(lambda tx: do(tx, id, who, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        desk.gateway.broker.publish(frames or [])
        return in_json({"delivery": id, "done": True})

    return endpoint


def _on_system(desk: Desk, order: Order, wake: Callable[[str], None]) -> Callable[..., Any]:
    async def endpoint(request: Request, system: str) -> Response:
        person = desk.person(request, Right.ACT, within=True)
        who, to = person.name, counterpart(desk, system, person)
        await carry_out(desk, wake, to, order, who, request.query_params.get("reason", ""))
        return in_json({"system": system, "standing": to.health.standing.value})

    return endpoint


async def carry_out(  # noqa: PLR0913, PLR0917 - an order, who gave it, and who has to know
    desk: Desk, wake: Callable[[str], None], to: Counterpart, order: Order, who: str, reason: str = ""
) -> None:
    """Do with a system what a person ordered (one of `ORDERS`): in the journal first, then here."""
    wanted, journal = replace(to.health), desk.gateway.journal
    order(wanted, time.monotonic())
    while wanted.running and await journal.write(lambda tx: restoring.thaw(tx, to.name)) > 0:
        pass  # a page at a time: old snapshots of a restored journal that newer ones stand behind
    # first where every process sees it and a restart finds it, then here and now
    await journal.write(lambda tx: _record(tx, to.name, wanted, who, reason))
    order(to.health, time.monotonic())
    wake(to.name)


def _record(tx: Transaction, system: str, wanted: Health, who: str, reason: str) -> None:
    """Record what a person ordered; what was put off for the system's sake is ready with the resume."""
    _, cause = reading.standings(tx).get(system, ("", None))
    acting.set_system(tx, system, wanted.standing.value, wanted.cause or None, who, reason)
    if wanted.standing is Standing.RUNNING:
        sweeping.resume(tx, system, cause)


def counterpart(desk: Desk, system: str, person: Caller | None = None) -> Counterpart:
    """Return a configured system, of those within the limits of a person.

    Raises:
        ApiError: there is none of that name.
    """
    found = desk.gateway.counterparts.get(system)
    if found is None or (person is not None and not desk.sight(person).holds(system)):
        raise ApiError(404, "not-found")
    return found

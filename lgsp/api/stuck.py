"""What is stuck over HTTP: every trouble once, with what it means and who has to act."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.domain.causes import explain
from lgsp.gateway import Gateway
from lgsp.journal import troubles
from lgsp.journal.reading import at
from lgsp.journal.troubles import Patience, Trouble
from lgsp.rights import Right

_SECOND = 1_000_000
_PARKED = 15 * 60 * _SECOND


def patience(gateway: Gateway) -> Patience:
    """Return how long something may wait before it is a trouble; for collecting, as the alerts have it."""
    return Patience(_PARKED, int(gateway.routes.alerts.rules.uncollected.after * _SECOND))


def stuck_router(desk: Desk) -> APIRouter:
    """Return the endpoint by which operators see what is stuck."""
    router = APIRouter(responses=READ_RESPONSES, tags=["deliveries"])
    gateway = desk.gateway

    @router.get("/v1/problems", summary="What is stuck, by system, cause and state")
    async def problems(request: Request) -> Response:
        sight = desk.sight(desk.person(request, Right.LOOK, within=True))
        agency = request.query_params.get("agency", "").strip()
        found = await gateway.journal.read(lambda tx: troubles.found(tx, patience(gateway), agency, sight))
        return in_json({"problems": [_told(gateway, one) for one in found]})

    return router


def _told(gateway: Gateway, one: Trouble) -> dict[str, Any]:
    cause = gateway.names.find(one.key.cause) or one.key.cause
    named = bool(one.key.cause) and one.key.state != troubles.UNROUTED
    return one.key._asdict() | {
        "count": one.size,
        "more": one.more,
        "since": at(one.since),
        "deadline": at(one.deadline),
        "agencies": [{"name": code, "count": count} for code, count in one.agencies],
        "sampled": one.sampled,
        "explanation": {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")} if named else None,
    }

"""Retention of content over HTTP: the rules, what they would erase now, the runs, and pausing them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.erasing import next_at, preview, rules
from lgsp.journal import erasures
from lgsp.journal.contract import WrongStateError
from lgsp.rights import Right


class Order(BaseModel):
    """Why erasing begins, rests or goes on.

    Attributes:
        reason: it stands in the journal.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(min_length=1, max_length=1000)


def retention_router(desk: Desk) -> APIRouter:
    """Return the endpoints about what is erased when it is old."""
    router = APIRouter(responses=READ_RESPONSES, tags=["retention"])
    _add_looking(router, desk)
    for word, summary in (
        ("run", "Erase what is old enough now instead of tonight"),
        ("pause", "Erase nothing until a person lets it go on"),
        ("resume", "Let erasing go on"),
    ):
        router.add_api_route(
            f"/v1/retention/{word}", _acting(desk, word), methods=["POST"], summary=summary,
            openapi_extra=asking(Order),
        )  # fmt: skip
    return router


def _add_looking(router: APIRouter, desk: Desk) -> None:
    @router.get("/v1/retention", summary="For how long content is kept, and what was erased when")
    async def retention(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        return in_json(await standing(desk))

    @router.get("/v1/retention/preview", summary="What would be erased now; goes on behind `after`")
    async def foreseen(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        after, _ = page(request)
        found = await preview(desk.gateway, after)
        return in_json({"would_erase": found.counts.rows(), "next": found.after})


async def standing(desk: Desk) -> dict[str, Any]:
    """Return the rules of now, when the next run begins by itself, and the latest runs."""
    routes = desk.gateway.routes
    paused, found = await desk.gateway.journal.read(lambda tx: (erasures.paused(tx), erasures.runs(tx)))
    told = rules(routes)
    return {
        "rules": told,
        "paused": paused,
        "next_at": next_at(routes).isoformat() if told and not paused else None,
        "runs": [one.as_dict() for one in found],
    }


def _acting(desk: Desk, word: str) -> Any:
    async def endpoint(request: Request) -> Response:
        who = desk.person(request, Right.PUBLISH).name
        await carry_out(desk, word, who, read_body(Order, await request.body()).reason)
        return in_json(await standing(desk))

    return endpoint


async def carry_out(desk: Desk, word: str, who: str, reason: str) -> None:
    """Begin a run, pause erasing, or let it go on.

    Raises:
        ApiError: nothing is to be erased, a run is under way, or it is so already.
    """
    told = rules(desk.gateway.routes)
    if word == "run" and not told:
        raise ApiError(409, "wrong-state", "the home keeps everything for ever: `keep:` names nothing")
    try:
        if word == "run":
            await desk.gateway.journal.write(lambda tx: erasures.begin(tx, who, reason, told))
        else:
            yes = word == "pause"
            await desk.gateway.journal.write(lambda tx: erasures.pause(tx, who, reason, yes=yes))
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault

"""Judging lines over HTTP: those of which nobody knows whether they were told, and what people find out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.adopting import MOST
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.problems import ApiError
from lgsp.cut_over import live
from lgsp.gateway import Gateway
from lgsp.journal import gaps
from lgsp.journal.gaps import Unjudged
from lgsp.journal.reading import at
from lgsp.rights import Right

_Word = Annotated[str, Field(min_length=1, max_length=200)]


class Verdict(BaseModel):
    """What a person found out of a line that could not be judged.

    Attributes:
        key: the partitionkey.
        there: the system holds the subject.
    """

    model_config = ConfigDict(extra="forbid")

    system: _Word
    type: _Word = "dossier.v1"
    key: _Word
    there: bool
    reason: _Word


def add_judging(router: APIRouter, desk: Desk) -> None:
    """Add the endpoints by which people look at lines that nobody could tell of, and say what is so."""

    @router.get(
        "/v1/handovers/unjudged", summary="Lines of which nobody knows whether their subject was told"
    )
    async def unjudged(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        system, key = request.query_params.get("system", ""), request.query_params.get("after", "")
        _, limit = page_of(request)
        try:
            after = bytes.fromhex(key)
        except ValueError:
            raise ApiError(422, "invalid", "after is what `next` said") from None
        found, further = await desk.gateway.journal.read(lambda tx: gaps.unjudged(tx, system, after, limit))
        rows = [_line(one, live(desk.gateway, one, system)) for one in found]
        return in_json({"lines": rows, "next": further.hex() if further is not None else None})

    @router.post(
        "/v1/handovers/judge",
        summary="Say of one line whether its subject is there, having looked",
        openapi_extra=asking(Verdict),
    )
    async def judge(request: Request) -> Response:
        who, said = desk.person(request, Right.ACT).name, read_body(Verdict, await request.body())
        verdict, alive = await judge_line(desk.gateway, said, who)
        return in_json({"verdict": verdict.value, "deliveries": alive})


async def judge_line(gateway: Gateway, said: Verdict, who: str) -> tuple[gaps.Verdict, int]:
    """Write what a person found out of a line; return what became of it, and what came to life.

    Raises:
        ApiError: there is no such system; or the subject is absent, and the routes of now still leave it to
            an older connection.
    """
    if said.system not in gateway.counterparts:
        raise ApiError(404, "not-found", f"there is no system {said.system}")
    look = lambda tx: gaps.unjudged_line(tx, said.system, said.key, said.type)  # noqa: E731
    one = await gateway.journal.read(look)
    if one is None:
        return gaps.Verdict.JUDGED, 0
    if not said.there and not live(gateway, one, said.system):
        raise ApiError(409, "still-shadow", f"the routes leave {one.subject} to the older connection")
    found = await gateway.journal.write(
        lambda tx: gaps.judge(tx, one, there=said.there, who=who, reason=said.reason)
    )
    gateway.counterparts[said.system].window.look_again()
    return found


def page_of(request: Request) -> tuple[int, int]:
    """Return the limit of a page whose `after` is no number."""
    limit = request.query_params.get("limit", "100")
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        raise ApiError(422, "invalid", "limit is 1 to 1000")
    return 0, int(limit)


def _line(one: Unjudged, is_live: bool) -> dict[str, Any]:
    names = ("type", "subject", "partitionkey", "source", "agency")
    return {name: getattr(one, name) for name in names} | {"live": is_live, "at": at(one.at)}

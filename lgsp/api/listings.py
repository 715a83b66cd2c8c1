"""Lists of agencies over HTTP: searching them, what they say against decisions, and believing a short one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.problems import ApiError
from lgsp.domain.agencies.comparing import disagreements
from lgsp.domain.agencies.telling import told
from lgsp.journal import agency_lists
from lgsp.journal.contract import WrongStateError
from lgsp.message import VIETNAM, nfc

_LONGEST, _MOST = 200, 1000


class Believing(BaseModel):
    """Which run of a list is right although it lacks so much.

    Attributes:
        run: the number that the list shows; a newer run is another list.
    """

    model_config = ConfigDict(extra="forbid")

    run: int


def add_lists(router: APIRouter, desk: Desk, day: Callable[[Request], date | None]) -> None:
    """Add the endpoints about lists; `day` reads the day of a request."""

    @router.get("/v1/agencies", summary="Search agencies by name, or by the beginning of a code")
    async def agencies(request: Request) -> Response:
        desk.reader(request)
        asked = nfc(request.query_params.get("q", "")).strip()
        if not asked or len(asked) > _LONGEST:
            raise ApiError(422, "invalid", f"q is what to search for, at most {_LONGEST} characters")
        known, on = desk.gateway.agencies, day(request) or _today()
        after = request.query_params.get("after", "")
        found, rest = await desk.agency_search.find(known, asked, on, after, _limit(request))
        agencies = [told(one, on) for one in found]
        return in_json({"on": on.isoformat(), "agencies": agencies, "next": rest})

    @router.get("/v1/agencies/differences", summary="Where lists of agencies and decisions differ")
    async def differences(request: Request) -> Response:
        desk.operator(request)
        known, on = desk.gateway.agencies, day(request) or _today()
        found = await asyncio.to_thread(lambda: list(disagreements(known, on)))
        return in_json({"on": on.isoformat(), "differences": found})

    @router.get("/v1/agencies/lists", summary="The lists of agencies that jobs brought")
    async def lists(request: Request) -> Response:
        desk.operator(request)
        return in_json({"lists": await desk.gateway.journal.read(agency_lists.lists)})

    _add_believing(router, desk)


def _add_believing(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/agencies/lists/{system}/{job}/believe",
        summary="Believe a list that is much shorter than before: what it lacks is closed",
        openapi_extra=asking(Believing),
    )
    async def believe(request: Request, system: str, job: str) -> Response:
        who = desk.operator(request)
        run = read_body(Believing, await request.body()).run
        try:
            gone = await desk.gateway.journal.write(
                lambda tx: agency_lists.believe(tx, system, job, run, who)
            )
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return in_json({"gone": gone})


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "100")
    if written.isascii() and written.isdigit() and 1 <= int(written[:5]) <= _MOST:
        return int(written)
    raise ApiError(422, "invalid", f"limit is 1 to {_MOST}; after is the `next` of the page before")


def _today() -> date:
    return datetime.now(VIETNAM).date()

"""Lists of agencies over HTTP: searching them, what they say against decisions, and believing a short one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.problems import ApiError
from lgsp.catalogue_closing import settle_lists
from lgsp.domain.agencies.comparing import disagreements
from lgsp.domain.agencies.telling import told
from lgsp.domain.codes import read_agency
from lgsp.journal import agency_lists, catalogues, people
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.message import VIETNAM, nfc
from lgsp.rights import Right

_LONGEST, _MOST = 200, 1000


class Believing(BaseModel):
    """Which run of a list is right although it lacks so much.

    Attributes:
        run: the number that the list shows; a newer run is another list.
        reason: why, for those who read the journal later.
    """

    model_config = ConfigDict(extra="forbid")

    run: int
    reason: str = Field("", max_length=1000)


def add_lists(router: APIRouter, desk: Desk, day: Callable[[Request], date | None]) -> None:
    """Add the endpoints about lists; `day` reads the day of a request."""

    @router.get("/v1/agencies", summary="Search agencies by name, or by the beginning of a code")
    async def agencies(request: Request) -> Response:
        desk.reader(request, within=True)
        asked, under = (nfc(request.query_params.get(name, "")).strip() for name in ("q", "under"))
        if not (asked or under) or len(asked) > _LONGEST or len(under) > _LONGEST:
            raise ApiError(
                422, "invalid", f"q, or under, is what to search for, at most {_LONGEST} characters"
            )
        known, on, top = desk.gateway.agencies, day(request) or _today(), read_agency(under).identity
        after = request.query_params.get("after", "")
        found, rest = await desk.agency_search.find(known, asked, on, after, _limit(request), top=top)
        agencies = [told(one, on) for one in found]
        return in_json({"on": on.isoformat(), "agencies": agencies, "next": rest})

    @router.get("/v1/agencies/differences", summary="Where lists of agencies and decisions differ")
    async def differences(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        known, on = desk.gateway.agencies, day(request) or _today()
        found = await asyncio.to_thread(lambda: list(disagreements(known, on)))
        return in_json({"on": on.isoformat(), "differences": found})

    @router.get("/v1/agencies/lists", summary="The lists of agencies that jobs brought")
    async def lists(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        return in_json({"lists": await desk.gateway.journal.read(brought_lists)})

    _add_believing(router, desk)


def _add_believing(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/agencies/lists/{system}/{job}/believe",
        summary="Believe a list that is much shorter than before: what it lacks is closed",
        openapi_extra=asking(Believing),
    )
    async def believe(request: Request, system: str, job: str) -> Response:
        who = desk.person(request, Right.PUBLISH).name
        said = read_body(Believing, await request.body())
        try:
            gone = await believe_list(desk, system, job, said.run, who, said.reason)
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return in_json({"gone": gone})


async def believe_list(  # noqa: PLR0913, PLR0917 - which run, and who says so why
    desk: Desk, system: str, job: str, run: int, who: str, reason: str
) -> int:
    """Let a list that lacks much count as it is; return how many entries are there no more.

    Raises:
        WrongStateError: nothing is missing in this run of it, or it was read again since.
    """

    def act(tx: Transaction) -> int:
        if reason:
            people.note(tx, "list believed", who, on=f"{system} {job}", reason=reason)
        return _believe(tx, system, job, run, who)

    gone = await desk.gateway.journal.write(act)
    await settle_lists(desk.gateway, system)
    return gone


def brought_lists(tx: Transaction) -> list[dict[str, Any]]:
    """Return lists of agencies and catalogues; of these those that no job lists yet are left out."""
    states = {catalogues.LISTED: agency_lists.OPEN}
    found = catalogues.lists(tx)
    items = [one | {"state": states.get(one["state"], one["state"]), "odd": 0} for one in found]
    return [*agency_lists.lists(tx), *(one for one in items if one["job"])]


def _believe(tx: Transaction, system: str, job: str, run: int, who: str) -> int:
    """Believe all lists of a run that lack too much.

    Raises:
        WrongStateError: there are none.
    """
    gone, refused = 0, 0
    for believe in (agency_lists.believe, catalogues.believe):
        try:
            gone += believe(tx, system, job, run, who)
        except WrongStateError:
            refused += 1
            if refused == 2:  # noqa: PLR2004 - both
                raise
    return gone


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "100")
    if written.isascii() and written.isdigit() and 1 <= int(written[:5]) <= _MOST:
        return int(written)
    raise ApiError(422, "invalid", f"limit is 1 to {_MOST}; after is the `next` of the page before")


def _today() -> date:
    return datetime.now(VIETNAM).date()

"""Agencies' codes over HTTP: what one is on a day, and the facts that are added while the platform runs."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.agencies_about import about
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.code_readings import looked_up
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.listings import add_lists
from lgsp.api.problems import ApiError, problems
from lgsp.domain.agencies.facts import Claim, Scheme, claim_of
from lgsp.domain.agencies.telling import asked
from lgsp.errors import Invalid
from lgsp.gateway import Gateway
from lgsp.journal import agencies
from lgsp.learning import learn_facts
from lgsp.message import VIETNAM
from lgsp.rights import Right

_LONGEST, _DIGITS, _NEWEST = 200, 18, 2**62


class Addition(BaseModel):
    """A claim to add, as `lgsp.domain.agencies.facts` describes its fields.

    Attributes:
        kind: a fact about a code, a succession between two, or the bare withdrawal of an earlier claim.
        content: the claim's own fields; days as ISO dates.
        note: why, for those who read it later.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["fact", "succession", "withdrawal"]
    content: dict[str, Any]
    note: str = Field("", max_length=500)


def codes_router(desk: Desk) -> APIRouter:
    """Return the endpoints about agencies' codes."""
    router = APIRouter(responses=READ_RESPONSES, tags=["agencies"])
    _add_facts(router, desk)
    add_lists(router, desk, _day)

    @router.get("/v1/codes", summary="What a code may be: of a dossier, an agency, a procedure, a document")
    async def read(request: Request) -> Response:
        desk.reader(request, within=True)
        text = request.query_params.get("code", "").strip()
        if not text or len(text) > _LONGEST:
            raise ApiError(422, "invalid", f"code is what to look up, at most {_LONGEST} characters")
        return in_json(await looked_up(desk.gateway, text, _day(request)))

    @router.get("/v1/agencies/about/{code:path}", summary="All that was ever claimed of a code")
    async def everything(request: Request, code: str) -> Response:
        desk.reader(request, within=True)
        return in_json(await about(desk.gateway, code, _day(request), _scheme(request)))

    @router.get("/v1/agencies/{code:path}", summary="What a code is on a day")
    async def code(request: Request, code: str) -> Response:
        desk.reader(request, within=True)
        on, scheme = _day(request), _scheme(request)
        today = datetime.now(VIETNAM).date()
        return in_json(asked(desk.gateway.agencies, code, on, today, scheme))

    return router


def _add_facts(router: APIRouter, desk: Desk) -> None:
    @router.get("/v1/agencies/facts", summary="The facts about agencies that were added")
    async def facts(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        after, limit = page(request)
        before = _before(request)
        if before is not None:
            looking = partial(agencies.latest, before=before, limit=limit)
        else:
            looking = partial(agencies.listed, after=after, limit=limit)
        return in_json(await desk.gateway.journal.read(looking))

    @router.post(
        "/v1/agencies/facts",
        summary="Add a fact about agencies, which may withdraw an earlier one",
        responses={201: {"description": "It was added, and holds at once."}},
        openapi_extra=asking(Addition),
    )
    async def add(request: Request) -> Response:
        who = desk.person(request, Right.PUBLISH).name
        addition = read_body(Addition, await request.body())
        return await _added(desk, _claim(addition), who, addition.note)


def _before(request: Request) -> int | None:
    """Return behind which number the page of newest facts goes on; None asks for them from the first."""
    written = request.query_params.get("before")
    if written is None:
        return None
    if written.isascii() and written.isdigit() and len(written) <= _DIGITS:
        return int(written) or _NEWEST
    raise ApiError(422, "invalid", "before is a whole number; 0 begins with the newest")


async def _added(desk: Desk, claim: Claim, who: str, note: str) -> Response:
    try:
        return in_json({"id": await add_claim(desk.gateway, claim, who, note)}, 201)
    except Invalid as fault:
        raise ApiError(422, "invalid", problems=problems(fault.problems)) from fault


async def add_claim(gateway: Gateway, claim: Claim, who: str, note: str) -> str:
    """Add a claim, which holds at once; return its id.

    Raises:
        Invalid: it withdraws what is not there.
    """
    (number,) = await gateway.journal.write(lambda tx: agencies.add(tx, [claim], who, note))
    await learn_facts(gateway)
    return number


def _claim(addition: Addition) -> Claim:
    try:
        return claim_of(addition.kind, addition.content)
    except Invalid as fault:
        raise ApiError(422, "invalid", problems=problems(fault.problems)) from fault


def _day(request: Request) -> date | None:
    written = request.query_params.get("on", "") or request.query_params.get("as_of", "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise ApiError(422, "invalid", "on, or as_of, is a day such as 2025-06-30") from None


def _scheme(request: Request) -> Scheme | None:
    written = request.query_params.get("scheme", "")
    try:
        return Scheme(written) if written else None
    except ValueError:
        raise ApiError(422, "invalid", "scheme is identifier or statistics") from None

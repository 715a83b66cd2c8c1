"""Agencies' codes over HTTP: what one is on a day, and the facts that are added while the platform runs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.listings import add_lists
from lgsp.api.problems import ApiError, problems
from lgsp.domain.agencies.facts import Claim, Scheme, claim_of
from lgsp.domain.agencies.telling import asked
from lgsp.errors import Invalid
from lgsp.journal import agencies
from lgsp.learning import learn_facts
from lgsp.message import VIETNAM


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

    @router.get("/v1/agencies/{code:path}", summary="What a code is on a day")
    async def code(request: Request, code: str) -> Response:
        desk.reader(request)
        on, scheme = _day(request), _scheme(request)
        today = datetime.now(VIETNAM).date()
        return in_json(asked(desk.gateway.agencies, code, on, today, scheme))

    return router


def _add_facts(router: APIRouter, desk: Desk) -> None:
    @router.get("/v1/agencies/facts", summary="The facts about agencies that were added")
    async def facts(request: Request) -> Response:
        desk.operator(request)
        after, limit = page(request)
        return in_json(
            await desk.gateway.journal.read(lambda tx: agencies.listed(tx, after=after, limit=limit))
        )

    @router.post(
        "/v1/agencies/facts",
        summary="Add a fact about agencies, which may withdraw an earlier one",
        responses={201: {"description": "It was added, and holds at once."}},
        openapi_extra=asking(Addition),
    )
    async def add(request: Request) -> Response:
        who = desk.operator(request)
        addition = read_body(Addition, await request.body())
        return await _added(desk, _claim(addition), who, addition.note)


async def _added(desk: Desk, claim: Claim, who: str, note: str) -> Response:
    journal = desk.gateway.journal
    try:
        (number,) = await journal.write(lambda tx: agencies.add(tx, [claim], who, note))
    except Invalid as fault:
        raise ApiError(422, "invalid", problems=problems(fault.problems)) from fault
    await learn_facts(desk.gateway)
    return in_json({"id": number}, 201)


def _claim(addition: Addition) -> Claim:
    try:
        return claim_of(addition.kind, addition.content)
    except Invalid as fault:
        raise ApiError(422, "invalid", problems=problems(fault.problems)) from fault


def _day(request: Request) -> date | None:
    written = request.query_params.get("on", "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise ApiError(422, "invalid", "on is a day such as 2025-06-30") from None


def _scheme(request: Request) -> Scheme | None:
    written = request.query_params.get("scheme", "")
    try:
        return Scheme(written) if written else None
    except ValueError:
        raise ApiError(422, "invalid", "scheme is identifier or statistics") from None

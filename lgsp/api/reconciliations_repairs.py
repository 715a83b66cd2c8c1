"""Repairs over HTTP: what one would do, starting it, watching it, pausing and calling it off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.reconciliations import Number, found
from lgsp.domain.codes import agency_code
from lgsp.domain.reconciling.buckets import Bucket
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_repairs as repairs
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reconciliations import TokenTakenError
from lgsp.journal.reconciliations_differences import Filter
from lgsp.journal.reconciliations_repairs import Order
from lgsp.rights import Right

_SUMMARIES = {
    "pause": "Stop a repair for a while",
    "resume": "Let a repair go on",
    "cancel": "Call a repair off, with what it gave to be sent again and nobody began to send",
}


class Mend(BaseModel):
    """Which differences are meant, and what starting needs.

    Attributes:
        preview: tell what it would do, and start nothing.
        token: made by the caller, needed for starting: asked again with it, nothing is started twice.
        reason: needed for starting; it stands in the journal.
        rate: so many a second at most.
    """

    model_config = ConfigDict(extra="forbid")

    bucket: list[Bucket] = []
    owner: str = Field("", max_length=50)
    cause: str = Field("", max_length=200)
    repair: Literal["", "resend", "update"] = ""
    agency: str = Field("", max_length=50)
    preview: bool = False
    token: str = Field("", max_length=100)
    reason: str = Field("", max_length=500)
    rate: int = Field(20, ge=1, le=1000)

    def wanted(self) -> Filter:
        """Return the filter as the journal has it.

        Raises:
            ApiError: the agency's code is none.
        """
        agency = agency_code(self.agency) if self.agency else ""
        if agency is None:
            raise ApiError(422, "invalid", "agency is an agency's code, such as H44.11 or 000.00.11.H44")
        buckets = sorted({one.value for one in self.bucket})
        return Filter(buckets, self.owner, self.cause, self.repair, agency)


def repairs_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators repair what a reconciliation found."""
    router = APIRouter(responses=READ_RESPONSES, tags=["reconciliations"])
    _add_asking(router, desk)
    _add_watching(router, desk)
    for name, summary in _SUMMARIES.items():
        path = f"/v1/repairs/{{id}}/{name}"
        router.add_api_route(path, _acting(desk, name), methods=["POST"], summary=summary)
    return router


def _add_asking(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/reconciliations/{id}/repairs",
        summary="Repair what the gateway can repair by itself, or see first what that would do",
        responses={201: {"description": "It was started."}},
        openapi_extra=asking(Mend),
    )
    async def ask(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, asked = desk.person(request, Right.ACT).name, read_body(Mend, await request.body())
        if await desk.gateway.journal.read(lambda tx: runs.current(tx, id)) is None:
            raise ApiError(404, "not-found")
        if asked.preview:
            wanted = asked.wanted()
            return in_json(await desk.gateway.journal.read(lambda tx: repairs.foreseen(tx, id, wanted)))
        return await _start(desk, id, asked, who)


async def _start(desk: Desk, run: int, asked: Mend, who: str) -> Response:
    if not asked.token.strip() or not asked.reason.strip():
        raise ApiError(422, "invalid", "starting a repair needs a token of your own making, and a reason")
    wanted, order = asked.wanted(), Order(asked.token, who, asked.reason.strip(), asked.rate)
    try:
        repair, new = await desk.gateway.journal.write(lambda tx: repairs.ask(tx, run, wanted, order))
    except TokenTakenError as fault:
        raise ApiError(409, "conflict", str(fault)) from fault
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    return in_json(repair, 201 if new else 200)


def _add_watching(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/reconciliations/{id}/repairs", summary="Repairs of what was found, newest first")
    async def of(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.LOOK)
        after, limit = page(request)
        return in_json(await journal.read(lambda tx: repairs.listing(tx, run=id, after=after, limit=limit)))

    @router.get("/v1/repairs/{id}", summary="One repair and how far it is")
    async def one(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.LOOK)
        return found(await journal.read(lambda tx: repairs.find(tx, id)))


def _acting(desk: Desk, act: str) -> Callable[..., Any]:
    async def endpoint(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, reason = desk.person(request, Right.ACT).name, request.query_params.get("reason", "")
        try:
            moved = await desk.gateway.journal.write(lambda tx: repairs.move(tx, id, act, who, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return found(moved)

    return endpoint

"""Edit and resend over HTTP: a corrected body, and why."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, uuid_of
from lgsp.api.disclosures import sees_whole
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.incoming import receipt
from lgsp.api.problems import ApiError, status_of, told
from lgsp.errors import Rejected
from lgsp.journal.contract import WrongStateError
from lgsp.resending import resend
from lgsp.rights import Right


class Correction(BaseModel):
    """A corrected body.

    Attributes:
        data: the whole body, as the message's type has it.
        reason: why it is sent so; it stands in the journal.
    """

    model_config = ConfigDict(extra="forbid")

    data: dict[str, Any]
    reason: str = Field(min_length=1, max_length=1000)


def resends_router(desk: Desk) -> APIRouter:
    """Return the endpoint by which operators send a corrected body in the place of one that is stuck."""
    router = APIRouter(responses=READ_RESPONSES, tags=["messages"])

    @router.post(
        "/v1/messages/{id}/resend",
        status_code=202,
        summary="Send a corrected body in the place of one that did not get through",
        openapi_extra=asking(Correction),
    )
    async def edit(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        person, uid = desk.person(request, Right.ACT), uuid_of(id)
        who, asked = person.name, read_body(Correction, await request.body())
        try:
            whole = await sees_whole(desk, person, uid)
            taken = await resend(desk.gateway, uid, asked.data, who, asked.reason.strip(), whole=whole)
        except Rejected as reason:
            raise ApiError(status_of(reason), reason.code, problems=told(reason)["problems"]) from reason
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        if taken is None:
            raise ApiError(404, "not-found")
        return in_json(receipt(taken) | {"instead_of": str(uid)}, 202)

    return router

"""`POST /v1/systems/{system}/ask`: a question that another system answers while the caller waits."""

from __future__ import annotations

import math
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.errand import BoundEnquirer, Errand
from lgsp.api.examples import PROBLEM
from lgsp.api.express import Endpoint
from lgsp.api.problems import MEDIA, ApiError, problems
from lgsp.enquiry import Ending, NoAnswer, Question, Reply

_STATUS = {
    Ending.ABSENT: 404,
    Ending.REJECTED: 422,
    Ending.REFUSED: 502,
    Ending.FAILED: 502,
    Ending.LATE: 504,
    Ending.TURNED_AWAY: 503,
}
_UNWELL = 503


class Asked(BaseModel):
    """A question.

    Attributes:
        type: `citizen.query.v1`.
        data: the body, as the type's schema has it.
        purpose: a code of the province's list of purposes.
        who: the person for whom it is asked: an officer's name or account, as the asking system knows it.
        dossier: code of the dossier for which it is asked.
        within: seconds that the caller waits.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    type: str = Field(max_length=100)
    data: dict[str, Any] = Field(repr=False)
    purpose: str = Field("", max_length=100)
    who: str = Field("", max_length=200)
    dossier: str = Field("", max_length=100)
    within: float | None = Field(None, gt=0, le=120, allow_inf_nan=False)


def refusal(text: str) -> dict[str, Any]:
    """Return how an answer is described that is a problem document."""
    return {"description": text, "content": {MEDIA: {"schema": PROBLEM}}}


RESPONSES: dict[int | str, dict[str, Any]] = {
    401: refusal("The credential is not the asking system's."),
    403: refusal("The credential was not granted this question, or speaks for no agency of its dossier."),
    404: refusal("What is asked for is known not to exist."),
    422: refusal("The question is wrong, or says no purpose: each fault with its place."),
    429: refusal("The caller's own quota is used up."),
    502: refusal("The system that answers failed, or will not answer us."),
    503: refusal("It is not asked now: suspended, quota used up, or too many wait; see Retry-After."),
    504: refusal("No answer came in time."),
}


def putting(desk: Desk) -> Endpoint:
    """Return the endpoint by which systems put questions."""

    async def put(request: Request) -> Response:
        counterpart = desk.system(request, request.path_params["system"])
        asked = read_body(Asked, await request.body())
        enquirer = BoundEnquirer(counterpart.name, desk.enquiries, Errand(counterpart.name, desk.gate))
        question = Question(
            counterpart.name, asked.type, asked.data, asked.purpose, asked.who, asked.dossier, asked.within,
            request.headers.get("traceparent", "")[:200],
        )  # fmt: skip
        try:
            reply = await enquirer.ask(question)
        except NoAnswer as fault:
            raise no_answer(fault) from fault
        return in_json(answered(reply))

    return put


def ask_router(put: Endpoint) -> APIRouter:
    """Return the router that documents and serves the endpoint."""
    router = APIRouter(tags=["questions"])
    system = {"name": "system", "in": "path", "required": True, "schema": {"type": "string"}}
    router.add_api_route(
        "/v1/systems/{system}/ask",
        put,
        methods=["POST"],
        summary="Ask another system while somebody waits",
        responses=RESPONSES,
        openapi_extra={**asking(Asked), "parameters": [system]},
    )
    return router


def no_answer(fault: NoAnswer) -> ApiError:
    """Return what a caller is told who gets no answer."""
    more: dict[str, Any] = {"ask": str(fault.ask)} if fault.ask else {}
    if fault.problems:
        more["problems"] = problems(fault.problems)
    status = _status(fault)
    if fault.after is not None:
        more["headers"] = {"Retry-After": str(max(1, math.ceil(fault.after)))}
    return ApiError(status, fault.cause, fault.said, **more)


def _status(fault: NoAnswer) -> int:
    if fault.ending is Ending.REFUSED and fault.problems:
        return _STATUS[Ending.REJECTED]
    if fault.ending is Ending.FAILED and fault.after is not None:
        return _UNWELL
    return _STATUS[fault.ending]


def answered(reply: Reply) -> dict[str, Any]:
    """Return an answer as it is told; `age` is in seconds."""
    return {
        "ask": str(reply.ask),
        "type": reply.type,
        "system": reply.system,
        "remembered": reply.remembered,
        "age": round(reply.age, 3),
        "data": orjson.Fragment(reply.packed),
    }

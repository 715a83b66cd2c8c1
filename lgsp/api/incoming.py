"""`POST /v1/systems/{system}/messages`: canonical JSON, one message or an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Accepted
from lgsp.allowances import Taken
from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import MESSAGE_BODY, MESSAGE_RESPONSES
from lgsp.api.express import Endpoint
from lgsp.api.gate import bounds_of, speaker
from lgsp.api.problems import MEDIA, ApiError, problems, status_of, told
from lgsp.domain.nesting import load
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.items import canonical_item
from lgsp.message import Raw
from lgsp.rights import Right

_MOST = 1000


def bringing(desk: Desk) -> Endpoint:
    """Return the endpoint by which systems bring canonical messages."""

    async def bring(request: Request) -> Response:
        counterpart = desk.system(request, request.path_params["system"])
        body = await request.body()
        raw = Raw.of(body, request.headers.get("content-type", "application/json"))
        try:
            said = load(body)
        except orjson.JSONDecodeError as fault:
            reason = Invalid([Problem("", "not-json")])
            await desk.gateway.reject(counterpart.name, raw, reason)
            raise ApiError(
                422, "invalid", f"the body is not JSON: {fault.msg}", problems=problems(reason.problems)
            ) from fault
        many = isinstance(said, list)
        if many and len(said) > _MOST:
            raise ApiError(413, "too-large", f"an array may hold {_MOST} messages")
        items = [canonical_item(desk.gateway.types, item) for item in (said if many else [said])]
        await desk.gate.pay(speaker(counterpart.name), Taken.ITEMS, len(items))
        bounds = bounds_of(counterpart.name)
        results = await desk.gateway.accept(counterpart.name, raw, items, bounds=bounds)
        return _array(results) if many else _one(results[0])

    return bring


def bringing_native(desk: Desk) -> Endpoint:
    """Return the endpoint that takes a body in a system's own form, read by its adapter like a file."""

    async def bring(request: Request) -> Response:
        counterpart = desk.system_or_person(request, request.path_params["system"], Right.ACT)
        body = await request.body()
        raw = Raw.of(body, request.headers.get("content-type", "application/json"))
        try:
            items = await counterpart.adapter.read(raw)
        except Rejected as reason:
            await desk.gateway.reject(counterpart.name, raw, reason)
            return _array([reason])
        await desk.gate.pay(speaker(counterpart.name), Taken.ITEMS, len(items))
        bounds = bounds_of(counterpart.name)
        return _array(await desk.gateway.accept(counterpart.name, raw, items, bounds=bounds))

    return bring


def incoming_router(bring: Endpoint, native: Endpoint) -> APIRouter:
    """Return the router that documents and serves the endpoints."""
    router = APIRouter(tags=["messages"])
    router.add_api_route(
        "/v1/systems/{system}/native",
        native,
        methods=["POST"],
        status_code=202,
        summary="Bring a body in the system's own form",
        responses=MESSAGE_RESPONSES,
        openapi_extra={
            "requestBody": {"required": True, "content": {"*/*": {}}},
            "parameters": [{"name": "system", "in": "path", "required": True, "schema": {"type": "string"}}],
        },
    )
    router.add_api_route(
        "/v1/systems/{system}/messages",
        bring,
        methods=["POST"],
        status_code=202,
        summary="Bring canonical messages",
        responses=MESSAGE_RESPONSES,
        openapi_extra={
            "requestBody": MESSAGE_BODY,
            "parameters": [
                {
                    "name": "system",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                    "example": "one-stop",
                }
            ],
        },
    )
    return router


def _one(result: Accepted | Rejected) -> Response:
    if isinstance(result, Rejected):
        return Response(orjson.dumps(told(result)), status_of(result), media_type=MEDIA)
    return in_json(receipt(result), 200 if result.known else 202)


def _array(results: Sequence[Accepted | Rejected]) -> Response:
    taken = all(isinstance(result, Accepted) for result in results)
    said = [receipt(r) if isinstance(r, Accepted) else told(r) for r in results]
    return in_json({"results": said}, 202 if taken else 422)


def receipt(accepted: Accepted) -> dict[str, Any]:
    """Return a receipt as it is told."""
    return {
        "id": str(accepted.id),
        "status": "known" if accepted.known else "accepted",
        "revision": accepted.revision,
        "systems": list(accepted.systems),
        "findings": [finding.as_dict() for finding in accepted.findings],
    }

"""The bodies of requests and answers: what is asked is read as a model, what is told is written as JSON."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import orjson
from fastapi import Response
from pydantic import BaseModel, ValidationError

from lgsp.api.problems import ApiError, places
from lgsp.domain.nesting import check

Asked = TypeVar("Asked", bound=BaseModel)
JSON = "application/json"


@cache
def asking(model: type[BaseModel]) -> dict[str, Any]:
    """Return what the description of an endpoint says of the body that it asks for."""
    schema = model.model_json_schema()
    whole = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {JSON: {"schema": whole}}}}


def _inlined(part: Any, parts: dict[str, Any]) -> Any:
    """Return a schema with each part that it refers to in its place: a description has no room beside it."""
    if isinstance(part, list):
        return [_inlined(one, parts) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(parts[part["$ref"].rpartition("/")[2]], parts)
    return {name: _inlined(one, parts) for name, one in part.items()}


def read_body(model: type[Asked], body: bytes) -> Asked:
    """Return what a request asks for.

    Raises:
        ApiError: 422, with each place that is not as the model has it.
    """
    try:
        check(body)
        return model.model_validate_json(body)
    except orjson.JSONDecodeError as fault:
        raise ApiError(422, "invalid", f"the body is not JSON: {fault.msg}") from fault
    except ValidationError as fault:
        raise ApiError(422, "invalid", problems=places(fault)) from fault


def in_json(said: object, status: int = 200) -> Response:
    """Return an answer in JSON."""
    return Response(orjson.dumps(said), status, media_type=JSON)

"""What OpenAPI tells of bodies and answers that the hot endpoint reads and writes by hand."""

from __future__ import annotations

from typing import Any

_DOSSIER = {
    "type": "dossier.v1",
    "data": {"code": "H44.11-260131-0001", "status": "processing"},
}
_MESSAGE = {
    "type": "object",
    "required": ["type", "data"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "example": "dossier.v1"},
        "data": {"type": "object", "description": "As the type's schema says."},
        "correlationid": {"type": "string"},
        "traceparent": {"type": "string"},
    },
}
_RECEIPT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"type": "string", "enum": ["accepted", "known"]},
        "revision": {"type": "integer"},
        "systems": {"type": "array", "items": {"type": "string"}},
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}
_RESULTS = {"type": "object", "properties": {"results": {"type": "array", "items": {"type": "object"}}}}
PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}

MESSAGE_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"oneOf": [_MESSAGE, {"type": "array", "maxItems": 1000, "items": _MESSAGE}]},
            "examples": {"one": {"value": _DOSSIER}, "array": {"value": [_DOSSIER]}},
        }
    },
}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/problem+json": {"schema": PROBLEM}}}


def _json(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


MESSAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: _json("It was taken on before: the old receipt.", _RECEIPT),
    202: _json("It is journalled: all of it is ours now.", {"oneOf": [_RECEIPT, _RESULTS]}),
    401: _problem("No token of this system."),
    403: _problem("This system does not bring this type."),
    409: _problem("A document's identity is known with another body."),
    413: _problem("The body is too large."),
    422: _problem("Faults, each with a JSON pointer; of an array the good ones were taken."),
    503: _problem("The journal cannot write now: ask again."),
}
READ_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: _problem("No token."),
    403: _problem("For operators."),
    404: _problem("There is none."),
    409: _problem("Its state does not allow it."),
    422: _problem("A parameter is not as documented."),
}

DOCUMENTS: dict[int | str, dict[str, Any]] = {
    200: _json(
        "The documents that the key may mean, the newest first.",
        {
            "type": "object",
            "properties": {
                "key": {"type": "string"},
                "documents": {"type": "array", "items": {"type": "object"}},
                "more": {"type": "boolean", "description": "There are older ones; name the agency."},
                "calendar_faults": {"type": "array", "items": {"type": "string"}},
            },
        },
    ),
}

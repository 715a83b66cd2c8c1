"""Reading items of canonical JSON, as systems bring them over the API."""

from __future__ import annotations

from typing import Any

import orjson

from lgsp.domain.nesting import load
from lgsp.errors import Invalid, Problem, Rejected
from lgsp.message import Message, Raw
from lgsp.schemas import Types

_ALLOWED = frozenset({"type", "data", "correlationid", "traceparent"})


def canonical_items(types: Types, raw: Raw) -> list[Message | Rejected]:
    """Turn a body, one message or an array, into messages; one that is not JSON is one rejected item."""
    try:
        said = load(raw.read())
    except orjson.JSONDecodeError:
        return [Invalid([Problem("", "not-json")])]
    return [canonical_item(types, one) for one in (said if isinstance(said, list) else [said])]


def canonical_item(types: Types, said: Any) -> Message | Rejected:
    """Turn one canonical item into a message; the gateway checks its data against the type."""
    if not isinstance(said, dict):
        return Invalid([Problem("", "wrong-type", "object")])
    unknown = [Problem(f"/{name}", "unknown-field") for name in sorted(said.keys() - _ALLOWED)]
    type_, data = said.get("type"), said.get("data")
    if not isinstance(type_, str) or type_ not in types:
        return Invalid([*unknown, Problem("/type", "not-one-of", ", ".join(types.names()))])
    if unknown or not isinstance(data, dict):
        return Invalid(unknown or [Problem("/data", "wrong-type", "object")], type=type_)
    try:
        message = types.message(type_, data)
    except Invalid as reason:
        return reason
    message.correlationid = _text(said.get("correlationid"))
    message.traceparent = _text(said.get("traceparent"))
    return message


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""

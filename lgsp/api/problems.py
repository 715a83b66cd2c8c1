"""Problem documents (RFC 9457): what is wrong, where, and how it is mended, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from lgsp.domain.causes import CAUSES, explain
from lgsp.errors import Conflict, Forbidden, Problem, Rejected
from lgsp.redacting import without_numbers

MEDIA = "application/problem+json"
_KINDS = {
    "missing": ("missing", ""),
    "extra_forbidden": ("unknown-field", ""),
    "string_too_long": ("too-long", "max_length"),
    "literal_error": ("not-one-of", "expected"),
    "enum": ("not-one-of", "expected"),
}
"""A kind of pydantic's faults: the problem's code, and where it keeps what is expected."""
_TYPES = {
    "string": "string", "dict": "object", "model": "object", "list": "array", "bool": "boolean",
    "int": "integer", "float": "number",
}  # fmt: skip


class ApiError(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: str, detail: str = "", **more: Any) -> None:
        super().__init__(detail or code)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more

    def response(self) -> Response:
        """Return it as a problem document."""
        return problem(self.status, self.code, self.detail, **self.more)


def problem(
    status: int, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """Return a problem document; what the catalogue says of its code stands in it."""
    body = {"type": f"urn:lgsp:problem:{code}", "title": code.replace("-", " "), "status": status}
    if detail:
        body["detail"] = detail
    if code in CAUSES:
        body |= _texts(Problem("", code, detail))
    return Response(orjson.dumps(body | more), status, dict(headers or {}), MEDIA)


def status_of(reason: Rejected) -> int:
    """Return the HTTP status that a rejection answers with."""
    if isinstance(reason, Conflict):
        return 409
    return 403 if isinstance(reason, Forbidden) else 422


def told(reason: Rejected) -> dict[str, Any]:
    """Return a rejection as it is told: each problem with its pointer and its text in both languages."""
    return {
        "type": f"urn:lgsp:problem:{reason.code}",
        "title": reason.code,
        "status": status_of(reason),
        "problems": problems(reason.problems),
    }


def rejection(reason: Rejected) -> Response:
    """Return a rejection as the answer to a whole request."""
    return Response(orjson.dumps(told(reason)), status_of(reason), media_type=MEDIA)


def problems(found: Sequence[Problem]) -> list[dict[str, str]]:
    """Return problems with their texts and mends."""
    return [
        {
            "pointer": one.place,
            "code": one.code,
            "detail": one.detail,
            **_texts(one),
        }
        for one in found
    ]


def places(fault: ValidationError | RequestValidationError) -> list[dict[str, str]]:
    """Return what is wrong with a request's own words: each place, and what is expected there."""
    return problems([_place(one) for one in fault.errors()])


def _place(one: Mapping[str, Any]) -> Problem:
    at, kind = without_numbers("/".join(["", *map(str, one["loc"])])), str(one["type"])
    if kind in _KINDS:
        code, expected = _KINDS[kind]
        return Problem(at, code, str(one.get("ctx", {}).get(expected, "")))
    asked, _, how = kind.rpartition("_")
    if how in {"type", "parsing"} and asked in _TYPES:
        return Problem(at, "wrong-type", _TYPES[asked])
    return Problem(at, "wrong-parameter", str(one["msg"]))


def _texts(one: Problem) -> dict[str, str]:
    vi, en = explain(one), explain(one, "en")
    return {"vi": vi.text, "en": en.text, "mend_vi": vi.mend, "mend_en": en.mend}

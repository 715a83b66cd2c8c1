"""What the description of the API says of every operation alike: the answers of what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from lgsp.api.examples import PROBLEM

_AROUND = {
    "400": "The address could be read in more than one way, or the request is none of HTTP.",
    "413": "The body is too large.",
    "429": "Too often: ask again after the seconds of `Retry-After`.",
    "500": "A bug; `fault` is the number under which it stands in the log.",
    "503": "The journal cannot be reached, or there is no room for one more: ask again.",
}
_IN_DIALECT = {
    "401": "No credential of this system, said in its own dialect.",
    "403": "The credential does not open this, said in the system's own dialect.",
    "404": "There is no such thing, said in the system's own dialect.",
    "422": "What was sent is not as it has to be, said in the system's own dialect.",
}
_FACADES = "/systems/"
_VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def describe(app: FastAPI) -> None:
    """Let an application describe itself with the answers that any of its operations may give."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(
                get_openapi(title=app.title, version=app.version, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's manual has it so


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    for path, verbs in document["paths"].items():
        for operation in (verbs[verb] for verb in _VERBS & verbs.keys()):
            if path.startswith(_FACADES):
                _complete(operation["responses"], _IN_DIALECT, "*/*", {})
            _complete(operation["responses"], _AROUND, "application/problem+json", PROBLEM)
    return document


def _complete(answers: dict[str, Any], more: Mapping[str, str], media: str, schema: dict[str, Any]) -> None:
    """Add what is not described yet; where an operation has its own answer of a status, both may come."""
    for status, text in more.items():
        own = answers.setdefault(status, {"description": text})
        own.setdefault("content", {}).setdefault(media, {"schema": schema})

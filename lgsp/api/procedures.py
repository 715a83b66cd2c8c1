"""The catalogue of procedures over HTTP, as of any day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.codes import FORMS
from lgsp.journal import catalogues_shown
from lgsp.journal.catalogues_shown import Sought
from lgsp.message import nfc

PROCEDURE = "procedure.v1"
_LONGEST, _MOST = 200, 1000
_TERMS = {"q": "words", "agency": "agency", "field": "more", "state": "state", "source": "source"}


def procedures_router(desk: Desk) -> APIRouter:
    """Return the endpoints about procedures."""
    router = APIRouter(responses=READ_RESPONSES, tags=["procedures"])

    @router.get("/v1/procedures", summary="Search the catalogue of procedures, as of a day")
    async def procedures(request: Request) -> Response:
        desk.reader(request, within=True)
        sought = _sought(request)
        found = await desk.gateway.journal.read(lambda tx: catalogues_shown.search(tx, sought))
        told = [procedure_of(one) for one in found["items"]]
        return in_json({"as_of": sought.as_of or None, "procedures": told, "next": found["next"]})

    @router.get("/v1/procedures/{code:path}", summary="One procedure, whole, with its history")
    async def procedure(request: Request, code: str) -> Response:
        desk.reader(request, within=True)
        key, source, day = (
            FORMS["procedure-code"](code),
            request.query_params.get("source", ""),
            _day(request),
        )
        found = await desk.gateway.journal.read(
            lambda tx: catalogues_shown.one(tx, PROCEDURE, key or "", source, day)
        )
        if not found:
            raise ApiError(404, "not-found", "no catalogue has this code on that day")
        history = [procedure_of(one) for one in found["history"]]
        return in_json({**procedure_of(found), "as_of": day or None, "history": history})

    return router


def _sought(request: Request) -> Sought:
    after = request.query_params.get("after", "")
    return sought_of(request.query_params, as_of=_day(request), after=after, limit=_limit(request))


def sought_of(params: Mapping[str, str], *, as_of: str, after: str, limit: int) -> Sought:
    """Return what is looked for: `q`, `agency`, `field`, `state` and `source` of some terms.

    Raises:
        ApiError: 422, a term is too long.
    """
    said = {ours: nfc(params.get(name, "")).strip() for name, ours in _TERMS.items()}
    if any(len(text) > _LONGEST for text in said.values()):
        raise ApiError(422, "invalid", f"a term has at most {_LONGEST} characters")
    return Sought(PROCEDURE, **said, as_of=as_of, after=after[:_LONGEST], limit=limit)


def procedure_of(one: dict[str, Any]) -> dict[str, Any]:
    """Return an item with what a procedure has more: its first field."""
    field_code, field_name = [*one["more"], "", ""][:2]
    told = {name: value for name, value in one.items() if name != "more"}
    return told | {"field_code": field_code or None, "field_name": field_name or None}


def _day(request: Request) -> str:
    written = request.query_params.get("as_of", "")
    try:
        return date.fromisoformat(written).isoformat() if written else ""
    except ValueError:
        raise ApiError(422, "invalid", "as_of is a day such as 2026-01-31") from None


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "100")
    if written.isascii() and written.isdigit() and 1 <= int(written[:5]) <= _MOST:
        return int(written)
    raise ApiError(422, "invalid", f"limit is 1 to {_MOST}; after is the `next` of the page before")

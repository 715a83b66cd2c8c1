"""The catalogue of procedures: searched as of a day, and one with its history and its whole record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.procedures import procedure_of, sought_of
from lgsp.console.catalogues_words import WORDS, day_of, name_on, term, today
from lgsp.console.highlighting import Shown, shown
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.states import Look
from lgsp.console.wording import Wording
from lgsp.journal import catalogues_shown
from lgsp.rights import Right

_FILTERS = ("q", "agency", "field", "state", "source", "as_of")
_PAGE = 50
STATES: Mapping[str, Look] = {
    "published": Look("circle-check", "green", told("đang công khai")),
    "unpublished": Look("eye-off", "yellow", told("chưa công khai")),
    "closed": Look("archive", "secondary", told("đã đóng")),
}
"""States of a procedure, by the words of its schema."""


def add_procedures(router: APIRouter, room: Room) -> None:
    """Add the search and the page of one procedure."""

    @router.get("/procedures")
    async def found(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _found(room, request)

    @router.get("/procedure")
    async def one(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _one(room, request)


async def _found(room: Room, request: Request) -> Response:
    _, readable = day_of(request, "as_of")
    filters = {name: term(request, name) for name in _FILTERS}
    if not readable:
        filters["as_of"] = ""
    sought = sought_of(filters, as_of=filters["as_of"], after=term(request, "after"), limit=_PAGE)
    found = await room.gateway.journal.read(lambda tx: catalogues_shown.search(tx, sought))
    known, on = room.gateway.agencies, today()
    return room.page(
        request,
        "catalogues/procedures.html",
        status=200 if readable else 422,
        readable=readable,
        found=[
            procedure_of(one) | {"body": name_on(known, one["agency"] or "", on)} for one in found["items"]
        ],
        next=found["next"],
        filters=filters,
        used={name: value for name, value in filters.items() if value},
        sources=_sources(room),
        STATES=STATES,
        **WORDS,
    )


def _sources(room: Room) -> list[str]:
    """Return the systems that have jobs, of which catalogues come."""
    return sorted({system for system, _ in room.gateway.routes.jobs()})


async def _one(room: Room, request: Request) -> Response:
    code, source, (day, readable) = term(request, "code"), term(request, "source"), day_of(request, "as_of")
    if not readable:
        raise ApiError(422, "invalid", "as_of")
    found = await room.gateway.journal.read(
        lambda tx: catalogues_shown.one(tx, "procedure.v1", code, source, day.isoformat() if day else "")
    )
    if found is None:
        raise ApiError(404, "not-found")
    return room.page(
        request,
        "catalogues/procedure.html",
        one=procedure_of(found),
        record=found["record"] or {},
        text=_laid_out(found["record"], language_of(request)),
        history=[procedure_of(one) for one in found["history"]],
        body=name_on(room.gateway.agencies, found["agency"] or "", today()),
        day=day,
        written=request.query_params.get("as_of", ""),
        STATES=STATES,
        **WORDS,
    )


def _laid_out(record: Mapping[str, Any] | None, language: str) -> Shown | None:
    return shown(orjson.dumps(record).decode(), "%s", Wording(language).size) if record else None

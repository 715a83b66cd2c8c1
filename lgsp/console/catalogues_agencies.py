"""Agencies: searched as of a day, and one with all that is known of it, where each piece of it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from lgsp.api.agencies_about import about
from lgsp.api.problems import ApiError
from lgsp.api.seeking import asked
from lgsp.console.catalogues_words import HERE, WORDS, day_of, filled, name_on, term, today
from lgsp.console.room import Room
from lgsp.domain.agencies.telling import told
from lgsp.domain.codes import read_agency
from lgsp.journal.searching import search
from lgsp.rights import Right
from lgsp.routing import serving

_PAGE, _BELOW, _OPEN = 50, 12, 20


def add_agencies(router: APIRouter, room: Room) -> None:
    """Add the search, which is the first page of the screen, and the page of one agency."""

    @router.get("")
    async def found(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _found(room, request)

    @router.get("/agency")
    async def one(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _one(room, request)


def agency_url(code: str, on: str = "") -> str:
    """Return where an agency is shown; codes may hold slashes, so they are a parameter."""
    return f"{HERE}/agency?{urlencode({'code': code} | ({'on': on} if on else {}))}"


async def _found(room: Room, request: Request) -> Response:
    text, under = term(request, "q"), term(request, "under")
    day, readable = day_of(request)
    on, known = day or today(), room.gateway.agencies
    items, rest = [], None
    if (text or under) and readable:
        after, top = term(request, "after"), read_agency(under).identity
        found, rest = await room.desk.agency_search.find(known, text, on, after, _PAGE, top=top)
        items = [_named(room, told(one, on), on) for one in found]
    return room.page(
        request,
        "catalogues/agencies.html",
        status=200 if readable else 422,
        readable=readable,
        found=items,
        next=rest,
        asked=bool(text or under),
        served=[] if text or under else _served(room, on),
        filters={"q": text, "under": under, "on": request.query_params.get("on", "") if readable else ""},
        top=name_on(known, under, on),
        on=on,
        **WORDS,
    )


def _named(room: Room, one: dict[str, Any], on: date) -> dict[str, Any]:
    """Add the name of the body above."""
    return one | {"above": name_on(room.gateway.agencies, one["parent"] or "", on)}


def _served(room: Room, on: date) -> list[dict[str, Any]]:
    """Return the bodies that the systems of the routes serve, each with what it is."""
    known = room.gateway.agencies
    tops = {code: name for name, spec in room.gateway.routes.systems.items() for code in spec.serves}
    return [
        told(known.resolve(code, on), on)
        | {"system": serving(room.gateway.routes, code, known, _any) or name}
        for code, name in sorted(tops.items())
    ]


def _any(_: str) -> bool:
    return True


# --- one agency -----------------------------------------------------------------------------------------


async def _one(room: Room, request: Request) -> Response:
    code, (day, readable) = term(request, "code"), day_of(request)
    if not code:
        raise ApiError(404, "not-found")
    if not readable:
        raise ApiError(422, "invalid", "on")
    shown = await about(room.gateway, code, day, None)
    shown |= {name: [filled(one) for one in shown[name]] for name in ("facts", "came_from", "became")}
    on, known = day or today(), room.gateway.agencies
    below, more = await room.desk.agency_search.find(
        known, "", on, limit=_BELOW, top=read_agency(code).identity
    )
    return room.page(
        request,
        "catalogues/agency.html",
        one=shown,
        on=on,
        day=request.query_params.get("on", ""),
        above=name_on(known, shown["parent"] or "", on),
        above_closed=name_on(known, shown["ancestor"] or "", on),
        below=[told(one, on) for one in below if one.code.identity != read_agency(code).identity],
        below_more=more,
        waiting=await _waiting(room, code),
        **WORDS,
    )


async def _waiting(room: Room, code: str) -> Mapping[str, Any]:
    """Return messages of an agency, and of those below it, that are not delivered yet: the newest of them."""
    looked = await asked(room.desk, {"agency": code, "state": "open"})
    found = await room.gateway.journal.read(lambda tx: search(tx, looked.sought, limit=_OPEN))
    return {"messages": found.messages, "more": found.older is not None, "reached": found.reached}

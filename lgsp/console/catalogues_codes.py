"""Any code looked up: what it may be, its parts, its normal form, and what is known of the bodies in it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from lgsp.api.code_readings import looked_up
from lgsp.console.catalogues_words import WORDS, day_of, term
from lgsp.console.room import Room
from lgsp.rights import Right

EXAMPLES = ("000.00.11.H44-260131-0001", "H44.11", "000.00.00.H28", "1.003560.000.00.00.H56", "24")
"""Codes by which the page shows what it can do."""


def add_codes(router: APIRouter, room: Room) -> None:
    """Add the page on which a code is looked up."""

    @router.get("/codes")
    async def code(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        text, (day, readable) = term(request, "code"), day_of(request)
        found = await looked_up(room.gateway, text, day) if text and readable else None
        return room.page(
            request,
            "catalogues/codes.html",
            status=200 if readable else 422,
            text=text,
            day=request.query_params.get("on", "") if readable else "",
            readable=readable,
            found=found,
            EXAMPLES=EXAMPLES,
            **WORDS,
        )

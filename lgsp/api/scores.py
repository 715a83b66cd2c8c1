"""The scoring preview over HTTP: the figures of a period, and the dossiers that cost points."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.codes import agency_code
from lgsp.domain.scoring.measures import MEASURES, REASONS
from lgsp.domain.scoring.periods import Period, read_period
from lgsp.gateway import Gateway
from lgsp.message import VIETNAM
from lgsp.rights import Right
from lgsp.scoring import Asked, Scoring, portals, subtrees

PATIENCE = 20.0
"""Seconds for which a request waits for figures before it is told how far they are."""
_LONGEST = 1000


def scores_router(desk: Desk) -> APIRouter:
    """Return the endpoints of the scoring preview."""
    router = APIRouter(responses=READ_RESPONSES, tags=["scores"])

    @router.get(
        "/v1/scores",
        summary="The measures of Decision 766 that dossiers bind, as a preview",
        responses={202: {"description": "They are still being counted: ask again."}},
    )
    async def scores(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        asked = await scores_asked(desk.gateway, request.query_params)
        told = await desk.counts.get(desk.gateway.journal, asked, PATIENCE)
        return in_json(told, 200 if told["state"] == "counted" else 202)

    @router.get("/v1/scores/{measure}/dossiers", summary="The dossiers that cost a measure points, and why")
    async def costing(request: Request, measure: str) -> Response:
        desk.person(request, Right.LOOK)
        if measure not in MEASURES:
            raise ApiError(404, "not-found", f"a measure is one of {', '.join(MEASURES)}")
        said = request.query_params
        asked = await scores_asked(desk.gateway, said)
        reason = said.get("reason", "")
        if reason and reason not in REASONS:
            raise ApiError(422, "invalid", f"reason is one of {', '.join(REASONS)}")
        scoring = Scoring(desk.gateway.journal, asked)
        return in_json(await scoring.costing(measure, said.get("after", ""), _limit(request), reason))

    return router


async def scores_asked(gateway: Gateway, said: Mapping[str, str]) -> Asked:
    """Return what figures are asked for by the parameters of a request.

    Raises:
        ApiError: a parameter cannot be read; the text begins with its name.
    """
    agency, today = said.get("agency", ""), datetime.now(VIETNAM).date()
    if agency and agency_code(agency) is None:
        raise ApiError(422, "invalid", f"agency: {agency!r} is no agency code; write it as H44 or H44.11")
    also = await asyncio.to_thread(subtrees, gateway.agencies, agency, today) if agency else ()
    return Asked(_period(said), _portal(gateway, said), agency, also, said.get("procedure", ""))


def _period(said: Mapping[str, str]) -> Period:
    try:
        return read_period(
            datetime.now(VIETNAM).date(),
            month=said.get("month", ""),
            quarter=said.get("quarter", ""),
            year=said.get("year", ""),
            first=said.get("from", ""),
            last=said.get("to", ""),
        )
    except ValueError as fault:
        raise ApiError(422, "invalid", str(fault)) from None


def _portal(gateway: Gateway, said: Mapping[str, str]) -> str:
    """Return the system that has to hold the dossiers: the one asked for, or the only one they go to."""
    known = portals(gateway.routes.routes)
    wanted = said.get("system", "")
    if wanted and wanted not in gateway.counterparts:
        raise ApiError(404, "not-found", f"system: there is no {wanted!r}; dossiers go to {', '.join(known)}")
    if not wanted and len(known) != 1:
        raise ApiError(
            422,
            "invalid",
            f"system: dossiers go to {', '.join(known) or 'none'}; say which one is the portal",
        )
    return wanted or known[0]


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "100")
    if not written.isdecimal() or not 1 <= int(written) <= _LONGEST:
        raise ApiError(422, "invalid", f"limit is 1 to {_LONGEST}")
    return int(written)

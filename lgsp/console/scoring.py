"""The screen of the scoring preview: figures of a period, compared, and the dossiers that cost points."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from lgsp.api.problems import ApiError
from lgsp.api.scores import scores_asked
from lgsp.console.language import told
from lgsp.console.problems_groups import name_of
from lgsp.console.room import Room, language_of
from lgsp.console.scoring_words import (
    COUNTED,
    KINDS,
    SURE,
    WRONG,
    choices,
    compared,
    kind_of,
    ordered,
    period_params,
    ways,
)
from lgsp.console.screens import Screen
from lgsp.domain.causes import explain
from lgsp.domain.dossier import BY_WORD
from lgsp.domain.scoring.measures import MEASURES, REASONS
from lgsp.journal import people
from lgsp.message import VIETNAM
from lgsp.rights import Right
from lgsp.scoring import Asked, Scoring, portals
from lgsp.scoring_csv import LIST_HEAD, figures_csv, list_rows

HERE = "/console/scores"
PATIENCE = 1.5
"""Seconds for which a page waits for figures before it shows how far they are."""
_SOON = 0.2
_PAGE = 50
_LINES = 1000
_PARAMS = ("agency", "month", "quarter", "year", "from", "to", "procedure", "system")
_LONGEST = 200


def scoring_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=HERE)
    _add_figures(router, room)
    _add_measure(router, room)
    _add_files(router, room)
    return router


def _given(room: Room, request: Request) -> dict[str, str]:
    """Return what an address asks for; of several systems that dossiers go to, the first one by itself."""
    said = {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in _PARAMS}
    known = portals(room.gateway.routes.routes)
    return said | {"system": said["system"] or (known[0] if len(known) > 1 else "")}


# --- figures --------------------------------------------------------------------------------------------


def _add_figures(router: APIRouter, room: Room) -> None:
    @router.get("")
    async def figures(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _figures(room, request, "scoring/list.html")

    @router.get("/part")
    async def part(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _figures(room, request, "scoring/figures.html")


async def _figures(room: Room, request: Request, template: str) -> Response:
    given, wrong, found = _given(room, request), "", {"state": "none"}
    asked: Asked | None
    try:
        asked = await scores_asked(room.gateway, given)
    except ApiError as fault:
        wrong = room.say(request, _wrong(fault))
        asked = await _without_wrong(room)
    if asked is not None and not wrong:
        found = await _counted(room, asked)
    return room.page(
        request, template, status=422 if wrong else 200, wrong=wrong, found=found,
        sort=request.query_params.get("sort", ""), **_shared(room, given, asked),
    )  # fmt: skip


def _wrong(fault: ApiError) -> str:
    return WRONG.get(fault.detail.partition(":")[0], WRONG[""])


async def _without_wrong(room: Room) -> Asked | None:
    """Return what the form shows beside a fault; None where no system takes dossiers."""
    known = portals(room.gateway.routes.routes)
    return await scores_asked(room.gateway, {"system": known[0]}) if known else None


def _shared(room: Room, given: Mapping[str, str], asked: Asked | None) -> dict[str, Any]:
    """Return what all pages of the screen are given."""
    today = datetime.now(VIETNAM).date()
    kind = kind_of(given)
    kept = {name: given[name] for name in ("agency", "procedure", "system") if given[name]}
    return {
        "given": given,
        "asked": asked,
        "kind": kind,
        "kinds": KINDS,
        "kept": kept,
        "params_of": period_params,
        "params": {name: text for name, text in given.items() if text},
        "ways": ways(kind, asked.period, today) if asked else (None, None),
        "choices": choices(today),
        "unfinished": asked is not None and asked.period.last >= today,
        "portals": portals(room.gateway.routes.routes),
        "name_of": lambda code: name_of(room.gateway.agencies, code),
        "agency_name": name_of(room.gateway.agencies, given["agency"]) if asked else "",
        "here": HERE,
        "SURE": SURE,
        "COUNTED": COUNTED,
    }


async def _counted(room: Room, asked: Asked) -> dict[str, Any]:
    """Return the figures, and those of the period before; `more` says that something is counted still."""
    counts, journal = room.desk.counts, room.gateway.journal
    found = await counts.get(journal, asked, PATIENCE)
    if found["state"] != "counted":
        return found | {"more": True}
    before = await counts.get(journal, asked._replace(period=asked.period.before), _SOON)
    known = before["state"] == "counted"
    return found | {
        "more": not known,
        "rows": compared(found["measures"], before["measures"] if known else ()),
        "before": asked.period.before,
        "points": _sum(found["measures"], "points"),
        "most": _sum([one for one in found["measures"] if one["points"] is not None], "most"),
        "bodies": ordered,
    }


def _sum(measures: Any, name: str) -> float | None:
    known = [one[name] for one in measures if one[name] is not None]
    return round(sum(known), 2) if known else None


# --- one measure ----------------------------------------------------------------------------------------


def _add_measure(router: APIRouter, room: Room) -> None:
    @router.get("/{measure}")
    async def one(request: Request, measure: str) -> Response:
        await room.admit(request, Right.LOOK)
        given, asked, reason = await _of_measure(room, request, measure)
        after = request.query_params.get("after", "")[:_LONGEST]
        listed = await Scoring(room.gateway.journal, asked).costing(measure, after, _PAGE, reason)
        return room.page(
            request, "scoring/measure.html", found=await _counted(room, asked), listed=listed, after=after,
            reason=reason, **_about(room, request, measure), **_shared(room, given, asked),
        )  # fmt: skip

    @router.get("/{measure}/part")
    async def part(request: Request, measure: str) -> Response:
        await room.admit(request, Right.LOOK)
        given, asked, reason = await _of_measure(room, request, measure)
        return room.page(
            request, "scoring/measure-figure.html", found=await _counted(room, asked), reason=reason,
            **_about(room, request, measure), **_shared(room, given, asked),
        )  # fmt: skip


async def _of_measure(room: Room, request: Request, measure: str) -> tuple[dict[str, str], Asked, str]:
    reason = request.query_params.get("reason", "")
    if measure not in MEASURES or (reason and reason not in REASONS):
        raise ApiError(404, "not-found")
    given = _given(room, request)
    return given, await scores_asked(room.gateway, given), reason


def _about(room: Room, request: Request, measure: str) -> dict[str, Any]:
    language = language_of(request)
    return {
        "measure": MEASURES[measure].as_dict(),
        "reasons": REASONS,
        "cause_text": lambda code: explain(room.gateway.names.find(code) or code, language).text,
        "status_text": lambda word: (
            "–" if word not in BY_WORD else word.replace("_", " ") if language == "en" else BY_WORD[word].vi
        ),
    }


# --- files ----------------------------------------------------------------------------------------------


def _add_files(router: APIRouter, room: Room) -> None:
    @router.post("/csv")
    async def figures(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        asked = await scores_asked(room.gateway, _given(room, request))
        found = await room.desk.counts.get(room.gateway.journal, asked, PATIENCE)
        if found["state"] != "counted":
            raise ApiError(409, "wrong-state")
        await _note(room, visitor.name, asked, "")
        return Response(figures_csv(found), media_type="text/csv; charset=utf-8", headers=_named("diem-766"))

    @router.post("/{measure}/csv")
    async def listed(request: Request, measure: str) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        _, asked, reason = await _of_measure(room, request, measure)
        await _note(room, visitor.name, asked, measure)
        return StreamingResponse(
            _lines(Scoring(room.gateway.journal, asked), measure, reason),
            media_type="text/csv; charset=utf-8",
            headers=_named(f"mat-diem-{measure}") | {"X-Accel-Buffering": "no"},
        )


async def _lines(scoring: Scoring, measure: str, reason: str) -> AsyncIterator[bytes]:
    yield LIST_HEAD
    after: str | None = ""
    while after is not None:
        page = await scoring.costing(measure, after, _LINES, reason)
        yield list_rows(page["dossiers"])
        after = page["next"]


async def _note(room: Room, who: str, asked: Asked, measure: str) -> None:
    """Write down who takes along what."""
    details = orjson.dumps(asked.as_dict() | {"on": f"{HERE}/{measure}".rstrip("/")}).decode()[:2000]
    await room.gateway.journal.write(lambda tx: people.note(tx, "scores exported", who, details=details))


def _named(name: str) -> dict[str, str]:
    day = datetime.now(VIETNAM)
    return {"Content-Disposition": f'attachment; filename="{name}-{day:%Y%m%d-%H%M}.csv"'}


SCREEN = Screen(path="scores", title=told("Điểm 766"), icon="target", router=scoring_router)

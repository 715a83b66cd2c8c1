"""Dossier statistics over HTTP: a table of a period, as known at a moment, and the dossiers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.agencies.register import Register
from lgsp.domain.reports.periods import read_label
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.message import VIETNAM
from lgsp.rights import Right
from lgsp.statistics import Asked, Table, cut_off, dossiers, table

_MICROS = 1_000_000
_NOW, _CUT_OFF = "now", "cut-off"


def statistics_router(desk: Desk) -> APIRouter:
    """Return the endpoints of the dossier statistics."""
    router = APIRouter(responses=READ_RESPONSES, tags=["statistics"])
    gateway = desk.gateway

    @router.get("/v1/statistics", summary="Figures of dossiers by agency, level, procedure or field")
    async def figures(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        asked, known = statistics_asked(request.query_params), gateway.agencies
        try:
            found = await gateway.journal.read(lambda tx: table(tx, asked, known))
        except ValueError as fault:
            raise ApiError(422, "invalid", str(fault)) from None
        return in_json(told(asked, found, known))

    @router.get("/v1/statistics/definitions", summary="The ways to count dossiers")
    async def definitions(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        return in_json({"definitions": [_definition(label) for label in DEFINITIONS]})

    @router.get("/v1/statistics/dossiers", summary="The dossiers behind a figure of such a table")
    async def behind(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        said, known = request.query_params, gateway.agencies
        asked, limit = statistics_asked(said), _limit(request)
        cell = said.get("code", ""), said.get("column", ""), said.get("after", "")
        try:
            keys = await gateway.journal.read(lambda tx: dossiers(tx, asked, *cell, limit, known))
        except ValueError as fault:
            raise ApiError(422, "invalid", str(fault)) from None
        return in_json({"dossiers": keys, "next": keys[-1] if len(keys) == limit else None})

    return router


def statistics_asked(said: Mapping[str, str]) -> Asked:
    """Return the table that the parameters of a request ask for.

    Raises:
        ApiError: a parameter cannot be read; the text begins with its name.
    """
    try:
        period = read_label(said.get("period", ""))
    except ValueError as fault:
        raise ApiError(422, "invalid", f"period: {fault}") from None
    written = said.get("known", _NOW)
    known = cut_off(period) if written == _CUT_OFF else None if written == _NOW else _moment(written)
    merged = said.get("merged", "yes")
    if merged not in {"yes", "no"}:
        raise ApiError(422, "invalid", f"merged: {merged!r} is neither yes nor no")
    asked = Asked(
        said.get("by", "agency"), said.get("agency", ""), period, said.get("definition", "standard/1"),
        known, merged == "yes", _day(said.get("on", "")),
    )  # fmt: skip
    try:
        asked.top  # noqa: B018 - it raises where the agency has no code
    except ValueError as fault:
        raise ApiError(422, "invalid", str(fault)) from None
    return asked


def told(asked: Asked, found: Table, known: Register) -> dict[str, Any]:
    """Return a table as JSON has it, with the period, the way to count, and as of when it is."""
    period = asked.period
    return {
        "of": {
            "by": asked.by,
            "agency": asked.agency,
            "period": {
                "label": period.label,
                "first": period.first.isoformat(),
                "last": period.last.isoformat(),
                "vi": period.said("vi"),
                "en": period.said("en"),
            },
            "known": None if asked.known_at is None else _iso(asked.known_at),
            "merged": asked.merged,
            "on": asked.day.isoformat(),
        },
        "definition": _definition(asked.definition),
        "as_of": _iso(found.as_of) if found.as_of else None,
        "until": _iso(found.until),
        "rows": [
            {"code": row.code, "name": _name(asked, row.code, known), "counts": row.counts}
            for row in found.rows
        ],
        "total": found.total,
    }


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "100")
    if not written.isdecimal() or not 1 <= int(written) <= 1000:  # noqa: PLR2004 - the documented bounds
        raise ApiError(422, "invalid", "limit is 1 to 1000")
    return int(written)


def _definition(label: str) -> dict[str, str]:
    one = DEFINITIONS[label]
    return {
        "definition": label, "rule": f"{one.rule.name}/{one.rule.version}", "vi": one.vi, "en": one.en,
        "source": one.source, "confidence": one.confidence,
    }  # fmt: skip


def _name(asked: Asked, code: str, known: Register) -> str | None:
    """Return the name of a row's agency on the day; None where nobody told one."""
    if asked.by != "agency":
        return None
    found = known.resolve(code, asked.day)
    return found.fact.name if found.known and found.fact else None


def _moment(text: str) -> int:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        mend = "write cut-off, now, or a time as 2026-01-31T00:00"
        raise ApiError(422, "invalid", f"known: {text!r} is no time; {mend}") from None
    there = read if read.tzinfo else read.replace(tzinfo=VIETNAM)
    return round(there.timestamp() * _MICROS)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ApiError(422, "invalid", f"on: {text!r} is no day; write it as 2026-01-31") from None


def _iso(micros: int) -> str:
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM).isoformat(timespec="seconds")

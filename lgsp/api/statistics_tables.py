"""Dossier statistics as a table to look at over HTTP: as JSON, a page to print, XLSX and CSV."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.report_tables import format_of, namer, sheet_answer
from lgsp.api.statistics import statistics_asked
from lgsp.domain.agencies.known import levels
from lgsp.gateway import Gateway
from lgsp.journal.catalogue_names import names
from lgsp.journal.contract import Transaction
from lgsp.message import VIETNAM
from lgsp.reporting.rendering.from_statistics import Counted, sheet_of_statistics
from lgsp.rights import Right
from lgsp.statistics import UNTOLD, Asked, Table, table

_MICROS = 1_000_000
_CATALOGUES = MappingProxyType({"procedure": "procedure.v1", "field": "field.v1"})


def statistics_tables_router(desk: Desk) -> APIRouter:
    """Return the endpoint of statistics as people look at them."""
    router = APIRouter(responses=READ_RESPONSES, tags=["statistics"])
    journal = desk.gateway.journal

    @router.get(
        "/v1/statistics/table",
        summary="Dossier statistics as a table with its notes: format=json, html (to print), xlsx or csv",
    )
    async def printed(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        kind, asked = format_of(request), statistics_asked(request.query_params)
        try:
            found = await journal.read(lambda tx: counted(tx, desk.gateway, asked))
        except ValueError as fault:
            raise ApiError(422, "invalid", str(fault)) from None
        return await sheet_answer(sheet_of_statistics(found), kind)

    return router


def counted(tx: Transaction, gateway: Gateway, asked: Asked) -> Counted:
    """Return what is asked for, counted, with what gives its codes their names."""
    found = table(tx, asked, gateway.agencies)
    return Counted(
        by=asked.by,
        period=asked.period,
        rows=found.rows,
        total=found.total,
        definition=found.definition,
        known_at=_iso(asked.known_at or tx.now),
        counted_to=_iso(found.as_of) if found.as_of else "",
        agency=namer(gateway, asked.day)(asked.top) if asked.agency else "",
        name=_name(tx, gateway, asked, found),
    )


def _name(tx: Transaction, gateway: Gateway, asked: Asked, found: Table) -> Callable[[str], str]:
    """Return what gives the name of a row's code; empty where a dossier tells none."""
    if asked.by in {"agency", "total"}:
        known = namer(gateway, asked.day)
        return lambda code: "" if code == UNTOLD else known(code)
    told = {one.word: one.vi for one in levels()} | {UNTOLD: ""}
    if asked.by in _CATALOGUES:
        told = names(tx, _CATALOGUES[asked.by], (row.code for row in found.rows)) | {UNTOLD: ""}
    return lambda code: told.get(code, code)


def _iso(micros: int) -> str:
    return datetime.fromtimestamp(micros / _MICROS, VIETNAM).isoformat()

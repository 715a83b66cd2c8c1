"""Reports and statistics as tables to look at over HTTP: as JSON, a page to print, XLSX and CSV."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.reports import Number, told
from lgsp.domain.reports.periods import read_label
from lgsp.formats.sheets import CSV_TYPE, XLSX_TYPE
from lgsp.gateway import Gateway
from lgsp.message import VIETNAM
from lgsp.reporting.asking import UnusableError
from lgsp.reporting.book import Book
from lgsp.reporting.rendering.book import as_xlsx
from lgsp.reporting.rendering.from_report import Around, sheet_of
from lgsp.reporting.rendering.lines import as_csv
from lgsp.reporting.rendering.page import HTML_TYPE, as_html
from lgsp.reporting.rendering.sheet import Sheet
from lgsp.rights import Right

_JSON = "json"
_Maker = Callable[[Sheet], bytes | str]
_FORMATS: Mapping[str, tuple[_Maker, str]] = MappingProxyType(
    {"html": (as_html, HTML_TYPE), "xlsx": (as_xlsx, XLSX_TYPE), "csv": (as_csv, CSV_TYPE)}
)
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.-]+")
_NO = frozenset({"0", "no", "false"})


def report_tables_router(desk: Desk) -> APIRouter:
    """Return the endpoint of a report as people look at it."""
    router = APIRouter(responses=READ_RESPONSES, tags=["reports"])
    book = Book(desk.gateway)

    @router.get(
        "/v1/reports/{id:int}/table",
        summary="A report as a table with its notes: format=json, html (to print), xlsx or csv",
    )
    async def table(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.BODIES)
        kind = format_of(request)
        report = await told(book.show(id))
        wanted = request.query_params.get("changes", "") not in _NO and report["state"] != "draft"
        changes = await _changes(book, id) if wanted else []
        around = Around(namer(desk.gateway, _day(report["period"])), changes=changes)
        return await sheet_answer(sheet_of(report, book.definitions(), around), kind)

    return router


def format_of(request: Request) -> str:
    """Return the format that is asked for.

    Raises:
        ApiError: 422, there is no such one.
    """
    kind = request.query_params.get("format", _JSON)
    if kind != _JSON and kind not in _FORMATS:
        raise ApiError(422, "invalid", f"format: is one of {', '.join([_JSON, *_FORMATS])}")
    return kind


async def sheet_answer(sheet: Sheet, kind: str) -> Response:
    """Return a table in a format; a page is shown, files are kept."""
    if kind == _JSON:
        return in_json(sheet.as_dict())
    make, media = _FORMATS[kind]
    name = f"{_NOT_IN_NAMES.sub('-', sheet.name).strip('-.') or 'bang'}.{kind}"
    way = "inline" if kind == "html" else "attachment"
    headers = {**_SAFE, "Content-Disposition": f'{way}; filename="{name}"'}
    return Response(await asyncio.to_thread(make, sheet), media_type=media, headers=headers)


def namer(gateway: Gateway, day: date) -> Callable[[str], str]:
    """Return what gives the name that an agency's code had on a day; the code where nobody knows one."""

    def name(code: str) -> str:
        found = gateway.agencies.resolve(code, day)
        return found.fact.name if found.known and found.fact and found.fact.name else code

    return name


async def _changes(book: Book, number: int) -> list[dict[str, Any]]:
    """Return what is known otherwise now; nothing of a report that is not counted from dossiers."""
    try:
        found: list[dict[str, Any]] = (await book.compare(number, None))["changes"]
    except UnusableError:
        return []
    return found


def _day(period: Mapping[str, Any]) -> date:
    try:
        return read_label(period["label"]).last
    except ValueError:
        return datetime.now(VIETNAM).date()

"""What a reconciliation found, over HTTP: a page at a time by filters, and as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.reconciliations import Number
from lgsp.domain.causes import explain
from lgsp.domain.codes import agency_code
from lgsp.domain.reconciling.buckets import Bucket, Repair
from lgsp.domain.reconciling.words import MENDING
from lgsp.formats.sheets import CSV_TYPE, XLSX_TYPE
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal.reconciliations_differences import NEW, SOLVED, STILL, Filter
from lgsp.reconciling import exporting
from lgsp.rights import Right

_CHUNK = 1 << 16
_CHOICES = {
    "repair": frozenset(Repair),
    "change": frozenset({NEW, STILL, SOLVED}),
    "mending": frozenset(MENDING),
}


def found_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators see what a reconciliation found."""
    router = APIRouter(responses=READ_RESPONSES, tags=["reconciliations"])
    journal = desk.gateway.journal

    @router.get(
        "/v1/reconciliations/{id}/differences",
        summary="What was found, by bucket, owner, cause, repair, agency, change or mending; a page of it",
    )
    async def found(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        await _there(desk, request, id)
        wanted, after = filter_of(request.query_params), request.query_params.get("behind", "")
        _, limit = page(request)
        rows = await journal.read(lambda tx: differences.listing(tx, id, wanted, after=after, limit=limit))
        told = [one | _explained(desk, one["cause"]) for one in rows]
        return in_json({"differences": told, "next": rows[-1]["key"] if len(rows) == limit else None})

    @router.get(
        "/v1/reconciliations/{id}/export",
        summary="What was found as a table in Vietnamese: format=csv or format=xlsx, with the same filters",
        response_class=StreamingResponse,
    )
    async def export(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        await _there(desk, request, id)
        wanted, kind = filter_of(request.query_params), request.query_params.get("format", "csv")
        return exported(desk, id, wanted, kind)

    return router


def exported(desk: Desk, number: int, wanted: Filter, kind: str) -> Response:
    """Return what a run found as a file.

    Raises:
        ApiError: there is no such kind of file.
    """
    names = desk.gateway.names.find
    if kind == "csv":
        table = exporting.as_csv(desk.gateway.journal, number, wanted, names)
        return _file(table, CSV_TYPE, f"doi-soat-{number}.csv")
    if kind == "xlsx":
        return _file(_book(desk, number, wanted), XLSX_TYPE, f"doi-soat-{number}.xlsx")
    raise ApiError(422, "invalid", "format is csv or xlsx")


async def _there(desk: Desk, request: Request, number: int) -> None:
    desk.person(request, Right.LOOK)
    if await desk.gateway.journal.read(lambda tx: runs.current(tx, number)) is None:
        raise ApiError(404, "not-found")


def filter_of(asked: Any) -> Filter:
    """Return the filter of a request's parameters.

    Raises:
        ApiError: one of them is not as documented.
    """
    buckets = [one for text in asked.getlist("bucket") for one in text.split(",") if one]
    if wrong := sorted(set(buckets) - set(Bucket)):
        raise ApiError(422, "invalid", f"bucket: {', '.join(wrong)} is none of {', '.join(Bucket)}")
    for name, allowed in _CHOICES.items():
        if asked.get(name) and asked[name] not in allowed:
            raise ApiError(422, "invalid", f"{name} is one of {', '.join(sorted(filter(None, allowed)))}")
    agency = agency_code(asked["agency"]) if asked.get("agency") else ""
    if agency is None:
        raise ApiError(422, "invalid", "agency is an agency's code, such as H44.11 or 000.00.11.H44")
    plain = {name: asked.get(name, "") for name in ("owner", "cause", "repair", "change", "mending")}
    return Filter(sorted(set(buckets)), agency=agency, **plain)


def _explained(desk: Desk, code: str) -> dict[str, Any]:
    cause = desk.gateway.names.find(code) or code
    return {"explanation": {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")}}


async def _book(desk: Desk, number: int, wanted: Filter) -> AsyncIterator[bytes]:
    """Yield an XLSX file, which is made whole first: its table of contents stands at its end."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        names = desk.gateway.names.find
        await exporting.as_xlsx(desk.gateway.journal, number, wanted, names, path)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _file(body: AsyncIterator[bytes], kind: str, name: str) -> StreamingResponse:
    return StreamingResponse(
        body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )

"""Reports as files that people fill in: the template of a form, and what they bring back, by cell."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Accepted
from lgsp.allowances import Taken
from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import MESSAGE_RESPONSES, READ_RESPONSES
from lgsp.api.gate import bounds_of, speaker
from lgsp.api.incoming import receipt
from lgsp.api.problems import MEDIA, ApiError, problem, status_of, told
from lgsp.callers import Bounds
from lgsp.domain.reports.defined import Definitions
from lgsp.errors import Conflict, Invalid, Problem, Rejected
from lgsp.formats import sheets
from lgsp.gateway import Counterpart, Gateway
from lgsp.message import Message, Raw
from lgsp.rights import Right

_DEFAULT = "reporting"
_REPORT = "report.v1"
_AGAIN = 4
"""How often a version is counted anew, when another request took its number in the same instant."""

_TYPES = {"xlsx": sheets.XLSX_TYPE, "csv": sheets.CSV_TYPE}
_SAID = ("form", "agency", "period", "name")


def _parameter(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "schema": {"type": "string"},
        "description": description,
    }


_WHICH = [
    _parameter("form", "Code of the form; empty: as the file says."),
    _parameter("agency", "Code of the agency; empty: as the file says."),
    _parameter("period", "Label of the period, `government/1:202403`; empty: as the file says."),
    _parameter("system", "As from which system; empty: that of the form's regime."),
]


def report_files_router(desk: Desk) -> APIRouter:
    """Return the router of templates and files."""
    router = APIRouter(tags=["reports"])

    @router.post(
        "/v1/reports/files",
        status_code=202,
        summary="Bring a file of figures, XLSX or CSV: all of it, or every fault by its cell",
        responses=MESSAGE_RESPONSES,
        openapi_extra={
            "parameters": [*_WHICH, _parameter("name", "What the file is called.")],
            "requestBody": {"required": True, "content": {"*/*": {}}},
        },
    )
    async def bring(request: Request) -> Response:
        to = _system(desk, request, Right.ACT)
        said = {name: value for name in _SAID if (value := request.query_params.get(name, "").strip())}
        raw = Raw.of(
            await request.body(), request.headers.get("content-type", "application/octet-stream"), **said
        )
        await desk.gate.pay(speaker(to.name), Taken.ITEMS)
        return _answer(*await take_file(desk.gateway, to, raw, bounds_of(to.name)))

    @router.get(
        "/v1/reports/template",
        summary="A file to be filled in, of a form",
        responses=READ_RESPONSES,
        openapi_extra={"parameters": [*_WHICH, _parameter("format", "`xlsx` or `csv`.")]},
    )
    async def template(request: Request) -> Response:
        return _template(_system(desk, request, Right.LOOK).adapter.tools.definitions, request)

    return router


def _system(desk: Desk, request: Request, right: Right) -> Counterpart:
    """Return the system as from which a file comes.

    Raises:
        ApiError: the caller may not speak for it, or it brings no reports.
    """
    named = request.query_params.get("system", "").strip()
    to = desk.system_or_person(request, named or _regimes_own(desk, request), right)
    if _REPORT not in to.adapter.brings:
        raise ApiError(422, "invalid", f"system: {to.name} brings no reports; name another one")
    return to


def _regimes_own(desk: Desk, request: Request) -> str:
    """Return the system that the regime of a form names."""
    form = request.query_params.get("form", "").strip()
    for to in desk.gateway.counterparts.values():
        regime = to.adapter.tools.definitions.regime_of(form)
        return regime.system if regime else _DEFAULT
    return _DEFAULT


async def take_file(
    gateway: Gateway, to: Counterpart, raw: Raw, bounds: Bounds | None = None
) -> tuple[Message | Rejected, Accepted | Rejected]:
    """Take a file of figures on, as from a system; a version whose number was just taken is counted anew.

    Args:
        gateway: takes it on.
        to: the system, whose adapter reads it.
        raw: the file; `form`, `agency`, `period` and `name` among its attributes, where they are said.
        bounds: of the credential that brings it; None where a person does.

    Returns:
        What it was read as, and what became of that; of a faulty file both are its `Rejected`, with each
        fault's cell as the place of a problem.
    """
    try:
        item = await _one(to, raw)
        outcome = (await gateway.accept(to.name, raw, [item], bounds=bounds))[0]
        for _ in range(_AGAIN):
            again = await _one(to, raw) if isinstance(outcome, Conflict) else item
            if _key(again) == _key(item):
                break
            item, outcome = again, (await gateway.accept(to.name, raw, [again], bounds=bounds))[0]
    except Rejected as reason:
        await gateway.reject(to.name, raw, reason)
        return reason, reason
    return item, outcome


async def _one(to: Counterpart, raw: Raw) -> Message | Rejected:
    """Return what a file is read as: one report.

    Raises:
        Invalid: it is no file, but a body of several.
    """
    items = await to.adapter.read(raw)
    if len(items) != 1:
        raise Invalid([Problem("", "sheet-not-readable")])
    return items[0]


def _key(item: Message | Rejected) -> str | None:
    return item.key if isinstance(item, Message) else None


def _answer(item: Message | Rejected, outcome: Accepted | Rejected) -> Response:
    if isinstance(item, Message) and isinstance(outcome, Accepted):
        said = {"code": item.subject, "version": item.data["version"]}
        return in_json(receipt(outcome) | said, 200 if outcome.known else 202)
    reason = outcome if isinstance(outcome, Rejected) else Rejected([])
    body = told(reason) | {"faults": [_fault(one) for one in reason.problems]}
    return Response(orjson.dumps(body), status_of(reason), media_type=MEDIA)


def _fault(one: Problem) -> dict[str, Any]:
    row, column = sheets.parsed_address(one.place) or (0, 0)
    return sheets.Fault(row, column, one.code, one.detail).as_dict()


def _template(definitions: Definitions, request: Request) -> Response:
    query = request.query_params
    form, kind = query.get("form", "").strip(), query.get("format", "xlsx")
    if form not in definitions.forms:
        raise ApiError(
            404, "not-found", f"form: there is no such one; write one of {', '.join(definitions.forms)}"
        )
    if kind not in _TYPES:
        raise ApiError(422, "invalid", f"format: write one of {', '.join(_TYPES)}")
    try:
        agency, period = query.get("agency", "").strip(), query.get("period", "").strip()
        written = sheets.template(form, agency, period, kind, definitions)
    except ValueError:
        return problem(422, "sheet-period-unread", "period")
    name = "-".join(one for one in (form, agency, period) if one).replace("/", "-").replace(":", "-")
    return Response(written, 200, sheets.download(f"{name}.{kind}"), _TYPES[kind])

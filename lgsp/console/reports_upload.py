"""Bringing a file of figures: all of it is taken on, or nothing, with every fault shown at its cell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Accepted
from lgsp.api.problems import ApiError
from lgsp.api.report_files import take_file
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.reports_grid import Cut, cut_of
from lgsp.console.reports_periods import period_choices
from lgsp.console.reports_words import HERE, words
from lgsp.console.room import Room, language_of
from lgsp.domain.causes import explain
from lgsp.errors import Problem, Rejected
from lgsp.formats import sheets
from lgsp.formats.sheets.opening import LARGEST
from lgsp.gateway import Counterpart
from lgsp.journal import people
from lgsp.message import Message, Raw
from lgsp.reporting.book import Book
from lgsp.rights import Right

FIELDS = "x-fields"
"""Header with the form's fields, where the body is the file itself."""
_REPORT, _DEFAULT = "report.v1", "reporting"
_NAMES = ("form", "agency", "period")
_TYPES = {"xlsx": sheets.XLSX_TYPE, "csv": sheets.CSV_TYPE}
_CSV_HEAD = "text/csv; charset=utf-8"

_TAKEN = told("Đã tiếp nhận báo cáo %(code)s, phiên bản %(version)s; sổ ghi nhận sau vài giây.")
_KNOWN = told("Tệp này đã được tiếp nhận từ trước; không có báo cáo mới nào được tạo.")
_NO_FILE = told("Chọn một tệp, hoặc dán nội dung CSV.")
_NO_SYSTEM = told("Chưa có hệ thống %(system)s để tiếp nhận báo cáo; thêm hệ thống này ở màn hình Tuyến.")
_NO_FORM = told("Chọn biểu mẫu trước khi tải mẫu.")
_TOO_LARGE = told("Tệp lớn hơn 8 MB; kiểm tra lại có đúng tệp số liệu không.")


def add_upload(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which a file comes, and that of the template to be filled in."""

    @router.get("/upload")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        given = {name: request.query_params.get(name, "")[:200] for name in _NAMES}
        return _form_page(room, request, given)

    @router.post("/upload")
    async def bring(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        as_file = FIELDS in request.headers
        if as_file:
            fields = parse_qsl(request.headers[FIELDS], keep_blank_values=True, max_num_fields=20)
            request.state.form = Form(fields)
        form = await form_of(request)
        given = {name: form.get(name)[:200] for name in _NAMES}
        body = await _file(request) if as_file else form.raw("text").encode()
        answer = await _take(room, request, visitor.name, given, body, form.get("name")[:200])
        if as_file and answer.status_code == 303:  # noqa: PLR2004 - a script goes where it is told by itself
            answer.status_code = 200
        return answer

    @router.get("/template")
    async def template(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        return await _template(room, request, dict(request.query_params))

    @router.post("/template")
    async def chosen(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        form = await form_of(request)
        return await _template(room, request, {name: form.get(name) for name in (*_NAMES, "format")})


async def _file(request: Request) -> bytes | None:
    """Return the body of a request; None where it is larger than a file of figures may be."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _system(room: Room, form: str) -> tuple[str, Counterpart | None]:
    """Return the system as from which files of a form come, if it is there and brings reports."""
    regime = Book(room.gateway).definitions().regime_of(form)
    name = regime.system if regime else _DEFAULT
    to = room.gateway.counterparts.get(name)
    return name, to if to is not None and _REPORT in to.adapter.brings else None


# --- taking ---------------------------------------------------------------------------------------------


async def _take(  # noqa: PLR0913, PLR0917 - whose file, as what
    room: Room, request: Request, who: str, given: Mapping[str, str], body: bytes | None, name: str
) -> Response:
    system, to = _system(room, given["form"])
    if body is None or not body.strip():
        wrong = _NO_FILE if body is not None else _TOO_LARGE
        return _form_page(room, request, given, room.say(request, wrong))
    if to is None:
        return _form_page(room, request, given, room.say(request, _NO_SYSTEM, system=system))
    said = {key: text for key, text in {**given, "name": name}.items() if text}
    item, outcome = await take_file(room.gateway, to, Raw.of(body, _CSV_HEAD, **said))
    if isinstance(item, Message) and isinstance(outcome, Accepted):
        await _note(room, who, item.subject, name)
        note, kind = (_KNOWN, "info") if outcome.known else (_TAKEN, "success")
        values = {} if outcome.known else {"code": item.subject, "version": item.data["version"]}
        return room.go(request, f"{HERE}?code={item.subject}", note, kind, **values)
    problems = outcome.problems if isinstance(outcome, Rejected) else []
    return await _faulty(room, request, given, problems, body)


async def _note(room: Room, who: str, code: str, name: str) -> None:
    details = orjson.dumps({"on": code, "file": name}).decode()
    await room.gateway.journal.write(lambda tx: people.note(tx, "report uploaded", who, details=details))


async def _faulty(
    room: Room, request: Request, given: Mapping[str, str], problems: list[Problem], body: bytes
) -> Response:
    language = language_of(request)
    faults = [(n, one.place, explain(one, language, place="")) for n, one in enumerate(problems, 1)]
    cut = await asyncio.to_thread(cut_of, body, [one.place for one in problems])
    return _form_page(room, request, given, "", faults=faults, cut=cut)


def _form_page(  # noqa: PLR0913 - what was filled in, and what came of it
    room: Room,
    request: Request,
    given: Mapping[str, str],
    wrong: str = "",
    *,
    faults: Any = (),
    cut: Cut | None = None,
) -> Response:
    definitions = Book(room.gateway).definitions()
    return room.page(
        request,
        "reports/upload.html",
        status=422 if wrong or faults else 200,
        given=given,
        wrong=wrong,
        faults=faults,
        cut=cut,
        regimes=definitions.regimes,
        periods=period_choices(request, given["period"]),
        **words(room, request, definitions),
    )


# --- the template ---------------------------------------------------------------------------------------


async def _template(room: Room, request: Request, asked: Mapping[str, str]) -> Response:
    given = {name: asked.get(name, "").strip()[:200] for name in _NAMES}
    kind = asked.get("format") or "xlsx"
    if kind not in _TYPES:
        raise ApiError(422, "invalid", "format")
    definitions = Book(room.gateway).definitions()
    if given["form"] not in definitions.forms:
        return _form_page(room, request, given, room.say(request, _NO_FORM))
    form, agency, period = given.values()
    try:
        written = await asyncio.to_thread(sheets.template, form, agency, period, kind, definitions)
    except ValueError:
        raise ApiError(422, "invalid", "period") from None
    name = "-".join(text for text in given.values() if text).replace("/", "-").replace(":", "-")
    return Response(written, 200, sheets.download(f"{name}.{kind}"), _TYPES[kind])

"""Starting a reconciliation: which agency, period and procedure, and the source's own list from a file."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from lgsp.adapter import Holding
from lgsp.api.problems import ApiError
from lgsp.api.reconciliations import Asked, receivers, scope_of, telling
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.reconciliation_words import HERE, words
from lgsp.console.room import Room
from lgsp.console.visits import Visitor
from lgsp.domain.codes import agency_code
from lgsp.errors import ConfigError
from lgsp.journal import reconciliations as runs
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reconciliations import Order, Scope, TokenTakenError
from lgsp.message import VIETNAM
from lgsp.reconciling import files, uploading
from lgsp.reconciling.starting import phase_of
from lgsp.rights import Right

FIELDS = "x-fields"
"""Header with the form's fields, where the body is the file itself: it may be larger than a form."""
_FILE_LIMIT = 256 * 1024 * 1024
_PART = 2000
_STARTED = told("Đã bắt đầu đối soát số %(number)s.")
_NAMES = ("source", "system", "agency", "procedure", "from", "to", "portal_count", "token")

_WRONG_AGENCY = told("Cơ quan là một mã cơ quan, ví dụ H44.11 hoặc 000.00.11.H44; để trống là mọi cơ quan.")
_WRONG_DAY = told("Ngày không đọc được; chọn trong lịch hoặc để trống.")
_WRONG_PERIOD = told("Ngày bắt đầu phải trước hoặc bằng ngày kết thúc.")
_WRONG_COUNT = told("Số Cổng thống kê là số nguyên không âm, hoặc để trống.")
_UNDER_WAY = told("Một lần đối soát cùng phạm vi đang chạy; xem lần đó, hoặc hủy rồi bắt đầu lại.")
_TOO_LARGE = told("Tệp lớn hơn 256 MB: chia theo cơ quan hoặc theo kỳ, hoặc dùng lgsp reconcile --local.")
_NO_ROWS = told("Danh sách không có hồ sơ nào; bỏ trống nếu không kèm danh sách.")
_FAULTS = (
    (
        re.compile("is no status"),
        told("trạng thái không đọc được; ghi 1–10 hoặc tên trạng thái, hoặc để trống"),
    ),
    (re.compile("is no time"), told("thời điểm không đọc được; ghi 21/11/2026 14:05 hoặc 20261121140500")),
    (re.compile("no column is called"), told("không có cột MaHoSo; dòng đầu phải nêu tên các cột")),
    (re.compile("names no dossier"), told("không có mã hồ sơ")),
    (re.compile("is no JSON"), told("không phải JSON; mỗi dòng là một đối tượng")),
    (re.compile("cannot be read|codec|line contains NUL"), told("không đọc được; tệp phải là UTF-8")),
)
"""What may be wrong with a line of a list, by what its reader says."""
_AT = told("dòng %(line)s: %(fault)s")


class _Wrong(Exception):  # noqa: N818 - it is told to who fills in the form
    """What a form says cannot be; texts in the visitor's language."""

    def __init__(self, *said: str) -> None:
        super().__init__(*said)
        self.said = said


class _Wanted(NamedTuple):
    """What a form asks for."""

    scope: Scope
    order: Order
    whole: bool


def add_start(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which a run is started."""

    @router.get("/start")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        return _form_page(room, request, {name: request.query_params.get(name, "") for name in _NAMES})

    @router.post("/start")
    async def start(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        as_file = FIELDS in request.headers
        if as_file:
            fields = parse_qsl(request.headers[FIELDS], keep_blank_values=True, max_num_fields=50)
            request.state.form = Form(fields)
        form = await form_of(request)
        try:
            answer = await _start(room, request, visitor, form, as_file=as_file)
        except _Wrong as wrong:
            given = {name: form.get(name) for name in _NAMES} | {
                "list": form.raw("list"),
                "reason": form.get("reason"),
            }
            return _form_page(room, request, given, wrong.said)
        if as_file:
            answer.status_code = 200  # a script cannot see where a redirect leads: it goes there by itself
        return answer


def _form_page(room: Room, request: Request, given: Mapping[str, str], wrong: Sequence[str] = ()) -> Response:
    desk = room.desk
    sources = telling(desk)
    systems = list(dict.fromkeys(system for source in sources for system in receivers(desk, source)))
    bounds = {name: room.gateway.counterparts[name].spec.reconcile for name in systems}
    shown = {"list": "", "reason": ""} | dict(given)
    return room.page(
        request,
        "reconciliation/start.html",
        status=422 if wrong else 200,
        given=shown,
        wrong=wrong,
        sources=sources,
        systems=systems,
        bounds=bounds,
        token=given.get("token") or secrets.token_hex(8),
        **words(room, request),
    )


# --- what is asked --------------------------------------------------------------------------------------


def _wanted(room: Room, request: Request, visitor: Visitor, form: Form) -> _Wanted:
    """Return what a form asks for.

    Raises:
        _Wrong: it cannot be.
        ApiError: it was not made by our page.
    """
    token, reason = form.get("token"), form.reason()[:500]
    if not token or len(token) > 100:  # noqa: PLR2004 - as the API has it
        raise ApiError(422, "invalid", "token")

    def wrong(text: str) -> _Wrong:
        return _Wrong(room.say(request, text))

    if form.get("agency") and agency_code(form.get("agency")) is None:
        raise wrong(_WRONG_AGENCY)
    try:
        since, until = _day(form.get("from")), _day(form.get("to"))
    except (ValueError, OverflowError):
        raise wrong(_WRONG_DAY) from None
    if since is not None and until is not None and since > until:
        raise wrong(_WRONG_PERIOD)
    count = form.get("portal_count")
    if count and not (count.isascii() and count.isdecimal() and len(count) < 16):  # noqa: PLR2004 - as the API has it
        raise wrong(_WRONG_COUNT)
    asked = Asked(
        source=form.get("source")[:200],
        system=form.get("system")[:200],
        agency=form.get("agency")[:200],
        procedure=form.get("procedure")[:200],
        since=since,
        until=until and until + timedelta(days=1),
        portal_count=int(count) if count else None,
        portal_counts=[],
        late=None,
        token=token,
        reason=reason,
    )
    scope = scope_of(room.desk, asked)
    order = Order(token, visitor.name, reason, phase_of(room.gateway, scope.source))
    return _Wanted(scope, order, form.get("part") != "yes")


def _day(text: str) -> datetime | None:
    """Return the midnight in Viet Nam at which a day begins."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), VIETNAM) if text else None


# --- starting -------------------------------------------------------------------------------------------


async def _start(room: Room, request: Request, visitor: Visitor, form: Form, *, as_file: bool) -> Response:
    wanted = _wanted(room, request, visitor, form)
    listed = form.raw("list").strip()
    if not as_file and not listed:
        number = await _ask(room, request, wanted)
        return room.go(request, f"{HERE}/{number}", _STARTED, number=number)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        if as_file:
            await _keep(room, request, path)
        else:
            await asyncio.to_thread(path.write_text, listed, encoding="utf-8")
        await _check(room, request, path)
        upload = wanted._replace(order=_uploading(wanted.order))
        number = await _ask(room, request, upload)
        await _bring(room, number, path, visitor, whole=wanted.whole)
    return room.go(request, f"{HERE}/{number}", _STARTED, number=number)


def _uploading(order: Order) -> Order:
    return Order(order.token, order.who, order.reason, runs.UPLOADING)


async def _ask(room: Room, request: Request, wanted: _Wanted) -> int:
    try:
        run, _ = await room.gateway.journal.write(lambda tx: runs.ask(tx, wanted.scope, wanted.order))
    except TokenTakenError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    except WrongStateError:
        raise _Wrong(room.say(request, _UNDER_WAY)) from None
    return int(run["id"])


async def _keep(room: Room, request: Request, path: Path) -> None:
    """Write the body of a request to a file."""
    size = 0
    with path.open("wb") as file:
        async for part in request.stream():
            size += len(part)
            if size > _FILE_LIMIT:
                raise _Wrong(room.say(request, _TOO_LARGE))
            await asyncio.to_thread(file.write, part)


async def _check(room: Room, request: Request, path: Path) -> None:
    """Read a whole list before anything begins; each fault is told with its line."""
    try:
        count = await asyncio.to_thread(files.count, path)
    except ConfigError as fault:
        raise _Wrong(*(_said(room, request, str(one)) for one in fault.faults)) from None
    except ValueError as fault:
        raise _Wrong(_said(room, request, f"list:1: cannot be read: {fault}")) from None
    if not count:
        raise _Wrong(room.say(request, _NO_ROWS))


def _said(room: Room, request: Request, fault: str) -> str:
    """Return what is wrong with a line in the visitor's language."""
    place, _, rest = fault.partition(": ")
    text = next((text for known, text in _FAULTS if known.search(rest)), "")
    said = room.say(request, text) if text else rest
    return room.say(request, _AT, line=place.rpartition(":")[2], fault=said)


async def _bring(room: Room, number: int, path: Path, visitor: Visitor, *, whole: bool) -> None:
    """Lay a list beside the register, part by part; the run begins with the last one."""
    journal, rows = room.gateway.journal, files.lines(path)
    try:
        at, part = 1, await asyncio.to_thread(_some, rows)
        while part:
            following = await asyncio.to_thread(_some, rows)
            one = uploading.Part(at, part, not following, whole)
            await journal.write(lambda tx, one=one: uploading.bring(tx, number, one))  # type: ignore[misc]
            at, part = at + 1, following
    except WrongStateError:
        return  # the same form was sent twice, and the first one brings it; or somebody called it off
    except BaseException:
        await asyncio.shield(
            journal.write(lambda tx: runs.move(tx, number, "cancel", visitor.name, "upload"))
        )
        raise


def _some(rows: Iterator[Any]) -> Sequence[Holding]:
    """Return the next dossiers of a list."""
    return [
        Holding(one.code, one.status, None, one.changed_at and datetime.fromisoformat(one.changed_at))
        for one in islice(rows, _PART)
    ]

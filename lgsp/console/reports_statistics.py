"""The screen of dossier statistics: any standard table of a period, down to the dossiers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.report_tables import format_of, sheet_answer
from lgsp.api.statistics import statistics_asked
from lgsp.api.statistics_tables import counted
from lgsp.console.language import told
from lgsp.console.reports_one import note_export
from lgsp.console.reports_periods import last_month, period_choices
from lgsp.console.reports_words import agency_name, period_of
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.domain.agencies.known import levels
from lgsp.domain.codes import agency_code
from lgsp.domain.figures.numbers import share
from lgsp.domain.statistics.definitions import DEFINITIONS
from lgsp.domain.statistics.moves import REASONS
from lgsp.journal.catalogue_names import names
from lgsp.message import VIETNAM
from lgsp.reporting.rendering.from_statistics import Counted, sheet_of_statistics
from lgsp.rights import Right
from lgsp.statistics import UNTOLD, Asked, dossiers

HERE = "/console/statistics"
BY: Mapping[str, str] = {
    "agency": told("Cơ quan, đơn vị"),
    "level": told("Cấp hành chính"),
    "procedure": told("Thủ tục"),
    "field": told("Lĩnh vực"),
    "total": told("Tổng số"),
}
KNOWN: Mapping[str, str] = {
    "cut-off": told("Như đã biết lúc chốt số liệu"),
    "now": told("Như đã biết đến lúc này"),
}
LACKING: Mapping[str, str] = {
    "no_receipt": told("không có ngày tiếp nhận"),
    "no_status": told("không rõ trạng thái"),
    "no_channel": told("không rõ kênh tiếp nhận"),
    "no_due": told("không có ngày hẹn trả"),
    "no_end": told("không có ngày kết thúc"),
}
"""Why dossiers cannot be classified."""
_PARAMS = ("by", "agency", "period", "definition", "known")
_ROWS, _DOSSIERS = 100, 100


class Group(NamedTuple):
    """Columns under one heading: each a figure's name and what it is called there."""

    title: str
    columns: Sequence[tuple[str, str]]


GROUPS: Sequence[Group] = (
    Group(
        told("Phải giải quyết"),
        (
            ("total", told("Tổng số")),
            ("carried_over", told("Kỳ trước chuyển sang")),
            ("online", told("Trực tuyến")),
            ("direct", told("Trực tiếp, bưu chính")),
        ),
    ),
    Group(
        told("Đã giải quyết"),
        (
            ("solved", told("Tổng số")),
            ("early", told("Trước hạn")),
            ("on_time", told("Đúng hạn")),
            ("late", told("Quá hạn")),
        ),
    ),
    Group(
        told("Đang giải quyết"),
        (
            ("in_process", told("Tổng số")),
            ("in_process_on_time", told("Trong hạn")),
            ("in_process_late", told("Quá hạn")),
            ("waiting", told("Đang chờ")),
        ),
    ),
    Group(
        told("Khác"),
        (
            ("withdrawn", told("Rút hồ sơ")),
            ("stopped", told("Dừng xử lý")),
            ("refused", told("Từ chối tiếp nhận")),
        ),
    ),
)
"""In the order in which offices print them."""
COLUMNS: Mapping[str, tuple[str, str]] = {
    name: (group.title, title) for group in GROUPS for name, title in group.columns
} | {"unclassified": ("", told("không phân loại được"))}
_WRONG: Mapping[str, str] = {
    "period": told("Kỳ này chưa bắt đầu, hoặc không có; chọn một kỳ khác."),
    "agency": told("Cơ quan là một mã cơ quan, ví dụ H44.11; để trống là mọi cơ quan."),
    "": told("Địa chỉ này có giá trị không hợp lệ; chọn lại ở bên dưới."),
}


def statistics_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=HERE)

    @router.get("")
    async def figures(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _figures(room, request)

    @router.get("/dossiers")
    async def behind(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _behind(room, request)

    @router.get("/table")
    async def table(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        kind, given = format_of(request), _given(request)
        found = await _counted(room, statistics_asked(given))
        await note_export(room, visitor.name, f"{HERE} {given['by']} {given['period']} {kind}")
        return await sheet_answer(sheet_of_statistics(found), kind)

    return router


def _given(request: Request) -> dict[str, str]:
    """Return what an address asks for; by agency, of the last month and as known at its cut-off by itself."""
    said = {name: request.query_params.get(name, "").strip()[:200] for name in _PARAMS}
    usual = {
        "by": "agency",
        "period": last_month(),
        "definition": next(iter(DEFINITIONS)),
        "known": "cut-off",
    }
    return {name: text or usual.get(name, "") for name, text in said.items()}


async def _counted(room: Room, asked: Asked) -> Counted:
    """Return a table.

    Raises:
        ApiError: there is no such one.
    """
    try:
        return await room.gateway.journal.read(lambda tx: counted(tx, room.gateway, asked))
    except ValueError as fault:
        raise ApiError(422, "invalid", str(fault)) from None


async def _figures(room: Room, request: Request) -> Response:
    given, wrong = _given(request), ""
    found = other = None
    try:
        found = await _counted(room, statistics_asked(given))
        other = await _counted(room, statistics_asked(given | {"known": _other(given["known"])}))
    except ApiError as fault:
        wrong = room.say(request, _WRONG.get(fault.detail.partition(":")[0], _WRONG[""]))
    at = _row(request)
    rows = list(found.rows) if found else []
    return room.page(
        request,
        "reports/statistics.html",
        status=422 if wrong else 200,
        wrong=wrong,
        found=found,
        rows=rows[at : at + _ROWS],
        rows_of=len(rows),
        rows_at=at,
        rows_page=_ROWS,
        since=_since(found, other, given["known"]),
        name=_namer(request, given["by"], found),
        shares={code: _share(counts) for code, counts in rows[at : at + _ROWS]},
        share=_share(found.total) if found else None,
        groups=_groups(found),
        **_shared(room, request, given),
    )


def _other(known: str) -> str:
    return "now" if known == "cut-off" else "cut-off"


def _row(request: Request) -> int:
    text = request.query_params.get("row", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004 - far more than rows
        raise ApiError(422, "invalid", "row")
    return int(text)


def _groups(found: Counted | None) -> Sequence[Group]:
    """Return the columns; that of waiting dossiers only where a way to count tells them apart."""
    if found is not None and found.total.get("waiting"):
        return GROUPS
    return [
        Group(one.title, tuple(column for column in one.columns if column[0] != "waiting")) for one in GROUPS
    ]


def _share(counts: Mapping[str, int | None]) -> float | None:
    """Return the part of what was solved that was in time; None of nothing."""
    found = share(counts.get("in_time") or 0, counts.get("solved") or 0)
    return None if found is None else float(found) / 100


def _since(found: Counted | None, other: Counted | None, known: str) -> list[tuple[str, int, int]]:
    """Return which sums of the whole differ: as known at the cut-off, and now."""
    if found is None or other is None:
        return []
    then, now = (found.total, other.total) if known == "cut-off" else (other.total, found.total)
    names_ = (name for name in COLUMNS if (then.get(name) or 0) != (now.get(name) or 0))
    return [(name, then.get(name) or 0, now.get(name) or 0) for name in names_]


def _shared(room: Room, request: Request, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what both pages of the screen are given."""
    period, language = period_of(given["period"]), language_of(request)
    agency = agency_code(given["agency"]) or ""
    return {
        "here": HERE,
        "given": given,
        "params": dict(given),
        "period": period,
        "period_name": period.said(language) if period else "",
        "ended": period is not None and period.cut_off <= datetime.now(VIETNAM),
        "agency": agency_name(room, {"code": agency}) if agency else "",
        "above": agency.rpartition(".")[0],
        "periods": period_choices(request, given["period"]),
        "definitions": DEFINITIONS.values(),
        "definition": DEFINITIONS.get(given["definition"]),
        "BY": BY,
        "KNOWN": KNOWN,
        "LACKING": LACKING,
        "REASONS": REASONS,
        "COLUMNS": COLUMNS,
        "UNTOLD": UNTOLD,
    }


def _namer(request: Request, by: str, found: Counted | None) -> Callable[[str], str]:
    """Return what names a row by its code, in the visitor's language where the catalogue has both."""
    if by == "level":
        english = language_of(request) == "en"
        known = {one.word: one.en if english else one.vi for one in levels()}
        return lambda code: known.get(code, "")
    return found.name if found is not None else lambda _: ""


# --- the dossiers behind a figure -----------------------------------------------------------------------


async def _behind(room: Room, request: Request) -> Response:
    given, said = _given(request), request.query_params
    code, column, after = (said.get(name, "")[:200] for name in ("code", "column", "after"))
    if column not in COLUMNS and column not in REASONS:
        raise ApiError(404, "not-found")
    asked = statistics_asked(given)
    try:
        keys = await room.gateway.journal.read(
            lambda tx: dossiers(tx, asked, code, column, after, _DOSSIERS, room.gateway.agencies)
        )
    except ValueError as fault:
        raise ApiError(422, "invalid", str(fault)) from None
    return room.page(
        request,
        "reports/dossiers.html",
        code=code,
        column=column,
        called=await _called(room, request, given["by"], code),
        keys=keys,
        after=after,
        next=keys[-1] if len(keys) == _DOSSIERS else None,
        **_shared(room, request, given),
    )


async def _called(room: Room, request: Request, by: str, code: str) -> str:
    if not code or code == UNTOLD:
        return ""
    if by == "agency":
        return agency_name(room, {"code": code})
    if by == "level":
        return _namer(request, by, None)(code)
    catalogue = {"procedure": "procedure.v1", "field": "field.v1"}.get(by, "")
    if not catalogue:
        return code
    found = await room.gateway.journal.read(lambda tx: names(tx, catalogue, [code]))
    return found.get(code, code)


SCREEN = Screen(path="statistics", title=told("Thống kê hồ sơ"), icon="chart-bar", router=statistics_router)

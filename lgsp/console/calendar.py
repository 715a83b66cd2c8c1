"""The screen of the working calendar: a year day by day, a due date with its way, agencies with own hours."""

from __future__ import annotations

from calendar import monthcalendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.api.calendar import agency_of, question, told_derived, year_of
from lgsp.api.documents import calendars_of_home
from lgsp.api.problems import ApiError
from lgsp.console.catalogues_words import SURE, name_on, today
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.console.states import Look
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.calendar.facts import SATURDAY, DayFact, Kind
from lgsp.domain.calendar.hours import DAY_NAMES, HOUR
from lgsp.domain.calendar.telling import FIRST, LAST, told_changes, told_line, told_year
from lgsp.message import VIETNAM
from lgsp.rights import Right

HERE = "/console/calendar"
_PAUSES, _DIGITS = 3, 7
WEEKDAYS = (
    told("thứ Hai"), told("thứ Ba"), told("thứ Tư"), told("thứ Năm"), told("thứ Sáu"), told("thứ Bảy"),
    told("Chủ nhật"),
)  # fmt: skip
SHORT = (told("T2"), told("T3"), told("T4"), told("T5"), told("T6"), told("T7"), told("CN"))
DAYS: Mapping[str, Look] = {
    "off": Look("flag", "red", told("nghỉ")),
    "worked": Look("tools", "green", told("làm bù")),
    "weekend": Look("calendar-event", "azure", told("lễ trùng cuối tuần")),
}
"""What a notice says of a day."""
MARKS: Mapping[str, str] = {"off": told("N"), "worked": told("B"), "weekend": told("L")}
"""The letters by which days are marked in the year."""
WHYS: Mapping[str, Look] = {
    "receipt": Look("inbox", "azure", told("ngày nhận, không tính")),
    "counted": Look("circle-check", "green", told("được tính")),
    "paused": Look("player-pause", "yellow", told("tạm dừng, không tính")),
    "off": Look("flag", "red", told("nghỉ lễ, không tính")),
    "weekend": Look("moon", "secondary", told("không làm việc, không tính")),
    "given-back": Look("arrow-back-up", "azure", told("thời gian tạm dừng trả lại theo lịch")),
}
"""Why a day counts or does not, by the words of the derivation."""
_WRONG: Mapping[str, str] = {
    "received": told("Ngày giờ tiếp nhận không đọc được. Ngày là bắt buộc, giờ thì không."),
    "term": told("Thời hạn không đọc được. Viết số ngày hoặc số giờ, như 2 hoặc 1,5."),
    "extend": told("Phần gia hạn không đọc được, hoặc không cùng loại với thời hạn."),
    "agency": told("Mã cơ quan không đọc được. Viết như H44 hoặc H44.11."),
    "rule": told("Không có quy tắc tính nào tên như vậy."),
    "pause": told("Thời gian tạm dừng không đọc được, hoặc kết thúc trước khi bắt đầu."),
    "year": told("Năm không đọc được."),
}
"""What is wrong, by the field that a fault begins with."""


class Cell(NamedTuple):
    """A day of the year's picture.

    Attributes:
        worked: None where nobody can tell.
        own: it is the agency's, not the nation's.
    """

    day: date
    worked: bool | None
    fact: DayFact | None = None
    own: bool = False


def calendar_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=HERE)

    @router.get("")
    async def year(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return _year(room, request)

    @router.get("/due")
    async def due(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return _due(room, request)

    @router.get("/agencies")
    async def agencies(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        calendars, faults = calendars_of_home()
        lines = [_line(room, told_line(line)) for line in calendars.lines]
        return _page(room, request, "agencies", lines=lines, rules=calendars.rules, faults=faults)

    return router


def _page(room: Room, request: Request, part: str, /, **values: Any) -> Response:
    shared: dict[str, Any] = {
        "WEEKDAYS": WEEKDAYS,
        "SHORT": SHORT,
        "DAYS": DAYS,
        "MARKS": MARKS,
        "SURE": SURE,
        "HERE": HERE,
    }
    return room.page(request, f"calendar/{part}.html", **shared, **values)


def _wrong(room: Room, request: Request, fault: ApiError) -> tuple[str, str]:
    """Return the field that a fault is about, and what to do about it."""
    field = fault.detail.partition(" ")[0].rstrip(":")
    return field, room.say(request, _WRONG.get(field, _WRONG["year"]))


# --- a year ---------------------------------------------------------------------------------------------


def _year(room: Room, request: Request) -> Response:
    calendars, faults = calendars_of_home()
    field, said, agency, shown = "", "", "", today().year
    try:
        shown = year_of(request.query_params.get("year", "").strip())
        agency = agency_of(request.query_params)
    except ApiError as fault:
        field, said = _wrong(room, request, fault)
    one = told_year(calendars, shown, agency)
    return _page(
        room,
        request,
        "year",
        status=422 if said else 200,
        wrong=said,
        field=field,
        year=one,
        months=months(calendars, shown, agency),
        total=sum(one.get("working_days", {}).values()),
        changed=told_changes(calendars, shown),
        agency=agency,
        name=name_on(room.gateway.agencies, agency, today()),
        years=sorted(calendars.facts.years),
        before=shown - 1 if shown > FIRST else None,
        after=shown + 1 if shown < LAST else None,
        today=today(),
        faults=faults,
    )


def months(calendars: Calendars, year: int, agency: str) -> list[list[list[Cell | None]]]:
    """Return the twelve months of a year by weeks from Monday, with None for days of other months."""
    facts = {fact.day: fact for fact in calendars.days_of(agency, year)}
    national = calendars.facts.days
    held = calendars.of(agency) if year in calendars.facts.years else None

    def cell(day: date) -> Cell:
        fact = facts.get(day)
        worked = held.is_working(day) if held else _by_law(day, fact)
        return Cell(day, worked, fact, fact is not None and national.get(day) != fact)

    return [
        [
            [cell(date(year, month, day)) if day else None for day in week]
            for week in monthcalendar(year, month)
        ]
        for month in range(1, 13)
    ]


def _by_law(day: date, fact: DayFact | None) -> bool | None:
    """Return what is known of a day whose year is not notified: days off by law, and perhaps weekends."""
    return False if (fact is not None and fact.kind is Kind.OFF) or day.weekday() > SATURDAY else None


# --- when something is due ------------------------------------------------------------------------------


def _due(room: Room, request: Request) -> Response:
    calendars, faults = calendars_of_home()
    params = request.query_params
    found, field, said = None, "", ""
    if "term" in params:
        try:
            asked = question(calendars, _asked(params), _stops(params.getlist("stop"), params.getlist("go")))
            found = told_derived(calendars, asked)
        except ApiError as fault:
            field, said = _wrong(room, request, fault)
    return _page(
        room,
        request,
        "due",
        status=422 if said else 200,
        wrong=said,
        field=field,
        found=found,
        due=_moment(found) if found else None,
        given={
            name: params.get(name, "")
            for name in ("received", "at", "term", "unit", "extend", "agency", "rule")
        },
        stops=_rows(params.getlist("stop"), params.getlist("go")),
        name=name_on(room.gateway.agencies, params.get("agency", "").strip(), today()),
        rules=calendars.rules,
        today=today(),
        faults=faults,
        WHYS=WHYS,
        hours=in_hours,
        weekday=_weekday,
    )


def _asked(params: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the form as the API names them; a term's unit stands beside it."""
    unit = "h" if params.get("unit") == "h" else "d"
    at, more = params.get("at", "").strip(), params.get("extend", "").strip()
    return {
        "received": params.get("received", "").strip() + (f"T{at}" if at else ""),
        "term": f"{params.get('term', '').strip()}{unit}",
        "extend": f"{more}{unit}" if more else "",
        "agency": params.get("agency", ""),
        "rule": params.get("rule", ""),
    }


def _rows(stops: Sequence[str], goes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the rows of pauses in the form: those that are given, and empty ones to fill in."""
    given = [*zip(stops, goes, strict=False)]
    return [*(row for row in given if any(row)), *[("", "")] * _PAUSES][: max(_PAUSES, len(given))]


def _stops(stops: Sequence[str], goes: Sequence[str]) -> list[str]:
    return [f"{start}..{end}" for start, end in zip(stops, goes, strict=False) if start or end]


def _moment(found: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(found["moment"]).astimezone(VIETNAM) if found["due"] else None


def _weekday(text: str) -> str:
    """Return the weekday of a day, in Vietnamese, marked for the catalogues."""
    return WEEKDAYS[date.fromisoformat(text[:10]).weekday()]


def in_hours(seconds: int) -> str:
    """Return working time as `7:30`."""
    return f"{seconds // HOUR}:{seconds % HOUR // 60:02d}"


# --- agencies -------------------------------------------------------------------------------------------


def _line(room: Room, one: dict[str, Any]) -> dict[str, Any]:
    name = name_on(room.gateway.agencies, one["code"], today())
    return one | {"name": name, "sessions": grouped(one["sessions"]), "reception": grouped(one["reception"])}


def grouped(week: Mapping[str, str] | None) -> list[tuple[int, int, str]] | None:
    """Return hours by runs of weekdays that have the same: first, last (Monday is 0), hours."""
    if week is None:
        return None
    runs: list[tuple[int, int, str]] = []
    for name, text in week.items():
        day = DAY_NAMES.index(name)
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], day, text)
        else:
            runs.append((day, day, text))
    return runs


SCREEN = Screen(path="calendar", title=told("Lịch làm việc"), icon="calendar", router=calendar_router)

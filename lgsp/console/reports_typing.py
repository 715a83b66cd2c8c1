"""Typing figures into a draft: what was counted stays beside what is typed over it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.reports import told as answered
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.reports_acts import check
from lgsp.console.reports_figures import Line, lines
from lgsp.console.reports_one import about, find
from lgsp.console.reports_words import HERE
from lgsp.console.room import Room
from lgsp.reporting.book import Book
from lgsp.reporting.drawing import Typed
from lgsp.rights import Right

_NUMBER = re.compile(r"-?[0-9]{1,30}(?:[.,]([0-9]{1,12}))?")
_GROUP = 3
"""Digits behind a mark that may as well be a group of thousands: nobody can tell."""
_NOT_GIVEN = "-"
_DONE = told("Đã ghi %(count)s số liệu; chỉ tiêu tính theo công thức đã tính lại.")
_NOTHING = told("Không có số liệu nào thay đổi.")
_NO_NUMBER = told("Không phải là số: ghi 1234 hoặc 1234,5.")
_AMBIGUOUS = told("Không rõ là số lẻ hay dấu phân nhóm: ghi 1234, không ghi 1.234.")


def add_typing(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which figures are typed."""

    @router.get("/{number}/typing")
    async def asking(request: Request, number: int) -> Response:
        await room.admit(request, Right.ACT)
        return await _form_page(room, request, number)

    @router.post("/{number}/typing")
    async def type_in(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.ACT)
        form, report = await form_of(request), await find(room, number)
        check(report, report, "typing")
        typed, wrong = _typed(form, _asked(room, report))
        if wrong:
            return await _form_page(room, request, number, form, wrong)
        if not typed:
            return room.go(request, f"{HERE}/{number}", _NOTHING, "info")
        await answered(Book(room.gateway).type_in(number, typed, visitor.name))
        return room.go(request, f"{HERE}/{number}", _DONE, count=len(typed))


def _asked(room: Room, report: Mapping[str, Any]) -> list[Line]:
    """Return the figures of a form that may be typed: those that no formula gives."""
    return [one for one in lines(report, Book(room.gateway).definitions()) if not (one.split or one.formula)]


async def _form_page(
    room: Room,
    request: Request,
    number: int,
    form: Form | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    report = await find(room, number)
    check(report, report, "typing")
    rows = _asked(room, report)
    given = {one.code: form.get(f"v:{one.code}") if form else written(one.value) for one in rows}
    return room.page(
        request,
        "reports/typing.html",
        status=422 if wrong else 200,
        rows=rows,
        given=given,
        was={one.code: form.get(f"was:{one.code}") if form else written(one.value) for one in rows},
        wrong=wrong or {},
        **about(room, request, report),
    )


def written(value: Decimal | None) -> str:
    """Return a number as a field of the form has it: with a decimal comma, without groups."""
    return "" if value is None else f"{value:f}".replace(".", ",")


def _typed(form: Form, rows: Sequence[Line]) -> tuple[list[Typed], dict[str, str]]:
    """Return what was changed in a form, and what is wrong with it by the indicator's code."""
    typed, wrong = list[Typed](), dict[str, str]()
    for one in rows:
        text = "".join(form.get(f"v:{one.code}").split())
        if text == form.get(f"was:{one.code}"):
            continue
        fault = "" if text in {"", _NOT_GIVEN} else fault_of(text)
        if fault:
            wrong[one.code] = fault
        elif text == "":
            typed.append(Typed(one.code, None, taken_back=True))
        else:
            typed.append(Typed(one.code, None if text == _NOT_GIVEN else text.replace(",", ".")))
    return typed, wrong


def fault_of(text: str) -> str:
    """Return why a text is no number, marked for the catalogues; empty if it is one."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return _NO_NUMBER
    return _AMBIGUOUS if found[1] and len(found[1]) == _GROUP else ""

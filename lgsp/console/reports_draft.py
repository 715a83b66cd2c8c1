"""Drawing a report up: which form, of whom, for which period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.reports_periods import last_month, period_choices
from lgsp.console.reports_words import HERE, kinds_of, period_of, words
from lgsp.console.room import Room
from lgsp.domain.codes import agency_code
from lgsp.domain.reports.defined import Definitions
from lgsp.reporting.asking import Order, UnusableError
from lgsp.reporting.book import Book
from lgsp.rights import Right

_NAMES = ("form", "agency", "period")
_NEW = told("Đã lập báo cáo số %(number)s: xem lại số liệu rồi ký duyệt.")
_AGAIN = told("Báo cáo này đã có bản nháp, số %(number)s; số liệu vừa được đếm lại.")
_CLOSED = told("Báo cáo này đã ký duyệt, số %(number)s, và giữ nguyên; muốn sửa thì lập bản sửa.")
_WRONG: Mapping[str, str] = {
    "form": told("Chọn một biểu mẫu trong danh sách."),
    "agency": told("Cơ quan là một mã cơ quan, ví dụ H44.11."),
    "period": told("Chọn một kỳ trong danh sách."),
    "begun": told("Kỳ này chưa bắt đầu, chưa có gì để đếm."),
    "kinds": told("Biểu mẫu này lập theo: %(kinds)s. Chọn lại kỳ báo cáo."),
}


def add_drafting(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which a report is drawn up."""

    @router.get("/draft")
    async def asking(request: Request) -> Response:
        await room.admit(request, Right.ACT)
        return _form_page(room, request, {name: request.query_params.get(name, "") for name in _NAMES})

    @router.post("/draft")
    async def draw(request: Request) -> Response:
        visitor = await room.admit(request, Right.ACT)
        form = await form_of(request)
        given = {name: form.get(name)[:200] for name in _NAMES}
        book = Book(room.gateway)
        order, wrong = ordered(room, request, given, book.definitions())
        if order is None:
            return _form_page(room, request, given, wrong)
        try:
            report, new = await book.draft(order, visitor.name)
        except UnusableError:
            return _form_page(room, request, given, room.say(request, _WRONG["begun"]))
        note = _NEW if new else _AGAIN if report["state"] == "draft" else _CLOSED
        kind = "success" if report["state"] == "draft" else "info"
        return room.go(request, f"{HERE}/{report['id']}", note, kind, number=report["id"])


def ordered(
    room: Room, request: Request, given: Mapping[str, str], definitions: Definitions
) -> tuple[Order | None, str]:
    """Return what a form asks for; or None, and what is wrong with it in the visitor's language."""
    regime, period = definitions.regime_of(given["form"]), period_of(given["period"])
    if regime is None or given["form"] not in definitions.forms:
        return None, room.say(request, _WRONG["form"])
    if agency_code(given["agency"]) is None:
        return None, room.say(request, _WRONG["agency"])
    if period is None:
        return None, room.say(request, _WRONG["period"])
    if definitions.refusal(regime.code, given["form"], period):
        return None, room.say(request, _WRONG["kinds"], kinds=kinds_of(room, request, regime))
    return Order(regime.code, given["form"], given["agency"], period), ""


def _form_page(room: Room, request: Request, given: Mapping[str, str], wrong: str = "") -> Response:
    definitions = Book(room.gateway).definitions()
    shown = dict(given) | {"period": given["period"] or last_month()}
    more: dict[str, Any] = words(room, request, definitions)
    return room.page(
        request,
        "reports/draft.html",
        status=422 if wrong else 200,
        given=shown,
        wrong=wrong,
        regimes=definitions.regimes,
        periods=period_choices(request, shown["period"]),
        **more,
    )

"""The screen of reports: what is due and overdue first, then the book with all that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.reports import told as answered
from lgsp.console.language import told
from lgsp.console.reports_acts import add_acts
from lgsp.console.reports_draft import add_drafting
from lgsp.console.reports_one import add_one
from lgsp.console.reports_periods import period_choices
from lgsp.console.reports_typing import add_typing
from lgsp.console.reports_upload import add_upload
from lgsp.console.reports_words import HERE, STATES, period_of, words
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.domain.codes import agency_code
from lgsp.journal.reports import Wanted
from lgsp.reporting.book import Book
from lgsp.reporting.owing import Looked
from lgsp.rights import Right

_DUE = "reports due"
_PRESSING = frozenset({"overdue", "open", "unknown"})
_PAGE, _FIRST, _MOST_DUE = 30, 8, 500
_PARAMS = ("state", "regime", "form", "agency", "period", "code", "overdue", "due", "before")
_LONGEST = 200


def reports_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=HERE)
    room.ticker.tell(_DUE, lambda: Book(room.gateway).due(Looked()))
    _add_lists(router, room)
    add_drafting(router, room)
    add_upload(router, room)
    add_typing(router, room)
    add_one(router, room)
    add_acts(router, room)
    return router


def _add_lists(router: APIRouter, room: Room) -> None:
    @router.get("")
    async def listed(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _list(room, request, "reports/list.html", whole=True)

    @router.get("/part")
    async def part(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _list(room, request, "reports/book-part.html", whole=False)


async def _list(room: Room, request: Request, template: str, *, whole: bool) -> Response:
    given = {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in _PARAMS}
    book = Book(room.gateway)
    wrong = _wrong(given)
    found: Mapping[str, Any] = {"reports": [], "next": None}
    due: Sequence[Mapping[str, Any]] = []
    if not wrong:
        found = await answered(book.listing(_wanted(given), overdue=bool(given["overdue"])))
        due = await _due(room, book, given) if whole else []
    pressing = [one for one in due if one["standing"] in _PRESSING]
    shown = list(due)[:_MOST_DUE] if given["due"] else pressing[:_FIRST]
    definitions = book.definitions()
    return room.page(
        request,
        template,
        status=422 if wrong else 200,
        given=given,
        wrong=room.say(request, wrong) if wrong else "",
        params={name: text for name, text in given.items() if text},
        filtered=any(given[name] for name in _PARAMS if name not in {"due", "before"}),
        reports=found["reports"],
        older=found["next"],
        due=shown,
        due_counts=Counter(one["standing"] for one in due),
        due_more=len(due) - len(shown),
        coming=next((one for one in due if one["standing"] == "not-yet"), None),
        regimes=definitions.regimes,
        periods=period_choices(request, given["period"]),
        **words(room, request, definitions),
    )


_WRONG_AGENCY = told("Cơ quan là một mã cơ quan, ví dụ H44.11; để trống là mọi cơ quan.")
_WRONG_PERIOD = told("Không có kỳ này; chọn một kỳ trong danh sách.")
_WRONG_STATE = told("Không có trạng thái này; chọn một trạng thái trong danh sách.")


def _wrong(given: Mapping[str, str]) -> str:
    """Return what cannot be read of what is asked for."""
    if given["agency"] and agency_code(given["agency"]) is None:
        return _WRONG_AGENCY
    if given["period"] and period_of(given["period"]) is None:
        return _WRONG_PERIOD
    if given["state"] and given["state"] not in STATES:
        return _WRONG_STATE
    if given["before"] and not (given["before"].isascii() and given["before"].isdecimal()):
        raise ApiError(422, "invalid", "before")
    return ""


def _wanted(given: Mapping[str, str]) -> Wanted:
    states = (given["state"],) if given["state"] else ("draft", "signed") if given["overdue"] else ()
    agency = agency_code(given["agency"]) or ""
    before = min(int(given["before"] or 0), 2**62)
    return Wanted(
        states, given["regime"], given["form"], agency, given["period"], given["code"], before, _PAGE
    )


async def _due(room: Room, book: Book, given: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """Return what is due; what most look at is asked once for all of them."""
    if given["code"] or given["before"]:
        return []
    regime, agency = given["regime"], agency_code(given["agency"]) or ""
    if regime or agency:
        found: Sequence[Mapping[str, Any]] = await answered(book.due(Looked(regime=regime, agency=agency)))
    else:
        found = await answered(room.ticker.latest(_DUE))
    return found


SCREEN = Screen(path="reports", title=told("Báo cáo"), icon="report-analytics", router=reports_router)

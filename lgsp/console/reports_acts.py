"""What people do to a report: sign it off, take that back, correct it, note another way, count it anew."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.reports import told as answered
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.reports_figures import changed
from lgsp.console.reports_one import about, acts_of, find
from lgsp.console.reports_words import HERE
from lgsp.console.room import Room, language_of
from lgsp.console.visits import Visitor
from lgsp.domain.causes import explain
from lgsp.domain.reports.judging import blocking
from lgsp.domain.reports.periods import read_label
from lgsp.errors import Rejected
from lgsp.journal import people
from lgsp.message import VIETNAM
from lgsp.reporting.asking import (
    ContradictoryError,
    Elsewhere,
    Order,
    Signature,
    UnusableError,
    Why,
)
from lgsp.reporting.book import Book
from lgsp.rights import Right

_MICROS = 1_000_000
_REPORT = "report.v1"
_TOKEN_LIMIT = 100


class Act(NamedTuple):
    """What may be done to a report: its name, what follows, what was done."""

    title: str
    effect: str
    done: str
    icon: str
    danger: bool = False


ACTS: Mapping[str, Act] = {
    "sign": Act(
        told("Ký duyệt và gửi"),
        told(
            "Số liệu của phiên bản này được cố định, ghi tên người ký, và báo cáo được chuyển "
            "đi theo tuyến. Muốn sửa sau khi đã gửi thì phải lập bản sửa."
        ),
        told("Đã ký duyệt báo cáo số %(number)s."),
        "certificate",
    ),
    "reopen": Act(
        told("Rút chữ ký"),
        told(
            "Lượt chuyển chưa đi được hủy và báo cáo trở lại bản nháp để sửa. Báo cáo đã đến nơi "
            "nhận thì không rút được."
        ),
        told("Đã rút chữ ký; bản nháp là báo cáo số %(number)s."),
        "arrow-back-up",
        danger=True,
    ),
    "correct": Act(
        told("Lập bản sửa"),
        told(
            "Phiên bản sau được lập theo số liệu biết đến lúc này, kèm lý do sửa. Phiên bản đang có "
            "vẫn có hiệu lực đến khi bản sửa được ký duyệt."
        ),
        told("Đã lập bản sửa, là báo cáo số %(number)s."),
        "file-diff",
    ),
    "elsewhere": Act(
        told("Đã gửi bằng kênh khác"),
        told(
            "Báo cáo được ghi nhận là đã gửi tại thời điểm bên dưới. Lượt chuyển qua hệ thống, nếu "
            "có, vẫn tiếp tục để nơi nhận có đủ số liệu."
        ),
        told("Đã ghi nhận báo cáo số %(number)s gửi bằng kênh khác."),
        "mail",
    ),
}
"""By their words in addresses."""

_RECOUNTED = told("Đã đếm lại theo cùng thời điểm: %(count)s số liệu thay đổi.")
_NO_AGREEING = told("Còn số liệu mâu thuẫn: đánh dấu là đã đọc và vẫn ký, hoặc quay lại sửa.")
_WRONG_TIME = told("Thời điểm gửi không đọc được, hoặc nằm sau lúc này.")
_NO_SYSTEM = told(
    "Hệ thống %(system)s chưa được khai báo là nơi gửi báo cáo, nên chưa ký được. Thêm hệ thống "
    "này, hoặc ký mà không gửi qua hệ thống."
)
_REFUSED = told("Trục không tiếp nhận báo cáo này: %(why)s")


class _Wrong(Exception):  # noqa: N818 - it is told to who fills in the form
    """What a form says cannot be; the text is in the visitor's language."""


def add_acts(router: APIRouter, room: Room) -> None:
    """Add the endpoints by which something is done to a report."""

    @router.post("/{number}/recount")
    async def recount(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.ACT)
        before = await find(room, number)
        check(before, before, "recount")
        period = read_label(before["period"]["label"])
        order = Order(before["regime"], before["form"], before["agency"]["code"], period)
        after, _ = await answered(Book(room.gateway).draft(order, visitor.name))
        return room.go(request, f"{HERE}/{after['id']}", _RECOUNTED, count=changed(before, after))

    @router.get("/{number}/{act}")
    async def confirming(request: Request, number: int, act: str) -> Response:
        await room.admit(request, Right.ACT)
        return await _confirm(room, request, number, act)

    @router.post("/{number}/{act}")
    async def do(request: Request, number: int, act: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        form = await form_of(request)
        try:
            done = await _do(room, request, visitor, number, act, form)
        except _Wrong as wrong:
            return await _confirm(room, request, number, act, str(wrong), form)
        return room.go(request, f"{HERE}/{done['id']}", ACTS[act].done, number=done["id"])


def check(report: Mapping[str, Any], newest: Mapping[str, Any], act: str) -> None:
    """Hold an act to those that there are, and to the states in which it can be done.

    Raises:
        ApiError: it is none, or not now.
    """
    if act not in {*ACTS, "recount", "typing"}:
        raise ApiError(404, "not-found")
    if act not in acts_of(report, newest):
        raise ApiError(409, "wrong-state")


async def _confirm(  # noqa: PLR0913, PLR0917 - which act of which report, and what was wrong with it
    room: Room, request: Request, number: int, act: str, wrong: str = "", form: Form | None = None
) -> Response:
    report = await find(room, number)
    if act not in ACTS:
        raise ApiError(404, "not-found")
    newest = (await answered(Book(room.gateway).versions(number)))[-1]
    if not wrong:
        check(report, newest, act)
    part = "hx-request" in request.headers
    return room.page(
        request,
        "reports/act-part.html" if part else "reports/act.html",
        status=422 if wrong else 200,
        act=ACTS[act],
        word=act,
        wrong=wrong,
        given={name: form.get(name) if form else "" for name in ("reason", "at", "channel")},
        against=blocking(report["findings"]),
        to=_receivers(room, report["source"]),
        token=(form.get("token") if form else "") or secrets.token_hex(8),
        now=datetime.now(VIETNAM).strftime("%Y-%m-%dT%H:%M"),
        **about(room, request, report),
    )


def _receivers(room: Room, source: str) -> list[str]:
    """Return the systems to which a report of a system goes by the routes."""
    found = [
        name
        for route in room.gateway.routes.routes
        if route.type == _REPORT and route.source in {None, source}
        for name in route.systems
    ]
    return list(dict.fromkeys(found))


# --- doing ----------------------------------------------------------------------------------------------


async def _do(  # noqa: PLR0913, PLR0917 - who does what to which report, by which form
    room: Room, request: Request, visitor: Visitor, number: int, act: str, form: Form
) -> Mapping[str, Any]:
    if act not in ACTS:
        raise ApiError(404, "not-found")
    await find(room, number)
    book, reason = Book(room.gateway), form.reason()
    if act == "sign":
        return await _sign(room, request, visitor, number, form)
    why = Why(visitor.name, reason)
    if act == "reopen":
        return await answered(book.reopen(number, why))
    if act == "correct":
        return await answered(book.correct(number, why))
    way = Elsewhere(form.get("channel"), _micros(room, request, form.get("at")), reason)
    return await answered(book.elsewhere(number, way, visitor.name))


async def _sign(room: Room, request: Request, visitor: Visitor, number: int, form: Form) -> Mapping[str, Any]:
    token = form.get("token")
    if not token or len(token) > _TOKEN_LIMIT:
        raise ApiError(422, "invalid", "token")
    agreed = form.reason() if form.get("agree") == "yes" else ""
    by = Signature(visitor.name, token, agreed, form.get("send") != "no")
    signed = await _signed(room, request, number, Book(room.gateway).sign(number, by))
    if not agreed:  # what goes with the report is why contradictions stand; any other reason is ours to keep
        await _note(room, visitor.name, signed["code"], form.reason())
    return signed


async def _note(room: Room, who: str, code: str, reason: str) -> None:
    journal = room.gateway.journal
    await journal.write(lambda tx: people.note(tx, "report sign-off reason", who, on=code, reason=reason))


async def _signed(
    room: Room, request: Request, number: int, work: Awaitable[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Wait for a signature, and say in words why it cannot be."""
    try:
        return await work
    except ContradictoryError:
        raise _Wrong(room.say(request, _NO_AGREEING)) from None
    except UnusableError:
        source = (await find(room, number))["source"]
        raise _Wrong(room.say(request, _NO_SYSTEM, system=source)) from None
    except Rejected as fault:
        language = language_of(request)
        why = "; ".join(explain(one, language).text for one in fault.problems)
        raise _Wrong(room.say(request, _REFUSED, why=why)) from None


def _micros(room: Room, request: Request, text: str) -> int:
    """Return a time of a form, in Viet Nam, as microseconds since 1970."""
    try:
        when = datetime.fromisoformat(text).replace(tzinfo=VIETNAM)
    except ValueError:
        raise _Wrong(room.say(request, _WRONG_TIME)) from None
    if when > datetime.now(VIETNAM):
        raise _Wrong(room.say(request, _WRONG_TIME))
    return int(when.timestamp()) * _MICROS

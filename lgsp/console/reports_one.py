"""One report: its figures down to the dossiers, its versions, what changed since, and the files of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.report_tables import format_of, namer, sheet_answer
from lgsp.api.reports import told as answered
from lgsp.console.reports_figures import amount, columns, lines, units
from lgsp.console.reports_words import HERE, period_of, words
from lgsp.console.room import Room
from lgsp.journal import people
from lgsp.message import VIETNAM
from lgsp.reporting.asking import UnusableError
from lgsp.reporting.book import Book
from lgsp.reporting.rendering.from_report import Around, sheet_of
from lgsp.rights import Right

_UNITS, _DOSSIERS, _CHANGES = 50, 100, 200
_MOVING = frozenset({"signed", "sent", "arrived"})
"""States from which a report goes on by itself."""
Report = Mapping[str, Any]


def add_one(router: APIRouter, room: Room) -> None:
    """Add the endpoints of one report."""
    _add_page(router, room)
    _add_figures(router, room)
    _add_comparing(router, room)
    _add_files(router, room)


async def find(room: Room, number: int) -> Report:
    """Return a version as the API tells it.

    Raises:
        ApiError: there is none of this number.
    """
    if not 0 < number < 2**62:
        raise ApiError(404, "not-found")
    return await answered(Book(room.gateway).show(number))


def about(room: Room, request: Request, report: Report) -> dict[str, Any]:
    """Return what every page about a report is given."""
    definitions = Book(room.gateway).definitions()
    return words(room, request, definitions) | {
        "report": report,
        "here": f"{HERE}/{report['id']}",
        "known_form": report["form"] in definitions.forms,
    }


# --- the page -------------------------------------------------------------------------------------------


def _add_page(router: APIRouter, room: Room) -> None:
    @router.get("/{number}")
    async def one(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        head = await _head(room, request, number)
        report, reads = head["report"], visitor.may(Right.BODIES)
        own = lines(report, Book(room.gateway).definitions()) if reads else []
        below = units(report) if reads else []
        at = _from(request, len(below))
        return room.page(
            request,
            "reports/one.html",
            **head,
            lines=own,
            units=below[at : at + _UNITS],
            units_of=len(below),
            units_at=at,
            units_page=_UNITS,
            columns=columns(own, below),
        )

    @router.get("/{number}/head")
    async def part(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "reports/head-part.html", **await _head(room, request, number))


async def _head(room: Room, request: Request, number: int) -> dict[str, Any]:
    report = await find(room, number)
    versions = await answered(Book(room.gateway).versions(number))
    newest = versions[-1]
    return about(room, request, report) | {
        "versions": versions,
        "newest": newest,
        "acts": acts_of(report, newest),
        "moving": report["state"] in _MOVING,
        "message_kept": bool(report["message"]),
    }


def acts_of(report: Report, newest: Report) -> Sequence[str]:
    """Return what may be done to a report now, by its words in addresses."""
    state = report["state"]
    if state == "draft":
        return ["sign", "typing", "recount"]
    found = ["correct"] if newest["state"] != "draft" else []
    if state == "signed" and report["origin"] != "received":
        found.insert(0, "reopen")
    if state == "signed" or (state == "sent" and report["channel"] != "system"):
        found.insert(0, "elsewhere")
    return found


def _from(request: Request, count: int) -> int:
    text = request.query_params.get("units", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 7):  # noqa: PLR2004 - far more than units
        raise ApiError(422, "invalid", "units")
    return int(text) if int(text) < count else 0


# --- where figures come from ----------------------------------------------------------------------------


def _add_figures(router: APIRouter, room: Room) -> None:
    @router.get("/{number}/figures")
    async def derived(request: Request, number: int) -> Response:
        await room.admit(request, Right.BODIES)
        said = request.query_params
        report = await find(room, number)
        agency, after = said.get("agency", "")[:200], said.get("after", "")[:200]
        code = said.get("indicator", "")[:200]
        page = {"agency": agency, "after": after, "limit": _DOSSIERS}
        found = await answered(Book(room.gateway).derivation(number, code, **page))
        return room.page(
            request,
            "reports/derived.html",
            found=found,
            code=code,
            after=after,
            value=amount(found["figure"].get("value")),
            params={name: text for name, text in said.items() if text},
            named=_names(room, request, found),
            **about(room, request, report),
        )


def _names(room: Room, request: Request, found: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the indicators that stand in a formula, with their names."""
    definitions = Book(room.gateway).definitions()
    indicator = words(room, request, definitions)["indicator"]
    formula = found.get("formula") or ""
    letters = "".join(one if one.isalnum() or one in "_-." else " " for one in formula)
    codes = dict.fromkeys(code for code in letters.split() if code in definitions.indicators)
    return [(code, indicator(code)) for code in codes]


# --- comparing ------------------------------------------------------------------------------------------


def _add_comparing(router: APIRouter, room: Room) -> None:
    @router.get("/{number}/compare")
    async def compare(request: Request, number: int) -> Response:
        await room.admit(request, Right.BODIES)
        report = await find(room, number)
        other = request.query_params.get("with", "now")
        found = await answered(Book(room.gateway).compare(number, _other(other)))
        return room.page(
            request,
            "reports/compare.html",
            found=found,
            other=other,
            whole=True,
            changes=_shown(found),
            **about(room, request, report),
        )

    @router.get("/{number}/now")
    async def now(request: Request, number: int) -> Response:
        await room.admit(request, Right.BODIES)
        report = await find(room, number)
        found = await since(room, number)
        return room.page(
            request,
            "reports/now-part.html",
            found=found,
            whole=False,
            changes=_shown(found)[:_CHANGES] if found else [],
            **about(room, request, report),
        )


async def since(room: Room, number: int) -> Mapping[str, Any] | None:
    """Return how a report differs from what is known now; None where it is not counted from dossiers."""
    try:
        return await Book(room.gateway).compare(number, None)
    except UnusableError:
        return None


def _other(text: str) -> int | None:
    if text == "now":
        return None
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**62):
        raise ApiError(404, "not-found")
    return int(text)


def _shown(found: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the changes with numbers instead of texts."""
    numbers = ("then", "now", "difference")
    changes = found["changes"] if found else ()
    return [{**one, **{name: amount(one[name]) for name in numbers}} for one in changes]


# --- files ----------------------------------------------------------------------------------------------


def _add_files(router: APIRouter, room: Room) -> None:
    @router.get("/{number}/table")
    async def table(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.BODIES)
        kind, report = format_of(request), await find(room, number)
        found = await since(room, number) if report["state"] != "draft" else None
        period = period_of(report["period"]["label"])
        day = period.last if period else datetime.now(VIETNAM).date()
        sheet = await asyncio.to_thread(_sheet, room, report, day, found["changes"] if found else ())
        await note_export(room, visitor.name, f"{report['code']} v{report['version']} {kind}")
        return await sheet_answer(sheet, kind)


def _sheet(room: Room, report: Report, day: date, changes: Sequence[Mapping[str, Any]]) -> Any:
    around = Around(namer(room.gateway, day), changes=changes)
    return sheet_of(report, Book(room.gateway).definitions(), around)


async def note_export(room: Room, who: str, what: str) -> None:
    """Write down who takes along what."""
    details = orjson.dumps({"on": what}).decode()
    await room.gateway.journal.write(lambda tx: people.note(tx, "report exported", who, details=details))

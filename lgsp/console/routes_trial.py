"""Trying a sample on the routes: what would become of it and why; nothing is taken on, kept or sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from lgsp.api.problems import ApiError
from lgsp.api.routes import LARGEST, Sample, foreseen, version_of
from lgsp.console.guard import form_of
from lgsp.console.highlighting import shown as highlighted
from lgsp.console.language import told
from lgsp.console.personal_message import seen_until
from lgsp.console.room import Room, language_of
from lgsp.console.routes_faults import Fault, told_faults
from lgsp.console.routes_words import ATTRIBUTES, TYPES, number_of
from lgsp.console.visits import Visitor
from lgsp.disclosing import masked_data
from lgsp.domain.causes import Explanation, explain
from lgsp.errors import ConfigError, Problem
from lgsp.foreseeing import Foreseen, Goal, Way
from lgsp.journal import reading
from lgsp.journal.people import Role
from lgsp.journal.searching import Sought, search
from lgsp.rights import Right
from lgsp.routes import Routes, parse_routes

FORMS: Mapping[str, str] = {
    "canonical": told("JSON chuẩn của trục"),
    "native": told("dạng gốc của hệ thống"),
}
_RECENT = 8
_FILE = told("tệp %s")
_NO_SYSTEM = told("Chọn hệ thống gửi.")
_NO_BODY = told("Dán nội dung mẫu, hoặc chọn một thông điệp gần đây.")


class Said(NamedTuple):
    """What is wrong, or odd, with a sample: where, and what the catalogue of causes says."""

    place: str
    detail: str
    why: Explanation


@dataclass(slots=True)
class Told:
    """A system to which a sample would go, with what would be said to it."""

    goal: Goal
    text: Markup | None = None
    cut: bool = False
    refused: Explanation | None = None


@dataclass(slots=True)
class Shown:
    """What would become of one item, as the page shows it."""

    of: Foreseen
    problems: list[Said] = field(default_factory=list)
    findings: list[Said] = field(default_factory=list)
    taken: list[Way] = field(default_factory=list)
    passed: list[Way] = field(default_factory=list)
    goals: list[Told] = field(default_factory=list)
    body: Markup | None = None


def shown(room: Room, request: Request, one: Foreseen, *, bodies: bool = True) -> Shown:
    """Return what a page shows of one item; without bodies for who may see none."""
    lang = language_of(request)
    made = Shown(one, [_said(problem, lang) for problem in one.problems])
    if one.message is not None:
        findings = [Problem(found.place, found.code, found.read) for found in one.message.findings]
        made.findings = [_said(problem, lang) for problem in findings]
    made.taken = [way for way in one.ways if not way.differs]
    made.passed = [way for way in one.ways if way.differs]
    made.goals = [_told(room, request, goal, lang, bodies=bodies) for goal in one.goals]
    if one.message is not None and bodies:
        text = orjson.dumps(one.message.data).decode()
        made.body = _coloured(room, request, text)[0]
    return made


def _said(problem: Problem, lang: str) -> Said:
    return Said(problem.place, problem.detail, explain(problem, lang))


def _told(room: Room, request: Request, goal: Goal, lang: str, *, bodies: bool) -> Told:
    made = Told(goal)
    if goal.refused is not None:
        made.refused = explain(goal.refused.cause, lang)
    elif goal.drawn is not None and bodies:
        text = goal.drawn.read().decode("utf-8", "replace")
        made.text, made.cut = _coloured(room, request, text)
    return made


def _coloured(room: Room, request: Request, text: str) -> tuple[Markup, bool]:
    found = highlighted(text, room.say(request, _FILE), lambda count: f"{count:,} byte")
    return found.lines, found.cut


# --- the page -------------------------------------------------------------------------------------------


def add_trial(router: APIRouter, room: Room) -> None:
    """Add the page that tries a sample."""

    @router.get("/try")
    async def begin(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        uid = request.query_params.get("message", "")
        if not uid:
            return await _page(room, request, visitor, _given(room, request))
        given = await _of_message(room, visitor, uid)
        return await _tried(room, request, visitor, given)

    @router.post("/try")
    async def try_(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        form = await form_of(request)
        given = {name: form.raw(name).strip() for name in ("system", "form", "body", "version")}
        for name, missing in (("system", _NO_SYSTEM), ("body", _NO_BODY)):
            if not given[name]:
                return await _page(room, request, visitor, given, wrong=missing)
        return await _tried(room, request, visitor, given)


def _given(room: Room, request: Request) -> dict[str, str]:
    brings = [name for name, to in room.gateway.counterparts.items() if to.adapter.brings]
    asked = request.query_params
    return {
        "system": asked.get("system", brings[0] if brings else ""),
        "form": "canonical",
        "body": "",
        "version": asked.get("version", ""),
    }


async def _of_message(room: Room, visitor: Visitor, uid: str) -> dict[str, str]:
    """Return a message of the journal as a sample in its canonical form, masked unless it is disclosed.

    Raises:
        ApiError: there is none, or its body is gone.
    """
    try:
        found = await room.gateway.journal.read(lambda tx: reading.walk(tx, UUID(uid)))
    except ValueError:
        found = None
    if found is None or found["data"] is None:
        raise ApiError(404, "not-found")
    whole = await seen_until(room, visitor, found["id"]) is not None
    data = found["data"] if whole else masked_data(room.gateway.types, found["type"], found["data"])
    body = orjson.dumps({"type": found["type"], "data": data}, option=orjson.OPT_INDENT_2)
    return {"system": found["source"], "form": "canonical", "body": body.decode(), "version": ""}


async def _tried(room: Room, request: Request, visitor: Visitor, given: dict[str, str]) -> Response:
    version, form = number_of(given["version"]), given["form"]
    text = (await version_of(room.gateway, version))["text"] if version else None
    if len(given["body"]) > LARGEST * 4:
        raise ApiError(413, "too-large", f"a sample may have {LARGEST * 4} characters")
    sample = Sample(
        system=given["system"],
        body=given["body"],
        form="native" if form == "native" else "canonical",
        content_type="application/xml" if given["body"].startswith("<") else "application/json",
        routes=text,
    )
    try:
        results = await foreseen(room.gateway, sample)
    except ApiError as fault:
        if fault.code != "routes-faulty":
            raise
        return await _page(room, request, visitor, given, faults=told_faults(fault.more["faults"]))
    sees = visitor.visit.role is not Role.AUDITOR
    made = [shown(room, request, one, bodies=sees) for one in results]
    return await _page(room, request, visitor, given, results=made)


async def _page(  # noqa: PLR0913 - what a page shows
    room: Room,
    request: Request,
    visitor: Visitor,
    given: dict[str, str],
    *,
    wrong: str = "",
    faults: Sequence[Fault] = (),
    results: Sequence[Shown] | None = None,
) -> Response:
    recent = await room.gateway.journal.read(lambda tx: search(tx, Sought(), limit=_RECENT))
    sees = visitor.visit.role is not Role.AUDITOR
    routes: Routes = room.gateway.routes
    if version := number_of(given["version"]):
        routes = await _routes_of(room, version)
    values: dict[str, Any] = {
        "given": given if sees or request.method == "POST" else given | {"body": ""},
        "wrong": room.say(request, wrong) if wrong else "",
        "systems": list(routes.systems),
        "recent": recent.messages,
        "types": TYPES,
        "attributes": ATTRIBUTES,
        "forms": FORMS,
        "faults": faults,
        "results": results,
        "sees": sees,
    }
    return room.page(request, "routes/try.html", status=422 if wrong else 200, **values)


async def _routes_of(room: Room, version: int) -> Routes:
    try:
        return parse_routes((await version_of(room.gateway, version))["text"])
    except ConfigError:
        return room.gateway.routes

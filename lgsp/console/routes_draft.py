"""Changing routes in the browser: a draft is checked, tried, compared with what is in force, published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.routes import LARGEST, Publication, Sample, foreseen, published, version_of
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.routes_faults import Fault, told_faults
from lgsp.console.routes_picture import drawn
from lgsp.console.routes_text import compared, lines
from lgsp.console.routes_trial import FORMS, Shown, shown
from lgsp.console.routes_words import ATTRIBUTES, TYPES, Change, changes, conditions, number_of
from lgsp.console.visits import Visitor
from lgsp.errors import ConfigError
from lgsp.giving_back import StillOpen
from lgsp.journal import leasing, reading, versions
from lgsp.publishing import faults_here, open_to_older
from lgsp.rights import Right
from lgsp.routes import parse_routes

MOST = 1000
"""Messages without a route are counted up to this many."""
_PUBLISHED = told("Đã công bố phiên bản %(version)s. Các tiến trình tự nạp trong vài giây.")
_SAME = told("Bản nháp giống hệt phiên bản đang dùng; không có gì để công bố.")


class Effect(NamedTuple):
    """What follows from publishing a text.

    Attributes:
        changes: in words; None where one of the two texts cannot be read.
        processes: that will go over to it.
        unrouted: messages that no route wants until now, counted up to `MOST`.
        waiting: systems to which deliveries are open.
        left: what is open and would be left to older connections.
    """

    changes: list[Change] | None
    processes: int
    unrouted: int
    waiting: list[str]
    left: list[StillOpen]

    @property
    def gone(self) -> list[str]:
        """Return the systems that are taken away."""
        return [one.name for one in self.changes or () if (one.how, one.what) == ("removed", "system")]


@dataclass(slots=True)
class _Draft:
    """What a person is working on, and what has been found out about it."""

    text: str
    base: int
    newest: int
    reason: str = ""
    checked: bool = False
    wrong: str = ""
    faults: list[Fault] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)
    effect: Effect | None = None
    sample: dict[str, str] = field(default_factory=dict)
    results: list[Shown] | None = None


def add_draft(router: APIRouter, room: Room) -> None:
    """Add the pages of the editor."""

    @router.get("/draft")
    async def begin(request: Request) -> Response:
        await room.admit(request, Right.PUBLISH)
        newest = await room.gateway.journal.read(leasing.version)
        start = number_of(request.query_params.get("from", ""))
        one = await version_of(room.gateway, newest if start is None else start)
        return _page(room, request, _Draft(one["text"], newest, newest))

    @router.post("/draft")
    async def look(request: Request) -> Response:
        await room.admit(request, Right.PUBLISH)
        form = await form_of(request)
        draft = await _drafted(room, form)
        await _check(room, draft)
        if form.get("act") == "try" and not draft.faults:
            await _try(room, request, draft, form)
        return _page(room, request, draft)

    @router.post("/publish")
    async def publish(request: Request) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _publish(room, request, visitor)


async def effect_of(room: Room, old: str, new: str) -> Effect:
    """Return what follows from going over from one text to another."""
    found = await room.gateway.journal.read(
        lambda tx: (len(leasing.alive(tx)), versions.unrouted(tx, MOST), reading.open_systems(tx))
    )
    return Effect(in_words(old, new), *found, await _left(room, new))


async def _left(room: Room, text: str) -> list[StillOpen]:
    try:
        return await open_to_older(room.gateway, text)
    except ConfigError:
        return []


def in_words(old: str, new: str) -> list[Change] | None:
    """Return what differs between two texts in words; None where one of them cannot be read."""
    try:
        return changes(parse_routes(old), parse_routes(new))
    except ConfigError:
        return None


async def _drafted(room: Room, form: Form) -> _Draft:
    """Return the draft of a form; a browser sends its lines with CR LF."""
    text, base = form.raw("text").replace("\r\n", "\n"), number_of(form.get("base"))
    if len(text) > LARGEST:
        raise ApiError(413, "too-large", f"routes may have {LARGEST} characters")
    if base is None:
        raise ApiError(422, "invalid", "base")
    newest = await room.gateway.journal.read(leasing.version)
    sample = {name: form.raw(name) for name in ("system", "form", "body")}
    return _Draft(text, base, newest, form.get("reason"), sample=sample)


async def _check(room: Room, draft: _Draft) -> None:
    old = (await version_of(room.gateway, draft.newest))["text"]
    draft.checked, draft.faults = True, told_faults(await faults_here(room.gateway, draft.text))
    draft.lines, draft.effect = compared(old, draft.text), await effect_of(room, old, draft.text)
    if old == draft.text:
        draft.wrong = _SAME


async def _try(room: Room, request: Request, draft: _Draft, form: Form) -> None:
    sample = Sample(
        system=form.get("system"),
        body=form.raw("body"),
        form="native" if form.get("form") == "native" else "canonical",
        routes=draft.text,
    )
    draft.results = [shown(room, request, one) for one in await foreseen(room.gateway, sample)]


def may_leave(form: Form) -> bool:
    """Tell whether a person said that what is open may be left to older connections."""
    return form.get("leave_open") == "yes"


async def _publish(room: Room, request: Request, visitor: Visitor) -> Response:
    form = await form_of(request)
    draft, reason = await _drafted(room, form), form.reason()
    try:
        asked = Publication(text=draft.text, base=draft.base, reason=reason, leave_open=may_leave(form))
        version = await published(room.gateway, asked, visitor.name)
    except ApiError as fault:
        if fault.code not in ("routes-faulty", "still-open", "wrong-state"):
            raise
        await _check(room, draft)
        return _page(room, request, draft, status=fault.status)
    return room.go(request, "/console/routes", _PUBLISHED, version=version)


def _page(room: Room, request: Request, draft: _Draft, status: int = 200) -> Response:
    values: dict[str, Any] = {
        "types": TYPES,
        "forms": FORMS,
        "attributes": ATTRIBUTES,
        "systems": [],
        "picture_": None,
        "most": MOST,
    }
    try:
        routes = parse_routes(draft.text)
    except ConfigError:
        values["systems"] = list(room.gateway.routes.systems)
    else:
        values |= {"systems": list(routes.systems), "picture_": drawn(routes), "conditions": conditions}
    values["marked"] = lines(draft.text, [(one.line, one) for one in draft.faults]) if draft.faults else []
    return room.page(request, "routes/draft.html", status=status, draft=draft, **values)

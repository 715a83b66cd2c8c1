"""The screen of threads: everything about one dossier or one document, on one page, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from lgsp.api.documents import Asked, calendars_of_home, courses_of
from lgsp.console import threads_checks as checked
from lgsp.console import threads_document as document
from lgsp.console import threads_dossier as dossier
from lgsp.console import threads_walk as walk
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.states import STATES
from lgsp.console.threads_near import near
from lgsp.console.visits import Visitor
from lgsp.disclosing import masked_course, masked_data
from lgsp.domain.codes import document_id, dossier_code
from lgsp.journal import checks, threads
from lgsp.journal.retelling import moment_of
from lgsp.journal.threads import Subject, Thread
from lgsp.rights import Right

DOSSIER, DOCUMENT = "dossier", "document"
_FAMILIES = (DOSSIER, DOCUMENT)
_RECENT = 8
_LONGEST = 500
_LOOKS: dict[str, Any] = {
    "DOSSIER": dossier.STATUSES,
    "STATUSES": document.STATUSES,
    "ANSWERS": document.ANSWERS,
    "ACTS": document.ACTS,
    "URGENCIES": document.URGENCIES,
    "WAITED_FOR": document.WAITED_FOR,
    "NEXT": dossier.NEXT,
    "FIELDS": walk.FIELDS,
    "TYPES": walk.TYPES,
    "STATES": STATES,
}


def threads_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/threads")
    journal = room.gateway.journal
    room.ticker.tell("threads", lambda: journal.read(lambda tx: threads.recent(tx, _FAMILIES, _RECENT)))

    @router.get("")
    async def search(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        text = request.query_params.get("q", "").strip()[:_LONGEST]
        if text and (to := await _address(room, text)):
            return room.go(request, to)
        return await _lost(room, request, text)

    @router.get("/{family}")
    async def one(request: Request, family: str) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        key = request.query_params.get("key", "").strip()[:_LONGEST]
        if not key:
            return room.go(request, "/console/threads")
        if family == DOCUMENT:
            return await _document(room, request, visitor, key)
        return await _dossier(room, request, visitor, family, key)

    return router


def address(family: str, key: str) -> str:
    """Return where the thread of a subject is."""
    return f"/console/threads/{family}?{urlencode({'key': key})}"


# --- finding --------------------------------------------------------------------------------------------


async def _address(room: Room, text: str) -> str:
    """Return where the thread is that somebody means by a code, a document's name or a message's id."""
    journal = room.gateway.journal
    if code := dossier_code(text):
        found = await journal.read(lambda tx: threads.newest(tx, code.normal))
        return address(DOSSIER, text) if found else ""
    if uid := _uuid(text):
        line = await journal.read(lambda tx: threads.subject_of(tx, uid))
        if line:
            return address(threads.family_of(line[1]), line[0])
    if (await courses_of(room.gateway, Asked(text)))["documents"]:
        return address(DOCUMENT, text)
    line_ = document_id(text) or text
    other = await journal.read(lambda tx: threads.newest(tx, line_) or threads.newest(tx, text))
    return address(threads.family_of(other.type), other.key) if other else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _lost(room: Room, request: Request, text: str, status: int = 200) -> Response:
    """Return the page to search on: what is near to what was typed, and what came lately."""
    found = await room.gateway.journal.read(lambda tx: near(tx, text)) if text else []
    recent: Mapping[str, Sequence[Subject]] = await room.ticker.latest("threads")
    return room.page(
        request, "threads/search.html", status=status, asked=text, near=found, recent=recent,
        family_of=threads.family_of, address=address, worst=_worst, **_LOOKS,
    )  # fmt: skip


def _worst(states: Sequence[str]) -> str:
    """Return the state of a subject's latest deliveries that asks most for somebody's eyes."""
    order = ("refused", "exhausted", "expired", "held", "put off", "parked", "waiting", "ready", "sending",
             "offered", "delivered")  # fmt: skip
    return next((word for word in order if word in states), states[0] if states else "")


# --- a dossier, and whatever else has a line -------------------------------------------------------------


async def _dossier(room: Room, request: Request, visitor: Visitor, family: str, key: str) -> Response:
    code = dossier_code(key)
    line = code.normal if code else key
    thread = _masked(room, await room.gateway.journal.read(lambda tx: threads.line(tx, line)))
    if not any(threads.family_of(one.type) == family for one in thread.messages):
        return await _lost(room, request, key, 404)
    asked = await room.gateway.journal.read(lambda tx: checks.of(tx, line))
    calendars, faults = calendars_of_home()
    standings = {name: to.health.standing.value for name, to in room.gateway.counterparts.items()}
    return room.page(
        request,
        "threads/dossier.html",
        family=family,
        key=key,
        subject=thread.messages[-1].subject,
        outline=dossier.outline(thread, calendars),
        held=dossier.held(thread, standings),
        checks=checked.shown(asked, _schema(room), language_of(request)),
        faults=faults,
        **_shared(room, request, visitor, thread, None),
    )


def _schema(room: Room) -> Mapping[str, Any]:
    """Return what is said of dossiers' fields."""
    known = room.gateway.types.get(dossier.SNAPSHOT)
    return known.schema if known is not None else {}


def _masked(room: Room, thread: Thread) -> Thread:
    """Return a thread with personal data masked: it is seen whole message by message, for a purpose."""
    for one in thread.messages:
        one.data = masked_data(room.gateway.types, one.type, one.data)
    return thread


def _shared(
    room: Room, request: Request, visitor: Visitor, thread: Thread, said: walk.Said | None
) -> dict[str, Any]:
    """Return what both pages show: the time line, narrowed as the address says."""
    system, only = (request.query_params.get(name, "") for name in ("system", "only"))
    line = walk.events(thread, room.gateway.names, language_of(request), said)
    for one in [] if _sees(visitor) else line:
        one.said = ""
    only = only if only in walk.ONLY else ""
    return _LOOKS | {
        "thread": thread,
        "content": _sees(visitor),
        "line": walk.narrowed(line, system, only),
        "whole": len(line),
        "systems": walk.systems_in(line),
        "system": system,
        "only": only,
        "ONLY": walk.ONLY,
        "open": any(way["state"] in _OPEN for one in thread.messages for way in one.ways),
        "address": address,
        "family_of": threads.family_of,
        "officer_of": dossier.officer_of,
    }


_OPEN = frozenset({"parked", "waiting", "ready", "sending", "put off", "offered", "held"})


# --- a document ------------------------------------------------------------------------------------------


async def _document(room: Room, request: Request, visitor: Visitor, key: str) -> Response:
    agency = request.query_params.get("agency", "").strip()[:_LONGEST]
    found = masked_course(await courses_of(room.gateway, Asked(key, agency)))
    documents = found["documents"]
    if not documents:
        return await _lost(room, request, key, 404)
    if len(documents) > 1:
        return room.page(
            request, "threads/several.html", key=key, documents=documents, more=found["more"],
            address=address, named=document.named, content=_sees(visitor), **_LOOKS,
        )  # fmt: skip
    return await _one_document(room, request, visitor, found, key)


async def _one_document(
    room: Room, request: Request, visitor: Visitor, found: Mapping[str, Any], key: str
) -> Response:
    one = found["documents"][0]
    thread = _masked(room, await room.gateway.journal.read(lambda tx: threads.chosen(tx, document.ids(one))))
    calendars, _ = calendars_of_home()
    rows = document.receivers(one, calendars, moment_of(thread.now))
    show = request.query_params.get("show", "")
    shown = document.narrowed(rows, show)
    return room.page(
        request,
        "threads/document.html",
        family=DOCUMENT,
        key=key,
        one=one,
        rows=shown[: document.MOST],
        cut=max(0, len(shown) - document.MOST),
        tally=document.tallied(rows),
        show=show if show in document.SHOWN else "",
        SHOWN=document.SHOWN,
        named=document.named,
        staffed=document.staffed,
        faults=found["calendar_faults"],
        **_shared(room, request, visitor, thread, document.said(one)),
    )


def _sees(visitor: Visitor) -> bool:
    """Tell whether a visitor may read what a message says; an auditor sees what was done, not the content."""
    return visitor.may(Right.BODIES)


SCREEN = Screen(path="threads", title=told("Hồ sơ, văn bản"), icon="timeline-event", router=threads_router)

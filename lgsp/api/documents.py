"""Where is my document: by id, or by number and notation, how far each receiver is and what is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import DOCUMENTS, READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.calendars import FILE, read_calendars
from lgsp.disclosing import masked_course
from lgsp.domain.agencies.register import Register
from lgsp.domain.calendar.agencies import Calendars
from lgsp.domain.causes import explain
from lgsp.domain.causes_named import Names
from lgsp.domain.codes import document_id
from lgsp.domain.course.bodies import day_of
from lgsp.domain.course.following import Course, Present, courses
from lgsp.domain.course.packets import BRINGING, Packet, Same
from lgsp.domain.course.telling import told, year_of
from lgsp.domain.documents import alike, mentioning, sought
from lgsp.errors import ConfigError
from lgsp.gateway import Gateway
from lgsp.home import home
from lgsp.journal import documents
from lgsp.journal.contract import Transaction
from lgsp.rights import Right
from lgsp.routing import body_of

_LONGEST = 500
"""Characters of a key: far more than an id has."""
_PARAMETERS = [
    {
        "name": "key",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "maxLength": _LONGEST},
        "description": "The document's id, or its number and notation, as written on it.",
        "examples": {
            "id": {"value": "H44.11,2026/03/05,15/STP-VP"},
            "number and notation": {"value": "15/STP-VP"},
        },
    },
    {
        "name": "agency",
        "in": "query",
        "schema": {"type": "string", "maxLength": _LONGEST},
        "description": "Code of the issuing body, in either form, where several use one number.",
        "example": "H44.11",
    },
]


@dataclass(slots=True, frozen=True)
class Asked:
    """What somebody looks for.

    Attributes:
        key: a document's id, or its number and notation.
        agency: code of the issuing body; empty where it is not named.
        reader: the system for which it is; None is an operator.
    """

    key: str
    agency: str = ""
    reader: str | None = None

    @property
    def words(self) -> str:
        """What was looked for, as it is told where nothing was found."""
        issued = f" issued by {self.agency}" if self.agency else ""
        return f"no document has the id, or the number and notation, {self.key!r}{issued}"


@dataclass(slots=True, frozen=True)
class _Seen:
    """What the journal showed of it.

    Attributes:
        related: by name, who bears the same number of the same body, replaces it, or answers it.
    """

    answer: documents.Answer
    related: Mapping[str, Sequence[Packet]]


def documents_router(desk: Desk) -> APIRouter:
    """Return the endpoint that finds documents."""
    router = APIRouter(responses=READ_RESPONSES | DOCUMENTS, tags=["documents"])

    @router.get(
        "/v1/documents",
        summary="Where a document stands with each receiver, and what is awaited of whom",
        openapi_extra={"parameters": _PARAMETERS},
    )
    async def find(request: Request) -> Response:
        reader = desk.reader(request, Right.BODIES)
        asked = _asked(request, reader.system or None)
        found = await courses_of(desk.gateway, asked)
        if not found["documents"]:
            raise ApiError(404, "not-found", asked.words)
        return in_json(found if reader.system else masked_course(found))

    return router


async def courses_of(gateway: Gateway, asked: Asked) -> dict[str, Any]:
    """Return the documents that somebody may mean, each with its course; none where nothing is found."""
    seen = await gateway.journal.read(lambda tx: _look(tx, asked))
    return await asyncio.to_thread(_found, asked, seen, gateway.agencies, gateway.names)


def _asked(request: Request, reader: str | None) -> Asked:
    key, agency = (request.query_params.get(name, "").strip() for name in ("key", "agency"))
    if not key:
        raise ApiError(422, "invalid", "key is missing: give a document's id, or its number and notation")
    if max(len(key), len(agency)) > _LONGEST:
        raise ApiError(422, "invalid", f"key and agency have at most {_LONGEST} characters")
    return Asked(key, agency, reader)


def _look(tx: Transaction, asked: Asked) -> _Seen:
    *exact, anybody = sought(asked.key, asked.agency)
    own = document_id(asked.key)
    answer = documents.look(tx, exact if asked.agency else [*exact, anybody], own, asked.reader)
    if asked.agency and not answer.lines:  # named by a code that only the register knows for the same body
        answer = documents.look(tx, [anybody], None, asked.reader)
    names = {name for line in answer.lines for one in line.packets for name in _related(one)}
    return _Seen(answer, documents.namesakes(tx, sorted(names), asked.reader))


def _related(packet: Packet) -> list[str]:
    """Return the names that lead to look-alikes of a document, to what replaces it and what answers it."""
    if packet.act not in BRINGING:
        return []
    number = _number(packet)
    return [*([number] if number else []), *(mentioning(packet.own_id) if packet.own_id else ())]


def _number(packet: Packet) -> str | None:
    """Return the name that number, notation and issuing body make; None for what brings no document."""
    names = alike(packet.data) if packet.data.get("act") else []
    return next((name for name in names if name.startswith("code:")), None)


def _found(asked: Asked, seen: _Seen, agencies: Register, names: Names) -> dict[str, Any]:
    calendars, faults = calendars_of_home()
    same = _same(agencies)
    present = Present(same, calendars, seen.answer.now)
    made = [(line, course) for line in seen.answer.lines for course in courses(line.packets, present)]
    wanted = [(line, course) for line, course in made if _issued(course, asked.agency, same, seen.answer.now)]
    wanted.sort(key=lambda one: _age(one[1]), reverse=True)
    shown = [_shown(line, course, seen.related) for line, course in wanted]
    for one in shown:
        _explain(one, names)
    return {"key": asked.key, "documents": shown, "more": seen.answer.more, "calendar_faults": faults}


def _issued(course: Course, agency: str, same: Same, now: datetime) -> bool:
    if not agency:
        return True
    code = str(course.sender.get("code") or "")
    days = {day_of(now), *(day_of(one.accepted_at) for one in course.brought)}
    return bool(code) and any(same(code, day) == same(agency, day) for day in days)


def _age(course: Course) -> tuple[int, float]:
    """Return what puts documents in order: the year of the number, then when it was taken on."""
    first = course.brought[0].accepted_at.timestamp() if course.brought else 0.0
    return year_of(course) or 0, first


def _shown(line: documents.Line, course: Course, related: Mapping[str, Sequence[Packet]]) -> dict[str, Any]:
    own, id_ = told(course), str(course.data.get("id") or "")
    number = next((name for one in course.brought if (name := _number(one))), "")
    replaced, answered = mentioning(id_) if id_ else ("", "")
    alike_ = _briefs(related.get(number, ()), line.key)
    return own | {
        "line": line.key,
        "cut": line.cut,
        "look_alike": any(brief["year"] == own["year"] for brief in alike_),
        "look_alikes": alike_,
        "replaced_by": _briefs(related.get(replaced, ()), line.key),
        "answered_by": _briefs(related.get(answered, ()), line.key),
    }


def _briefs(packets: Sequence[Packet], own_line: str) -> list[dict[str, Any]]:
    """Return other documents in short, each once, the newest first."""
    briefs = {one["key"]: one for one in map(_brief, packets) if document_id(one["key"]) != own_line}
    return sorted(briefs.values(), key=lambda one: (one["year"], one["accepted_at"]), reverse=True)


def _brief(packet: Packet) -> dict[str, Any]:
    day = packet.data.get("promulgated_on")
    return {
        "key": packet.data["key"],
        "sender": packet.sender.get("code"),
        "year": int(day[:4]) if day else day_of(packet.accepted_at).year,
        "accepted_at": packet.accepted_at.isoformat(timespec="milliseconds"),
        "message": packet.message,
    }


# --- what is known beside the journal -------------------------------------------------------------------


def _same(agencies: Register) -> Same:
    """Return what names the body behind a code on a day; what was once asked is remembered."""
    return lru_cache(None)(lambda code, day: body_of(agencies, code, day))


def calendars_of_home() -> tuple[Calendars, list[str]]:
    """Return the calendars of the home, or the national ones and what is wrong with the home's."""
    folder = home()
    path = folder / FILE
    try:
        return _read(folder, path.stat().st_mtime_ns if path.is_file() else 0), []
    except ConfigError as fault:
        return Calendars(), list(fault.faults)


@lru_cache(1)
def _read(folder: Path, _changed: int) -> Calendars:
    return read_calendars(folder)


def _explain(shown: Mapping[str, Any], names: Names) -> None:
    """Add to each delivery that has a cause what it means now, by the catalogue or by an operator."""
    answers = [answer for change in shown["changes"] for answer in change["answers"]]
    for one in (*shown["receivers"], *answers):
        way = one["transport"]
        if way and way["cause"]:
            cause = names.now(way["system"], way["cause"]) or way["cause"]
            way["explanation"] = {lang: explain(cause, lang).as_dict() for lang in ("vi", "en")}

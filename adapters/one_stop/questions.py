"""Reading questions, answers and satisfaction results that one-stop systems push; no I/O."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from lgsp.domain.codes import agency_of
from lgsp.domain.letters import composed
from lgsp.errors import Invalid, Problem
from lgsp.formats.fields import Reading, Table
from lgsp.formats.portal_questions import (
    ANSWER,
    QUESTION,
    SATISFACTION,
    TELL_ANSWER,
    TELL_QUESTION,
    TELL_SATISFACTION,
    TOLD_ANSWER,
    TOLD_QUESTION,
    TOLD_SATISFACTION,
)
from lgsp.message import Message, native_digest

SERVICES = (TELL_QUESTION, TELL_ANSWER, TELL_SATISFACTION)
TYPES = frozenset({QUESTION, ANSWER, SATISFACTION})
_SHORT = 8


@dataclass(slots=True, frozen=True)
class _Kind:
    """What a service brings: its type, its fields, and the canonical field that names it."""

    type: str
    table: Table
    subject: str


_KINDS = {
    TELL_QUESTION: _Kind(QUESTION, TOLD_QUESTION, "id"),
    TELL_ANSWER: _Kind(ANSWER, TOLD_ANSWER, "question"),
    TELL_SATISFACTION: _Kind(SATISFACTION, TOLD_SATISFACTION, "code"),
}
_COUNTED = "TongSoNguoiDanhGia"


def read(service: str, item: object, place: str) -> Message | Invalid:
    """Return a native item of one of `SERVICES` as a message, or every fault of it."""
    kind = _KINDS[service]
    if not isinstance(item, dict):
        return Invalid([Problem(place, "wrong-type", "object")], type=kind.type)
    try:
        native, changed = composed(item)
    except TypeError:
        return Invalid([Problem(place, "too-deep")], type=kind.type)
    reading = Reading(f"{place}/" if place else "")
    if changed:
        reading.odd("not-composed", "")
    data = kind.table.read(_counted(native), reading)
    if reading.problems:
        return Invalid(reading.problems, subject=str(data.get(kind.subject, ""))[:50], type=kind.type)
    if kind.type == SATISFACTION:
        data["code"] = _code(data)
    subject = data[kind.subject]
    return Message(
        type=kind.type,
        subject=subject,
        partitionkey=subject,
        data=data,
        native=native_digest(native),
        agency=agency_of(data.get("agency", {}).get("code", "")) or "",
        findings=reading.findings,
    )


def native_place(type_: str, pointer: str) -> str:
    """Return the native name of a canonical JSON pointer of one of `TYPES`."""
    return next(kind for kind in _KINDS.values() if kind.type == type_).table.native(pointer)


def _counted(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item whose count of people, which goes as a number, is a text like every other value."""
    count = item.get(_COUNTED)
    return item | {_COUNTED: str(count)} if type(count) is int else item


def _code(data: dict[str, Any]) -> str:
    """Return what names a satisfaction result: agency, month, procedure, and what was asked."""
    asked = hashlib.sha256(data.get("question", "").encode()).hexdigest()[:_SHORT]
    parts = (data["agency"]["code"], data["month"], data.get("procedure_code", ""), asked)
    return "/".join(part for part in parts if part)

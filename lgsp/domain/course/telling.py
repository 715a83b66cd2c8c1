"""A course as answers have it: plain values, times in Viet Nam time, each status with who set it and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lgsp.domain.course.awaiting import Awaited
from lgsp.domain.course.bodies import day_of
from lgsp.domain.course.changes import Answer, Change
from lgsp.domain.course.deadlines import Deadline
from lgsp.domain.course.following import Course, Receiver
from lgsp.domain.course.packets import Data, Packet, Step, Way
from lgsp.message import VIETNAM

_OF_DOCUMENT = (
    "id", "act", "number", "notation", "promulgated_on", "subject", "kind", "urgency", "due_on", "signers",
)  # fmt: skip
_OF_STAFF = ("name", "department", "id")


def told(course: Course) -> dict[str, Any]:
    """Return a course as JSON has it."""
    data = course.data
    first = course.brought[0] if course.brought else None
    return {
        "key": data.get("key") or _key_of(course),
        **{name: data.get(name) for name in _OF_DOCUMENT},
        "year": year_of(course),
        "sender": _organisation(course.sender),
        "replaces": [one["id"] for one in _business(data).get("replaces") or () if one.get("id")],
        "answers": [one["id"] for one in data.get("replies_to") or () if one.get("id")],
        "accepted_at": _at(first.accepted_at) if first else None,
        "kept": bool(data),
        "messages": [_message(packet) for packet in course.brought],
        "receivers": [_receiver(one) for one in course.receivers],
        "changes": [_change(one) for one in course.changes],
        "others": [_step(step) for step in course.others],
    }


def year_of(course: Course) -> int | None:
    """Return the year in which a document's number was given: that of its day, else of its coming here."""
    day = course.data.get("promulgated_on")
    if isinstance(day, str):
        return int(day[:4])
    return day_of(course.brought[0].accepted_at).year if course.brought else None


def _key_of(course: Course) -> str | None:
    said = [change.packet for change in course.changes] + [step.packet for step in course.others]
    return next((str(one.data["key"]) for one in said if one.data.get("key")), None)


def _message(packet: Packet) -> dict[str, Any]:
    return {"id": packet.message, "source": packet.source, "accepted_at": _at(packet.accepted_at)}


def _receiver(one: Receiver) -> dict[str, Any]:
    return {
        "code": one.body.code,
        "codes": list(one.body.codes),
        "name": one.body.name or None,
        "transport": _way(one.ways),
        "deliveries": [way.number for way in one.ways],
        "status": _step(one.latest) if one.latest else None,
        "history": [_step(step) for step in one.steps],
        "sending": _deadline(one.sending),
        "receipt": _deadline(one.receipt) if one.receipt else None,
        "awaited": _awaited(one.awaited),
    }


def _way(ways: Sequence[Way]) -> dict[str, Any] | None:
    if not ways:
        return None
    way = ways[0]
    return {
        "delivery": way.number,
        "system": way.system,
        "state": way.state,
        "since": _at(way.since),
        "next_attempt_at": _at(way.next_attempt_at),
        "cause": way.cause or None,
        "said": way.said or None,
        "overtaken": way.overtaken,
        "standing": way.standing or None,
    }


def _step(step: Step) -> dict[str, Any]:
    packet = step.packet
    return {
        "message": packet.message,
        "code": packet.data.get("code"),
        "status": step.status or None,
        "at": _at(step.at),
        "told_at": packet.data.get("at"),
        "accepted_at": _at(packet.accepted_at),
        "late": step.late,
        "by": _organisation(packet.sender),
        "staff": _staff(packet.data),
        "description": packet.data.get("description"),
    }


def _change(change: Change) -> dict[str, Any]:
    packet, business = change.packet, _business(change.packet.data)
    words = [answer.word for answer in change.answers]
    return {
        "what": change.what,
        "message": packet.message,
        "code": packet.data.get("code"),
        "by": _organisation(packet.sender),
        "by_sender": change.by_sender,
        "accepted_at": _at(packet.accepted_at),
        "reason": business.get("reason") or packet.data.get("description"),
        "staff": _staff(business) or _staff(packet.data),
        "agreed": words.count("agreed"),
        "declined": words.count("declined"),
        "unanswered": words.count("none"),
        "answers": [_answer(change, answer) for answer in change.answers],
    }


def _answer(change: Change, answer: Answer) -> dict[str, Any]:
    last = _step(answer.steps[-1]) if answer.steps else None
    return {
        "code": answer.body.code,
        "name": answer.body.name or None,
        "answer": answer.word,
        "destroyed": change.what == "recall" and answer.word == "agreed",
        "status": last,
        "transport": _way(answer.ways),
        "awaited": _awaited(answer.awaited),
    }


def _awaited(one: Awaited) -> dict[str, Any]:
    return {
        "what": one.what,
        "of": one.of.value,
        "who": one.who or None,
        "since": _at(one.since),
        "vi": one.vi,
        "en": one.en,
    }


def _deadline(one: Deadline) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "basis": one.basis,
        "at": _at(one.at),
        "met_at": _at(one.met_at),
        "late": one.late,
        "unknown": {"vi": one.unknown.vi, "en": one.unknown.en} if one.unknown else None,
    }


def _business(data: Data) -> Mapping[str, Any]:
    found: Mapping[str, Any] = data.get("business") or {}
    return found


def _organisation(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": said.get("code"), "name": said.get("name")}


def _staff(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the official who did it, without what only serves to reach him."""
    staff = data.get("staff") or {}
    found = {name: staff[name] for name in _OF_STAFF if staff.get(name)}
    return found or None


def _at(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(VIETNAM).isoformat(timespec="milliseconds")

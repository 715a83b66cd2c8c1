"""A test question from a system's page: about nobody by default, and traced like any other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from lgsp.api.asks import masked_answer
from lgsp.api.problems import ApiError
from lgsp.console.asks_answer import drawn
from lgsp.console.asks_words import CONSOLE, purposes, shared, words_for
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.personal_message import asking, purpose_of
from lgsp.console.room import Room
from lgsp.console.visits import Visitor
from lgsp.disclosing import Disclosing, Purpose
from lgsp.enquiry import Ending, NoAnswer, Question, Reply
from lgsp.journal import people
from lgsp.lookups.asking import Asking
from lgsp.lookups.walking import Answering, Sources
from lgsp.personal_classes import leaves
from lgsp.questions import Asked
from lgsp.rights import Right

PURPOSE = "test"
"""The code of the purpose that a home declares for test questions; without it none is asked."""
TRIED = "test question asked"
_LARGEST, _LONGEST = 20_000, 100
_NO_JSON = told("Câu hỏi không phải là một đối tượng JSON đọc được. Chưa hỏi gì.")
_NO_WHY = told("Muốn xem đầy đủ thì chọn mục đích và ghi lý do cụ thể, từ 5 đến 500 ký tự. Chưa hỏi gì.")
_BUSY = told("Đang có một câu hỏi thử chưa xong. Đợi trả lời rồi hỏi tiếp.")


@dataclass(slots=True)
class Result:
    """What came of a test question.

    Attributes:
        ask: the outer id by which its trace is found; empty where it was not entered.
        ending: the word.
        cause: why there is no answer.
        problems: what is wrong with the question: places, and what is said of each.
        after: seconds after which it may be asked again.
        said: what the far side said.
        answer: laid out; `whole` tells that it is not masked.
    """

    ask: str
    ending: str
    cause: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)
    after: float | None = None
    said: str = ""
    answer: Markup | None = None
    whole: bool = False


@dataclass(slots=True, frozen=True)
class _Trial:
    """Somebody at the form: which system is asked what, and what was typed, if anything was."""

    room: Room
    request: Request
    visitor: Visitor
    to: Answering
    kind: Asked
    given: Form | None = None


def trials_router(room: Room) -> APIRouter:
    """Return the endpoints of test questions; a process asks one at a time."""
    router, turn = APIRouter(prefix="/test/{system}"), asyncio.Lock()

    @router.get("")
    async def form(request: Request, system: str) -> Response:
        visitor = await room.admit(request, Right.ACT)
        to = _answering(room, system)
        kind = _kind(room, to, request.query_params.get("type", ""))
        return _page(_Trial(room, request, visitor, to, kind))

    @router.post("")
    async def ask(request: Request, system: str) -> Response:
        visitor, given = await room.admit(request, Right.ACT), await form_of(request)
        to = _answering(room, system)
        trial = _Trial(room, request, visitor, to, _kind(room, to, given.get("type")), given)
        data, why = _read(given), purpose_of(given) if visitor.may(Right.PERSONAL) else None
        if data is None:
            return _page(trial, wrong=_NO_JSON)
        if why is None and _wants_whole(given):
            return _page(trial, wrong=_NO_WHY)
        if turn.locked():
            return _page(trial, wrong=_BUSY)
        async with turn:
            return _page(trial, result=await _asked(trial, data, why))

    return router


# --- what may be asked ----------------------------------------------------------------------------------


def _answering(room: Room, system: str) -> Answering:
    """Return a system to which questions are routed.

    Raises:
        ApiError: there is none of that name.
    """
    found = room.desk.enquiries.answering().get(system)
    if found is None:
        raise ApiError(404, "not-found")
    return found


def types_of(room: Room, to: Answering) -> list[str]:
    """Return the types of questions that a system answers."""
    return [name for name in room.desk.enquiries.questions.asked if name in to.adapter.answers]


def _kind(room: Room, to: Answering, name: str) -> Asked:
    types = types_of(room, to)
    if not types or (name and name not in types):
        raise ApiError(404, "not-found")
    return room.desk.enquiries.questions[name or types[0]]


def invented(kind: Asked) -> dict[str, Any]:
    """Return a question about nobody: the schema's example, with zeros for each number of a person."""
    examples = kind.schema.get("examples") or [{}]
    made: dict[str, Any] = orjson.loads(orjson.dumps(examples[0]))
    for one in leaves(made, kind.schema):
        if one.personal == "identity" and isinstance(one.value, str) and one.value.isdecimal():
            _put(made, one.place, "0" * len(one.value))
    return made


def _put(data: Any, place: str, value: str) -> None:
    *way, last = place.split("/")[1:]
    for name in way:
        data = data[int(name)] if isinstance(data, list) else data[name]
    data[int(last) if isinstance(data, list) else last] = value


def _read(given: Form) -> dict[str, Any] | None:
    text = given.raw("data")
    try:
        found = orjson.loads(text) if len(text) <= _LARGEST else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _wants_whole(given: Form) -> bool:
    return bool(given.get("purpose") or given.get("reason"))


# --- asking ---------------------------------------------------------------------------------------------


async def _asked(trial: _Trial, data: dict[str, Any], why: Purpose | None) -> Result:
    """Ask, with the care for the far side that all questions share, and tell what came of it."""
    room, who, kind = trial.room, trial.visitor.name, trial.kind.name
    dossier = trial.given.get("dossier")[:_LONGEST] if trial.given else ""
    await room.gateway.journal.write(lambda tx: people.note(tx, TRIED, who, on=trial.to.name, details=kind))
    question = Question(CONSOLE, kind, data, PURPOSE, who, dossier)
    try:
        reply = await _desk_of(trial).ask(question)
    except NoAnswer as fault:
        words = words_for(room, trial.request, trial.visitor)
        problems = [(one.place, words.problem(one)) for one in fault.problems]
        ask = str(fault.ask or "")
        return Result(ask, fault.ending.word, fault.cause, problems, fault.after, fault.said)
    if why is not None:
        await _disclose(trial, question, reply, why)
    answer = (
        masked_answer(room.desk.enquiries.questions, {"type": kind}, reply.data)
        if why is None
        else reply.data
    )
    drawing = drawn(room, trial.request, answer)
    return Result(str(reply.ask), Ending.ANSWERED.word, answer=drawing, whole=why is not None)


def _desk_of(trial: _Trial) -> Asking:
    """Return who puts one question to one system, whatever routes lead there; nothing is remembered.

    The book, the standing of the far side, its places and its quota are those of all questions.
    """
    asking, room = trial.room.desk.enquiries.asking, trial.room
    sources = Sources(asking.sources.questions, purposes(room), lambda _, __: trial.to, asking.sources.allow)
    return Asking(asking.book, sources)


async def _disclose(trial: _Trial, question: Question, reply: Reply, why: Purpose) -> None:
    """Write down, before it is shown, that somebody sees whole what question and answer say of people."""
    content = orjson.dumps([question.data, reply.data])
    await Disclosing(trial.room.gateway).other(
        f"asks/{reply.ask}", content, trial.visitor.name, why, "shown", type=question.type,
        subject=question.dossier, partitionkey=question.dossier,
    )  # fmt: skip


def _page(trial: _Trial, *, wrong: str = "", result: Result | None = None) -> Response:
    room, given, kind = trial.room, trial.given, trial.kind
    example = orjson.dumps(invented(kind), option=orjson.OPT_INDENT_2).decode()
    purpose = purposes(room).get(PURPOSE)
    return room.page(
        trial.request, "asks/trial.html", status=422 if wrong else 200, system=trial.to.name, kind=kind,
        text=given.raw("data") if given else example, types=types_of(room, trial.to), result=result,
        wrong=room.say(trial.request, wrong) if wrong else "", declared=PURPOSE,
        purpose=purpose if purpose and purpose.allows(kind.name) else None,
        dossier=given.get("dossier") if given else "", here=f"/console/asks/test/{trial.to.name}",
        **shared(words_for(room, trial.request, trial.visitor)), **asking(trial.request),
    )  # fmt: skip

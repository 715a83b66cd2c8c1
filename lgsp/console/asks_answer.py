"""One question: its trace, and what is kept of its answer, masked until a purpose is stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from lgsp.api.asks import masked_answer
from lgsp.api.problems import ApiError
from lgsp.console.asks_words import purposes, shared, words_for
from lgsp.console.guard import form_of
from lgsp.console.highlighting import shown
from lgsp.console.language import told
from lgsp.console.message_bodies import Looks
from lgsp.console.personal_message import asking, purpose_of
from lgsp.console.room import Room, language_of
from lgsp.console.visits import Visitor
from lgsp.console.wording import Wording
from lgsp.disclosing import Disclosing
from lgsp.journal import asks_seeking, asks_shown
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.contract import Transaction
from lgsp.rights import Right

NEAR = 20
"""Other questions of the same dossier that a page shows."""
_FILE = told("‹tệp %(size)s›")
_WRONG = told("Chưa mở: chọn mục đích và ghi lý do cụ thể, từ 5 đến 500 ký tự.")


@dataclass(slots=True, frozen=True)
class Shown:
    """What a page shows of an answer.

    Attributes:
        text: laid out; None where none is kept, or the visitor's role reads no content.
        whole: it is not masked.
        hidden: there is one, and the visitor's role reads no content.
    """

    text: Markup | None = None
    whole: bool = False
    hidden: bool = False


def answers_router(room: Room) -> APIRouter:
    """Return the endpoints of one question; a kept answer is seen whole for a purpose, once each time."""
    router, looks = APIRouter(), Looks(room)

    @router.get("/{uid:uuid}")
    async def one(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        found, answer = await _find(room, uid)
        if answer is None:
            return await _page(room, request, visitor, found, Shown())
        if not visitor.may(Right.BODIES):
            return await _page(room, request, visitor, found, Shown(hidden=True))
        await looks.note(visitor, _item(uid))
        hidden = masked_answer(room.desk.enquiries.questions, found, answer)
        return await _page(room, request, visitor, found, Shown(drawn(room, request, hidden)))

    @router.post("/{uid:uuid}/disclose")
    async def disclose(request: Request, uid: UUID) -> Response:
        visitor = await room.admit(request, Right.PERSONAL)
        found, answer = await _find(room, uid)
        if answer is None:
            raise ApiError(404, "not-found")
        why = purpose_of(await form_of(request))
        if why is None:
            return room.go(request, f"/console/asks/{uid}", _WRONG, "warning")
        code = found["dossier"] or ""
        await Disclosing(room.gateway).other(
            _item(uid), orjson.dumps(answer), visitor.name, why, "shown", type=found["type"], subject=code,
            partitionkey=code,
        )  # fmt: skip
        return await _page(room, request, visitor, found, Shown(drawn(room, request, answer), whole=True))

    return router


def _item(uid: UUID) -> str:
    return f"asks/{uid}"


async def _find(room: Room, uid: UUID) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return a question, and the body that is kept of its answer.

    Raises:
        ApiError: there is no such question.
    """

    def look(tx: Transaction) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        found = asks_seeking.one(tx, uid)
        return found, asks_shown.answer(tx, uid) if found and found["answer"] else None

    found, answer = await room.gateway.journal.read(look)
    if found is None:
        raise ApiError(404, "not-found")
    return found, answer


async def _page(
    room: Room, request: Request, visitor: Visitor, found: dict[str, Any], answer: Shown
) -> Response:
    near: list[dict[str, Any]] = []
    if found["dossier"]:
        wanted = Wanted(dossier=found["dossier"], limit=NEAR)
        page = await room.gateway.journal.read(lambda tx: asks_seeking.search(tx, wanted))
        near = [one for one in page.asks if one["ask"] != found["ask"]]
    ended = None if found["took"] is None else found["at"] + found["took"]
    return room.page(
        request, "asks/one.html", ask=found, ended=ended, answer=answer, near=near, keep=_keep(room, found),
        purpose=purposes(room).get(found["purpose"]), here=f"/console/asks/{found['ask']}",
        **shared(words_for(room, request, visitor)), **asking(request),
    )  # fmt: skip


def _keep(room: Room, found: Mapping[str, Any]) -> str:
    """Return what is kept of answers to such a question by the routes in force; empty where nobody says."""
    enquiries = room.desk.enquiries
    kind, to = enquiries.questions.get(found["type"]), enquiries.answering().get(found["system"])
    if kind is None or to is None:
        return ""
    return to.care.ask.keep.get(found["type"], kind.keep)


def drawn(room: Room, request: Request, data: Any) -> Markup:
    """Return a body laid out for a page."""
    language = language_of(request)
    file = room.pages.say(language, _FILE).replace("%(size)s", "%s")
    return shown(orjson.dumps(data).decode(), file, Wording(language).size).lines

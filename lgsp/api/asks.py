"""Questions over HTTP: who asked what, how often, what became of it, and the answers that are kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page, uuid_of
from lgsp.api.disclosures import Wish
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.seeking import moment
from lgsp.callers import Caller
from lgsp.disclosing import Disclosing
from lgsp.enquiry import Ending
from lgsp.journal import asks_seeking, asks_shown
from lgsp.journal.asks_shown import Wanted
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.masking import mask, masked
from lgsp.personal_classes import Leaf
from lgsp.questions import Questions
from lgsp.rights import Right

_BY_WORD = {one.word: one for one in Ending}
_NAMED = ("source", "system", "type", "purpose", "who", "dossier")
_LONGEST = 200
_DAY = 86_400_000_000
_DAYS, _MOST_DAYS = 7, 62
_MICROS = 1_000_000


def asks_router(desk: Desk) -> APIRouter:
    """Return the endpoints."""
    router = APIRouter(responses=READ_RESPONSES, tags=["questions"])
    journal = desk.gateway.journal

    @router.get("/v1/asks", summary="Questions, the newest first")
    async def listed(request: Request) -> Response:
        caller = desk.person(request, Right.LOOK)
        wanted = _wanted(request, caller)
        found = await journal.read(lambda tx: asks_seeking.search(tx, wanted))
        return in_json(
            {
                "asks": [_told(one, caller) for one in found.asks],
                "next": found.older,
                "reached": at(found.reached),
            }
        )

    @router.get("/v1/asks/counts", summary="How often each system was asked, by day and ending")
    async def counts(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        since, until = _days(request.query_params)
        rows = await journal.read(lambda tx: asks_shown.by_day(tx, since, until))
        return in_json({"from": at(since), "to": at(until), "counts": rows})

    @router.get("/v1/asks/{id}", summary="One question, with its answer masked, where that is kept")
    async def one(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        caller = desk.person(request, Right.LOOK)
        found, answer = await journal.read(lambda tx: _found(tx, uuid_of(id)))
        told = _told(found, caller) | {"kept": kept(found)}
        if answer is None:
            return in_json(told)
        if not caller.may(Right.BODIES):
            return in_json(told | {"withheld": True})
        return in_json(
            told | {"answer": masked_answer(desk.enquiries.questions, found, answer), "masked": True}
        )

    @router.post(
        "/v1/asks/{id}/disclose",
        summary="Read a kept answer whole, once, for a purpose; the journal holds it first",
        openapi_extra=asking(Wish),
    )
    async def disclose(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        caller, uid = desk.person(request, Right.PERSONAL), uuid_of(id)
        why = read_body(Wish, await request.body()).purpose_meant()
        found, answer = await journal.read(lambda tx: _found(tx, uid))
        if answer is None:
            raise ApiError(404, "not-found", "nothing is kept of its answer")
        code = found["dossier"] or ""
        named = {"type": found["type"], "subject": code, "partitionkey": code}
        shown = orjson.dumps(answer)
        await Disclosing(desk.gateway).other(f"asks/{uid}", shown, caller.name, why, "shown", **named)
        return in_json(_told(found, caller) | {"answer": answer, "masked": False})

    return router


def _found(tx: Transaction, uid: UUID) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return a question, and what is kept of its answer.

    Raises:
        ApiError: there is no such question.
    """
    found = asks_seeking.one(tx, uid)
    if found is None:
        raise ApiError(404, "not-found")
    return found, asks_shown.answer(tx, uid) if found["answer"] else None


def _wanted(request: Request, caller: Caller) -> Wanted:
    """Return what an address asks for; a citizen's number stands in none, the report is asked for that.

    Raises:
        ApiError: 422, a filter means nothing; 403, officers are looked for by who does not audit.
    """
    given = {name: value.strip() for name, value in request.query_params.items()}
    if given.get("who") and not caller.may(Right.AUDIT):
        raise ApiError(403, "not-yours", Right.AUDIT.value)
    after, limit = page(request)
    if any(len(given.get(name, "")) > _LONGEST for name in _NAMED):
        raise ApiError(422, "invalid", f"a filter has at most {_LONGEST} characters")
    named: dict[str, Any] = {name: given.get(name, "") for name in _NAMED}
    return Wanted(
        **named,
        ending=_ending(given.get("ending", "")),
        slow=_slow(given.get("slow", "")),
        since=moment("from", given.get("from", "")) or 0,
        until=moment("to", given.get("to", ""), ends=True) or 0,
        before=after,
        limit=limit,
    )


def _ending(word: str) -> Ending | None:
    if word and word not in _BY_WORD:
        raise ApiError(422, "invalid", f"ending is one of {', '.join(_BY_WORD)}")
    return _BY_WORD[word] if word else None


def _slow(text: str) -> int:
    """Return the microseconds that an answer took at least."""
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):  # noqa: PLR2004 - ten days
        raise ApiError(422, "invalid", "slow is a whole number of milliseconds")
    return int(text) * 1000


def _days(params: Mapping[str, str]) -> tuple[int, int]:
    """Return from when to when is counted, in microseconds: the last week, unless another time is named.

    Raises:
        ApiError: 422, the times mean nothing, or lie too far apart.
    """
    until = moment("to", params.get("to", ""), ends=True) or int(time.time() * _MICROS) + 1
    since = moment("from", params.get("from", ""))
    since = until - _DAYS * _DAY if since is None else since
    if not 0 <= until - since <= _MOST_DAYS * _DAY:
        raise ApiError(422, "invalid", f"from and to lie at most {_MOST_DAYS} days apart")
    return since, until


def _told(found: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Return a question as it is told; `took` and `age` are in seconds, officers for auditors alone whole."""
    seconds = {name: None if found[name] is None else found[name] / _MICROS for name in ("took", "age")}
    whole = {name: value for name, value in found.items() if name not in ("digest", "answer")}
    who = officer(found["who"], whole=caller.may(Right.AUDIT))
    return whole | seconds | {"at": at(found["at"]), "who": who}


def kept(found: Mapping[str, Any]) -> str:
    """Return what is kept of an answer: its body, its hash, or nothing."""
    return "answer" if found["answer"] else "digest" if found["digest"] else "nothing"


def officer(name: str, *, whole: bool) -> str:
    """Return for whom was asked: initials, unless it is somebody's business who that was."""
    return name if whole or not name else mask(Leaf("", name, "official"))


def masked_answer(questions: Questions, found: Mapping[str, Any], answer: Any) -> Any:
    """Return an answer with its personal data masked; of a type that the home knows no more all of it."""
    kind = questions.get(found["type"])
    known = questions.get(kind.answer) if kind else None
    return masked(answer, known.schema if known else None)

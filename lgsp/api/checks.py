"""Checks over HTTP: what was found of a dossier before it was sent, and what the far sides answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.asks import kept, masked_answer
from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.causes import explain
from lgsp.domain.checks import CHECKS
from lgsp.domain.codes import dossier_code
from lgsp.journal import asks_seeking, asks_shown, checks
from lgsp.journal.checks import Evidence, Result
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.questions import Questions
from lgsp.rights import Right

_LONGEST = 200
_PARAMETERS = [
    {
        "name": "code", "in": "query", "required": True, "schema": {"type": "string", "maxLength": _LONGEST},
        "description": "The code of a dossier, in any of its forms.",
    }
]  # fmt: skip
_TIMES = ("began_at", "told_at", "waived_at")
Seen = tuple[dict[str, Any], dict[str, Any] | None]
"""A question, and what is kept of its answer."""


def checks_router(desk: Desk) -> APIRouter:
    """Return the endpoint."""
    router = APIRouter(responses=READ_RESPONSES, tags=["questions"])

    @router.get(
        "/v1/checks",
        summary="What was found of a dossier before it was sent, the newest first",
        openapi_extra={"parameters": _PARAMETERS},
    )
    async def found(request: Request) -> Response:
        caller = desk.person(request, Right.LOOK)
        code = _code(request.query_params.get("code", "").strip())
        bodies = caller.may(Right.BODIES)
        rows = await desk.gateway.journal.read(lambda tx: _found(tx, code, bodies=bodies))
        questions = desk.enquiries.questions
        return in_json({"code": code, "checks": [_told(one, seen, questions) for one, seen in rows]})

    return router


def _code(text: str) -> str:
    """Return the subject under which a dossier stands.

    Raises:
        ApiError: 422, no code was given.
    """
    if not text or len(text) > _LONGEST or not text.isprintable():
        raise ApiError(422, "invalid", "code is missing: give the code of a dossier")
    known = dossier_code(text)
    return known.normal if known else text


def _found(tx: Transaction, code: str, *, bodies: bool) -> list[tuple[Evidence, Seen | None]]:
    return [(one, _asked(tx, one, bodies=bodies)) for one in checks.of(tx, code)]


def _asked(tx: Transaction, one: Evidence, *, bodies: bool) -> Seen | None:
    """Return the question behind what was found; its answer only for who may read bodies."""
    asked = asks_seeking.one(tx, one.ask) if one.ask else None
    if asked is None or one.ask is None:
        return None
    return asked, asks_shown.answer(tx, one.ask) if bodies and asked["answer"] else None


def _told(one: Evidence, seen: Seen | None, questions: Questions) -> dict[str, Any]:
    """Return what was found as it is told: fields are named, values are not; a kept answer is masked."""
    said, rule = one.as_dict(), CHECKS.get(one.rule)
    times = {name: at(said[name]) for name in _TIMES}
    more = {"asks": rule.asks if rule else "", "compared": list(rule.compared) if rule else []}
    told = said | times | more | {"explanation": _explained(one)}
    return told | _answered(seen, questions) if seen else told


def _explained(one: Evidence) -> Mapping[str, Any] | None:
    """Return why nobody has answered yet, or why the far side will not."""
    if not one.cause or one.result not in {Result.OPEN, Result.REFUSED}:
        return None
    return {lang: explain(one.cause, lang).as_dict() for lang in ("vi", "en")}


def _answered(seen: Seen, questions: Questions) -> dict[str, Any]:
    asked, answer = seen
    told: dict[str, Any] = {"ending": asked["ending"], "asked_at": at(asked["at"]), "kept": kept(asked)}
    if answer is not None:
        return told | {"answer": masked_answer(questions, asked, answer), "masked": True}
    return told | ({"withheld": True} if asked["answer"] else {})

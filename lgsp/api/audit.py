"""The journal's entries and its tamper-evident log over HTTP: searching, checkpoints, proofs, verifying."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page, uuid_of
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.merkle.notes import Key, Note, NoteError, read_key, read_notes
from lgsp.journal import seal_bodies, seal_entries, seal_proving, seal_reading
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import at
from lgsp.journal.seal import place_of
from lgsp.journal.seal_entries import Sought
from lgsp.message import VIETNAM
from lgsp.rights import Right
from lgsp.verifying import BusyError, Verifying, standing

_LONGEST = 200
_CHECKPOINT = {
    "description": "A signed note, in the checkpoint format of transparency logs.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


class Against(BaseModel):
    """What a log is held against.

    Attributes:
        against: checkpoints that were kept elsewhere: the text of one file.
        key: the log's public key that was kept elsewhere, as one word.
    """

    model_config = ConfigDict(extra="forbid")

    against: str = Field("", max_length=1_000_000)
    key: str = Field("", max_length=1000)

    def notes(self) -> list[Note]:
        """Return the checkpoints.

        Raises:
            ApiError: the text holds none.
        """
        try:
            return read_notes(self.against) if self.against.strip() else []
        except NoteError as fault:
            raise ApiError(422, "invalid", str(fault)) from fault

    def keys(self) -> list[Key]:
        """Return the key, if one is given.

        Raises:
            ApiError: it is none.
        """
        try:
            return [read_key(self.key)] if self.key.strip() else []
        except NoteError as fault:
            raise ApiError(422, "invalid", str(fault)) from fault


def audit_router(desk: Desk) -> APIRouter:
    """Return the endpoints for those who look whether all went right."""
    router = APIRouter(responses=READ_RESPONSES, tags=["audit"])
    _add_entries(router, desk)
    _add_log(router, desk)
    _add_proofs(router, desk)
    _add_verifying(router, desk)
    return router


def _add_entries(router: APIRouter, desk: Desk) -> None:
    @router.get("/v1/entries", summary="Search what befell, newest first; no content of messages")
    async def entries(request: Request) -> Response:
        person = desk.person(request, Right.AUDIT)
        sought, (after, limit) = sought_by(request), page(request)
        whole = person.may(Right.BODIES)
        found = await desk.gateway.journal.read(
            lambda tx: seal_entries.search(tx, sought, before=after or None, limit=limit, whole=whole)
        )
        return in_json({"entries": found.entries, "next": found.next, "reached": at(found.reached)})


def sought_by(request: Request) -> Sought:
    """Return which entries a request asks for.

    Raises:
        ApiError: a time is none, or a word is too long.
    """
    asked = request.query_params
    words = {name: asked.get(name, "").strip() for name in ("who", "what", "system", "message")}
    if any(len(word) > _LONGEST or "\0" in word for word in words.values()):
        raise ApiError(422, "invalid", f"who, what, system and message have {_LONGEST} characters at most")
    return Sought(since=_time(asked.get("since")), until=_time(asked.get("until")), **words)


def _time(text: str | None) -> int | None:
    """Return a time in microseconds; without an offset it is Viet Nam time.

    Raises:
        ApiError: it is none.
    """
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
        when = when if when.tzinfo else when.replace(tzinfo=VIETNAM)
        return int(when.timestamp() * 1_000_000)
    except (ValueError, OverflowError) as fault:
        raise ApiError(422, "invalid", "since and until are times such as 2026-01-31T08:30") from fault


def _add_log(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get(
        "/v1/audit", summary="How the tamper-evident log stands, and what its last verification found"
    )
    async def log(request: Request) -> Response:
        desk.person(request, Right.AUDIT)
        return in_json(await journal.read(state_of))

    @router.get("/v1/audit/checkpoint", summary="The newest signed checkpoint", responses={200: _CHECKPOINT})
    async def checkpoint(request: Request) -> Response:
        desk.person(request, Right.AUDIT)
        found = await journal.read(seal_reading.newest)
        if found is None:
            raise ApiError(404, "not-found", "nothing is sealed yet")
        return Response(found.note, media_type="text/plain; charset=utf-8")


def state_of(tx: Transaction) -> dict[str, Any]:
    """Return how the log stands, as JSON is made of."""
    one = seal_reading.standing(tx, place_of(tx))
    return {
        "origin": one.origin,
        "key": one.key,
        "leaves": one.size,
        "sealed_at": at(one.sealed_at),
        "unsealed": {"count": one.unsealed, "more": one.unsealed == one.most, "since": at(one.since)},
        "copies": {"wanted": one.copies, "leaves": one.copied, "behind_since": at(one.behind)},
        "fault": one.fault,
        "verification": standing(tx),
    }


def _add_proofs(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/audit/proof/{of}", summary="Proofs that the log holds an entry, or those of a message")
    async def proof(request: Request, of: str) -> Response:
        desk.person(request, Right.AUDIT)
        return in_json(await proved(desk, of))

    @router.get("/v1/audit/growth/{leaves}", summary="Proof that the log of now begins as it was then")
    async def growth(request: Request, leaves: str) -> Response:
        desk.person(request, Right.AUDIT)
        size = _number(leaves)
        try:
            return in_json(await journal.read(lambda tx: seal_proving.prove_growth(tx, size)))
        except seal_proving.NotSealedError as fault:
            raise ApiError(404, "not-found", str(fault)) from fault

    @router.get("/v1/audit/bodies/{message}", summary="Whether bodies are still those that entries name")
    async def bodies(request: Request, message: str) -> Response:
        desk.person(request, Right.AUDIT)
        number = uuid_of(message)
        found = await journal.read(lambda tx: seal_bodies.revisions(tx, number))
        if not found:
            raise ApiError(404, "not-found", "there is no such message")
        told = [one._asdict() | {"message": str(one.message), "at": at(one.at)} for one in found]
        return in_json({"revisions": told})


async def proved(desk: Desk, of: str) -> dict[str, Any]:
    """Return proofs of an entry by its number, or of all entries of a message by its id.

    Raises:
        ApiError: there is none, or it is not sealed yet.
    """

    def look(tx: Transaction) -> dict[str, Any]:
        numbers = [_number(of)] if of.isdecimal() else seal_proving.entries_of(tx, uuid_of(of))
        if not numbers:
            raise ApiError(404, "not-found", "there is no such message")
        return seal_proving.prove(tx, numbers)

    try:
        return await desk.gateway.journal.read(look)
    except seal_proving.NotSealedError as fault:
        raise ApiError(404, "not-found", str(fault)) from fault


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:  # noqa: PLR2004 - what 63 bits hold
        raise ApiError(404, "not-found", "give a number")
    return int(text)


def _add_verifying(router: APIRouter, desk: Desk) -> None:
    verifying = Verifying(desk.gateway.journal)

    @router.post(
        "/v1/audit/verifications",
        summary="Verify the whole log, beside what goes on",
        openapi_extra=asking(Against),
        status_code=202,
    )
    async def begin(request: Request) -> Response:
        person = desk.person(request, Right.AUDIT)
        asked = read_body(Against, await request.body() or b"{}")
        try:
            told = await verifying.begin(person.name, asked.notes(), asked.keys())
        except BusyError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        response = in_json(told)
        response.status_code = 202
        return response

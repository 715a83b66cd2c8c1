"""`POST /v1/status`: how a dossier stands, for whoever holds its receipt; and the receipts' secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.ask import refusal
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.gate import allowed
from lgsp.api.problems import ApiError
from lgsp.api.shelf import SystemCatalogue
from lgsp.bounds import READ
from lgsp.domain.codes import FORMS
from lgsp.domain.dossier import BY_NUMBER
from lgsp.domain.receipts import fits, well_typed
from lgsp.errors import Throttled
from lgsp.journal import receipts
from lgsp.journal.dossiers import Row, Step
from lgsp.journal.dossiers_cases import PROCEDURE
from lgsp.journal.reading import at
from lgsp.message import VIETNAM
from lgsp.throttling import Throttle

_NEVER_KEPT = {"Cache-Control": "no-store"}
_WRONG = "no dossier has this code and this receipt"


class Shown(BaseModel):
    """What the holder of a receipt types.

    Attributes:
        code: of the dossier, as it stands on the receipt.
        secret: of the receipt; capitals, hyphens and the like do not matter.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str = Field(min_length=1, max_length=100)
    secret: str = Field(min_length=1, max_length=40, repr=False)


class Patience(NamedTuple):
    """How often may be tried: by an address at all, by one that guesses, and with one code.

    A hall of kiosks has one address; so only what is wrong fills the narrow ones.
    """

    asked: Throttle
    guessed: Throttle
    code: Throttle


def patience() -> Patience:
    """Return the measures of a process."""
    return Patience(Throttle(10.0, 60), Throttle(0.2, 20), Throttle(1 / 30, 10))


RESPONSES: dict[int | str, dict[str, Any]] = {
    401: refusal("Never: nobody needs a credential here."),
    404: refusal("No dossier has this code and this receipt; which of both is wrong is not told."),
    422: refusal("The secret was mistyped: its check characters do not fit."),
    429: refusal("Tried too often from this address, or with this code; see Retry-After."),
}
_OF_RECEIPTS: dict[int | str, dict[str, Any]] = READ_RESPONSES | {
    404: refusal("The system brought no such dossier.")
}


def status_router(desk: Desk, tried: Patience | None = None) -> APIRouter:
    """Return the endpoints."""
    router, tried = APIRouter(tags=["status"]), tried or patience()

    @router.post(
        "/v1/status",
        summary="How a dossier stands, by its code and the secret of its receipt",
        responses=RESPONSES,
        openapi_extra=asking(Shown),
    )
    async def status(request: Request) -> Response:
        shown = read_body(Shown, await request.body())
        address, key = desk.door.address(request.scope), _normal(shown.code)
        _let_try(tried, address, key)
        if not well_typed(shown.secret):
            raise ApiError(422, "receipt-mistyped")
        tried.code.count(key)
        known = await desk.gateway.journal.read(lambda tx: receipts.known(tx, key))
        # whether there is such a dossier is looked at last, and takes no other way through
        if not fits(known.key, key, shown.secret) or known.row is None:
            raise ApiError(404, "not-found", _WRONG)
        tried.guessed.take_back(address)
        tried.code.take_back(key)
        answer = in_json(await _told(desk, known.row, known.steps))
        answer.headers.update(_NEVER_KEPT)
        return answer

    @router.get(
        "/v1/systems/{system}/receipts/{code}",
        summary="The secret of the receipt of a dossier that the system brought",
        responses=_OF_RECEIPTS,
    )
    async def receipt(request: Request, system: str, code: str) -> Response:
        name = desk.system(request, system).name
        allowed(name, READ)
        key = _normal(code)
        secret = await desk.gateway.journal.write(lambda tx: receipts.secret(tx, name, key))
        if secret is None:
            raise ApiError(404, "not-found")
        answer = in_json({"code": key, "secret": secret})
        answer.headers.update(_NEVER_KEPT)
        return answer

    return router


def _let_try(tried: Patience, address: str, code: str) -> None:
    """Let somebody try; it counts as a guess until it is known to be none: many may come at one moment.

    Raises:
        Throttled: it was tried too often.
    """
    wait = max(tried.guessed.wait(address), tried.code.wait(code)) or tried.asked.take(address)
    if wait:
        raise Throttled(wait)
    tried.guessed.count(address)


def _normal(code: str) -> str:
    text = code.strip().upper()
    return FORMS["dossier-code"](text) or (text if text.isprintable() else "?")


async def _told(desk: Desk, row: Row, steps: list[Step]) -> dict[str, Any]:
    """Return how a dossier stands: where, since when, until when; nothing of the person."""
    today = datetime.now(VIETNAM).date()
    agency = desk.gateway.agencies.resolve(row.agency, today) if row.agency else None
    known = agency.fact if agency is not None and agency.known else None
    procedure = await _procedure(desk, row.procedure) if row.procedure else {}
    return {
        "code": row.key,
        "status": _status(row, steps),
        "agency": {"code": row.agency, "name": known.name if known else ""},
        "procedure": {"code": row.procedure, "name": procedure.get("name") or ""},
        "received": at(row.received),
        "due": at(row.due),
        "finished": at(row.finished),
        "returned": at(row.returned),
        "known_since": at(max([row.known_from, *(one.known_from for one in steps)])),
    }


async def _procedure(desk: Desk, code: str) -> Mapping[str, Any]:
    return await SystemCatalogue(desk.gateway).item(PROCEDURE, code) or {}


def _status(row: Row, steps: list[Step]) -> dict[str, Any]:
    """Return the status that was told last: in the dossier itself, or by a step of its progress."""
    later = [one for one in steps if one.status and one.known_from > row.known_from]
    number = max(later, key=lambda one: (one.at, one.message_id)).status if later else row.status
    status = BY_NUMBER.get(number)
    return {"number": number, "word": status.word if status else "", "title": status.vi if status else ""}

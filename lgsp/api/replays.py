"""Bulk replays over HTTP: what one would do, starting it, watching it, pausing and calling it off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.callers import Caller
from lgsp.domain.codes import agency_code, under
from lgsp.journal import replaying
from lgsp.journal.contract import WrongStateError
from lgsp.journal.replaying import Order, Selection, TokenTakenError
from lgsp.rights import Right

_SUMMARIES = {
    "pause": "Stop a bulk replay for a while",
    "resume": "Let a bulk replay go on",
    "cancel": "Call a bulk replay off; what it brought back goes on",
}
_Number = Annotated[int, Path(ge=1, le=2**62)]
_Word = Annotated[str, Field(min_length=1, max_length=200)]


class Replay(BaseModel):
    """Which of the dead are meant, and what starting needs.

    Attributes:
        since: died at this time or later.
        until: died before this time.
        preview: tell what it would do, and start nothing.
        token: made by the caller, needed for starting: asked again with it, nothing is started twice.
        reason: needed for starting; it stands in the journal.
        rate: so many a second at most.
    """

    model_config = ConfigDict(extra="forbid")

    system: _Word
    cause: _Word | None = None
    type: _Word | None = None
    agency: _Word | None = None
    state: list[Literal["refused", "exhausted", "expired"]] = []
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    preview: bool = False
    token: str = Field("", max_length=100)
    reason: str = Field("", max_length=500)
    rate: int = Field(20, ge=1, le=1000)

    def selection(self) -> Selection:
        """Return the filter as the journal has it."""
        since, until = (_micros(moment) for moment in (self.since, self.until))
        return Selection(
            self.system, self.cause, self.type, self.agency, sorted(set(self.state)), since, until
        )


def _micros(moment: AwareDatetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000_000)


def replays_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators replay in bulk."""
    router = APIRouter(responses=READ_RESPONSES, tags=["replays"])
    _add_asking(router, desk)
    _add_watching(router, desk)
    for name, summary in _SUMMARIES.items():
        path = f"/v1/replays/{{id}}/{name}"
        router.add_api_route(path, _acting(desk, name), methods=["POST"], summary=summary)
    return router


def _add_asking(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/replays",
        summary="Replay the dead that fit a filter, or see first what that would do",
        responses={201: {"description": "It was started."}},
        openapi_extra=asking(Replay),
    )
    async def ask(request: Request) -> Response:
        person, asked = desk.person(request, Right.ACT, within=True), read_body(Replay, await request.body())
        who = person.name
        if not _within(desk, person, asked.system, asked.agency or ""):
            raise ApiError(403, "beyond-your-limits", "name a system, and an agency, within your limits")
        if asked.system not in desk.gateway.counterparts:
            raise ApiError(404, "not-found", f"there is no system {asked.system}")
        return await (_preview(desk, asked) if asked.preview else _start(desk, asked, who))


async def _preview(desk: Desk, asked: Replay) -> Response:
    selection = asked.selection()
    return in_json(await desk.gateway.journal.read(lambda tx: replaying.preview(tx, selection)))


async def _start(desk: Desk, asked: Replay, who: str) -> Response:
    if not asked.token.strip() or not asked.reason.strip():
        raise ApiError(422, "invalid", "starting a replay needs a token of your own making, and a reason")
    selection, order = asked.selection(), Order(asked.token, who, asked.reason.strip(), asked.rate)
    try:
        replay, new = await desk.gateway.journal.write(lambda tx: replaying.ask(tx, selection, order))
    except TokenTakenError as fault:
        raise ApiError(409, "conflict", str(fault)) from fault
    return in_json(replay, 201 if new else 200)


def _add_watching(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/replays", summary="Bulk replays and how far they are, newest first")
    async def replays(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        after, limit = page(request)
        return in_json(await journal.read(lambda tx: replaying.listed(tx, after=after, limit=limit)))

    @router.get("/v1/replays/{id}", summary="One bulk replay and how far it is")
    async def replay(request: Request, id: _Number) -> Response:  # noqa: A002 - the word of the path
        person = desk.person(request, Right.LOOK, within=True)
        return _found(await _of(desk, person, id))


def _acting(desk: Desk, act: str) -> Callable[..., Any]:
    async def endpoint(request: Request, id: _Number) -> Response:  # noqa: A002 - the word of the path
        person, reason = desk.person(request, Right.ACT, within=True), request.query_params.get("reason", "")
        who = person.name
        if await _of(desk, person, id) is None:
            raise ApiError(404, "not-found")
        try:
            moved = await desk.gateway.journal.write(lambda tx: replaying.move(tx, id, act, who, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return _found(moved)

    return endpoint


def _within(desk: Desk, person: Caller, system: str, agency: str) -> bool:
    """Tell whether all that goes to a system, of an agency or of all, is within a person's limits.

    A route is one of several to a system, so that limits to routes leave no bulk replay.
    """
    sight = desk.sight(person)
    theirs = sight.systems is None or system in sight.systems
    whose = not sight.agencies or any(under(agency_code(agency) or "", one) for one in sight.agencies)
    return theirs and whose and sight.paths is None


async def _of(desk: Desk, person: Caller, number: int) -> dict[str, Any] | None:
    """Return a replay, if it is within a person's limits."""
    found = await desk.gateway.journal.read(lambda tx: replaying.find(tx, number))
    wanted = found["filter"] if found is not None else {}
    return found if wanted and _within(desk, person, wanted["system"], wanted["agency"] or "") else None


def _found(replay: object) -> Response:
    if replay is None:
        raise ApiError(404, "not-found")
    return in_json(replay)

"""Taking over from an older connection over HTTP: adopting what a system holds, and cutting over."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.adopting import MOST, Adoption, told
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.handovers_judging import add_judging
from lgsp.api.problems import ApiError, problems
from lgsp.cut_over import foresee, foresee_asking
from lgsp.errors import Rejected
from lgsp.journal import handovers
from lgsp.journal.contract import Part, WrongStateError
from lgsp.journal.handovers import CARRIED_OUT, CODES, CUT_OVER, ITEMS, Order, StalePartError
from lgsp.journal.reading import at
from lgsp.message import Kind
from lgsp.rights import Right

_SUMMARIES = {
    "pause": "Stop an adoption or a cut-over for a while",
    "resume": "Let it go on",
    "cancel": "Call it off; what was adopted or judged stays so",
    "end": "Say that a file was brought to its end",
}
_Number = Annotated[int, Path(ge=1, le=2**62)]
_Word = Annotated[str, Field(min_length=1, max_length=200)]
_Place = Annotated[int, Field(ge=0, le=2**53)]


class Handover(BaseModel):
    """What is ordered.

    Attributes:
        what: `codes` and `items` are brought in parts, `query` asks the system for all that the journal
            knows, `cut-over` brings to life what an older connection did not tell.
        type: of the subjects.
        source: of `items`: who would have told them.
        token: made by the caller: asked again with it, nothing is begun twice.
        rate: so many questions a second at most.
    """

    model_config = ConfigDict(extra="forbid")

    what: Literal["codes", "items", "query", "cut-over"]
    system: _Word
    type: _Word = "dossier.v1"
    source: str = Field("", max_length=200)
    token: str = Field("", max_length=200)
    reason: str = Field("", max_length=500)
    rate: int = Field(20, ge=1, le=1000)
    preview: bool = False

    @property
    def wanted(self) -> dict[str, str]:
        """Return of what, as the journal keeps it."""
        if self.what == CUT_OVER:
            return {}
        return {"source": self.source} if self.what == ITEMS else {"type": self.type}


class Codes(BaseModel):
    """A part of a list of codes: lines [begins, ends) of the file, those with a code, each numbered."""

    model_config = ConfigDict(extra="forbid")

    begins: _Place = 0
    ends: _Place = 0
    codes: list[tuple[int, Annotated[str, Field(max_length=1000)]]] = Field(max_length=MOST)


def handovers_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators adopt and cut over."""
    router = APIRouter(responses=READ_RESPONSES, tags=["handovers"])
    _add_ordering(router, desk)
    _add_parts(router, desk)
    add_judging(router, desk)
    _add_watching(router, desk)
    for act, summary in _SUMMARIES.items():
        router.add_api_route(
            f"/v1/handovers/{{id}}/{act}", _acting(desk, act), methods=["POST"], summary=summary
        )
    return router


def _add_ordering(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/handovers",
        summary="Begin an adoption or a cut-over, or see first what it would do",
        responses={201: {"description": "It was begun."}},
        openapi_extra=asking(Handover),
    )
    async def order(request: Request) -> Response:
        who, asked = desk.person(request, Right.ACT).name, read_body(Handover, await request.body())
        _check(desk, asked)
        if asked.preview:
            return in_json(await _preview(desk, asked))
        if not asked.token.strip() or not asked.reason.strip():
            raise ApiError(422, "invalid", "it needs a token of your own making, and a reason")
        made = Order(
            asked.token, asked.what, asked.system, who, asked.reason.strip(), asked.wanted, asked.rate
        )
        try:
            found, new = await desk.gateway.journal.write(lambda tx: handovers.ask(tx, made))
        except WrongStateError as fault:
            raise ApiError(409, "conflict", str(fault)) from fault
        return in_json(found, 201 if new else 200)


def _check(desk: Desk, asked: Handover) -> None:
    known, types = desk.gateway.counterparts, desk.gateway.types
    if asked.system not in known:
        raise ApiError(404, "not-found", f"there is no system {asked.system}")
    if asked.what == ITEMS and asked.source not in known:
        raise ApiError(422, "invalid", "source: name the system that would have told these items")
    if asked.what != ITEMS and (asked.type not in types or types[asked.type].kind is Kind.EVENT):
        raise ApiError(422, "invalid", f"type: {asked.type} is no type of subjects; one of {types.names()}")


async def _preview(desk: Desk, asked: Handover) -> dict[str, Any]:
    """Return how much there is to do at most, and in how many seconds at least.

    Raises:
        ApiError: it is a file, of which only its parts tell.
    """
    if asked.what not in CARRIED_OUT:
        raise ApiError(422, "invalid", f"preview: bring a file part by part to /v1/handovers/{asked.what}")
    if asked.what != CUT_OVER:
        found = await foresee_asking(desk.gateway, asked.system, asked.type)
        told = {"subjects": found.subjects, "known": found.subjects - found.asked, "asked": found.asked}
        return told | {"seconds": ceil(found.asked / asked.rate)}
    gap = await foresee(desk.gateway, asked.system)
    return {
        "lines": gap.lines,
        "live": gap.live,
        "still_shadow": gap.lines - gap.live,
        "agencies": [{"agency": code, "count": count} for code, count in gap.agencies.most_common()],
        "due": None if gap.due is None else at(gap.due),
        "seconds": ceil(gap.live / asked.rate),
    }


def _add_parts(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/handovers/codes",
        summary="See what a part of a list of codes would do; nothing is written",
        openapi_extra=asking(Codes),
    )
    async def preview_codes(request: Request) -> Response:
        desk.person(request, Right.ACT)
        query = request.query_params
        said = {"system": query.get("system") or "?", "type": query.get("type") or "dossier.v1"}
        asked = Handover.model_validate({"what": CODES} | said)
        _check(desk, asked)
        listed = read_body(Codes, await request.body()).codes
        adopted = await Adoption(desk.gateway, asked.system).codes(asked.type, listed, None)
        return in_json(told(adopted, None))

    @router.post(
        "/v1/handovers/items", summary="See what a part of a file of items would do; nothing is written"
    )
    async def preview_items(request: Request) -> Response:
        desk.person(request, Right.ACT)
        query = request.query_params
        said = {"system": query.get("system") or "?", "source": query.get("source", "")}
        asked = Handover.model_validate({"what": ITEMS} | said)
        _check(desk, asked)
        return await _items(desk, asked.system, asked.source, await request.body(), None, _begins(request))

    @router.post(
        "/v1/handovers/{id}/codes",
        summary="Bring a part of a list of codes",
        openapi_extra=asking(Codes),
    )
    async def codes(request: Request, id: _Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.ACT)
        held = await _held(desk, id, CODES)
        said = read_body(Codes, await request.body())
        part = Part(id, said.begins, said.ends)
        adoption = Adoption(desk.gateway, held["system"])
        try:
            adopted = await adoption.codes(held["wanted"]["type"], said.codes, part)
        except (StalePartError, WrongStateError) as fault:
            raise _refused(fault) from fault
        return in_json(told(adopted, said.ends))

    @router.post(
        "/v1/handovers/{id}/items",
        summary="Bring a part of a file of items in the source's own form; `begins` is the first",
    )
    async def items(request: Request, id: _Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.ACT)
        held = await _held(desk, id, ITEMS)
        begins, body = _begins(request), await request.body()
        part = Part(id, begins, begins + _count(request))
        return await _items(desk, held["system"], held["wanted"]["source"], body, part, begins)


async def _items(  # noqa: PLR0913, PLR0917 - what is brought, and where it stands
    desk: Desk, system: str, source: str, body: bytes, part: Part | None, begins: int
) -> Response:
    try:
        adopted = await Adoption(desk.gateway, system).items(source, body, part, begins)
    except (StalePartError, WrongStateError) as fault:
        raise _refused(fault) from fault
    except Rejected as reason:
        raise ApiError(
            422, "invalid", "nothing of it can be read", problems=problems(reason.problems)
        ) from reason
    return in_json(told(adopted, part.ends if part else None))


def _begins(request: Request) -> int:
    return _whole(request, "begins")


def _count(request: Request) -> int:
    return _whole(request, "count")


def _whole(request: Request, name: str) -> int:
    text = request.query_params.get(name, "0")
    if not text.isdecimal() or len(text) > 15:  # noqa: PLR2004 - no file has more
        raise ApiError(422, "invalid", f"{name} is a whole number")
    return int(text)


def _refused(fault: StalePartError | WrongStateError) -> ApiError:
    more = {"place": fault.place} if isinstance(fault, StalePartError) else {}
    return ApiError(409, "wrong-state", str(fault), **more)


async def _held(desk: Desk, number: int, what: str) -> dict[str, Any]:
    held = await desk.gateway.journal.read(lambda tx: handovers.find(tx, number))
    if held is None or held["what"] != what:
        raise ApiError(404, "not-found")
    return held


def _add_watching(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/handovers", summary="Adoptions and cut-overs and how far they are, newest first")
    async def listed(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        after, limit = page(request)
        return in_json(await journal.read(lambda tx: handovers.listed(tx, after=after, limit=limit)))

    @router.get("/v1/handovers/{id}", summary="One adoption or cut-over and how far it is")
    async def one(request: Request, id: _Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.LOOK)
        return _found(await journal.read(lambda tx: handovers.find(tx, id)))


def _acting(desk: Desk, act: str) -> Callable[..., Any]:
    async def endpoint(request: Request, id: _Number) -> Response:  # noqa: A002 - the word of the path
        who, reason = desk.person(request, Right.ACT).name, request.query_params.get("reason", "")
        try:
            moved = await desk.gateway.journal.write(lambda tx: handovers.move(tx, id, act, who, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return _found(moved)

    return endpoint


def _found(handover: object) -> Response:
    if handover is None:
        raise ApiError(404, "not-found")
    return in_json(handover)

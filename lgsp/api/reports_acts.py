"""What people do with reports over HTTP: drawing up, typing in, signing off, correcting, other ways."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.reports import Number, micros, period_of, told
from lgsp.reporting.asking import Elsewhere, Order, Signature, Why
from lgsp.reporting.book import Book
from lgsp.reporting.drawing import Typed
from lgsp.rights import Right

_Word = Annotated[str, Field(min_length=1, max_length=200)]
_Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class Drawing(BaseModel):
    """What is to be drawn up.

    Attributes:
        period: its label with the scheme, `government/1:202403`.
        known_at: figures as they were known then; left out: at the cut-off.
    """

    model_config = ConfigDict(extra="forbid")

    regime: _Word
    form: _Word
    agency: _Word
    period: _Word
    known_at: AwareDatetime | None = None


class SplitSaid(BaseModel):
    """One breakdown of a figure, and the member that it is of."""

    model_config = ConfigDict(extra="forbid")

    breakdown: _Word
    member: _Word


class FigureSaid(BaseModel):
    """A figure as a person types it.

    Attributes:
        value: an exact number as text, with a point; null where it is not given, which is never 0.
        agency: of the unit it is of; left out: the reporting agency.
        taken_back: what was counted stands again.
    """

    model_config = ConfigDict(extra="forbid")

    indicator: _Word
    value: Annotated[str, Field(pattern=r"^-?[0-9]{1,30}(\.[0-9]{1,12})?$")] | None = None
    agency: str = Field("", max_length=200)
    split: list[SplitSaid] = Field(default=[], max_length=10)
    taken_back: bool = False


class Typing(BaseModel):
    """Figures that are typed into a draft."""

    model_config = ConfigDict(extra="forbid")

    figures: list[FigureSaid] = Field(min_length=1, max_length=5000)


class Signing(BaseModel):
    """A signature.

    Attributes:
        token: made by the caller: asked again with it, nothing is signed or sent twice.
        agreed: why contradictions stand all the same; it goes with the report.
        send: false where it goes by another way only, which is noted afterwards.
    """

    model_config = ConfigDict(extra="forbid")

    token: str = Field(min_length=1, max_length=100)
    agreed: str = Field("", max_length=1000)
    send: bool = True


class Reopening(BaseModel):
    """Why a signature is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: _Reason


class Correcting(BaseModel):
    """Why a signed report is corrected; `known_at`: figures as they were known then, left out: now."""

    model_config = ConfigDict(extra="forbid")

    reason: _Reason
    known_at: AwareDatetime | None = None


class WentElsewhere(BaseModel):
    """That a report went by another way: as an official document, or otherwise.

    Attributes:
        at: when it went.
        reason: why, and by which paper.
    """

    model_config = ConfigDict(extra="forbid")

    channel: Literal["document", "other"]
    at: AwareDatetime
    reason: _Reason


def report_acts_router(desk: Desk) -> APIRouter:
    """Return the endpoints that write into the book."""
    router = APIRouter(responses=READ_RESPONSES, tags=["reports"])
    book = Book(desk.gateway)
    _add_drawing(router, desk, book)
    _add_signing(router, desk, book)
    _add_correcting(router, desk, book)
    return router


def _add_drawing(router: APIRouter, desk: Desk, book: Book) -> None:
    @router.post(
        "/v1/reports",
        summary="Draw a report up: counted as known at the cut-off; a draft that is there is counted anew",
        responses={201: {"description": "It was drawn up."}},
        openapi_extra=asking(Drawing),
    )
    async def draw(request: Request) -> Response:
        who, said = desk.person(request, Right.ACT).name, read_body(Drawing, await request.body())
        period = period_of(said.period)
        order = Order(said.regime, said.form, said.agency, period, micros(said.known_at))
        report, new = await told(book.draft(order, who))
        return in_json(report, 201 if new else 200)

    async def type_in(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, said = desk.person(request, Right.ACT).name, read_body(Typing, await request.body())
        figures = [_typed(one) for one in said.figures]
        return in_json(await told(book.type_in(id, figures, who)))

    for path, method, summary in (
        ("/v1/reports/{id:int}", "PATCH", "Type figures into a draft; what follows from them follows"),
        ("/v1/reports/{id:int}/figures", "POST", "The same, for clients that cannot say PATCH"),
    ):
        router.add_api_route(path, type_in, methods=[method], summary=summary, openapi_extra=asking(Typing))


def _typed(said: FigureSaid) -> Typed:
    split = tuple(sorted((one.breakdown, one.member) for one in said.split))
    return Typed(said.indicator, said.value, said.agency, split, said.taken_back)


def _add_signing(router: APIRouter, desk: Desk, book: Book) -> None:
    @router.post(
        "/v1/reports/{id:int}/sign",
        summary="Sign a draft off: it is fixed, and goes by the routes like everything",
        openapi_extra=asking(Signing),
    )
    async def sign(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, said = desk.person(request, Right.ACT).name, read_body(Signing, await request.body())
        return in_json(await told(book.sign(id, Signature(who, said.token, said.agreed, said.send))))

    @router.post(
        "/v1/reports/{id:int}/reopen",
        summary="Take a signature back before the report went",
        openapi_extra=asking(Reopening),
    )
    async def reopen(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, said = desk.person(request, Right.ACT).name, read_body(Reopening, await request.body())
        return in_json(await told(book.reopen(id, Why(who, said.reason))))


def _add_correcting(router: APIRouter, desk: Desk, book: Book) -> None:
    @router.post(
        "/v1/reports/{id:int}/correct",
        summary="Draw up the next version of a signed report, with its reason",
        responses={201: {"description": "The next version is a draft."}},
        openapi_extra=asking(Correcting),
    )
    async def correct(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, said = desk.person(request, Right.ACT).name, read_body(Correcting, await request.body())
        return in_json(await told(book.correct(id, Why(who, said.reason), micros(said.known_at))), 201)

    @router.post(
        "/v1/reports/{id:int}/elsewhere",
        summary="Note that a signed report went by another way than the system",
        openapi_extra=asking(WentElsewhere),
    )
    async def elsewhere(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, said = desk.person(request, Right.ACT).name, read_body(WentElsewhere, await request.body())
        way = Elsewhere(said.channel, micros(said.at) or 0, said.reason)
        return in_json(await told(book.elsewhere(id, way, who)))

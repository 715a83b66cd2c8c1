"""The book of reports over HTTP: what is there, what is due, how it came about, and how it differs."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError, problems, status_of
from lgsp.domain.codes import agency_code
from lgsp.domain.reports.defined import Definitions
from lgsp.domain.reports.periods import SCHEMES, Period, read_label
from lgsp.domain.reports.regimes import STATES
from lgsp.errors import ConfigError, Rejected
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reports import Wanted
from lgsp.reporting.asking import ContradictoryError, NoReportError, UnusableError
from lgsp.reporting.book import Book
from lgsp.reporting.definitions import load
from lgsp.reporting.owing import LONGEST, Looked
from lgsp.rights import Right

T = TypeVar("T")
Number = Annotated[int, Path(ge=1, le=2**62)]


def reports_router(desk: Desk) -> APIRouter:
    """Return the endpoints that look into the book."""
    router = APIRouter(responses=READ_RESPONSES, tags=["reports"])
    book = Book(desk.gateway)
    _add_lists(router, desk, book)
    _add_one(router, desk, book)
    return router


def _add_lists(router: APIRouter, desk: Desk, book: Book) -> None:
    @router.get(
        "/v1/reports", summary="Reports, newest first; by state, regime, form, agency, period, overdue"
    )
    async def listing(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        wanted, overdue = _wanted(request), request.query_params.get("overdue", "") in {"1", "true", "yes"}
        return in_json(await told(book.listing(wanted, overdue=overdue)))

    @router.get("/v1/reports/due", summary="Reports that are due, overdue, or soon to be")
    async def due(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        looked = _looked(request)
        return in_json({"due": await told(book.due(looked))})

    @router.get("/v1/reports/forms", summary="What may be reported: regimes, forms and their indicators")
    async def forms(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        return in_json(await told(_defined()))


def _add_one(router: APIRouter, desk: Desk, book: Book) -> None:
    @router.get("/v1/reports/{id:int}", summary="One version of a report with its figures and findings")
    async def one(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.BODIES)
        return in_json(await told(book.show(id)))

    @router.get("/v1/reports/{id:int}/versions", summary="All versions of a report, and what each changed")
    async def versions(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.BODIES)
        return in_json({"versions": await told(book.versions(id))})

    @router.get("/v1/reports/{id:int}/compare", summary="How it differs from what is known now, or a version")
    async def compare(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.BODIES)
        other = request.query_params.get("with", "now")
        return in_json(await told(book.compare(id, None if other == "now" else _number("with", other))))

    @router.get("/v1/reports/{id:int}/derivation", summary="Where a figure comes from, down to the dossiers")
    async def derivation(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.BODIES)
        said = request.query_params
        limit = _number("limit", said.get("limit", "100"))
        asked = {"agency": said.get("agency", ""), "after": said.get("after", ""), "limit": min(limit, 1000)}
        return in_json(await told(book.derivation(id, said.get("indicator", ""), **asked)))


async def told(work: Awaitable[T]) -> T:
    """Wait for what the book does, and turn what it cannot do into what HTTP says.

    Raises:
        ApiError: it could not be done.
    """
    try:
        return await work
    except NoReportError as fault:
        raise ApiError(404, "not-found", str(fault)) from fault
    except UnusableError as fault:
        raise ApiError(422, "invalid", str(fault)) from fault
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    except ContradictoryError as fault:
        raise ApiError(409, "report-contradicts", str(fault), findings=fault.findings) from fault
    except Rejected as fault:
        raise ApiError(status_of(fault), fault.code, str(fault), problems=problems(fault.problems)) from fault
    except ConfigError as fault:
        raise ApiError(503, "home-faulty", "; ".join(fault.faults)) from fault


async def _defined() -> dict[str, Any]:
    return defined(load())


def defined(known: Definitions) -> dict[str, Any]:
    """Return what may be reported, as JSON has it."""
    return {
        "regimes": [
            {
                **{name: getattr(one, name) for name in ("code", "name", "en", "basis", "scheme", "window")},
                "occasion": one.occasion.value,
                "kinds": [kind.value for kind in one.kinds],
                "forms": [form.code for form in one.forms],
                "system": one.system,
                "agencies": list(one.agencies),
            }
            for one in known.regimes.values()
        ],
        "forms": [
            {
                **{name: getattr(one, name) for name in ("code", "name", "en", "invariants")},
                "regime": getattr(known.regime_of(one.code), "code", ""),
                "indicators": [_indicator(known.indicators[code]) for code in one.indicators],
            }
            for one in known.forms.values()
        ],
        "states": [{"state": one.name, "vi": one.vi, "en": one.en} for one in STATES.values()],
        "schemes": list(SCHEMES),
    }


def _indicator(one: Any) -> dict[str, Any]:
    names = ("code", "name", "en", "unit", "formula", "decimals", "figure", "group")
    rules = [{"code": rule.code, "rule": rule.rule, "vi": rule.vi, "en": rule.en} for rule in one.rules]
    return {name: getattr(one, name) for name in names} | {
        "rules": rules,
        "breakdowns": list(one.breakdowns),
    }


def period_of(label: str) -> Period:
    """Return a period by its label.

    Raises:
        ApiError: it is none.
    """
    try:
        return read_label(label)
    except ValueError as fault:
        raise ApiError(422, "invalid", f"period: {fault}") from None


def micros(when: datetime | None) -> int | None:
    """Return a time in microseconds."""
    return None if when is None else int(when.timestamp() * 1_000_000)


def _wanted(request: Request) -> Wanted:
    said = request.query_params
    after, limit = page(request)
    states = tuple(one for one in said.get("state", "").split(",") if one)
    unknown = [one for one in states if one not in STATES]
    if unknown:
        raise ApiError(422, "invalid", f"state: {unknown[0]!r} is none of {', '.join(STATES)}")
    if said.get("overdue", "") in {"1", "true", "yes"} and not states:
        states = ("draft", "signed")
    label = period_of(said["period"]).label if said.get("period") else ""
    return Wanted(
        states, said.get("regime", ""), said.get("form", ""), _agency(said.get("agency", "")), label,
        said.get("code", ""), after, limit,
    )  # fmt: skip


def _looked(request: Request) -> Looked:
    said = request.query_params
    back = _number("back", said.get("back", "92"))
    if back > LONGEST:
        raise ApiError(422, "invalid", f"back: is a number of days up to {LONGEST}")
    return Looked(
        back, said.get("regime", ""), _agency(said.get("agency", "")), said.get("all", "") in {"1", "true"}
    )


def _agency(text: str) -> str:
    code = agency_code(text) if text else ""
    if code is None:
        raise ApiError(422, "invalid", f"agency: {text!r} is no agency code; write it as H44 or H44.11")
    return code


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 2**62:
        raise ApiError(422, "invalid", f"{name}: is a whole number above 0")
    return int(text)

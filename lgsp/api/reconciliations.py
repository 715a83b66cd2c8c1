"""Reconciliations over HTTP: starting one, bringing it a source's list, watching, pausing, calling it off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lgsp.adapter import Holding
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.api.reconciliations_counted import Count, counted
from lgsp.domain.codes import agency_code
from lgsp.journal import dossiers
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.reconciliations import COMPARING, Order, Scope, TokenTakenError
from lgsp.journal.reconciliations_counted import lay
from lgsp.journal.reconciliations_counted import shown as counted_beside
from lgsp.journal.reconciliations_sides import DOSSIER
from lgsp.reconciling import uploading
from lgsp.reconciling.listing import within
from lgsp.reconciling.starting import phase_of
from lgsp.rights import Right
from lgsp.words import both

Number = Annotated[int, Path(ge=1, le=2**62)]
_Word = Annotated[str, Field(max_length=200)]
_SUMMARIES = {
    "pause": "Stop a reconciliation for a while",
    "resume": "Let a reconciliation go on",
    "cancel": "Call a reconciliation off; what it found stays",
}


class Asked(BaseModel):
    """What is to be reconciled; the period is that in which the dossiers were received.

    Attributes:
        source: the system that tells of the dossiers; needed where more than one does.
        system: the far one; needed where dossiers go to more than one.
        agency: with all that lies under it; empty is all.
        since: received at this time or later.
        until: received before this time.
        upload: the source's own list is brought before the run begins.
        portal_count: how many dossiers of this scope the far side counts, as somebody read it there.
        portal_counts: the same by agency, and by period within that of the scope.
        late: seconds on the way from which on a delivery is late; the home says it otherwise.
        token: made by the caller: asked again with it, nothing is started twice.
    """

    model_config = ConfigDict(extra="forbid")

    source: _Word = ""
    system: _Word = ""
    agency: _Word = ""
    procedure: _Word = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    upload: bool = False
    portal_count: int | None = Field(None, ge=0, le=2**53)
    portal_counts: list[Count] = Field([], max_length=5000)
    late: float | None = Field(None, gt=0, le=366 * 86_400)
    token: str = Field(min_length=1, max_length=100)
    reason: str = Field("", max_length=500)


class Listed(BaseModel):
    """One dossier as the source's list names it."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=200)
    status: _Word = ""
    changed_at: AwareDatetime | None = None


class Part(BaseModel):
    """A part of a source's list.

    Attributes:
        part: its number, from 1 in order: one that was brought already is taken for known.
        last: nothing follows; the run begins.
        whole: with the last one: the list names all that the source has in the scope.
        taken_at: with the last one: when the list was taken; when the run was asked for, without it. What we
            took on later it cannot lack.
    """

    model_config = ConfigDict(extra="forbid")

    part: int = Field(ge=1, le=1_000_000)
    rows: list[Listed] = Field(max_length=5000)
    last: bool = False
    whole: bool = True
    taken_at: AwareDatetime | None = None


def reconciliations_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators reconcile."""
    router = APIRouter(responses=READ_RESPONSES, tags=["reconciliations"])
    _add_asking(router, desk)
    _add_watching(router, desk)
    for name, summary in _SUMMARIES.items():
        path = f"/v1/reconciliations/{{id}}/{name}"
        router.add_api_route(path, _acting(desk, name), methods=["POST"], summary=summary)
    return router


def _add_asking(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/reconciliations",
        summary="Compare what was told, what was delivered, and what the far side has",
        responses={201: {"description": "It was started."}},
        openapi_extra=asking(Asked),
    )
    async def ask(request: Request) -> Response:
        who, asked = desk.person(request, Right.ACT).name, read_body(Asked, await request.body())
        scope = scope_of(desk, asked)
        phase = phase_of(desk.gateway, scope.source, uploads=asked.upload)
        order = Order(asked.token, who, asked.reason.strip(), phase)
        told = counted(desk, scope, asked.portal_counts)

        def begin(tx: Transaction) -> tuple[dict[str, Any], bool]:
            run, new = runs.ask(tx, scope, order)
            if new:
                lay(tx, run["id"], told)
            return run, new

        try:
            run, new = await desk.gateway.journal.write(begin)
        except TokenTakenError as fault:
            raise ApiError(409, "conflict", str(fault)) from fault
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return in_json(run, 201 if new else 200)

    @router.post(
        "/v1/reconciliations/{id}/holdings",
        summary="Bring a part of what the source says that it has; the last part lets the run begin",
        openapi_extra=asking(Part),
    )
    async def bring(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.ACT)
        part = read_body(Part, await request.body())
        rows = [Holding(one.code, _status(one.status), None, one.changed_at) for one in part.rows]
        brought = uploading.Part(part.part, rows, part.last, part.whole, _micros(part.taken_at))
        try:
            tops = await _tops(desk, id)
            run = await desk.gateway.journal.write(lambda tx: uploading.bring(tx, id, brought, tops))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return found(run)


async def _tops(desk: Desk, number: int) -> Sequence[str]:
    """Return the subtrees that a run means."""
    run = await desk.gateway.journal.read(lambda tx: runs.current(tx, number))
    return () if run is None else within(desk.gateway.agencies, run.scope, run.asked_at)


def _status(text: str) -> str:
    word = uploading.status(text)
    if word is None:
        raise ApiError(
            422, "invalid", "status is a word, a number or a name of the portal's list; or left out"
        )
    return word


def scope_of(desk: Desk, asked: Asked) -> Scope:
    """Return what is asked for as a run needs it.

    Raises:
        ApiError: it names a system that there is not, or leaves open which one, or is no agency or period.
    """
    source = asked.source or _only(telling(desk), "source")
    if source not in desk.gateway.counterparts:
        raise ApiError(404, "not-found", f"there is no system {source}")
    system = asked.system or _only(receivers(desk, source), "system")
    if system not in desk.gateway.counterparts:
        raise ApiError(404, "not-found", f"there is no system {system}")
    agency = agency_code(asked.agency) if asked.agency else ""
    if agency is None:
        raise ApiError(422, "invalid", "agency is an agency's code, such as H44.11 or 000.00.11.H44")
    late = asked.late or desk.gateway.counterparts[system].spec.reconcile.late
    since, until = _micros(asked.since), _micros(asked.until)
    if since is not None and until is not None and since >= until:
        raise ApiError(422, "invalid", "since is before until")
    return Scope(
        source, system, agency, asked.procedure, since, until, late=int(late * 1_000_000),
        portal_count=asked.portal_count,
    )  # fmt: skip


def telling(desk: Desk) -> list[str]:
    """Return the systems that tell of dossiers."""
    return [name for name, to in desk.gateway.counterparts.items() if DOSSIER in to.adapter.brings]


def receivers(desk: Desk, source: str) -> list[str]:
    """Return the systems to which the dossiers of a source go."""
    routes = [
        one for one in desk.gateway.routes.routes if one.type == DOSSIER and one.source in {None, source}
    ]
    return list(dict.fromkeys(system for route in routes for system in route.systems))


def _only(names: list[str], what: str) -> str:
    if len(names) != 1:
        told = ", ".join(names) or "none"
        raise ApiError(422, "invalid", f"say which {what} is meant; there are: {told}")
    return names[0]


def _micros(moment: AwareDatetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1_000_000)


def _add_watching(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/reconciliations", summary="Reconciliations and how far they are, newest first")
    async def listing(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        after, limit = page(request)
        like = _whole(request.query_params.get("like", "0"))
        return in_json(
            await journal.read(lambda tx: runs.listing(tx, series_of=like, after=after, limit=limit))
        )

    @router.get("/v1/reconciliations/{id}", summary="One reconciliation: what it counted, and what is mended")
    async def one(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.LOOK)
        return found(await journal.read(lambda tx: whole(tx, desk, id)))


def whole(tx: Transaction, desk: Desk, number: int) -> dict[str, Any] | None:
    """Return a run with sums of what it found, and why it stands still; None when there is none."""
    run = runs.find(tx, number)
    if run is None:
        return None
    to = desk.gateway.counterparts.get(run["scope"]["system"])
    rests = to is not None and not to.health.running and run["state"] == runs.RUNNING
    waits = both(to.health.standing.value) if to is not None and rests else ""
    if not waits and run["phase"] == COMPARING and run["state"] == runs.RUNNING and not dossiers.behind(tx):
        waits = "sổ hồ sơ đang được lập lần đầu (the register is being filled)"
    return run | {
        "waits": waits,
        "sums": differences.sums(tx, number),
        "portal_counts": counted_beside(tx, number),
    }


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(2**62)) - 1:
        raise ApiError(422, "invalid", "like is the number of a reconciliation")
    return int(text)


def _acting(desk: Desk, act: str) -> Callable[..., Any]:
    async def endpoint(request: Request, id: Number) -> Response:  # noqa: A002 - the word of the path
        who, reason = desk.person(request, Right.ACT).name, request.query_params.get("reason", "")
        try:
            moved = await desk.gateway.journal.write(lambda tx: runs.move(tx, id, act, who, reason))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return found(moved)

    return endpoint


def found(told: object) -> Response:
    """Return what was found.

    Raises:
        ApiError: nothing was.
    """
    if told is None:
        raise ApiError(404, "not-found")
    return in_json(told)

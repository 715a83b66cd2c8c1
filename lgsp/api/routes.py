"""The published routes over HTTP: reading versions, checking and trying drafts, publishing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.foresight import told_of
from lgsp.api.problems import ApiError
from lgsp.errors import ConfigError
from lgsp.foreseeing import Foreseen, foresight
from lgsp.gateway import Gateway
from lgsp.giving_back import StillOpenError
from lgsp.journal import leasing, versions
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reading import at
from lgsp.message import Raw
from lgsp.publishing import difference, faults_here, open_to_older, publish_draft
from lgsp.rights import Right
from lgsp.routes import Routes, parse_routes

LARGEST = 512 * 1024
_Text = Annotated[str, Field(max_length=LARGEST, description="Of the whole `routes.yaml`.")]


class Draft(BaseModel):
    """A draft to check."""

    text: _Text


class Publication(BaseModel):
    """A draft to publish."""

    text: _Text
    base: int = Field(ge=0, description="The version that the draft changes; it must be in force still.")
    reason: str = Field(min_length=1, max_length=1000)
    leave_open: bool = Field(
        default=False,
        description="What is open now may be left to older connections, where the draft does that.",
    )


class Sample(BaseModel):
    """Something to try."""

    system: str = Field(description="Who brings it.")
    body: str = Field(description="As it would come.", max_length=LARGEST * 4)
    form: Literal["canonical", "native"] = "canonical"
    content_type: str = "application/json"
    routes: _Text | None = Field(None, description="By this draft; by the version in force without it.")


def routes_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators read, try and publish routes."""
    router = APIRouter(responses=READ_RESPONSES, tags=["routes"])
    journal = desk.gateway.journal

    @router.get("/v1/routes", summary="The routes in force, and which process works by which version")
    async def in_force(request: Request) -> Response:
        desk.person(request, Right.PUBLISH)
        return in_json(await standing(desk.gateway))

    @router.get("/v1/routes/versions", summary="Versions of the routes, newest first")
    async def listed(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        before, limit = _number(request, "before", None), _number(request, "limit", versions.PAGE) or 0
        if not 1 <= limit <= 100:  # noqa: PLR2004 - the documented bound
            raise ApiError(422, "invalid", "limit is 1 to 100")
        found = await journal.read(lambda tx: versions.listed(tx, before, limit))
        return in_json({"versions": [one | {"at": at(one["at"])} for one in found]})

    @router.get("/v1/routes/versions/{version}", summary="One version with its text")
    async def one(request: Request, version: int) -> Response:
        desk.person(request, Right.PUBLISH)
        found = await version_of(desk.gateway, version)
        return in_json(found | {"at": at(found["at"])})

    @router.get("/v1/routes/difference", summary="What differs between two versions (`from`, `to`)")
    async def differing(request: Request) -> Response:
        desk.person(request, Right.PUBLISH)
        old, new = [_number(request, name, None) for name in ("from", "to")]
        if old is None or new is None:
            raise ApiError(422, "invalid", "from and to are versions")
        before, after = [(await version_of(desk.gateway, number))["text"] for number in (old, new)]
        lines = difference(before, after, (f"version {old}", f"version {new}"))
        return in_json({"from": old, "to": new, "lines": lines})

    _add_drafts(router, desk)
    return router


def _add_drafts(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/routes/check",
        summary="Check a draft: every fault, and what it would leave to older connections",
        openapi_extra=asking(Draft),
    )
    async def check(request: Request) -> Response:
        desk.person(request, Right.PUBLISH)
        draft = read_body(Draft, await request.body())
        faults = await faults_here(desk.gateway, draft.text)
        left = [] if faults else await open_to_older(desk.gateway, draft.text)
        return in_json({"faults": faults, "open": [one.as_dict() for one in left]})

    @router.post(
        "/v1/routes/try",
        summary="What would become of a sample; nothing is taken on, kept or sent",
        openapi_extra=asking(Sample),
    )
    async def try_(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        sample = read_body(Sample, await request.body())
        return in_json({"results": [told_of(one) for one in await foreseen(desk.gateway, sample)]})

    @router.post("/v1/routes", summary="Publish a draft", openapi_extra=asking(Publication))
    async def publish(request: Request) -> Response:
        who = desk.person(request, Right.PUBLISH).name
        asked = read_body(Publication, await request.body())
        version = await published(desk.gateway, asked, who)
        return in_json({"version": version, "before": asked.base})


async def standing(gateway: Gateway) -> dict[str, Any]:
    """Return the version in force with its text, and the processes that live with theirs."""
    newest, alive = await gateway.journal.read(lambda tx: (leasing.version(tx), leasing.alive(tx)))
    found = await version_of(gateway, newest)
    told = [
        {"name": one.name, "roles": one.roles, "version": one.published, "follows": one.published == newest}
        for one in alive
    ]
    return found | {"at": at(found["at"]), "processes": told}


async def version_of(gateway: Gateway, version: int) -> dict[str, Any]:
    """Return a version with its text.

    Raises:
        ApiError: there is none.
    """
    found = await gateway.journal.read(lambda tx: versions.find(tx, version))
    if found is None:
        raise ApiError(404, "not-found", f"there is no version {version} of the routes")
    return found


async def published(gateway: Gateway, asked: Publication, who: str) -> int:
    """Publish what a person asked for; return the version in force.

    Raises:
        ApiError: the draft has faults; it leaves to an older connection what is open, and nobody said that it
            may; or another version than its base is in force.
    """
    try:
        return await publish_draft(
            gateway, asked.text, asked.base, who, asked.reason, leave_open=asked.leave_open
        )
    except ConfigError as fault:
        raise ApiError(422, "routes-faulty", "the draft has faults", faults=list(fault.faults)) from fault
    except StillOpenError as fault:
        left = [one.as_dict() for one in fault.found]
        raise ApiError(409, "still-open", str(fault), open=left) from fault
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault


async def foreseen(gateway: Gateway, sample: Sample) -> list[Foreseen]:
    """Return what would become of each item of a sample.

    Raises:
        ApiError: there is no such system, or the draft has faults.
    """
    try:
        routes = gateway.routes if sample.routes is None else parse_routes(sample.routes)
        _known(routes, sample.system)
        raw = Raw.of(sample.body.encode(), sample.content_type)
        async with foresight(routes, gateway.types, gateway.agencies, gateway.blobs.files) as seen:
            return await seen.of(sample.system, raw, canonical=sample.form == "canonical")
    except ConfigError as fault:
        raise ApiError(422, "routes-faulty", "the draft has faults", faults=list(fault.faults)) from fault


def _known(routes: Routes, system: str) -> None:
    if system not in routes.systems:
        raise ApiError(
            422, "invalid", f"there is no system {system!r}; use one of {', '.join(routes.systems)}"
        )


def _number(request: Request, name: str, default: int | None) -> int | None:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 - the digits of a version
        raise ApiError(422, "invalid", f"{name} is a whole number")
    return int(text)

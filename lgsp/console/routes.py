"""The screen of routes: what is published as a picture and as text, its versions, and going back to one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.routes import Publication, published, version_of
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.routes_draft import MOST, add_draft, effect_of, in_words, may_leave
from lgsp.console.routes_faults import Fault, told_faults
from lgsp.console.routes_picture import drawn, served_by, sources_of
from lgsp.console.routes_text import compared, hidden, lines
from lgsp.console.routes_trial import add_trial
from lgsp.console.routes_words import TYPES, conditions, number_of
from lgsp.console.screens import Screen
from lgsp.console.visits import Visitor
from lgsp.errors import ConfigError
from lgsp.journal import leasing, versions
from lgsp.journal.contract import Transaction
from lgsp.journal.leasing import Worker
from lgsp.publishing import faults_here
from lgsp.rights import Right
from lgsp.routes import parse_routes

_HERE = "/console/routes"
_VIEWS = ("picture", "text")
_RESTORED = told("Đã công bố lại nội dung phiên bản %(old)s thành phiên bản %(version)s.")


def routes_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=_HERE)
    room.ticker.tell("routes", lambda: room.gateway.journal.read(_standing))

    @router.get("")
    async def shown(request: Request) -> Response:
        return await _shown(room, request, await room.admit(request, Right.LOOK))

    @router.get("/followers")
    async def followers(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        newest, alive = await room.ticker.latest("routes")
        return room.page(request, "routes/followers.html", newest=newest, alive=alive)

    @router.get("/file")
    async def file(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        one = await asked_version(room, request)
        head = {"Content-Disposition": f'attachment; filename="routes-{one["version"]}.yaml"'}
        return Response(text_for(visitor, one["text"]), media_type="text/yaml", headers=head)

    @router.get("/versions")
    async def listed(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _versions(room, request)

    @router.get("/difference")
    async def difference(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        return await _difference(room, request, visitor)

    @router.get("/rehearsal")
    async def rehearsal(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return room.page(request, "routes/rehearsal.html")

    @router.get("/restore/{version}")
    async def confirming(request: Request, version: int) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _confirm(room, request, visitor, version)

    @router.post("/restore/{version}")
    async def restore(request: Request, version: int) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _restore(room, request, visitor, version)

    add_draft(router, room)
    add_trial(router, room)
    return router


def _standing(tx: Transaction) -> tuple[int, list[Worker]]:
    return leasing.version(tx), leasing.alive(tx)


def text_for(visitor: Visitor, text: str) -> str:
    """Return the text of routes as somebody may see it: who may not publish sees no secret in it."""
    return text if visitor.may(Right.PUBLISH) else hidden(text)


async def asked_version(room: Room, request: Request) -> dict[str, Any]:
    """Return the version that the address names, or the one in force.

    Raises:
        ApiError: there is none.
    """
    named = request.query_params.get("version", "")
    if named and number_of(named) is None:
        raise ApiError(404, "not-found", f"there is no version {named!r}")
    newest = await room.gateway.journal.read(leasing.version)
    return await version_of(room.gateway, number_of(named) or newest) | {"newest": newest}


# --- what is published ----------------------------------------------------------------------------------


async def _shown(room: Room, request: Request, visitor: Visitor) -> Response:
    one = await asked_version(room, request)
    view = request.query_params.get("view", "")
    _, alive = await room.ticker.latest("routes")
    values: dict[str, Any] = {"view": view if view in _VIEWS else _VIEWS[0], "one": one, "types": TYPES}
    values |= {"newest": one["newest"], "alive": alive, "faulty": [], "routes": None}
    try:
        routes = parse_routes(one["text"])
    except ConfigError as fault:
        values["faulty"] = told_faults(fault.faults)
    else:
        values |= {"routes": routes, "picture_": drawn(routes), "conditions": conditions}
        values |= {"sources_of": sources_of, "served_by": served_by}
        values["line_of"] = lambda *place: int(routes.place(*place).rpartition(":")[2])
    if values["view"] == "text" or values["routes"] is None:
        values["view"], values["lines"] = "text", lines(text_for(visitor, one["text"]))
    return room.page(request, "routes/published.html", **values)


async def _versions(room: Room, request: Request) -> Response:
    before = number_of(request.query_params.get("before", ""))
    found, newest = await room.gateway.journal.read(
        lambda tx: (versions.listed(tx, before, versions.PAGE + 1), leasing.version(tx))
    )
    more = found[versions.PAGE - 1]["version"] if len(found) > versions.PAGE else None
    return room.page(
        request,
        "routes/versions.html",
        versions=found[: versions.PAGE],
        older=more,
        before=before,
        newest=newest,
    )


async def _difference(room: Room, request: Request, visitor: Visitor) -> Response:
    old, new = (number_of(request.query_params.get(name, "")) for name in ("from", "to"))
    if old is None or new is None:
        raise ApiError(422, "invalid", "from and to are versions")
    one, other = [await version_of(room.gateway, version) for version in (old, new)]
    before, after = text_for(visitor, one["text"]), text_for(visitor, other["text"])
    newest = await room.gateway.journal.read(leasing.version)
    return room.page(
        request,
        "routes/difference.html",
        one=one,
        other=other,
        newest=newest,
        lines=compared(before, after),
        changes=in_words(one["text"], other["text"]),
    )


# --- going back -----------------------------------------------------------------------------------------


async def _confirm(
    room: Room, request: Request, visitor: Visitor, version: int, faults: list[Fault] | None = None
) -> Response:
    old = await version_of(room.gateway, version)
    newest = await version_of(room.gateway, await room.gateway.journal.read(leasing.version))
    if faults is None:
        faults = told_faults(await faults_here(room.gateway, old["text"]))
    return room.page(
        request,
        "routes/restore.html",
        status=422 if request.method == "POST" else 200,
        old=old,
        newest=newest,
        faults=faults,
        lines=compared(text_for(visitor, newest["text"]), text_for(visitor, old["text"])),
        effect=await effect_of(room, newest["text"], old["text"]),
        most=MOST,
    )


async def _restore(room: Room, request: Request, visitor: Visitor, version: int) -> Response:
    form = await form_of(request)
    reason, base = form.reason(), number_of(form.get("base"))
    if base is None:
        raise ApiError(422, "invalid", "base")
    old = await version_of(room.gateway, version)
    asked = Publication(text=old["text"], base=base, reason=reason, leave_open=may_leave(form))
    try:
        now = await published(room.gateway, asked, visitor.name)
    except ApiError as fault:
        if fault.code not in ("routes-faulty", "still-open"):
            raise
        return await _confirm(room, request, visitor, version, told_faults(fault.more.get("faults", ())))
    return room.go(request, _HERE, _RESTORED, old=version, version=now)


SCREEN = Screen(path="routes", title=told("Các tuyến"), icon="route", router=routes_router)

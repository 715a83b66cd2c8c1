"""People over HTTP: who may sign in to the console, as what, where they are signed in, and what they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from lgsp import accounts
from lgsp.accounts import LONGEST_SHOWN, Accounts
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError, status_of, told
from lgsp.errors import Invalid, Rejected
from lgsp.journal import people
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.people import Person, Role
from lgsp.journal.reading import at
from lgsp.rights import Right

_Write = Callable[[Transaction], None]
_Role = Annotated[Role, WithJsonSchema({"type": "string", "enum": [one.value for one in Role]})]
"""Described where it is used: a description of its own could not be referred to."""


class Newcomer(BaseModel):
    """Somebody who is to be let in.

    Attributes:
        name: by which the person signs in.
        shown: by which others know the person.
        role: what the person may do in the console.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str
    shown: str = Field(max_length=LONGEST_SHOWN)
    role: _Role = Role.VIEWER


class Limits(BaseModel):
    """What a role is limited to; what is empty is no limit, and limits of several kinds hold together.

    Attributes:
        systems: what they bring, and what goes to them.
        routes: by their names.
        agencies: codes; all under one belongs to it.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    systems: list[str] = Field([], max_length=200)
    routes: list[str] = Field([], max_length=200)
    agencies: list[str] = Field([], max_length=200)


class Order(BaseModel):
    """What is to be done to a person's account.

    Attributes:
        reason: it stands in the journal.
        role: the new one, where that is what is done.
        session: which one is to end, in hexadecimal, where that is what is done.
        limits: the new ones, where that is what is done.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(min_length=1, max_length=1000)
    role: _Role | None = None
    session: str = ""
    limits: Limits | None = None


def _limit(desk: Desk, name: str, asked: Order, who: str) -> _Write:
    if asked.limits is None:
        raise ApiError(422, "invalid", "limits is missing")
    try:
        reach = accounts.reach(desk.gateway, asked.limits.model_dump())
    except Invalid as reason:
        raise ApiError(422, "invalid", problems=told(reason)["problems"]) from reason
    return lambda tx: people.limit(tx, name, reach, who, asked.reason)


def _change_role(_: Desk, name: str, asked: Order, who: str) -> _Write:
    role = asked.role
    if role is None:
        raise ApiError(422, "invalid", "role is missing")
    return lambda tx: people.change_role(tx, name, role, who, asked.reason)


def _end_all(_: Desk, name: str, asked: Order, who: str) -> _Write:
    def end(tx: Transaction) -> None:
        people.end_others(tx, name, b"", who, asked.reason)

    return end


def _revoke(_: Desk, name: str, asked: Order, who: str) -> _Write:
    if not asked.session:
        raise ApiError(422, "invalid", "session is missing")
    try:
        token = bytes.fromhex(asked.session)
    except ValueError:
        raise ApiError(422, "invalid", "session is not hexadecimal") from None
    return lambda tx: accounts.revoke(tx, name, token, who, asked.reason)


_Order = Callable[[Desk, str, Order, str], _Write]
_ORDERS: dict[str, tuple[_Order, str]] = {
    "role": (_change_role, "Give a person another role"),
    "disable": (
        lambda _, name, asked, who: lambda tx: people.disable(tx, name, who, asked.reason),
        "Let a person in no more, and end all sessions",
    ),
    "enable": (
        lambda _, name, asked, who: lambda tx: people.enable(tx, name, who, asked.reason),
        "Let a person in again",
    ),
    "limits": (_limit, "Limit a person's role to systems, routes and agencies"),
    "revoke": (_revoke, "End one session of a person"),
    "revoke-all": (_end_all, "End all sessions of a person"),
}


def people_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators keep the accounts of the console."""
    router = APIRouter(responses=READ_RESPONSES, tags=["people"])
    journal, keep = desk.gateway.journal, Accounts(desk.gateway, desk.passwords)

    @router.get("/v1/people", summary="Who may sign in to the console, and as what")
    async def everybody(request: Request) -> Response:
        desk.person(request, Right.AUDIT)
        found = await journal.read(people.everybody)
        return in_json({"people": [_shown(one) for one in found]})

    @router.post(
        "/v1/people",
        status_code=201,
        summary="Let somebody in; the temporary password is told once",
        openapi_extra=asking(Newcomer),
    )
    async def add(request: Request) -> Response:
        who, asked = desk.person(request, Right.PEOPLE).name, read_body(Newcomer, await request.body())
        try:
            one, password = await keep.add(asked.name, asked.shown, asked.role, who)
        except Rejected as reason:
            raise ApiError(status_of(reason), reason.code, problems=told(reason)["problems"]) from reason
        return _told_once({"name": one.name, "password": password}, 201)

    @router.get("/v1/people/{name}", summary="A person, with the sessions that hold")
    async def one(request: Request, name: str) -> Response:
        desk.person(request, Right.AUDIT)
        return in_json(await _found(desk, name))

    @router.get("/v1/people/{name}/done", summary="What a person did, the latest first")
    async def done(request: Request, name: str) -> Response:
        desk.person(request, Right.AUDIT)
        before, limit = page(request)
        found = await journal.read(lambda tx: people.done(tx, name, before or None, limit))
        following = found[-1]["id"] if len(found) == limit else None
        return in_json({"done": [_deed(one) for one in found], "next": following})

    @router.post(
        "/v1/people/{name}/password",
        summary="Give a person a temporary password, told once; all sessions end",
        openapi_extra=asking(Order),
    )
    async def reset(request: Request, name: str) -> Response:
        who, asked = desk.person(request, Right.PEOPLE).name, read_body(Order, await request.body())
        await _found(desk, name)
        try:
            return _told_once({"password": await keep.reset(name, who, asked.reason)})
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault

    for word, (order, summary) in _ORDERS.items():
        router.add_api_route(
            f"/v1/people/{{name}}/{word}",
            _acting(desk, order),
            methods=["POST"],
            summary=summary,
            openapi_extra=asking(Order),
        )
    return router


def _acting(desk: Desk, order: _Order) -> Callable[..., Any]:
    async def endpoint(request: Request, name: str) -> Response:
        who, asked = desk.person(request, Right.PEOPLE).name, read_body(Order, await request.body())
        await _found(desk, name)
        try:
            await desk.gateway.journal.write(order(desk, name, asked, who))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault
        return in_json(await _found(desk, name))

    return endpoint


async def _found(desk: Desk, name: str) -> dict[str, Any]:
    """Return a person with the sessions that hold.

    Raises:
        ApiError: there is no such person.
    """
    person, sessions = await desk.gateway.journal.read(
        lambda tx: (people.find(tx, name), people.visits(tx, name))
    )
    if person is None:
        raise ApiError(404, "not-found")
    return _shown(person) | {"sessions": [_session(one) for one in sessions]}


def _session(one: dict[str, Any]) -> dict[str, Any]:
    times = {"created": at(one["created_at"]), "seen": at(one["seen_at"])}
    return {"session": one["token"].hex(), **times, "address": one["address"], "agent": one["agent"]}


def _told_once(said: dict[str, str], status: int = 200) -> Response:
    """Return an answer with a password, which nobody on the way may keep."""
    answer = in_json(said, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _deed(one: dict[str, Any]) -> dict[str, Any]:
    """Return an act; the journal's own number of a message says nothing outside."""
    return {name: part for name, part in one.items() if name != "message"} | {"at": at(one["at"])}


def _shown(one: Person) -> dict[str, Any]:
    return {
        "name": one.name,
        "shown": one.shown,
        "role": one.role.value,
        "limits": one.reach.told(),
        "issuer": one.issuer,
        "disabled": one.disabled,
        "temporary": one.temporary,
        "created": at(one.created_at),
        "changed": at(one.changed_at),
    }

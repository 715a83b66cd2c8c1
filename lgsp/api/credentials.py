"""Credentials over HTTP: which there are, making one, rotating its secret, and revoking it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

from lgsp.allowances import NO_LIMITS, Limits
from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError, status_of, told
from lgsp.callers import Bounds, Subtree
from lgsp.credentials.making import LONGEST_OVERLAP, Made, Making, Wish
from lgsp.credentials.standing import Standing, shown, standing
from lgsp.errors import Rejected
from lgsp.journal import credentials
from lgsp.journal.contract import WrongStateError
from lgsp.journal.credentials import Kept, Kind
from lgsp.rights import Right

_OF_SYSTEMS = [kind.value for kind in Kind if kind is not Kind.PERSON]
_Kind = Annotated[Kind, WithJsonSchema({"type": "string", "enum": _OF_SYSTEMS})]
_Act = Annotated[str, Field(pattern="^(send|collect|read|ask)$")]
_Name = Annotated[str, Field(max_length=200)]
_MOST = 200


class Under(BaseModel):
    """An agency and all under it, for as long as the credential speaks for it.

    Attributes:
        agency: its code.
        since: the first day; empty is always.
        until: the last day; empty is for good.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    agency: str = Field(min_length=1, max_length=60)
    since: date | None = None
    until: date | None = None


class Asked(BaseModel):
    """What a system is to be given.

    Attributes:
        system: whose it is to be.
        kind: how it proves itself: `key` is sent with each request, `client` fetches access tokens,
            `certificate` is the client's side of TLS, `hmac` signs requests in the protocols of façades.
        name: by which people tell it from others.
        agencies: in whose name it may bring messages; empty is those that its system serves.
        types: of messages that it may bring or ask; empty is all.
        acts: of `send`, `collect`, `read` and `ask`, those it may do; empty is all.
        limits: how much it may ask for.
        addresses: networks from which it may be used; empty is from anywhere.
        since: from when it holds; empty is at once.
        until: when it ends; empty is never.
        certificate: PEM, where it is one.
        by_names: the certificate is known by its issuer and subject, so that the next one needs nothing more.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    system: _Name
    kind: _Kind
    name: _Name
    agencies: list[Under] = Field(default_factory=list, max_length=_MOST)
    types: list[_Name] = Field(default_factory=list, max_length=_MOST)
    acts: list[_Act] = Field(default_factory=list, max_length=_MOST)
    limits: Limits = NO_LIMITS
    addresses: list[_Name] = Field(default_factory=list, max_length=_MOST)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    certificate: str = Field("", max_length=65_536)
    by_names: bool = False

    def wish(self) -> Wish:
        """Return it as it is made."""
        agencies = tuple(Subtree(one.agency, one.since, one.until) for one in self.agencies)
        bounds = Bounds(agencies, frozenset(self.types), frozenset(self.acts))
        return Wish(
            self.kind, self.name, self.system, "", bounds, self.limits, self.addresses, self.since,
            self.until, self.certificate, self.by_names,
        )  # fmt: skip


class Reason(BaseModel):
    """Why it is done.

    Attributes:
        reason: it stands in the journal.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(min_length=1, max_length=1000)


class Rotation(Reason):
    """How a secret is replaced.

    Attributes:
        overlap: seconds for which the old one holds beside the new one; 0 ends it, and all that was handed
            out on its strength, at once.
    """

    overlap: int = Field(7 * 86_400, ge=0, le=LONGEST_OVERLAP)


def credentials_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which people keep the credentials of systems."""
    router = APIRouter(responses=READ_RESPONSES, tags=["credentials"])
    _looking(router, desk)
    _making(router, desk)
    _changing(router, desk)
    return router


def making_of(desk: Desk) -> Making:
    """Return what makes, rotates and revokes credentials here."""
    around = desk.door.entrance
    return Making(desk.gateway.journal, around.credentials, around.origins.authorities)


def _looking(router: APIRouter, desk: Desk) -> None:
    journal = desk.gateway.journal

    @router.get("/v1/credentials", summary="Credentials: whose, how they stand, last use, days left")
    async def listed(request: Request, system: str = "", person: str = "", state: str = "") -> Response:
        desk.person(request, Right.AUDIT)
        if state and state not in [one.value for one in Standing]:
            raise ApiError(422, "invalid", f"state is one of {', '.join(Standing)}")
        return in_json({"credentials": _listed(await _kept(system, person), state)})

    async def _kept(system: str, person: str) -> Sequence[Kept]:
        if system:
            return await journal.read(lambda tx: credentials.of_system(tx, system))
        if person:
            return await journal.read(lambda tx: credentials.of_person(tx, person))
        return await journal.read(credentials.everything)

    @router.get("/v1/credentials/{id}", summary="A credential")
    async def one(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        desk.person(request, Right.AUDIT)
        return in_json(shown(await found(desk, id), _now()))


def _making(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/credentials",
        status_code=201,
        summary="Give a system a credential; its secret is told once",
        openapi_extra=asking(Asked),
    )
    async def make(request: Request) -> Response:
        who, asked = desk.person(request, Right.PEOPLE), read_body(Asked, await request.body())
        if asked.kind is Kind.PERSON:
            raise ApiError(422, "invalid", "kind: people make their own keys")
        if asked.system not in desk.gateway.counterparts:
            raise ApiError(422, "invalid", "system: there is none of this name")
        return await _made(making_of(desk).make(asked.wish(), who.name), 201)


def _changing(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/credentials/{id}/rotate",
        summary="Give it another secret, told once; the old one holds a while beside it",
        openapi_extra=asking(Rotation),
    )
    async def rotate(request: Request, id: str) -> Response:  # noqa: A002
        who, asked = desk.person(request, Right.PEOPLE), read_body(Rotation, await request.body())
        kept = await found(desk, id)
        its_own(kept, who.name)
        return await _made(making_of(desk).rotate(kept, asked.overlap, who.name, asked.reason))

    @router.post(
        "/v1/credentials/{id}/revoke",
        summary="Let nobody in by it any more, nor by what was handed out on its strength",
        openapi_extra=asking(Reason),
    )
    async def revoke(request: Request, id: str) -> Response:  # noqa: A002
        who, asked = desk.person(request, Right.PEOPLE), read_body(Reason, await request.body())
        kept = await found(desk, id)
        try:
            return in_json(shown(await making_of(desk).revoke(kept, who.name, asked.reason), _now()))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault


def its_own(kept: Kept, who: str) -> None:
    """Let nobody come by a secret with which another person is meant.

    Raises:
        ApiError: it is another person's key.
    """
    if kept.grant.kind is Kind.PERSON and kept.grant.person != who:
        raise ApiError(409, "wrong-state", "people rotate their own keys; it can be revoked")


async def found(desk: Desk, uid: str) -> Kept:
    """Return a credential.

    Raises:
        ApiError: there is none.
    """
    kept = await desk.gateway.journal.read(lambda tx: credentials.find(tx, uid))
    if kept is None:
        raise ApiError(404, "not-found")
    return kept


async def _made(act: Awaitable[Made], status: int = 200) -> Response:
    """Return a credential with its secret, which nobody on the way may keep."""
    try:
        made = await act
    except Rejected as reason:
        raise ApiError(status_of(reason), reason.code, problems=told(reason)["problems"]) from reason
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    said = {**shown(made.kept, _now()), **({"secret": made.secret} if made.secret else {})}
    if made.kept.grant.kind in (Kind.CLIENT, Kind.HMAC):
        said["client_id"] = made.kept.grant.uid
    answer = in_json(said, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _listed(kept: Sequence[Kept], state: str) -> list[Mapping[str, Any]]:
    now = _now()
    return [shown(one, now) for one in kept if not state or standing(one, now).value == state]


def _now() -> int:
    return time.time_ns() // 1000

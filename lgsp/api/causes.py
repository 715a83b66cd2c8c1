"""The catalogue of causes over HTTP: what it holds, which answers it does not, and naming one of those."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk
from lgsp.api.disclosures import sample_seen_by
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.domain.cause import Cause, Party, Severity
from lgsp.domain.causes import ANSWERS, CAUSES
from lgsp.domain.causes_named import Name, Names
from lgsp.domain.causes_own import UNCATALOGUED
from lgsp.errors import Scope
from lgsp.gateway import Gateway
from lgsp.health import Standing
from lgsp.journal import naming
from lgsp.journal.contract import WrongStateError
from lgsp.journal.reading import at
from lgsp.rights import Right

_CODE = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
# what an operator writes is no template: a brace in it would be taken for a place to fill in
_Text = Annotated[str, Field(max_length=500, pattern=r"^[^{}]*$")]
_Party = Annotated[Party, WithJsonSchema({"enum": [party.value for party in Party]})]
_Severity = Annotated[Severity, WithJsonSchema({"enum": [severity.value for severity in Severity]})]
_Scope = Annotated[Scope, WithJsonSchema({"enum": [scope.value for scope in Scope]})]
_NEEDED = ("vi", "en", "party", "mend_vi", "mend_en", "retry_helps")
_OF_OWN = (*_NEEDED, "severity", "concerns")


class Naming(BaseModel):
    """What an answer is called, and what that means.

    A code that the catalogue holds already needs nothing but itself. A new one is described whole.

    Attributes:
        answer: the number of the answer among the unnamed.
        code: short, of small letters, digits and hyphens: `portal-number-taken`.
        party: who has to act.
        retry_helps: true puts such deliveries off and tries them again; false makes them refused.
        severity: what it asks of an operator.
        concerns: the message alone, or our standing with the system, which suspends it.
    """

    model_config = ConfigDict(extra="forbid")

    answer: int = Field(ge=1, le=2**62)
    code: str = Field(min_length=3, max_length=60, pattern=f"^{_CODE}$")
    vi: _Text | None = None
    en: _Text | None = None
    party: _Party | None = None
    mend_vi: _Text | None = None
    mend_en: _Text | None = None
    retry_helps: bool | None = None
    severity: _Severity | None = None
    concerns: _Scope | None = None

    def cause(self, names: Names) -> Cause | None:
        """Return the cause that is described; None where the code is one that is there, and stays so.

        Raises:
            ApiError: it is not described whole, or the code is not free.
        """
        said = {name: value for name in _OF_OWN if (value := getattr(self, name)) is not None}
        if self.code in CAUSES:
            self._check_built_in(said)
            return None
        if not said and self.code in names.own:
            return None
        wrong = list(self._lacking())
        if wrong:
            raise ApiError(422, "invalid", f"describing the cause: give {', '.join(wrong)} too")
        return Cause(self.code, **said)

    def _check_built_in(self, said: dict[str, Any]) -> None:
        if self.code not in ANSWERS:
            detail = f"code: {self.code} is not something that a system answers; choose another code"
            raise ApiError(422, "invalid", detail)
        if said:
            detail = f"code: {self.code} is in the catalogue with its own texts; leave out {', '.join(said)}"
            raise ApiError(422, "invalid", detail)

    def _lacking(self) -> Iterator[str]:
        for name in _NEEDED:
            value = getattr(self, name)
            if value is None or (isinstance(value, str) and not value.strip()):
                yield name


def causes_router(desk: Desk, wake: Callable[[str], None]) -> APIRouter:
    """Return the endpoints of the catalogue; `wake` tells a system's lane that something changed."""
    router = APIRouter(responses=READ_RESPONSES, tags=["causes"])
    gateway = desk.gateway

    @router.get("/v1/causes", summary="The catalogue of causes, with what operators added")
    async def causes(request: Request) -> Response:
        desk.reader(request, within=True)
        names = await gateway.journal.read(naming.read_names)
        return in_json({"causes": list(catalogue(names))})

    @router.get("/v1/causes/unnamed", summary="Answers that no catalogue holds, the most frequent first")
    async def unnamed(request: Request) -> Response:
        caller = desk.person(request, Right.BODIES)
        found = await gateway.journal.read(naming.unnamed)
        return in_json({"unnamed": [await sample_seen_by(desk, caller, one) for one in found]})

    @router.post(
        "/v1/causes/names",
        summary="Name an answer that no catalogue holds; it is that cause from now on",
        status_code=201,
        openapi_extra=asking(Naming),
    )
    async def name(request: Request) -> Response:
        who, asked = desk.person(request, Right.PUBLISH).name, read_body(Naming, await request.body())
        named = await name_answer(gateway, asked, who, wake)
        return in_json(_named(named), 201)

    return router


def catalogue(names: Names) -> Iterator[dict[str, Any]]:
    """Yield the causes of the catalogue and those that operators described, as they are told."""
    for cause in CAUSES.values():
        yield {**_cause(cause), "built_in": True}
    for code, cause in sorted(names.own.items()):
        if code not in CAUSES:
            yield {**_cause(cause), "built_in": False}


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "code": cause.code,
        "vi": {"text": cause.vi, "mend": cause.mend_vi},
        "en": {"text": cause.en, "mend": cause.mend_en},
        "party": cause.party.value,
        "retry_helps": cause.retry_helps,
        "severity": cause.severity.value,
        "concerns": cause.concerns.value,
    }


def _named(name: Name) -> dict[str, Any]:
    return {
        "id": name.number,
        "system": name.system,
        "signature": name.signature,
        "code": name.code,
        "who": name.who,
        "at": at(name.at),
    }


async def name_answer(
    gateway: Gateway, asked: Naming, who: str, wake: Callable[[str], None], reason: str = ""
) -> Name:
    """Write the name, work by it here at once, and let what waits or died of the answer stand under it.

    Raises:
        ApiError: there is no such answer, it cannot be named, or the cause is not described as it should be.
    """
    journal = gateway.journal
    own = asked.cause(await journal.read(naming.read_names))
    try:
        named = await journal.write(lambda tx: naming.name(tx, asked.answer, asked.code, own, who, reason))
    except WrongStateError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault
    if named is None:
        raise ApiError(
            404, "not-found", f"there is no answer {asked.answer}; GET /v1/causes/unnamed lists them"
        )
    gateway.names = await journal.read(naming.read_names)
    after: int | None = 0
    while after is not None:
        after = await journal.write(lambda tx, a=after: naming.relabel(tx, named, a))  # type: ignore[misc]
    _try_now(gateway, named.system, wake)
    return named


def _try_now(gateway: Gateway, system: str, wake: Callable[[str], None]) -> None:
    """Try a system now that was suspended for such answers: by its name it may say nothing against that."""
    to = gateway.counterparts.get(system)
    if to is not None and to.health.standing is Standing.SUSPENDED and to.health.cause == UNCATALOGUED:
        to.health.next_trial = min(to.health.next_trial, time.monotonic())
        wake(system)

"""Routes in the shadow over HTTP: what they would have told, beside what the older connection did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page
from lgsp.api.disclosures import Wish, heard
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.comparing import Compared, Difference, code_field, compare, compare_fields, items_of
from lgsp.disclosing import Disclosing, Purpose, Shown
from lgsp.domain.codes import FORMS
from lgsp.gateway import Gateway
from lgsp.journal import shadow_figures
from lgsp.journal.shadow_figures import Asked
from lgsp.masking import mask
from lgsp.message import VIETNAM
from lgsp.personal_classes import UNKNOWN, Leaf
from lgsp.rights import Right

_MICROS = 1_000_000
_MOST = 500


class Sent(BaseModel):
    """Items that the older connection sent, as the far side takes them.

    Attributes:
        type: of their subjects.
        why: for what the values are needed; without it only fields are compared, and no value.
    """

    model_config = ConfigDict(extra="forbid")

    system: str = Field(min_length=1, max_length=200)
    type: str = "dossier.v1"
    items: list[Any] = Field(max_length=_MOST)
    why: Wish | None = None


def shadow_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which operators look at what was not sent."""
    router = APIRouter(responses=READ_RESPONSES, tags=["shadow"])
    journal = desk.gateway.journal

    @router.get("/v1/shadow", summary="How much would have been told to a system, and what would be refused")
    async def counted(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        asked = _asked(desk, request)
        return in_json(await journal.read(lambda tx: shadow_figures.counted(tx, asked)))

    @router.get("/v1/shadow/deliveries", summary="What would have been told to a system, newest first")
    async def listed(request: Request) -> Response:
        caller = desk.person(request, Right.LOOK)
        asked, (after, limit) = _asked(desk, request), page(request)
        found = await journal.read(lambda tx: shadow_figures.listed(tx, asked, after=after, limit=limit))
        return in_json(found | {"deliveries": heard(caller, found["deliveries"])})

    @router.post(
        "/v1/shadow/compare",
        summary="Compare what the older connection sent with what was drawn up, field by field",
        openapi_extra=asking(Sent),
    )
    async def compared(request: Request) -> Response:
        caller = desk.person(request, Right.BODIES)
        said = read_body(Sent, await request.body())
        why = said.why.purpose_meant() if said.why is not None else None
        if why is not None:
            desk.person(request, Right.PERSONAL)
        field, pairs = await side_by_side(desk.gateway, said)
        found = await as_seen(desk.gateway, said, pairs, caller.name, why)
        told = [_told(one.compared, one.key) for one in found]
        return in_json({"field": field, "masked": why is None, "items": told})

    return router


class Pair(NamedTuple):
    """One item of the older connection, and the newest that was drawn up of its subject, if anything was.

    Masked it has neither of both.
    """

    compared: Compared
    key: str
    old: Mapping[str, Any] | None
    ours: Mapping[str, Any] | None


async def side_by_side(gateway: Gateway, said: Sent) -> tuple[str, list[Pair]]:
    """Return the field that says the code in the far side's form, and each item beside what was drawn up.

    Raises:
        ApiError: there is no such type, or nothing was drawn up for the system yet.
    """
    if said.type not in gateway.types:
        raise ApiError(422, "invalid", f"type: there is no {said.type}")
    found = await gateway.journal.read(lambda tx: shadow_figures.example(tx, said.system))
    if found is None:
        raise ApiError(409, "wrong-state", f"nothing was drawn up for {said.system} yet")
    field = _field(*found)
    return field, await _compared(gateway, said, field)


async def as_seen(
    gateway: Gateway, said: Sent, pairs: Sequence[Pair], who: str, why: Purpose | None
) -> Sequence[Pair]:
    """Return what was compared as a person may see it: which fields each side has; with a purpose all.

    With one, a disclosure of each dossier is in the journal before this returns, also of those that are
    equal: who brings a value and is told that it is the same has learned ours.
    """
    if why is None:
        return [_masked(one) for one in pairs]
    shown = [
        Shown(orjson.dumps(one.ours), said.type, one.compared.code, one.key)
        for one in pairs
        if one.ours is not None
    ]
    await Disclosing(gateway).several(f"shadow/{said.system}", shown, who, why)
    return pairs


def _masked(one: Pair) -> Pair:
    """Return which fields one side lacks, and no value: native fields have no classes."""
    seen = compare_fields(one.old or {}, one.ours, one.compared.code)
    fields = [Difference(d.field, _hidden(d.old), _hidden(d.ours)) for d in seen.differences]
    return Pair(replace(seen, differences=fields), one.key, None, None)


def _hidden(value: Any) -> Any:
    return value if value in (None, "", [], {}) else mask(Leaf("", value, UNKNOWN))


def _field(subject: str, drawn: bytes) -> str:
    """Return the field in which the far side's form says the code, as one of ours shows."""
    return next((name for one in items_of(orjson.loads(drawn)) if (name := code_field(subject, one))), "")


async def _compared(gateway: Gateway, said: Sent, field: str) -> list[Pair]:
    normal = FORMS[gateway.types[said.type].form]
    old = [item for one in said.items for item in items_of(one)]
    codes = [str(item.get(field) or "") for item in old]
    keys = [normal(code.strip()) or "" for code in codes]
    ours = await gateway.journal.read(
        lambda tx: shadow_figures.drawn_up(tx, said.system, sorted({key for key in keys if key}))
    )
    drawn = {key: [i for one in found for i in items_of(orjson.loads(one))] for key, found in ours.items()}
    return [
        Pair(compare(item, drawn.get(key, ()), code), key, item, drawn[key][-1] if drawn.get(key) else None)
        for item, code, key in zip(old, codes, keys, strict=True)
    ]


def _told(one: Compared, key: str) -> dict[str, Any]:
    fields = [{"field": d.field, "old": d.old, "ours": d.ours} for d in one.differences]
    return {"code": one.code, "partitionkey": key, "verdict": one.verdict, "differences": fields}


def _asked(desk: Desk, request: Request) -> Asked:
    query = request.query_params
    system = query.get("system", "")
    if system not in desk.gateway.counterparts:
        raise ApiError(422, "invalid", "system: name the system that is told")
    since, until = (moment_of(query.get(name), name) for name in ("from", "to"))
    return Asked(system, since, until, query.get("would", ""), query.get("cause", ""))


def moment_of(text: str | None, name: str) -> int | None:
    """Return a day or a time in microseconds; a time without a zone is one of Viet Nam.

    Raises:
        ApiError: it is neither.
    """
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(422, "invalid", f"{name} is a day or a time, such as 2026-01-31") from None
    when = when if when.tzinfo else when.replace(tzinfo=VIETNAM)
    return int(when.timestamp() * _MICROS)

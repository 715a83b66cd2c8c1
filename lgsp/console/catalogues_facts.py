"""Facts about agencies that people and systems added: seen, added and withdrawn, with source and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.codes import add_claim
from lgsp.api.problems import ApiError
from lgsp.console.catalogues_agencies import agency_url
from lgsp.console.catalogues_words import WORDS, filled, term, today
from lgsp.console.guard import Form, form_of
from lgsp.console.language import told
from lgsp.console.room import Room, language_of
from lgsp.console.visits import Visitor
from lgsp.domain.agencies.facts import Claim, Fact, Succession, Withdrawal, claim_of, told_of
from lgsp.domain.agencies.gathering import not_withdrawn
from lgsp.domain.agencies.telling import told as told_resolution
from lgsp.domain.causes import explain
from lgsp.domain.codes import Form as Written
from lgsp.domain.codes import read_agency
from lgsp.errors import Invalid, Problem
from lgsp.journal import agencies
from lgsp.rights import Right

_PAGE, _DIGITS, _NEWEST = 50, 18, 2**62
_ADDED = told("Đã bổ sung thông tin về %(code)s; có hiệu lực ngay.")
_WITHDRAWN = told("Đã rút thông tin %(fact)s; có hiệu lực ngay.")
FIELDS: Mapping[str, str] = {
    "code": told("Mã cơ quan"),
    "name": told("Tên cơ quan"),
    "level": told("Cấp"),
    "parent": told("Mã cấp trên"),
    "valid_from": told("Có hiệu lực từ ngày"),
    "valid_to": told("đến hết ngày"),
    "same_as": told("Mã của chính cơ quan này trong hệ mã kia"),
    "predecessor": told("Mã cơ quan được nhập, chia"),
    "successor": told("Mã cơ quan kế thừa"),
    "share": told("Phần chuyển sang"),
    "effective": told("Kể từ ngày"),
    "act": told("Văn bản quy định"),
    "source": told("Nguồn"),
    "confidence": told("Độ tin cậy"),
}
"""Fields of a claim as the form names them."""
_FORMS: Mapping[str, Sequence[str]] = {
    "fact": ("code", "name", "level", "parent", "valid_from", "valid_to", "same_as", "source", "confidence"),
    "succession": ("predecessor", "successor", "share", "effective", "act", "source", "confidence"),
}


def add_facts(router: APIRouter, room: Room) -> None:
    """Add the page of added facts, and the two acts."""

    @router.get("/facts")
    async def facts(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        return await _list(room, request)

    @router.get("/facts/add")
    async def adding(request: Request) -> Response:
        await room.admit(request, Right.PUBLISH)
        kind = "succession" if request.query_params.get("kind") == "succession" else "fact"
        given = {name: term(request, name) for name in (*_FORMS[kind], "reason")}
        return _form(room, request, kind, given)

    @router.post("/facts/add")
    async def add(request: Request) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _add(room, request, visitor)

    @router.get("/facts/withdraw")
    async def confirming(request: Request) -> Response:
        await room.admit(request, Right.PUBLISH)
        return _confirm(room, request)

    @router.post("/facts/withdraw")
    async def withdraw(request: Request) -> Response:
        visitor = await room.admit(request, Right.PUBLISH)
        return await _withdraw(room, request, visitor)


async def _list(room: Room, request: Request) -> Response:
    written = request.query_params.get("before", "")
    before = int(written) if written.isdecimal() and 0 < len(written) <= _DIGITS else _NEWEST
    found = await room.gateway.journal.read(lambda tx: agencies.latest(tx, before=before, limit=_PAGE))
    standing = {claim.id for claim in not_withdrawn(room.gateway.agencies.claims)}
    return room.page(
        request,
        "catalogues/facts.html",
        facts=[filled(one) | {"stands": one["id"] in standing} for one in found["facts"]],
        next=found["next"],
        before=before != _NEWEST,
        **WORDS,
    )


# --- adding ---------------------------------------------------------------------------------------------


def _form(
    room: Room, request: Request, kind: str, given: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> Response:
    return room.page(
        request,
        "catalogues/fact.html",
        status=422 if wrong else 200,
        kind=kind,
        given=given,
        wrong=wrong or {},
        FIELDS=FIELDS,
        **WORDS,
    )


async def _add(room: Room, request: Request, visitor: Visitor) -> Response:
    form = await form_of(request)
    kind = form.get("kind")
    if kind not in _FORMS:
        raise ApiError(422, "invalid", "kind")
    reason, given = form.reason(), {name: form.get(name) for name in _FORMS[kind]}
    try:
        claim = claim_of(kind, _content(kind, form))
        await add_claim(room.gateway, claim, visitor.name, reason)
    except Invalid as fault:
        said = _wrong(room, request, fault.problems)
        return _form(room, request, kind, given | {"reason": reason}, said)
    code = claim.predecessor if isinstance(claim, Succession) else given["code"]
    return room.go(request, agency_url(code), _ADDED, code=code)


def _content(kind: str, form: Form) -> dict[str, Any]:
    """Return the fields of a claim that were filled in; how the code is written tells its scheme."""
    told_: dict[str, Any] = {name: value for name in _FORMS[kind] if (value := form.get(name))}
    if (level := told_.get("level", "")).isdecimal():
        told_["level"] = int(level[:3])
    code = told_.get("code") or told_.get("predecessor") or ""
    scheme = "statistics" if read_agency(code).form is Written.STATISTICS else "identifier"
    return told_ | {"scheme": scheme}


def _wrong(room: Room, request: Request, problems: Sequence[Problem]) -> dict[str, str]:
    """Return what is wrong, by field, in the visitor's language."""
    found = {}
    for problem in problems:
        field = problem.place.strip("/")
        name = room.say(request, FIELDS.get(field, field))
        found[field] = explain(problem, language_of(request), place=name).text
    return found


# --- withdrawing ----------------------------------------------------------------------------------------


def _claim(room: Room, number: str) -> Fact | Succession:
    """Return a claim that stands.

    Raises:
        ApiError: 404, there is none; 409, it was withdrawn already, or is a withdrawal itself.
    """
    known = room.gateway.agencies.claims
    found = next((claim for claim in known if number and claim.id == number), None)
    if found is None:
        raise ApiError(404, "not-found")
    if isinstance(found, Withdrawal) or found.id not in {claim.id for claim in not_withdrawn(known)}:
        raise ApiError(409, "wrong-state")
    return found


def _confirm(room: Room, request: Request) -> Response:
    claim = _claim(room, request.query_params.get("fact", ""))
    code = _code(claim)
    known = room.gateway.agencies
    after = known.extended([Withdrawal(claim.id, "?", "?")])
    on = today()
    part = "hx-request" in request.headers
    return room.page(
        request,
        "catalogues/withdraw-part.html" if part else "catalogues/withdraw.html",
        fact=claim.id,
        code=code,
        content=told_of(claim),
        before=told_resolution(known.resolve(code, on), on),
        after=told_resolution(after.resolve(code, on), on),
        on=on,
        FIELDS=FIELDS,
        back=agency_url(code),
        **WORDS,
    )


def _code(claim: Claim) -> str:
    """Return the code that a claim is about."""
    if isinstance(claim, Fact):
        return claim.code
    return claim.predecessor if isinstance(claim, Succession) else ""


async def _withdraw(room: Room, request: Request, visitor: Visitor) -> Response:
    form = await form_of(request)
    reason, claim = form.reason(), _claim(room, form.get("fact"))
    said = claim_of("withdrawal", {"withdraws": claim.id, "source": form.get("source") or reason[:500]})
    await add_claim(room.gateway, said, visitor.name, reason)
    return room.go(request, agency_url(_code(claim)), _WITHDRAWN, fact=claim.id)

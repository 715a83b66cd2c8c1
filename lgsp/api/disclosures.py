"""Personal data over HTTP: seeing a message whole for a purpose, and who has seen whose data."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from lgsp.api.bodies import asking, in_json, read_body
from lgsp.api.desk import Desk, page, uuid_of
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError, told
from lgsp.api.seeking import moment, spellings
from lgsp.callers import Caller
from lgsp.disclosing import (
    MINUTES,
    MOST_MINUTES,
    MOST_REASON,
    PURPOSES,
    Disclosing,
    Purpose,
    masked_raw,
    masked_walk,
    unheard,
)
from lgsp.errors import Invalid
from lgsp.journal import accesses, disclosures, erasing, reading, troubled
from lgsp.journal.contract import Transaction
from lgsp.journal.disclosures import Asked
from lgsp.masking import identity
from lgsp.rights import Right

_LONGEST = 200
_LINES = 50_000
"""Rows of one file at most."""
_PAGE = 1000
HEADS = ("at", "until", "who", "system", "how", "purpose", "reason", "type", "subject", "item")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Wish(BaseModel):
    """Why somebody wants to see personal data.

    Attributes:
        purpose: one of the words that `GET /v1/disclosures/purposes` lists.
        reason: in the person's words; it stands in the journal, so it names nobody.
        minutes: for how long.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    purpose: str = Field(max_length=50)
    reason: str = Field(max_length=MOST_REASON)
    minutes: int = Field(MINUTES, ge=1, le=MOST_MINUTES)

    def purpose_meant(self) -> Purpose:
        """Return it as the journal has it.

        Raises:
            ApiError: it says too little.
        """
        try:
            return Purpose(self.purpose, self.reason, self.minutes)
        except Invalid as fault:
            raise ApiError(422, fault.code, problems=told(fault)["problems"]) from fault


class Question(BaseModel):
    """Whose data is asked about, or who saw it; a number stands in the body, never in an address.

    Attributes:
        number: an identity number, old or new, however it is written.
        code: of a dossier or a document.
        who: the person who saw.
        since: a day or a time, called `from`.
        until: a day (it counts whole) or a time, called `to`.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    number: str = Field("", max_length=_LONGEST)
    code: str = Field("", max_length=_LONGEST)
    who: str = Field("", max_length=_LONGEST)
    since: str = Field("", alias="from", max_length=50)
    until: str = Field("", alias="to", max_length=50)

    def asked(self) -> Asked:
        """Return it as the journal has it.

        Raises:
            ApiError: the number is none, or a time means nothing.
        """
        number = identity(self.number)
        if self.number and not number:
            raise ApiError(422, "invalid", "number is none: an identity number has 9 or 12 digits")
        since, until = moment("from", self.since), moment("to", self.until, ends=True)
        return Asked([number] if number else [], spellings(self.code), self.who, since, until)


def disclosures_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which people see personal data, and auditors who did."""
    router = APIRouter(responses=READ_RESPONSES, tags=["personal data"])
    _add_disclosing(router, desk)
    _add_quarantine(router, desk)
    _add_report(router, desk)
    return router


def _add_disclosing(router: APIRouter, desk: Desk) -> None:
    disclosing = Disclosing(desk.gateway)

    @router.get("/v1/disclosures/purposes", summary="What personal data may be disclosed for")
    async def purposes(request: Request) -> Response:
        desk.person(request, Right.LOOK, within=True)
        return in_json({"purposes": [{"purpose": w, "vi": vi, "en": en} for w, (vi, en) in PURPOSES.items()]})

    @router.post(
        "/v1/messages/{id}/disclose",
        summary="See a message whole for a purpose and a while; the journal holds it first",
        openapi_extra=asking(Wish),
    )
    async def disclose(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        caller, uid = desk.person(request, Right.PERSONAL), uuid_of(id)
        why = read_body(Wish, await request.body()).purpose_meant()
        until = await disclosing.message(uid, caller.name, why)
        if until is None:
            raise ApiError(404, "not-found")
        return in_json({"message": str(uid), "until": reading.at(until)})

    @router.post("/v1/messages/{id}/mask", summary="Mask a message again before the time is over")
    async def mask(request: Request, id: str) -> Response:  # noqa: A002 - the word of the path
        caller, uid = desk.person(request, Right.PERSONAL), uuid_of(id)
        return in_json({"message": str(uid), "masked": await disclosing.mask_again(uid, caller.name)})


def _add_quarantine(router: APIRouter, desk: Desk) -> None:
    disclosing, journal = Disclosing(desk.gateway), desk.gateway.journal

    @router.post(
        "/v1/quarantine/{number}/disclose",
        summary="Read what was turned away as it came, for a purpose",
        openapi_extra=asking(Wish),
    )
    async def disclose(request: Request, number: int) -> Response:
        caller = desk.person(request, Right.PERSONAL)
        why = read_body(Wish, await request.body()).purpose_meant()
        row, raw = await journal.read(lambda tx: turned_away(tx, number))
        if raw is None or raw["body"] is None:
            raise ApiError(404, "not-found", "it is kept no more, or too large to be read here")
        named = {"type": row["type"], "subject": row["subject"], "partitionkey": row["subject"]}
        await disclosing.other(f"quarantine/{number}", raw["body"], caller.name, why, "raw", **named)
        text = raw["body"].decode("utf-8", "replace")
        return in_json({"quarantine": number, "content_type": raw["content_type"], "text": text})


def turned_away(tx: Transaction, number: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return what was turned away, and what it came in, if that is kept.

    Raises:
        ApiError: there is nothing of this number.
    """
    row = troubled.one_turned_away(tx, number) if 0 < number < 2**62 else None
    if row is None:
        raise ApiError(404, "not-found")
    return row, troubled.raw(tx, row["raw"])


def _add_report(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/v1/disclosures/report",
        summary="Who has seen the data of a citizen, of a dossier, or what a person has seen",
        openapi_extra=asking(Question),
    )
    async def report(request: Request) -> Response:
        caller, asked = desk.person(request, Right.AUDIT), read_body(Question, await request.body()).asked()
        before, limit = page(request)
        found, older = await looked(desk, caller, asked, before=before or None, limit=limit)
        return in_json({"disclosures": found, "next": older})

    @router.post(
        "/v1/disclosures/report.csv",
        summary="The same as a table that a sheet opens",
        openapi_extra=asking(Question),
        responses={200: {"content": {"text/csv": {}}}},
    )
    async def table(request: Request) -> Response:
        caller, asked = desk.person(request, Right.AUDIT), read_body(Question, await request.body()).asked()
        rows = await everything(desk, caller, asked)
        return Response(sheet(rows), media_type="text/csv; charset=utf-8")


async def looked(  # noqa: PLR0913 - who asks, what, and which page of it
    desk: Desk, caller: Caller, asked: Asked, *, before: int | None, limit: int, how: str = ""
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page of the report; that it was asked for is an entry itself, written first."""
    journal = desk.gateway.journal
    if before is None:
        await journal.write(lambda tx: disclosures.note_report(tx, caller.name, asked, how))
    return await journal.read(lambda tx: accesses.report(tx, asked, before=before, limit=limit))


async def everything(desk: Desk, caller: Caller, asked: Asked) -> list[dict[str, Any]]:
    """Return the whole report, as far as one file goes."""
    rows, older = await looked(desk, caller, asked, before=None, limit=_PAGE, how="csv")
    while older is not None and len(rows) < _LINES:
        more, older = await looked(desk, caller, asked, before=older, limit=_PAGE)
        rows += more
    return rows


def sheet(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return the report as a table: UTF-8 with a mark, semicolons, and no cell that a sheet would reckon."""
    written = io.StringIO()
    out = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.writerow(HEADS)
    out.writerows([_cell(row[name]) for name in HEADS] for row in rows)
    return ("\ufeff" + written.getvalue()).encode()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


async def sees_whole(desk: Desk, caller: Caller, uid: UUID) -> bool:
    """Tell whether a message is disclosed to a person now."""
    return caller.may(Right.PERSONAL) and await Disclosing(desk.gateway).until(uid, caller.name) is not None


async def seen_by(desk: Desk, caller: Caller, walk: dict[str, Any]) -> dict[str, Any]:
    """Return a message's walk as this caller may see it: a system its own whole, a person masked.

    A person who was let see the message whole sees it so, with `disclosed_until`.
    """
    if walk["data"] is None:
        gone = await desk.gateway.journal.read(lambda tx: erasing.erased_at(tx, [walk["seq"]]))
        walk |= {"erased_at": reading.at(gone.get(walk["seq"]))}
    if caller.role is None:
        return walk
    allowed = caller.may(Right.PERSONAL)
    until = await Disclosing(desk.gateway).until(UUID(walk["id"]), caller.name) if allowed else None
    if until is None:
        return masked_walk(desk.gateway.types, walk)
    return walk | {"disclosed_until": reading.at(until)}


def hears(caller: Caller) -> bool:
    """Tell whether a caller may read what far sides said in their own words, as it may read bodies."""
    return caller.role is None or caller.may(Right.BODIES)


def heard(caller: Caller, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of deliveries or reports as this caller may see them."""
    return rows if hears(caller) else unheard(rows)


def turned_away_as_seen(caller: Caller, found: dict[str, Any]) -> dict[str, Any]:
    """Return a page of what was turned away as this caller may see it: people see no text of what came."""
    if caller.role is None:
        return found
    return found | {"quarantine": [one | {"raw": masked_raw(one["raw"])} for one in found["quarantine"]]}


async def sample_seen_by(desk: Desk, caller: Caller, answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without a name as this person may see it: what it said natively only if disclosed."""
    sample = answer["sample"]
    about = sample["message"] if caller.may(Right.PERSONAL) else None
    if about is not None and await Disclosing(desk.gateway).until(about, caller.name) is not None:
        return answer
    return answer | {"sample": sample | {"exchanges": [], "withheld": len(sample["exchanges"])}}

"""What was turned away at the door: from whom, why, where in what came, and the body itself for operators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.kept_file import kept_file
from lgsp.api.problems import ApiError
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.personal_message import asking, purpose_of
from lgsp.console.problems_groups import PARTIES, number_of
from lgsp.console.room import Room, language_of
from lgsp.disclosing import Disclosing
from lgsp.domain.causes import explain
from lgsp.errors import Problem
from lgsp.journal import troubled
from lgsp.journal.contract import Transaction
from lgsp.rights import Right

_NO_PURPOSE = told("Chưa tải: chọn mục đích và ghi lý do cụ thể, từ 5 đến 500 ký tự.")
_EXTENSIONS: Mapping[str, str] = {"application/json": "json", "application/xml": "xml", "text/xml": "xml"}


def add_door(router: APIRouter, room: Room) -> None:
    """Add the endpoints about what was turned away."""
    journal = room.gateway.journal

    @router.get("/quarantine")
    async def quarantine(request: Request) -> Response:
        await room.admit(request, Right.LOOK)
        asked = request.query_params
        source, code = (asked.get(name, "").strip() for name in ("source", "code"))
        before = number_of(request, "before")
        rows, older = await journal.read(lambda tx: troubled.turned_away(tx, source, code, before))
        rows_told = [row | {"why": _why(row, language_of(request))} for row in rows]
        systems = sorted({*room.gateway.counterparts, *([source] if source else [])})
        return room.page(
            request, "problems/quarantine.html", rows=rows_told, older=older, before=before, systems=systems
        )

    @router.get("/quarantine/{number}")
    async def one(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        row, raw = await journal.read(lambda tx: _with_raw(tx, number))
        why = _why(row, language_of(request))
        return room.page(
            request, "problems/turned-away.html", row=row, raw=raw, why=why, parties=PARTIES,
            **asking(request),
        )  # fmt: skip

    @router.post("/quarantine/{number}/raw")
    async def body(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.PERSONAL)
        said = purpose_of(await form_of(request))
        row, raw = await journal.read(lambda tx: _with_raw(tx, number))
        if raw is None or (raw["body"] is None and not raw["blob"]):
            raise ApiError(404, "not-found")
        if said is None:
            return room.go(request, f"/console/problems/quarantine/{number}", _NO_PURPOSE, "warning")
        named = {"type": row["type"], "subject": row["subject"], "partitionkey": row["subject"]}
        on, content = f"quarantine/{row['id']}", raw["body"] or b""
        await Disclosing(room.gateway).other(on, content, visitor.name, said, "raw", **named)
        return await _download(room, request, row, raw)


def _with_raw(tx: Transaction, number: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    row = troubled.one_turned_away(tx, number) if 0 < number < 2**62 else None
    if row is None:
        raise ApiError(404, "not-found")
    return row, troubled.raw(tx, row["raw"])


def _why(row: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Return each thing that was wrong, with its explanation in a language."""
    said = [Problem(*one) for one in row["problems"]] or [Problem("", row["code"], "")]
    return [explain(one, language).as_dict() | {"place": one.place, "detail": one.detail} for one in said]


async def _download(room: Room, request: Request, row: Mapping[str, Any], raw: Mapping[str, Any]) -> Response:
    """Return the body as a file; it is never shown as a page, whatever it holds."""
    extension = _EXTENSIONS.get(raw["content_type"].partition(";")[0].strip(), "bin")
    name = f"quarantine-{row['id']}.{extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if raw["body"] is None:
        return await kept_file(request, room.gateway.blobs, raw["blob"], headers)
    return Response(raw["body"], media_type="application/octet-stream", headers=headers)

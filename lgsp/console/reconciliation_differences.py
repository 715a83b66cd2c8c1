"""What a reconciliation found, dossier by dossier: what each side says, by filters, and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.reconciliations_found import exported, filter_of
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.reconciliation_run import Sums
from lgsp.console.reconciliation_words import words
from lgsp.console.room import Room
from lgsp.journal import dossiers, people
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_differences as differences
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations_differences import Filter
from lgsp.rights import Right

FILTERS = ("bucket", "owner", "cause", "repair", "agency", "change", "mending")
_PAGE = 50
_WRONG = told("Cơ quan là một mã cơ quan, ví dụ H44.11 hoặc 000.00.11.H44.")


class Page(NamedTuple):
    """Some differences in the order of their keys; when each is due; and the key behind which more begin."""

    rows: Sequence[dict[str, Any]]
    due: Mapping[str, int]
    after: str


def add_differences(router: APIRouter, room: Room, sums: Sums) -> None:
    """Add the endpoints by which people look at dossiers that differ."""

    @router.get("/{number}/differences")
    async def found(request: Request, number: int) -> Response:
        await room.admit(request, Right.LOOK)
        return await _found(room, request, sums, number)

    @router.post("/{number}/export")
    async def export(request: Request, number: int) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        await sums.find(number)
        kind, wanted = (await form_of(request)).get("format"), filter_of(request.query_params)
        answer = exported(room.desk, number, wanted, kind)
        text = orjson.dumps({"format": kind} | used(request)).decode()
        await room.gateway.journal.write(
            lambda tx: people.note(tx, "reconciliation exported", visitor.name, on=str(number), details=text)
        )
        return answer


def used(request: Request) -> dict[str, str]:
    """Return the filters that an address gives."""
    return {name: text for name in FILTERS if (text := request.query_params.get(name, "").strip())}


async def _found(room: Room, request: Request, sums: Sums, number: int) -> Response:
    whole, wrong, page = await sums.find(number), "", Page([], {}, "")
    behind = request.query_params.get("behind", "")[:200]
    try:
        wanted = filter_of(request.query_params)
        page = await room.gateway.journal.read(lambda tx: _page(tx, number, wanted, behind))
    except ApiError as fault:
        if not fault.detail.startswith("agency"):
            raise
        wrong = room.say(request, _WRONG)
    return room.page(
        request,
        "reconciliation/differences.html",
        status=422 if wrong else 200,
        run=whole["run"],
        before=whole["before"],
        causes=list(dict.fromkeys(row.cause for row in whole["by_cause"])),
        repairable=whole["repairable"],
        page=page,
        behind=behind,
        wrong=wrong,
        used=used(request),
        done=runs.DONE,
        **words(room, request),
    )


def _page(tx: Transaction, number: int, wanted: Filter, behind: str) -> Page:
    rows = differences.listing(tx, number, wanted, after=behind, limit=_PAGE + 1)
    shown = rows[:_PAGE]
    known = dossiers.among(tx, [one["key"] for one in shown])
    due = {key: one.due for key, one in known.items() if one.due is not None and one.finished is None}
    return Page(shown, due, shown[-1]["key"] if len(rows) > _PAGE else "")

"""The screen of questions: who asked what of whom, for what, how often, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from lgsp.api.problems import ApiError
from lgsp.api.seeking import moment
from lgsp.console.asks_answer import answers_router
from lgsp.console.asks_export import EXPORTED, lines
from lgsp.console.asks_systems import overseen
from lgsp.console.asks_trial import trials_router
from lgsp.console.asks_words import CONSOLE, ENDINGS, GROUPS, purposes, shared, words_for
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.screens import Screen
from lgsp.console.sheets import MOST, note
from lgsp.console.visits import Visitor
from lgsp.enquiry import Ending
from lgsp.journal import asks_seeking
from lgsp.journal.asks_lately import SLOW
from lgsp.journal.asks_seeking import Page
from lgsp.journal.asks_shown import Wanted
from lgsp.message import VIETNAM
from lgsp.rights import Right

_HERE = "/console/asks"
_PAGE, _LONGEST = 50, 200
_FILTERS = ("source", "system", "type", "purpose", "ending", "dossier", "slow", "from", "to")
_BY_WORD = {one.word: (one,) for one in Ending} | {word: found for word, (_, found) in GROUPS.items()}
_LIVE, _NEWEST = "asks", "asks newest"
_WRONG = told("Bộ lọc không đọc được: thời điểm không có thật, hoặc một điều kiện không có nghĩa.")


def asks_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix=_HERE)
    room.ticker.tell(_LIVE, lambda: overseen(room))
    room.ticker.tell(_NEWEST, lambda: _search(room, Wanted(limit=_PAGE)))

    @router.get("")
    async def listed(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        if request.query_params.get("part") == "live":
            words = words_for(room, request, visitor)
            return room.page(
                request, "asks/systems.html", live=await room.ticker.latest(_LIVE), **shared(words)
            )
        return await _list(room, request, visitor)

    @router.post("/export")
    async def export(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK)
        wanted, words = wanted_of(request.query_params), words_for(room, request, visitor)
        await room.gateway.journal.write(
            lambda tx: note(tx, EXPORTED, visitor.name, _given(request.query_params))
        )
        name = f"tra-cuu-{datetime.now(VIETNAM):%Y%m%d-%H%M}.csv"
        return StreamingResponse(
            lines(room, words, wanted),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
        )

    router.include_router(answers_router(room))
    router.include_router(trials_router(room))
    return router


# --- the list -------------------------------------------------------------------------------------------


def wanted_of(params: Mapping[str, str]) -> Wanted:
    """Return what an address asks for.

    Raises:
        ApiError: 422, a filter means nothing.
    """
    given = _given(params)
    ending = given.get("ending", "")
    if any(len(value) > _LONGEST for value in given.values()) or ending not in {"", *_BY_WORD}:
        raise ApiError(422, "invalid", f"a filter has at most {_LONGEST} characters, and means something")
    before = params.get("before", "")
    return Wanted(
        source=given.get("source", ""),
        system=given.get("system", ""),
        type=given.get("type", ""),
        purpose=given.get("purpose", ""),
        dossier=given.get("dossier", ""),
        endings=_BY_WORD[ending] if ending else (),
        slow=SLOW if "slow" in given else 0,
        since=moment("from", given.get("from", "")) or 0,
        until=moment("to", given.get("to", ""), ends=True) or 0,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0,  # noqa: PLR2004
        limit=_PAGE,
    )


def _given(params: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that say something."""
    return {name: value for name in _FILTERS if (value := params.get(name, "").strip())}


async def _search(room: Room, wanted: Wanted) -> Page:
    return await room.gateway.journal.read(lambda tx: asks_seeking.search(tx, wanted))


async def _list(room: Room, request: Request, visitor: Visitor) -> Response:
    params, wrong, found = request.query_params, "", Page([])
    used, before = _given(params), params.get("before", "")
    try:
        wanted = wanted_of(params)
        found = await (_search(room, wanted) if used or before else room.ticker.latest(_NEWEST))
    except ApiError:
        wrong = room.say(request, _WRONG)
    part = params.get("part") == "found"
    return room.page(
        request, "asks/found.html" if part else "asks/list.html", status=422 if wrong else 200, found=found,
        wrong=wrong, filters=dict.fromkeys(_FILTERS, "") | used, used=used, before=before, here=_HERE,
        MOST=MOST,
        choices=_choices(room), live=None if part else await room.ticker.latest(_LIVE),
        **shared(words_for(room, request, visitor)),
    )  # fmt: skip


def _choices(room: Room) -> dict[str, Any]:
    enquiries = room.desk.enquiries
    return {
        "source": [*room.gateway.counterparts, CONSOLE],
        "system": list(enquiries.answering()),
        "type": enquiries.questions.asked,
        "purpose": list(purposes(room)),
        "ending": [*GROUPS, *ENDINGS],
    }


SCREEN = Screen(path="asks", title=told("Tra cứu"), icon="zoom-question", router=asks_router)

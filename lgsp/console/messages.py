"""The screen of messages: search by whatever is known of one, page through what is found, take it along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from lgsp.api.problems import ApiError
from lgsp.api.seeking import GROUPS, UNROUTED, WORDS, Asked, asked, spellings
from lgsp.console.language import told
from lgsp.console.message_words import TYPES
from lgsp.console.messages_export import EXPORTED, lines
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.sheets import MOST, note
from lgsp.domain.agencies.register import Register
from lgsp.domain.causes import explain
from lgsp.domain.causes_named import Names
from lgsp.domain.typed import Meant
from lgsp.journal import reading
from lgsp.journal.choosing import Choices, beginning, choices
from lgsp.journal.contract import Transaction
from lgsp.journal.reaching import Sight
from lgsp.journal.searching import Page, Sought, search
from lgsp.message import VIETNAM
from lgsp.rights import Right

_PAGE, _COMPLETED = 50, 12
_CHOSEN = Choices((), (), (), (), ())
"""What somebody with limits may choose from: what occurs elsewhere is not told by a list of words."""
_FILTERS = (
    "q", "code", "state", "system", "cause", "source", "type", "agency", "alone", "finding", "from", "to",
)  # fmt: skip
_SHORTCUTS = (
    ("state", "held"),
    ("state", "dead"),
    ("state", "put off"),
    ("state", UNROUTED),
    ("finding", "any"),
)

GROUP_NAMES: Mapping[str, str] = {
    "open": told("chưa chuyển xong"),
    "dead": told("không chuyển được"),
    UNROUTED: told("chưa có tuyến"),
    "any": told("có điểm cần lưu ý"),
}
MEANT: Mapping[Meant, str] = {
    Meant.ID: told("mã thông điệp"),
    Meant.DOSSIER: told("mã hồ sơ"),
    Meant.DOCUMENT: told("mã định danh văn bản"),
    Meant.NOTATION: told("số ký hiệu văn bản"),
    Meant.AGENCY: told("mã định danh cơ quan, gồm cả đơn vị trực thuộc"),
    Meant.NAME: told("tên cơ quan"),
    Meant.CODE: told("mã đúng như đã nhập"),
}
"""As what the typed text was read."""
_WRONG: Mapping[str, str] = {
    "state": told("Bộ lọc không đọc được: không có trạng thái nào tên như vậy."),
    "from": told("Bộ lọc không đọc được: thời điểm bắt đầu không có thật hoặc không đúng dạng."),
    "to": told("Bộ lọc không đọc được: thời điểm kết thúc không có thật hoặc không đúng dạng."),
}
"""What is said of a filter that means nothing, by the word with which the fault begins."""
_TOO_LONG = told("Bộ lọc không đọc được: một điều kiện dài quá 500 ký tự.")


@dataclass(slots=True, frozen=True)
class _Found:
    """What a page shows: the messages, and what was turned away at the door under the same name."""

    page: Page
    rejected: Sequence[Mapping[str, Any]]


def messages_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/messages")
    room.ticker.tell("message choices", lambda: room.gateway.journal.read(choices))

    @router.get("")
    async def found(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        return await _list(room, request, room.sight(visitor))

    @router.get("/agencies")
    async def agencies(request: Request) -> Response:
        """Complete what is typed as an agency: codes that occur, and names that hold the words."""
        await room.admit(request, Right.LOOK)
        text = request.query_params.get("agency", "").strip()[:200]
        return room.page(request, "messages/agencies.html", agencies=await _complete(room, text))

    @router.post("/export")
    async def export(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        looked = await asked(room.desk, request.query_params, None, room.sight(visitor))
        words = {name: value for name in _FILTERS if (value := request.query_params.get(name))}
        journal = room.gateway.journal
        await journal.write(lambda tx: note(tx, EXPORTED, visitor.name, words))
        name = f"thong-diep-{datetime.now(VIETNAM):%Y%m%d-%H%M}.csv"
        return StreamingResponse(
            lines(room, language_of(request), looked.sought),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
        )

    return router


async def _list(room: Room, request: Request, sight: Sight) -> Response:
    params = request.query_params
    wrong, looked = "", Asked(Sought())
    try:
        looked = await asked(room.desk, params, None, sight)
        behind, down = _place(params)
        found = await room.gateway.journal.read(lambda tx: _look(tx, looked, behind, down=down))
    except ApiError as fault:
        wrong = room.say(request, _WRONG.get(fault.detail.partition(" ")[0], _TOO_LONG))
        found = _Found(Page([], None, None, None), [])
    filters = {name: params.get(name, "") for name in _FILTERS}
    return room.page(
        request,
        "messages/found.html" if "hx-request" in request.headers else "messages/list.html",
        status=422 if wrong else 200,
        wrong=wrong,
        looked=looked,
        found=found.page,
        rejected=found.rejected,
        filters=filters,
        used={name: value for name, value in filters.items() if value},
        choices=await room.ticker.latest("message choices") if sight.everything else _CHOSEN,
        today=datetime.now(VIETNAM).date(),
        words=_Words(room.gateway.agencies, room.gateway.names, language_of(request)),
        MEANT=MEANT,
        TYPES=TYPES,
        STATES=list(WORDS),
        GROUPS=[*GROUPS, UNROUTED],
        GROUP_NAMES=GROUP_NAMES,
        SHORTCUTS=_SHORTCUTS,
        MOST=MOST,
    )


def _place(params: Mapping[str, str]) -> tuple[int | None, bool]:
    """Return behind which message the page lies, and whether it goes on to older ones."""
    for name, down in (("older", True), ("newer", False)):
        text = params.get(name, "")
        if text.isdecimal() and len(text) < 19:  # noqa: PLR2004 - digits of a number
            return int(text), down
    return None, True


def _look(tx: Transaction, looked: Asked, behind: int | None, *, down: bool) -> _Found:
    named = spellings(looked.sought.code)
    rejected: Sequence[Mapping[str, Any]] = ()
    if named:
        sight = looked.sought.sight
        rejected = reading.quarantined(tx, None, subjects=named, limit=5, sight=sight)["quarantine"]
    return _Found(search(tx, looked.sought, behind=behind, down=down, limit=_PAGE), rejected)


async def _complete(room: Room, text: str) -> list[tuple[str, str]]:
    """Return codes and names of agencies that somebody may be typing."""
    known, today = room.gateway.agencies, datetime.now(VIETNAM).date()
    seen = await room.gateway.journal.read(lambda tx: beginning(tx, text, _COMPLETED))
    named, _ = await room.desk.agency_search.find(known, text, today, limit=_COMPLETED) if text else ([], "")
    codes = dict.fromkeys([*seen, *(one.written for one in named)])
    return [(code, name_of(known, code)) for code in codes][: 2 * _COMPLETED]


def name_of(known: Register, code: str) -> str:
    """Return the name of an agency today; empty where nobody knows it."""
    found = known.resolve(code, datetime.now(VIETNAM).date()) if code else None
    return found.fact.name if found is not None and found.known and found.fact is not None else ""


@dataclass(slots=True, frozen=True)
class _Words:
    """How what stands in a row is called in the visitor's language."""

    known: Register
    names: Names
    language: str

    def agency(self, code: str) -> str:
        """Return the name of an agency, or nothing."""
        return name_of(self.known, code)

    def cause(self, code: str, system: str = "") -> str:
        """Return what a cause or a finding means."""
        return explain(self.names.now(system, code) or code, self.language).text


SCREEN = Screen(
    path="messages", title=told("Thông điệp"), icon="messages", router=messages_router, within=True
)

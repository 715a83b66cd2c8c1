"""What was said of a message: raw, canonical, sent and answered, side by side; and field by field."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.api.kept_file import kept_file
from lgsp.api.problems import ApiError
from lgsp.console.comparing import MOST, changes, matches
from lgsp.console.highlighting import shown
from lgsp.console.language import told
from lgsp.console.message_view import label
from lgsp.console.personal_message import masked_changes, masked_matches
from lgsp.console.room import Room, language_of
from lgsp.console.visits import Visitor
from lgsp.console.wording import Wording
from lgsp.disclosing import Disclosing, masked_data
from lgsp.journal import people, walking
from lgsp.journal.contract import Transaction
from lgsp.journal.rows import numbers_of
from lgsp.rights import Right

LARGE = 4 * 1024 * 1024
"""Bytes above which a body is only downloaded: laying it out would keep others waiting."""
_REMEMBERED = 10_000
VIEWS: Mapping[str, str] = {
    "raw": told("Nguyên bản nhận"),
    "canonical": told("Dạng chuẩn"),
    "sent": told("Đã gửi"),
    "answer": told("Trả lời"),
}
_FILE = told("‹tệp %(size)s›")
_CLOSED = told("Chưa tải: tải nội dung cũng là xem dữ liệu cá nhân, hãy nêu mục đích trước.")


@dataclass(slots=True)
class Looks:
    """Who looked at which message's bodies in which session: each is in the journal once a visit.

    It is kept by this process: another one may note the same visit again.
    """

    room: Room
    _known: OrderedDict[tuple[bytes, str], None] = field(default_factory=OrderedDict)

    async def note(self, visitor: Visitor, uid: str) -> None:
        """Write down that a person sees a body, before it is shown.

        Raises:
            JournalError: it cannot be written; nothing is shown then.
        """
        key = (visitor.token, uid)
        if key in self._known:
            return
        await self.room.gateway.journal.write(lambda tx: people.note(tx, "body read", visitor.name, on=uid))
        self._known[key] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def bodies_router(room: Room) -> APIRouter:
    """Return the endpoints from which bodies are downloaded whole."""
    router = APIRouter(prefix="/console/messages/{uid:uuid}")

    @router.get("/download/{what}")
    async def download(request: Request, uid: UUID, what: str) -> Response:
        visitor = await room.admit(request, Right.PERSONAL)
        number = await room.gateway.journal.read(lambda tx: _number(tx, uid))
        if number is None or what not in VIEWS:
            raise ApiError(404, "not-found")
        if not await Disclosing(room.gateway).handed_out(uid, visitor.name):
            return room.go(request, f"/console/messages/{uid}?tab=bodies", _CLOSED, "warning")
        return await _whole(room, request, (uid, number, what))

    return router


def _number(tx: Transaction, uid: UUID) -> int | None:
    return numbers_of(tx, [uid.bytes]).get(uid.bytes)


def attempt_of(request: Request) -> tuple[int, int] | None:
    """Return the attempt that an address names as `<delivery>-<number>`, if it does."""
    delivery, _, number = request.query_params.get("attempt", "").partition("-")
    good = all(part.isdecimal() and len(part) < 19 for part in (delivery, number))  # noqa: PLR2004 - an id
    return (int(delivery), int(number)) if good else None


async def _whole(room: Room, request: Request, asked: tuple[UUID, int, str]) -> Response:
    (uid, number, what), attempt = asked, attempt_of(request)
    journal, text = room.gateway.journal, b""
    if what == "raw":
        raw = await journal.read(lambda tx: walking.raw(tx, number))
        if raw and raw["blob"]:
            return await kept_file(request, room.gateway.blobs, raw["blob"], _as_file(f"{uid}-raw"))
        text = raw["body"] if raw else b""
    elif what == "canonical":
        body = await journal.read(lambda tx: walking.body(tx, number))
        text = body or b""
    elif attempt is not None:
        said = await journal.read(lambda tx: _said(tx, number, attempt))
        text = "\n\n".join(one["answer" if what == "answer" else "request"] for one in said).encode()
    return Response(text, media_type="application/octet-stream", headers=_as_file(f"{uid}-{what}"))


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.txt"', "Cache-Control": "no-store"}


def _said(tx: Transaction, message: int, attempt: tuple[int, int]) -> list[dict[str, Any]]:
    """Return the exchanges of an attempt, if it is one of that message's."""
    return walking.exchanges(tx, *attempt) if walking.owns(tx, message, attempt[0]) else []


_WITHHELD: dict[str, Any] = {"text": None, "cut": False, "empty": False, "withheld": True}


# --- side by side ---------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class _Said:
    """All that was said of a message."""

    raw: Mapping[str, Any] | None
    body: bytes | None
    exchanges: list[dict[str, Any]]


async def _everything(room: Room, walk: Mapping[str, Any], attempt: tuple[int, int] | None) -> _Said:
    number = walk["seq"]

    def read(tx: Transaction) -> _Said:
        said = _said(tx, number, attempt) if attempt else []
        return _Said(walking.raw(tx, number), walking.body(tx, number), said)

    return await room.gateway.journal.read(read)


def tries(walk: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the attempts of which requests and answers are kept, the newest first."""
    systems = {one["id"]: one["system"] for one in walk["deliveries"]}
    return [
        {**one, "key": f"{one['delivery']}-{one['attempt']}", "system": systems[one["delivery"]]}
        for one in reversed(walk["attempts"])
        if one["exchanges"]
    ]


def _chosen(request: Request, walk: Mapping[str, Any]) -> tuple[list[dict[str, Any]], tuple[int, int] | None]:
    kept = tries(walk)
    asked = attempt_of(request)
    known = [(one["delivery"], one["attempt"]) for one in kept]
    return kept, asked if asked in known else next(iter(known), None)


async def panes(
    room: Room, request: Request, walk: Mapping[str, Any], *, whole: bool = False
) -> dict[str, Any]:
    """Return two views beside one another, each chosen by the address.

    Unless the visitor sees the message `whole`, the canonical body is masked, and what came and was said
    natively is not shown: nobody knows what in it is personal.
    """
    kept, attempt = _chosen(request, walk)
    said = await _everything(room, walk, attempt)
    default = {"left": "canonical", "right": "sent" if kept else "raw"}
    chosen = {
        side: word if (word := request.query_params.get(side, "")) in VIEWS else default[side]
        for side in default
    }
    seen = said if whole else await asyncio.to_thread(_masked, said, walk["type"], room)
    drawn = await asyncio.to_thread(
        lambda: {side: _drawn(word, seen, language_of(request), room) for side, word in chosen.items()}
    )
    return {
        "panes": [(side, word, drawn[side]) for side, word in chosen.items()],
        "VIEWS": VIEWS,
        "tries": kept,
        "attempt": "{}-{}".format(*attempt) if attempt else "",
    }


def _drawn(word: str, said: _Said, language: str, room: Room) -> list[dict[str, Any]]:
    """Return a view as pieces, each with the text laid out; none where nothing is kept."""
    if word == "raw":
        return _raw(said.raw, language, room)
    if word == "canonical":
        return [_piece(said.body.decode(), language, room)] if said.body is not None else []
    key = "request" if word == "sent" else "answer"
    return [
        {**_exchanged(one, key, language, room), "url": one["url"], "status": one["status"], "ms": one["ms"]}
        for one in said.exchanges
    ]


def _exchanged(one: Mapping[str, Any], key: str, language: str, room: Room) -> Mapping[str, Any]:
    return _WITHHELD if "withheld" in one else _piece(str(one[key]), language, room)


def _masked(said: _Said, type_: str, room: Room) -> _Said:
    """Return what was said as it is shown to whoever does not see it whole."""
    body = said.body
    if body is not None and len(body) <= LARGE:
        body = orjson.dumps(masked_data(room.gateway.types, type_, orjson.loads(body)))
    raw = None if said.raw is None else {**said.raw, "withheld": True}
    return _Said(raw, body, [one | {"withheld": True} for one in said.exchanges])


def _raw(raw: Mapping[str, Any] | None, language: str, room: Room) -> list[dict[str, Any]]:
    if raw is None:
        return []
    about = {name: raw[name] for name in ("content_type", "sha256", "size", "item")}
    if "withheld" in raw:
        return [about | _WITHHELD]
    if raw["body"] is None:
        return [about | {"text": None, "cut": True, "empty": False}]
    return [about | _piece(raw["body"].decode("utf-8", "replace"), language, room)]


def _piece(text: str, language: str, room: Room) -> dict[str, Any]:
    if len(text.encode("utf-8", "surrogatepass")) > LARGE:  # bytes: of what is larger nothing was masked
        return {"text": None, "cut": True, "empty": False}
    file = room.pages.say(language, _FILE).replace("%(size)s", "%s")
    drawn = shown(text, file, Wording(language).size)
    return {"text": drawn.lines, "cut": drawn.cut, "empty": not text.strip()}


# --- field by field -------------------------------------------------------------------------------------


async def fields(
    room: Room, request: Request, walk: Mapping[str, Any], *, whole: bool = False
) -> dict[str, Any]:
    """Return what changed since the version before, and where each value stands in what was sent.

    Unless the visitor sees the message `whole`, personal values in it are masked.
    """
    kept, attempt = _chosen(request, walk)
    said, before = await _everything(room, walk, attempt), walk["beside"]["before"]
    old = await room.gateway.journal.read(lambda tx: _body_of(tx, before["id"])) if before else None
    schema = room.gateway.types[walk["type"]].schema if walk["type"] in room.gateway.types else {}
    vietnamese = language_of(request) != "en"
    found = await asyncio.to_thread(_compared, said, old)
    if not whole:
        found["changes"] = found["changes"] and masked_changes(found["changes"], schema)
        found["matches"] = found["matches"] and masked_matches(found["matches"], schema)
    return found | {
        "label": (lambda place: label(schema, place)) if vietnamese else (lambda _: ""),
        "tries": kept,
        "attempt": "{}-{}".format(*attempt) if attempt else "",
        "most": MOST,
    }


def _compared(said: _Said, old: bytes | None) -> dict[str, Any]:
    data = orjson.loads(said.body) if said.body is not None and len(said.body) <= LARGE else None
    request = max((str(one["request"]) for one in said.exchanges), key=len, default="")
    return {
        "changes": changes(orjson.loads(old), data)[:MOST] if old is not None and data is not None else None,
        "matches": matches(data, request) if data is not None and request else None,
    }


def _body_of(tx: Transaction, uid: str) -> bytes | None:
    number = _number(tx, UUID(uid))
    return None if number is None else walking.body(tx, number)

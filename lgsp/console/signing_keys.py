"""One's own keys for the API: made, shown once, and ended; each has the role and the limits of its owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.console.guard import form_of
from lgsp.console.language import told
from lgsp.console.room import Room
from lgsp.console.visits import Visitor
from lgsp.credentials.making import LONGEST_NAME, Making, Wish
from lgsp.errors import Invalid
from lgsp.journal import credentials
from lgsp.journal.contract import Transaction
from lgsp.journal.credentials import Kept, Kind
from lgsp.message import VIETNAM
from lgsp.rights import Right

DAYS, MOST_DAYS, MOST_KEYS = 90, 365, 20
"""Days that a key lives unless others are asked for, the most that may be, and how many somebody may have."""
_NAMED = told("Đặt tên cho khóa (tối đa %(most)s ký tự) và chọn thời hạn từ 1 đến %(days)s ngày.")
_MANY = told("Đã có %(most)s khóa còn hiệu lực; hãy thu hồi khóa không dùng nữa.")
_ENDED = told("Đã thu hồi khóa %(name)s.")


def keys_router(room: Room) -> APIRouter:
    """Return the endpoints by which somebody keeps their own keys."""
    router = APIRouter(prefix="/console/account/keys")
    journal = room.gateway.journal

    @router.post("")
    async def make(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        form = await form_of(request)
        held = [one for one in await journal.read(lambda tx: own(tx, visitor.name)) if _holds(one)]
        days = form.get("days") or str(DAYS)
        if len(held) >= MOST_KEYS:
            return room.go(request, "/console/account", _MANY, "danger", most=MOST_KEYS)
        try:
            wish = Wish(Kind.PERSON, form.get("name"), person=visitor.name, until=_until(days))
            made = await Making(journal, None).make(wish, visitor.name)
        except (Invalid, ValueError):
            return room.go(request, "/console/account", _NAMED, "danger", most=LONGEST_NAME, days=MOST_DAYS)
        return room.page(request, "signing/key.html", key=made.kept.grant, secret=made.secret)

    @router.post("/{uid}/revoke")
    async def revoke(request: Request, uid: str) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        one = await _mine(room, visitor, uid)
        reason = (await form_of(request)).get("reason")[:1000]
        await Making(journal, None).revoke(one, visitor.name, reason)
        return room.go(request, "/console/account", _ENDED, name=one.grant.name)

    return router


def _until(days: str) -> datetime:
    """Return when a key ends that lives so many days.

    Raises:
        ValueError: that is no number of days, or too many.
    """
    if not days.isdecimal() or not 1 <= int(days) <= MOST_DAYS:
        raise ValueError(days)
    return datetime.now(VIETNAM) + timedelta(days=int(days))


async def _mine(room: Room, visitor: Visitor, uid: str) -> Kept:
    """Return a key of whoever asks.

    Raises:
        ApiError: there is none, or it is somebody else's.
    """
    found = await room.gateway.journal.read(lambda tx: credentials.find(tx, uid))
    if found is None or found.grant.kind is not Kind.PERSON or found.grant.person != visitor.name:
        raise ApiError(404, "not-found")
    return found


def own(tx: Transaction, name: str) -> list[Kept]:
    """Return the keys of a person that were not revoked, the oldest first."""
    return [one for one in credentials.of_person(tx, name) if one.revoked_at is None]


def _holds(one: Kept) -> bool:
    now = datetime.now(VIETNAM).timestamp() * 1_000_000
    return one.grant.until is None or now < one.grant.until


def shown(one: Kept) -> dict[str, Any]:
    """Return a key as its owner's page shows it."""
    grant = one.grant
    return {
        "uid": grant.uid, "name": grant.name, "made": one.created_at, "until": grant.until,
        "used": one.used_at, "used_from": one.used_from, "over": not _holds(one),
    }  # fmt: skip

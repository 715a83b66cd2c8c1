"""The screen of problems: what is stuck by system, cause and state, who mends it, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.problems import ApiError
from lgsp.api.stuck import patience
from lgsp.console.language import told
from lgsp.console.problems_answers import add_answers
from lgsp.console.problems_door import add_door
from lgsp.console.problems_groups import KINDS, PARTIES, Group, group, name_of, now, number_of
from lgsp.console.problems_replays import add_replays
from lgsp.console.room import Room, language_of
from lgsp.console.screens import Screen
from lgsp.console.visits import Visitor
from lgsp.disclosing import unheard
from lgsp.journal import replaying, troubled, troubles
from lgsp.journal.contract import Transaction
from lgsp.journal.reaching import ALL, Sight
from lgsp.journal.troubles import DEAD_WORDS, QUARANTINED, STATES, Key, Patience, Trouble
from lgsp.rights import Right

_ASKED = "problems"
_REPLAYS = 20


def problems_router(room: Room) -> APIRouter:
    """Return the endpoints of the screen."""
    router = APIRouter(prefix="/console/problems")
    room.ticker.tell(_ASKED, lambda: room.gateway.journal.read(lambda tx: look(tx, patience(room.gateway))))
    _add_groups(router, room)
    add_replays(router, room)
    add_answers(router, room)
    add_door(router, room)
    return router


def look(
    tx: Transaction, patient: Patience, agency: str = "", sight: Sight = ALL
) -> tuple[list[Trouble], list[dict[str, Any]]]:
    """Return what is stuck, and the bulk replays that are not over; none of these for who has limits."""
    newest = replaying.listed(tx, limit=_REPLAYS)["replays"] if sight.everything else []
    open_ = [one for one in newest if one["state"] in replaying.OPEN]
    return troubles.found(tx, patient, agency, sight), open_


def _add_groups(router: APIRouter, room: Room) -> None:
    @router.get("")
    async def everything(request: Request) -> Response:
        sight = room.sight(await room.admit(request, Right.LOOK, within=True))
        return room.page(request, "problems/list.html", **await _groups(room, request, sight))

    @router.get("/groups")
    async def groups(request: Request) -> Response:
        sight = room.sight(await room.admit(request, Right.LOOK, within=True))
        return room.page(request, "problems/groups-part.html", **await _groups(room, request, sight))

    @router.get("/group")
    async def one(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        return room.page(request, "problems/group.html", **await _members(room, request, visitor))

    @router.get("/group/part")
    async def part(request: Request) -> Response:
        visitor = await room.admit(request, Right.LOOK, within=True)
        return room.page(request, "problems/group-part.html", **await _members(room, request, visitor))


# --- all of them ----------------------------------------------------------------------------------------


async def _groups(room: Room, request: Request, sight: Sight) -> dict[str, Any]:
    asked = request.query_params
    agency = asked.get("agency", "").strip()
    if agency or not sight.everything:
        found, replays = await room.gateway.journal.read(
            lambda tx: look(tx, patience(room.gateway), agency, sight)
        )
    else:
        found, replays = await room.ticker.latest(_ASKED)
    everything = [_told(room, request, one) for one in found]
    groups = sorted((one for one in everything if _fits(one, asked)), key=Group.worse)
    known = {name for name in room.gateway.counterparts if sight.holds(name)}
    systems = sorted({*known, *(one.key.system for one in everything)})
    return {
        "groups": groups,
        "all": len(everything),
        "sums": _sums([one.trouble for one in everything]),
        "replays": replays,
        "systems": systems,
        "kinds": KINDS,
        "parties": PARTIES,
        "now": now(),
    }


def _told(room: Room, request: Request, one: Trouble) -> Group:
    gateway = room.gateway
    return group(
        one, gateway.names, gateway.agencies, language_of(request), lambda text: room.say(request, text)
    )


def _fits(one: Group, asked: Any) -> bool:
    given = {"system": one.key.system, "state": one.key.state, "party": one.meaning.party.value}
    return all(asked.get(name, "") in {"", value} for name, value in given.items())


def _sums(found: Sequence[Trouble]) -> dict[str, Any]:
    """Return how many died, wait and were turned away, each with whether there are more; and the deadline."""
    kinds: dict[str, list[Trouble]] = {"dead": [], "waiting": [], "away": []}
    for one in found:
        dead, away = one.key.state in DEAD_WORDS, one.key.state == QUARANTINED
        kinds["dead" if dead else "away" if away else "waiting"].append(one)
    sums: dict[str, Any] = {
        name: (sum(one.size for one in some), any(one.more for one in some)) for name, some in kinds.items()
    }
    deadlines = [one.deadline for one in found if one.deadline is not None]
    return sums | {"deadline": min(deadlines, default=None)}


# --- one of them ----------------------------------------------------------------------------------------


def key_of(request: Request) -> Key:
    """Return the trouble that an address names.

    Raises:
        ApiError: it names none.
    """
    asked = request.query_params
    key = Key(asked.get("system", ""), asked.get("cause", ""), asked.get("state", ""))
    if not key.system or key.state not in KINDS:
        raise ApiError(404, "not-found")
    return key


async def _members(room: Room, request: Request, visitor: Visitor) -> dict[str, Any]:
    sight, key, after = room.sight(visitor), key_of(request), number_of(request, "after")
    agency = request.query_params.get("agency", "").strip()
    if key.state == QUARANTINED and not sight.everything:
        raise ApiError(403, "beyond-your-limits")
    if key.state == QUARANTINED:
        rows, rest = await room.gateway.journal.read(
            lambda tx: troubled.turned_away(tx, key.system, key.cause, after)
        )
        found = troubled.Members(None, rows, rest)
    else:
        found = await room.gateway.journal.read(
            lambda tx: troubled.members(tx, key, agency, after, sight=sight)
        )
    every, replays = await room.ticker.latest(_ASKED) if sight.everything else ([], [])
    seen = next((one for one in every if one.key == key), None) if after or key.state not in STATES else None
    trouble = (None if after else found.trouble) or seen or Trouble(key, 0, more=False, since=0)
    return {
        "group": _told(room, request, trouble),
        "rows": found.rows if visitor.may(Right.BODIES) else unheard(found.rows),
        "rest": found.after,
        "agency": agency,
        "agency_name": name_of(room.gateway.agencies, agency),
        "replays": [one for one in replays if _concerns(one, key)],
        "kinds": KINDS,
        "parties": PARTIES,
        "now": now(),
        "after": after,
    }


def _concerns(replay: dict[str, Any], key: Key) -> bool:
    wanted = replay["filter"]
    return wanted["system"] == key.system and wanted["cause"] in {None, key.cause}


SCREEN = Screen(
    path="problems", title=told("Sự cố"), icon="alert-triangle", right=Right.LOOK, router=problems_router,
    within=True,
)  # fmt: skip

"""Data keys over HTTP: which there are, making and rewrapping them, and the re-encryption."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response

from lgsp.api.bodies import in_json
from lgsp.api.desk import Desk
from lgsp.api.examples import READ_RESPONSES
from lgsp.api.problems import ApiError
from lgsp.errors import ConfigError
from lgsp.journal import keys, keys_resealing
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.keys import Book, KeyRow
from lgsp.journal.keys_resealing import Progress
from lgsp.journal.reading import at
from lgsp.keyring import Keyring
from lgsp.keyring_file import WrappingError
from lgsp.rights import Right

_Order = Callable[[Transaction, str], Progress]
ORDERS: Mapping[str, _Order] = MappingProxyType(
    {"begin": keys_resealing.begin, "pause": keys_resealing.pause, "resume": keys_resealing.resume}
)
"""What a person may want of the re-encryption."""
_SUMMARIES = {
    "begin": "Go through all that is kept, and bring it under the current data key",
    "pause": "Let the re-encryption rest behind its page",
    "resume": "Let the re-encryption go on where it rested",
}


def keys_router(desk: Desk) -> APIRouter:
    """Return the endpoints by which administrators look after data keys; no key ever leaves by them."""
    router = APIRouter(responses=READ_RESPONSES, tags=["keys"])
    journal = desk.gateway.journal

    @router.get("/v1/keys", summary="Data keys, and how far the re-encryption is")
    async def listed(request: Request) -> Response:
        desk.person(request, Right.LOOK)
        return in_json(await journal.read(_shown))

    @router.post("/v1/keys/rotate", summary="Make another data key, which encrypts from in a moment on")
    async def rotate(request: Request) -> Response:
        who = desk.person(request, Right.PEOPLE).name
        number = await _done(_keyring(desk).rotate(who))
        return in_json(await journal.read(_shown) | {"made": number})

    @router.post("/v1/keys/rewrap", summary="Wrap every data key by the first key-encryption key")
    async def rewrap(request: Request) -> Response:
        who = desk.person(request, Right.PEOPLE).name
        count = await _done(_keyring(desk).rewrap(who))
        return in_json(await journal.read(_shown) | {"rewrapped": count})

    for name, order in ORDERS.items():
        path = f"/v1/keys/reencryption/{name}"
        router.add_api_route(path, _ordering(desk, order), methods=["POST"], summary=_SUMMARIES[name])
    return router


def _ordering(desk: Desk, order: _Order) -> Callable[..., Any]:
    async def endpoint(request: Request) -> Response:
        who = desk.person(request, Right.PEOPLE).name

        def act(tx: Transaction) -> dict[str, Any]:
            order(tx, who)
            return _shown(tx)

        try:
            return in_json(await desk.gateway.journal.write(act))
        except WrongStateError as fault:
            raise ApiError(409, "wrong-state", str(fault)) from fault

    return endpoint


def _keyring(desk: Desk) -> Keyring:
    if desk.keyring is None:
        raise ApiError(409, "wrong-state", "this process looks after no data keys")
    return desk.keyring


async def _done(work: Awaitable[int]) -> int:
    """Return how many it were.

    Raises:
        ApiError: the key-encryption keys cannot be used.
    """
    try:
        return await work
    except ConfigError as fault:
        raise ApiError(409, "wrong-state", "; ".join(fault.faults)) from fault
    except WrappingError as fault:
        raise ApiError(409, "wrong-state", str(fault)) from fault


def _shown(tx: Transaction) -> dict[str, Any]:
    book, now = keys.book(tx), keys_resealing.progress(tx)
    return {
        "current": book.current,
        "keys": [_key(row, book) for row in book.keys],
        "reencryption": now and _progress(now),
    }


def _key(row: KeyRow, book: Book) -> dict[str, Any]:
    told = row._asdict() | {"state": _state(row, book)}
    del told["wrapped"]
    return told | {name: at(told[name]) for name in ("created_at", "seals_from", "retired_at")}


def _state(row: KeyRow, book: Book) -> str:
    if row.number == book.current:
        return "current"
    if row.seals_from > book.now:
        return "coming"
    return "older" if row.retired_at is None else "retired"


def _progress(now: Progress) -> dict[str, Any]:
    return asdict(now) | {name: at(getattr(now, name)) for name in ("started_at", "changed_at", "ended_at")}

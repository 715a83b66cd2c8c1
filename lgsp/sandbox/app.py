"""Serving the stand-ins over HTTP as one bare ASGI app, fast enough to be the sink of a benchmark."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol, runtime_checkable

import orjson
from pydantic import BaseModel, ValidationError

from lgsp.sandbox.dialects import Reply

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

_NOWHERE = Reply(b'{"title":"no such stand-in or resource"}', 404)
_DONE = Reply(b"{}")
_CATALOGUE = "_catalogue"


class Tended(Protocol):
    """What can be looked into, troubled and emptied by the addresses that every stand-in has."""

    @property
    def faults(self) -> BaseModel:
        """What it does wrong at present."""

    def trouble(self, wanted: bytes) -> None:
        """Replace its faults; ValueError says what cannot be."""

    def state(self) -> dict[str, Any]:
        """Return what it holds."""

    def forget(self) -> None:
        """Hold nothing."""


@runtime_checkable
class Arranged(Protocol):
    """A stand-in whose catalogue can be looked at, replaced and changed at `_catalogue`."""

    def arrangement(self) -> dict[str, Any]:
        """Return what it is now."""

    def arrange(self, wanted: bytes) -> dict[str, Any]:
        """Replace it; ValueError says what cannot be."""

    def change(self, wanted: bytes) -> dict[str, Any]:
        """Change it; ValueError says what cannot be."""


class StandIn(Tended, Protocol):
    """What a stand-in must do to live in the sandbox."""

    def answer(self, tail: str, body: bytes) -> Reply:
        """Answer one POST in the protocol of the system it stands for."""


class Part(Protocol):
    """A stand-in that needs more than bodies: an ASGI app of its own, under its first path segment."""

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one request, its control addresses too; `root_path` is the segment."""


class Sandbox:
    """An ASGI app: `/<name>/_state` and `/<name>/_faults` are ours, any other POST is the stand-in's."""

    def __init__(self, **stands: StandIn | Part) -> None:
        self._stands = {name.replace("_", "-"): stand for name, stand in stands.items()}

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; nothing else is spoken here."""
        if scope["type"] != "http":
            raise NotImplementedError(f"serving {scope['type']}: the sandbox speaks HTTP only")
        _, name, tail = scope["path"].split("/", 2) if scope["path"].count("/") > 1 else ("", "", "")
        stand = self._stands.get(name)
        if callable(stand):
            await stand({**scope, "root_path": f"/{name}"}, receive, send)
            return
        body = await _body(receive)
        reply = _NOWHERE if stand is None else _answer(stand, scope["method"], tail, body)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        await _send(send, reply)


def _answer(stand: StandIn, method: str, tail: str, body: bytes) -> Reply:
    if method == "POST" and not tail.startswith("_"):
        return stand.answer(tail, body)
    return tend(stand, method, tail, body)


def tend(stand: Tended, method: str, tail: str, body: bytes) -> Reply:
    """Answer at an address that every stand-in has: `_state`, `_faults`."""
    if tail == _CATALOGUE and isinstance(stand, Arranged):
        return _arrange(stand, method, body)
    act = _ACTS.get((method, tail))
    return _NOWHERE if act is None else act(stand, body)


def _arrange(stand: Arranged, method: str, body: bytes) -> Reply:
    try:
        if method == "GET":
            return Reply(orjson.dumps(stand.arrangement()))
        act = {"PUT": stand.arrange, "POST": stand.change}.get(method)
        return _NOWHERE if act is None else Reply(orjson.dumps(act(body)))
    except ValidationError as fault:
        return _wrong(fault, b"no such catalogue")


def _state(stand: Tended, _: bytes) -> Reply:
    return Reply(orjson.dumps(stand.state()))


def _forget(stand: Tended, _: bytes) -> Reply:
    stand.forget()
    return _DONE


def _faults(stand: Tended, _: bytes) -> Reply:
    return Reply(stand.faults.model_dump_json().encode())


def _trouble(stand: Tended, body: bytes) -> Reply:
    try:
        stand.trouble(body)
    except ValidationError as fault:
        return _wrong(fault, b"no such faults")
    return _faults(stand, b"")


def _wrong(fault: ValidationError, title: bytes) -> Reply:
    wrong = fault.json(include_url=False, include_input=False, include_context=False)
    return Reply(b'{"title":"' + title + b'","errors":' + wrong.encode() + b"}", 422)


_ACTS: dict[tuple[str, str], Callable[[Tended, bytes], Reply]] = {
    ("GET", "_state"): _state,
    ("DELETE", "_state"): _forget,
    ("GET", "_faults"): _faults,
    ("PUT", "_faults"): _trouble,
}


async def _body(receive: Receive) -> bytes:
    event = await receive()
    body: bytes = event.get("body", b"")
    while event.get("more_body"):
        event = await receive()
        body += event.get("body", b"")
    return body


async def _send(send: Send, reply: Reply) -> None:
    headers = [(b"content-length", str(len(reply.body)).encode())]
    if reply.content_type is not None:
        headers.append((b"content-type", reply.content_type))
    if reply.retry_after is not None:
        headers.append((b"retry-after", str(reply.retry_after).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})

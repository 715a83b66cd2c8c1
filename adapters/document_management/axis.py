"""Answering in the axis' own protocol, so that a client of the axis changes an address and two settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import IO

import orjson
from fastapi import APIRouter, Request, Response

from lgsp.adapter import Tools
from lgsp.errors import Problem
from lgsp.formats.axis import codes, listing, replies
from lgsp.formats.axis.hashing import TAIL
from lgsp.formats.axis.listing import write_entry
from lgsp.formats.axis.protocol import FILE_TYPE, HASH_FILE, OPERATIONS, MessageType, Operation
from lgsp.formats.axis.verifying import Flaw, Signed, Unverified, verify

from .asking import (
    ODD,
    day_of,
    json_object,
    kind_of,
    not_believed,
    number_of,
    parameter,
    receivers_of,
    small_body,
)
from .guarding import guarded, said
from .handing import FileAnswer, in_runs, listed
from .post import Post
from .refusing import Denied
from .roll import Roll
from .settings import Settings
from .taking import Arriving

_UNAUTHORISED, _NOT_FOUND = 401, 404
_ENTRIES = 500

Act = Callable[[Signed, bytes], Awaitable[Response]]
Admits = Callable[[Callable[[str], bool]], bool]
"""Tells whether a secret on record passes a test; see `Inbox.admits`."""


class AxisFacade:
    """`POST /systems/<name>/<operation>`, parameters in signed headers."""

    def __init__(self, post: Post, roll: Roll, config: Settings, tools: Tools, admits: Admits) -> None:
        self._post = post
        self._admits = admits
        self._roll = roll
        self._config = config
        self._tools = tools
        self._acts: dict[str, Act] = {
            "getReceivedEdocList": self._list_waiting,
            "getSentEdocList": self._list_sent,
            "getEdoc": self._get,
            "downloadEdoc": self._download,
            "updateStatus": self._update,
            "getAgenciesList": self._list_agencies,
            "getAgenciesListQD20": self._list_agencies_20,
            "getSynchronizeUnit": self._list_units,
            "registerAgency": self._register,
            "deleteAgency": self._delete,
            "countReceiveEdoc": self._count_documents,
            "countReceiveStatus": self._count_statuses,
        }

    def add_to(self, router: APIRouter) -> None:
        """Add the routes; clients differ on POST and GET."""
        for name, operation in OPERATIONS.items():
            for method in ("POST", "GET"):
                router.add_api_route(
                    f"/{name}",
                    self._endpoint(operation),
                    methods=[method],
                    name=name,
                    summary=f"{name} of the document axis, its parameters in signed headers",
                    include_in_schema=method == operation.method,
                )

    def _endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        log = self._tools.log.bind(operation=operation.name)
        broken = partial(replies.denied, codes.SYSTEM_FAULT)
        return guarded(partial(self._answer, operation), partial(_no, operation), broken, log)

    async def _answer(self, operation: Operation, request: Request) -> Response:
        if operation.name not in self._acts:
            return await self._send(self._believed(operation, request), request)
        # in any case: who waits for "100 Continue" gets it, and the next request begins where it should
        body = await small_body(request)
        return await self._acts[operation.name](self._believed(operation, request), body)

    def _believed(self, operation: Operation, request: Request) -> Signed:
        now, skew = self._tools.clock(), self._config.max_clock_skew
        read = partial(verify, request.headers.raw, now=now, skew=timedelta(seconds=skew))
        try:
            signed = self._signed(read)
        except Unverified as flaw:
            self._tools.log.warning("request not believed", operation=operation.name, flaw=str(flaw.flaw))
            raise not_believed(flaw, skew, f"{now:%d/%m/%Y %H:%M:%S}") from None
        missing = [name for name in operation.asks if not signed.get(name)]
        if missing:
            raise Denied(ODD, f"Thiếu tham số: {', '.join(missing)}")
        return signed

    def _signed(self, read: Callable[[Callable[[str], str | None]], Signed]) -> Signed:
        """Return what is signed with the secret of the home, or with one on record.

        Raises:
            Unverified: it is signed with neither.
        """
        try:
            return read(self._only(self._config.secret.get_secret_value()))
        except Unverified as flaw:
            if flaw.flaw not in (Flaw.FORGED, Flaw.STRANGER):
                raise
            found: list[Signed] = []

            def proves(secret: str) -> bool:
                with suppress(Unverified):
                    found.append(read(self._only(secret)))
                return bool(found)

            if not self._admits(proves):
                raise
            return found[0]

    def _only(self, secret: str) -> Callable[[str], str | None]:
        return lambda system: secret if system == self._config.system_id else None

    # --- packets ----------------------------------------------------------------------------------------

    async def _send(self, signed: Signed, request: Request) -> Response:
        kind, sender = kind_of(parameter(signed, "messagetype")), parameter(signed, "from")
        to = receivers_of(parameter(signed, "to"))
        async with Arriving(self._post.files, self._config.packet_limit + len(TAIL)) as packet:
            async for piece in request.stream():
                await packet.write(piece)
            tail = await packet.tail(parameter(signed, HASH_FILE))
            beside = {"operation": "sendEdoc", "messagetype": str(kind), "from": sender}
            raw = await packet.raw(FILE_TYPE, tail or 0, beside)
            if tail is None:
                raise await self._post.refuse(raw, Problem(f"XroadVnpt-{HASH_FILE}", "file-altered"))
            return said(replies.taken(await self._post.take_on(raw, kind, sender, to)))

    async def _get(self, signed: Signed, _: bytes) -> Response:
        packet = await self._packet(signed)
        before, after = replies.granted(data="").rsplit(b'""', 1)
        return FileAnswer([before + b'"', packet, b'"' + after])

    async def _download(self, signed: Signed, _: bytes) -> Response:
        return FileAnswer([await self._packet(signed)], FILE_TYPE, coded=False)

    async def _packet(self, signed: Signed) -> IO[bytes]:
        return (await self._post.packet(parameter(signed, "docId")))[1]

    async def _update(self, signed: Signed, _: bytes) -> Response:
        await self._post.note(parameter(signed, "docid"), parameter(signed, "status"))
        return said(replies.granted())

    # --- what waits, what was sent ----------------------------------------------------------------------

    async def _list_waiting(self, signed: Signed, _: bytes) -> Response:
        waiting = await self._post.waiting(kind_of(parameter(signed, "messagetype")))
        return said(replies.listed([write_entry(one) for one in waiting]))

    async def _list_sent(self, signed: Signed, _: bytes) -> Response:
        kind = kind_of(parameter(signed, "messagetype"))
        first, last = (day_of(parameter(signed, name), name) for name in ("fromDate", "toDate"))
        size, page = (number_of(parameter(signed, name)) for name in ("pageSize", "pageIndex"))
        found = self._post.sent(kind, first, last)
        return await listed(_paged(found, max(0, page - 1) * size, size), *_ends())

    async def _count_documents(self, _: Signed, __: bytes) -> Response:
        return said(replies.counted(await self._post.count(MessageType.DOCUMENT)))

    async def _count_statuses(self, _: Signed, __: bytes) -> Response:
        return said(replies.counted(await self._post.count(MessageType.STATUS)))

    # --- agencies ---------------------------------------------------------------------------------------

    async def _list_agencies(self, _: Signed, __: bytes) -> Response:
        return await listed(in_runs(map(_entry, self._roll.agencies())), *_ends())

    async def _list_agencies_20(self, signed: Signed, _: bytes) -> Response:
        found = self._roll.agencies(number_of(parameter(signed, "level")))
        return await listed(in_runs(_entry(one, old_code="code102") for one in found), *_ends())

    async def _list_units(self, _: Signed, __: bytes) -> Response:
        return await listed(in_runs(map(_entry, self._roll.units(self._config.system_id))), *_ends())

    async def _register(self, _: Signed, body: bytes) -> Response:
        await self._roll.register(json_object(body))
        return said(replies.granted())

    async def _delete(self, signed: Signed, _: bytes) -> Response:
        await self._roll.delete(parameter(signed, "AgencyCode"))
        return said(replies.granted())


def _entry(one: listing.Sent | listing.Agency | listing.Unit, **renamed: str) -> bytes:
    return orjson.dumps(write_entry(one, **renamed))


def _ends() -> tuple[bytes, bytes]:
    """Return what stands around the entries of a list."""
    before, after = replies.listed([]).split(b"[]")
    return before + b"[", b"]" + after


async def _paged(entries: AsyncIterator[listing.Sent], skip: int, most: int) -> AsyncIterator[list[bytes]]:
    """Yield a page of a list, some entries at a time; all that follow where there is no bound."""
    run: list[bytes] = []
    number = 0
    async for one in entries:
        number += 1
        if most and number > skip + most:
            break
        if number > skip:
            run.append(_entry(one))
        if len(run) >= _ENTRIES:
            yield run
            run = []
    if run:
        yield run


def _no(operation: Operation, no: Denied) -> Response:
    """Answer a refusal: 200 with FAIL, but where the body would be taken for the packet."""
    status = 200
    if operation.name == "downloadEdoc":
        status = _UNAUTHORISED if no.code == codes.BAD_CREDENTIALS else _NOT_FOUND
    return said(replies.denied(no.code, no.text), status)

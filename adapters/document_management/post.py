"""What both façades do for a document-management system: take packets on, list, hand out, note."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import IO
from uuid import UUID

from lgsp.adapter import Inbox, Tools, Waiting
from lgsp.domain.agencies.resolution import Standing
from lgsp.domain.codes import read_agency
from lgsp.domain.documents import addressee, receivers
from lgsp.errors import Forbidden, Invalid, Problem, Rejected
from lgsp.formats.axis import codes, listing
from lgsp.formats.axis.protocol import MessageType, TransportStatus
from lgsp.formats.edxml import DOCUMENT, Folder, received
from lgsp.formats.edxml.answering import narrowed
from lgsp.message import VIETNAM, Finding, Message, Raw
from lgsp.wire.xmldsig import seal_holds

from . import mapping
from .handing import written
from .refusing import Denied, denied
from .settings import Settings

_SENDER = "MessageHeader/From/OrganId"
_LOOKED_BACK = timedelta(days=30)
_DAY = timedelta(days=1)
_RUN = 500
"""Packets that are looked up at one go."""

_ALL = 10_000
_LARGE, _AT_ONCE = 4 * 1024 * 1024, 2
"""Packets beyond so many bytes are read and written so many at once; each keeps a thread busy for seconds."""


class Post:
    """One system's post office."""

    def __init__(self, inbox: Inbox, config: Settings, tools: Tools) -> None:
        self._inbox = inbox
        self._config = config
        self._tools = tools
        self._limits = config.limits
        self._large = asyncio.Semaphore(_AT_ONCE)

    @property
    def files(self) -> Folder:
        """Where attachments are kept."""
        return self._tools.files

    def _room(self, size: int) -> AbstractAsyncContextManager[None]:
        """Return what lets a packet of a size be worked on: large ones in turn, so that small ones pass."""
        return self._large if size > _LARGE else nullcontext()

    # --- in ---------------------------------------------------------------------------------------------

    async def take_on(self, raw: Raw, kind: MessageType, sender: str = "", to: Collection[str] = ()) -> str:
        """Take a packet on; returns the id by which its sender knows it, the same as often as it is sent.

        Args:
            raw: the packet.
            kind: what the request says it is; the packet itself knows better, and the difference is kept.
            sender: the agency that the request names; empty where it names none.
            to: those of the packet's receivers that the request is for; empty is all.

        Raises:
            Denied: it was not taken on, and lies in quarantine.
            GatewayError: it cannot be taken on now.
        """
        try:
            message = addressed(await self._read(raw, kind, sender), to)
        except Rejected as reason:
            await self._inbox.reject(raw, reason)
            raise self._refusal(reason) from None
        (result,) = await self._inbox.accept(raw, [message])
        if isinstance(result, Rejected):
            raise denied(result)
        return mapping.docid_of(result.id)

    async def refuse(self, raw: Raw, problem: Problem) -> Denied:
        """Put a packet into quarantine that need not be read; returns the answer."""
        reason = Invalid([problem])
        await self._inbox.reject(raw, reason)
        return denied(reason)

    async def _read(self, raw: Raw, kind: MessageType, sender: str) -> Message:
        async with self._room(raw.size):
            packet = await received(raw, self._tools.files, self._limits, seal_holds)
        message = packet.message()
        places = {sender: "XroadVnpt-from"} if sender else {}
        places.setdefault(message.agency, _SENDER)
        for code, place in places.items():
            if not self._inbox.directory.serves(code):
                raise _Foreign(place, code, message)
        if nowhere := list(_unaddressed(message)):
            raise Invalid(nowhere, subject=message.subject, type=message.type)
        message.findings += self._odd(message)
        if mapping.KINDS[message.type] is not kind:
            message.findings.append(Finding("odd-message-type", "XroadVnpt-messagetype", kind))
        return message

    def _refusal(self, reason: Rejected) -> Denied:
        if not isinstance(reason, _Foreign):
            return denied(reason)
        words = codes.foreign_sender(reason.sender, self._config.system_id)
        return Denied(codes.UNKNOWN_SENDER, f"{words} ({reason.problems[0].place})")

    def _odd(self, message: Message) -> Iterator[Finding]:
        """Yield what is odd about the agencies that a packet names, by what is known of agencies today."""
        register, today = self._inbox.directory.register(), self._tools.clock().date()
        for place, code in _named(message):
            standing = register.resolve(code, today).standing
            if standing is Standing.UNKNOWN:
                yield Finding("unknown-agency", place, code[:40])
            elif standing is Standing.CLOSED:
                yield Finding("closed-agency", place, code[:40])

    # --- out --------------------------------------------------------------------------------------------

    async def waiting(
        self, kind: MessageType, first: date | None = None, last: date | None = None
    ) -> list[listing.Received]:
        """Return what waits, oldest first, of the days from `first` to `last` where they are given."""
        limit = _ALL if first or last else self._config.list_limit
        found = await self._inbox.mailbox.waiting([mapping.TYPES[kind]], limit=limit)
        return [mapping.received(one) for one in found if _within(one, first, last)]

    async def count(self, kind: MessageType) -> int:
        """Return how much waits."""
        return await self._inbox.mailbox.count([mapping.TYPES[kind]])

    async def packet(self, docid: str) -> tuple[Message, IO[bytes]]:
        """Return what waits under an id, whole, and its packet; the file is closed by who gets it.

        Raises:
            Denied: nothing waits there, or its packet cannot be made any more: that was noted for people.
        """
        id_ = _id(docid)
        message = await self._inbox.mailbox.take(id_)
        if message is None:
            raise _nothing()
        try:
            size = sum(one.get("size", 0) for one in message.data.get("attachments", []))
            async with self._room(size):
                return message, await asyncio.to_thread(written, message, self._tools.files)
        except Invalid as fault:
            why = denied(fault).text
            self._tools.log.warning("packet cannot be written", subject=message.subject, why=why)
            await self._inbox.mailbox.fail(id_, why)
            raise Denied(codes.FILE_FAULT, why) from None

    async def note(self, docid: str, status: str) -> None:
        """Note how far a client is with what it collected.

        Raises:
            Denied: no such status, or nothing of that id was ever there to collect.
        """
        mailbox, id_ = self._inbox.mailbox, _id(docid)
        match status.strip().lower():
            case TransportStatus.PROCESSING:
                return
            case TransportStatus.DONE:
                noted = await mailbox.done(id_, "updateStatus: done")
            case TransportStatus.FAIL:
                noted = await mailbox.fail(id_, "updateStatus: fail")
            case _:
                raise Denied(codes.BAD_FILE, "status phải là processing, done hoặc fail")
        if not noted:
            raise _nothing()

    async def sent(
        self, kind: MessageType, first: date | None, last: date | None
    ) -> AsyncIterator[listing.Sent]:
        """Yield the documents or statuses that the system sent in some days, oldest first, by receivers.

        Without days: those of the last thirty.
        """
        today = self._tools.clock()
        since = _midnight(first) if first else today - _LOOKED_BACK
        until = _midnight(last) + _DAY if last else today + _DAY
        limit, told = _RUN, set[UUID]()
        while found := await self._inbox.sent([mapping.TYPES[kind]], since, until, limit=limit):
            for entry in (entry for one in found if one.message not in told for entry in mapping.sent(one)):
                yield entry
            if len(found) < limit:
                return
            told = {one.message for one in found}
            limit, since = (limit * 2 if found[-1].at == since else _RUN), found[-1].at


class _Foreign(Forbidden):
    """A packet in the name of an agency that the system does not serve."""

    def __init__(self, place: str, sender: str, message: Message) -> None:
        super().__init__([Problem(place, "foreign-sender")], subject=message.subject, type=message.type)
        self.sender = sender


def addressed(message: Message, to: Collection[str]) -> Message:
    """Return a packet for those of its receivers that its request names, where it names any.

    A packet that goes out several times, each time to others, is several messages of one line.

    Raises:
        Invalid: one of them is no receiver of the packet.
    """
    # a status says itself whom it answers; `to` is left over from an earlier call
    if message.type != DOCUMENT or not to:
        return message
    named = {read_agency(code).identity for _, code in _named(message)}
    bodies = {read_agency(code).identity for code in to}
    if not bodies <= named:
        problem = Problem("XroadVnpt-to", "not-a-receiver")
        raise Invalid([problem], subject=message.subject, type=message.type)
    if bodies >= {read_agency(code).identity for code in receivers(message.data)}:
        return message
    data = narrowed(message.data, to)
    return replace(
        message, data=data, recipients=receivers(data), key=f"{message.key}|{' '.join(sorted(bodies))}"
    )


def _named(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the agencies that a packet names as its receivers, with their places."""
    if about := message.data.get("about", {}).get("agency"):
        yield "MessageHeader/ResponseFor/OrganId", about
    for number, one in enumerate(message.data.get("recipients", []), 1):
        if code := one.get("code"):
            yield f"MessageHeader/To[{number}]/OrganId", code


def _unaddressed(message: Message) -> Iterator[Problem]:
    """Yield the places of receivers without a code: their sender would never learn that they got nothing."""
    if message.type != DOCUMENT:
        if not addressee(message.data):
            yield Problem("MessageHeader/ResponseFor/OrganId", "missing")
        return
    told = message.data.get("recipients", [])
    for number, one in enumerate(told, 1):
        if not one.get("code"):
            yield Problem(f"MessageHeader/To[{number}]/OrganId", "missing")
    if not told:
        yield Problem("MessageHeader/To", "missing")


def _within(one: Waiting, first: date | None, last: date | None) -> bool:
    day = one.since.astimezone(VIETNAM).date()
    return (first or day) <= day <= (last or day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _id(docid: str) -> UUID:
    try:
        return UUID(docid.strip())
    except ValueError:
        raise _nothing() from None


def _nothing() -> Denied:
    return Denied(codes.BAD_FILE, "docId: không có gói tin nào như vậy đang chờ hệ thống này lấy về")

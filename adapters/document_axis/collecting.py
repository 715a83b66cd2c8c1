"""Collecting what waits on the axis: list, fetch, read, hand on, and only then say that it is done."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson

from lgsp.adapter import Page, Tools
from lgsp.errors import Invalid, Problem, Rejected, Scope, Unavailable
from lgsp.formats.axis.listing import Listing, Received
from lgsp.formats.axis.protocol import MessageType, TransportStatus
from lgsp.formats.edxml import STATUS, Packet
from lgsp.message import VIETNAM, Message, Raw

from . import mapping
from .axis import Axis, AxisConfig
from .incoming import Parcel
from .likeness import read_time
from .tries import Tries

_TOGETHER = {MessageType.DOCUMENT: 1, MessageType.STATUS: 20}
_TOGETHER_MOST = {MessageType.DOCUMENT: 1, MessageType.STATUS: 500}
_AWAY = frozenset({"timed-out", "connection-lost"})
_IN_A_ROW = 3
_EVER = datetime.min.replace(tzinfo=VIETNAM)
_LONG = timedelta(hours=1)
_FOLLOWING = ("recall", "update")


@dataclass(slots=True)
class _Fetched:
    """An item that came whole, and what was read of it."""

    entry: Received
    parcel: Parcel
    read: Packet | Rejected

    @property
    def order(self) -> tuple[float, str]:
        """Where it stands among those fetched with it: by the time that a status tells, then its code."""
        told = {} if isinstance(self.read, Rejected) else self.read.data
        at = datetime.fromisoformat(told["at"]).timestamp() if "at" in told else 0.0
        return at, told.get("code", "")

    @property
    def follows(self) -> bool:
        """Tell whether it says something of a packet before it, which it must not overtake."""
        if isinstance(self.read, Rejected):
            return False
        return self.read.type == STATUS or self.read.data["act"] in _FOLLOWING


class Collection:
    """One run over what the axis lists for our agencies, a page for each packet.

    An item that cannot be fetched holds nobody up: it is passed over, and tried again in the next run. After
    so many runs it is shown in quarantine, once, and is tried all the same. The axis goes on listing it, for
    it is told `done` or `fail` of nothing but what is kept.

    What may follow such an item waits with it, until it has failed often enough or for an hour: statuses,
    recalls and updates from the same sender to the same receiver. They are left lying, and listed again.

    Args:
        config: whose agencies, and how much of everything.
        axis: that is asked.
        tools: keep packets and attachments.
        cursor: how often items could not be fetched, as the run before told.
    """

    def __init__(self, config: AxisConfig, axis: Axis, tools: Tools, cursor: Any) -> None:
        self._config = config
        self._axis = axis
        self._tools = tools
        self._tries = Tries(cursor, config.tries)
        self._away = 0
        self._late: set[tuple[str, str]] = set()

    async def pages(self, kind: MessageType) -> AsyncIterator[Page]:
        """Yield what waits: documents or statuses.

        Raises:
            Unavailable: the list is not to be had, or the axis went away meanwhile.
        """
        listing = await self._axis.received(kind)
        entries = list({entry.docid: entry for entry in listing.entries}.values())
        entries.sort(key=_listed_at)
        self._tries.narrow([*(entry.docid for entry in entries), *map(_name, listing.odd)])
        for page in self._odd(listing):
            yield page
        for together in _together(kind, entries):
            async with aclosing(self._some(together)) as some:
                async for page in some:
                    yield page

    async def _some(self, entries: Sequence[Received]) -> AsyncGenerator[Page, None]:
        """Fetch a few, and yield them in their own order; their files go away with the page."""
        fetched: list[_Fetched] = []
        try:
            for entry in entries:
                if entry.message_type.lower() == MessageType.STATUS and _pair(entry) in self._late:
                    continue
                one = await self._fetch(entry)
                if isinstance(one, Page):
                    yield one
                else:
                    fetched.append(one)
            for one in sorted(fetched, key=lambda one: one.order):
                if one.follows and _pair(one.entry) in self._late:
                    continue
                self._tries.forget(one.entry.docid)
                yield self._page(one)
                one.parcel.close()
        finally:
            for one in fetched:
                one.parcel.close()

    async def _fetch(self, entry: Received) -> _Fetched | Page:
        """Fetch and read an item; a page without it says that it did not come.

        Raises:
            Unavailable: nothing came several times in a row, through no fault of the items.
        """
        parcel = Parcel(self._tools, entry, self._config.largest_bytes)
        try:
            await parcel.fetch(self._axis)
            self._away = 0
            return _Fetched(entry, parcel, await self._read(entry, parcel))
        except Unavailable as fault:
            parcel.close()
            return self._missed(entry, fault)
        except BaseException:
            parcel.close()
            raise

    @staticmethod
    async def _read(entry: Received, parcel: Parcel) -> Packet | Rejected:
        """Read what was fetched; what the list calls by an unknown name is kept unread."""
        if entry.message_type.lower() not in {*MessageType, ""}:
            return Invalid([Problem("messageType", "not-one-of", " ".join(MessageType))])
        return await parcel.read()

    def _page(self, fetched: _Fetched) -> Page:
        entry, read = fetched.entry, fetched.read
        bad = isinstance(read, Rejected)
        items = [read] if isinstance(read, Rejected) else self._messages(entry, read)
        status = TransportStatus.FAIL if bad else TransportStatus.DONE
        confirm = partial(self._axis.update, entry.docid, status)
        return Page(items, fetched.parcel.raw, self._tries.cursor(), confirm)

    def _messages(self, entry: Received, packet: Packet) -> Sequence[Message]:
        message, agency = packet.message(), self._config.agency
        message.findings += mapping.unnamed(message, entry.receiver)
        if not self._config.arrivals:
            return [message]
        return [message, *mapping.arrivals(message, agency, entry.receiver, self._tools.clock())]

    def _missed(self, entry: Received, fault: Unavailable) -> Page:
        away = fault.scope is Scope.SYSTEM or fault.cause in _AWAY
        self._away = self._away + 1 if away else 0
        if self._away >= _IN_A_ROW:
            raise fault
        enough = not away and self._tries.failed(entry.docid)
        if self._is_waited_for(entry, away=away):
            self._late.add(_pair(entry))
        self._tools.log.warning("an item did not come", docid=entry.docid, fault=fault.cause, said=fault.said)
        why = Invalid([Problem("getEdoc", "axis-item-unreadable", fault.said or fault.cause)])
        return Page([why] if enough else [], _told(asdict(entry), entry.docid), self._tries.cursor())

    def _is_waited_for(self, entry: Received, *, away: bool) -> bool:
        """Tell whether what may follow an item that did not come waits for it."""
        if away:
            return _listed_at(entry) > self._tools.clock() - _LONG
        return self._tries.goes_on(entry.docid)

    def _odd(self, listing: Listing[Received]) -> Iterator[Page]:
        """Yield what stands in a list and names no packet: it cannot be fetched, and is shown once."""
        for item in listing.odd:
            name = _name(item)
            self._tools.log.warning("an entry of the axis' list names no packet", entry=name)
            if self._tries.first(name):
                why = Invalid([Problem("docId", "missing")])
                yield Page([why], _told(item, name), self._tries.cursor())


def _together(kind: MessageType, entries: Sequence[Received]) -> Iterator[Sequence[Received]]:
    """Yield entries some at a time; statuses of one second, which may be in any order, at once."""
    some: list[Received] = []
    for entry in entries:
        full = len(some) >= _TOGETHER[kind]
        if full and (len(some) >= _TOGETHER_MOST[kind] or _listed_at(entry) != _listed_at(some[-1])):
            yield some
            some = []
        some.append(entry)
    if some:
        yield some


def _pair(entry: Received) -> tuple[str, str]:
    return entry.sender, entry.receiver


def _listed_at(entry: Received) -> datetime:
    """Return when an item came to the axis; what tells no time stands at the front."""
    return read_time(entry.created) or _EVER


def _name(item: Any) -> str:
    return hashlib.sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]


def _told(item: Any, name: str) -> Raw:
    return Raw.of(orjson.dumps(item), docId=name)

"""Reading the list of sent packets: whom a packet did not reach, and whether one was taken at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lgsp.adapter import Arrival
from lgsp.errors import Refused, Scope, Unavailable
from lgsp.formats.axis.days import write_day
from lgsp.formats.axis.listing import Listing, Sent, read_entries
from lgsp.formats.axis.protocol import SERVICE, MessageType, TransportStatus
from lgsp.formats.axis.replies import Unreadable

from .answers import no_answer
from .axis import Axis
from .likeness import Sought, same_body

_SURELY_SECOND = 2
"""The page that is behind the first, whether pages count from 0 or from 1, which nobody knows."""
_LONGEST = timedelta(days=31)
_DAY = timedelta(days=1)


@dataclass(slots=True)
class SentList:
    """What we sent of one kind in some days.

    Attributes:
        size: entries of a page that are asked for; a server may give fewer.
        most: pages that are read.
        whole: it was read to its end, and every entry says what it is about.
    """

    axis: Axis
    kind: MessageType
    first: date
    last: date
    size: int
    most: int
    whole: bool = False

    async def pages(self) -> AsyncIterator[Sequence[Sent]]:
        """Yield what each page adds to those before it, until one adds nothing.

        Raises:
            Unavailable: the list is not to be had.
        """
        seen: set[tuple[str, str, str]] = set()
        odd = False
        for index in range(self.most):
            listing = await self._page(index)
            odd = odd or bool(listing.odd)
            fresh = {_name(entry): entry for entry in listing.entries if _name(entry) not in seen}
            if index >= _SURELY_SECOND and not fresh:
                self.whole = not odd
                return
            seen.update(fresh)
            yield [*fresh.values()]

    async def _page(self, index: int) -> Listing[Sent]:
        try:
            answer = await self.axis.look(
                "getSentEdocList",
                servicetype=SERVICE,
                messagetype=self.kind,
                fromDate=write_day(self.first),
                toDate=write_day(self.last),
                pageSize=str(self.size),
                pageIndex=str(index),
            )
            return read_entries(Sent, answer.items())
        except Unreadable as fault:
            raise no_answer(fault) from None
        except Unavailable as fault:
            if index or fault.scope is Scope.SYSTEM:
                raise
            return Listing([], [])  # there may be no page 0


async def missed(listed: SentList, docid: str, receivers: Sequence[str]) -> dict[str, Refused]:
    """Return those of a packet's receivers whom it did not reach, as far as is known already.

    Raises:
        Unavailable: the list is not to be had.
    """
    left = list(receivers)
    found: dict[str, Refused] = {}
    async for entries in listed.pages():
        for entry in entries:
            code = next((code for code in left if same_body(code, entry.receiver)), "")
            if entry.docid == docid and code:
                left.remove(code)
                if TransportStatus.FAIL in {entry.send_status.lower(), entry.receive_status.lower()}:
                    found[code] = Refused("axis-receiver-failed", _said(entry), ["MessageHeader/To"])
        if not left:
            break
    return found


async def look_for(listed: SentList, sought: Sought) -> Arrival:
    """Tell whether a packet was taken.

    Raises:
        Unavailable: the list is not to be had.
    """
    alike: list[Sent] = []
    shows = False
    async for entries in listed.pages():
        shows = shows or bool(entries)
        alike += [entry for entry in entries if sought.may_be(entry)]
    if sought.surely_among(alike):
        return Arrival.ARRIVED
    # an empty list may be that of a server which reads our days otherwise: it proves nothing
    return Arrival.ABSENT if listed.whole and shows and not alike else Arrival.UNKNOWN


def first_day(sought: Sought, today: date, days: int) -> date | None:
    """Return the day from which the list is asked for; None where that would be too long ago.

    It lies some days back, so that other packets show that the list is read as it is meant.
    """
    day = min(sought.since.date() - _DAY, today - timedelta(days=days))
    return day if today - day <= _LONGEST else None


def _name(entry: Sent) -> tuple[str, str, str]:
    return entry.docid, entry.receiver_docid, entry.receiver


def _said(entry: Sent) -> str:
    return (entry.receive_text or entry.send_text)[:300]

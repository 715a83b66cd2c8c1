"""Learning what is known of agencies: facts that were added, and the lists that jobs brought.

A list has a hundred thousand entries. It is read a page at a time and put in columns off the event loop; what
is new of it later is read alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog

from lgsp.domain.agencies.facts import Confidence
from lgsp.domain.agencies.listing import NOTHING, Listing, Rows, Source
from lgsp.enduring import later
from lgsp.gateway import Gateway
from lgsp.journal import agencies, agency_lists
from lgsp.journal.agency_lists import Head

log = structlog.get_logger(__name__)
LOOK = 2.0
"""Seconds between two looks for news of lists."""
_REST = 50.0
"""So many times as long as it takes to take news in, the next may wait: it costs at most a fiftieth."""


async def learn_facts(gateway: Gateway) -> None:
    """Know all facts that were added until now, beside what lists say."""
    known = await gateway.journal.read(agencies.register)
    gateway.agencies = known.with_lists(gateway.agencies.lists)


class Lists:
    """Keeps what one process knows of lists abreast of the journal."""

    def __init__(self, gateway: Gateway, clock: Callable[[], float] = time.monotonic) -> None:
        self._gateway = gateway
        self._clock = clock
        self._rested = float("-inf")

    async def run(self) -> None:
        """Look until cancelled."""
        await later(self.look, "learning lists of agencies", log, LOOK)

    async def look(self) -> None:
        """Take in what is new, unless the last news is still too dear."""
        began = self._clock()
        if began < self._rested:
            return
        known = self._gateway.agencies.lists
        heads = _in_order(await self._gateway.journal.read(agency_lists.heads), known)
        if known.sources == tuple(map(_source, heads)) and known.heads == tuple(h.version for h in heads):
            return
        lists = await self._read(known, heads)
        self._gateway.agencies = self._gateway.agencies.with_lists(lists)
        ended = self._clock()
        self._rested = ended + _REST * (ended - began)
        log.info("lists of agencies learnt", rows=len(lists), seconds=round(ended - began, 3))

    async def _read(self, known: Listing, heads: Sequence[Head]) -> Listing:
        """Read what is behind what is known; all of it where the journal is another one than it was."""
        if not _goes_on(known, heads):
            known = NOTHING
        after = [*known.heads, *[0] * (len(heads) - len(known.heads))]
        rows = await asyncio.to_thread(known.rows)
        for n, head in enumerate(heads):
            await self._take(rows, n, head, after[n])
        sources, versions = [_source(head) for head in heads], [head.version for head in heads]
        return await asyncio.to_thread(Listing, sources, versions, rows)

    async def _take(self, rows: Rows, number: int, head: Head, after: int) -> None:
        while after < head.version:
            page = await self._gateway.journal.read(
                partial(agency_lists.rows_between, head=head, after=after)
            )
            await asyncio.to_thread(_take, rows, number, page)
            after = page[-1][0]


def _take(rows: Rows, number: int, page: Sequence[Any]) -> None:
    rows.take(number, agency_lists.read_rows(page))


def _goes_on(known: Listing, heads: Sequence[Head]) -> bool:
    """Tell whether the lists that are known are still there, and no shorter."""
    pairs = zip(known.sources, known.heads, heads, strict=False)
    same = all(source.name == head.name and version <= head.version for source, version, head in pairs)
    return same and len(known.sources) <= len(heads)


def _in_order(heads: Sequence[Head], known: Listing) -> list[Head]:
    """Return the lists that are known in the order in which they are, and the others behind them."""
    places = {source.name: place for place, source in enumerate(known.sources)}
    return sorted(heads, key=lambda head: (places.get(head.name, len(places)), head.name))


def _source(head: Head) -> Source:
    return Source(head.name, head.source, Confidence(head.confidence))

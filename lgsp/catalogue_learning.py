"""Learning catalogues: what a process checks names against, and fills in, follows the journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import orjson
import structlog

from lgsp.catalogue import MOST, Book
from lgsp.domain.catalogued import Item
from lgsp.enduring import later
from lgsp.gateway import Gateway
from lgsp.journal import catalogues_following
from lgsp.journal.catalogues_following import Head
from lgsp.learning import Lists, learn_facts

log = structlog.get_logger(__name__)
LOOK = 2.0
"""Seconds between two looks."""


async def learn(gateway: Gateway) -> tuple[Lists, Learning]:
    """Learn what is known of agencies and of catalogues before work begins; return what goes on doing so."""
    lists, catalogues = Lists(gateway), Learning(gateway)
    gateway.filler.learn = catalogues.look
    await learn_facts(gateway)
    await lists.look()
    await catalogues.look()
    return lists, catalogues


class Learning:
    """Keeps what one process knows of catalogues abreast of the journal."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Look until cancelled."""
        await later(self.look, "learning catalogues", log, LOOK)

    async def look(self) -> None:
        """Take in what is new: afterwards all is known that had been committed when the look began."""
        types = self._gateway.catalogues.books
        if not types:
            return
        async with self._looking:
            for head in await self._gateway.journal.read(
                lambda tx: catalogues_following.heads(tx, sorted(types))
            ):
                await self._follow(head)

    async def _follow(self, head: Head) -> None:
        books = self._gateway.catalogues.books[head.type]
        book = books.get(head.source)
        if book is None or book.version > head.version:  # it is new here, or the journal is another one
            book = Book(head.source)
        now = (head.version, head.wholes, head.run)
        if book.seen == now:
            return
        began, known = time.monotonic(), book.version
        while await self._take(book, head):
            pass
        books[head.source] = book
        if book.version > known:
            seconds = round(time.monotonic() - began, 3)
            log.info("catalogue learnt", system=head.source, type=head.type, items=len(book.items),
                     version=book.version, seconds=seconds)  # fmt: skip

    async def _take(self, book: Book, head: Head) -> bool:
        """Take a page in, in one go; return whether there is more."""
        news = await self._gateway.journal.read(
            lambda tx: catalogues_following.news(tx, head.source, head.type, book.version)
        )
        if len(book.items) + len(news.rows) > MOST and not book.cut:
            book.cut = True
            log.warning("catalogue is too large to be held whole", system=head.source, type=head.type)
        elif not book.cut:
            book.items.update(_items(news.rows))
        if len(news.rows) == catalogues_following.PAGE and not book.cut:
            book.version = news.rows[-1][0]
            return True
        now = news.head
        book.version, book.seen = now.version, (now.version, now.wholes, now.run)
        book.whole, book.absent = now.whole and not book.cut, frozenset(news.absent)
        return False


def _items(page: Sequence[Any]) -> dict[str, Item]:
    return {
        key: Item((name, *orjson.loads(more)), bool(is_open), version)
        for version, key, name, is_open, more in page
    }

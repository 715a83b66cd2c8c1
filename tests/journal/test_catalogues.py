"""Items of one catalogue that two processes commit at once, on the journal that has several writers."""

from __future__ import annotations

import asyncio
from functools import partial

from lgsp.journal import catalogues, catalogues_following
from lgsp.journal.catalogues_following import News
from lgsp.journal.contract import Transaction
from lgsp.journal.postgres import PostgresJournal
from lgsp.testing.making import SYSTEM, arrival
from lgsp.testing.rules.catalogues import PROCEDURE, procedure


def _versions(tx: Transaction) -> list[int]:
    return [row[0] for row in tx.rows("SELECT version FROM catalogue_items ORDER BY version")]


def _news(tx: Transaction, after: int) -> News:
    return catalogues_following.news(tx, SYSTEM, PROCEDURE, after)


async def test_two_processes_count_one_catalogue_together(database: str) -> None:
    """Row 207: versions have no gaps, an item has one newest, and who follows misses none of them."""
    journals = [await PostgresJournal.open(database) for _ in range(2)]
    seen: dict[str, str] = {}
    after = 0

    async def tell(n: int) -> None:
        offers = [procedure(f"1.{n % 7:06}", f"Tên {n}"), procedure(f"2.{n:06}")]
        await journals[n % 2].accept(arrival(*offers, source=SYSTEM))

    async def follow() -> None:
        nonlocal after
        for _ in range(40):
            heads = await journals[0].read(lambda tx: catalogues_following.heads(tx, [PROCEDURE]))
            if heads:
                news = await journals[0].read(partial(_news, after=after))
                seen.update((row[1], row[2]) for row in news.rows)
                after = news.head.version
            await asyncio.sleep(0.002)

    await asyncio.gather(*(tell(n) for n in range(60)), follow())
    await follow()
    versions = await journals[1].read(_versions)
    assert versions == list(range(1, len(versions) + 1))
    (told,) = await journals[1].read(catalogues.lists)
    assert (told["version"], told["size"]) == (120, 67)
    rows = await journals[1].read(
        lambda tx: tx.rows("SELECT key, name FROM catalogue_items WHERE current = 1")
    )
    assert dict(map(tuple, rows)) == seen
    for journal in journals:
        await journal.close()

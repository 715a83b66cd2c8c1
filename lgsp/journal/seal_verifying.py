"""Proving the whole log, or naming what is not as it was sealed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from lgsp.journal.contract import Transaction
from lgsp.journal.seal_walk import Asked, Verdict, Walk

T = TypeVar("T")


class Reading(Protocol):
    """A journal that is read, in whatever way: each query sees one moment of it."""

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run a query on a snapshot."""


async def at_once(work: Callable[[], T]) -> T:
    """Do work here and now."""
    return work()


async def verify(
    journal: Reading,
    asked: Asked = Asked(),  # noqa: B008 - it cannot change
    tell: Callable[[int, int], Awaitable[None]] | None = None,
    work: Callable[[Callable[[], Any]], Awaitable[Any]] = at_once,
) -> Verdict:
    """Verify a whole log, also while it grows.

    Args:
        journal: whose.
        asked: by what it is held.
        tell: awaited with how many leaves are done, and of how many.
        work: does what costs time without waiting, page by page.
    """
    walk = await journal.read(lambda tx: Walk(tx, asked))
    while True:
        page = await journal.read(walk.page)
        if not page.tiles:
            break
        if not await work(lambda p=page: walk.agrees(p)):  # type: ignore[misc]
            await journal.read(lambda tx, p=page: walk.look_closer(tx, p))  # type: ignore[misc]
        if tell is not None:
            await tell(walk.done, walk.place.size)
    return await journal.read(walk.end)

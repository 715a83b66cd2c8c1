"""The book of questions: what is asked in the same instant shares a transaction, as on the way in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from lgsp.errors import GatewayError
from lgsp.journal import asks
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.contract import Journal, JournalError, Transaction

log = structlog.get_logger(__name__)
_REST = 1.0
"""Seconds between two tries to write what became of questions while the journal is away."""
_MOST = 10_000
"""Endings that wait for the journal; beyond these the oldest is let go, and its question is lost track of."""

Opening = tuple[Begun, "asyncio.Future[int]"]


class Book:
    """Enters each question before it is asked, and what became of it behind; nobody waits for the latter.

    Args:
        journal: where.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._openings: list[Opening] = []
        self._endings: list[Ended] = []
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, question: Begun) -> int:
        """Enter a question durably and return its number.

        Raises:
            JournalError: it is not entered; it must not be asked.
        """
        opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._openings.append((question, opened))
        self._write_soon()
        return await opened

    def end(self, ending: Ended) -> None:
        """Note what became of a question; it is written as soon as the journal takes it."""
        self._endings.append(ending)
        if len(self._endings) > _MOST:
            self._endings.pop(0)
        self._write_soon()

    async def close(self) -> None:
        """Write what is left, while the journal takes it."""
        if self._writing is not None:
            await self._writing
        if self._endings:
            await self._turn()

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._openings or self._endings:
            if not await self._turn() and not self._openings:
                await asyncio.sleep(_REST)

    async def _turn(self) -> bool:
        """Write what has gathered; tell whether it could be written."""
        openings, self._openings = self._openings, []
        endings, self._endings = self._endings, []
        try:
            numbers = await self._journal.write(lambda tx: _entered(tx, openings, endings))
        except GatewayError as fault:
            self._endings[:0] = endings
            _tell(openings, fault)
            log.warning(
                "entering questions failed", asked=len(openings), ended=len(endings), fault=str(fault)
            )
            return False
        except Exception as fault:
            self._endings[:0] = endings
            _tell(openings, JournalError(f"entering questions: {type(fault).__name__}"))
            log.exception("entering questions failed")
            return False
        for (_, opened), number in zip(openings, numbers, strict=True):
            if not opened.done():
                opened.set_result(number)
        return True


def _entered(tx: Transaction, openings: Sequence[Opening], endings: Sequence[Ended]) -> list[int]:
    numbers = asks.begin(tx, [question for question, _ in openings]) if openings else []
    if endings:
        asks.end(tx, endings)
    return numbers


def _tell(openings: Sequence[Opening], fault: GatewayError) -> None:
    for _, opened in openings:
        if not opened.done():
            opened.set_exception(fault)

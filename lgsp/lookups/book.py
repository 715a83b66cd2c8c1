"""The book of questions: what is asked in the same instant shares a transaction, as on the way in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import structlog

from lgsp.enquiry import Ending
from lgsp.errors import GatewayError
from lgsp.journal import asks
from lgsp.journal.asks import Begun, Ended
from lgsp.journal.contract import Journal, JournalError, Transaction
from lgsp.lookups.walking import micros_since

log = structlog.get_logger(__name__)
_REST = 1.0
"""Seconds between two tries to write what became of questions while the journal is away."""
_MOST = 10_000
"""Endings that wait for the journal; beyond these the oldest is let go, and its question is lost track of."""
_GATHER = 0.05
"""Seconds for which endings gather: nobody waits for them, and each transaction holds up who asks."""
_PAGE = 500
"""Questions, or endings, of one transaction at most."""
_MOST_OPENING = 2000
"""Questions that wait to be entered; who comes behind them is told that the journal does not take more."""


class Opening(NamedTuple):
    """A question that waits to be entered, and its caller for its number."""

    question: Begun
    number: asyncio.Future[int]
    came: float


class Book:
    """Enters each question before it is asked, and what became of it behind; nobody waits for the latter.

    Args:
        journal: where.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._openings: list[Opening] = []
        self._endings: list[Ended] = []
        self._page = _PAGE
        self._closing = False
        self._gathering: asyncio.TimerHandle | None = None
        self._called = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, question: Begun) -> int:
        """Enter a question durably and return its number.

        Whoever waits no more is not entered, or ends with it: nobody is asked for him.

        Raises:
            JournalError: it is not entered; it must not be asked.
        """
        if len(self._openings) >= _MOST_OPENING:
            raise JournalError("entering questions: too many wait")
        opening = Opening(question, asyncio.get_running_loop().create_future(), time.monotonic())
        self._openings.append(opening)
        self._called.set()
        self._write_soon()
        return await opening.number

    def end(self, ending: Ended) -> None:
        """Note what became of a question; it is written a moment later, with those that come by then."""
        self._endings.append(ending)
        del self._endings[:-_MOST]
        if self._closing:
            self._write_soon()
        elif self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER, self._gathered)

    async def close(self) -> None:
        """Write what is left, if the journal takes it."""
        self._closing = True
        self._called.set()
        self._gathered()
        if self._writing is not None:
            await self._writing

    def _gathered(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        self._write_soon()

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._openings or (self._endings and self._gathering is None):
            if await self._turn() or self._openings:
                continue
            if self._closing:
                log.warning("ends of questions are not written", count=len(self._endings))
                return
            await self._rest()

    async def _rest(self) -> None:
        """Wait a while, or until somebody asks: that is tried at once."""
        self._called.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST):
                await self._called.wait()

    async def _turn(self) -> bool:
        """Write what has gathered; tell whether all of it could be written.

        Once endings could not be written, which may be the fault of one of them, they are tried by
        themselves, in smaller and smaller parts: nobody else's question fails with them, and no ending for
        good.
        """
        openings, self._openings = self._openings[:_PAGE], self._openings[_PAGE:]
        openings = [one for one in openings if not one.number.done()]
        page = self._page if self._gathering is None else 0
        endings, self._endings = self._endings[:page], self._endings[page:]
        if not openings and not endings:
            return True
        if self._page == _PAGE or not openings:
            return await self._write(openings, endings)
        return all([await self._write(openings, ()), await self._write((), endings)])

    async def _write(self, openings: Sequence[Opening], endings: Sequence[Ended]) -> bool:
        try:
            numbers = await self._journal.write(lambda tx: _entered(tx, openings, endings))
        except Exception as fault:
            self._put_back(endings)
            _tell(openings, fault)
            bug = None if isinstance(fault, GatewayError) else fault
            counts = {"asked": len(openings), "ended": len(endings)}
            log.warning("entering questions failed", **counts, fault=_plain(fault), exc_info=bug)
            return False
        if endings:
            self._page = min(_PAGE, 2 * self._page)
        for opening, number in zip(openings, numbers, strict=True):
            self._hand_over(opening, number)
        return True

    def _hand_over(self, opening: Opening, number: int) -> None:
        """Give a question its number; that of somebody who went meanwhile is over at once."""
        if opening.number.done():
            self._endings.append(Ended(number, Ending.FAILED, micros_since(opening.came), "caller-gone"))
        else:
            opening.number.set_result(number)

    def _put_back(self, endings: Sequence[Ended]) -> None:
        if len(endings) == 1:  # behind the others: it may be the one that cannot be written
            self._endings += endings
        else:
            self._endings[:0] = endings
        if endings:
            self._page = max(1, len(endings) // 2)


def _entered(tx: Transaction, openings: Sequence[Opening], endings: Sequence[Ended]) -> list[int]:
    numbers = asks.begin(tx, [one.question for one in openings]) if openings else []
    if endings:
        asks.end(tx, endings)
    return numbers


def _tell(openings: Sequence[Opening], fault: Exception) -> None:
    told = fault if isinstance(fault, GatewayError) else JournalError(f"entering questions: {_plain(fault)}")
    for one in openings:
        if not one.number.done():
            one.number.set_exception(told)


def _plain(fault: Exception) -> str:
    return str(fault) if isinstance(fault, GatewayError) else type(fault).__name__

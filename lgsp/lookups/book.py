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
_MOST_OVER = 2000
"""Of those that wait for the journal so many may be questions for which nobody is asked."""
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
        self._behind: list[Ended | Begun] = []
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
        try:
            return await opening.number
        except asyncio.CancelledError:
            if _has_number(opening):  # it came in the very moment in which its caller went
                self._end_gone(opening, opening.number.result())
            raise

    def end(self, ending: Ended) -> None:
        """Note what became of a question; it is written a moment later, with those that come by then."""
        self._note(ending)
        del self._behind[:-_MOST]

    def over(self, question: Begun) -> bool:
        """Note a question for which nobody is asked, with what became of it; it is written like an ending.

        Returns:
            Whether it is noted. It is not while the journal does not keep up, so that nothing that was noted
            is let go: such a question is entered like any other, before its caller is told anything.
        """
        if self._page < _PAGE or len(self._behind) >= _MOST_OVER:
            return False
        self._note(question)
        return True

    def _note(self, one: Ended | Begun) -> None:
        self._behind.append(one)
        if self._closing or (self._gathering is None and len(self._behind) > 1):
            self._write_soon()  # those before it have gathered: it goes with them, and does not put them off
        elif self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER, self._gathered)

    async def close(self) -> None:
        """Write what is left, if the journal takes it."""
        self._closing = True
        self._called.set()
        self._gathered()
        while self._writing is not None and not self._writing.done():
            await self._writing  # what is entered now may end now, and is written by another one

    def _gathered(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        self._write_soon()

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._openings or (self._behind and self._gathering is None):
            if await self._turn() or self._openings:
                continue
            if self._closing:
                log.warning("ends of questions are not written", count=len(self._behind))
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
        behind, self._behind = self._behind[:page], self._behind[page:]
        if not openings and not behind:
            return True
        if self._page == _PAGE or not openings:
            return await self._write(openings, behind)
        return all([await self._write(openings, ()), await self._write((), behind)])

    async def _write(self, openings: Sequence[Opening], behind: Sequence[Ended | Begun]) -> bool:
        try:
            numbers = await self._journal.write(lambda tx: _entered(tx, openings, behind))
        except Exception as fault:
            self._put_back(behind)
            _tell(openings, fault)
            bug = None if isinstance(fault, GatewayError) else fault
            counts = {"asked": len(openings), "ended": len(behind)}
            log.warning("entering questions failed", **counts, fault=_plain(fault), exc_info=bug)
            return False
        if behind:
            self._page = min(_PAGE, 2 * self._page)
        for opening, number in zip(openings, numbers, strict=True):
            self._hand_over(opening, number)
        return True

    def _hand_over(self, opening: Opening, number: int) -> None:
        """Give a question its number; that of somebody who went meanwhile is over at once."""
        if not opening.number.done():
            opening.number.set_result(number)
        else:
            self._end_gone(opening, number)

    def _end_gone(self, opening: Opening, number: int) -> None:
        if opening.question.ended is None:
            self.end(Ended(number, Ending.FAILED, micros_since(opening.came), "caller-gone"))

    def _put_back(self, behind: Sequence[Ended | Begun]) -> None:
        if len(behind) == 1:  # behind the others: it may be the one that cannot be written
            self._behind += behind
        else:
            self._behind[:0] = behind
        if behind:
            self._page = max(1, len(behind) // 2)


def _entered(tx: Transaction, openings: Sequence[Opening], behind: Sequence[Ended | Begun]) -> list[int]:
    numbers = asks.begin(tx, [one.question for one in openings]) if openings else []
    if over := [one for one in behind if isinstance(one, Begun)]:
        asks.catch_up(tx, over)
    if endings := [one for one in behind if isinstance(one, Ended)]:
        asks.end(tx, endings)
    return numbers


def _has_number(opening: Opening) -> bool:
    number = opening.number
    return number.done() and not number.cancelled() and number.exception() is None


def _tell(openings: Sequence[Opening], fault: Exception) -> None:
    told = fault if isinstance(fault, GatewayError) else JournalError(f"entering questions: {_plain(fault)}")
    for one in openings:
        if not one.number.done():
            one.number.set_exception(told)


def _plain(fault: Exception) -> str:
    return str(fault) if isinstance(fault, GatewayError) else type(fault).__name__

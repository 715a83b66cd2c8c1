"""Quotas of callers, shared by all processes: portions are drawn from the journal, and spent in memory."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from lgsp.allowances import Rate, Taken
from lgsp.journal import quotas
from lgsp.journal.contract import Journal, JournalError
from lgsp.journal.quotas import KEPT, KEPT_LONG, SECOND, Draw, Drawn

log = structlog.get_logger(__name__)
_TIDY = 1.0
"""Seconds between two looks at portions that nobody uses."""
_IDLE = 60.0
"""After so many seconds without a request a caller's portion is forgotten here."""
_FORGET = 3600.0
_NO = 1.0
"""A no is believed for so many seconds at most: others may give back what they do not use."""
_SMALL = 50
"""A portion is at most this part of what a minute or a day allows."""


class Portion:
    """What was drawn at one time: each is itself, and no other."""

    __slots__ = ()


@dataclass(slots=True)
class _Asking:
    """Somebody who waits for the journal's answer."""

    count: int
    answer: asyncio.Future[float | None]


@dataclass(slots=True)
class _Purse:
    """A portion of one caller's quota of one kind, as this process holds it; times are of its own clock.

    Attributes:
        left: what is not spent yet, until `ends`, drawn in the `minute` and on the `day` of the journal.
        portion: this one; the next one is another.
        ahead: how many are drawn beside those that are needed.
        shut: until then no `too_many` or more are let through; it opens at `opens`.
    """

    rate: Rate
    left: int = 0
    ends: float = 0.0
    minute: int = 0
    day: int = 0
    portion: Portion = field(default_factory=Portion)
    ahead: int = 0
    drawn: float = -math.inf
    shut: float = -math.inf
    opens: float = -math.inf
    too_many: int = 0
    used: float = 0.0
    waiting: list[_Asking] = field(default_factory=list)


class Quotas:
    """What callers may still do, as far as this process knows.

    What is asked for is answered from memory as long as a portion lasts. The journal gives portions out, one
    row for each caller and kind, so the sum over all processes passes no limit, whatever is lost: a portion
    that a crash takes along counts as used. Requests that wait for a portion share one look at the journal.

    Args:
        journal: gives the portions out.
        clock: of this process, in seconds; it only moves on.
    """

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._clock = clock
        self._purses: dict[tuple[str, str], _Purse] = {}
        self._wanted: set[tuple[str, str]] = set()
        self._drawing: asyncio.Task[None] | None = None
        self._forgot = clock()

    async def take(self, subject: str, kind: Taken, rate: Rate, count: int = 1) -> float | None:
        """Let something be done so many times; None, or the seconds after which to ask again.

        Infinite is for more than may ever be done at once.

        Raises:
            JournalError: the portion is used up, and the journal cannot give another one out.
        """
        now = self._clock()
        purse = self._purse(subject, kind, rate)
        purse.used = now
        if purse.left >= count and now < purse.ends and not purse.waiting:
            purse.left -= count
            return None
        if _is_shut(purse, count, now):
            return math.inf if count > (quotas.most_at_once(rate) or count) else max(purse.opens - now, 0.001)
        asking = _Asking(count, asyncio.get_running_loop().create_future())
        purse.waiting.append(asking)
        self._wanted.add((subject, kind))
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.create_task(self._draw_all())
        return await asking.answer

    def none_left(self, subject: str, kind: Taken, rate: Rate) -> float | None:
        """Return the seconds after which to ask again, where one is known not to be had now.

        None is that `take` would let one through, or had to ask the journal. Nothing is taken.
        """
        now, purse = self._clock(), self._purse(subject, kind, rate)
        left = purse.left > 0 and now < purse.ends
        return max(purse.opens - now, 0.001) if not left and _is_shut(purse, 1, now) else None

    def portion(self, subject: str, kind: Taken, rate: Rate) -> Portion:
        """Return what `take` took from just now; asked right after it, before anything is waited for."""
        return self._purse(subject, kind, rate).portion

    def give_back(self, subject: str, kind: Taken, rate: Rate, count: int, taken: Portion) -> None:
        """Take back what was let through and is not done after all: another quota does not allow it.

        Once its portion is over, or another one was drawn, it counts as used: put into a newer one it would
        be let through in a second, a minute or on a day that did not grant it.
        """
        purse = self._purse(subject, kind, rate)
        if purse.portion is taken and self._clock() < purse.ends:
            purse.left += count

    async def run(self) -> None:
        """Give back what nobody uses, for as long as it runs."""
        while True:
            await asyncio.sleep(_TIDY)
            with suppress(JournalError):
                await self.tidy()

    async def tidy(self) -> None:
        """Give back portions that are past their time, and forget callers who ask no more."""
        now = self._clock()
        await self._return([key for key, one in self._purses.items() if one.left and one.ends <= now])
        for key in [key for key, one in self._purses.items() if one.used + _IDLE < now and not one.waiting]:
            del self._purses[key]
        if self._forgot + _FORGET < now:
            self._forgot = now
            await self._journal.write(quotas.forget)

    async def close(self) -> None:
        """Give all portions back; what cannot be given back counts as used."""
        if self._drawing is not None:
            await asyncio.wait([self._drawing])
        with suppress(JournalError):
            await self._return([key for key, one in self._purses.items() if one.left])

    def _purse(self, subject: str, kind: Taken, rate: Rate) -> _Purse:
        purse = self._purses.get((subject, kind))
        if purse is None:
            purse = self._purses[subject, kind] = _Purse(rate)
        elif purse.rate is not rate and purse.rate != rate:  # what was drawn by other limits says nothing
            self._purses[subject, kind] = purse = _Purse(rate, waiting=purse.waiting)
        return purse

    async def _return(self, keys: Sequence[tuple[str, str]]) -> None:
        draws = [self._draw(key, ()) for key in keys]
        if draws:
            await self._journal.write(lambda tx: quotas.draw(tx, draws))

    # --- drawing ----------------------------------------------------------------------------------------

    async def _draw_all(self) -> None:
        while self._wanted:
            keys = sorted(self._wanted)
            self._wanted.clear()
            purses = [self._purses[key] for key in keys]
            asking = [_taken(purse) for purse in purses]
            began = self._clock()
            draws = [self._draw(key, some, began) for key, some in zip(keys, asking, strict=True)]
            try:
                drawn = await self._journal.write(lambda tx, d=draws: quotas.draw(tx, d))  # type: ignore[misc]
            except Exception as fault:  # noqa: BLE001 - whatever it was, those who wait must hear of it
                _fail([one for some in asking for one in some], fault)
                continue
            for purse, some, one in zip(purses, asking, drawn, strict=True):
                _share(purse, some, one, began, self._clock())

    def _draw(self, key: tuple[str, str], asking: Sequence[_Asking], began: float = 0.0) -> Draw:
        """Return what to ask the journal for, and put the rest of the last portion with it."""
        purse, spare = self._purses[key], self._purses[key].left
        purse.left = 0
        counts = [one.count for one in asking]
        if counts:
            purse.ahead = _ahead(purse, sum(counts), began)
            purse.drawn = began
        ahead = purse.ahead if counts else 0
        least, needed = min(counts, default=0), sum(counts)
        return Draw(*key, purse.rate, least, needed, ahead, spare, purse.minute, purse.day)


def _is_shut(purse: _Purse, count: int, now: float) -> bool:
    return now < purse.shut and count >= purse.too_many


def _taken(purse: _Purse) -> list[_Asking]:
    """Return those who wait, and let others wait anew."""
    asking, purse.waiting = [one for one in purse.waiting if not one.answer.done()], []
    return asking


def _ahead(purse: _Purse, count: int, now: float) -> int:
    """Return how many to draw ahead: more each time that the last portion was short, at most a small part."""
    rate, kept = purse.rate, KEPT_LONG if purse.rate.per_second is None else KEPT
    quick = now - purse.drawn < 2 * kept / SECOND
    wanted = 2 * (purse.ahead + count) if quick else purse.ahead // 2
    bounds = [wanted]
    if rate.per_second is not None:
        bounds.append(int(rate.per_second * KEPT / SECOND))
    bounds += [limit // _SMALL for limit in (rate.per_minute, rate.per_day) if limit is not None]
    return max(0, min(bounds))


def _share(purse: _Purse, asking: Sequence[_Asking], drawn: Drawn, began: float, now: float) -> None:
    """Let those through for whom it is enough, in order; keep the rest, and remember the no for others."""
    left = drawn.count
    for one in asking:
        if one.answer.done():
            continue
        if one.count <= left:
            left -= one.count
            one.answer.set_result(None)
        else:
            one.answer.set_result(_no(purse, one.count, drawn, began))
    # counted from before it was asked for: what the journal's clock says of its end lies no earlier
    purse.ends = began + drawn.kept / SECOND
    purse.left, purse.minute, purse.day = left, drawn.spent.minute, drawn.spent.day
    purse.portion = Portion()
    if now >= purse.ends:
        purse.ahead //= 2


def _no(purse: _Purse, count: int, drawn: Drawn, began: float) -> float:
    wait = quotas.wait(drawn.spent, purse.rate, drawn.now, count)
    if wait is not math.inf:
        purse.opens, purse.too_many = began + wait, count
        purse.shut = began + min(wait, _NO)
    return max(wait, 0.001)


def _fail(asking: Sequence[_Asking], fault: Exception) -> None:
    for one in asking:
        if not one.answer.done():
            one.answer.set_exception(fault)

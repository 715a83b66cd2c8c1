"""What was turned away becomes entries: the first of its kind at once, the rest counted, once a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from lgsp.journal import turned_away
from lgsp.journal.contract import Journal, JournalError
from lgsp.journal.turned_away import Attempt

log = structlog.get_logger(__name__)
NOBODY = "nobody"
"""Who tries with a credential that is nobody's."""
ANYWHERE = "*"
"""The address of what is counted together, when it comes from more addresses than are told apart."""
_EVERY = 60.0
_AGAIN = 2.0
"""Seconds after which the journal is tried again."""
_MOST = 512
"""So many attempts are told apart within a minute; further ones are counted by what they are alone."""
_LONGEST = 120

_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class _Counted:
    """An attempt of this minute.

    Attributes:
        times: how often it came since it was last written.
        written: it stands in the journal already, or is on its way there.
    """

    where: str
    times: int = 0
    fresh: bool = True


class Attempts:
    """Counts what is turned away, and writes it down in the background: it neither waits nor floods.

    Whoever reports gives names alone: never a credential, a body or a query.

    Args:
        journal: takes the entries.
        every: seconds between two entries of one and the same attempt.
        clock: in seconds; it only moves on.
    """

    def __init__(
        self, journal: Journal, every: float = _EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._journal = journal
        self._every = every
        self._clock = clock
        self._counted: dict[_Key, _Counted] = {}
        self._due = clock() + every
        self._roused = asyncio.Event()
        self._writing = asyncio.Lock()

    def note(self, what: str, who: str, where: str, address: str, cause: str) -> None:
        """Take an attempt that was turned away.

        Args:
            what: was turned away, in the past tense, as it stands in the journal.
            who: tried: a system, a person, the public id of a credential; empty where that is not known.
            where: at which path, without its query.
            address: from where.
            cause: a word.
        """
        key = (what, who[:_LONGEST] or NOBODY, address[:_LONGEST], cause)
        found = self._counted.get(key)
        if found is None:
            key, found = self._room(key, where)
        found.times += 1
        if found.fresh:
            self._roused.set()

    async def run(self) -> None:
        """Write down what was noted, until it is cancelled; what cannot be written now is kept."""
        while True:
            await self._next()
            try:
                await self.write(everything=self._clock() >= self._due)
            except JournalError as fault:
                log.warning("attempts wait for the journal", fault=str(fault), kept=len(self._counted))
                await asyncio.sleep(_AGAIN)
                self._roused.set()

    async def write(self, *, everything: bool = False) -> None:
        """Write down what is new, or everything that was counted.

        Raises:
            JournalError: nothing of it was written; it is kept.
        """
        async with self._writing:  # what is on its way is not written twice
            self._roused.clear()
            await self._write(everything=everything)

    async def _write(self, *, everything: bool) -> None:
        due = [(key, one) for key, one in self._counted.items() if one.times and (one.fresh or everything)]
        told = [_attempt(key, one) for key, one in due]
        if told:
            await self._journal.write(lambda tx: turned_away.note(tx, told))
        for (_, one), said in zip(due, told, strict=True):
            one.times -= said.times
            one.fresh = False
        if everything:
            self._due = self._clock() + self._every
            self._forget(kept={key for key, _ in due})

    async def close(self) -> None:
        """Write down all that was counted; what the journal does not take now is told to the log alone."""
        try:
            await self.write(everything=True)
        except JournalError as fault:
            lost = sum(one.times for one in self._counted.values())
            log.warning("attempts are not in the journal", fault=str(fault), lost=lost)

    async def _next(self) -> None:
        """Wait until something is new, or the minute is over."""
        try:
            async with asyncio.timeout(max(0.0, self._due - self._clock())):
                await self._roused.wait()
        except TimeoutError:
            return

    def _room(self, key: _Key, where: str) -> tuple[_Key, _Counted]:
        """Return where an attempt is counted that was not there this minute."""
        if len(self._counted) >= _MOST:
            what, _, _, cause = key
            key = (what, NOBODY, ANYWHERE, cause)
            if (
                key not in self._counted and len(self._counted) >= 2 * _MOST
            ):  # causes are few; this is a bound
                key = (what, NOBODY, ANYWHERE, ANYWHERE)
        return key, self._counted.setdefault(key, _Counted(where[:_LONGEST]))

    def _forget(self, kept: set[_Key]) -> None:
        """Forget what did not come in this minute; what did is counted on, and is new no more."""
        for key in [key for key, one in self._counted.items() if key not in kept and not one.times]:
            del self._counted[key]


def _attempt(key: Sequence[str], one: _Counted) -> Attempt:
    what, who, address, cause = key
    return Attempt(what, who, one.where, address, cause, one.times)

"""Care for a far side: how many are asked at once, who waits, and when nobody is asked at all."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from lgsp.enquiry import Ending, NoAnswer
from lgsp.errors import Scope, Unavailable
from lgsp.health import Health, Standing
from lgsp.questioning import Ask

_BUSY_FOR = 1.0
"""Seconds after which a caller may try again who found the queue full."""


class Turnstile:
    """Lets so many in at once, and so many wait, first come first served.

    A semaphore would do, but it does not say how many wait, nor can its number change while people wait.
    """

    def __init__(self, places: int, queue: int) -> None:
        self.places = places
        self.queue = queue
        self.inside = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    @property
    def free(self) -> bool:
        """Tell whether who comes now goes in at once."""
        return self.inside < self.places and not self._waiting

    @property
    def full(self) -> bool:
        """Tell whether who comes now may not even wait."""
        return not self.free and len(self._waiting) >= self.queue

    async def enter(self) -> None:
        """Go in, or wait for a place; whoever entered must leave.

        Raises:
            NoAnswer: as many as may wait already.
        """
        if self.free:
            self.inside += 1
            return
        if self.full:
            raise _too_busy()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # the place was given in the moment in which the wait was given up
            else:
                with suppress(ValueError):  # whoever left meanwhile took it out of the line already
                    self._waiting.remove(turn)
            raise

    def leave(self) -> None:
        """Give the place to who waits longest."""
        self.inside -= 1
        self.let_in()

    def let_in(self) -> None:
        """Fill the places that are free: after somebody left, or when there are more of them."""
        while self._waiting and self.inside < self.places:
            turn = self._waiting.popleft()
            if not turn.done():  # who gave up stands here until its task runs again
                self.inside += 1
                turn.set_result(None)


class Care:
    """What one system is spared, and how it stands, as far as questions go.

    Questions have a standing of their own: that deliveries fail does not keep a clerk from asking, and slow
    look-ups take no place of a delivery.

    Args:
        ask: what the home says.
        clock: seconds that never run back.
    """

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self.ask = ask
        self._clock = clock
        self.health = Health(ask.concurrency, ask.suspend_after, ask.probe)
        self.turnstile = Turnstile(ask.concurrency, ask.queue)
        self._trying = False

    def become(self, ask: Ask) -> None:
        """Go over to what newer routes say; who is inside stays, and how it stands."""
        self.ask = ask
        self.health.concurrency, self.health.suspend_after = ask.concurrency, ask.suspend_after
        self.health.probe = ask.probe
        self.share(self.health.workers)
        self.turnstile.queue = ask.queue

    def share(self, processes: int, place: int | None = None) -> None:
        """Take this process's part of what may be asked at once, now that so many processes ask."""
        self.health.share(processes, place)
        self.turnstile.places = max(1, self.health.slots)
        self.turnstile.let_in()

    def retry_after(self) -> float | None:
        """Return how long nobody is asked, in seconds; None where somebody may be asked now."""
        if self.health.running or (not self._trying and self._clock() >= self.health.next_trial):
            return None
        if self.health.standing is Standing.PAUSED:
            return max(self.ask.probe)
        return max(0.1, self.health.next_trial - self._clock())

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place at the far side; while it is suspended, one question at a time tries it.

        Raises:
            NoAnswer: it is suspended, or too many wait.
        """
        trial = self._admit()
        try:
            await self.turnstile.enter()
            try:
                # it may have been suspended while this one waited for its place
                trial = trial or self._admit()
                yield
            finally:
                self.turnstile.leave()
        finally:
            if trial:
                self._trying = False

    def refusal(self) -> NoAnswer | None:
        """Return why nobody is asked for who comes now; None where somebody is, or may be after a wait."""
        return self._suspended() or (_too_busy() if self.turnstile.full else None)

    def _suspended(self) -> NoAnswer | None:
        after = self.retry_after()
        return None if after is None else NoAnswer(Ending.TURNED_AWAY, "suspended", after=after)

    def _admit(self) -> bool:
        if fault := self._suspended():
            raise fault
        if self.health.running:
            return False
        self._trying = True
        return True

    def answered(self) -> None:
        """Note that the far side is at work."""
        self.health.succeeded(self._clock())

    def failed(self, question: bytes, fault: Unavailable, began: float) -> None:
        """Note a failure of a question that began at a moment of the clock."""
        self.health.failed(question, fault, began, self._clock())

    def late(self, question: bytes, began: float) -> None:
        """Note that no answer came in time: like any failure, it counts towards a suspension."""
        self.failed(question, Unavailable("timed-out", scope=Scope.MESSAGE), began)


def _too_busy() -> NoAnswer:
    return NoAnswer(Ending.TURNED_AWAY, "too-busy", after=_BUSY_FOR)

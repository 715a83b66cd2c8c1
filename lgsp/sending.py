"""Sending a run: deliveries of one line one after the other, of which the journal hears together."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable

from lgsp.gateway import Gateway
from lgsp.journal.runs import TOGETHER
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Outcome

_MICROS = 1_000_000


class Sending:
    """One run on its way.

    Each is sent only when the one before it was delivered. What is known is told after a tenth of a second at
    the latest, also while the next one waits for its answer.

    Args:
        gateway: that sends.
        run: what was claimed; the first is being sent until its outcome is known, then it is taken out.
        worker: the number under which it was claimed.
        goes_on: tells whether the next may be sent at all.
        together: whether it may be sent right after a delivery, before the journal is told of that.

    Attributes:
        flying: the sending that is under way while the journal is told of those before it.
    """

    def __init__(
        self,
        gateway: Gateway,
        run: deque[Claim],
        worker: int,
        goes_on: Callable[[int], bool],
        *,
        together: bool = True,
    ) -> None:
        self._gateway = gateway
        self._run = run
        self._worker = worker
        self._goes_on = goes_on
        self._together = together
        self.flying: asyncio.Task[Outcome] | None = None

    async def some(self) -> Outcome:
        """Send until the journal is to be told, and return what it is to be told.

        When this is cut short the journal is told what is known, and the one under way is left in doubt.
        """
        ends = time.monotonic() + TOGETHER / _MICROS
        known: list[Outcome] = []
        try:
            known.append(await (self.flying or self._gateway.deliver(self._run[0], self._worker)))
            self._landed()
            while self._together and self._next_goes(known[-1]) and time.monotonic() < ends:
                known.append(await self._next(ends))
        except TimeoutError:
            pass  # it flies on
        except BaseException:
            await self._cut_short(known)
            raise
        return self._told(known)

    async def _next(self, ends: float) -> Outcome:
        """Send the next one.

        Raises:
            TimeoutError: its answer takes too long for those before it to wait.
        """
        self.flying = asyncio.create_task(self._gateway.deliver(self._run[0], self._worker))
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + max(0.0, ends - time.monotonic())):
            outcome = await asyncio.shield(self.flying)
        self._landed()
        return outcome

    def _landed(self) -> None:
        self._run.popleft()
        self.flying = None

    def _next_goes(self, last: Outcome) -> bool:
        return (
            bool(self._run)
            and last.state in (State.DELIVERED, State.SHADOWED)
            and not last.apart
            and self._goes_on(self._worker)
        )

    def _told(self, known: list[Outcome]) -> Outcome:
        first, last = known[0], known[-1]
        waiting = numbers(self._run)
        first.then = known[1:]
        first.flying, first.rest = (waiting[:1], waiting[1:]) if self.flying else ((), waiting)
        first.go_on = self._next_goes(last) if waiting else last.go_on and self._goes_on(self._worker)
        return first

    def drop_rest(self) -> None:
        """Forget what is not begun: the journal has let it go."""
        while len(self._run) > bool(self.flying):
            self._run.pop()

    async def _cut_short(self, known: list[Outcome]) -> None:
        if self.flying is not None:
            self.flying.cancel()
            await asyncio.gather(self.flying, return_exceptions=True)
        if known:
            await self._gateway.settle(self._told(known))


def numbers(run: Iterable[Claim]) -> list[int]:
    """Return the deliveries of a run."""
    return [claim.delivery for claim in run]

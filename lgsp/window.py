"""The bounded window of frames that the broker holds of one system, and what is known of its backlog."""

from __future__ import annotations

import asyncio


class Window:
    """Admits frames while no backlog waits behind it, so that nobody is overtaken for long.

    Attributes:
        behind: deliveries may wait undispatched in the journal; the dispatcher refills in their order.
        crowded: so many do that a new one must queue up behind them. A few that the last refill was too early
            for do not count: under a steady load there are always some, and waiting for a moment without any
            would send everything the long way round.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.behind = self.crowded = True  # after a start nobody knows; the first refill tells
        self._turned_away = 0
        self._low = asyncio.Event()

    def admits(self, depth: int) -> bool:
        """Tell whether a new delivery may be dispatched at once; one that may not is remembered."""
        if not self.crowded and depth < self.size:
            return True
        self.crowded = True
        self.left_behind()
        return False

    def left_behind(self) -> None:
        """Note that something was, or will be, taken on without being dispatched."""
        self.behind = True
        self._turned_away += 1

    def look_again(self) -> None:
        """Take it that a backlog waits undispatched, and have that looked into now."""
        self.behind = self.crowded = True
        self._low.set()

    def found(self, undispatched: int, mark: int) -> None:
        """Note how many deliveries were found undispatched by a look that began at a mark."""
        self.crowded = undispatched >= self.few
        if undispatched:
            self.behind = True
            self._low.set()
        elif mark == self._turned_away:
            self.behind = False

    @property
    def few(self) -> int:
        """So many that wait undispatched are a backlog."""
        return max(1, self.size // 4)

    def room(self, depth: int) -> int:
        """Return how many frames a refill may bring; it waits until half the window is empty."""
        return self.size - depth if depth * 2 <= self.size else 0

    def fell(self, depth: int) -> None:
        """Note that frames were taken out; a refill that is due now is not left until somebody looks."""
        if self.behind and self.room(depth):
            self._low.set()

    async def until_low(self, patience: float) -> None:
        """Wait until a refill is due, but not longer than `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                await self._low.wait()
        except TimeoutError:
            pass
        self._low.clear()

    def mark(self) -> int:
        """Return a mark to hand to `refilled`."""
        return self._turned_away

    def refilled(self, mark: int, *, all_taken: bool) -> None:
        """Note a refill: none waits behind when it took all and nobody was turned away meanwhile."""
        if all_taken:
            self.found(0, mark)

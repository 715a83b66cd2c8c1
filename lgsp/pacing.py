"""Keeping to the rates at which orders are to be carried out: what may be done now, after so long a pause."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

BURST = 1.0
"""So many seconds of a rate may come at once, after a pause of ours."""


class Pace:
    """The room that each order has now, by its number.

    Args:
        clock: seconds that never run back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._credit: dict[int, float] = {}

    def earn(self, rates: Mapping[int, float]) -> None:
        """Let orders save up for the time since this was last asked, each at its rate a second.

        A new one begins with nothing; one that is not named is forgotten. However slow a rate is, a whole one
        may be saved up.
        """
        now = self._clock()
        passed, self._last = now - self._last, now
        self._credit = {
            number: min(self._credit.get(number, 0.0) + rate * passed, max(1.0, rate * BURST))
            for number, rate in rates.items()
        }

    def room(self, number: int) -> int:
        """Return how many of an order may be done now."""
        return int(self._credit.get(number, 0.0))

    def spend(self, number: int, count: int) -> None:
        """Note that so many of an order were done."""
        if number in self._credit:
            self._credit[number] -= count

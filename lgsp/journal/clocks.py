"""Clocks: the time of each transaction, in microseconds since 1970."""

from __future__ import annotations

import time
from collections.abc import Callable

_SET_BACK = 1_000_000


class Past:
    """The moment that the last transaction of this process had: the next one's lies behind it.

    A clock that is set back by more than a second is followed all the same. All processes that share it go by
    it, and time that stood still for one of them until the clock came round again would let nothing fall due.
    """

    def __init__(self) -> None:
        self._now = 0

    def then(self, now: int) -> int:
        """Return a time, moved on where the clock has not."""
        self._now = now if self._now - now > _SET_BACK else max(self._now + 1, now)
        return self._now


def micros() -> int:
    """Return the wall clock in microseconds."""
    return time.time_ns() // 1000


def steady(
    wall: Callable[[], int] = time.time_ns, running: Callable[[], int] = time.monotonic_ns
) -> Callable[[], int]:
    """Return a clock in microseconds that always moves on.

    A wall clock set forward is followed, one set back is not, so that nothing that waits for a time waits for
    the clock to come round again.
    """
    ahead = wall() - running()

    def now() -> int:
        nonlocal ahead
        ran = running()
        ahead = max(ahead, wall() - ran)
        return (ran + ahead) // 1000

    return now

"""Waiting: for what comes in its own time, and until a moment has passed on which a count would turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from lgsp.message import VIETNAM

MIDNIGHT = "00:00"


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is so."""
    late = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < late
        time.sleep(0.1)


def keep_clear_of(*times: str, lasts: float = 45.0) -> None:
    """Wait until none of some times of day in Viet Nam is about to come while a test runs.

    Args:
        times: such as `02:30`.
        lasts: seconds that the test may take.
    """
    for _ in times:  # one may lie behind another
        time.sleep(max((_wait(at, lasts) for at in times), default=0.0))


def _wait(at: str, lasts: float) -> float:
    """Return the seconds until a time has passed, nothing where it is farther away than a test lasts."""
    now = datetime.now(VIETNAM)
    hour, minute = (int(part) for part in at.split(":"))
    next_ = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    left = (next_ + timedelta(days=next_ < now) - now).total_seconds()
    return left + 0.1 if left < lasts else 0.0

"""Asking again what changes nothing: for a few seconds, and no sooner than the far side said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_before_delay,
    wait_random_exponential,
)

from lgsp.errors import Unavailable

T = TypeVar("T")
PATIENCE = 5.0
"""Seconds for which a read is repeated at most."""
_BACK_OFF = wait_random_exponential(0.1, max=1.0)
_TOO_MANY, _LESS = "http-429", 2.0
"""Who says that we ask too often, and not for how long, is left alone for so many seconds at least."""


async def again(
    ask: Callable[[], Awaitable[T]], failed: Unavailable, left: float, may: Callable[[], bool]
) -> T:
    """Return what another attempt brings; the first one failed, and went without what this costs.

    What is told in the end is what the far side said last, while there is time to tell it: no attempt begins
    behind that time, so that one who is to wait for longer hears of it at once.

    Args:
        ask: makes one attempt.
        failed: why the first one failed.
        left: seconds.
        may: tells after an attempt whether there may be another.

    Raises:
        Unavailable: the last one failed too, or there is no time for one.
    """
    first: Unavailable | None = failed
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(lambda fault: may() and isinstance(fault, Unavailable)),
        stop=stop_before_delay(left),
        wait=_pause,
        reraise=True,
    ):
        with attempt:
            if first is not None:
                failed, first = first, None
                raise failed
            return await ask()
    raise AssertionError("unreachable: the last attempt returns or raises")


def _pause(state: RetryCallState) -> float:
    """Return for how many seconds nobody asks."""
    fault = state.outcome.exception() if state.outcome else None
    return max(_BACK_OFF(state), _asked_for(fault) if isinstance(fault, Unavailable) else 0.0)


def _asked_for(fault: Unavailable) -> float:
    """Return the seconds for which a far side wants to be left alone."""
    if fault.after is not None:
        return fault.after
    return _LESS if fault.cause == _TOO_MANY else 0.0

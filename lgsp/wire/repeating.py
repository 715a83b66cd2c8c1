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


def worth(fault: BaseException, left: float) -> bool:
    """Tell whether to ask again within the seconds that are left, which a far side may say is too early."""
    return isinstance(fault, Unavailable) and left > (fault.after or 0.0)


async def again(
    ask: Callable[[], Awaitable[T]], failed: Unavailable, left: float, may: Callable[[], bool]
) -> T:
    """Return what another attempt brings; the first one failed, and went without what this costs.

    What is told in the end is what the far side said last, while there is time to tell it.

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
        retry=retry_if_exception(lambda fault: may() and worth(fault, left)),
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
    return max(_BACK_OFF(state), (isinstance(fault, Unavailable) and fault.after) or 0.0)

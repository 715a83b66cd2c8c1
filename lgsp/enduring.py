"""Doing something again and again until cancelled, whatever goes wrong in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from lgsp.errors import GatewayError


async def enduring(look: Callable[[], Awaitable[float]], what: str, log: Any, rest: float) -> None:
    """Look, and look again after as many seconds as the last look says.

    Args:
        look: does what is to be done now; it says after how many seconds there is more to do.
        what: is done, as the log says of a look that failed.
        log: of whoever looks.
        rest: seconds after a look that failed.
    """
    failed = f"{what} failed; trying again"
    while True:
        pause = rest
        try:
            pause = await look()
        except GatewayError as fault:
            log.warning(failed, fault=str(fault))
        except Exception:
            log.exception(failed)
        await asyncio.sleep(pause)


async def steadily(act: Callable[[], Awaitable[object]], what: str, log: Any, every: float) -> None:
    """Do something again and again, with so many seconds between; see `enduring`."""

    async def look() -> float:
        await act()
        return every

    await enduring(look, what, log, every)


async def later(act: Callable[[], Awaitable[object]], what: str, log: Any, every: float) -> None:
    """Do the same, for the first time after so many seconds: what there was at the start is known."""
    await asyncio.sleep(every)
    await steadily(act, what, log, every)

"""Holding the portal's session: everybody who needs one shares one login."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta


class Session:
    """A session that is asked for anew when it is old, or when somebody found it stale.

    Args:
        log_in: asks the portal for a session.
        lifetime: how long one is used. The portal's own limit is not public; clients use 10 minutes.
        clock: tells the time.
    """

    def __init__(
        self, log_in: Callable[[], Awaitable[str]], lifetime: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._log_in = log_in
        self._lifetime = lifetime
        self._clock = clock
        self._until: datetime | None = None
        self._task: asyncio.Task[str] | None = None
        self.token = ""

    async def get(self, stale: str = "") -> str:
        """Return a session other than the stale one.

        Raises:
            Unavailable: the login failed; all who waited for it learn the same.
        """
        if self.token and self.token != stale and self._until is not None and self._clock() < self._until:
            return self.token
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew())
            self._task.add_done_callback(_noticed)
        # One who gives up waiting must not take the login away from the others.
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """Let go of a login that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _renew(self) -> str:
        started = self._clock()
        self.token = await self._log_in()
        self._until = started + self._lifetime
        return self.token


def _noticed(task: asyncio.Task[str]) -> None:
    """Take note of a fault for which nobody is waiting any more."""
    if not task.cancelled():
        task.exception()

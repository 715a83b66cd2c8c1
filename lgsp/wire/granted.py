"""Holding a far side's access token: everybody who needs one shares it, and shares the asking for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_LONGEST = 86_400.0
_SAME = timedelta(seconds=5)
"""For how long whoever gave the very token that it had just refused is not asked again."""


@dataclass(slots=True, frozen=True)
class Granted:
    """A token.

    Attributes:
        token: it opens the services; never in a log.
        seconds: how long it is good from the moment in which it was asked for; None where that was not said.
    """

    token: str = field(repr=False)
    seconds: float | None


class Tokens:
    """One token at a time, asked for shortly before it ends, and when somebody found it stale.

    Many a gateway gives the same token, with what is left of its time, to whoever asks while it is good. So
    one that has less than `early` left is used for half of that.

    Args:
        grant: asks the far side for a token.
        usual: seconds that a token is used whose end was not said.
        early: seconds before its end from which on a new one is asked for.
        clock: tells the time.
    """

    def __init__(
        self,
        grant: Callable[[], Awaitable[Granted]],
        usual: float,
        early: float,
        clock: Callable[[], datetime],
    ) -> None:
        self._grant = grant
        self._usual, self._early = usual, early
        self._clock = clock
        self._until: datetime | None = None
        self._unchanged: datetime | None = None
        self._task: asyncio.Task[str] | None = None
        self._token = ""

    @property
    def held(self) -> str:
        """Return the token that was granted last; empty before the first one."""
        return self._token

    async def get(self, stale: str = "") -> str:
        """Return a token, another than the stale one if the far side has another.

        Raises:
            Unavailable: it gave none; all who waited for it learn the same.
        """
        if self._good(stale):
            return self._token
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._renew(stale))
            self._task.add_done_callback(_noticed)
        # who gives up waiting must not take the token away from the others
        return await asyncio.shield(self._task)

    async def renew(self) -> None:
        """Ask for a token now; raises Unavailable."""
        await self.get(stale=self._token)

    async def close(self) -> None:
        """Let go of what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _good(self, stale: str) -> bool:
        now = self._clock()
        if not self._token or self._until is None or now >= self._until:
            return False
        if self._token != stale:
            return True
        return self._unchanged is not None and now < self._unchanged

    async def _renew(self, stale: str) -> str:
        asked = self._clock()
        granted = await self._grant()
        left = min(granted.seconds or self._usual, _LONGEST)
        self._token = granted.token
        self._until = asked + timedelta(seconds=max(left - self._early, left / 2))
        self._unchanged = asked + _SAME if granted.token == stale else None
        return self._token


def _noticed(task: asyncio.Task[str]) -> None:
    """Take note of a fault for which nobody is waiting any more."""
    if not task.cancelled():
        task.exception()

"""What the bodies of all requests together may hold of this process' memory while they are read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from lgsp.api.problems import ApiError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
FREE = 64 * 1024
"""Bytes of a body that are not counted: what a connection buffers anyway."""


class Held:
    """A sum of bytes. It is for bodies that are kept whole; what is streamed to a file holds nothing here.

    Args:
        most: bytes of all bodies together.
    """

    def __init__(self, most: int) -> None:
        self._left = most

    @contextmanager
    def counting(self, receive: Receive) -> Iterator[Receive]:
        """Yield a way to receive a body that is counted while inside.

        Raises:
            ApiError: 503, where a piece comes for which there is no room: ask again.
        """
        taken = seen = 0

        async def counted() -> MutableMapping[str, Any]:
            nonlocal taken, seen
            event = await receive()
            seen += len(event.get("body", b""))
            if seen > FREE:
                self._left -= seen - taken
                taken = seen
                if self._left < 0:
                    raise ApiError(
                        503, "too-much-at-once", headers={"Retry-After": "5", "Connection": "close"}
                    )
            return event

        try:
            yield counted
        finally:
            self._left += taken

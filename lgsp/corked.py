"""A connection's way out: the head of an answer and its body leave together, for one wake-up."""

from __future__ import annotations

import asyncio
from typing import Any

_LARGE = 64 * 1024
"""Bytes from which a body is not copied behind its head."""


class Corked:
    """A transport that holds what is written until the next write, or until the turn of the loop is over.

    The server writes the head and the body of an answer one after the other, and each write of uvloop is a
    call into the kernel that may wake whoever waits at the other end: twice the price, and the second half is
    what was waited for.

    Args:
        transport: that of the connection; whatever is not said here goes to it as it is.
        loop: whose turns are meant.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        """Return what the transport has of that name."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data behind what is held; alone it is held a moment."""
        held, self._held = self._held, b""
        if not held:
            self._held = data
            if data:
                self._loop.call_soon(self._let_go)
        elif len(data) < _LARGE:
            self._transport.write(held + data)
        else:
            self._transport.writelines((held, data))

    def get_write_buffer_size(self) -> int:
        """Return how many bytes the client has not taken."""
        return len(self._held) + self._transport.get_write_buffer_size()

    def is_closing(self) -> bool:
        """Tell whether it is being closed."""
        return self._transport.is_closing()

    def write_eof(self) -> None:
        """Send what is held, and no more."""
        self._let_go()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what is held, and close."""
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)

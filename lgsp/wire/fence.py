"""The fence before the first byte: who lost the right to send while it prepared to does not begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from lgsp.errors import GatewayError

_fence: ContextVar[Callable[[], bool] | None] = ContextVar("fence", default=None)


class Fenced(GatewayError):  # noqa: N818 - a state, like the other words of this tree
    """This process may not begin to send now. Nothing of this request was written."""


@contextmanager
def fenced(may: Callable[[], bool]) -> Iterator[None]:
    """Let calls made inside begin to write only while `may` says so."""
    token = _fence.set(may)
    try:
        yield
    finally:
        _fence.reset(token)


def pass_fence() -> None:
    """Go on, or raise.

    Raises:
        Fenced: whoever set the fence says no.
    """
    may = _fence.get()
    if may is not None and not may():
        raise Fenced("sending: the right to send was lost before the first byte")

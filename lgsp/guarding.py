"""Guarding what an adapter does: bounded in time, and a bug in it is something that may pass."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar

import structlog

from lgsp.errors import Refused, Unavailable, Uncertain
from lgsp.routes import System
from lgsp.watch import Watch
from lgsp.wire.fence import Fenced

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Bounded(Protocol):
    """A system whose policy says how long an act of its adapter may take."""

    @property
    def name(self) -> str:
        """What operators call it."""

    @property
    def spec(self) -> System:
        """What the routes say of it."""


class Guard:
    """Lends every act of every adapter the same care."""

    def __init__(self) -> None:
        self._watch = Watch()

    async def __call__(self, to: Bounded, act: Awaitable[T]) -> T:
        """Return what an act of a system's adapter returns.

        Raises:
            Refused: the far side understood and said no.
            Unavailable: it may be tried again; also where the adapter has a bug.
            Uncertain: it took too long, and may have come through.
        """
        try:
            return await self._watch.bound(act, to.spec.deliver.timeout)
        except (Refused, Unavailable, Fenced):
            raise
        except TimeoutError as fault:
            raise Uncertain("timed-out", "the adapter took too long") from fault
        except Exception as fault:
            log.exception("adapter bug", system=to.name)
            raise Unavailable("adapter-bug", type(fault).__name__, answer=type(fault).__name__) from fault

"""Asking a far system for dossiers: a few at a time, beside live traffic, and patient with what fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import structlog

from lgsp.adapter import Adapter, Arrival, Known, Knows
from lgsp.domain.reconciling.sides import Answer, Theirs
from lgsp.errors import GatewayError, Unavailable
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal.reconciliations import Scope
from lgsp.journal.reconciliations_sides import DOSSIER
from lgsp.message import Message

log = structlog.get_logger(__name__)
_TRIES = 6
"""So often a question is asked: of a system that fails a call in twenty, one in sixty million stays open."""
_PAUSE, _LONGEST = 0.2, 0.5
_ANSWERS = {Arrival.ARRIVED: Answer.THERE, Arrival.ABSENT: Answer.ABSENT, Arrival.UNKNOWN: Answer.UNKNOWN}


class Asking:
    """Asks one system for dossiers by their codes. It takes no sending slot: its bound is its own.

    Args:
        to: the system.
        type_: what is asked for.
        concurrency: so many questions at once.
        rate: so many a second at most; 0 is as many as are answered.
        pause: seconds before a question that failed is asked again; they double, up to half a second.
    """

    def __init__(
        self, to: Counterpart, type_: str, *, concurrency: int = 4, rate: float = 0.0, pause: float = _PAUSE
    ) -> None:
        self._to = to
        self._type = type_
        self._slots = asyncio.Semaphore(concurrency)
        self._gap = 1.0 / rate if rate else 0.0
        self._pause = pause
        self._next = 0.0

    async def ask(self, codes: Mapping[str, str]) -> dict[str, Theirs]:
        """Return what the system answers for each code, by key; without an answer it is unknown, and why."""
        answers = await asyncio.gather(*(self._one(key, code) for key, code in codes.items()))
        return dict(zip(codes, answers, strict=True))

    async def _one(self, key: str, code: str) -> Theirs:
        cause = ""
        for n in range(_TRIES):
            if n:
                await asyncio.sleep(min(self._pause * 2 ** (n - 1), _LONGEST))
            async with self._slots:
                await self._turn()
                try:
                    return _theirs(await self._known(key, code))
                except Unavailable as fault:
                    cause = fault.cause
                except TimeoutError:
                    cause = "timed-out"
                except GatewayError as fault:
                    log.warning("a look-up was turned down", system=self._to.name, fault=str(fault))
                    return Theirs()
                except Exception:
                    log.exception("adapter bug", system=self._to.name)
                    return Theirs()
        return Theirs(cause=cause)

    async def _known(self, key: str, code: str) -> Known:
        adapter: Adapter = self._to.adapter
        async with asyncio.timeout(self._to.spec.deliver.timeout):
            if isinstance(adapter, Knows):
                return await adapter.known(code)
            return Known(await adapter.probe(Message(self._type, code, key, {})))

    async def _turn(self) -> None:
        """Wait until the rate allows the next question."""
        if not self._gap:
            return
        now = time.monotonic()
        self._next = max(self._next + self._gap, now)
        await asyncio.sleep(self._next - now)


def _theirs(known: Known) -> Theirs:
    return Theirs(_ANSWERS[known.there], known.status, known.count)


def away(answers: Mapping[str, Theirs]) -> bool:
    """Tell whether so many questions of a page went without an answer that the system must be away."""
    unanswered = sum(1 for one in answers.values() if one.answer is Answer.UNKNOWN and one.cause)
    return unanswered >= max(_FEW, len(answers) // 2)


_FEW = 5
"""So many questions that went without an answer say nothing of the system yet."""


def sends(gateway: Gateway, scope: Scope) -> bool:
    """Tell whether a route of now sends dossiers of a source to a system, rather than an older connection."""
    return any(
        route.type == DOSSIER
        and route.mode == "live"
        and route.source in {None, scope.source}
        and scope.system in route.systems
        for route in gateway.routes.routes
    )

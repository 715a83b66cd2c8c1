"""Whether ailing systems slow the healthy ones: pairs of stretches, one calm and one with two of them ill."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from lgsp.bench.load import drive, request
from lgsp.bench.neighbourhood import FIRST_AGENCY
from lgsp.bench.rig import Rig
from lgsp.bench.stages import CONNECTIONS, dossier

AILING = ("5000", "gone")
"""What is wrong with the last systems: one takes five seconds for an answer, one refuses connections."""
_PATIENCE = 60.0
_STARTED_BY = 0.5
"""Seconds that a stretch runs before it counts."""


class Pairs:
    """Measures pairs of stretches on a rig with several systems.

    Dossiers for all systems come in turn over the same connections; what counts is how many the healthy
    ones get a second, in the same seconds.
    """

    def __init__(self, rig: Rig, seconds: float) -> None:
        self._rig = rig
        self._seconds = seconds
        self._numbers = count()
        self._all = range(len(rig.sinks))
        self._healthy = self._all[: -len(AILING)]

    async def measured(self, pairs: int) -> dict[str, Any]:
        """Measure so many pairs, whose halves take turns in coming first; return medians."""
        calm: list[float] = []
        ailing: list[float] = []
        for n in range(pairs):
            for ill in (n % 2 == 0, n % 2 == 1):
                (ailing if ill else calm).append(await self._stretch(ill=ill))
        ratios = [bad / good for bad, good in zip(ailing, calm, strict=True)]
        return {
            "pairs": pairs,
            "healthy_systems": len(self._healthy),
            "calm_per_s": round(statistics.median(calm)),
            "ailing_per_s": round(statistics.median(ailing)),
            "ratio": round(statistics.median(ratios), 3),
            "ratios": [round(ratio, 2) for ratio in ratios],
        }

    async def _stretch(self, *, ill: bool) -> float:
        """Return how many dossiers a second the healthy systems got; then let everything come to rest."""
        for sink, how in zip(self._all[-len(AILING) :], AILING, strict=True):
            await self._rig.ails(sink, how if ill else "0")
        load = asyncio.create_task(
            drive(self._rig.port, self._requests(time.perf_counter() + self._seconds), CONNECTIONS)
        )
        await asyncio.sleep(_STARTED_BY)
        before, began = await self._got(), time.perf_counter()
        await asyncio.sleep(self._seconds - _STARTED_BY)
        got, took = await self._got() - before, time.perf_counter() - began
        if (done := await load).failed:
            raise RuntimeError(f"{done.failed} of {done.count} requests failed")
        await self._recover()
        return got / took

    def _requests(self, deadline: float) -> Iterator[bytes]:
        path, token = "/v1/systems/one-stop/messages", self._rig.token
        while time.perf_counter() < deadline:
            n = next(self._numbers)
            yield request(path, dossier(n, agency=FIRST_AGENCY + n % len(self._all)), token)

    async def _got(self) -> int:
        return sum([await self._rig.taken(sink) for sink in self._healthy])

    async def _recover(self) -> None:
        """Make every system well and wait until nothing is open."""
        deadline = time.perf_counter() + _PATIENCE
        for sink in self._all:
            await self._rig.ails(sink, "0")
            await self._rig.say(f"/v1/systems/portal-{sink + 1}/resume")
        while await self._rig.waiting():
            if time.perf_counter() > deadline:
                raise RuntimeError(f"recovering: {await self._rig.waiting()} deliveries are still open")
            await asyncio.sleep(0.1)

"""What a question costs over a direct call, and what deliveries lose while a slow far side is asked."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from itertools import count
from typing import Any

import orjson

from lgsp.bench.answering import LOOKUP, PURPOSE, TYPE
from lgsp.bench.load import drive, request
from lgsp.bench.rig import Rig
from lgsp.bench.stages import CONNECTIONS, dossier
from lgsp.errors import Unavailable
from lgsp.wire.http import Http

RATE = 200
"""Questions a second."""
_SLOW = 5000.0
"""Milliseconds that the far side then takes for an answer."""
_AGAIN = 1000
_STARTED_BY, _WARM, _PATIENCE = 0.5, 1.0, 120.0
_LANES = 16
_PART = 0.5
"""The steady load is this part of what was delivered at most."""
_AT_ONCE = 4000

Act = Callable[[], Coroutine[Any, Any, None]]


class Asking:
    """Measures questions on a rig whose first sink answers them."""

    def __init__(self, rig: Rig, seconds: float) -> None:
        self._rig = rig
        self._seconds = seconds
        self._numbers, self._dossiers = count(), count()
        self._http = Http(limit=_AT_ONCE)
        self._answers: Counter[str] = Counter()
        self._authorization = {"Authorization": f"Bearer {rig.token}"}

    async def measured(self, pairs: int) -> dict[str, Any]:
        """Return all figures; times in milliseconds."""
        try:
            figures = await self.overhead()
            figures |= await self.again()
            return figures | await self.beside(pairs)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    # --- what it costs ----------------------------------------------------------------------------------

    async def overhead(self) -> dict[str, Any]:
        """Put questions and call the far side directly, by turns in the same moments; pair by pair."""
        await self._rig.lookups(0)
        asked: list[float] = []
        direct: list[float] = []
        await self._every(RATE, _WARM, lambda: self._pair([], []))
        await self._every(RATE, 3 * self._seconds, lambda: self._pair(asked, direct))
        over = [one - other for one, other in zip(asked, direct, strict=True)]
        return {
            "asks": len(asked),
            **_told("ask", asked),
            **_told("direct", direct),
            "overhead_ms_p50": round(statistics.median(over), 2),
            "overhead_ms_p99": round(_share(asked, 0.99) - _share(direct, 0.99), 2),
        }

    async def _pair(self, asked: list[float], direct: list[float]) -> None:
        if next(self._numbers) % 2:
            took = await _timed(self._call)
            asked.append(await _timed(self._ask))
            direct.append(took)
        else:
            took = await _timed(self._ask)
            direct.append(await _timed(self._call))
            asked.append(took)

    async def _call(self) -> None:
        await self._http.post(f"http://127.0.0.1:{self._rig.sink}{LOOKUP}", b"{}", read=True)

    async def _ask(self, number: int | None = None) -> None:
        body = question(next(self._numbers) if number is None else number)
        url = f"http://127.0.0.1:{self._rig.port}/v1/systems/one-stop/ask"
        try:
            answer = await self._http.post(url, body, headers=self._authorization)
        except Unavailable as fault:
            self._answers[fault.cause] += 1
        else:
            self._answers[str(answer.status)] += 1
            if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
                raise RuntimeError(f"asking: {answer.status} {answer.text[:300]}")

    async def again(self) -> dict[str, Any]:
        """Ask one thing many times, at once and after another; return how often the far side heard of it."""
        await self._rig.lookups(100)
        before, same = await self._rig.lookups(100), 10**9
        await asyncio.gather(*(self._ask(same) for _ in range(_AGAIN // 2)))
        took = [await _timed(lambda: self._ask(same)) for _ in range(_AGAIN // 2)]
        heard = await self._rig.lookups(0) - before
        return {"again": _AGAIN, "again_heard": heard, **_told("again", took)}

    # --- what deliveries lose ---------------------------------------------------------------------------

    async def beside(self, pairs: int) -> dict[str, Any]:
        """Deliver with 200 slow questions a second beside it and without, by turns; at most, and steadily."""
        await self._rig.lookups(_SLOW)
        memory = [self._rig.memory()]
        most = await self._pairs(pairs, 0.0, memory)
        steady = await self._pairs(pairs, _PART * most[0], memory)
        return {
            "pairs": pairs,
            **_rates("most", most),
            **_rates("steady", steady),
            "answers": dict(self._answers),
            "memory_mib": [round(one, 1) for one in memory],
        }

    async def _pairs(self, pairs: int, rate: float, memory: list[float]) -> tuple[float, float, list[float]]:
        calm: list[float] = []
        asked: list[float] = []
        await self._stretch(rate, asking=False)
        for n in range(pairs):
            for asking in (n % 2 == 0, n % 2 == 1):
                (asked if asking else calm).append(await self._stretch(rate, asking=asking))
            memory.append(self._rig.memory())
        ratios = [one / other for one, other in zip(asked, calm, strict=True)]
        return statistics.median(calm), statistics.median(asked), ratios

    async def _stretch(self, rate: float, *, asking: bool) -> float:
        """Return how many dossiers a second the portal got; then let everything come to rest."""
        beside = asyncio.create_task(self._every(RATE if asking else 0, self._seconds, self._ask))
        load = asyncio.create_task(self._deliver(rate))
        await asyncio.sleep(_STARTED_BY)
        before, began = await self._rig.taken(), time.perf_counter()
        await asyncio.sleep(self._seconds - _STARTED_BY)
        got, took = await self._rig.taken() - before, time.perf_counter() - began
        await load
        await beside
        await self._rest()
        return got / took

    async def _deliver(self, rate: float) -> None:
        """Bring dossiers for a stretch: as many as are taken, or so many a second."""
        if rate:
            await self._every(rate, self._seconds, self._bring)
            return
        requests = self._requests(time.perf_counter() + self._seconds)
        load = await drive(self._rig.port, requests, CONNECTIONS)
        if load.failed:
            raise RuntimeError(f"{load.failed} of {load.count} requests failed")

    def _requests(self, until: float) -> Iterator[bytes]:
        while time.perf_counter() < until:
            yield request("/v1/systems/one-stop/messages", dossier(next(self._dossiers)), self._rig.token)

    async def _bring(self) -> None:
        url = f"http://127.0.0.1:{self._rig.port}/v1/systems/one-stop/messages"
        await self._http.post(url, dossier(next(self._dossiers)), headers=self._authorization)

    async def _rest(self) -> None:
        deadline = time.perf_counter() + _PATIENCE
        while await self._rig.waiting():
            if time.perf_counter() > deadline:
                raise RuntimeError("measuring: deliveries are still open")
            await asyncio.sleep(0.1)

    async def _every(self, rate: float, seconds: float, act: Act) -> None:
        """Begin an act so many times a second, whether the ones before have ended or not; wait for all."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as acts:
            for n in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
                acts.create_task(act())


def question(number: int) -> bytes:
    """Return a question about somebody, as it is posted."""
    data = {"identity_number": f"{number:012}", "name": "Nguyễn Văn Mẫu", "birth": {"date": "1999-01-31"}}
    return orjson.dumps({"type": TYPE, "data": data, "purpose": PURPOSE, "who": "Trần Thị B"})


async def _timed(act: Act) -> float:
    """Return how many milliseconds an act took."""
    began = time.perf_counter()
    await act()
    return (time.perf_counter() - began) * 1000


def _share(millis: list[float], share: float) -> float:
    ordered = sorted(millis)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _told(name: str, millis: list[float]) -> dict[str, float]:
    return {f"{name}_ms_p50": round(_share(millis, 0.5), 2), f"{name}_ms_p99": round(_share(millis, 0.99), 2)}


def _rates(name: str, measured: tuple[float, float, list[float]]) -> dict[str, Any]:
    calm, asked, ratios = measured
    return {
        f"{name}_calm_per_s": round(calm),
        f"{name}_asking_per_s": round(asked),
        f"{name}_ratio": round(statistics.median(ratios), 3),
        f"{name}_ratios": [round(one, 2) for one in ratios],
    }

"""How long small messages wait while a packet of 100 MB comes in, is read, written anew, and goes out."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Coroutine
from itertools import count
from typing import Any

from lgsp.bench.documents import sent
from lgsp.bench.load import Load
from lgsp.bench.rig import Rig
from lgsp.bench.stages import dossier

SIZE = 100 << 20
"""Bytes of the one file in the packet, which is a third larger."""
_LANES, _EVERY = 8, 0.04
"""Connections, and seconds from one dossier of each to its next: 200 a second, far from what is possible."""
_CALM, _LOOK = 4.0, 0.05
_AXIS = "document-axis"
_PATIENCE = 60.0
_ANSWER = 4096
_TAKEN = b'"OK"'


class Beside:
    """Measures, on a rig, what a large packet costs those beside it."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._numbers = count()
        self._peak = 0.0

    async def measured(self, packets: int) -> dict[str, Any]:
        """Measure a calm stretch, then one beside each of so many packets, one after the other."""
        requests = [sent(n, SIZE) for n in range(packets)]  # now: it would hold up whoever measures
        await self._during(asyncio.sleep(_CALM))  # warms both sides up
        calm = await self._during(asyncio.sleep(_CALM))
        before = self._peak = self._rig.memory()
        began = time.perf_counter()
        beside = [await self._during(self._large(request)) for request in requests]
        return {
            "packets": packets,
            "packet_s": round((time.perf_counter() - began) / packets, 2),
            **_told("calm", [calm]),
            **_told("beside", beside),
            "memory_mib": round(before, 1),
            "memory_peak_mib": round(self._peak, 1),
        }

    async def _during(self, act: Coroutine[Any, Any, None]) -> Load:
        """Return how long small messages took to be taken on while something else goes on."""
        load, over = Load(), asyncio.Event()
        async with asyncio.TaskGroup() as lanes:
            for _ in range(_LANES):
                lanes.create_task(self._lane(load, over))
            await act
            over.set()
        return load

    async def _lane(self, load: Load, over: asyncio.Event) -> None:
        url = f"http://127.0.0.1:{self._rig.port}/v1/systems/one-stop/messages"
        while not over.is_set():
            began = time.perf_counter()
            answer = await self._rig.http.post(
                url, dossier(next(self._numbers)), headers={"Authorization": f"Bearer {self._rig.token}"}
            )
            took = time.perf_counter() - began
            if answer.status not in (200, 202):
                raise RuntimeError(f"measuring: {answer.status}")
            load.millis.append(took * 1000)
            await asyncio.sleep(max(0.0, _EVERY - took))

    async def _large(self, request: bytes) -> None:
        """Have a packet taken on, and wait until the axis has it."""
        coming = asyncio.create_task(asyncio.to_thread(self._post, request))
        until = time.perf_counter() + _PATIENCE
        while not coming.done() or await self._rig.waiting(_AXIS):
            self._peak = max(self._peak, self._rig.memory())
            if time.perf_counter() > until:
                raise RuntimeError("measuring: the large packet does not arrive")
            await asyncio.sleep(_LOOK)
        if _TAKEN not in (answer := await coming):
            raise RuntimeError(f"measuring: {answer!r}")

    def _post(self, request: bytes) -> bytes:
        """Send a request from a thread, which lets the others run while the kernel takes it."""
        with socket.create_connection(("127.0.0.1", self._rig.port), timeout=_PATIENCE) as to:
            to.sendall(request)
            answer = b""
            while b"}" not in answer and (piece := to.recv(_ANSWER)):
                answer += piece
        return answer


def _told(name: str, loads: list[Load]) -> dict[str, float]:
    every = Load(millis=[one for load in loads for one in load.millis])
    return {
        f"{name}_ms_p50": round(every.percentile(0.5), 1),
        f"{name}_ms_p99": round(every.percentile(0.99), 1),
        f"{name}_ms_max": round(max(every.millis), 1),
    }

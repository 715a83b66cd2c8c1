"""Running a measurement and telling its figures."""

from __future__ import annotations

import statistics
from typing import Any

import uvloop

from lgsp.bench.stages import Measurement, rig

_QUICK, _LONG = 4.0, 10.0
_ROUNDS = 3


async def _round(seconds: float, sink_ms: float, *, pinned: bool) -> dict[str, Any]:
    with rig(sink_ms, pinned=pinned) as made:
        measurement = Measurement(made, seconds)
        try:
            await measurement.floor()  # warms both sides up
            figures = await measurement.floor()
            figures |= await measurement.accept()
            figures |= await measurement.walk()
            figures["memory_mib"] = round(made.memory(), 1)
        finally:
            await made.http.close()
    return figures


async def _soak(messages: int, *, pinned: bool) -> dict[str, Any]:
    with rig(pinned=pinned) as made:
        try:
            return await Measurement(made, _LONG).soak(messages)
        finally:
            await made.http.close()


def measure(
    *, quick: bool = False, sink_ms: float = 0.0, soak: int = 0, pinned: bool = True
) -> dict[str, Any]:
    """Measure and return the figures: medians of the rounds.

    Rates are messages a second, `_cpu_us` CPU microseconds of the gateway a message, `_ms` milliseconds.

    Args:
        quick: one round of short stages, well under a minute.
        sink_ms: how long the far side takes for each answer.
        soak: instead, walk so many messages and return the resident memory after each stretch.
        pinned: keep the gateway on one core, as a unit with `CPUAffinity=` does: its threads share Python's
            lock, and taking turns on one core they go about a tenth faster than on two.
    """
    if soak:
        return uvloop.run(_soak(soak, pinned=pinned))
    seconds, count = (_QUICK, 1) if quick else (_LONG, _ROUNDS)
    rounds = [uvloop.run(_round(seconds, sink_ms, pinned=pinned)) for _ in range(count)]
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]} | {
        "rounds": len(rounds),
        "sink_ms": sink_ms,
        "pinned": pinned,
    }

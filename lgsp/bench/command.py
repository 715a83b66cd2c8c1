"""Running a measurement and telling its figures."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from typing import Any

import uvloop

from lgsp.bench.rig import Plan, rig
from lgsp.bench.stages import Measurement

_QUICK, _LONG = 4.0, 10.0
_ROUNDS = 3


async def _round(seconds: float, plan: Plan, *, hot: bool) -> dict[str, Any]:
    with rig(plan) as made:
        measurement = Measurement(made, seconds)
        try:
            await measurement.floor()  # warms both sides up
            figures = await measurement.floor()
            figures |= await measurement.accept()
            figures |= await measurement.walk()
            if hot:
                figures |= await measurement.accept("hot_", hot=True)
            figures["memory_mib"] = round(made.memory(), 1)
        finally:
            await made.http.close()
    return figures


async def _soak(messages: int, plan: Plan) -> dict[str, Any]:
    with rig(plan) as made:
        try:
            return await Measurement(made, _LONG).soak(messages)
        finally:
            await made.http.close()


def measure(plan: Plan, *, quick: bool = False, hot: bool = False, soak: int = 0) -> dict[str, Any]:
    """Measure and return the figures: medians of the rounds.

    Rates are messages a second, `_cpu_us` CPU microseconds of the gateway's processes a message (with a
    server's name before it: of that server), `_ms` milliseconds.

    Args:
        plan: on what, and how slow its disks and its far side are. The one process of the embedded profile
            goes about a tenth faster on one core than on two, because its threads share Python's lock.
        quick: one round of short stages, well under a minute.
        hot: measure a single hot key, too.
        soak: instead, walk so many messages and return the resident memory after each stretch.
    """
    if soak:
        return uvloop.run(_soak(soak, plan))
    seconds, count = (_QUICK, 1) if quick else (_LONG, _ROUNDS)
    rounds = [uvloop.run(_round(seconds, plan, hot=hot)) for _ in range(count)]
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]} | {
        "rounds": len(rounds),
        **asdict(plan),
    }

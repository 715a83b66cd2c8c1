"""Running a measurement and telling its figures."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import uvloop

from lgsp.bench.asking import Asking
from lgsp.bench.beside import Beside
from lgsp.bench.looking import Looking
from lgsp.bench.neighbours import Pairs
from lgsp.bench.rig import Plan, rig
from lgsp.bench.rules import rules
from lgsp.bench.stages import Measurement

_QUICK, _LONG = 4.0, 10.0
_ROUNDS, _NEIGHBOURS, _PAGES, _LARGE = 3, 5, 20, 3


async def _round(seconds: float, plan: Plan, wish: Wish) -> dict[str, Any]:
    with rig(plan) as made:
        measurement = Measurement(made, seconds)
        try:
            await measurement.floor()  # warms both sides up
            figures = await measurement.floor()
            figures |= await measurement.accept()
            figures |= await measurement.walk()
            if wish.documents:
                figures |= await measurement.documents()
            if wish.hot:
                figures |= await measurement.accept("hot_", hot=True)
            if wish.backlog:
                figures |= await measurement.backlog(wish.backlog)
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


async def _pairs(pairs: int, seconds: float, plan: Plan) -> dict[str, Any]:
    with rig(plan) as made:
        try:
            return await Pairs(made, seconds).measured(pairs)
        finally:
            await made.http.close()


async def _beside(packets: int, plan: Plan) -> dict[str, Any]:
    with rig(plan) as made:
        try:
            return await Beside(made).measured(packets)
        finally:
            await made.http.close()


async def _asks(pairs: int, seconds: float, plan: Plan) -> dict[str, Any]:
    with rig(plan) as made:
        try:
            return await Asking(made, seconds).measured(pairs)
        finally:
            await made.http.close()


async def _pages(rounds: int, plan: Plan) -> dict[str, Any]:
    with rig(plan) as made:
        try:
            return await Looking(made, plan.filled).measured(rounds)
        finally:
            await made.http.close()


@dataclass(slots=True, frozen=True)
class Wish:
    """What to measure.

    Attributes:
        quick: one round of short stages, well under a minute.
        hot: a single hot key, too.
        backlog: drain a backlog of so many messages, too.
        soak: instead, walk so many messages and return the resident memory after each stretch.
        pairs: instead, so many pairs of stretches with all systems well and with two of them ill.
        rules: instead, what the rules of the country cost.
        documents: walk packets of documents, too.
        pages: instead, fill the journal with so many messages and ask for the pages that people look at.
        large: instead, how long small messages wait beside packets of 100 MB.
        asks: instead, what questions cost, with so many pairs of stretches beside slow ones and without.
    """

    quick: bool = False
    hot: bool = False
    backlog: int = 0
    soak: int = 0
    pairs: int = 0
    rules: bool = False
    documents: bool = False
    pages: int = 0
    large: bool = False
    asks: int = 0


def _instead(plan: Plan, wish: Wish) -> Coroutine[Any, Any, dict[str, Any]] | None:
    """Return what is measured instead of the stages; None where nothing of that is wished for."""
    ways: Sequence[tuple[int, Callable[[], Coroutine[Any, Any, dict[str, Any]]]]] = (
        (wish.soak, lambda: _soak(wish.soak, plan)),
        (wish.asks, lambda: _asks(wish.asks, _QUICK, replace(plan, answering=True))),
        (wish.large, lambda: _beside(_LARGE, plan)),
        (wish.pages, lambda: _pages(_PAGES, replace(plan, filled=wish.pages))),
        (wish.pairs, lambda: _pairs(wish.pairs, _QUICK, replace(plan, neighbours=_NEIGHBOURS))),
    )
    return next((begin() for wished, begin in ways if wished), None)


def measure(plan: Plan, wish: Wish) -> dict[str, Any]:
    """Measure and return the figures: medians of the rounds.

    Rates are messages a second, `_cpu_us` CPU microseconds of the gateway's processes a message (with a
    server's name before it: of that server), `_ms` milliseconds.

    Args:
        plan: on what, and how slow its disks and its far side are. The one process of the embedded profile
            goes about a tenth faster on one core than on two, because its threads share Python's lock.
        wish: what.
    """
    seconds, count = (_QUICK, 1) if wish.quick else (_LONG, _ROUNDS)
    if wish.rules:
        return rules()
    instead = _instead(plan, wish)
    if instead is not None:
        return uvloop.run(instead)
    rounds = [uvloop.run(_round(seconds, plan, wish)) for _ in range(count)]
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]} | {
        "rounds": len(rounds),
        **asdict(plan),
    }

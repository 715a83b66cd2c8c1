"""A process dies at one step of the walk: one fault for each step that `lgsp.drill.traps` names."""

from __future__ import annotations

import asyncio
import random

from lgsp.drill.faults.fault import Act, Fault, MissedError, apart
from lgsp.drill.stage import Stage
from lgsp.drill.traps import STEPS

_SERVE = ("judged", "accepted", "published")
_WORK = ("taken", "claimed", "acknowledged", "told", "settled")
_SPRUNG = 40.0
_LATEST = 12
_LOOKS, _LOOK = 100, 0.1
_RESTING, _REST = 60, 1.0
_HELD = "SELECT count(*) FROM deliveries WHERE state = 3"
_UNDER_WAY = "SELECT count(*) FROM deliveries WHERE state IN (2, 3)"


def _role(step: str) -> str:
    return "serve" if step in _SERVE else "work" if step in _WORK else "jobs"


async def _leave_something(stage: Stage) -> None:
    """Kill those who send while they hold something."""
    await stage.weather(latency_ms=(400.0, 800.0))
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK)
        if await apart(stage.postgres.sql, _HELD) != "0":
            break
    await asyncio.gather(*(worker.kill() for worker in stage.of("work")))
    await stage.weather()


async def _lull(stage: Stage) -> None:
    """Let the traffic rest until nothing is under way, however long what earlier faults left behind takes.

    Who accepts hands frames over itself only while nothing waits undispatched and the system runs.
    """
    stage.flowing.clear()
    for _ in range(_RESTING):
        await asyncio.sleep(_REST)
        if await apart(stage.postgres.sql, _UNDER_WAY) == "0":
            break
    await asyncio.sleep(_REST)
    stage.flowing.set()


_RARE = {"recovering": _leave_something, "published": _lull}
"""Steps that are not passed all the time, and what brings a process to them."""


def _dying(step: str) -> Act:
    async def act(stage: Stage, dice: random.Random) -> None:
        member = dice.choice(stage.of(_role(step)))
        count = 1 if step in _RARE else dice.randint(1, _LATEST)
        await member.rig(f"{step}:{count}")
        if step in _RARE:
            await _RARE[step](stage)
        if not await member.died_by_itself(_SPRUNG):
            await member.kill()
            raise MissedError(f"{member.name} did not reach the step {step} {count} times")

    return act


STEPWISE = tuple(
    Fault(f"dies-{step}", f"a process dies when {told}", _dying(step), supervised=False)
    for step, told in STEPS.items()
)

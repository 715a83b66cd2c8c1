"""A process dies at one step of the walk: one fault for each step that `lgsp.drill.traps` names."""

from __future__ import annotations

import asyncio
import random

from lgsp.drill.faults.fault import Act, Fault, MissedError
from lgsp.drill.stage import Stage
from lgsp.drill.traps import STEPS

_SERVE = ("judged", "accepted", "published")
_WORK = ("taken", "claimed", "acknowledged", "told", "settled")
_SPRUNG = 40.0
_LATEST = 12


def _role(step: str) -> str:
    return "serve" if step in _SERVE else "work" if step in _WORK else "jobs"


def _dying(step: str) -> Act:
    async def act(stage: Stage, dice: random.Random) -> None:
        member = dice.choice(stage.of(_role(step)))
        count = 1 if step == "recovering" else dice.randint(1, _LATEST)
        await member.rig(f"{step}:{count}")
        if step == "recovering":
            await asyncio.sleep(1)
            await stage.weather(latency_ms=(300.0, 600.0))  # so that the worker surely holds something
            await asyncio.sleep(1)
            await dice.choice(stage.of("work")).kill()
            await stage.weather()
        if not await member.died_by_itself(_SPRUNG):
            await member.kill()
            raise MissedError(f"{member.name} did not reach the step {step} {count} times")

    return act


STEPWISE = tuple(
    Fault(f"dies-{step}", f"a process dies when {told}", _dying(step)) for step, told in STEPS.items()
)

"""The journal's clock: ahead all of a sudden, and back again."""

from __future__ import annotations

import asyncio
import random

from lgsp.drill.faults.fault import Fault, MissedError, apart
from lgsp.drill.stage import Stage

_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"


async def _ahead(stage: Stage, dice: random.Random) -> None:
    """Put it ahead by more than a lease, and right again: each time a step for those who ask it."""
    before = int(str(await apart(stage.postgres.sql, _NOW)))
    step = dice.uniform(15, 40)
    stage.clock.put(step)
    try:
        after = int(str(await apart(stage.postgres.sql, _NOW)))
        if after - before < step * 1000:
            raise MissedError("the clock did not step")
        await asyncio.sleep(dice.uniform(2, 5))
    finally:
        stage.clock.put(0)


async def _behind(stage: Stage, dice: random.Random) -> None:
    """Put it behind, and right again."""
    stage.clock.put(-dice.uniform(15, 40))
    try:
        await asyncio.sleep(dice.uniform(2, 5))
    finally:
        stage.clock.put(0)


CLOCK = (
    Fault("clock-ahead", "the journal's clock steps ahead by more than a lease, and back", _ahead),
    Fault("clock-behind", "the journal's clock steps back, and is right again", _behind),
)

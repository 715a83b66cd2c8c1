"""The far side: away, silent, slow after storing, forgetful of sessions, talking nonsense."""

from __future__ import annotations

import asyncio
import random

from lgsp.drill.faults.fault import Fault
from lgsp.drill.stage import Stage
from lgsp.sandbox.faults import Flapping


async def _down(stage: Stage, dice: random.Random) -> None:
    await stage.weather(http_503=1.0)
    await asyncio.sleep(dice.uniform(4, 7))
    await stage.weather()


async def _flapping(stage: Stage, dice: random.Random) -> None:
    await stage.weather(flapping=Flapping(up_ms=dice.uniform(300, 900), down_ms=dice.uniform(200, 500)))
    await asyncio.sleep(4)
    await stage.weather()


async def _silent(stage: Stage, dice: random.Random) -> None:
    stage.far.freeze()
    try:
        await asyncio.sleep(dice.uniform(3, 5))
    finally:
        stage.far.thaw()


async def _hanging(stage: Stage, dice: random.Random) -> None:
    await stage.weather(timeout_after_store=dice.uniform(0.1, 0.4), hang_ms=2500.0)
    await asyncio.sleep(4)
    await stage.weather()


async def _sessions(stage: Stage, dice: random.Random) -> None:
    await stage.weather(expire_sessions=dice.uniform(0.2, 0.6))
    await asyncio.sleep(3)
    await stage.weather()


async def _muddled(stage: Stage, dice: random.Random) -> None:
    await stage.weather(http_500=0.1, html=dice.uniform(0.05, 0.2), already_exists=0.3)
    await asyncio.sleep(4)
    await stage.weather()


FAR = (
    Fault("far-down", "the far side answers 503 to everything, then is there again", _down),
    Fault("far-flapping", "the far side comes and goes, several times a second", _flapping),
    Fault("far-silent", "the far side is stopped with its connections open, then goes on", _silent),
    Fault("far-hanging", "the far side stores and then does not answer in time", _hanging),
    Fault("far-sessions", "sessions expire in the middle of batches", _sessions),
    Fault("far-muddled", "errors, HTML pages and creates that are said to exist already", _muddled),
)

"""The processes of the installation: killed, frozen beyond their lease, ended in mid-delivery, replaced."""

from __future__ import annotations

import asyncio
import random
import signal

from lgsp.drill.faults.fault import Fault, MissedError
from lgsp.drill.pids import children, lives, tell
from lgsp.drill.stage import Stage
from lgsp.leases import LEASE

_LONGEST_END = 15.0
_LOOKS, _LOOK = 200, 0.1


async def _killed(stage: Stage, dice: random.Random) -> None:
    for role in ("serve", "work", "jobs"):
        await dice.choice(stage.of(role)).kill()
        await asyncio.sleep(dice.uniform(0.2, 1.5))


async def _all_killed(stage: Stage, _: random.Random) -> None:
    await asyncio.gather(*(member.kill() for member in stage.members))


async def _outlived(stage: Stage, dice: random.Random) -> None:
    """Stop a worker until it is taken for dead, then let it go on: what it held is no longer its own."""
    worker = dice.choice(stage.of("work"))
    worker.signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(LEASE + dice.uniform(2, 5))
    finally:
        worker.signal(signal.SIGCONT)


async def _ended(stage: Stage, dice: random.Random) -> None:
    """Tell a worker to end while the far side is slow: it finishes what it sends, within its grace."""
    await stage.weather(latency_ms=(300.0, 900.0))
    await asyncio.sleep(1)
    took = await dice.choice(stage.of("work")).terminate()
    await stage.weather()
    if took > _LONGEST_END:
        raise MissedError(f"a worker took {took:.1f} s to end")


async def _rolling(stage: Stage, _: random.Random) -> None:
    """Replace all, one after the other, each when the one before takes work."""
    for member in stage.members:
        await member.terminate()
        if not await member.ready():
            raise MissedError(f"{member.name} did not become ready again")


async def _child_killed(stage: Stage, dice: random.Random) -> None:
    """Kill those who send for `lgsp run --workers`; it starts others."""
    (run,) = stage.members
    for _ in range(3):
        await run.ready()
        kept = children(run.pid or 0)
        tell(dice.sample(kept, min(len(kept), dice.randint(1, 2))), signal.SIGKILL)
        await asyncio.sleep(dice.uniform(0.5, 3))


async def _parent_killed(stage: Stage, __: random.Random) -> None:
    """Kill `lgsp run --workers` itself: those who send for it end, and the next one starts its own."""
    (run,) = stage.members
    if not await run.ready():
        raise MissedError("it was not there to be killed")
    kept = children(run.pid or 0)
    await run.kill()
    for _ in range(_LOOKS):
        if not any(lives(pid) for pid in kept):
            return
        await asyncio.sleep(_LOOK)
    raise MissedError("those who sent for a process that was killed did not end")


PROCESSES = (
    Fault("process-killed", "one process of each role is killed", _killed, supervised=False),
    Fault("process-all-killed", "all processes are killed at once", _all_killed),
    Fault("process-outlived", "a worker is stopped until its lease has run out, then goes on", _outlived,
          supervised=False),
    Fault("process-ended", "a worker is told to end in the middle of deliveries", _ended, supervised=False),
    Fault("process-rolling", "all processes are replaced, one by one", _rolling),
    Fault("run-child", "those who send for `lgsp run --workers` are killed", _child_killed, supervised=True),
    Fault("run-parent", "`lgsp run --workers` itself is killed", _parent_killed, supervised=True),
)  # fmt: skip

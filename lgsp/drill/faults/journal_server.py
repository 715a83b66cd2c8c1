"""PostgreSQL: killed, frozen, its connections cut, its rows locked in the wrong order, its disk full."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from lgsp.drill.faults.fault import Fault, apart
from lgsp.drill.pids import children, tell
from lgsp.drill.stage import Stage

_CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'lgsp'"
_BACKWARDS = (
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM deliveries ORDER BY id DESC LIMIT 60"
    " LOOP PERFORM 1 FROM deliveries WHERE id = r.id FOR UPDATE; PERFORM pg_sleep(0.02); END LOOP; END $$"
)
_FULL = 64 * 1024


async def _killed(stage: Stage, dice: random.Random) -> None:
    await apart(stage.postgres.kill)
    await asyncio.sleep(dice.uniform(0, 3))
    await apart(stage.postgres.start)


async def _cut(stage: Stage, dice: random.Random) -> None:
    for _ in range(4):
        await apart(stage.postgres.sql, _CUT)
        await asyncio.sleep(dice.uniform(0.1, 0.6))


async def _frozen(stage: Stage, dice: random.Random) -> None:
    pids = _family(stage)
    tell(pids, signal.SIGSTOP)
    try:
        await asyncio.sleep(dice.uniform(2, 6))
    finally:
        tell(pids, signal.SIGCONT)


async def _deadlocked(stage: Stage, dice: random.Random) -> None:
    """Lock rows against the order in which the journal does; either side may be the one that is ended."""
    for _ in range(dice.randint(2, 4)):
        with suppress(subprocess.CalledProcessError):
            await apart(stage.postgres.sql, _BACKWARDS)


async def _full(stage: Stage, dice: random.Random) -> None:
    """Let every write beyond a few kilobytes fail, as on a full disk; then there is room again."""
    for pid in _family(stage):
        with suppress(subprocess.CalledProcessError, FileNotFoundError):  # it may be gone
            await apart(_confine, pid)
    await asyncio.sleep(dice.uniform(1, 3))
    await apart(stage.postgres.kill)
    await apart(stage.postgres.start)


def _confine(pid: int) -> None:
    """Bound the files that a process may write, by the account that it runs under."""
    subprocess.run(  # noqa: S603 - a program of the system, with our own words
        ["/usr/bin/prlimit", "--pid", str(pid), f"--fsize={_FULL}:"],
        user=Path(f"/proc/{pid}").stat().st_uid,
        check=True,
        capture_output=True,
    )


def _family(stage: Stage) -> list[int]:
    """Return the server's first process and those that it started."""
    return [stage.postgres.pid, *children(stage.postgres.pid)]


JOURNAL_SERVER = (
    Fault("journal-killed", "PostgreSQL is killed and started again", _killed),
    Fault("journal-cut", "every connection to PostgreSQL is cut, several times", _cut),
    Fault("journal-frozen", "PostgreSQL is stopped with its connections open, then goes on", _frozen),
    Fault("journal-deadlocked", "somebody locks the journal's rows in the opposite order", _deadlocked),
    Fault("journal-full", "PostgreSQL has no room on its disk, dies of it, and has room again", _full),
)

"""Keeping child processes: started anew when they die, told to end together with their parent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)
_SOON, _CALM = 0.5, 30.0
"""Seconds until a child is started anew; if it lived shorter than `_CALM`, twice as long each time."""
_LONGEST = 15.0
PROGRAM = (sys.executable, "-c", "from lgsp.cli import main; main()")


class Children:
    """So many processes of one command, as long as it runs.

    Args:
        words: of the command, behind `lgsp`.
        count: how many.
        program: how `lgsp` is started.
        clock: seconds that never run back.
    """

    def __init__(
        self,
        words: Sequence[str],
        count: int,
        program: Sequence[str] = PROGRAM,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = [*program, *words]
        self._count = count
        self._clock = clock
        self._living: set[asyncio.subprocess.Process] = set()
        self._complete = asyncio.Event()

    @property
    def pids(self) -> list[int]:
        """The processes of now."""
        return sorted(child.pid for child in self._living)

    async def started(self) -> None:
        """Return when all have been started for the first time."""
        if self._count:
            await self._complete.wait()

    async def run(self) -> None:
        """Keep them until cancelled."""
        await asyncio.gather(*(self._keep() for _ in range(self._count)))

    async def _keep(self) -> None:
        """Keep one: a child that ends at once, again and again, is started ever less often."""
        pause = _SOON
        while True:
            began = self._clock()
            code = await self._once()
            pause = _SOON if self._clock() - began > _CALM else min(pause * 2, _LONGEST)
            log.error("child ended; starting it anew", code=code, seconds=pause)
            await asyncio.sleep(pause)

    async def _once(self) -> int:
        # a terminal's Ctrl-C is for the parent, which tells its children; they die with it if it is killed
        child = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,  # what is announced there is the parent's
            start_new_session=True,
            env=os.environ | _CHILD,
        )
        self._living.add(child)
        if len(self._living) == self._count:
            self._complete.set()
        try:
            return await child.wait()
        finally:
            if child.returncode is not None:
                self._living.discard(child)

    async def end(self, grace: float) -> None:
        """Tell all to end; those that do not within so many seconds are killed."""
        living = list(self._living)
        for child in living:
            _tell(child, signal.SIGTERM)
        if living:
            _, late = await asyncio.wait(
                [asyncio.create_task(child.wait()) for child in living], timeout=grace
            )
            for child in living if late else ():
                _tell(child, signal.SIGKILL)
            await asyncio.gather(*(child.wait() for child in living))
        self._living.clear()


PARENT = "LGSP_PARENT"
_CHILD = {PARENT: "stdin"}
"""In the environment of a child: the parent lives as long as standard input is open."""


def has_parent() -> bool:
    """Tell whether this process was started by `Children`."""
    return os.environ.get(PARENT) == "stdin"


async def orphaned() -> None:
    """Return when the process that started this one is gone, however it went."""
    loop, gone = asyncio.get_running_loop(), asyncio.Event()

    def look() -> None:
        try:
            if os.read(0, 1024) == b"":
                gone.set()
        except BlockingIOError:
            pass

    os.set_blocking(0, False)
    loop.add_reader(0, look)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(0)


def _tell(child: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        child.send_signal(number)

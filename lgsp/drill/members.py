"""The processes of an installation under test: started, kept, hurt and ended by their pids."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lgsp.drill.traps import VARIABLE
from lgsp.supervising import PROGRAM

_PAUSE = 0.3
"""Seconds after which a process that ended is started again, as its supervisor does."""
_READY = 30.0
_GLANCE = 0.05
_GRACE = 20.0
_WORKERS = 2


@dataclass
class Member:
    """One place in the installation, in which a process is kept.

    Attributes:
        name: `serve-1`; its log and its own state folder are called so.
        role: what it does.
        port: of its health.
        environment: of its process.
        folder: of the drill.
        deaths: how often it ended without being told to.
    """

    name: str
    role: str
    port: int
    environment: Mapping[str, str]
    folder: Path
    deaths: int = 0
    _process: asyncio.subprocess.Process | None = None
    _keeping: asyncio.Task[None] | None = None
    _trap: str = ""
    _told: bool = False
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _died: asyncio.Event = field(default_factory=asyncio.Event)

    def keep(self) -> None:
        """Start the process, and start it again whenever it ends."""
        self._keeping = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            async with self._starting:
                process = await self._start()
            await process.wait()
            if not self._told:
                self.deaths += 1
                self._died.set()
            self._told = False
            await asyncio.sleep(_PAUSE)

    async def _start(self) -> asyncio.subprocess.Process:
        trap, self._trap = self._trap, ""
        state = self.folder / self.name
        state.mkdir(exist_ok=True)
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(trap),
                env=os.environ | self.environment | {"LGSP_STATE": str(state), VARIABLE: trap},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._process

    def _command(self, trap: str) -> Sequence[str]:
        if trap:
            return [sys.executable, "-m", "lgsp.drill.process", self.role, str(self.port)]
        more = ["--workers", str(_WORKERS)] if self.role == "run" else []
        return [*PROGRAM, self.role, "--port", str(self.port), "--json", *more]

    @property
    def pid(self) -> int | None:
        """The process of now, if there is one."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def signal(self, number: int) -> None:
        """Send a signal to the process of now; one that is gone is spared."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self, trap: str = "") -> None:
        """End the process at once, as a power cut would; another one comes, with a trap if one is given."""
        await self._end(signal.SIGKILL, trap)

    async def terminate(self) -> float:
        """Tell the process to end; return the seconds that it took. Another one comes."""
        began = time.monotonic()
        await self._end(signal.SIGTERM)
        return time.monotonic() - began

    async def rig(self, trap: str) -> None:
        """Put a process in its place that dies at a step: `<step>:<n>`."""
        await self.kill(trap)
        self._died.clear()

    async def died_by_itself(self, patience: float) -> bool:
        """Wait until the rigged process has ended by itself; False when patience runs out."""
        try:
            async with asyncio.timeout(patience):
                await self._died.wait()
        except TimeoutError:
            return False
        return True

    async def ready(self, patience: float = _READY) -> bool:
        """Wait until the process says that it takes work; False when patience runs out."""
        ends = time.monotonic() + patience
        while time.monotonic() < ends:
            if await self._answers():
                return True
            await asyncio.sleep(_GLANCE * 2)
        return False

    async def stop(self) -> None:
        """End the process for good."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self._process is not None:
            try:
                async with asyncio.timeout(_GRACE):
                    await self._process.wait()
            except TimeoutError:
                self.signal(signal.SIGKILL)
                await self._process.wait()

    async def _end(self, number: int, trap: str = "") -> None:
        """End the process of now, also one that is only just being started."""
        async with self._starting:
            self._trap = trap or self._trap
            process, self._told = self._process, self.pid is not None
            self.signal(number)
        if process is not None:
            await process.wait()

    async def _answers(self) -> bool:
        """Ask for its health; a frozen one does not answer."""
        if self.pid is None:
            return False
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(b"GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    return b" 200 " in await reader.readline()
                finally:
                    writer.close()
        return False

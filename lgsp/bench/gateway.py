"""The gateway of a measurement: the packed home on a free port, in a process of its own."""

from __future__ import annotations

import asyncio
import signal
import sys

import uvloop

from lgsp import logs
from lgsp.app import platform
from lgsp.serving import calm_collector, running
from lgsp.settings import read_settings


async def _serve() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with platform(read_settings()) as gateway, running(gateway.site) as port:
        calm_collector()
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await ended.wait()


def main() -> None:
    """Serve until ended; the port is the first line on standard output."""
    logs.set_up("WARNING")
    uvloop.run(_serve())


if __name__ == "__main__":
    main()

"""A gateway's process of a measurement: the packed home on a free port, in the roles that are named."""

from __future__ import annotations

import asyncio
import signal
import sys

import uvloop

from lgsp import logs
from lgsp.app import platform
from lgsp.collector import calm_collector
from lgsp.serving import running
from lgsp.settings import read_settings
from lgsp.works import Part


async def _serve(roles: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    part = Part(frozenset(roles.split(",")))
    async with platform(read_settings(), part=part) as gateway, running(gateway.site) as port:
        calm_collector()
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await ended.wait()


def main() -> None:
    """Serve until ended; the port is the first line on standard output."""
    logs.set_up("WARNING")
    uvloop.run(_serve(sys.argv[1]))


if __name__ == "__main__":
    main()

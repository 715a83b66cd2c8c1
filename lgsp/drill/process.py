"""One process of an installation that dies at a step of the walk, as `LGSP_CRASH_AT` says."""

from __future__ import annotations

import os
import sys

import uvloop

from lgsp import logs
from lgsp.app import platform
from lgsp.drill.traps import Trap, TrappedBroker, TrappedJournal
from lgsp.ending import end_told
from lgsp.ground import Ground, ground_of
from lgsp.serving import running
from lgsp.settings import read_settings
from lgsp.works import Part


async def _serve(roles: str, port: int) -> None:
    trap, settings = Trap.read(os.environ), read_settings()
    with end_told() as told:
        async with ground_of(settings) as ground:
            trapped = Ground(TrappedJournal(ground.journal, trap), TrappedBroker(ground.broker, trap))
            part = Part(frozenset(roles.split(",")))
            async with (
                platform(settings, part=part, ground=trapped) as one,
                running(one.site, port),
            ):
                await told.wait()


def main() -> None:
    """Serve in the roles that are named, on a port, until the step is reached."""
    os.umask(0o077)
    logs.set_up()
    uvloop.run(_serve(sys.argv[1], int(sys.argv[2])))


if __name__ == "__main__":
    main()

"""Running a demonstration from the command line."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import uvloop
from rich.console import Console

from lgsp import logs
from lgsp.demo.account import Account
from lgsp.demo.plan import Plan
from lgsp.demo.play import Screen, play
from lgsp.demo.screen import RichScreen
from lgsp.demo.stage import Stage
from lgsp.demo.watch import Watch


class _Silence:
    """A screen that shows no figures: only those of the end are wanted."""

    @contextmanager
    def follow(self, watch: Watch) -> Iterator[None]:
        """See `Screen.follow`: beside the figures, which come at the end, stands who may look meanwhile."""
        sys.stderr.write(orjson.dumps({"console": watch.stage.console}).decode() + "\n")
        sys.stderr.flush()
        yield

    def conclude(self, account: Account, stage: Stage) -> None:
        """See `Screen.conclude`."""

    async def linger(self, stage: Stage) -> None:
        """See `Screen.linger`."""


def demonstrate(plan: Plan, *, json: bool = False) -> bool:
    """Play a demonstration and tell what came of it; return whether all of it is sound.

    Raises:
        OSError: the port is taken.
    """
    console = Console(markup=False, highlight=False, emoji=False)
    watched = sys.stdout.isatty() and not json
    # lines of the log would tear a live view apart
    logs.set_up("CRITICAL" if watched or json else "ERROR")
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    screen: Screen = _Silence() if json else RichScreen(console, watched=watched)
    account = uvloop.run(play(plan, screen))
    if json:
        sys.stdout.write(orjson.dumps(account.figures).decode() + "\n")
    return account.sound

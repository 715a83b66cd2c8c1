"""Which processes a process has started."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """Return the processes that a process started, oldest first; none of one that is gone."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(word) for word in told.split()]


def lives(pid: int) -> bool:
    """Tell whether a process is there, be it only as one whose end nobody has noticed."""
    return Path(f"/proc/{pid}").exists()


def tell(pids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to processes; those that are gone are spared."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

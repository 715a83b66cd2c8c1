"""Child processes: kept, started anew, ended with their parent; and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lgsp.supervising import PARENT, Children

PYTHON = (sys.executable, "-c")
SLEEPS = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
)


@asynccontextmanager
async def kept(script: str, count: int = 1) -> AsyncIterator[Children]:
    """Keep processes that run a script while inside."""
    children = Children([script], count, PYTHON)
    keeping = asyncio.create_task(children.run())
    await children.started()
    try:
        yield children
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await children.end(2.0)


def lives(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(pid: int) -> None:
    """Wait until a process is no more."""
    async with asyncio.timeout(10):
        while lives(pid):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_a_child_that_dies_is_started_anew() -> None:
    """So many there were, so many there are again; the others are not touched."""
    async with kept(SLEEPS, 2) as children:
        first, second = children.pids
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(5):
            while len(children.pids) < 2 or first in children.pids:  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.02)
        assert second in children.pids


async def test_a_child_that_cannot_live_is_not_started_all_the_time(tmp_path: Path) -> None:
    """A wrong configuration must not take the machine: the pauses grow."""
    marks = tmp_path / "marks"
    async with kept(f"open({str(marks)!r}, 'a').write('x'); raise SystemExit(3)"):
        await asyncio.sleep(3)
    assert 1 <= len(marks.read_text()) <= 2


async def test_children_end_with_their_parent() -> None:
    """Told to end, all are told; one that does not listen is killed."""
    async with kept(STUBBORN, 2) as children:
        pids = children.pids
        await asyncio.sleep(0.3)
    assert [pid for pid in pids if lives(pid)] == []


async def test_a_killed_parent_leaves_nobody_behind(tmp_path: Path) -> None:
    """`kill -9` of the parent: a child sees its standard input end, and ends by itself."""
    child = (
        "import asyncio, lgsp.supervising as s; from pathlib import Path; import os;"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()));"
        "assert s.has_parent(); asyncio.run(s.orphaned())"
    )
    parent = (
        "import asyncio, sys; from lgsp.supervising import Children;"
        f"asyncio.run(Children([{child!r}], 1, (sys.executable, '-c')).run())"
    )
    process = subprocess.Popen([*PYTHON, parent])  # noqa: ASYNC220 - it is to be killed, not awaited
    async with asyncio.timeout(10):
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.02)
    pid = int((tmp_path / "pid").read_text())
    await asyncio.sleep(0.3)
    assert lives(pid)
    process.kill()
    process.wait(10)
    await gone(pid)


def test_only_a_child_believes_that_it_has_a_parent() -> None:
    """A service manager's closed standard input ends nobody."""
    assert PARENT not in os.environ

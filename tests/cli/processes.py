"""Starting the command line as people do: as processes of their own, or in this one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from lgsp.cli import app

TOKEN = "one-stop-token"
COMMAND = [sys.executable, "-c", "from lgsp.cli import main; main()"]


@dataclass(frozen=True)
class Started:
    """A command that serves, and what it announced."""

    process: subprocess.Popen[str]
    said: dict[str, Any]

    async def end(self) -> int:
        """Tell it to end; return its exit code."""
        return await asyncio.to_thread(end, self.process)


def environment(state: Path, **more: str) -> dict[str, str]:
    """Return an environment in which nothing of ours is set but what is given."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LGSP_")}
    return plain | {"LGSP_STATE": str(state), "LGSP_TOKEN_ONE_STOP": TOKEN, **more}


def lgsp(env: Mapping[str, str], *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words], env=dict(env), capture_output=True, text=True, timeout=seconds, check=False
    )


def run(*words: str, document: bool = False) -> Any:
    """Run a command in this process; return its result, or its exit code and the document that it says."""
    result = CliRunner().invoke(app, [*words, "--json"] if document else list(words))
    return (result.exit_code, json.loads(result.stdout)) if document else result


def start(env: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    """Start a command that serves."""
    return subprocess.Popen(
        [*COMMAND, *words], env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def announcement(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the JSON document by which a serving command says that it serves."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            return dict(json.loads(text))
    assert process.stderr is not None
    raise AssertionError(f"it ended instead: {process.stderr.read()}")


def end(process: subprocess.Popen[str], by: signal.Signals = signal.SIGTERM) -> int:
    """End a process and return its exit code."""
    process.send_signal(by)
    process.communicate(timeout=20)
    return process.returncode


@contextmanager
def serving(env: Mapping[str, str], *words: str) -> Iterator[dict[str, Any]]:
    """Let a command serve while inside; yields its announcement."""
    process = start(env, *words, "--port", "0", "--json")
    try:
        yield announcement(process)
    finally:
        end(process)


@asynccontextmanager
async def started(env: Mapping[str, str], *words: str) -> AsyncIterator[Started]:
    """Let a command serve beside the tasks of a test while inside, and end it one way or another."""
    process = await asyncio.to_thread(start, env, *words, "--json")
    try:
        yield Started(process, await asyncio.to_thread(announcement, process))
    finally:
        process.kill()
        await asyncio.to_thread(process.communicate)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])

"""The stand-in of the far side as a process of its own, and what can be done to it from outside."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from lgsp.sandbox.faults import Faults
from lgsp.supervising import PROGRAM

_PATIENCE = 60.0
_OK = 200


@dataclass(slots=True, frozen=True)
class FarSide:
    """The stand-in portal. It keeps what it is told in memory, so it is frozen and never killed."""

    url: str
    pid: int

    async def state(self) -> Mapping[str, Any]:
        """Return what it holds."""
        return await asyncio.to_thread(self._ask, "GET", "_state", None)

    async def trouble(self, faults: Faults) -> None:
        """Replace what it does wrong."""
        await asyncio.to_thread(self._ask, "PUT", "_faults", faults.model_dump_json().encode())

    def freeze(self) -> None:
        """Let it answer nobody, with every connection open."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def _ask(self, verb: str, name: str, body: bytes | None) -> Mapping[str, Any]:
        # the state of a long drill is larger than what any far side may answer to the gateway
        parts = urlsplit(self.url)
        talk = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
        try:
            talk.request(verb, f"{parts.path}/{name}", body)
            answer = talk.getresponse()
            said = answer.read()
            if answer.status != _OK:
                raise RuntimeError(f"{verb} {name} of the sandbox: {answer.status} {said[:500]!r}")
            found: Mapping[str, Any] = orjson.loads(said)
            return found
        finally:
            talk.close()


@asynccontextmanager
async def sandbox(folder: Path) -> AsyncIterator[FarSide]:
    """Run the sandbox while inside."""
    with (folder / "sandbox.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "sandbox", "--port", "0", "--json",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    assert process.stdout is not None  # noqa: S101 - started with a pipe
    said = b""
    try:
        while not said.rstrip().endswith(b"}"):
            line = await process.stdout.readline()
            if not line:
                raise RuntimeError("starting the sandbox: it ended")
            said += line
        yield FarSide(str(orjson.loads(said)["url"]), process.pid)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        await process.wait()

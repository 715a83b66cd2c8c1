"""The door: bodies that are too large, clients that go away in the middle, and no room for what came."""

from __future__ import annotations

import asyncio
import random
import resource
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from lgsp.drill.faults.fault import Fault, MissedError, apart
from lgsp.drill.stage import ONE_STOP, Stage

_HUGE = 160 * 1024 * 1024
_CHUNK = b" " * 1024 * 1024
_LARGE = 1024 * 1024
_PATIENCE = 30.0
_PAUSE = 1.0
_TOO_LARGE = 413
_KEPT = "SELECT (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM raws WHERE size > 500000)"


async def _huge(stage: Stage, dice: random.Random) -> None:
    """Send 160 MB, once with its length declared and once without: 413, and nothing of it is kept.

    Whoever goes on sending behind an answer may find the connection broken before it was read.
    """
    await stage.open()
    for declared in dice.sample((True, False), 2):
        status = await _post(stage, _HUGE, declared=declared)
        if status != _TOO_LARGE and (declared or status is not None):
            raise MissedError(f"a body of 160 MB (declared: {declared}) was answered with {status}")
    await _nothing_kept(stage)


async def _cut_off(stage: Stage, dice: random.Random) -> None:
    """Begin uploads and go away in the middle of them."""
    await stage.open()
    for _ in range(10):
        _, writer = await _connection(stage)
        writer.write(_head(stage, f"Content-Length: {_LARGE}"))
        writer.write(b"[" + b" " * dice.randrange(1, _LARGE // 2))
        with suppress(OSError):
            await writer.drain()
        writer.transport.abort()
    await asyncio.sleep(0.5)
    await _nothing_kept(stage)


async def _no_room(stage: Stage, _: random.Random) -> None:
    """Let those who accept find no room for a large body: it is refused for now, and nothing is kept."""
    await stage.open()
    pids = [member.pid for member in stage.of("serve")]
    for pid in filter(None, pids):
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (_room(stage), hard))
    try:
        status = await _post(stage, _room(stage) + _LARGE, declared=True)
        if status is None or status < 500:  # noqa: PLR2004 - HTTP's own number
            raise MissedError(f"a body without room for it was answered with {status}")
        await _nothing_kept(stage)
    finally:
        for pid in filter(None, pids):
            with suppress(ProcessLookupError):
                hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def _room(stage: Stage) -> int:
    """Return a little more than the longest log: what a full disk does to logs is another fault."""
    logs = [path.stat().st_size for path in stage.folder.glob("serve-*.log")]
    return max(logs, default=0) + _LARGE


async def _nothing_kept(stage: Stage) -> None:
    kept = await apart(stage.postgres.sql, _KEPT)
    if kept != "0":
        raise MissedError(f"{kept} bodies were kept that nobody took on")


async def _post(stage: Stage, size: int, *, declared: bool) -> int | None:
    """Send a body of blanks and return the status of the answer; None if there is none."""
    reader, writer = await _connection(stage)
    answered = asyncio.create_task(reader.readline())
    try:
        writer.write(_head(stage, f"Content-Length: {size}" if declared else "Transfer-Encoding: chunked"))
        with suppress(OSError):
            # who declares a length hears before sending it, however busy the machine is
            await asyncio.wait({answered}, timeout=_PATIENCE if declared else _PAUSE)
            for part in _parts(size, chunked=not declared):
                if answered.done() or writer.is_closing():  # a write to what is closed already is no OSError
                    break
                writer.write(part)
                await _drained(writer, answered)
        async with asyncio.timeout(_PATIENCE):
            words = (await answered).split()
    except (OSError, TimeoutError):
        return None
    finally:
        answered.cancel()
        writer.transport.abort()
    return int(words[1]) if len(words) > 1 else None


async def _drained(writer: asyncio.StreamWriter, answered: asyncio.Task[bytes]) -> None:
    """Wait until more may be written, or there is an answer already."""
    draining = asyncio.create_task(writer.drain())
    await asyncio.wait({draining, answered}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)


def _parts(size: int, *, chunked: bool) -> Iterator[bytes]:
    for begun in range(0, size, len(_CHUNK)):
        part = _CHUNK[: size - begun]
        yield b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
    if chunked:
        yield b"0\r\n\r\n"


async def _connection(stage: Stage) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(stage.url)
    return await asyncio.open_connection(parts.hostname, parts.port)


def _head(stage: Stage, length: str) -> bytes:
    return (
        f"POST /v1/systems/{ONE_STOP}/messages HTTP/1.1\r\nHost: drill\r\n"
        f"Authorization: Bearer {stage.token}\r\n"
        f"Content-Type: application/json\r\nConnection: close\r\n{length}\r\n\r\n"
    ).encode()


DOOR = (
    Fault("door-huge", "bodies of 160 MB, with and without their length declared", _huge),
    Fault("door-cut-off", "clients that go away in the middle of an upload", _cut_off),
    Fault("door-no-room", "no room for a large body where it is taken on", _no_room, supervised=False),
)

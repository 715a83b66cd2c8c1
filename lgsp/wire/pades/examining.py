"""Having PDF files looked at by a short-lived process: hostile ones cost it its life, and us nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson

from lgsp.store.sealed import Lent

_MIB = 1024 * 1024
_CHILD = (sys.executable, "-P", "-W", "ignore", "-m", "lgsp.wire.pades.child")
_PDF, _HEAD = b"%PDF-", 1024
"""What a PDF begins with, and within how many bytes: some have something before it."""
SIGNED = re.compile(b"/" + b"".join(b"(?:%c|#%02x|#%02X)" % (sign, sign, sign) for sign in b"ByteRange"))
"""The name in each signature for what it is over; its signs may be written as numbers."""
_PIECE, _LONGEST_NAME = 256 * 1024, 28
_KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")
"""What a child is given of the environment: what Python needs to start, never a secret."""


@dataclass(slots=True, frozen=True)
class Bounds:
    """How much work files may make.

    Attributes:
        largest: bytes of a file that is looked at.
        memory: bytes of address space of the process that looks.
        cpu: seconds of its time for one file.
        wall: seconds for all files together, by the clock on the wall.
        signatures: of one file that are told.
    """

    largest: int = 256 * _MIB
    memory: int = 384 * _MIB
    cpu: int = 15
    wall: float = 60.0
    signatures: int = 64


@dataclass(slots=True, frozen=True)
class Examined:
    """What was found.

    Attributes:
        files: for each file its signatures, as `document.v1` has them, one at least.
        trust: how much of the trust folder was of use: `anchors`, `others`, `lists`, and the names of
            `unreadable` files; empty where no file needed a look.
    """

    files: list[list[dict[str, Any]]]
    trust: dict[str, Any] = field(default_factory=dict)


def examine(
    files: Sequence[Path | Lent | None],
    trust: Path | None,
    *,
    at: datetime | None = None,
    bounds: Bounds | None = None,
) -> Examined:
    """Look at the signatures of PDF files, offline. Whatever they hold, there is an answer for each.

    Files that cannot be signed, as their bytes show, are done with at once. One process looks at all others;
    a file that kills it is blamed, and another process goes on behind it.

    Args:
        files: their paths, or what is lent of those that are kept; None is one that cannot be had.
        trust: folder of trusted certificates and of revocation lists; None trusts nobody.
        at: as of when; None is now.
        bounds: how much work they may make.
    """
    limits = bounds or Bounds()
    lent = [Lent(one) if isinstance(one, Path) else one for one in files]
    told = [_unasked(one, limits) for one in lent]
    waiting = [n for n, one in enumerate(told) if one is None]
    found: dict[str, Any] = {}
    until = time.monotonic() + limits.wall
    while waiting and (left := until - time.monotonic()) > 0:
        asked = {
            "files": [_named(lent[n]) for n in waiting],
            "trust": str(trust) if trust else None,
            "at": at.isoformat() if at else None,
            "memory": limits.memory,
            "cpu": limits.cpu,
            "signatures": limits.signatures,
        }
        found, answers, why = _ask(asked, left)
        if not found:
            return Examined([one or _blamed("no-process", "unchecked") for one in told])
        for n, answer in zip(waiting, answers, strict=False):
            told[n] = answer
        waiting = waiting[len(answers) :]
        if waiting:
            told[waiting.pop(0)] = _blamed(why)
    return Examined([one or _blamed("took-too-long", "unchecked") for one in told], found)


def _blamed(reason: str, standing: str = "malformed") -> list[dict[str, Any]]:
    return [{"standing": standing, "reason": reason}]


def _named(one: Lent | None) -> list[str]:
    """Return a file as its examiner is told of it: on standard input, which nobody else sees."""
    assert one is not None  # noqa: S101 - those are done with at once
    return [str(one.path or ""), b64encode(one.secret).decode(), b64encode(one.content).decode()]


def _unasked(one: Lent | None, bounds: Bounds) -> list[dict[str, Any]] | None:
    if one is None:
        return _blamed("not-kept", "unchecked")
    try:
        with one.open() as file:
            return at_sight(file, bounds)
    except OSError:
        return _blamed("not-kept", "unchecked")


def at_sight(file: IO[bytes], bounds: Bounds) -> list[dict[str, Any]] | None:
    """Return what can be said of a file without reading it as a PDF; None is for one that may be signed."""
    if file.seek(0, os.SEEK_END) > bounds.largest:
        return _blamed("too-large", "unchecked")
    file.seek(0)
    if _PDF not in file.read(_HEAD):
        return _blamed("no-pdf")
    return None if may_be_signed(file) else [{"standing": "absent"}]


def may_be_signed(file: IO[bytes]) -> bool:
    """Tell whether a file names the bytes that a signature is over, which none can pack or encrypt."""
    file.seek(0)
    before = b""
    while piece := file.read(_PIECE):
        if SIGNED.search(before + piece):
            return True
        before = piece[-_LONGEST_NAME:]
    return False


def _ask(asked: dict[str, Any], seconds: float) -> tuple[dict[str, Any], list[list[dict[str, Any]]], str]:
    """Return what a child says of the trust folder and of files, and why it said no more."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    child = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
        _CHILD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment | {"PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
    )
    late = False
    try:
        said, _ = child.communicate(orjson.dumps(asked), timeout=seconds)
    except subprocess.TimeoutExpired:
        late = True
        child.kill()
        said, _ = child.communicate()
    except BaseException:
        child.kill()
        child.wait()
        raise
    late = late or child.returncode == -signal.SIGXCPU
    whole = [orjson.loads(line) for line in said.split(b"\n")[:-1]]
    return (whole[0] if whole else {}), whole[1:], "took-too-long" if late else "crashed"

"""The second place of checkpoints: a folder, or somebody else's endpoint."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path

from lgsp.domain.merkle.notes import read_note
from lgsp.errors import GatewayError, Unavailable
from lgsp.message import VIETNAM
from lgsp.wire.http import Http

_PATIENCE = 20.0
_FINE = range(200, 300)


class Folder:
    """A folder, best of another machine: a file for each month, to which notes are only ever appended."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def put(self, note: str) -> None:
        """Append a checkpoint, durably.

        Raises:
            GatewayError: the folder is not there, or cannot be written to.
        """
        try:
            await asyncio.to_thread(self._append, note)
        except OSError as fault:
            raise GatewayError(f"copying a checkpoint to {self._path}: {fault.strerror}") from fault

    def _append(self, note: str) -> None:
        name = read_note(note).checkpoint.origin.replace("/", ".")
        path = self._path / f"{name}-{datetime.now(VIETNAM):%Y-%m}.checkpoints"
        new = not path.exists()
        with path.open("a+b") as file:
            # a line that was torn when the machine stopped is ended first, so that it tears no other
            torn = file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n"
            file.write(b"\n" * bool(torn) + note.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if new:
            _sync(self._path)

    async def close(self) -> None:
        """Let go of nothing."""


class Endpoint:
    """Somebody who takes a checkpoint's text by a POST, such as another agency's.

    Args:
        url: where.
        token: a bearer token; empty for none.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._http = Http(limit=1, timeout=_PATIENCE)

    async def put(self, note: str) -> None:
        """Tell a checkpoint; told twice it says the same.

        Raises:
            GatewayError: it was not taken.
        """
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = await self._http.post(
                self._url, note.encode(), headers=headers, secrets=(self._token,) if self._token else ()
            )
        except Unavailable as fault:
            raise GatewayError(f"copying a checkpoint: {fault.cause}") from fault
        if answer.status not in _FINE:
            raise GatewayError(f"copying a checkpoint: HTTP {answer.status}")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def second_place(url: str, token: str) -> Folder | Endpoint:
    """Return the place that a URL names."""
    if url.startswith("file://"):
        return Folder(Path(url.removeprefix("file://")))
    return Endpoint(url, token)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

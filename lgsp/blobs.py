"""The blob store: large bodies by the hash of their content, durable before the message commits."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from lgsp.errors import ConfigError
from lgsp.folder import Folder
from lgsp.message import Raw

INLINE = 256 * 1024
"""Bytes up to which a body stands in the journal itself."""


_A_DAY = 86400.0
_PLACE, _GOING = "[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]", ".going"


class Blobs:
    """A folder of files named by their SHA-256, two levels deep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def at(cls, url: str) -> Blobs:
        """Open the store behind a URL: `file:///folder`.

        Raises:
            ConfigError: it is not a folder's URL.
        """
        if not url.startswith("file://"):
            raise ConfigError([f"LGSP_BLOBS_URL {url!r}: only file:///folder is known; mend it"])
        return cls(Path(url.removeprefix("file://")))

    @property
    def files(self) -> Folder:
        """The same store, for files that come out of a body, such as attachments."""
        return Folder(self._folder)

    @property
    def spool(self) -> Path:
        """The folder for bodies that are still coming in; on the same file system as the store."""
        folder = self._folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    async def keep(self, raw: Raw) -> str | None:
        """Store a body that is too large for the journal; return its name, or None for a small one."""
        if raw.size <= INLINE:
            return None
        return await asyncio.to_thread(self._keep, raw)

    def path(self, name: str) -> Path:
        """Return the file of a stored body."""
        return self._folder / name[:2] / name[2:4] / name

    def tidy(self) -> int:
        """Delete what somebody began to bring in more than a day ago, and return how many files it was.

        Whoever brings something in puts it in its place, or takes it away: these are of processes that died.
        """
        gone = 0
        for path in self.spool.iterdir():
            with suppress(OSError):  # it went to its place in this moment
                if path.is_file() and path.stat().st_mtime < time.time() - _A_DAY:
                    path.unlink()
                    gone += 1
        return gone

    def old(self, before: float, needed: Collection[str]) -> list[Path]:
        """Return the files that nobody needs and that nobody brought since a time (seconds since 1970)."""
        for path in self._folder.glob(f"{_PLACE}/*{_GOING}"):  # a deletion that was cut short
            if path.stem in needed:
                path.rename(path.with_suffix(""))
        files = self._folder.glob(f"{_PLACE}/*")
        return [path for path in files if path.name not in needed and _last_brought(path) < before]

    def let_go(self, path: Path, before: float) -> bool:
        """Delete an old file; False when somebody brought the same content again in this moment.

        It is moved away first: who brings it afterwards finds nothing and writes it anew.
        """
        going = path.with_suffix(_GOING)
        path.rename(going)
        if _last_brought(going) >= before:
            going.rename(path)
            return False
        going.unlink()
        return True

    def _keep(self, raw: Raw) -> str:
        name = raw.sha256.hex()
        path = self.path(name)
        if not _brought_again(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{name}.{os.getpid()}.{id(raw)}")
            _copy(raw, fresh)
            fresh.replace(path)
            _sync(path.parent)
        return name


def _brought_again(path: Path) -> bool:
    """Note on a file that its content came once more; False when it is not there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _last_brought(path: Path) -> float:
    return path.stat().st_mtime


def _copy(raw: Raw, to: Path) -> None:
    with to.open("wb") as file:
        if raw.path is not None:
            with raw.path.open("rb") as source:
                shutil.copyfileobj(source, file, 1024 * 1024)
        else:
            file.write(raw.read())
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

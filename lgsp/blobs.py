"""The blob store: large bodies by the hash of their content, durable before the message commits."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from lgsp.errors import ConfigError
from lgsp.folder import Folder
from lgsp.keys import DataKeys
from lgsp.message import Raw
from lgsp.store.files import LENT, Files
from lgsp.store.resealing import Resealed, numbers, reseal

INLINE = 256 * 1024
"""Bytes up to which a body stands in the journal itself."""


_A_DAY = 86400.0
_PIECE = 1024 * 1024
_PLACE, _GOING = "[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]", ".going"


class Blobs:
    """A folder of files named by their SHA-256, two levels deep.

    Args:
        keys: with which they are encrypted at rest; None keeps them as they are.
    """

    def __init__(self, folder: Path, keys: DataKeys | None = None) -> None:
        self._files = Files(folder, keys)

    @classmethod
    def at(cls, url: str, keys: DataKeys | None = None) -> Blobs:
        """Open the store behind a URL: `file:///folder`.

        Raises:
            ConfigError: it is not a folder's URL.
        """
        if not url.startswith("file://"):
            raise ConfigError([f"LGSP_BLOBS_URL {url!r}: only file:///folder is known; mend it"])
        return cls(Path(url.removeprefix("file://")), keys)

    @property
    def keys(self) -> DataKeys:
        """The keys with which files are encrypted at rest."""
        return self._files.keys

    @property
    def files(self) -> Folder:
        """The same store, for files that come out of a body, such as attachments."""
        return Folder(self._files.folder, self._files.keys)

    @property
    def spool(self) -> Path:
        """The folder for files that are still coming in; on the same file system as the store."""
        return self._files.incoming

    async def keep(self, raw: Raw) -> str | None:
        """Store a body that is too large for the journal; return its name, or None for a small one.

        Raises:
            OSError: the folder cannot be written.
        """
        if raw.size <= INLINE:
            return None
        return await asyncio.to_thread(self._keep, raw)

    def open(self, name: str) -> IO[bytes]:
        """Open a stored body; it blocks.

        Raises:
            FileNotFoundError: there is none.
            SealedError: it was altered, or its key is not known here.
        """
        return self._files.open(name)

    def path(self, name: str) -> Path:
        """Return where a body lies, as it lies there: `open` reads it."""
        return self._files.path(name)

    def reseal(self, after: str = "") -> Iterator[Resealed]:
        """Bring every file under the current key, one with each step: see `lgsp.store.resealing`."""
        return reseal(self._files, after)

    def numbers(self) -> Counter[int]:
        """Count the files under each data key, by its number. It blocks."""
        return numbers(self._files)

    def tidy(self) -> int:
        """Delete what somebody began to bring in more than a day ago, and return how many files it was.

        Whoever brings something in puts it in its place, or takes it away: these are of processes that died.
        """
        gone = 0
        for path in self.spool.iterdir():
            with suppress(OSError):  # it went to its place in this moment
                if path.is_file() and _came(path) < time.time() - _A_DAY:
                    path.unlink()
                    gone += 1
        return gone

    def old(self, before: float, needed: Collection[str]) -> list[Path]:
        """Return the files that nobody needs and that nobody brought since a time (seconds since 1970)."""
        folder = self._files.folder
        for path in folder.glob(f"{_PLACE}/*{_GOING}"):  # a deletion that was cut short
            if path.stem in needed:
                path.rename(path.with_suffix(""))
        files = folder.glob(f"{_PLACE}/*")
        return [path for path in files if path.name not in needed and _last_brought(path) < before]

    def let_go(self, path: Path, before: float) -> bool:
        """Delete an old file; False when somebody brought the same content again in this moment.

        It is moved away first: who brings it afterwards finds nothing and writes it anew.
        """
        with self._files.upkeep():
            going = path.with_suffix(_GOING)
            path.rename(going)
            if _last_brought(going) >= before:
                going.rename(path)
                return False
            going.unlink()
            return True

    def _keep(self, raw: Raw) -> str:
        name = raw.sha256.hex()
        with raw.open() as content:
            self._files.bring(name, iter(lambda: content.read(_PIECE), b""))
        return name


def _came(path: Path) -> float:
    """Return since when a file is on its way; one that is lent is as old as its other name says."""
    return path.stat().st_ctime if path.suffix == LENT else path.stat().st_mtime


def _last_brought(path: Path) -> float:
    return path.stat().st_mtime

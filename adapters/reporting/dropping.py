"""Watching a folder in which an office drops files of figures: taken ones and faulty ones are moved.

A file is left alone until it has not changed for a while: somebody may be writing it. It is moved only when
what it brought is journalled; whoever dies before that finds it again, and its figures are known then. Beside
one with faults stands the list of them, by cell.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from pydantic import Field

from lgsp import adapter
from lgsp.adapter import Page
from lgsp.errors import Rejected, Unavailable
from lgsp.formats.sheets import told
from lgsp.message import Message, Raw

FILES = "files"
_TAKEN, _REFUSED = "taken", "refused"
_LARGEST = 8 * 1024 * 1024


class DropConfig(adapter.Config):
    """A folder in which files of figures are dropped."""

    folder: Path = Field(description="The folder; `taken` and `refused` are made in it.")
    settled: float = Field(
        default=5.0, ge=0, le=3600, description="Seconds that a file has not changed before it is read."
    )
    most: int = Field(default=200, ge=1, le=10_000, description="Files that one run takes at most.")


Reading = Callable[[Raw], Awaitable[list[Message | Rejected]]]


async def dropped(config: DropConfig, read: Reading) -> AsyncIterator[Page]:
    """Yield one page for each file, the oldest first; confirming a page moves its file.

    Raises:
        Unavailable: the folder cannot be read.
    """
    for path in await asyncio.to_thread(_waiting, config):
        content = await asyncio.to_thread(_content, path)
        if content is None:
            continue
        raw = Raw.of(content, "application/octet-stream", name=path.name)
        try:
            items = await read(raw)
        except Rejected as reason:
            items = [reason]
        yield Page(items, raw, None, _Moving(path, content, items).confirm)


class _Moving:
    """Moves a file when what it brought is journalled."""

    def __init__(self, path: Path, content: bytes, items: list[Message | Rejected]) -> None:
        self._path = path
        self._content = content
        self._items = items

    async def confirm(self) -> None:
        """Move the file, and put its faults beside it; done already is done."""
        await asyncio.to_thread(self._confirm)

    def _confirm(self) -> None:
        problems = [p for item in self._items if isinstance(item, Rejected) for p in item.problems]
        try:
            if _content(self._path) != self._content:
                return  # somebody has put another in its place meanwhile: that one is for the next run
            to = _free(self._path.parent / (_REFUSED if problems else _TAKEN) / self._path.name)
            if problems:
                faults = to.with_name(f"{to.name}.faults.txt")
                faults.write_text(told(problems, self._path.name), encoding="utf-8-sig", newline="")
            self._path.rename(to)
        except FileNotFoundError:
            return
        except OSError as fault:
            raise Unavailable("drop-folder-away", str(fault.strerror)) from fault


def _waiting(config: DropConfig) -> list[Path]:
    """Return the files that are whole, the oldest first; hidden ones and those that lock others are none."""
    before = time.time() - config.settled
    try:
        for name in (_TAKEN, _REFUSED):
            (config.folder / name).mkdir(exist_ok=True)
            _writable(config.folder / name)
        _writable(config.folder)
        found = [(path.stat().st_mtime, path) for path in config.folder.iterdir() if _is_file(path)]
    except OSError as fault:
        raise Unavailable("drop-folder-away", str(fault.strerror)) from fault
    return [path for at, path in sorted(found) if at <= before][: config.most]


def _writable(folder: Path) -> None:
    """Look whether files can be moved: what cannot be would be read again and again.

    Raises:
        PermissionError: they cannot.
    """
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$"))


def _content(path: Path) -> bytes | None:
    """Return what a file holds, or the beginning of one that is too large; None where it is gone.

    One that may not be read holds nothing: it is refused like an empty one.
    """
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError:
        return b""


def _free(path: Path) -> Path:
    """Return a name that no file has."""
    tried, number = path, 1
    while tried.exists():
        number += 1
        tried = path.with_name(f"{path.stem}.{number}{path.suffix}")
    return tried

"""Encrypting what lies in a folder anew, file by file, while everybody goes on reading and bringing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

from lgsp.keys import PLAIN
from lgsp.store.files import KEY, Draft, Files, sync
from lgsp.store.sealed import SealedError, begin_of

_PIECE = 1024 * 1024


class Resealed(NamedTuple):
    """What became of one file.

    Attributes:
        name: who goes on later goes on after it.
        size: bytes that it takes on the disk now.
        anew: it was written anew, under the current key.
        fault: why it could not be; empty where it could, or need not.
        missed: somebody else changed it in this moment: under which key it stands, the next look tells.
    """

    name: str
    size: int
    anew: bool
    fault: str = ""
    missed: bool = False


def reseal(files: Files, after: str = "") -> Iterator[Resealed]:
    """Bring every file under the current key, one with each step, in the order of their names; it blocks.

    It may end after any step, and go on later or elsewhere after the last name. Each file is replaced at once
    and durably: a crash leaves the old one or the new. Who reads one reads it to its end; when it was last
    brought stays written on it; what is deleted meanwhile stays deleted. An altered one is left as it is.

    Args:
        files: of which folder.
        after: the name behind which to begin.

    Raises:
        OSError: the folder cannot be read or written: nothing is wrong with the file itself.
    """
    for name in files.names(after):
        yield _step(files, name)


def numbers(files: Files) -> Counter[int]:
    """Count the files under each data key, by its number; `PLAIN` is of plain ones. It blocks."""
    found: Counter[int] = Counter()
    for name in files.names():
        try:
            with files.path(name).open("rb") as file:
                head, _ = begin_of(file)
                found[PLAIN if head is None else head.number] += 1
        except FileNotFoundError:
            continue
    return found


def _step(files: Files, name: str) -> Resealed:
    try:
        with files.path(name).open("rb") as old:
            size = os.fstat(old.fileno()).st_size
            if files.number(old, name) == files.keys.current:
                return Resealed(name, size, anew=False)
            with _copy(files, name) as draft:
                size, done = draft.path.stat().st_size, _replaced(files, name, old, draft)
                return Resealed(name, size, anew=done, missed=not done)
    except FileNotFoundError:  # it was deleted in this moment, or moved aside to be
        return Resealed(name, 0, anew=False, missed=True)
    except SealedError as fault:
        return Resealed(name, size, anew=False, fault=str(fault))


@contextmanager
def _copy(files: Files, name: str) -> Iterator[Draft]:
    """Write a file anew, beside it; it is gone afterwards unless it was put in its place."""
    with files.open(name) as content, Draft(files) as draft:
        while piece := content.read(_PIECE):
            draft.write(piece)
        if name not in (draft.finish(name), KEY):
            raise SealedError("encrypting a file anew: its content is not what its name says")
        yield draft


def _replaced(files: Files, name: str, old: IO[bytes], draft: Draft) -> bool:
    """Put the draft in the place of a file, if that is there still."""
    before, place = os.fstat(old.fileno()), files.path(name)
    os.utime(draft.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with files.upkeep():
        if place.stat().st_ino != before.st_ino:  # somebody brought it anew in this moment
            return False
        draft.path.replace(place)
        sync(place.parent)
        if os.fstat(old.fileno()).st_mtime_ns != before.st_mtime_ns:  # or noted that it came once more
            os.utime(place)
    return True

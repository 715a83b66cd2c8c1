"""Where attachments are kept: in a folder by the hash of their content, or, small ones, in their references.

The folder is laid out like the gateway's blob store. What stands in a reference stands in the message, and is
durable with it: a small file costs no write of its own.
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
import string
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from lgsp.keys import SIZE, DataKeys
from lgsp.store.files import Draft, Files
from lgsp.store.passing import Passing
from lgsp.store.sealed import Lent

SCHEME = "sha256:"
INSIDE = 64 * 1024
"""Bytes of one message's files, all together, that are kept in their references."""

_DATA = "data:;base64,"
_SIGNS = f"{string.ascii_letters}{string.digits}+/".encode()
_SMALL = 1024 * 1024
"""Bytes up to which a file is looked up by its content before it is written."""
_REF = re.compile(rf"{SCHEME}([0-9a-f]{{64}})")


class Folder:
    """Keeps files, durable when `keep` returns; the same content is kept once.

    Args:
        keys: with which they are encrypted at rest; None keeps them as they are.
    """

    def __init__(self, folder: Path, keys: DataKeys | None = None) -> None:
        self._files = Files(folder, keys)

    @property
    def keys(self) -> DataKeys:
        """The keys with which files are encrypted at rest."""
        return self._files.keys

    @property
    def incoming(self) -> Path:
        """The folder in which what is on its way lies, beside what is kept; see `passing`.

        Raises:
            OSError: it cannot be made.
        """
        return self._files.incoming

    def passing(self) -> Passing:
        """Return a file for bytes on their way in or out, whose owner closes it."""
        return Passing(lambda: self._files.incoming)

    def keep(self, chunks: Iterable[bytes], _: bytes = b"") -> str:
        """Keep a file's bytes and return its `dataref`, `sha256:<hexadecimal>`.

        Raises:
            OSError: the folder cannot be written.
        """
        small, rest = _gathered(iter(chunks), _SMALL)
        if rest is None and self._files.has(digest := hashlib.sha256(small).hexdigest()):
            return SCHEME + digest
        with self.draft() as draft:
            for chunk in chain((small,), rest or ()):
                draft.write(chunk)
            digest = draft.finish()
            draft.place()
        return SCHEME + digest

    def draft(self) -> Draft:
        """Return a file to be written piece by piece, for who decides at its end whether it is kept.

        Raises:
            OSError: the folder cannot be written.
        """
        return Draft(self._files)

    def open(self, dataref: str) -> IO[bytes]:
        """Open a file that was kept.

        Raises:
            FileNotFoundError: there is none, or this is no reference of ours.
            SealedError: it was altered, or its key is not known here.
        """
        return BytesIO(_inside(dataref)) if dataref.startswith(_DATA) else self._files.open(_digest(dataref))

    def lent(self, dataref: str) -> AbstractContextManager[Lent]:
        """Lend a file to another process while inside, though it be replaced or deleted meanwhile.

        Raises:
            OSError: as `open` does.
        """
        if dataref.startswith(_DATA):
            return nullcontext(Lent(content=_inside(dataref)))
        return self._files.lent(_digest(dataref))

    def there(self, digest: str) -> bool:
        """Tell whether a file of this SHA-256 (hexadecimal) lies there and may be readable."""
        return self._files.there(digest)

    def key(self) -> bytes:
        """Return the folder's own secret, 32 bytes: made once, and the same for all who share the folder.

        Raises:
            OSError: it can be neither read nor made.
        """
        return self._files.key()

    def path(self, digest: str) -> Path:
        """Return where a file of this SHA-256 (hexadecimal) lies, as it lies there: `open` reads it."""
        return self._files.path(digest)


@contextmanager
def passing_folder() -> Iterator[Folder]:
    """Lend a folder whose files are gone afterwards, and that nobody else can read meanwhile."""
    keys = DataKeys()
    keys.learn(1, os.urandom(SIZE))
    keys.current = 1
    with TemporaryDirectory(prefix="lgsp-") as folder:
        yield Folder(Path(folder), keys)


NOWHERE = Folder(Path(os.devnull))
"""Keeps nothing: whoever would keep a file in it fails."""


def kept_here(dataref: str) -> bool:
    """Tell whether something is a reference of ours, whether or not its file is there yet."""
    return dataref.startswith(_DATA) or bool(_REF.fullmatch(dataref))


def inside(dataref: str) -> bytes | None:
    """Return the base64 of a file that stands in its reference; None for any other, and where it is none."""
    if not dataref.startswith(_DATA) or not dataref.isascii():
        return None
    text = dataref[len(_DATA) :].encode()
    signs = text.rstrip(b"=")
    whole = not len(text) % 4 and len(text) - len(signs) <= 2  # noqa: PLR2004 - signs that fill up a group
    return text if whole and not signs.translate(None, _SIGNS) else None


class OverfullError(Exception):
    """More came than may stand inside, and there is no folder for it."""


class Inside:
    """Keeps the files of one message: in their references while there is room, else in a folder.

    Args:
        folder: for what has no room; without one, such a file is an `OverfullError`.
        room: bytes of all files together that stand in references.
    """

    def __init__(self, folder: Folder | None = None, room: int = INSIDE) -> None:
        self._folder = folder
        self._room = room

    def keep(self, chunks: Iterable[bytes], text: bytes = b"") -> str:
        """Keep a file's bytes and return its `dataref`.

        Args:
            chunks: of the file.
            text: the whole file in base64, where it is at hand.

        Raises:
            OverfullError: it has no room.
            OSError: the folder cannot be written.
        """
        small, rest = _gathered(iter(chunks), self._room)
        if rest is None:
            self._room -= len(small)
            return _DATA + (text or binascii.b2a_base64(small, newline=False)).decode()
        if self._folder is None:
            raise OverfullError
        return self._folder.keep(chain((small,), rest))


def _digest(dataref: str) -> str:
    """Return the hash that a reference names.

    Raises:
        FileNotFoundError: it names none.
    """
    found = _REF.fullmatch(dataref)
    if found is None:
        raise FileNotFoundError(f"no reference of the form {SCHEME}…")
    return found.group(1)


def _inside(dataref: str) -> bytes:
    try:
        return binascii.a2b_base64(dataref[len(_DATA) :], strict_mode=True)
    except ValueError:
        raise FileNotFoundError(f"no base64 behind {_DATA}") from None


def _gathered(chunks: Iterator[bytes], most: int) -> tuple[bytes, Iterator[bytes] | None]:
    """Return what comes, up to a bound, and what comes behind that; None is nothing."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        if len(kept) > most:
            return bytes(kept), chunks
    return bytes(kept), None

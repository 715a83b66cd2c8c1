"""Where attachments are kept: in a folder by the hash of their content, or, small ones, in their references.

The folder is laid out like the gateway's blob store. What stands in a reference stands in the message, and is
durable with it: a small file costs no write of its own.
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
import secrets
import string
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO

SCHEME = "sha256:"
INSIDE = 64 * 1024
"""Bytes of one message's files, all together, that are kept in their references."""

_DATA = "data:;base64,"
_SIGNS = f"{string.ascii_letters}{string.digits}+/".encode()
_SMALL = 1024 * 1024
"""Bytes up to which a file is looked up by its content before it is written."""
_REF = re.compile(rf"{SCHEME}([0-9a-f]{{64}})")


class Folder:
    """Keeps files, durable when `keep` returns; the same content is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def incoming(self) -> Path:
        """The folder for what is on its way in or out, beside what is kept; who puts a file there removes it.

        Raises:
            OSError: it cannot be made.
        """
        folder = self._folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def keep(self, chunks: Iterable[bytes]) -> str:
        """Keep a file's bytes and return its `dataref`, `sha256:<hexadecimal>`.

        Raises:
            OSError: the folder cannot be written.
        """
        small, rest = _gathered(iter(chunks), _SMALL)
        if rest is None and self._brought_again(hashlib.sha256(small).hexdigest()):
            return SCHEME + hashlib.sha256(small).hexdigest()
        fresh = self.incoming / f"{os.getpid()}.{secrets.token_hex(8)}"
        try:
            digest = _written(fresh, chain((small,), rest or ()))
            self._place(fresh, digest)
        finally:
            fresh.unlink(missing_ok=True)
        return SCHEME + digest

    def open(self, dataref: str) -> IO[bytes]:
        """Open a file that was kept.

        Raises:
            FileNotFoundError: there is none, or this is no reference of ours.
        """
        if dataref.startswith(_DATA):
            return BytesIO(_inside(dataref))
        place = self.stored(dataref)
        if place is None:
            raise FileNotFoundError(f"no reference of the form {SCHEME}…")
        return place.open("rb")

    def stored(self, dataref: str) -> Path | None:
        """Return where a file is kept; None for one that stands in its reference, and for no reference."""
        found = _REF.fullmatch(dataref)
        return self.path(found.group(1)) if found else None

    def take(self, fresh: Path, digest: str) -> None:
        """Put a file that was written whole in `incoming` into its place, durably; it is gone from there.

        Args:
            fresh: a file on the same file system.
            digest: its SHA-256, in hexadecimal.

        Raises:
            OSError: the folder cannot be written.
        """
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        self._place(fresh, digest)
        fresh.unlink(missing_ok=True)

    def key(self) -> bytes:
        """Return the folder's own secret, 32 bytes: made once, and the same for all who share the folder.

        Raises:
            OSError: it can be neither read nor made.
        """
        place = self._folder / "links.key"
        if not place.exists():
            self._make_key(place)
        return place.read_bytes()

    def _make_key(self, place: Path) -> None:
        fresh = self.incoming / f"{os.getpid()}.{secrets.token_hex(8)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # somebody else made it in this moment: theirs counts
                os.link(fresh, place)
            _sync(self._folder)
        finally:
            fresh.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Return where a file of this SHA-256 (hexadecimal) is kept."""
        return self._folder / digest[:2] / digest[2:4] / digest

    def _brought_again(self, digest: str) -> bool:
        """Note on a file that its content came once more, for who cleans up; False when it is not there."""
        try:
            os.utime(self.path(digest))
        except FileNotFoundError:
            return False
        return True

    def _place(self, fresh: Path, digest: str) -> None:
        if self._brought_again(digest):
            return
        place = self.path(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh.replace(place)
        _sync(place.parent)


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

    def keep(self, chunks: Iterable[bytes]) -> str:
        """Keep a file's bytes and return its `dataref`.

        Raises:
            OverfullError: it has no room.
            OSError: the folder cannot be written.
        """
        small, rest = _gathered(iter(chunks), self._room)
        if rest is None:
            self._room -= len(small)
            return _DATA + binascii.b2a_base64(small, newline=False).decode()
        if self._folder is None:
            raise OverfullError
        return self._folder.keep(chain((small,), rest))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _written(path: Path, chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    with path.open("xb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()

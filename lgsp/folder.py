"""A folder that keeps attachments by the hash of their content, laid out like the gateway's blob store."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

SCHEME = "sha256:"
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
        small, rest = _gathered(iter(chunks))
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
        found = _REF.fullmatch(dataref)
        if found is None:
            raise FileNotFoundError(f"no reference of the form {SCHEME}…")
        return self.path(found.group(1)).open("rb")

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
        descriptor = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


NOWHERE = Folder(Path(os.devnull))
"""Keeps nothing: whoever would keep a file in it fails."""


def _gathered(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Return what comes, up to a bound, and what comes behind that; None is nothing."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        if len(kept) > _SMALL:
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

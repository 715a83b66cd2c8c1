"""Bytes on their way: in memory while they are few, else in a file that nobody else can read."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

ROOM = 256 * 1024
"""Bytes that stay in memory; the journal holds bodies of this size itself, too."""

_PIECE, _BLOCK = 32 * 1024, 16


class Passing(io.BufferedRandom):
    """A file for bytes on their way. It has no name, and is gone once it is closed, or its process has died.

    What reaches the disk is encrypted (AES-256-CTR) with a key that stands in this object and nowhere else.
    Alterations go unnoticed: whoever keeps what comes out of it knows its hash.

    Args:
        folder: returns the folder in which it lies, if it must; None is the system's own for such files.
        room: bytes that stay in memory.
    """

    def __init__(self, folder: Callable[[], Path] | None = None, room: int = ROOM) -> None:
        self._veiled = _Veiled(folder, room)
        super().__init__(self._veiled, _PIECE)

    @property
    def size(self) -> int:
        """Bytes that were written."""
        self.flush()
        return self._veiled.size

    @property
    def on_disk(self) -> bool:
        """Tell whether it has become too large to be held in memory."""
        return self._veiled.on_disk

    def open(self) -> BinaryIO:
        """Return what was written so far, to be read from its beginning, however many others read it.

        It is there as long as this object is open.
        """
        self.flush()
        return io.BufferedReader(_Look(self._veiled), _PIECE)


class _Veiled(io.RawIOBase):
    """Bytes in memory, or encrypted in a file: each byte by its place."""

    def __init__(self, folder: Callable[[], Path] | None, room: int) -> None:
        self._folder = folder
        self._room = room
        self._memory: bytearray | None = bytearray()
        self._file: IO[bytes] | None = None
        self._key = b""
        self._at = self.size = 0
        self._cipher: CipherContext | None = None
        self._next = 0

    @property
    def on_disk(self) -> bool:
        return self._file is not None

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = moved(self._at, self.size, offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: Any) -> int:
        count = self.read_at(self._at, into)
        self._at += count
        return count

    def read_at(self, at: int, into: Any) -> int:
        """Read from a place, as much as there is room for; it hangs on no place of this object's own."""
        count = max(0, min(len(into), self.size - at))
        if self._memory is not None:
            into[:count] = self._memory[at : at + count]
            return count
        if not count:
            return 0
        assert self._file is not None  # noqa: S101 - what is not in memory is there
        veiled = os.pread(self._file.fileno(), count, at)
        into[: len(veiled)] = self._from(at).update(veiled)
        return len(veiled)

    def write(self, piece: Any) -> int:
        if self._memory is not None and self._at + len(piece) > self._room:
            self._roll_over()
        if self._at > self.size:  # whoever went behind the end finds nothing between it and what is written
            self._put_all(self.size, bytes(self._at - self.size))
        count = self._put(bytes(piece))
        self._at += count
        self.size = max(self.size, self._at)
        return count

    def truncate(self, size: int | None = None) -> int:
        size = self._at if size is None else size
        if self._memory is not None:
            del self._memory[size:]
        elif self._file is not None:
            os.ftruncate(self._file.fileno(), size)
            if not size:  # whatever comes in the place of what was there has a key of its own
                self._key, self._cipher = os.urandom(32), None
        self.size = min(self.size, size)
        return size

    def close(self) -> None:
        super().close()
        self._memory = None
        if self._file is not None:
            self._file.close()

    def _roll_over(self) -> None:
        folder = self._folder() if self._folder is not None else None
        self._file = TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - it lives as long as this object
        self._key = os.urandom(32)
        held, self._memory = bytes(self._memory or b""), None
        self._put_all(0, held)

    def _put_all(self, at: int, piece: bytes) -> None:
        """Write at a place, all of it; a full disk raises."""
        back, self._at = self._at, at
        while piece:
            count = self._put(piece)
            self._at += count
            piece = piece[count:]
        self._at = back

    def _put(self, piece: bytes) -> int:
        if self._memory is not None:
            self._memory[self._at : self._at + len(piece)] = piece
            return len(piece)
        assert self._file is not None  # noqa: S101 - what is not in memory is there
        if self._cipher is None or self._next != self._at:
            self._cipher = self._from(self._at)
        count = os.pwrite(self._file.fileno(), self._cipher.update(piece), self._at)
        self._next = self._at + count if count == len(piece) else -1
        return count

    def _from(self, at: int) -> CipherContext:
        """Return what veils and unveils bytes from a place on."""
        block, inside = divmod(at, _BLOCK)
        cipher = Cipher(AES(self._key), CTR(block.to_bytes(_BLOCK))).encryptor()
        cipher.update(bytes(inside))
        return cipher


class _Look(io.RawIOBase):
    """One reader of several, at its own place."""

    def __init__(self, veiled: _Veiled) -> None:
        self._veiled = veiled
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = moved(self._at, self._veiled.size, offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: Any) -> int:
        if self._veiled.closed:
            raise ValueError("reading bytes on their way: they are gone")
        count = self._veiled.read_at(self._at, into)
        self._at += count
        return count


def moved(at: int, size: int, offset: int, whence: int) -> int:
    """Return the place that a `seek` leads to.

    Raises:
        ValueError: it is before the beginning.
    """
    to = {os.SEEK_SET: 0, os.SEEK_CUR: at, os.SEEK_END: size}[whence] + offset
    if to < 0:
        raise ValueError("seeking in a file: there is nothing before its beginning")
    return to

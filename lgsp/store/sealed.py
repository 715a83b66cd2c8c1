"""Files encrypted in chunks: each is read alone, and none is altered, moved, added or left out unnoticed."""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lgsp.keys import DataKeys
from lgsp.store.passing import moved

MAGIC = b"\x8bLGSP sealed\x01\x1a\r\n"
"""What an encrypted file begins with; the last sign but three is the version of its form."""
CHUNK = 64 * 1024
"""Bytes of a chunk before it is encrypted; all have as many but the last one, which has one at least."""

_HEAD = struct.Struct(f">{len(MAGIC)}sIIQ32s")
_TAG, _SALT, _KEY, _PREFIX = 16, 32, 32, 7
LENGTH = _HEAD.size + _TAG
"""Bytes before the first chunk: the head in the clear, and its tag."""
_OF_HEAD = b"\xff\xff\xff\xff\x02"
"""Behind the prefix of nonces, the one of the head: no chunk has such a number and such a flag."""
_PURPOSE = b"LGSP file 1"


class SealedError(OSError):
    """An encrypted file cannot be read: it was altered, or its key is not known."""


class UnknownKeyError(SealedError):
    """An encrypted file's key is not known here yet: who may wait asks `DataKeys.sought`, and opens it again.

    Attributes:
        number: of the key.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"reading an encrypted file: key {number} is not known here")
        self.number = number


@dataclass(slots=True, frozen=True)
class Head:
    """What stands in the clear before the chunks.

    Attributes:
        number: of the data key.
        chunk: bytes of a chunk before it is encrypted.
        size: bytes of the whole file before it is encrypted.
        salt: from which, with the data key, the file's own key is derived.
    """

    number: int
    chunk: int
    size: int
    salt: bytes

    @classmethod
    def of(cls, begin: bytes) -> Head | None:
        """Read the beginning of a file; None where it is not that of an encrypted one."""
        if len(begin) < LENGTH or not begin.startswith(MAGIC):
            return None
        _, number, chunk, size, salt = _HEAD.unpack(begin[: _HEAD.size])
        return cls(number, chunk, size, salt)

    def written(self) -> bytes:
        """Return it as it stands in the file, without its tag."""
        return _HEAD.pack(MAGIC, self.number, self.chunk, self.size, self.salt)

    @property
    def length(self) -> int:
        """Bytes of the whole file as it lies there."""
        return LENGTH + self.size + -(-self.size // self.chunk) * _TAG


class Secret:
    """What opens one file and no other.

    Args:
        kept: 39 bytes: the file's key, and the prefix of its nonces.
    """

    def __init__(self, kept: bytes) -> None:
        self.kept = kept
        self._cipher = AESGCM(kept[:_KEY])
        self._prefix = kept[_KEY:]

    @classmethod
    def of(cls, key: bytes, salt: bytes) -> Secret:
        """Derive it from a data key (HKDF, RFC 5869)."""
        return cls(HKDF(SHA256(), _KEY + _PREFIX, salt, _PURPOSE).derive(key))

    def tag(self, head: Head, name: bytes) -> bytes:
        """Return what proves a head, for a file of this name."""
        return self._cipher.encrypt(self._prefix + _OF_HEAD, b"", head.written() + name)

    def proves(self, head: Head, tag: bytes, name: bytes) -> bool:
        """Tell whether a head stands as it was written, for a file of this name."""
        try:
            self._cipher.decrypt(self._prefix + _OF_HEAD, tag, head.written() + name)
        except InvalidTag:
            return False
        return True

    def seal(self, number: int, plain: Any, *, last: bool) -> bytes:
        """Encrypt a chunk by its number."""
        return self._cipher.encrypt(self._nonce(number, last=last), plain, None)

    def open(self, number: int, kept: bytes, *, last: bool) -> bytes:
        """Return a chunk.

        Raises:
            SealedError: it was altered, or is another one.
        """
        try:
            return self._cipher.decrypt(self._nonce(number, last=last), kept, None)
        except InvalidTag:
            raise SealedError(f"reading an encrypted file: its chunk {number} was altered") from None

    def _nonce(self, number: int, *, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4) + bytes((last,))


class Sink(Protocol):
    """Takes the bytes of a file, in order."""

    def write(self, piece: bytes) -> object:
        """Take the next piece."""

    def finish(self, name: bytes) -> None:
        """Make the file whole, under the name by which it is read."""


class Sealing:
    """Encrypts what is written into a file under the current key.

    Args:
        file: empty, and open for writing; it has no head before `finish`.
        keys: of which the current one is not `PLAIN`.
    """

    def __init__(self, file: IO[bytes], keys: DataKeys) -> None:
        self._file = file
        self._number = keys.current
        self._salt = os.urandom(_SALT)
        self._secret = Secret.of(keys.key(self._number), self._salt)
        self._waiting = bytearray()
        self._size = self._chunks = 0
        file.write(bytes(LENGTH))

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self._size += len(piece)
        self._waiting += piece
        whole = (len(self._waiting) - 1) // CHUNK * CHUNK  # one always waits: it may be the last
        if whole > 0:
            with memoryview(self._waiting) as waiting:
                for at in range(0, whole, CHUNK):
                    self._put(waiting[at : at + CHUNK], last=False)
            del self._waiting[:whole]

    def finish(self, name: bytes) -> None:
        """Make the file whole; it may lie under this name and no other."""
        if self._waiting:
            self._put(self._waiting, last=True)
        head = Head(self._number, CHUNK, self._size, self._salt)
        self._file.seek(0)
        self._file.write(head.written() + self._secret.tag(head, name))

    def _put(self, plain: Any, *, last: bool) -> None:
        self._file.write(self._secret.seal(self._chunks, plain, last=last))
        self._chunks += 1


class Unsealed(io.RawIOBase):
    """An encrypted file as it was, read from any place: a chunk is decrypted when it is asked for.

    Args:
        file: it is closed with this object.
        head: its own, which `secret` proves.

    Raises:
        SealedError: something was cut off or put behind it.
    """

    def __init__(self, file: IO[bytes], head: Head, secret: Secret) -> None:
        self._file = file
        self._head = head
        self._secret = secret
        self._at = 0
        self._number, self._chunk = -1, b""
        if os.fstat(file.fileno()).st_size != head.length:
            raise SealedError("reading an encrypted file: it does not end where it ended")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be read."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        self._at = moved(self._at, self._head.size, offset, whence)
        return self._at

    def readinto(self, into: Any) -> int:
        """Read to the end of this chunk at most.

        Raises:
            SealedError: it was altered.
        """
        if self._at >= self._head.size:
            return 0
        number, inside = divmod(self._at, self._head.chunk)
        piece = memoryview(self._opened(number))[inside : inside + len(into)]
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file."""
        super().close()
        self._file.close()

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            step = self._head.chunk + _TAG
            kept = os.pread(self._file.fileno(), step, LENGTH + number * step)
            last = (number + 1) * self._head.chunk >= self._head.size
            self._chunk, self._number = self._secret.open(number, kept, last=last), number
        return self._chunk


def begin_of(file: IO[bytes]) -> tuple[Head | None, bytes]:
    """Return the head that a file begins with, if it is one, and its tag; the place in it stays."""
    begin = os.pread(file.fileno(), LENGTH, 0)
    return Head.of(begin), begin[_HEAD.size :]


@dataclass(slots=True, frozen=True)
class Lent:
    """A file as another process may open it: with what opens this one, and nothing that opens others.

    Attributes:
        path: where it lies; None where `content` is all of it.
        secret: what opens it; empty for a plain one.
    """

    path: Path | None = None
    secret: bytes = b""
    content: bytes = b""

    def open(self) -> IO[bytes]:
        """Open it.

        Raises:
            OSError: it is not there, or was altered.
        """
        if self.path is None:
            return BytesIO(self.content)
        file = self.path.open("rb")
        if not self.secret:
            return file
        head, _ = begin_of(file)
        if head is None:
            file.close()
            raise SealedError("reading an encrypted file: it has no head")
        return reader(file, head, Secret(self.secret))


def reader(file: IO[bytes], head: Head, secret: Secret) -> IO[bytes]:
    """Return what reads an encrypted file; the file is closed with it.

    Raises:
        SealedError: something was cut off or put behind it.
    """
    try:
        return io.BufferedReader(Unsealed(file, head, secret), CHUNK)
    except SealedError:
        file.close()
        raise

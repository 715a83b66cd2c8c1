"""Bodies on their way into the journal and out again: a codec with a key id, so that encryption can come."""

from __future__ import annotations

import hashlib
import os

_SALT = 16
_DRAWN = 256
PLAIN = 0
"""Key id of bodies that are kept as they are."""


def encode(body: bytes) -> tuple[int, bytes]:
    """Return the key id and the bytes to keep."""
    return PLAIN, body


def decode(key_id: int, kept: bytes) -> bytes:
    """Return the body.

    Raises:
        ValueError: the key is not known here.
    """
    if key_id != PLAIN:
        raise ValueError(f"reading a body: key {key_id} is not known here")
    return kept


class Salts:
    """Fresh salts, drawn from the system many at a time: a call for each costs more than the hash."""

    def __init__(self) -> None:
        self._left = b""

    def salted(self, body: bytes) -> tuple[bytes, bytes]:
        """Return a fresh salt and the salted SHA-256 that entries refer to.

        With the body and its salt erased the hash says nothing of them, and the proof stays.
        """
        if not self._left:
            self._left = os.urandom(_SALT * _DRAWN)
        salt, self._left = self._left[:_SALT], self._left[_SALT:]
        return salt, hashlib.sha256(salt + body).digest()

"""Salts that hashes of bodies are made with: with body and salt erased, a hash says nothing."""

from __future__ import annotations

import hashlib
import os

_SALT = 16
_DRAWN = 256


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

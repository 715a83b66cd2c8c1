"""Keys that bodies and files are encrypted with at rest, as one process knows them: AES-256-GCM by number."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PLAIN = 0
"""The number of what is kept as it is."""
SIZE, _NONCE = 32, 12


class KeyUnknownError(ValueError):
    """Something was encrypted with a key that this process does not know."""


class DataKeys:
    """The data keys of an installation. Who opens the journal teaches them; without any, all is kept plain.

    Attributes:
        current: the number of the key that encrypts from now on.
    """

    def __init__(self) -> None:
        self._ciphers: dict[int, AESGCM] = {}
        self._keys: dict[int, bytes] = {}
        self.current = PLAIN

    def learn(self, number: int, key: bytes) -> None:
        """Take a key of `SIZE` bytes to its number, which is above 0 and never given to another key."""
        self._keys[number] = key
        self._ciphers[number] = AESGCM(key)

    def knows(self, number: int) -> bool:
        """Tell whether what was encrypted under a number can be read here."""
        return number == PLAIN or number in self._ciphers

    def key(self, number: int) -> bytes:
        """Return a key itself, for what is encrypted in pieces.

        Raises:
            KeyUnknownError: it is not known here.
        """
        try:
            return self._keys[number]
        except KeyError:
            raise KeyUnknownError(f"reading what key {number} encrypted: the key is not known here") from None

    def seal(self, plain: bytes) -> tuple[int, bytes]:
        """Return the number of the current key, and what to keep: a fresh nonce, the text, its tag."""
        number = self.current
        if number == PLAIN:
            return PLAIN, plain
        nonce = os.urandom(_NONCE)
        return number, nonce + self._ciphers[number].encrypt(nonce, plain, None)

    def open(self, number: int, kept: bytes) -> bytes:
        """Return what was sealed under a number.

        Raises:
            KeyUnknownError: the key is not known here.
            ValueError: it was altered.
        """
        if number == PLAIN:
            return kept
        cipher = self._ciphers.get(number)
        if cipher is None:
            raise KeyUnknownError(f"reading what key {number} encrypted: the key is not known here")
        try:
            return cipher.decrypt(kept[:_NONCE], kept[_NONCE:], None)
        except InvalidTag:
            raise ValueError(f"reading what key {number} encrypted: it was altered") from None

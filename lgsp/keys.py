"""Keys that bodies and files are encrypted with at rest, as one process knows them: AES-256-GCM by number."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PLAIN = 0
"""The number of what is kept as it is."""
SIZE, _NONCE = 32, 12


class KeyUnknownError(LookupError):
    """Something was encrypted with a key that this process does not know yet: learn it, and ask again.

    Attributes:
        number: of the key.
    """

    def __init__(self, number: int, place: str) -> None:
        super().__init__(f"reading {place}: key {number} is not known here")
        self.number = number


class UnreadableError(ValueError):
    """What was encrypted can never be read: it was altered, or the journal does not have its key."""


class DataKeys:
    """The data keys of an installation. Who opens the journal teaches them; without any, all is kept plain.

    Attributes:
        current: the number of the key that encrypts from now on.
        ask: looks for a key by its number where the installation keeps them, and teaches what it finds.
    """

    def __init__(self) -> None:
        self._ciphers: dict[int, AESGCM] = {}
        self._keys: dict[int, bytes] = {}
        self._lost: set[int] = set()
        self.current = PLAIN
        self.ask: Callable[[int], Awaitable[None]] | None = None

    def learn(self, number: int, key: bytes) -> None:
        """Take a key of `SIZE` bytes to its number, which is above 0 and never given to another key."""
        self._keys[number] = key
        self._lost.discard(number)
        self._ciphers[number] = AESGCM(key)

    def lose(self, number: int) -> None:
        """Take note that no such key stands in the journal: what it encrypted is unreadable, not unknown."""
        self._lost.add(number)

    def knows(self, number: int) -> bool:
        """Tell whether what was encrypted under a number can be read here."""
        return number == PLAIN or number in self._ciphers

    def key(self, number: int) -> bytes:
        """Return a key itself, for what is encrypted in pieces.

        Raises:
            KeyUnknownError: it is not known here; see `sought`.
            UnreadableError: the journal does not have it.
        """
        try:
            return self._keys[number]
        except KeyError:
            raise self._missing(number, ()) from None

    async def sought(self, number: int) -> bool:
        """Look for a key that another process made; tell whether asking again makes sense."""
        if self.ask is None:
            self.lose(number)
        elif not self.knows(number):
            await self.ask(number)
        return self.knows(number) or number in self._lost

    def seal(self, plain: bytes) -> tuple[int, bytes]:
        """Return the number of the current key, and what to keep: a fresh nonce, the text, its tag."""
        number = self.current
        if number == PLAIN:
            return PLAIN, plain
        nonce = os.urandom(_NONCE)
        return number, nonce + self._ciphers[number].encrypt(nonce, plain, None)

    def open(self, number: int, kept: bytes, *place: object) -> bytes:
        """Return what was sealed under a number.

        Args:
            number: of the key.
            kept: what `seal` returned.
            place: where it stands, in words for people.

        Raises:
            KeyUnknownError: the key is not known here yet; whoever reads outside the journal asks `sought`.
            UnreadableError: it was altered, or the journal does not have its key.
        """
        if number == PLAIN:
            return kept
        cipher = self._ciphers.get(number)
        if cipher is None:
            raise self._missing(number, place)
        try:
            return cipher.decrypt(kept[:_NONCE], kept[_NONCE:], None)
        except (InvalidTag, ValueError):
            raise UnreadableError(f"reading {_words(place)}: it was altered (key {number})") from None

    def _missing(self, number: int, place: Sequence[object]) -> Exception:
        if number in self._lost:
            return UnreadableError(f"reading {_words(place)}: the journal does not have its key {number}")
        return KeyUnknownError(number, _words(place))


def _words(place: Sequence[object]) -> str:
    return " ".join(map(str, place)) or "what is encrypted"

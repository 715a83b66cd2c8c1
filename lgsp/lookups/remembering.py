"""Answers that may be given again for a while: bounded in number and in bytes, with their age."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_MOST, _BYTES = 20_000, 32 * 1024 * 1024


@dataclass(slots=True, frozen=True)
class Remembered:
    """An answer from memory; `at` is when the far side gave it, in seconds of the memory's clock."""

    data: Mapping[str, Any]
    at: float
    until: float
    size: int


class Memory:
    """Remembers answers by question, the least recently used going first.

    Args:
        clock: seconds that never run back.
        most: how many answers.
        room: how many bytes of answers, as JSON.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most: int = _MOST, room: int = _BYTES
    ) -> None:
        self._clock = clock
        self._most, self._room = most, room
        self._answers: OrderedDict[bytes, Remembered] = OrderedDict()
        self._size = 0

    def find(self, question: bytes, fresh: float) -> tuple[Mapping[str, Any], float] | None:
        """Return an answer that is younger than `fresh` seconds, and its age; None where there is none."""
        found = self._answers.get(question)
        now = self._clock()
        if found is None:
            return None
        if now >= found.until:
            self._drop(question)
            return None
        if now - found.at >= fresh:
            return None
        self._answers.move_to_end(question)
        return found.data, now - found.at

    def keep(self, question: bytes, data: Mapping[str, Any], size: int, life: float) -> None:
        """Remember an answer of `size` bytes for `life` seconds."""
        self._drop(question)
        if life <= 0 or size > self._room:
            return
        now = self._clock()
        self._answers[question] = Remembered(data, now, now + life, size)
        self._size += size
        while self._size > self._room or len(self._answers) > self._most:
            self._drop(next(iter(self._answers)))

    def _drop(self, question: bytes) -> None:
        gone = self._answers.pop(question, None)
        if gone is not None:
            self._size -= gone.size

"""Answers that may be given again for a while: bounded in number and in bytes, with their age."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from lgsp.lookups.walking import Answer

_MOST, _BYTES = 20_000, 32 * 1024 * 1024


class Remembered(NamedTuple):
    """An answer from memory; `at` is when the far side gave it, in seconds of the memory's clock."""

    answer: Answer
    at: float
    until: float


class Memory:
    """Remembers answers by question, the least recently used going first.

    Args:
        clock: seconds that never run back.
        most: how many answers.
        room: how many bytes of answers.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most: int = _MOST, room: int = _BYTES
    ) -> None:
        self._clock = clock
        self._most, self._room = most, room
        self._answers: OrderedDict[bytes, Remembered] = OrderedDict()
        self._size = 0

    def find(self, question: bytes, fresh: float) -> tuple[Answer, float] | None:
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
        return found.answer, now - found.at

    def keep(self, question: bytes, answer: Answer, life: float) -> None:
        """Remember an answer for `life` seconds."""
        self._drop(question)
        if life <= 0 or len(answer.packed) > self._room:
            return
        now = self._clock()
        self._answers[question] = Remembered(answer, now, now + life)
        self._size += len(answer.packed)
        while self._size > self._room or len(self._answers) > self._most:
            self._drop(next(iter(self._answers)))

    def _drop(self, question: bytes) -> None:
        gone = self._answers.pop(question, None)
        if gone is not None:
            self._size -= len(gone.answer.packed)

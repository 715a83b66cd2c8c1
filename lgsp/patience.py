"""How long to wait between attempts, and when it is enough: a list that an operator can read."""

from __future__ import annotations

import random
from collections.abc import Sequence

_JITTER = 0.1
_LONGEST_ASKED = 86_400.0


class Patience:
    """A system's intervals of patience, in seconds.

    Attributes:
        last: the last interval: how often a dead fact may be told again.
        bound: after how long a delivery that was put off because of its system is tried at the latest.
    """

    bound = 5.0

    def __init__(self, retry: Sequence[float]) -> None:
        self._retry = tuple(retry)
        self.last = self._retry[-1]

    def __len__(self) -> int:
        return len(self._retry)

    def spent(self, index: int) -> bool:
        """Tell whether `index` failures are one too many."""
        return index > len(self._retry)

    def wait(self, index: int, asked: float | None = None) -> float:
        """Return seconds until the next attempt after `index` failures, with a small jitter.

        `asked` is what the far side wants; it lengthens the interval, up to a day.
        """
        interval = self._retry[min(max(index, 1), len(self._retry)) - 1]
        return max(interval * random.uniform(1.0, 1.0 + _JITTER), min(asked or 0.0, _LONGEST_ASKED))

"""What the weather of every stand-in is made of: seeded chance, and a service that comes and goes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from lgsp.sandbox.faults import Flapping


class ComesAndGoes(Protocol):
    """Faults of a stand-in, as far as all have them."""

    @property
    def flapping(self) -> Flapping | None:
        """When it is up, and when it is down."""


F = TypeVar("F", bound=ComesAndGoes)


class Climate(Generic[F]):
    """Draws what happens to each call. Two with the same seed and the same calls draw the same."""

    def __init__(self, faults: F, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.faults = faults
        self._seed = seed
        self._dice = random.Random(seed)
        self._clock = clock
        self._since = clock()

    def strikes(self, chance: float) -> bool:
        """Draw once; a chance of nothing leaves the dice alone."""
        return chance > 0 and self._dice.random() < chance

    def down(self) -> bool:
        """Tell whether the whole service is away now."""
        flapping = self.faults.flapping
        if flapping is None:
            return False
        passed = (self._clock() - self._since) * 1000
        return passed % (flapping.up_ms + flapping.down_ms) >= flapping.up_ms

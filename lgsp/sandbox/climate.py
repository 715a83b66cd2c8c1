"""What every stand-in has of weather: seeded chance, faults to switch, a service that comes and goes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, Generic, Protocol, Self, TypeVar

from lgsp.sandbox.faults import Flapping


class ComesAndGoes(Protocol):
    """Faults of a stand-in, as far as all have them."""

    @property
    def flapping(self) -> Flapping | None:
        """When it is up, and when it is down."""

    @classmethod
    def model_validate_json(cls, json_data: bytes) -> Self:
        """Return faults from how they are told; what is left out is off. ValueError says what cannot be."""


F = TypeVar("F", bound=ComesAndGoes)


class Climate(Generic[F]):
    """Draws what happens to each call. Two with the same seed and the same calls draw the same."""

    def __init__(self, faults: F, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.faults = faults
        self._seed = seed
        self._dice = random.Random(seed)
        self._clock = clock
        self._since = clock()

    def become(self, wanted: bytes) -> Self:
        """Return the weather of other faults, told as a JSON object, from its first moment on.

        Raises:
            ValueError: an unknown key or an impossible value.
        """
        return type(self)(type(self.faults).model_validate_json(wanted), self._seed, self._clock)

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


W = TypeVar("W", bound=Climate[Any])


class Troubled(Generic[F, W]):
    """A stand-in whose faults are switched on and off; whoever is one keeps its weather here."""

    _weather: W

    @property
    def faults(self) -> F:
        """What it does wrong at present."""
        found: F = self._weather.faults
        return found

    def trouble(self, wanted: bytes) -> None:
        """Switch faults on and off: a JSON object of them; what it leaves out is off.

        Raises:
            ValueError: an unknown key or an impossible value.
        """
        self._weather = self._weather.become(wanted)

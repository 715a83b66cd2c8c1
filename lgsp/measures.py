"""How durations, rates and hours are written in a home, and how strictly it is read."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*s")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def _seconds(value: Any) -> Any:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("is not a duration; write a number with a unit, such as 10s, 5m or 2h")
    return float(found[1]) * _UNITS[found[2]]


def _per_second(value: Any) -> Any:
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None or float(found[1]) <= 0:
        raise ValueError("is not a rate; write a number per second, such as 50/s")
    return float(found[1])


def hour(value: Any) -> time:
    """Return an hour of the day, written as `07:30`.

    Raises:
        ValueError: it is not one.
    """
    found = _HOUR.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('is not an hour; write it as "07:30"')
    return time(int(found[1]), int(found[2]))


Seconds = Annotated[float, BeforeValidator(_seconds)]
PerSecond = Annotated[float, BeforeValidator(_per_second)]
Hour = Annotated[time, BeforeValidator(hour)]
STRICT = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
"""How every part of a home is read: unknown keys are refused."""

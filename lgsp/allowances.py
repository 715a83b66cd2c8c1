"""How much a caller may ask for: requests, items and questions; by the second, the minute and the day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from lgsp.measures import STRICT


class Taken(StrEnum):
    """What is counted; each has a limit of its own.

    Attributes:
        REQUESTS: calls that were admitted, whatever they ask for.
        ITEMS: messages that calls bring.
        ASKS: questions that are put to another system while somebody waits.
    """

    REQUESTS = "requests"
    ITEMS = "items"
    ASKS = "asks"


class Rate(BaseModel):
    """How often something may be done; what is not said is no limit.

    Attributes:
        per_second: on the average.
        burst: at most so many at once, where `per_second` is said; as many as there are in a second if not.
        per_minute: in each minute of the clock.
        per_day: on each day of Viet Nam.
    """

    model_config = STRICT

    per_second: float | None = Field(default=None, gt=0, le=100_000, allow_inf_nan=False)
    burst: int | None = Field(default=None, ge=1, le=1_000_000)
    per_minute: int | None = Field(default=None, ge=1, le=1_000_000_000)
    per_day: int | None = Field(default=None, ge=1, le=1_000_000_000)

    @model_validator(mode="after")
    def _burst_of_something(self) -> Self:
        if self.burst is not None and self.per_second is None:
            raise ValueError("has `burst` without `per_second`; say how many a second, or leave it out")
        return self

    @property
    def free(self) -> bool:
        """Tell whether there is no limit."""
        return self.per_second is None and self.per_minute is None and self.per_day is None

    @property
    def at_once(self) -> int | None:
        """Return how many are let through at once when nothing was spent; None without `per_second`."""
        if self.per_second is None:
            return None
        return self.burst if self.burst is not None else max(1, math.ceil(self.per_second))


class Limits(BaseModel):
    """The limits of one caller, for each of `Taken`. What stands there without a name limits requests."""

    model_config = STRICT

    requests: Rate = Rate()
    items: Rate = Rate()
    asks: Rate = Rate()

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, said: Any) -> Any:
        if not isinstance(said, Mapping) or not said.keys() & Rate.model_fields.keys():
            return said
        plain = {name: value for name, value in said.items() if name in Rate.model_fields}
        rest = {name: value for name, value in said.items() if name not in Rate.model_fields}
        if "requests" in rest:
            raise ValueError("limits requests twice; write the numbers under `requests` alone")
        return rest | {"requests": plain}

    @property
    def free(self) -> bool:
        """Tell whether there is no limit at all."""
        return self.requests.free and self.items.free and self.asks.free

    def of(self, what: Taken) -> Rate:
        """Return the limit of one kind."""
        found: Rate = getattr(self, what)
        return found

    def told(self) -> dict[str, Any]:
        """Return what is said, and no more, as it is kept and shown."""
        return self.model_dump(exclude_none=True, exclude_defaults=True)


NO_LIMITS = Limits()

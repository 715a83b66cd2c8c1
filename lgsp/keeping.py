"""How long a home wants content to be kept, by type and by route, and when in the night it is erased."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from lgsp.measures import STRICT, Hour

LEAST_DAYS = 92
"""Three months: what guidance on systems of levels 2 and 3 asks of logs, as provinces cite it. What was said
and answered is such a log; nothing that we read asks for longer."""
_YEAR_DAYS = 365
_AGE = re.compile(r"(\d{1,5})\s*(d|y)")


def age(value: Any) -> int:
    """Return an age, written as `400d` or `5y` (of 365 days), in days.

    Raises:
        ValueError: it is none, or shorter than may be.
    """
    found = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    days = int(found[1]) * (_YEAR_DAYS if found[2] == "y" else 1) if found else 0
    if days < LEAST_DAYS:
        raise ValueError(f"is no age; write 400d or 5y, {LEAST_DAYS}d at least")
    return days


Age = Annotated[int, BeforeValidator(age)]
"""Whole days."""


class Keep(BaseModel):
    """What `keep:` of a home says; content of a type that it does not name is kept for ever.

    Attributes:
        at: hour in Viet Nam time at which erasing begins each night.
        types: by type for how long content is kept once all that came of the message is closed.
        rejected: for how long what was turned away at the door is kept as it came.
    """

    model_config = STRICT

    at: Hour = time(1, 30)
    types: dict[str, Age] = {}
    rejected: Age | None = None

"""How a home wants a system reconciled: at which hour, how far back, and how gently it is asked."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from lgsp.measures import STRICT, Hour, PerSecond, Seconds


class Reconcile(BaseModel):
    """What `reconcile:` of a system says.

    Attributes:
        at: hour in Viet Nam time at which a run begins by itself each day; without one only people ask.
        days: how many days before that the dossiers were received that such a run looks at.
        concurrency: so many questions to the system at once, beside what is being sent to it.
        rate: questions a second at most.
        late: what is on its way for longer is late.
    """

    model_config = STRICT

    at: Hour | None = None
    days: int = Field(45, ge=1, le=3660)
    concurrency: int = Field(4, ge=1, le=64)
    rate: PerSecond | None = None
    late: Annotated[Seconds, Field(gt=0)] = 3600.0

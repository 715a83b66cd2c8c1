"""What a home says of deliveries to a system: how many at once, how fast, and with how much patience."""

from __future__ import annotations

from pydantic import BaseModel, Field

from lgsp.measures import STRICT, PerSecond, Seconds


class Delivery(BaseModel):
    """How deliveries to a system are made.

    Attributes:
        concurrency: how many at once.
        rate: how many a second at most, where a ministry asks for it.
        settle: how long a line waits after an uncertain attempt, so that a late one has landed.
        retry: the intervals of patience after failures that concern the message; then it is exhausted.
        window: how many deliveries the broker holds of this system; the rest waits in the journal.
        timeout: the bound on one attempt, whatever the adapter does.
        suspend_after: uncatalogued answers for this many different keys, with no success between, suspend it.
        park: how long an event waits for its anchor before it expires.
        probe: intervals at which a suspended system is tried.
        ca: a file of authorities (PEM) whom this system's certificate may come from, beside those that the
            machine trusts; for this system alone.
    """

    model_config = STRICT

    concurrency: int = Field(16, ge=1, le=1000)
    rate: PerSecond | None = None
    settle: Seconds = 5.0
    retry: list[Seconds] = Field(default=[10.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0], min_length=1)
    window: int = Field(1000, ge=1, le=100_000)
    timeout: Seconds = 120.0
    suspend_after: int = Field(8, ge=2, le=1000)
    park: Seconds = 7 * 86400.0
    probe: list[Seconds] = Field(default=[0.2, 0.5, 1.0, 2.0, 4.0], min_length=1)
    ca: str = ""

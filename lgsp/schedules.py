"""When a job's turn comes: what a home says of it, and how long it waits after a run that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from lgsp.measures import STRICT, Hour, PerSecond, Seconds
from lgsp.message import VIETNAM

_DAY = 86400.0
_MICROS = 1_000_000
_FIRST, _SOON, _LATEST = 300.0, 900.0, 3600.0
"""Seconds: the first wait after a failure at most; up to which all waits may grow; and those of rare jobs."""
_DOUBLINGS = 20


class Job(BaseModel):
    """One fetch that a home schedules: every so often, at an hour of each day, or both.

    Attributes:
        every: from the beginning of one run to that of the next; with `at` whole days.
        at: hour in Viet Nam time.
        rate: pages a second at most.
        timeout: the bound on one page, and on telling the far side that we have it.
        paused: it runs only when a person asks for it.
    """

    model_config = STRICT

    every: Annotated[Seconds, Field(ge=1)] | None = None
    at: Hour | None = None
    rate: PerSecond | None = None
    timeout: Annotated[Seconds, Field(gt=0)] = 600.0
    paused: bool = False

    @model_validator(mode="after")
    def _is_a_schedule(self) -> Self:
        if self.every is None and self.at is None:
            raise ValueError('says not when; give it `every: 30s`, or `at: "02:30"`')
        if self.every is not None and self.at is not None and self.every % _DAY:
            raise ValueError(
                "has an hour, but no whole days between runs; write `every: 1d`, or leave it out"
            )
        return self

    @property
    def interval(self) -> float:
        """Seconds from one run to the next."""
        return self.every or _DAY

    def due(self, past: Past) -> int:
        """Return when its turn comes, in microseconds; a time that has gone by is now."""
        if past.started is None:
            return past.since if self.at is None else self._at_hour(past.since, 1)
        if past.ended is not None and past.cut_short:
            return max(past.ended, past.rest)
        if past.ended is not None and past.failures:
            return max(past.ended + int(self.patience(past.failures) * _MICROS), past.rest)
        regular = past.started + int(self.interval * _MICROS)
        return max(regular if self.at is None else self._at_hour(past.started, self._days), past.rest)

    def patience(self, failures: int) -> float:
        """Return how many seconds it waits after so many failures in a row."""
        longest = min(max(self.interval, _SOON), _LATEST)
        return min(min(self.interval, _FIRST) * 2.0 ** min(failures - 1, _DOUBLINGS), longest)

    @property
    def _days(self) -> int:
        return int(self.interval // _DAY)

    def _at_hour(self, after: int, days: int) -> int:
        """Return the hour on the n-th day on which it is still to come after a moment."""
        assert self.at is not None  # noqa: S101 - asked of those that have one
        moment = datetime.fromtimestamp(after / _MICROS, VIETNAM)
        first = datetime.combine(moment, self.at, VIETNAM)
        first += timedelta(days=days - (first > moment))
        return int(first.timestamp() * _MICROS)


@dataclass(slots=True, frozen=True)
class Past:
    """What a job's next turn is reckoned from; times are microseconds of the journal's clock.

    Attributes:
        since: when it was first seen.
        started: when its last run began; None before the first.
        ended: when that ended; None while it runs.
        failures: runs that failed since one that did not.
        cut_short: the last run was ended on purpose, before it was through.
        rest: before this the far side does not want to be asked again.
    """

    since: int
    started: int | None = None
    ended: int | None = None
    failures: int = 0
    cut_short: bool = False
    rest: int = 0

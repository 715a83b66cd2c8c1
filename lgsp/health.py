"""Whether a system is being sent to, how fast, and when a suspended one is tried. Pure; no clock, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from lgsp.errors import Scope, Unavailable

_CALM = 50
"""Successes after which a threshold that was raised is lowered again."""


class Standing(Enum):
    """Whether a system is being sent to."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    PAUSED = "paused"


@dataclass(slots=True)
class Health:
    """What the last answers say of one system.

    Times are seconds of one monotonic clock that the caller reads. A failure of the system suspends it; so do
    failures of `suspend_after` different lines with no success between. One real delivery then tries the
    water; its success resumes with a ramp that doubles at each success.

    Attributes:
        limit: how many may be sent at once now.
        drawn: lines that failed since the last success; a trial takes another line first.
        since: when the present standing began.
    """

    concurrency: int
    suspend_after: int
    probe: Sequence[float]
    standing: Standing = Standing.RUNNING
    cause: str = ""
    since: float = 0.0
    limit: int = 0
    drawn: set[bytes] = field(default_factory=set)
    next_trial: float = 0.0
    _threshold: int = 0
    _failures: int = 0
    _successes: int = 0

    def __post_init__(self) -> None:
        self.limit = self.limit or self.concurrency
        self._threshold = self._threshold or self.suspend_after

    @property
    def running(self) -> bool:
        """Tell whether deliveries may be claimed."""
        return self.standing is Standing.RUNNING

    def succeeded(self, now: float) -> bool:
        """Note an answer that shows the system at work (a refusal is one); return True if it resumes."""
        self.drawn.clear()
        self._successes += 1
        if self._successes >= _CALM:
            self._successes, self._threshold = 0, max(self.suspend_after, self._threshold // 2)
        if self.standing is Standing.SUSPENDED:
            self.resume(now)
            return True
        self.limit = min(self.concurrency, self.limit * 2)
        return False

    def failed(self, line: bytes, fault: Unavailable, started: float, now: float) -> Scope:
        """Note a failure of a delivery that began at `started`; return whose failure it is.

        What began before the last change of standing is no news: it is the system's, and suspends nobody.
        """
        self.drawn.add(line)
        self._successes = 0
        if self.standing is not Standing.RUNNING or (fault.scope is Scope.SYSTEM and started <= self.since):
            if self.standing is Standing.SUSPENDED and started > self.since:
                self._again(fault, now)
            return Scope.SYSTEM
        if fault.scope is Scope.SYSTEM:
            self.suspend(fault.cause, now, fault.after)
            return Scope.SYSTEM
        if len(self.drawn) >= self._threshold:
            self._threshold = min(self._threshold * 2, self.suspend_after * 16)
            self.suspend(fault.cause, now, fault.after)
            return Scope.SYSTEM
        return Scope.MESSAGE

    def suspend(self, cause: str, now: float, after: float | None = None) -> None:
        """Stop sending; the first trial comes soon."""
        self.standing, self.cause, self.since = Standing.SUSPENDED, cause, now
        self._failures = 0
        self.next_trial = now + max(self.probe[0], min(after or 0.0, 3600.0))

    def _again(self, fault: Unavailable, now: float) -> None:
        self._failures = min(self._failures + 1, len(self.probe) - 1)
        self.next_trial = now + max(self.probe[self._failures], min(fault.after or 0.0, 3600.0))

    def resume(self, now: float) -> None:
        """Send again, one at a time at first."""
        self.standing, self.cause, self.since, self.limit = Standing.RUNNING, "", now, 1

    def pause(self, now: float) -> None:
        """Stop sending because a person says so."""
        self.standing, self.cause, self.since = Standing.PAUSED, "paused", now

"""Whether a system is being sent to, how fast, and when a suspended one is tried. Pure; no clock, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from lgsp.errors import Scope, Unavailable

_CALM = 50
"""Successes after which a threshold that was raised is lowered again."""
_MOST_DRAWN = 1000
"""Lines that are remembered for having failed: a system may be away for weeks, and each trial adds one."""
LONGEST_WAIT = 3600.0
"""Seconds to which a system is believed that says after what time to try it again."""


class Standing(Enum):
    """Whether a system is being sent to."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    DRAINING = "draining"
    PAUSED = "paused"


_SENDING = frozenset({Standing.RUNNING, Standing.DRAINING})
_RESTING = frozenset({Standing.DRAINING, Standing.PAUSED})


@dataclass(slots=True)
class Health:
    """What the last answers say of one system.

    Times are seconds of one monotonic clock that the caller reads. A failure of the system suspends it; so do
    failures of `suspend_after` different lines with no success between. One real delivery then tries the
    water; its success resumes with a ramp that doubles at each success. A person pauses it, or drains it:
    what the broker holds and the lines under way are finished, nothing more goes to the broker, and then it
    is paused.

    What a system allows it allows the whole installation: where several processes send to it, each is told
    its `share`, of what may be sent at once, of the rate and of the ramp.

    Attributes:
        concurrency: how many the system takes at once, from all processes together.
        slots: this process's part of that; 0 where there are more processes than places.
        limit: how many this process may send at once now.
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
    slots: int = 0
    workers: int = 1
    drawn: set[bytes] = field(default_factory=set)
    next_trial: float = 0.0
    _threshold: int = 0
    _failures: int = 0
    _successes: int = 0

    def __post_init__(self) -> None:
        self.slots = self.concurrency
        self.limit = self.limit or self.slots
        self._threshold = self._threshold or self.suspend_after

    @property
    def running(self) -> bool:
        """Tell whether deliveries may be claimed."""
        return self.standing in _SENDING

    @property
    def filling(self) -> bool:
        """Tell whether deliveries may be brought to the broker: not where a person wants rest."""
        return self.standing not in _RESTING

    def share(self, workers: int, place: int | None = None) -> None:
        """Take this process's part of what the system allows, now that `workers` processes send to it.

        Args:
            workers: how many are alive, this one among them.
            place: which of them this one is, from 0, in an order on which they agree. With it the parts add
                up to the concurrency exactly, and who is beyond it gets none; without it everybody gets at
                least one.
        """
        before, self.workers = self.slots, max(1, workers)
        each, left = divmod(self.concurrency, self.workers)
        self.slots = max(1, each) if place is None else each + (place < left)
        ramping = self.limit < before
        self.limit = min(self.limit, self.slots) if ramping else self.slots

    def part(self, rate: float | None) -> float | None:
        """Return this process's part of a rate that the system asks for; None is no bound."""
        return None if rate is None else rate / min(self.workers, self.concurrency)

    def succeeded(self, now: float) -> bool:
        """Note an answer that shows the system at work (a refusal is one); return True if it resumes."""
        self.drawn.clear()
        self._successes += 1
        if self._successes >= _CALM:
            self._successes, self._threshold = 0, max(self.suspend_after, self._threshold // 2)
        if self.standing is Standing.SUSPENDED:
            self.resume(now)
            return True
        self.limit = min(self.slots, self.limit * 2)
        return False

    def failed(self, line: bytes, fault: Unavailable, started: float, now: float) -> Scope:
        """Note a failure of a delivery that began at `started`; return whose failure it is.

        What began before the last change of standing is no news: it is the system's, and suspends nobody.
        An answer that was named as one of the message alone shows the system at work.
        """
        if fault.known and fault.scope is Scope.MESSAGE:
            self.succeeded(now)
            return Scope.MESSAGE
        self._draw(line)
        self._successes = 0
        if not self.running or (fault.scope is Scope.SYSTEM and started <= self.since):
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

    def _draw(self, line: bytes) -> None:
        """Keep a line that failed; of so many that none is news any other one is let go for it."""
        if line not in self.drawn and len(self.drawn) >= max(_MOST_DRAWN, self._threshold):
            self.drawn.pop()
        self.drawn.add(line)

    def suspend(self, cause: str, now: float, after: float | None = None) -> None:
        """Stop sending; the first trial comes soon. A drain ends with it: nobody is there to finish it."""
        ends = Standing.PAUSED if self.standing is Standing.DRAINING else Standing.SUSPENDED
        self._stand(ends, cause, now)
        self._failures = 0
        self.next_trial = now + max(self.probe[0], min(after or 0.0, LONGEST_WAIT))

    def _again(self, fault: Unavailable, now: float) -> None:
        self._failures = min(self._failures + 1, len(self.probe) - 1)
        self.next_trial = now + max(self.probe[self._failures], min(fault.after or 0.0, LONGEST_WAIT))

    def resume(self, now: float) -> None:
        """Send again, one at a time at first: of all processes together, as many as there are of them."""
        self._stand(Standing.RUNNING, "", now)
        self.limit = min(1, self.slots)

    def pause(self, now: float) -> None:
        """Stop sending because a person says so."""
        self._stand(Standing.PAUSED, "paused", now)

    def drain(self, now: float) -> None:
        """Finish what is on its way because a person says so; what is not running is paused at once."""
        if self.standing is Standing.RUNNING:
            self._stand(Standing.DRAINING, "draining", now)
        elif self.standing is not Standing.DRAINING:
            self.pause(now)

    def drained(self, now: float) -> None:
        """Note that a drain is at its end."""
        if self.standing is Standing.DRAINING:
            self._stand(Standing.PAUSED, "drained", now)

    def learn(self, standing: Standing, cause: str, now: float) -> bool:
        """Take over what another process recorded; return True if that is news.

        A suspension is tried at the times that this process chooses; a resume begins with the ramp.
        """
        if standing is self.standing:
            return False
        self._stand(standing, cause, now)
        if standing is Standing.SUSPENDED:
            self._failures, self.next_trial = 0, now + self.probe[0]
        elif standing is Standing.RUNNING:
            self.resume(now)
        return True

    def _stand(self, standing: Standing, cause: str, now: float) -> None:
        self.standing, self.cause, self.since = standing, cause, now

"""Killing a process at one step of a message's walk, by wrapping the journal and the broker it stands on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lgsp.broker.contract import Broker
from lgsp.broker.standing import BrokerStanding
from lgsp.errors import ConfigError
from lgsp.journal.contract import Arrival, Journal, Taken, Transaction
from lgsp.journal.turns import Claim, Frame, Outcome, Settled

T = TypeVar("T")
VARIABLE = "LGSP_CRASH_AT"
STEPS: Mapping[str, str] = {
    "judged": "a request is read and judged, and nothing of it written",
    "accepted": "the acceptance is committed; neither frames nor answer are out",
    "published": "the frames are handed to the broker; the client has no answer",
    "taken": "frames came, and nothing is claimed",
    "claimed": "the claim is committed; nothing is sent, no frame acknowledged",
    "acknowledged": "the frames are acknowledged while the far side is being told",
    "told": "the far side has answered, and nobody wrote it down",
    "settled": "the outcome is committed; what got its turn by it is not on its way",
    "deciding": "an act of the clock has made its statements, and not committed them",
    "decided": "an act of the clock is committed; its frames are not out",
    "recovering": "what a dead process was sending is being lapsed, and that is not committed",
}
"""Where a process can be told to die, and what has happened by then."""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class Trap:
    """Springs when a step is passed for the n-th time.

    Attributes:
        step: of `STEPS`; none never springs.
        count: how often it is still to be passed.
        spring: what happens then.
    """

    step: str = ""
    count: int = 0
    spring: Callable[[], None] = _die

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Trap:
        """Return the trap that the environment sets: `LGSP_CRASH_AT=<step>:<n>`.

        Raises:
            ConfigError: there is no such step.
        """
        step, _, count = environment.get(VARIABLE, "").partition(":")
        if step and (step not in STEPS or not count.isdigit()):
            raise ConfigError([f"{VARIABLE}: write <step>:<n>; the steps are {', '.join(STEPS)}"])
        return cls(step, int(count or 0))

    def passed(self, step: str) -> None:
        """Note that a step was passed."""
        if step == self.step:
            self.count -= 1
            if self.count == 0:
                self.spring()


class TrappedJournal:
    """A journal in which a process dies at a step."""

    def __init__(self, journal: Journal, trap: Trap) -> None:
        self._journal = journal
        self._trap = trap
        self.collecting = journal.collecting
        self.keys = journal.keys

    async def accept(self, arrival: Arrival) -> Taken:
        """See `Journal.accept`."""
        self._trap.passed("judged")
        taken = await self._journal.accept(arrival)
        self._trap.passed("accepted")
        return taken

    async def claim(self, frames: Sequence[Frame], worker: int) -> list[Claim]:
        """See `Journal.claim`."""
        self._trap.passed("taken")
        claims = await self._journal.claim(frames, worker)
        if claims:
            self._trap.passed("claimed")
        return claims

    async def settle(self, outcome: Outcome) -> Settled:
        """See `Journal.settle`."""
        self._trap.passed("told")
        settled = await self._journal.settle(outcome)
        self._trap.passed("settled")
        return settled

    async def write(self, act: Callable[[Transaction], T]) -> T:
        """See `Journal.write`."""

        def watched(tx: Transaction) -> T:
            seen = _Watching(tx)
            answer = act(seen)
            self._trap.passed("deciding")
            if seen.lapsed:
                self._trap.passed("recovering")
            return answer

        answer = await self._journal.write(watched)
        self._trap.passed("decided")
        return answer

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """See `Journal.read`."""
        return await self._journal.read(query)

    async def tend(self) -> None:
        """See `Journal.tend`."""
        await self._journal.tend()

    async def close(self) -> None:
        """See `Journal.close`."""
        await self._journal.close()


class _Watching:
    """A transaction that notices when deliveries lapse in it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.now = tx.now
        self.collecting = tx.collecting
        self.keys = tx.keys
        self.lapsed = False
        self.rows = tx.rows
        self.among = tx.among
        self.lock = tx.lock
        self.horizon = tx.horizon
        self.ids = tx.ids

    def run(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """See `Transaction.run`."""
        self._tx.run(sql, rows)
        self.lapsed = self.lapsed or (bool(rows) and "lapses = lapses + 1" in sql)


class TrappedBroker:
    """A broker at which a process dies at a step."""

    def __init__(self, broker: Broker, trap: Trap) -> None:
        self._broker = broker
        self._trap = trap

    def lost(self) -> list[Frame]:
        """See `Watched.lost`."""
        return self._broker.lost()

    def standing(self) -> BrokerStanding:
        """See `Watched.standing`."""
        return self._broker.standing()

    async def declare(self, systems: Iterable[str]) -> None:
        """See `Broker.declare`."""
        await self._broker.declare(systems)

    def publish(self, frames: Sequence[Frame]) -> None:
        """See `Broker.publish`."""
        self._broker.publish(frames)
        if frames:
            self._trap.passed("published")

    async def take(self, system: str, limit: int) -> list[Frame]:
        """See `Broker.take`."""
        return await self._broker.take(system, limit)

    def done(self, frames: Sequence[Frame]) -> None:
        """See `Broker.done`."""
        self._broker.done(frames)
        if frames:
            self._trap.passed("acknowledged")

    def reject(self, frames: Sequence[Frame]) -> None:
        """See `Broker.reject`."""
        self._broker.reject(frames)

    def depth(self, system: str) -> int:
        """See `Broker.depth`."""
        return self._broker.depth(system)

    async def close(self) -> None:
        """See `Broker.close`."""
        await self._broker.close()

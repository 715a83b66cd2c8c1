"""How each system answered in the last hours, worked out once for all who look."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from lgsp.journal import pulse
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.figures import CAME, DELIVERED, DIED, HELD, PUT_OFF, SLOT, TURNED_AWAY
from lgsp.journal.pulse import Took

SLOTS = 36
"""So many slots of ten minutes, the one that goes on among them: six hours."""
_AT_ONCE = 6
_SETTLED = 60_000_000
"""So long after its end a slot changes no more, in microseconds: entries come in blocks."""


@dataclass(slots=True, frozen=True)
class Beat:
    """One slot of one system.

    Attributes:
        start: its beginning, in microseconds.
        dead: refused, exhausted or expired.
        came: messages that the system brought and that were taken on; beside it what was turned away.
        took: how long attempts took; None where none was looked at.
    """

    start: int
    delivered: int = 0
    put_off: int = 0
    held: int = 0
    dead: int = 0
    came: int = 0
    turned_away: int = 0
    took: Took | None = None

    @property
    def all(self) -> int:
        """Return how many outcomes there were."""
        return self.delivered + self.failed

    @property
    def failed(self) -> int:
        """Return how many of them were no deliveries."""
        return self.put_off + self.held + self.dead


@dataclass(slots=True, frozen=True)
class Rate:
    """How it goes now.

    Attributes:
        per_minute: outcomes of deliveries to the system.
        failed: which share of them were no deliveries; None without any.
        came: messages a minute that the system brought.
    """

    per_minute: float
    failed: float | None
    came: float


@dataclass(slots=True, frozen=True)
class Pulse:
    """All systems in the last hours; `now` is the journal's time."""

    now: int
    systems: dict[str, dict[int, Beat]] = field(default_factory=dict)

    def beats(self, system: str) -> list[Beat]:
        """Return the slots of a system, the earliest first, those without anything among them."""
        last = self.now // SLOT * SLOT
        known = self.systems.get(system, {})
        starts = range(last - (SLOTS - 1) * SLOT, last + 1, SLOT)
        return [known.get(start, Beat(start)) for start in starts]

    def rate(self, system: str) -> Rate:
        """Return how a system goes now: in the slot that goes on and the one before it."""
        recent = self.beats(system)[-2:]
        every, failed = sum(one.all for one in recent), sum(one.failed for one in recent)
        came = sum(one.came for one in recent)
        minutes = (self.now - recent[0].start) / 60_000_000
        return Rate(every / minutes, failed / every if every else None, came / minutes)


class Pulses:
    """Keeps what changes no more, so that a look costs what is new; old slots come by and by."""

    def __init__(self) -> None:
        self._took: dict[int, dict[str, Took]] = {}
        self._edges: dict[int, int] = {}
        self._lock = asyncio.Lock()

    async def look(self, journal: Journal) -> Pulse:
        """Return how the systems answered until now."""
        async with self._lock:
            return await journal.read(self._look)

    def _look(self, tx: Transaction) -> Pulse:
        last = tx.now // SLOT * SLOT
        first = last - (SLOTS - 1) * SLOT
        self._forget(first)
        self._sample(tx, last)
        made: dict[str, dict[int, Beat]] = {}
        for system, slots in pulse.counted(tx, first).items():
            made[system] = {start: self._beat(system, start, kinds) for start, kinds in slots.items()}
        return Pulse(tx.now, made)

    def _beat(self, system: str, start: int, kinds: dict[str, int]) -> Beat:
        def many(kind: str) -> int:
            return kinds.get(kind, 0)

        return Beat(
            start,
            delivered=many(DELIVERED),
            put_off=many(PUT_OFF),
            held=many(HELD),
            dead=many(DIED),
            came=many(CAME),
            turned_away=many(TURNED_AWAY),
            took=self._took.get(start, {}).get(system),
        )

    def _forget(self, first: int) -> None:
        for kept in (self._took, self._edges):
            for start in [start for start in kept if start < first]:
                del kept[start]

    def _sample(self, tx: Transaction, last: int) -> None:
        """Look at the newest slots that are not known for good."""
        wanted = [last - n * SLOT for n in range(SLOTS)]
        unknown = [start for start in wanted if start not in self._took or start + SLOT + _SETTLED > tx.now]
        for start in unknown[:_AT_ONCE]:
            self._took[start] = pulse.took(tx, self._edge(tx, start), self._edge(tx, start + SLOT))

    def _edge(self, tx: Transaction, moment: int) -> int:
        """Return the first entry of a slot; what is settled is asked for once."""
        if moment in self._edges:
            return self._edges[moment]
        found = pulse.first_after(tx, moment)
        if moment + _SETTLED <= tx.now:
            self._edges[moment] = found
        return found

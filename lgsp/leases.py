"""A process's lease on its own life: the heartbeat, the fence before the first byte, and duties for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

import structlog

from lgsp.errors import GatewayError
from lgsp.journal import leasing
from lgsp.journal.contract import Journal, Transaction

log = structlog.get_logger(__name__)
BEAT = 2.0
"""Seconds between two heartbeats."""
LEASE = 10.0
"""Seconds after its last heartbeat at which a process counts as dead: what it was sending lapses."""
DUTY = 6.0
"""Seconds that a duty is held without being renewed."""
_MICROS = 1_000_000
_RETRY = 0.25

SERVE, WORK, JOBS = "serve", "work", "jobs"
ALL_ROLES = frozenset({SERVE, WORK, JOBS})


def always(_: Transaction) -> bool:
    """Hold a duty without asking: there is one process."""
    return True


def _unheard(_: int) -> None:
    return


class ProcessLease:
    """One process among the workers of a journal.

    Its number is its incarnation. While `holds` says so it may begin to send; the moment is counted from when
    the last heartbeat that succeeded was *sent*, on the clock of this machine, so that this process stops
    before any other takes it for dead.

    Args:
        journal: where it is enlisted.
        name: how people find it: host and pid.
        roles: what it does.
        systems: those it sends to; empty is all.
        entered: told each number under which it is enlisted.
        clock: seconds that never run back.

    Attributes:
        set_back: the journal's clock may have been ahead of what it is now; cleared by whoever sees to that.
    """

    def __init__(  # noqa: PLR0913 - what others see of it, and what it tells
        self,
        journal: Journal,
        name: str,
        roles: Collection[str] = ALL_ROLES,
        *,
        systems: Collection[str] = (),
        entered: Callable[[int], None] = _unheard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._entered = entered
        self._name = name
        self._roles = roles_text(roles, systems)
        self._clock = clock
        self._sent = self._steady_since = float("-inf")
        self._beat_at = 0
        self.number = 0
        self.published = 0
        self.set_back = True  # before this process came: nobody knows

    async def enter(self, published: int = 0) -> int:
        """Enlist, and return the number."""
        self.published = published or self.published
        sent = self._clock()
        self.number, now = await self._journal.write(
            lambda tx: (leasing.enlist(tx, self._name, self._roles, self.published), tx.now)
        )
        self._beaten(sent, now)
        self._entered(self.number)
        return self.number

    def holds(self, worker: int | None = None) -> bool:
        """Tell whether this incarnation (or the one that made a claim) may begin to send."""
        return worker in (None, self.number) and self._clock() - self._sent < LEASE

    def steady(self, now: int) -> bool:
        """Tell whether the journal, whose clock says `now`, has been there without a gap for a whole lease.

        Only then may the silence of others be taken for their death.
        """
        since = self._clock() - self._steady_since
        return self.holds() and since >= LEASE and 0 <= now - self._beat_at < LEASE / 2 * _MICROS

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            began = self._clock()
            try:
                await self.beat()
                pause = BEAT
            except GatewayError as fault:
                log.warning("heart beat failed; trying again", fault=str(fault))
                pause = _RETRY
            except Exception:
                log.exception("heart beat failed; trying again")
                pause = _RETRY
            await asyncio.sleep(max(_RETRY, pause - (self._clock() - began)))

    async def beat(self) -> None:
        """Say that this process lives; one that was taken for dead enlists anew."""
        sent, worker, version = self._clock(), self.number, self.published
        lives, now = await self._journal.write(lambda tx: (leasing.beat(tx, worker, version), tx.now))
        if lives:
            self._beaten(sent, now)
        else:
            await self.enter()
            log.warning("taken for dead; enlisted anew", worker=worker, now=self.number)

    async def leave(self) -> None:
        """Note the end. What this process held is free."""
        worker, self._sent = self.number, float("-inf")
        try:
            await self._journal.write(lambda tx: leasing.leave(tx, worker))
        except GatewayError as fault:
            log.warning("leaving failed; the lease runs out", worker=worker, fault=str(fault))

    def _beaten(self, sent: float, now: int) -> None:
        gap = max(sent - self._sent, abs(now - self._beat_at) / _MICROS)
        if gap > LEASE / 2:
            self._steady_since = sent
        self.set_back = self.set_back or now < self._beat_at
        self._sent, self._beat_at = sent, now


class Duty:
    """Something that one process does for all: sweeping, dispatching, trying a suspended system."""

    def __init__(self, name: str, lease: ProcessLease, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._lease = lease
        self._clock = clock
        self._seen = float("-inf")
        self._held = False

    def held(self, tx: Transaction) -> bool:
        """Tell, inside the transaction of the act itself, whether this process is the one; renew if so."""
        began = self._clock()
        held = self._lease.holds() and leasing.hold(tx, self.name, self._lease.number, int(DUTY * _MICROS))
        if held is not self._held:
            log.info("duty taken" if held else "duty lost", duty=self.name, worker=self._lease.number)
        self._held, self._seen = held, began if held else float("-inf")
        return held

    def mine(self) -> bool:
        """Tell whether this process was the one a moment ago: good enough for what is harmless if doubled."""
        return self._clock() - self._seen < DUTY / 2


def roles_text(roles: Collection[str], systems: Collection[str] = ()) -> str:
    """Return roles as the journal keeps them: `serve,work:a b,jobs`."""
    named = {role: role for role in sorted(roles)}
    if WORK in named and systems:
        named[WORK] = f"{WORK}:{' '.join(sorted(systems))}"
    return ",".join(named.values())


def works_for(roles: str, system: str) -> bool:
    """Tell whether a process of these roles sends to a system."""
    for role in roles.split(","):
        name, _, systems = role.partition(":")
        if name == WORK:
            return not systems or system in systems.split(" ")
    return False

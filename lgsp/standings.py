"""Whether systems are sent to, as all processes hold it: written by one, followed by the others."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping

import structlog

from lgsp.gateway import Counterpart, Gateway
from lgsp.health import LONGEST_WAIT, Standing
from lgsp.journal import leasing, sweeping
from lgsp.journal.contract import Transaction
from lgsp.journal.leasing import Stand

log = structlog.get_logger(__name__)
_MICROS = 1_000_000
_UNKNOWN = Stand(Standing.RUNNING.value, "", 0)
_TRIED_ELSEWHERE = 1.0
"""Seconds after which a process asks again whether it may try a system that another one is trying."""


def _nothing(_: str) -> None:
    return


class Standings:
    """What this process and the journal hold of each system.

    A change that this process makes is written on the standing it rests on: if another process, or a person,
    was quicker, theirs stays and is taken over here. What a person decides is recorded where it is decided.

    Args:
        gateway: whose counterparts, and whose journal.
        changed: told the name of each system whose standing changed, so that its lane looks again.
    """

    def __init__(self, gateway: Gateway, changed: Callable[[str], None] = _nothing) -> None:
        self._gateway = gateway
        self._changed = changed
        self._known: dict[str, Stand] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def load(self) -> None:
        """Begin as the journal has it: a paused system stays paused, a suspended one is tried at once."""
        self.follow(await self._gateway.journal.read(leasing.stands))
        for to in self._gateway.counterparts.values():
            to.health.next_trial = 0.0

    def follow(self, stands: Mapping[str, Stand]) -> None:
        """Take over what others recorded since the last look."""
        for name, stand in stands.items():
            to = self._gateway.counterparts.get(name)
            if to is not None and stand.since > self._of(name).since and self._told(to):
                self._take_over(to, stand)

    async def note(self, to: Counterpart) -> None:
        """Write a change of standing that this process made to the journal; release what waited for it."""
        if self._told(to):
            return
        async with self._locks[to.name]:
            known, standing = self._of(to.name), to.health.standing
            change = Stand(standing.value, to.health.cause, known.since)
            if change.state == known.state:
                return
            log.warning("standing changed", system=to.name, standing=change.state, cause=change.cause)
            wrote = await self._gateway.journal.write(lambda tx: self._write(tx, to, change, known))
            if wrote is None:
                await self._overtaken(to)
                return
            self._known[to.name] = wrote
            if standing is Standing.RUNNING:
                to.window.look_again()
            self._changed(to.name)

    def _write(self, tx: Transaction, to: Counterpart, change: Stand, known: Stand) -> Stand | None:
        wrote = leasing.change_standing(tx, to.name, change, who="gateway")
        if wrote is not None and change.state == Standing.RUNNING.value:
            sweeping.resume(tx, to.name, known.cause or None)
        if wrote is not None and change.state == Standing.SUSPENDED.value:
            self._reserve(tx, to)
        elif wrote is not None:
            leasing.free(tx, leasing.trial_of(to.name))
        return wrote

    async def _overtaken(self, to: Counterpart) -> None:
        stands = await self._gateway.journal.read(leasing.stands)
        self._take_over(to, stands.get(to.name, _UNKNOWN))

    def _take_over(self, to: Counterpart, stand: Stand) -> None:
        self._known[to.name] = stand
        if to.health.learn(Standing(stand.state), stand.cause, time.monotonic()):
            log.info("standing learnt", system=to.name, standing=stand.state, cause=stand.cause)
            to.window.look_again()
            self._changed(to.name)

    def _of(self, name: str) -> Stand:
        return self._known.get(name, _UNKNOWN)

    def _told(self, to: Counterpart) -> bool:
        """Tell whether nothing changed here that the journal does not know yet."""
        return to.health.standing.value == self._of(to.name).state

    # --- trials -----------------------------------------------------------------------------------------

    async def may_try(self, to: Counterpart) -> bool:
        """Tell whether this process is the one that tries a suspended system; if not, ask again later."""
        mine = await self._gateway.journal.write(lambda tx: self._reserve(tx, to))
        if not mine:
            to.health.next_trial = max(to.health.next_trial, time.monotonic() + _TRIED_ELSEWHERE)
        return mine

    def _reserve(self, tx: Transaction, to: Counterpart) -> bool:
        """Keep the trials of a system to this process until its next one is surely over."""
        wait = max(0.0, to.health.next_trial - time.monotonic())
        margin = 2 * to.spec.deliver.timeout + max(to.health.probe)
        lease, longest = int((wait + margin) * _MICROS), int((LONGEST_WAIT + margin) * _MICROS)
        trial, worker = leasing.trial_of(to.name), self._gateway.worker
        return leasing.acquire(tx, trial, worker, lease, longest=longest)

"""What stands between callers and endpoints: quotas, what is told of the rejected, bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from lgsp.allowances import NO_LIMITS, Limits, Rate, Taken
from lgsp.attempts import Attempts
from lgsp.bounds import Warrant, demand
from lgsp.callers import Bounds, Caller, calling
from lgsp.errors import Invalid, Problem, Throttled
from lgsp.gateway import Gateway
from lgsp.journal.quotas import most_at_once
from lgsp.quotas import Portion, Quotas
from lgsp.throttling import Throttle

TURNED_AWAY = "turned away"
_NOTHING_SHOWN = "none"
"""Who shows nothing at all guesses nothing."""
_BOUNDLESS = Bounds()
"""Always the same one: what it is good for is judged once, not with each request."""


def _unlimited(_: str) -> Limits:
    return NO_LIMITS


def _unjudged(_: str, __: Bounds | None) -> Warrant | None:
    return None


@dataclass(slots=True, frozen=True)
class Gate:
    """One for a process, however often its site is built anew.

    Attributes:
        quotas: what callers may still do; None limits nobody.
        attempts: where it is written down who was turned away; None writes nothing.
        throttle: how often an address may fail.
        of_system: the limits of a system, whichever credential it comes with.
        warrant: what a system's credential is good for; None where nothing is judged.
    """

    quotas: Quotas | None = None
    attempts: Attempts | None = None
    throttle: Throttle = field(default_factory=Throttle)
    of_system: Callable[[str], Limits] = _unlimited
    warrant: Callable[[str, Bounds | None], Warrant | None] = _unjudged

    def note(self, what: str, who: str, where: str, address: str, cause: str) -> None:
        """Take an attempt that was turned away at a door; see `Attempts.note`. Its address pays for it."""
        if cause != _NOTHING_SHOWN:
            self.throttle.count(address)
        self.report(what, who, where, address, cause)

    def report(self, what: str, who: str, where: str, address: str, cause: str) -> None:
        """Take an attempt of somebody who was let in, and may not do this."""
        if self.attempts is not None:
            self.attempts.note(what, who, where, address, cause)

    def knock(self, address: str) -> None:
        """Let somebody try who shows a wrong credential.

        Raises:
            Throttled: this address was turned away too often just now.
        """
        if wait := self.throttle.wait(address):
            raise Throttled(wait)

    async def pay(self, caller: Caller, what: Taken, count: int = 1) -> None:
        """Take from what a credential and its system may still do: from both, or from neither.

        Raises:
            Throttled: one of them is used up.
            Invalid: it is more than may ever be done at once.
            JournalError: the journal cannot tell.
        """
        if self.quotas is None or count < 1:
            return
        paid: list[tuple[str, Rate, Portion]] = []
        try:
            for subject, rate in self._limited(caller, what):
                paid.append((subject, rate, await _drawn(self.quotas, subject, what, rate, count)))
        except BaseException:  # also that the journal cannot tell, or that nobody waits for it any more
            for before, drawn, portion in paid:
                self.quotas.give_back(before, what, drawn, count, portion)
            raise

    def counts(self, caller: Caller, what: Taken) -> bool:
        """Tell whether anything is counted that a caller does so: `pay` has nothing to wait for else."""
        return self.quotas is not None and bool(self._limited(caller, what))

    def _limited(self, caller: Caller, what: Taken) -> list[tuple[str, Rate]]:
        """Return what limits a caller, by the names that quotas know: nothing, for most."""
        found: list[tuple[str, Rate]] = []
        if caller.credential and not (own := caller.limits.of(what)).free:
            found.append((f"credential {caller.credential}", own))
        if caller.system and not (shared := self.of_system(caller.system).of(what)).free:
            found.append((f"system {caller.system}", shared))
        return found

    def running(self) -> list[Coroutine[Any, Any, None]]:
        """Return what it does beside the requests, each until it is cancelled."""
        return [one.run() for one in (self.quotas, self.attempts) if one is not None]

    async def close(self) -> None:
        """Give back what was drawn and not used, and write down what was counted, if the journal takes it."""
        for one in (self.quotas, self.attempts):
            if one is not None:
                await one.close()


async def _drawn(quotas: Quotas, subject: str, what: Taken, rate: Rate, count: int) -> Portion:
    """Take from one quota, and return what it was taken from."""
    wait = await quotas.take(subject, what, rate, count)
    if wait == math.inf:
        raise Invalid([Problem("", "too-many", str(most_at_once(rate)))])
    if wait is not None:
        raise Throttled(wait)
    return quotas.portion(subject, what, rate)


def gate_of(gateway: Gateway) -> Gate:
    """Return the gate of a process; the routes in force say what each system may do."""
    journal = gateway.journal

    def limits(system: str) -> Limits:
        found = gateway.routes.systems.get(system)
        return NO_LIMITS if found is None else found.limits

    return Gate(Quotas(journal), Attempts(journal), of_system=limits, warrant=gateway.warrant)


def bounds_of(system: str) -> Bounds | None:
    """Return the bounds of whoever speaks for a system now; None for a person, whose own act it is.

    A façade that knows its system by another proof than a credential of ours speaks for all that it serves.
    """
    caller = calling.get()
    if caller is None or (caller.role is None and caller.system != system):
        return _BOUNDLESS
    return None if caller.role is not None else caller.bounds


def speaker(system: str) -> Caller:
    """Return whoever speaks for a system now, by what is known of it."""
    caller = calling.get()
    return Caller(system, system=system) if caller is None or caller.system != system else caller


def allowed(system: str, act: str) -> None:
    """Let whoever speaks for a system do what its credential was granted.

    Raises:
        Forbidden: it was not granted that.
    """
    demand(bounds_of(system), act)

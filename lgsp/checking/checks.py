"""Before a message is sent: what its route has checked, and whether it goes, waits, or is held.

- Nothing is asked in a sender's place: a delivery that wants an answer is put off, spends none of its
  patience, and is woken by the answer. It looks by itself too, so that it depends on no process being alive.
- What was found is evidence about its subject, and stands for newer messages that ask the same.
- What is found odd is noted on the message. What the route does not hold goes, with the note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from lgsp import outcomes
from lgsp.broker.contract import Broker
from lgsp.checking.asking import Questioner
from lgsp.checking.judging import Verdict, evidence_of, judged, made
from lgsp.domain.agencies.register import Register
from lgsp.journal import checks
from lgsp.journal.checks import WAITS, Evidence
from lgsp.journal.contract import Journal
from lgsp.journal.rows import CHECK
from lgsp.journal.states import State
from lgsp.journal.turns import Claim, Outcome
from lgsp.route_checks import CAUSES, RouteCheck
from lgsp.routes import Route, Routes

_MICROS = 1_000_000
_FOR_EVER = 3600.0
"""Seconds for which a question is kept that is waited for however long it takes: who waits puts it again."""


class By(Protocol):
    """Who delivers."""

    journal: Journal
    broker: Broker
    routes: Routes
    agencies: Register
    worker: int


class Checks:
    """Looks at deliveries before they are sent.

    Attributes:
        asking: puts the questions; whoever starts a process gives it by whom.
    """

    def __init__(self, by: By) -> None:
        self.asking = Questioner(by)
        self._by = by
        self._routes: Routes | None = None
        self._checked: dict[tuple[str, str], list[Route]] = {}

    async def __call__(self, claim: Claim) -> Outcome | None:
        """Return None for a delivery that goes; else what becomes of this attempt: it waits, or is held.

        Raises:
            JournalError: what is known cannot be read now.
        """
        checked = [one for said in self._declared(claim) if (one := made(said, claim.message)) is not None]
        if not checked:
            return None
        puts = [one.put for one in checked]
        known = await self._by.journal.read(lambda tx: checks.found(tx, puts))
        rests = {one.said.against: self.asking.rest(one.said.against) for one in checked}
        verdicts = [judged(one, known.get(one.put.asked), claim, rests[one.said.against]) for one in checked]
        if any(one.waits for one in verdicts):
            return await self._wait(claim, [one for one in verdicts if one.waits], known)
        return await self._tell(claim, verdicts)

    def _declared(self, claim: Claim) -> Sequence[RouteCheck]:
        """Return the checks of the live routes by which a message goes to a system, by the routes of now."""
        if self._by.routes is not self._routes:
            self._follow()
        message, routes = claim.message, self._checked.get((claim.message.type, claim.system))
        if routes is None:
            return ()
        return [said for one in routes if one.wants(message, self._by.agencies) for said in one.checks]

    def _follow(self) -> None:
        self._routes = self._by.routes
        self._checked = {}
        self.asking.forget_rests()
        for route in self._routes.routes:
            for system in route.systems if route.checks and route.mode == "live" else ():
                self._checked.setdefault((route.type, system), []).append(route)

    async def _wait(self, claim: Claim, waiting: Sequence[Verdict], known: Mapping[str, Evidence]) -> Outcome:
        anew = [one.check.put for one in waiting if one.anew]
        if anew:
            await self._by.journal.write(lambda tx: checks.want(tx, anew, known))
        now = claim.claimed_at
        for one in waiting:
            within = _FOR_EVER if one.word else (one.over - now) / _MICROS
            self.asking.put(one.check, claim.message, (claim.delivery, claim.attempt), within)
        cause = WAITS if any(not one.word for one in waiting) else CAUSES[waiting[0].word]
        return outcomes.waiting(
            claim, self._by.worker, cause, _named(waiting), min(one.pause(now) for one in waiting)
        )

    async def _tell(self, claim: Claim, verdicts: list[Verdict]) -> Outcome | None:
        held = [one for one in verdicts if one.held]
        await self._note(claim, [one for one in verdicts if one.odd], held)
        claim.checked = evidence_of(verdicts, claim.born or claim.claimed_at)
        if not held:
            return None
        return outcomes.ended(
            claim, self._by.worker, State.HELD, cause=CAUSES[held[0].word], said=_named(held),
            fields=held[0].fields, scope=CHECK,
        )  # fmt: skip

    async def _note(self, claim: Claim, odd: Sequence[Verdict], held: Sequence[Verdict]) -> None:
        """Note what is odd, once: an attempt that is not the first finds it noted."""
        message, findings = claim.message, [one.finding() for one in odd]
        new = [one for one in findings if one not in message.findings]
        if message.id is None or not (new or held):
            return
        uid, puts, keep = message.id, [one.check.put for one in odd], [one.check.put for one in held]
        await self._by.journal.write(lambda tx: checks.note(tx, puts, keep, claim.delivery, uid, findings))
        message.findings += new


def _named(verdicts: Sequence[Verdict]) -> str:
    return "; ".join(f"{one.check.said.name}: {one.check.said.against}" for one in verdicts)

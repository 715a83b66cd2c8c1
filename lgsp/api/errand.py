"""What a façade does in its system's name lies within bounds and quotas of the credential that came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from lgsp.adapter import Mailbox, Waiting
from lgsp.allowances import Taken
from lgsp.api.door import Door, arriving
from lgsp.api.gate import Gate, allowed, bounds_of, speaker
from lgsp.api.tollgate import PAID
from lgsp.bounds import COLLECT, demand_question
from lgsp.callers import Bounds, calling
from lgsp.enquiry import Ending, Enquiring, NoAnswer, Question, Reply
from lgsp.errors import Forbidden, Problem
from lgsp.message import Message

_LONGEST = 120.0
"""Seconds that anybody waits who does not say how long."""


class Errand:
    """Lets one system's façade go on, or not.

    Args:
        system: in whose name it speaks.
        gate: knows what its callers may still do.
    """

    def __init__(self, system: str, gate: Gate) -> None:
        self._system = system
        self._gate = gate

    async def begin(self, act: str) -> None:
        """Let an act of a request begin; a request whose credential nobody saw before pays here, once.

        Raises:
            Forbidden: the credential was not granted this act.
            Throttled: its quota is used up.
        """
        allowed(self._system, act)
        await self.pay()

    def demand_dossier(self, bounds: Bounds | None, code: str) -> None:
        """Let a question be put for a dossier of the agencies for which the credential speaks.

        Raises:
            Forbidden: it is another one's, or its code does not say whose.
        """
        warrant = self._gate.warrant(self._system, bounds)
        if warrant is not None:
            warrant.demand_dossier(code)

    def owes_nothing(self, what: Taken) -> bool:
        """Tell whether this request has paid, and nobody counts what it does."""
        scope = arriving.get()
        return (scope is None or PAID in scope) and not self._gate.counts(speaker(self._system), what)

    async def pay(self, items: int = 0, *, asks: int = 0) -> None:
        """Take a request, if it did not pay yet, and what it brings or asks from the quota.

        Raises:
            Throttled: it is used up.
            Invalid: it brings more than may ever be brought at once.
        """
        scope, caller = arriving.get(), speaker(self._system)
        if scope is not None and not scope.get(PAID):
            await self._gate.pay(caller, Taken.REQUESTS)
            scope[PAID] = True
        for what, count in ((Taken.ITEMS, items), (Taken.ASKS, asks)):
            if count:
                await self._gate.pay(caller, what, count)


class BoundMailbox:
    """See `lgsp.adapter.Mailbox`: one that only those come to who were granted to collect."""

    def __init__(self, box: Mailbox, errand: Errand) -> None:
        self._box = box
        self._errand = errand

    async def waiting(self, types: Collection[str], *, limit: int = 100) -> list[Waiting]:
        """See `Mailbox.waiting`."""
        await self._errand.begin(COLLECT)
        return await self._box.waiting(types, limit=limit)

    async def named(self, type_: str, subject: str) -> Waiting | None:
        """See `Mailbox.named`."""
        await self._errand.begin(COLLECT)
        return await self._box.named(type_, subject)

    async def count(self, types: Collection[str]) -> int:
        """See `Mailbox.count`."""
        await self._errand.begin(COLLECT)
        return await self._box.count(types)

    async def take(self, id: UUID) -> Message | None:  # noqa: A002 - as the contract names it
        """See `Mailbox.take`."""
        await self._errand.begin(COLLECT)
        return await self._box.take(id)

    async def done(self, id: UUID, note: str = "") -> bool:  # noqa: A002
        """See `Mailbox.done`."""
        await self._errand.begin(COLLECT)
        return await self._box.done(id, note)

    async def fail(self, id: UUID, why: str) -> bool:  # noqa: A002
        """See `Mailbox.fail`."""
        await self._errand.begin(COLLECT)
        return await self._box.fail(id, why)


class BoundEnquirer:
    """See `lgsp.enquiry.Enquirer`: one in a system's name, for whoever was granted to ask.

    Args:
        system: who asks, whatever a question says.
        enquirer: puts the questions.
        errand: of the system's façade.
    """

    def __init__(self, system: str, enquirer: Enquiring, errand: Errand) -> None:
        self._system = system
        self._enquirer = enquirer
        self._errand = errand

    async def ask(self, question: Question) -> Reply:
        """See `Enquirer.ask`.

        Raises:
            Forbidden: the credential was not granted this question; that it tried is in the journal.
            Throttled: its quota is used up.
            NoAnswer: also that its caller waits no more before that could be told.
        """
        forbidden = self._forbidden(question)
        within = await self._paid(question.within)
        if question.source != self._system or question.within != within:
            question = replace(question, source=self._system, within=within)
        if forbidden is not None:
            await self._enquirer.deny(question, forbidden.problems)
            raise forbidden
        return await self._enquirer.ask(question)

    def _forbidden(self, question: Question) -> Forbidden | None:
        """Return why the credential may not put a question; None where it may."""
        bounds = bounds_of(self._system)
        try:
            demand_question(bounds, question.type)
            self._errand.demand_dossier(bounds, question.dossier)
        except Forbidden as fault:
            return fault
        return None

    async def _paid(self, within: float | None) -> float | None:
        """Pay for a question, and return the seconds that are left of those that its caller waits."""
        if self._errand.owes_nothing(Taken.ASKS):
            return within
        began = time.monotonic()
        try:
            async with asyncio.timeout(_LONGEST if within is None else within):
                await self._errand.pay(asks=1)
        except TimeoutError:
            raise NoAnswer(Ending.LATE, "deadline-passed") from None
        return None if within is None else within - (time.monotonic() - began)


class AdmittedVisitors:
    """See `lgsp.enquiry.Visitors`: each asks in its own name, within its own bounds and quotas.

    Args:
        door: tells who comes.
        enquirer: puts the questions.
        gate: knows what callers may still do.
    """

    def __init__(self, door: Door, enquirer: Enquiring, gate: Gate) -> None:
        self._door = door
        self._enquirer = enquirer
        self._gate = gate

    def admit(self, credential: str = "") -> str:
        """See `Visitors.admit`."""
        caller = self._door.visitor(credential)
        scope = arriving.get()
        if caller is None and credential and scope is not None:
            self._gate.knock(self._door.address(scope))
        return "" if caller is None else caller.system

    async def ask(self, question: Question) -> Reply:
        """See `Visitors.ask`."""
        caller = calling.get()
        if caller is None or not caller.system:
            raise Forbidden([Problem("", "not-admitted")])
        own = BoundEnquirer(caller.system, self._enquirer, Errand(caller.system, self._gate))
        return await own.ask(question)

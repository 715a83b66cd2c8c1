"""Filling what is empty of a message from the catalogue of the system that it goes to, in what is sent alone.

- The stored body stays as its source told it: what was filled in is kept as evidence beside the attempt.
- All that is filled in one attempt comes from one version of one item. Which version that is does not matter:
  a resend after a doubtful attempt may carry newer names, never older ones, since an attempt that is not the
  first one looks for news before it fills (`Filler.learn`). For a snapshot that is harmless: the last one
  told stands, at a far side that was told twice as well.
- What names an item that the catalogue does not have (yet) waits, without spending the patience that failures
  at the far side need, for as long as that patience would last; then it goes as it is, and the far side
  judges. What needs nothing filled in never waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import orjson

from lgsp.adapter import Adapter
from lgsp.catalogue import Catalogues
from lgsp.errors import GatewayError
from lgsp.journal import job_orders, job_runs
from lgsp.journal.catalogues import ABSENT, UNLISTED
from lgsp.journal.contract import Journal, Transaction
from lgsp.journal.turns import Claim
from lgsp.routes import System

_MICROS = 1_000_000
_SOON, _LONG = 10 * _MICROS, 3600 * _MICROS
"""Microseconds after which what waits looks again, at the soonest and at the latest: it waits as long again
as it waited already. An item that comes makes it ready at once; this is for what the two could miss."""
WHO = "gateway"
"""Who asks for the first run of a job that a delivery waits for."""


class Waits(NamedTuple):
    """A delivery waits for an item of a catalogue.

    Attributes:
        cause: whether the catalogue or the item is not here.
        code: of the item.
        wait: microseconds until it looks again.
    """

    cause: str
    code: str
    wait: int


class To(Protocol):
    """The system that something is sent to."""

    name: str
    spec: System
    adapter: Adapter


async def _nothing() -> None:
    """Learn nothing: nobody follows the journal here."""


class Filler:
    """Fills messages on their way out.

    Attributes:
        learn: takes in what is new of catalogues, now.
    """

    def __init__(self, journal: Journal, catalogues: Catalogues) -> None:
        self.learn: Callable[[], Awaitable[None]] = _nothing
        self._journal = journal
        self._catalogues = catalogues
        self._asked: set[tuple[str, str]] = set()

    async def complete(self, to: To, claim: Claim) -> Waits | None:
        """Fill in what the system's catalogue says, or tell that the delivery waits for it.

        The claim's message is replaced by one that is filled in, and its `completed` says how.
        """
        job, rule = (
            to.adapter.completes.get(claim.message.type),
            self._catalogues.rules.get(claim.message.type),
        )
        if job is None or rule is None or not rule.empty(claim.message.data):
            return None
        if claim.attempt > 1 and not await self._learnt():  # an earlier one may have known more
            return Waits(ABSENT, "", _SOON)
        waits = self._filled(claim) if job not in to.spec.jobs else self._filled(claim, to.spec.deliver.retry)
        if waits is not None and waits.cause == ABSENT:
            await self._ask_for(to, job)
        return waits

    def _filled(self, claim: Claim, patience: Sequence[float] | None = None) -> Waits | None:
        """Fill a claim's message from the catalogue of its system.

        Args:
            claim: what is to be sent.
            patience: seconds of the system's intervals: as long as all of them it waits at most for what is
                not here; None when no job brings it.
        """
        message, rule = claim.message, self._catalogues.rules[claim.message.type]
        code = rule.said(message.data)[rule.code]
        book = self._catalogues.books[rule.type].get(claim.system)
        item = rule.find(code, book.items) if book is not None else None
        if item is not None:
            data, added = rule.filled(message.data, item)
            if added:
                claim.message = replace(message, data=data)
                claim.completed = _evidence(f"{claim.system} {rule.type}", item.version, added)
            return None
        cause = UNLISTED if book is not None and book.lacks(rule, code) else ABSENT
        key = (rule.keys(code) or (code,))[-1]
        return None if patience is None else _waits(claim, cause, key, int(sum(patience) * _MICROS))

    async def _learnt(self) -> bool:
        try:
            await self.learn()
        except GatewayError:
            return False
        return True

    async def _ask_for(self, to: To, job: str) -> None:
        """Have a job run that never ran: what waits for it is not left to wait for its hour."""
        if (to.name, job) not in self._asked and not to.spec.jobs[job].paused:
            await self._journal.write(lambda tx: _ask_for(tx, to.name, job))
            self._asked.add((to.name, job))


def _waits(claim: Claim, cause: str, code: str, most: int) -> Waits | None:
    age = claim.claimed_at - (claim.born or claim.claimed_at)
    if age < most:
        return Waits(cause, code, min(max(_SOON, age), _LONG, most - age))
    claim.completed = orjson.dumps({"filled": {}, "waited_for": code, "said": code}).decode()
    return None


def _evidence(catalogue: str, version: int, added: Mapping[str, str]) -> str:
    """Return what is kept of what was filled in: the values by JSON pointer, and the same in words."""
    said = "; ".join(f"{pointer} = {value}" for pointer, value in added.items())
    told = {"catalogue": catalogue, "version": version, "filled": added}
    return orjson.dumps({**told, "said": f"{said} ({catalogue} {version})"}).decode()


def _ask_for(tx: Transaction, system: str, job: str) -> None:
    found = job_runs.seen(tx, system, job)
    if found.run is None and found.paused_at is None:
        job_orders.ask(tx, system, job, WHO)

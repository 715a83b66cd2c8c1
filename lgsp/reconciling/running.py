"""Taking runs forward: the source's list, what was turned away, page after page of dossiers, the end.

All that a run needs to know stands in the journal, and each step moves it on only from where it was read: one
process does it at a time, and another goes on at any moment where this one stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from lgsp.adapter import Holds, Listing
from lgsp.domain.cause import Cause
from lgsp.domain.reconciling.sides import Theirs
from lgsp.errors import GatewayError, Unavailable
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import dossiers
from lgsp.journal import reconciliations as runs
from lgsp.journal import reconciliations_comparing as comparing
from lgsp.journal import reconciliations_counted as counted
from lgsp.journal import reconciliations_holdings as holdings
from lgsp.journal.contract import Transaction
from lgsp.journal.reconciliations import CLOSING, COMPARING, DONE, FAILED, LISTING, TURNED_AWAY, Run
from lgsp.journal.reconciliations_comparing import Page
from lgsp.journal.reconciliations_sides import DOSSIER
from lgsp.leases import DUTY, always
from lgsp.reconciling.asking import Asking, away, sends
from lgsp.reconciling.listing import chunks, named, within

T = TypeVar("T")
log = structlog.get_logger(__name__)
PAGE = 500
"""Dossiers that are compared at a time."""
_CHUNK = 500
_AGAIN = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds between tries of a page of which nobody answers; then what is not answered is unverifiable."""
_RENEWED = DUTY / 3
_FEW = 2
"""So often a page is tried again of a system that is there, and answers none of these questions."""


class Runs:
    """Takes the runs of an installation forward.

    Args:
        gateway: whose journal and counterparts.
        held: tells, inside the transaction of each act, whether this process is the one that does it.
        again: seconds between tries while the far side is away.
        pause: seconds before a question that failed is asked again.
    """

    def __init__(
        self,
        gateway: Gateway,
        held: Callable[[Transaction], bool] = always,
        *,
        again: Sequence[float] = _AGAIN,
        pause: float = 0.2,
    ) -> None:
        self._gateway = gateway
        self._held = held
        self._again = again
        self._pause = pause
        self._tops: dict[int, tuple[str, ...]] = {}
        self._phases = {
            LISTING: self._list,
            TURNED_AWAY: self._turned_away,
            COMPARING: self._compare,
            CLOSING: self._close,
        }

    async def step(self) -> bool:
        """Take each run that goes on a step further; return whether there is more to do at once."""
        found = await self._gateway.journal.read(runs.running)
        if not found or not await self._act(lambda _: True):
            return False
        return any([await self._step(run) for run in found])

    async def _step(self, run: Run) -> bool:
        try:
            return await self._phases[run.phase](run)
        except GatewayError as fault:
            log.warning("reconciling failed; trying again", run=run.id, phase=run.phase, fault=str(fault))
            return False

    async def _act(self, act: Callable[[Transaction], T]) -> T | None:
        """Run an act of the journal, if this process is the one to do it."""
        return await self._gateway.journal.write(lambda tx: act(tx) if self._held(tx) else None)

    async def _renew(self) -> None:
        await self._act(lambda _: True)

    async def _move(
        self, run: Run, phase: str, cursor: str = "", more: Mapping[str, int] | None = None
    ) -> bool:
        def act(tx: Transaction) -> bool:
            if runs.still(tx, run) is None:
                return False
            runs.step(tx, run, phase, cursor, more)
            return True

        return bool(await self._act(act))

    async def _fail(self, run: Run, why: str) -> bool:
        await self._act(lambda tx: runs.end(tx, run, FAILED, why) if runs.still(tx, run) else None)
        return False

    # --- the source's list ------------------------------------------------------------------------------

    async def _list(self, run: Run) -> bool:
        """Ask the source for its list; one that breaks off is asked for anew, from its beginning."""
        to = self._gateway.counterparts.get(run.scope.source)
        adapter: object = to and to.adapter
        if not isinstance(adapter, Holds):
            return await self._fail(run, f"{run.scope.source} cannot list what it has")
        await self._clear(run)
        scope, began = run.scope, await self._gateway.journal.read(lambda tx: tx.now)
        try:
            async for page in adapter.holdings(
                Listing(scope.agency, scope.procedure, scope.since, scope.until)
            ):
                for part in chunks(named(page, self._within(run)), _CHUNK):
                    if not await self._act(lambda tx, p=part: _staged(tx, run, p)):  # type: ignore[misc]
                        return False
        except (Unavailable, TimeoutError) as fault:
            return await self._fail(run, f"asking {scope.source} for its list: {fault}")
        await self._act(lambda tx: runs.listed(tx, run, began, whole=True))
        return await self._move(run, TURNED_AWAY)

    async def _clear(self, run: Run) -> None:
        while await self._act(lambda tx: holdings.drop(tx, run.id, _CHUNK)) is False:  # noqa: ASYNC110 - in short acts, between those of others
            await asyncio.sleep(0)

    async def _turned_away(self, run: Run) -> bool:
        """Lay what our door turned away of the source, a page at a time."""
        scope, after, tops = run.scope, int(run.cursor or 0), self._within(run)

        def act(tx: Transaction) -> bool:
            if runs.still(tx, run) is None:
                return False
            since = scope.since or 0
            last = holdings.stage_turned_away(tx, run.id, scope.source, tops, since, after, _CHUNK)
            runs.step(tx, run, COMPARING if last is None else TURNED_AWAY, "" if last is None else str(last))
            return True

        return bool(await self._act(act))

    # --- comparing --------------------------------------------------------------------------------------

    async def _compare(self, run: Run) -> bool:
        """Compare the next page; while the system rests, or is away, the run stands still."""
        to = self._gateway.counterparts.get(run.scope.system)
        if to is None:
            return await self._fail(run, f"routes.yaml has no system {run.scope.system}")
        if not to.health.running or not await self._gateway.journal.read(dossiers.behind):
            return (
                False  # it goes on when the system does, and when the register was filled for the first time
            )
        also = self._within(run)[1:]
        live = sends(self._gateway, run.scope)
        page = await self._gateway.journal.read(lambda tx: comparing.page(tx, run, PAGE, also, live=live))
        if page.last:
            return await self._move(run, CLOSING)
        answers = await renewed(self._answers(run, to, page), self._renew)
        differing, counts = comparing.judged(page, answers, self.known)
        told = await self._gateway.journal.read(lambda tx: counted.places(tx, run.id))
        tally = counted.tally(told, page, answers)

        def act(tx: Transaction) -> bool:
            kept = comparing.keep(tx, run, page, differing, counts)
            if kept:
                counted.add(tx, run.id, tally)
            return kept

        return bool(await self._act(act))

    def _within(self, run: Run) -> tuple[str, ...]:
        """Return the subtrees that a run means, as of the day on which it was asked for."""
        if run.id not in self._tops:
            self._tops = {run.id: within(self._gateway.agencies, run.scope, run.asked_at)}
        return self._tops[run.id]

    def known(self, code: str) -> Cause | None:
        """Return what operators named a code."""
        return self._gateway.names.find(code)

    async def _answers(self, run: Run, to: Counterpart, page: Page) -> dict[str, Theirs]:
        """Ask for a page; of one that nobody answers ask again, for some minutes."""
        asking, asked = self.asking(to), page.asks_of()
        answers = await asking.ask(asked)
        for n, wait in enumerate(self._again):
            if not away(answers) or not to.health.running or (n >= _FEW and await _is_there(to)):
                break
            log.warning("the system answers nothing; waiting", run=run.id, system=to.name, seconds=wait)
            await asyncio.sleep(wait)
            left = {key: code for key, code in asked.items() if answers[key].cause}
            answers |= await asking.ask(left)
        return answers

    def asking(self, to: Counterpart) -> Asking:
        """Return who asks a system, within the bounds that its home sets."""
        bounds = to.spec.reconcile
        return Asking(to, DOSSIER, concurrency=bounds.concurrency, rate=bounds.rate or 0, pause=self._pause)

    async def _close(self, run: Run) -> bool:
        """Set the run against the one before it, and end it."""
        await self._clear(run)

        def act(tx: Transaction) -> None:
            if now := runs.still(tx, run):
                runs.step(tx, now, CLOSING, "", comparing.closed(tx, now))
                runs.end(tx, now, DONE)

        await self._act(act)
        return False


async def renewed(work: Coroutine[Any, Any, T], renew: Callable[[], Awaitable[None]]) -> T:
    """Do what takes its time, and renew meanwhile that it is this process that does it."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([task], timeout=_RENEWED))[0]:
            with suppress(GatewayError):
                await renew()
        return task.result()
    finally:
        task.cancel()


async def _is_there(to: Counterpart) -> bool:
    """Tell whether a system is there, whatever it does not answer."""
    try:
        async with asyncio.timeout(to.spec.deliver.timeout):
            await to.adapter.check()
    except (GatewayError, TimeoutError):
        return False
    return True


def _staged(tx: Transaction, run: Run, part: Sequence[holdings.Named]) -> bool:
    if runs.still(tx, run) is None:
        return False
    holdings.stage(tx, run.id, part)
    return True

"""Sending what the broker brings: one lane per system, claims in batches, trials of a suspended system."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any, NamedTuple

import structlog

from lgsp.errors import GatewayError, Unavailable
from lgsp.gateway import Counterpart, Gateway
from lgsp.health import Standing
from lgsp.journal import sweeping
from lgsp.journal.turns import Claim, Frame, Outcome, Settled
from lgsp.sending import Sending, numbers
from lgsp.standings import Standings

log = structlog.get_logger(__name__)
_CLAIM_PATIENCE = 0.5
_GLANCE = 0.2
_UNSETTLED = 4
"""So many times its slots a lane may have under way, counting outcomes that are being written."""
_AHEAD = 2
"""For so many slots one delivery more may be claimed: when a slot comes free there is something to send, and
nobody waits for a claim in between. Whoever dies with them makes a few more be asked for at the far side."""


class _Claimed(NamedTuple):
    """A delivery that waits for a slot, alone or with those of its run behind it.

    Attributes:
        worker: the number under which they were claimed.
        paced: whether the pace was kept for the first.
    """

    run: deque[Claim]
    worker: int
    paced: bool


class Lane:
    """One system's sending: never more at once than its health allows, in the order of its frames."""

    def __init__(self, gateway: Gateway, to: Counterpart, standings: Standings | None = None) -> None:
        self._gateway = gateway
        self._to = to
        self._standings = standings or Standings(gateway)
        self._walks: set[asyncio.Task[None]] = set()
        self._busy = self._claiming = 0
        self._ahead: deque[_Claimed] = deque()
        self.held: set[int] = set()
        self._changed = asyncio.Event()
        self._next_slot = 0.0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Send until stopped or cancelled."""
        while not self._stopping.is_set():
            try:
                await self._turn()
            except asyncio.CancelledError:
                raise
            except GatewayError as fault:
                log.warning("lane failed; going on", system=self._to.name, fault=str(fault))
                await asyncio.sleep(_CLAIM_PATIENCE)
            except Exception:
                log.exception("lane failed; going on", system=self._to.name)
                await asyncio.sleep(_CLAIM_PATIENCE)

    async def stop(self, grace: float) -> None:
        """Take nothing new, and wait for what is being sent; what is not done by then lapses.

        What was claimed and is not begun is handed back.
        """
        self._stopping.set()
        self.wake()
        if self._walks:
            _, late = await asyncio.wait(self._walks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def wake(self) -> None:
        """Look again: a slot came free, or the standing changed."""
        self._begin()
        self._changed.set()

    def _may_send(self, worker: int) -> bool:
        return self._gateway.may_send(worker) and not self._stopping.is_set()

    async def _turn(self) -> None:
        self._begin()
        await self._note_standing()
        if not self._may_send(self._gateway.worker):
            await self._change(_GLANCE)
        elif self._to.health.standing is Standing.SUSPENDED:
            await self._try()
        elif (room := self._room()) > 0:
            await self._send_some(room)
        else:
            await self._change(None if self._busy else _GLANCE)

    def _room(self) -> int:
        health = self._to.health
        unsettled = _UNSETTLED * health.limit - len(self._walks)
        return min(self._free(), unsettled) if health.running else 0

    def _free(self) -> int:
        """Return how many deliveries may be claimed now: for the free slots, and some ahead."""
        limit = self._to.health.limit
        return limit + limit // _AHEAD - self._busy - self._claiming - len(self._ahead)

    async def _change(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - a pause, not a bound
        try:
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    async def _send_some(self, room: int) -> None:
        try:
            async with asyncio.timeout(_GLANCE):
                frames = await self._gateway.broker.take(self._to.name, room)
        except TimeoutError:
            return  # somebody under way may have changed the standing: look again
        self._to.window.fell(self._gateway.broker.depth(self._to.name))
        while frames and await self._until_running():
            part = frames[: max(0, self._free())]
            frames = frames[len(part) :]
            await (self._claim(part) if part else self._change())

    async def _until_running(self) -> bool:
        """Wait until what was taken may be sent; False at a stop, whose frames are no more than lost."""
        while not self._stopping.is_set():
            may = self._gateway.may_send(self._gateway.worker)
            if may and self._to.health.running:
                return True
            await self._note_standing()
            if may and self._to.health.standing is Standing.SUSPENDED:
                await self._try()
            else:
                await self._change(_GLANCE)
        return False

    async def _claim(self, frames: list[Frame]) -> None:
        """Claim what frames name, and send it as soon as there are slots."""
        self._claiming += len(frames)
        worker = self._gateway.worker
        try:
            await self._pace(len(frames))
            claims = await self._gateway.journal.claim(frames, worker)
        except GatewayError:
            self._gateway.broker.publish(frames)  # nothing was claimed: they are as good as before
            self._gateway.broker.done(frames)
            raise
        finally:
            self._claiming -= len(frames)
        self.held.update(claim.delivery for claim in claims)
        self._ahead.extend(_Claimed(deque([claim]), worker, paced=True) for claim in claims)
        self._begin()
        await self._acknowledge(frames, {claim.delivery for claim in claims})

    async def _acknowledge(self, frames: list[Frame], claimed: set[int]) -> None:
        """Acknowledge frames; those that name a delivery which the journal never had are put aside."""
        late = [frame for frame in frames if frame.delivery not in claimed]
        if late:
            numbers = [frame.delivery for frame in late]
            nameless = await self._gateway.journal.read(lambda tx: sweeping.unknown(tx, numbers))
            if nameless:
                self._gateway.broker.reject([frame for frame in late if frame.delivery in nameless])
                frames = [frame for frame in frames if frame.delivery not in nameless]
        self._gateway.broker.done(frames)

    async def _pace(self, count: int) -> None:
        """Keep to the rate that a ministry asks for."""
        rate = self._to.health.part(self._to.spec.deliver.rate)
        if rate is not None:
            now = time.monotonic()
            wait = self._next_slot - now
            self._next_slot = max(now, self._next_slot) + count / rate
            if wait > 0:
                await _first(self._stopping.wait(), wait)

    def _begin(self) -> None:
        """Send what is claimed as far as there are slots; what may not be sent any more is handed back."""
        while self._ahead and not self._goes_on():
            self._start(self._hand_back(self._ahead.popleft().run))
        while self._ahead and self._busy < self._to.health.limit:
            self._busy += 1
            run, worker, paced = self._ahead.popleft()
            self._start(self._walk(run, worker) if paced else self._walk_on(run, worker))

    def _start(self, walk: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(walk)
        self._walks.add(task)
        task.add_done_callback(self._ended)

    async def _walk(self, run: deque[Claim], worker: int) -> None:
        """Deliver; the next of its line, if there is one, goes before all others."""
        mine = {claim.delivery for claim in run}
        following: deque[Claim] = deque()
        try:
            settled = await self._sent_and_told(run, worker)
            if settled is not None and settled.carried_on:
                following = run
            elif settled is not None and settled.next is not None:
                following = deque([settled.next, *settled.behind])
        except GatewayError as fault:
            log.warning("settling failed for now", system=self._to.name, fault=str(fault))
        finally:
            self.held.difference_update(mine)
            self.held.update(claim.delivery for claim in following)
        if following:
            self._go_before_all(following, worker)

    async def _sent_and_told(self, run: deque[Claim], worker: int) -> Settled | None:
        """Send what may be sent of a run and tell the journal; `run` keeps what was not begun.

        The slot is given back when the far side has answered: while the outcome is written another is sent.
        """
        try:
            if not self._may_send(worker):
                await self._gateway.hand_back(run[0], numbers(run)[1:])
                return None
            sending = Sending(self._gateway, run, worker, self._may_go_on, together=self._together)
            outcome = await sending.some()
            while sending.flying:
                if not await self._carried_on(outcome):
                    sending.drop_rest()
                outcome = await sending.some()
        finally:
            self._release()
        return await self._gateway.settle(outcome)

    async def _carried_on(self, outcome: Outcome) -> bool:
        """Tell the journal of some while the next one is on the wire; return whether the rest may follow."""
        try:
            return (await self._gateway.settle(outcome)).carried_on
        except GatewayError as fault:
            log.warning("settling failed for now", system=self._to.name, fault=str(fault))
            return False

    @property
    def _together(self) -> bool:
        """Where a system has a rate, each delivery is told before the next one waits for its pace."""
        return self._to.spec.deliver.rate is None

    def _may_go_on(self, worker: int) -> bool:
        return self._goes_on() and self._may_send(worker)

    def _go_before_all(self, run: deque[Claim], worker: int) -> None:
        self._ahead.appendleft(_Claimed(run, worker, paced=False))
        self._begin()

    async def _walk_on(self, run: deque[Claim], worker: int) -> None:
        """Deliver the next of a line, which no pace was kept for yet."""
        await self._pace(1)
        await self._walk(run, worker)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._walks.discard(task)
        self.wake()

    def _release(self) -> None:
        self._busy -= 1
        self.wake()

    def _goes_on(self) -> bool:
        return self._to.health.running and not self._stopping.is_set()

    async def _hand_back(self, run: deque[Claim]) -> None:
        """Hand the first of a run back; those behind it are let go by that."""
        try:
            await self._gateway.hand_back(run[0], numbers(run)[1:])
        except GatewayError as fault:
            log.warning("handing back failed; it will lapse", system=self._to.name, fault=str(fault))
        finally:
            self.held.difference_update(claim.delivery for claim in run)

    # --- a suspended system -----------------------------------------------------------------------------

    async def _note_standing(self) -> None:
        """Write a change of standing to the journal, and release what waited for it."""
        await self._standings.note(self._to)

    async def _try(self) -> None:
        """Ask the system whether it is there, then try it with one real delivery."""
        health = self._to.health
        await self._change(max(0.0, health.next_trial - time.monotonic()))
        if health.standing is not Standing.SUSPENDED or time.monotonic() < health.next_trial:
            return
        if not self._may_send(self._gateway.worker) or not await self._standings.may_try(self._to):
            return
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._to.spec.deliver.timeout):
                await self._to.adapter.check()
        except TimeoutError:
            health.failed(b"", Unavailable("timed-out"), began, time.monotonic())
        except GatewayError as fault:
            told = fault if isinstance(fault, Unavailable) else Unavailable("check-failed")
            health.failed(b"", told, began, time.monotonic())
        except Exception as fault:
            log.exception("adapter bug", system=self._to.name)
            health.failed(b"", Unavailable("adapter-bug", type(fault).__name__), began, time.monotonic())
        else:
            await self._trial()
        if health.standing is Standing.SUSPENDED:
            await self._standings.may_try(self._to)  # and the next time too, as long as it is asked to wait

    async def _trial(self) -> None:
        name, worker = self._to.name, self._gateway.worker
        avoid = frozenset(self._to.health.drawn)
        claim = await self._gateway.journal.write(lambda tx: sweeping.trial(tx, name, avoid, worker))
        if claim is None:
            self._to.health.resume(time.monotonic())
        else:
            self._busy += 1
            self.held.add(claim.delivery)
            await self._walk(deque([claim]), worker)
        if self._to.health.running:
            self.wake()


async def _first(awaited: Coroutine[Any, Any, Any], seconds: float) -> None:
    """Wait for something, but not longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await awaited
    except TimeoutError:
        pass

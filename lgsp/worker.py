"""Sending what the broker brings: one lane per system, claims in batches, trials of a suspended system."""

from __future__ import annotations

import asyncio
import time

import structlog

from lgsp.errors import GatewayError, Unavailable
from lgsp.gateway import Counterpart, Gateway
from lgsp.health import Standing
from lgsp.journal import acting, sweeping
from lgsp.journal.contract import Claim, Frame

log = structlog.get_logger(__name__)
_CLAIM_PATIENCE = 0.5
_GLANCE = 0.2
_UNSETTLED = 4
"""So many times its slots a lane may have under way, counting outcomes that are being written."""


class Lane:
    """One system's sending: never more at once than its health allows, in the order of its frames."""

    def __init__(self, gateway: Gateway, to: Counterpart) -> None:
        self._gateway = gateway
        self._to = to
        self._walks: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._freed = asyncio.Event()
        self.held: set[int] = set()
        self._changed = asyncio.Event()
        self._known = Standing.RUNNING
        self._cause = ""
        self._next_slot = 0.0

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                await self._turn()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("lane failed; going on", system=self._to.name)
                await asyncio.sleep(_CLAIM_PATIENCE)

    async def stop(self, grace: float) -> None:
        """Wait for what is being sent; what is not done by then lapses at the next start."""
        if self._walks:
            _, late = await asyncio.wait(self._walks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def wake(self) -> None:
        """Look again: a slot came free, or the standing changed."""
        self._changed.set()
        self._freed.set()

    async def _turn(self) -> None:
        await self._note_standing()
        if self._to.health.standing is Standing.SUSPENDED:
            await self._try()
        elif (room := self._room()) > 0:
            await self._send_some(room)
        else:
            await self._change()

    def _room(self) -> int:
        health = self._to.health
        unsettled = _UNSETTLED * health.limit - len(self._walks)
        return min(health.limit - self._busy, unsettled) if health.running else 0

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
        while frames:
            await self._until_running()
            part = frames[: max(0, self._to.health.limit - self._busy)]
            frames = frames[len(part) :]
            await (self._claim(part) if part else self._change())

    async def _until_running(self) -> None:
        while not self._to.health.running:
            await self._note_standing()
            if self._to.health.standing is Standing.SUSPENDED:
                await self._try()
            else:
                await self._change()

    async def _claim(self, frames: list[Frame]) -> None:
        """Take slots for frames, claim what they name, and give back the slots of those naming nothing."""
        self._busy += len(frames)
        claims: list[Claim] = []
        try:
            await self._pace(len(frames))
            claims = await self._gateway.journal.claim(frames, self._gateway.worker)
        except GatewayError:
            self._gateway.broker.publish(frames)  # nothing was claimed: they are as good as before
            raise
        finally:
            self._gateway.broker.done(frames)
            self._busy -= len(frames) - len(claims)
        for claim in claims:
            self._start(claim)

    async def _pace(self, count: int) -> None:
        """Keep to the rate that a ministry asks for."""
        rate = self._to.spec.deliver.rate
        if rate is not None:
            now = time.monotonic()
            wait = self._next_slot - now
            self._next_slot = max(now, self._next_slot) + count / rate
            if wait > 0:
                await asyncio.sleep(wait)

    def _start(self, claim: Claim) -> None:
        self.held.add(claim.delivery)
        task = asyncio.create_task(self._walk(claim))
        self._walks.add(task)
        task.add_done_callback(self._ended)

    async def _walk(self, claim: Claim) -> None:
        """Deliver, and go on with the next of the line as long as the journal hands one over.

        The slot is given back when the far side has answered: while the outcome is written another is sent.
        """
        following: Claim | None = claim
        while following is not None:
            current = following
            try:
                try:
                    outcome = await self._gateway.deliver(current)
                finally:
                    self._release()
                settled = await self._gateway.settle(outcome)
            except GatewayError as fault:
                log.warning("settling failed; it will lapse", system=self._to.name, fault=str(fault))
                return
            finally:
                self.held.discard(current.delivery)
            following = await self._with_slot(settled.next)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._walks.discard(task)
        self.wake()

    def _release(self) -> None:
        self._busy -= 1
        self.wake()

    async def _with_slot(self, claim: Claim | None) -> Claim | None:
        """Take a slot for the next of a line; one that may not be sent any more is handed back."""
        if claim is None:
            return None
        self.held.add(claim.delivery)
        health = self._to.health
        while health.running and self._busy >= health.limit:
            self._freed.clear()
            await self._freed.wait()
        if not health.running:
            await self._hand_back(claim)
            return None
        self._busy += 1
        await self._pace(1)
        return claim

    async def _hand_back(self, claim: Claim) -> None:
        try:
            await self._gateway.hand_back(claim)
        except GatewayError as fault:
            log.warning("handing back failed; it will lapse", system=self._to.name, fault=str(fault))
        finally:
            self.held.discard(claim.delivery)

    # --- a suspended system -----------------------------------------------------------------------------

    async def _note_standing(self) -> None:
        """Write a change of standing to the journal, and release what waited for it."""
        health = self._to.health
        if health.standing is self._known:
            return
        self._known = health.standing
        suspended_for, self._cause = self._cause, health.cause
        name, standing, cause = self._to.name, health.standing.value, health.cause
        log.warning("standing changed", system=name, standing=standing, cause=cause)
        await self._gateway.journal.write(
            lambda tx: acting.set_system(tx, name, standing, cause or None, "gateway")
        )
        if health.running:
            await self._gateway.journal.write(lambda tx: sweeping.resume(tx, name, suspended_for or None))
            self._to.window.look_again()

    async def _try(self) -> None:
        """Ask the system whether it is there, then try it with one real delivery."""
        health = self._to.health
        await self._change(max(0.0, health.next_trial - time.monotonic()))
        if health.standing is not Standing.SUSPENDED or time.monotonic() < health.next_trial:
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

    async def _trial(self) -> None:
        name, worker = self._to.name, self._gateway.worker
        avoid = frozenset(self._to.health.drawn)
        claim = await self._gateway.journal.write(lambda tx: sweeping.trial(tx, name, avoid, worker))
        if claim is None:
            self._to.health.resume(time.monotonic())
        else:
            self._busy += 1
            self.held.add(claim.delivery)
            await self._walk(claim)
        if self._to.health.running:
            self.wake()

"""What the clock does: due retries, parked anchors, expiry, lost frames, abandoned claims."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import structlog

from lgsp.adapter import Arrival
from lgsp.broker.contract import Broker
from lgsp.enduring import later
from lgsp.errors import GatewayError
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import asks, leasing, mailboxes, sweeping
from lgsp.journal.contract import Transaction
from lgsp.journal.reading import anchor_on_its_way, came_from
from lgsp.journal.sweeping import Parked, Policy
from lgsp.journal.turns import Frame
from lgsp.leases import LEASE, ProcessLease, always
from lgsp.message import Message
from lgsp.publishing import follow_through
from lgsp.worker import Lane

T = TypeVar("T")
log = structlog.get_logger(__name__)
_TICK, _PAUSE = 0.1, 1.0
"""Seconds between two sweeps, and before the next one after a failure."""
_SLOW = 10
_RARE = 100
_SELDOM = 6000
_LOST = 30_000_000
_ASK_AGAIN = 2_000_000
_LEASE = int(LEASE * 1_000_000)
_UNANSWERED = 300_000_000
"""Microseconds after which a question of which nobody told the end is one whose process died."""
_OWN = 10.0
"""Seconds between two looks of a process at what the journal says it is sending."""


def _idles(to: Counterpart, broker: Broker) -> bool:
    """Tell whether a system is sent to and has nothing on the broker."""
    return to.health.running and broker.depth(to.name) == 0


def policies(counterparts: Mapping[str, Counterpart]) -> dict[str, Policy]:
    """Return each system's times in microseconds."""
    return {
        name: Policy(
            int(to.spec.deliver.settle * 1_000_000), [int(s * 1_000_000) for s in to.spec.deliver.retry]
        )
        for name, to in counterparts.items()
    }


class Keeper:
    """Looks after what this process claimed: what it lost track of lapses."""

    def __init__(self, gateway: Gateway, lanes: Mapping[str, Lane]) -> None:
        self._gateway = gateway
        self._lanes = lanes

    async def run(self) -> None:
        """Look now and then until cancelled."""
        await later(self.look, "looking after claims", log, _OWN)

    async def look(self) -> None:
        """Lapse what the journal says this process is sending, for long, and it does not know of."""
        worker, spool = self._gateway.worker, self._gateway.spool
        held = frozenset(number for lane in self._lanes.values() for number in lane.held)
        held |= spool.holding() if spool is not None else frozenset()
        times = policies(self._gateway.counterparts)
        await self._gateway.journal.write(
            lambda tx: sweeping.lapse(tx, sweeping.abandoned(tx, worker, held, _LOST), times)
        )


class Sweeper:
    """What the clock does for all. Each sweep is a short act of the journal; one that fails is tried again.

    Args:
        gateway: whose journal and broker.
        lanes: the lanes of this process, where it is the only one; their claims are looked after too.
        held: tells, inside the transaction of each act, whether this process is the one that sweeps.
        lease: the process's own; without one nobody else's silence is taken for death.
    """

    def __init__(
        self,
        gateway: Gateway,
        lanes: Mapping[str, Lane] | None = None,
        held: Callable[[Transaction], bool] = always,
        lease: ProcessLease | None = None,
    ) -> None:
        self._gateway = gateway
        self._keeper = Keeper(gateway, lanes) if lanes is not None else None
        self._held = held
        self._lease = lease
        self._asking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        tick = 0
        while True:
            try:
                await self._sweep(tick)
            except GatewayError as fault:
                log.warning("sweeping failed; trying again", fault=str(fault))
                await asyncio.sleep(_PAUSE)
            except Exception:
                log.exception("sweeping failed; trying again")
            tick += 1
            await asyncio.sleep(_TICK)

    async def recover(self) -> int:
        """Lapse what an earlier process was sending, in a journal that one process holds; return how many."""
        gateway = self._gateway
        times = policies(gateway.counterparts)
        return await gateway.journal.write(lambda tx: sweeping.recover(tx, gateway.worker, times))

    async def _sweep(self, tick: int) -> None:
        await follow_through(self._gateway)
        await self._due()
        if tick % _SLOW == 0:
            await self._ask_for_anchors()
            await self._expire()
            await self._bury_the_dead(look_anyway=tick % _RARE == 0)
            await self._bring_in()
        if tick % _RARE == 0:
            await self._find_the_lost()
        if tick % _SELDOM == 0:
            await self._gateway.journal.tend()
            await asyncio.to_thread(self._gateway.blobs.tidy)

    async def _act(self, act: Callable[[Transaction], T]) -> T | None:
        """Run an act of the journal, if this process is the one that sweeps."""
        return await self._gateway.journal.write(lambda tx: act(tx) if self._held(tx) else None)

    async def _dispatch(self, act: Callable[[Transaction], Sequence[Frame]]) -> None:
        self._gateway.broker.publish(await self._act(act) or ())

    async def _due(self) -> None:
        healths = {name: to.health for name, to in self._gateway.counterparts.items()}
        awake = sorted(name for name, health in healths.items() if health.running and health.filling)
        if awake:
            await self._dispatch(lambda tx: sweeping.due(tx, awake))

    async def _expire(self) -> None:
        park = {n: int(to.spec.deliver.park * 1_000_000) for n, to in self._gateway.counterparts.items()}
        await self._dispatch(lambda tx: sweeping.expire(tx, park))

    async def _bury_the_dead(self, *, look_anyway: bool) -> None:
        """Lapse what processes were sending whose leases ran out, and what those left behind that ended."""
        lease = self._lease
        if lease is None:
            return
        times = policies(self._gateway.counterparts)

        def act(tx: Transaction) -> tuple[list[int], int]:
            dead = leasing.bury(tx, _LEASE) if lease.steady(tx.now) else []
            return dead, leasing.lapse_of_the_ended(tx, times) if dead or look_anyway else 0

        dead, lapsed = await self._act(act) or ([], 0)
        if dead or lapsed:
            log.warning("processes were lost", workers=dead, lapsed=lapsed)

    async def _bring_in(self) -> None:
        """Bring in the times that the journal's clock wrote while it was ahead of what it is now."""
        lease, times = self._lease, policies(self._gateway.counterparts)
        if lease is not None and lease.set_back:
            lease.set_back = not await self._act(lambda tx: sweeping.bring_in(tx, times))

    async def _find_the_lost(self) -> None:
        if self._keeper is not None:
            await self._keeper.look()
        await self._act(sweeping.tidy)
        await self._act(leasing.tidy)
        await self._act(lambda tx: asks.give_up(tx, tx.now - _UNANSWERED))
        for to in self._gateway.counterparts.values():
            to.window.look_again()  # what got its turn there is not dispatched yet
        broker, counterparts = self._gateway.broker, self._gateway.counterparts
        await self._act(lambda tx: mailboxes.straighten(tx, list(counterparts)))
        idle = [name for name, to in counterparts.items() if not to.queued or _idles(to, broker)]
        if idle:
            await self._dispatch(lambda tx: sweeping.redispatch(tx, idle, _LOST))

    # --- parked -----------------------------------------------------------------------------------------

    async def _ask_for_anchors(self) -> None:
        for one in await self._act(lambda tx: sweeping.parked(tx, _ASK_AGAIN)) or ():
            task = asyncio.create_task(self._ask_for_anchor(one))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask_for_anchor(self, one: Parked) -> None:
        """Find out whether the anchor is at the system: it came from there, or a body-less probe says so."""
        to = self._gateway.counterparts.get(one.system)
        if to is None:
            return
        try:
            how = await self._how_present(to, one)
        except (GatewayError, TimeoutError):
            return  # asked again later; parked harms nobody
        except Exception:
            log.exception("adapter bug", system=one.system)
            return
        if how:
            act = lambda tx: sweeping.anchored(tx, one.line, one.anchor, how)  # noqa: E731
            self._gateway.broker.publish(await self._gateway.journal.write(act))

    async def _how_present(self, to: Counterpart, one: Parked) -> str | None:
        journal = self._gateway.journal
        if await journal.read(lambda tx: came_from(tx, one.system, one.anchor, one.partitionkey)):
            return "origin"
        if not to.health.running or await journal.read(
            lambda tx: anchor_on_its_way(tx, one.line, one.anchor)
        ):
            return None
        question = Message(one.anchor, one.subject, one.partitionkey, {}, source=one.source)
        async with asyncio.timeout(to.spec.deliver.timeout):
            arrival = await to.adapter.probe(question)
        return sweeping.PROBED if arrival is Arrival.ARRIVED else None

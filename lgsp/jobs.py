"""What the clock does: due retries, parked anchors, expiry, lost frames, abandoned claims."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from lgsp.adapter import Arrival
from lgsp.errors import GatewayError
from lgsp.gateway import Counterpart, Gateway
from lgsp.journal import sweeping
from lgsp.journal.reading import anchor_on_its_way, came_from
from lgsp.journal.sweeping import Parked, Policy
from lgsp.message import Message
from lgsp.worker import Lane

log = structlog.get_logger(__name__)
_TICK = 0.1
_SLOW = 10
_RARE = 100
_LOST = 30_000_000
_ASK_AGAIN = 2_000_000


def policies(counterparts: Mapping[str, Counterpart]) -> dict[str, Policy]:
    """Return each system's times in microseconds."""
    return {
        name: Policy(
            int(to.spec.deliver.settle * 1_000_000), [int(s * 1_000_000) for s in to.spec.deliver.retry]
        )
        for name, to in counterparts.items()
    }


class Sweeper:
    """Runs beside the lanes. Each sweep is a short act of the journal; one that fails is tried again."""

    def __init__(self, gateway: Gateway, lanes: Mapping[str, Lane]) -> None:
        self._gateway = gateway
        self._lanes = lanes
        self._asking: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Sweep until cancelled."""
        tick = 0
        while True:
            try:
                await self._sweep(tick)
            except Exception:
                log.exception("sweeping failed; trying again")
            tick += 1
            await asyncio.sleep(_TICK)

    async def recover(self) -> int:
        """Lapse what an earlier process was sending; return how many."""
        gateway = self._gateway
        times = policies(gateway.counterparts)
        return await gateway.journal.write(lambda tx: sweeping.recover(tx, gateway.worker, times))

    async def _sweep(self, tick: int) -> None:
        await self._due()
        if tick % _SLOW == 0:
            await self._ask_for_anchors()
            await self._expire()
        if tick % _RARE == 0:
            await self._find_the_lost()

    async def _due(self) -> None:
        awake = sorted(name for name, to in self._gateway.counterparts.items() if to.health.running)
        if awake:
            frames = await self._gateway.journal.write(lambda tx: sweeping.due(tx, awake))
            self._gateway.broker.publish(frames)

    async def _expire(self) -> None:
        park = {n: int(to.spec.deliver.park * 1_000_000) for n, to in self._gateway.counterparts.items()}
        frames = await self._gateway.journal.write(lambda tx: sweeping.expire(tx, park))
        self._gateway.broker.publish(frames)

    async def _find_the_lost(self) -> None:
        journal, worker = self._gateway.journal, self._gateway.worker
        held = frozenset(number for lane in self._lanes.values() for number in lane.held)
        times = policies(self._gateway.counterparts)
        await journal.write(sweeping.tidy)
        await journal.write(lambda tx: sweeping.lapse(tx, sweeping.abandoned(tx, worker, held, _LOST), times))
        for to in self._gateway.counterparts.values():
            to.window.look_again()  # what got its turn there is not dispatched yet
        for name, to in self._gateway.counterparts.items():
            if to.health.running and self._gateway.broker.depth(name) == 0:
                frames = await journal.write(lambda tx, n=name: sweeping.redispatch(tx, n, _LOST))  # type: ignore[misc]
                self._gateway.broker.publish(frames)

    # --- parked -----------------------------------------------------------------------------------------

    async def _ask_for_anchors(self) -> None:
        parked = await self._gateway.journal.write(lambda tx: sweeping.parked(tx, _ASK_AGAIN))
        for one in parked:
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
        return "probed" if arrival is Arrival.ARRIVED else None

"""A world in which everything goes wrong one step at a time, and which can be brought to rest."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Self

from lgsp.broker.embedded import EmbeddedBroker
from lgsp.jobs import policies
from lgsp.journal import acting, sweeping
from lgsp.journal.contract import Transaction, WrongStateError
from lgsp.journal.rows import rows_of
from lgsp.journal.turns import Frame
from lgsp.message import Message
from lgsp.testing.making import PAPER, SYSTEM
from lgsp.testing.scene import Clock
from tests.core.far_side import Call, FarSide, Mood
from tests.core.rig import Rig, rig

CHANGES = [("timeout: 300ms", "timeout: 1h"), ("window: 50", "window: 3")]
_FAST = Path("/dev/shm")
"""Where a sync costs nothing: what is tested is what happens between commits, not the disk."""


class LeakyBroker(EmbeddedBroker):
    """Loses, doubles or delays the next frames, as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.fault = ""
        self.kept: list[Frame] = []

    def publish(self, frames: Sequence[Frame]) -> None:
        """Publish, unless told otherwise; what was delayed comes behind."""
        fault, self.fault = (self.fault, "") if frames else ("", self.fault)
        if fault == "late":
            self.kept += frames
        elif fault != "lose":
            super().publish([*frames, *frames] if fault == "double" else frames)
            kept, self.kept = self.kept, []
            super().publish(kept)


class World:
    """A gateway between a desk and a far side. Each method is one step; `rest` brings everything to an end."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.far = FarSide()
        self.told: list[Message] = []
        self._folder = Path(tempfile.mkdtemp(dir=_FAST if _FAST.is_dir() else None))
        self._walks: set[asyncio.Task[None]] = set()
        self._open: AbstractAsyncContextManager[Rig]
        self.rig: Rig

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()
        shutil.rmtree(self._folder)

    async def _start(self) -> None:
        self._open = rig(self._folder, portal=self.far, clock=self.clock, changes=CHANGES, broker=LeakyBroker)
        self.rig = await self._open.__aenter__()

    async def _stop(self) -> None:
        for walk in self._walks:
            walk.cancel()
        await asyncio.gather(*self._walks, return_exceptions=True)
        self._walks.clear()
        await self._open.__aexit__(None, None, None)

    # --- steps ------------------------------------------------------------------------------------------

    async def tell(self, *messages: Message) -> None:
        """The desk tells something, new or not."""
        await self.rig.tell(*messages)
        self.told += messages

    async def take(self, *moods: Mood) -> None:
        """The lane takes what the broker has, unless its system is not running."""
        self.far.moods.extend(moods)
        depth = self.rig.broker.depth(SYSTEM)
        if self.rig.to.health.running and depth:
            frames = await self.rig.broker.take(SYSTEM, min(depth, self.rig.to.health.limit))
            claims = await self.rig.journal.claim(frames, self.rig.gateway.worker)
            self.rig.broker.done(frames)
            for claim in claims:
                self._walks.add(asyncio.create_task(self.rig.walk(claim)))
        await self._calm()
        self.far.moods.clear()

    async def trial(self, *moods: Mood) -> None:
        """The lane tries a suspended system, as it does when the time has come."""
        self.far.moods.extend(moods)
        await self.rig.lane._note_standing()
        if not self.rig.to.health.running:
            avoid, worker = frozenset(self.rig.to.health.drawn), self.rig.gateway.worker
            claim = await self._act(lambda tx: sweeping.trial(tx, SYSTEM, avoid, worker))
            if claim is None:
                self.rig.to.health.resume(0.0)
            else:
                self._walks.add(asyncio.create_task(self.rig.walk(claim)))
        await self._calm()
        await self.rig.lane._note_standing()
        self.far.moods.clear()

    async def answer(self, which: int, *moods: Mood) -> None:
        """A slow answer comes, perhaps long after anybody waited for it; then what is next is answered so."""
        self.far.moods.extend(moods)
        if call := self._call(which):
            call.gate.set()
            await asyncio.sleep(0)
        await self._calm()
        self.far.moods.clear()

    async def lapse(self, which: int) -> None:
        """A worker is taken for dead while its request is still on the wire.

        A document's request is cut with it: nothing could make up for one that lands after such a time.
        """
        if (call := self._call(which)) is None or call.lapsed:
            return
        uid, times = call.message.id, policies(self.rig.systems)
        assert uid is not None
        call.lapsed, call.cut = True, call.message.type == PAPER

        def act(tx: Transaction) -> list[bytes]:
            found = tx.rows(_HEADS, (uid.bytes,))
            sweeping.lapse(tx, list(rows_of(tx, [row[0] for row in found]).values()), times)
            return [bytes(row[1]) for row in found]

        for line in await self._act(act):
            while len(self.rig.runs[line]) > 1:  # it is fenced: nothing more of its run is begun
                self.rig.runs[line].pop()

    async def move(self, seconds: float, *, sink: bool) -> None:
        """Time passes; what was afloat has landed or is lost before any line has settled."""
        self.far.float_in(sink=sink)
        self.clock.move(seconds)

    async def sweep(self) -> None:
        """The sweeper does all it does."""
        sweeper = self.rig.sweeper
        await sweeper._sweep(0)
        await asyncio.gather(*sweeper._asking)

    async def crash(self, *, sink: bool) -> None:
        """The process dies at once and another starts; its last requests may still land."""
        for call in self.far.calls:
            if not call.lapsed and not sink:
                self.far.afloat.append(call.message)
        await self._stop()
        await self._start()

    async def leak(self, fault: str) -> None:
        """The broker loses, doubles or delays what is published next."""
        self.rig.broker.fault = fault  # type: ignore[attr-defined]

    async def pause(self) -> None:
        """A person pauses the system."""
        self.rig.to.health.pause(0.0)
        await self.rig.lane._note_standing()

    async def resume(self) -> None:
        """A person resumes it."""
        self.rig.to.health.resume(0.0)
        await self.rig.lane._note_standing()

    async def act(self, name: str, which: int) -> None:
        """A person decides about a delivery, if its state allows it."""
        numbers = [row[0] for row in await self.rows("SELECT id FROM deliveries ORDER BY id")]
        if not numbers:
            return
        number = numbers[which % len(numbers)]
        acts: dict[str, Callable[[Transaction], list[Frame] | None]] = {
            "cancel": lambda tx: acting.cancel(tx, number, "operator", "test"),
            "hold": lambda tx: acting.hold(tx, number, "operator", "test"),
            "release": lambda tx: acting.release(tx, number, "operator"),
            "replay": lambda tx: acting.replay(tx, number, "operator"),
        }
        try:
            self.rig.broker.publish(await self._act(acts[name]) or [])
        except WrongStateError:
            return

    # --- the end ----------------------------------------------------------------------------------------

    async def rest(self) -> None:
        """Faults end, late answers come, and the gateway works until nothing moves any more."""
        self.far.moods.clear()
        while self.far.calls:
            await self.answer(0)
        self.far.float_in(sink=False)
        await self.leak("")
        await self.resume()
        for _ in range(30):
            before = await self._moving()
            self.clock.move(31.0)
            await self.sweep()
            for _ in range(40):
                await self.trial()
                await self.take()
                await self.rig.refill()
                if not self.rig.broker.depth(SYSTEM):
                    break
            if not before and not await self._moving():
                return

    async def _moving(self) -> bool:
        return bool(await self.rows("SELECT 1 FROM deliveries WHERE state IN (2, 3, 4)"))

    # --- below ------------------------------------------------------------------------------------------

    async def _calm(self) -> None:
        """Wait until every walk is at its end or waits for a slow answer."""
        while busy := self._walks - {call.task for call in self.far.calls if not call.gate.is_set()}:
            done, _ = await asyncio.wait(busy, timeout=0.001, return_when=asyncio.FIRST_COMPLETED)
            self._walks -= done
            for walk in done:
                walk.result()

    def _call(self, which: int) -> Call | None:
        return self.far.calls[which % len(self.far.calls)] if self.far.calls else None

    async def _act(self, act: Callable[[Transaction], Any]) -> Any:
        return await self.rig.journal.write(act)

    async def rows(self, sql: str) -> list[Any]:
        """Return the rows of a query."""
        return list(await self.rig.journal.read(lambda tx: tx.rows(sql)))


_HEADS = (
    "SELECT h.id, h.line FROM deliveries d JOIN messages m ON m.id = d.message_id"
    " JOIN deliveries h ON h.line = d.line AND h.state = 3"
    " WHERE m.uid = ? AND (d.state = 3 OR d.worker IS NOT NULL)"
)
"""The head that is being sent where a message is on the wire, itself or in the run behind it."""
Step = Callable[[World], Awaitable[None]]

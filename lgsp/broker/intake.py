"""Consuming one system's queue on RabbitMQ: frames at hand, acknowledgements in bulk, self-probe."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import structlog

from lgsp.broker.declaring import declare
from lgsp.broker.frames import unpacked
from lgsp.broker.link import BROKEN, DIFFERENT, NOT_ALLOWED, NOT_FOUND, Circuit, Gone, Link
from lgsp.broker.topology import Topology
from lgsp.journal.turns import Frame

log = structlog.get_logger(__name__)
_FLUSH = 0.005
"""Seconds after which an acknowledgement is sent though no others came to go with it."""
_PAUSE = 0.5
_BUSY_LOOK, _IDLE_LOOK = 0.1, 1.0
"""Seconds between two looks at the queue, while its depth is asked for and changes, and otherwise."""
_HOPELESS = 8
"""So often one after the other RabbitMQ may break over a subscription, before the queue is made anew. A node
that died soon after a queue was declared knows its name still, and has lost what keeps it."""
_ASKED_LATELY = 2.0
_LATELY = 256


@dataclass(slots=True)
class _Parcel:
    """A message that was taken in, and what is not done of it."""

    tag: int
    left: int
    refused: bool = False


@dataclass(slots=True, frozen=True)
class Limits:
    """How an intake behaves.

    Attributes:
        prefetch: messages that are here and not acknowledged, at most.
        stuck: seconds for which frames may wait in the queue while none comes, before we subscribe anew.
        unwanted: seconds for which nobody took a frame, before what is at hand goes back for others.
    """

    prefetch: int = 100
    stuck: float = 10.0
    unwanted: float = 60.0


@dataclass(slots=True)
class Seen:
    """What is known of the frames in the queue.

    Attributes:
        messages: that were ready there at the last look.
        since: frames that were confirmed since then, less those that came here.
        weighed: messages of late, their frames being `weight`: the queue tells its depth in messages.
        asked: when somebody last wanted to know.
    """

    messages: int = 0
    since: int = 0
    weighed: int = 0
    weight: int = 0
    asked: float = 0.0

    def frames(self) -> int:
        """Return about how many frames wait there."""
        there = self.messages * self.weight // self.weighed if self.weighed else self.messages
        return max(0, there + self.since)

    def carried(self, frames: int) -> None:
        """Note the size of a message; what was long ago counts less."""
        self.weighed, self.weight = self.weighed + 1, self.weight + frames
        if self.weighed > _LATELY:
            self.weighed, self.weight = self.weighed // 2, self.weight // 2


class Intake:
    """Takes in what one queue holds, as long as somebody wants it.

    Attributes:
        fault: why the queue cannot be used; empty while it can.
        counts: how many frames nobody understood, how often it had to subscribe anew, and to make the queue
            anew.
    """

    def __init__(
        self, link: Link, topology: Topology, system: str, limits: Limits, declaring: asyncio.Lock
    ) -> None:
        self._link = link
        self._topology = topology
        self._system = system
        self._limits = limits
        self._declaring = declaring
        self._circuit: Circuit | None = None
        self._consuming = self._cancelled = self._dozing = False
        self._at_hand: deque[Frame] = deque()
        self._filled = asyncio.Event()
        self._parcels: dict[int, _Parcel] = {}
        self._held: dict[Frame, list[_Parcel]] = {}
        self._finished: list[int] = []
        self._flush_due: asyncio.TimerHandle | None = None
        self._stirred = asyncio.Event()
        self._waiting = self._broken = 0
        self._wanted = self._hungry = 0.0
        self.seen = Seen()
        self.ready = asyncio.Event()
        self.fault = ""
        self.counts = {"poison": 0, "resubscribed": 0, "made-anew": 0}

    async def take(self, limit: int) -> list[Frame]:
        """Return up to `limit` frames, waiting for the first."""
        if not self._wanted:
            self.stir()
        self._wanted = time.monotonic()
        while not self._at_hand:
            self._filled.clear()
            self._waiting += 1
            try:
                await self._filled.wait()
            finally:
                self._waiting -= 1
                self._wanted = time.monotonic()
        at_hand = self._at_hand
        return [at_hand.popleft() for _ in range(min(limit, len(at_hand)))]

    def done(self, frames: Iterable[Frame], *, refused: bool = False) -> None:
        """Note that frames are done; a message is acknowledged when all of it is."""
        held = self._held
        for frame in frames:
            parcels = held.get(frame)
            if parcels is None:
                continue  # of a channel that is gone: it comes again, and its epoch tells
            parcel = parcels.pop(0)
            if not parcels:
                del held[frame]
            parcel.refused |= refused
            parcel.left -= 1
            if not parcel.left:
                self._finish(parcel)

    @property
    def usable(self) -> bool:
        """Tell whether the queue is known to be there."""
        return self._circuit is not None

    def depth(self) -> int:
        """Return how many frames wait, here and in the queue, as far as is known."""
        self.seen.asked = time.monotonic()
        return self.seen.frames() + len(self._at_hand)

    def arrived(self, frames: int) -> None:
        """Note frames that the queue has taken in."""
        self.seen.since += frames
        self.seen.carried(frames)
        if self._dozing:
            self.stir()

    def stir(self) -> None:
        """Look at the queue now."""
        self._stirred.set()

    async def run(self) -> None:
        """Keep the queue, and the subscription if it is wanted, until cancelled."""
        while True:
            try:
                self._circuit = await self._declared()
                self.fault = ""
                self.ready.set()
                await self._watch(self._circuit)
            except Gone as fault:
                log.warning("queue interrupted", system=self._system, fault=str(fault))
            finally:
                self._forget()
            await asyncio.sleep(random.uniform(0, _PAUSE))

    # --- the queue --------------------------------------------------------------------------------------

    async def _declared(self) -> Circuit:
        """Open a channel and make sure of the queue; one that is there stays as it is."""
        circuit = await self._link.circuit()
        if self._broken >= _HOPELESS:
            await self._make_anew(circuit)
        try:
            await self._look(circuit)
        except Gone as fault:
            if fault.code != NOT_FOUND:
                raise self._noted(fault) from None
        else:
            return circuit
        async with self._declaring:
            circuit = await self._link.circuit()
            try:
                await declare(circuit, self._topology, [self._system])
            except Gone as fault:
                raise self._noted(fault) from None
        log.warning("queue was missing; declared", system=self._system)
        return circuit

    async def _make_anew(self, circuit: Circuit) -> None:
        """Take away a queue over which the broker breaks. Its frames are in the journal, and go out again."""
        self._broken = 0
        self.counts["made-anew"] += 1
        log.error("queue cannot be used; making it anew", system=self._system)
        await circuit.call(circuit.channel.queue_delete, queue=self._topology.queue_name(self._system))

    def _noted(self, fault: Gone) -> Gone:
        words = {NOT_ALLOWED: "queue-forbidden", DIFFERENT: "queue-different"}
        self.fault = words.get(fault.code, "queue-unavailable")
        return fault

    async def _look(self, circuit: Circuit) -> None:
        """Count what waits in the queue, and who consumes it."""
        name = self._topology.queue_name(self._system)
        told = await circuit.call(circuit.channel.queue_declare, queue=name, passive=True)
        self.seen.messages, self.seen.since = told.message_count, 0
        credit = len(self._parcels) < self._limits.prefetch
        starving = (told.message_count and credit) or not told.consumer_count
        if not self._consuming or not starving or not self._hungry:
            self._hungry = time.monotonic()

    async def _watch(self, circuit: Circuit) -> None:
        """Subscribe when frames are wanted, and look whether they come, while the channel is open."""
        circuit.closed.add_done_callback(lambda _: self.stir())
        while circuit.open and not self._cancelled:
            self._stirred.clear()
            if self._wanted and not self._consuming:
                await self._subscribe(circuit)
            if self._unwanted():
                self._wanted = 0.0
                raise Gone("nobody takes frames; others may have them")
            if self._starving():
                self.counts["resubscribed"] += 1
                raise Gone("frames wait and none comes; subscribing anew")
            await self._pause()
            await self._look(circuit)
        raise circuit.why()

    async def _subscribe(self, circuit: Circuit) -> None:
        channel = circuit.channel
        self._hungry = time.monotonic()
        self._consuming = True
        channel.add_on_cancel_callback(self._on_cancel)
        await circuit.call(channel.basic_qos, prefetch_count=self._limits.prefetch)
        try:
            await circuit.call(
                channel.basic_consume,
                queue=self._topology.queue_name(self._system),
                on_message_callback=self._on_message,
            )
        except Gone as fault:
            self._broken += fault.code == BROKEN
            raise
        self._broken = 0

    def _unwanted(self) -> bool:
        idle = time.monotonic() - self._wanted > self._limits.unwanted
        return self._consuming and not self._waiting and idle

    def _starving(self) -> bool:
        return self._consuming and time.monotonic() - self._hungry > self._limits.stuck

    async def _pause(self) -> None:
        seen = self.seen
        changing = seen.messages or seen.since or self._at_hand
        busy = changing and time.monotonic() - seen.asked < _ASKED_LATELY
        self._dozing = not busy
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BUSY_LOOK if busy else _IDLE_LOOK):
                await self._stirred.wait()
        self._dozing = False

    def _forget(self) -> None:
        """Let go of the channel: what was not acknowledged goes back to the queue, and comes again."""
        if self._circuit is not None:
            self._circuit.close()
        if self._flush_due is not None:
            self._flush_due.cancel()
        self._circuit = self._flush_due = None
        self._consuming = self._cancelled = False
        for kept in (self._at_hand, self._parcels, self._held, self._finished):
            kept.clear()

    # --- messages ---------------------------------------------------------------------------------------

    def _on_cancel(self, _: Any) -> None:
        """Note that the broker ended the subscription: the queue is gone, or has moved."""
        self._cancelled = True
        self.stir()

    def _on_message(self, channel: Any, method: Any, _: Any, body: bytes) -> None:
        tag = method.delivery_tag
        try:
            frames = unpacked(self._system, body)
        except ValueError:
            self.counts["poison"] += 1
            log.error("frame not understood", system=self._system, size=len(body))  # noqa: TRY400 - no fault of ours
            channel.basic_reject(tag, requeue=False)
            return
        parcel = self._parcels[tag] = _Parcel(tag, len(frames))
        for frame in frames:
            self._held.setdefault(frame, []).append(parcel)
        self._at_hand.extend(frames)
        self._filled.set()
        self._hungry = time.monotonic()
        self.seen.since -= len(frames)
        self.seen.carried(len(frames))

    def _finish(self, parcel: _Parcel) -> None:
        """Settle a message, together with others that are finished soon."""
        if parcel.refused:
            del self._parcels[parcel.tag]
            self._send("basic_reject", parcel.tag, requeue=False)
            return
        self._finished.append(parcel.tag)
        if len(self._finished) * 4 >= self._limits.prefetch:
            self.flush()
        elif self._flush_due is None:
            self._flush_due = asyncio.get_running_loop().call_later(_FLUSH, self.flush)

    def flush(self) -> None:
        """Acknowledge what is finished: all that leads in one word, the others singly."""
        if self._flush_due is not None:
            self._flush_due.cancel()
            self._flush_due = None
        finished = set(self._finished)
        self._finished.clear()
        leading = [*takewhile(finished.__contains__, self._parcels)]
        if leading:
            self._send("basic_ack", leading[-1], multiple=True)
        for tag in finished.difference(leading):
            self._send("basic_ack", tag)
        for tag in finished:
            del self._parcels[tag]

    def _send(self, word: str, tag: int, **more: bool) -> None:
        """Say something of a message, if there is still somebody to say it to."""
        if self._circuit is not None and self._circuit.open:
            getattr(self._circuit.channel, word)(tag, **more)

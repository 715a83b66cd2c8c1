"""Publishing to RabbitMQ: one channel, pipelined confirms, nothing that waits and nothing that grows."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import structlog
from pika import BasicProperties
from pika.exceptions import AMQPError
from pika.spec import Basic

from lgsp.broker.frames import packed, unpacked
from lgsp.broker.link import NOT_ALLOWED, Circuit, Gone, Link
from lgsp.broker.topology import Topology
from lgsp.journal.turns import Frame

log = structlog.get_logger(__name__)
_TOGETHER = 20
"""Frames a message carries at most: fewer messages for a backlog, yet enough for every worker."""
_SHARES = 4
"""Frames that go out together become at least so many messages, so that several workers get their part."""
_GATHERING = 0.002
"""Seconds for which frames wait for company while messages are under way; otherwise they go at once."""
_UNCONFIRMED = 256
"""Messages of a system that are under way at once; the others wait here."""
_KEPT = 50_000
"""Frames of a system that wait here at most, and lost frames that are remembered."""
_PATIENCE = 20.0
"""Seconds after which a message that was not confirmed counts as lost: its queue may have no leader."""
_TURN = 0.5
"""Seconds between two looks at what is late, and how long a system that refused is left alone."""
_DURABLE = BasicProperties(delivery_mode=2)  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class _Sent:
    """A message under way."""

    system: str
    frames: Sequence[Frame]
    at: float


@dataclass(slots=True)
class _Tray:
    """What is on its way out to one system.

    Attributes:
        gathered: frames that go out together.
        waiting: messages that are not sent yet.
        frames: how many frames are neither confirmed nor lost.
        under_way: how many messages are.
        shunned: the time until which the queue is taken for one that takes nothing.
    """

    gathered: list[Frame] = field(default_factory=list)
    waiting: deque[Sequence[Frame]] = field(default_factory=deque)
    frames: int = 0
    under_way: int = 0
    shunned: float = 0.0


class Outbox:
    """Sends frames and learns of each whether it arrived.

    Attributes:
        lost: frames that are known not to have arrived.
        fault: a word for why nothing can be published; empty while it can.
        counts: how many messages were confirmed, returned, refused, cut off or not confirmed in time.
    """

    def __init__(
        self,
        link: Link,
        topology: Topology,
        arrived: Callable[[str, int], None],
        missing: Callable[[str], None],
    ) -> None:
        """Make an outbox.

        Args:
            link: a connection of its own: one that publishes is not read from during an alarm.
            topology: the names of the queues.
            arrived: is told the system and the number of frames of a confirmed message.
            missing: is told a system whose queue does not exist.
        """
        self._link = link
        self._topology = topology
        self._arrived, self._missing = arrived, missing
        self._circuit: Circuit | None = None
        self._trays: dict[str, _Tray] = {}
        self._sent: dict[int, _Sent] = {}
        self._tag = 0
        self._due = False
        self._idle = asyncio.Event()
        self._systems: dict[str, str] = {}
        self.ready = asyncio.Event()
        self.fault = ""
        self.lost: deque[Frame] = deque(maxlen=_KEPT)
        self.counts = dict.fromkeys(("confirmed", "returned", "refused", "cut-off", "late", "overflowed"), 0)

    @property
    def taking(self) -> bool:
        """Tell whether the broker takes messages now."""
        return self._circuit is not None and not self._link.blocked

    def takes(self, system: str) -> bool:
        """Tell whether frames of a system have a chance now."""
        return self.taking and self._trays[system].shunned <= time.monotonic()

    def know(self, system: str) -> None:
        """Get ready to send to a system."""
        self._trays.setdefault(system, _Tray())
        self._systems[self._topology.queue_name(system)] = system

    def under_way(self, system: str) -> int:
        """Return how many frames of a system are neither confirmed nor lost."""
        return self._trays[system].frames

    def publish(self, frames: Sequence[Frame]) -> None:
        """Send frames, together with those that are published in the same moment."""
        for frame in frames:
            tray = self._trays[frame.system]
            tray.gathered.append(frame)
            tray.frames += 1
        if frames and not self._due:
            self._due = True
            pause = _GATHERING if self._sent and self.taking else 0
            asyncio.get_running_loop().call_later(pause, self._flush)

    async def run(self) -> None:
        """Keep the channel until cancelled."""
        while True:
            try:
                circuit = await self._link.circuit()
                await circuit.call(circuit.channel.confirm_delivery, ack_nack_callback=self._on_answer)
                circuit.channel.add_on_return_callback(self._on_return)
                self._circuit, self._tag = circuit, 0
                self.ready.set()
                await self._watch(circuit)
            except Gone as fault:
                self.fault = "publishing-forbidden" if fault.code == NOT_ALLOWED else ""
                log.warning("publishing interrupted", fault=str(fault))
            finally:
                self._circuit = None
                self._cut_off()
            await asyncio.sleep(_TURN)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._circuit is not None and any(tray.frames for tray in self._trays.values()):
            self._idle.clear()
            await self._idle.wait()

    async def _watch(self, circuit: Circuit) -> None:
        """Stay while the channel is open, and give up what was not confirmed in time."""
        while not circuit.closed.done():
            await asyncio.wait((circuit.closed,), timeout=_TURN)
            late = time.monotonic() - _PATIENCE
            for tag in [*takewhile(lambda tag: self._sent[tag].at < late, self._sent)]:  # noqa: B023
                self._end(tag, "late")
            self._flush()
        raise circuit.why()

    def _flush(self) -> None:
        """Send what was gathered, as far as it may be under way."""
        self._due = False
        for system, tray in self._trays.items():
            if tray.gathered:
                gathered, tray.gathered = tray.gathered, []
                tray.waiting.extend(_messages(gathered))
            if tray.waiting:
                self._send(system, tray)

    def _send(self, system: str, tray: _Tray) -> None:
        if not self.taking:
            self._drop(tray, "cut-off", 0)
            return
        while tray.waiting and tray.under_way < _UNCONFIRMED and self._circuit is not None:
            self._post(self._circuit, system, tray, tray.waiting.popleft())
        self._drop(tray, "overflowed", _KEPT // _TOGETHER)

    def _post(self, circuit: Circuit, system: str, tray: _Tray, frames: Sequence[Frame]) -> None:
        queue = self._topology.queue_name(system)
        try:
            circuit.channel.basic_publish("", queue, packed(frames).encode(), _DURABLE, mandatory=True)
        except AMQPError:
            self._circuit = None  # its end is on its way to us
            tray.waiting.appendleft(frames)
            self._drop(tray, "cut-off", 0)
            return
        self._tag += 1
        tray.under_way += 1
        self._sent[self._tag] = _Sent(system, frames, time.monotonic())

    def _on_answer(self, frame: Any) -> None:
        """Note a confirm or a refusal, of one message or of all up to it."""
        answer = frame.method
        word = "confirmed" if isinstance(answer, Basic.Ack) else "refused"
        tags = takewhile(lambda tag: tag <= answer.delivery_tag, self._sent) if answer.multiple else None
        for tag in [*tags] if tags else (answer.delivery_tag,):
            self._end(tag, word)

    def _on_return(self, _: Any, method: Any, __: Any, body: bytes) -> None:
        """Note a message that has no queue; it is confirmed all the same, right after this."""
        system = self._systems[method.routing_key]
        self.lost.extend(unpacked(system, body))
        self.counts["returned"] += 1
        self._trays[system].shunned = time.monotonic() + _TURN
        self._missing(system)

    def _end(self, tag: int, word: str) -> None:
        """Take a message off the list of those under way, and send the next of its system."""
        sent = self._sent.pop(tag, None)
        if sent is None:
            return
        tray = self._trays[sent.system]
        tray.under_way -= 1
        tray.frames -= len(sent.frames)
        self.counts[word] += 1
        if word == "confirmed":
            self.fault = ""
            self._arrived(sent.system, len(sent.frames))
        else:
            self.lost.extend(sent.frames)
            tray.shunned = time.monotonic() + _TURN
        if tray.waiting:
            self._send(sent.system, tray)
        if not self._sent:
            self._idle.set()

    def _cut_off(self) -> None:
        """Count all that was under way, or waited to be, as lost."""
        for tag in list(self._sent):
            self._end(tag, "cut-off")
        self._flush()

    def _drop(self, tray: _Tray, word: str, kept: int) -> None:
        """Count waiting messages as lost, but for the first so many."""
        surplus = [tray.waiting.pop() for _ in range(len(tray.waiting) - kept)]
        for frames in reversed(surplus):
            tray.frames -= len(frames)
            self.lost.extend(frames)
            self.counts[word] += 1


def _messages(frames: Sequence[Frame]) -> list[Sequence[Frame]]:
    """Share frames out to messages, in order: small ones while there are few."""
    size = min(_TOGETHER, -(-len(frames) // _SHARES))
    return [frames[start : start + size] for start in range(0, len(frames), size)]

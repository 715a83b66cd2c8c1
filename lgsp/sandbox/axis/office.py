"""Being the peers: what each agency's own document system does with what it is sent.

Statuses as the packets' guidance has them (high confidence for the codes, medium for the order): 01 on
arrival; then 02, or 03, 04, 05, 06. A recall, an update and a wish to take back (13) are answered 15 or 16.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lgsp.formats.axis.protocol import MessageType, TransportStatus
from lgsp.sandbox.axis.habits import REPLY, Record, answered_by, answers, silenced
from lgsp.sandbox.axis.taking import Envelope, take_packet
from lgsp.sandbox.axis.world import Denied, Letter, World
from lgsp.sandbox.axis.writing import Answered, Draft, document, status


@dataclass(slots=True, frozen=True, order=True)
class _Step:
    """Something that a peer will do when its time has come."""

    at: float
    number: int
    office: str = field(compare=False)
    code: str = field(compare=False)
    answered: Answered = field(compare=False)


class Offices:
    """All peers. Nothing happens by itself: whoever talks to the axis lets them catch up first."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self._world = world
        self._clock = clock
        self._steps: list[_Step] = []
        self._silent: frozenset[str] = frozenset()
        self._unread: list[Letter] = []
        self._numbers = itertools.count(1)
        self.records: dict[str, dict[str, Record]] = {}

    def forget(self) -> None:
        """Know nothing, and have nothing to do."""
        self._steps.clear()
        self._unread.clear()
        self.records.clear()
        self._world.letters.clear()

    def state(self) -> dict[str, Any]:
        """Return what each peer knows."""
        return {
            office: {subject: one.state() for subject, one in records.items()}
            for office, records in self.records.items()
        }

    async def catch_up(self) -> None:
        """Read what came, and do what is due."""
        self._read_all()
        while self._steps and self._steps[0].at <= self._clock():
            await self._do(heapq.heappop(self._steps))
            self._read_all()

    async def write(self, draft: Draft) -> str:
        """Send a document of a peer; returns the id under which the axis took it.

        Raises:
            Denied: the axis does not take it.
        """
        envelope = Envelope("", draft.sender.code, MessageType.DOCUMENT)
        sending = await take_packet(self._world, document(draft), envelope)
        if self._world.post.remember:
            self._record(draft.sender.code, draft.about or draft.document)
        return sending.docid

    def _read_all(self) -> None:
        silent, letters = self._world.weather.faults.offices.silent, self._world.letters
        if silent != self._silent:
            letters, self._unread, self._silent = self._unread + letters, [], silent
        self._world.letters = []
        for letter in letters:
            if letter.delivery.receiver not in silent:
                self._read(letter)
            elif self._world.post.remember:
                self._unread.append(letter)

    def _read(self, letter: Letter) -> None:
        delivery, post = letter.delivery, self._world.post
        if letter.fault:
            post.update(delivery, TransportStatus.FAIL, letter.fault)
            return
        post.update(delivery, TransportStatus.DONE)
        subject, what = delivery.sending.subject, delivery.sending.what
        record, weather = self._record(delivery.receiver, subject), self._world.weather
        if record.take(letter.kind, what):
            codes = answers(weather.faults.offices, weather.falls, what, subject, record)
            self._plan(delivery.receiver, codes, letter)

    def _record(self, office: str, subject: str) -> Record:
        if not self._world.post.remember:
            return Record()
        return self.records.setdefault(office, {}).setdefault(subject, Record())

    def _plan(self, office: str, codes: tuple[str, ...], letter: Letter) -> None:
        pace = self._world.weather.faults.offices.pace_ms / 1000
        answered = answered_by(letter.header, letter.traces)
        for n, code in enumerate(codes):
            step = _Step(self._clock() + n * pace, next(self._numbers), office, code, answered)
            heapq.heappush(self._steps, step)

    async def _do(self, step: _Step) -> None:
        record = self._record(step.office, step.answered.document)
        if silenced(record, step.code):
            return
        try:
            await self._tell(step)
        except Denied:
            self._world.post.counts["peers_denied"] += 1
            return
        record.answered.append(step.code)

    async def _tell(self, step: _Step) -> None:
        member = self._world.directory.members[step.office]
        if step.code == REPLY:
            await self._reply(step)
            return
        packet = status(member, step.code, step.answered, self._world.now())
        await take_packet(self._world, packet, Envelope("", member.code, MessageType.STATUS))

    async def _reply(self, step: _Step) -> None:
        directory, to = self._world.directory, step.answered.sender
        member, asked = directory.members[step.office], directory.find(to)
        draft = Draft(
            member,
            ((to, asked.name if asked else to),),
            str(step.number),
            "TL-VP",
            f"Trả lời văn bản số {step.answered.code}",
            self._world.now(),
            answers=step.answered,
        )
        await take_packet(self._world, document(draft), Envelope("", member.code, MessageType.DOCUMENT))

"""Playing a local document system: it speaks the axis' protocol with a gateway, or with the axis itself.

It works as such systems do: list, fetch, note, say `done`, then answer by statuses; and it sends what its
people wrote, again and again until somebody takes it. What it holds is its own word, not the gateway's.
"""

from __future__ import annotations

import heapq
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lgsp.errors import Unavailable
from lgsp.formats.axis.hashing import TAIL, hash_file
from lgsp.formats.axis.listing import SEVERAL, Received, read_entries
from lgsp.formats.axis.protocol import FILE_TYPE, JSON_TYPE, SERVICE, MessageType, TransportStatus
from lgsp.formats.axis.replies import Answer, Unreadable, read_answer
from lgsp.formats.axis.signing import sign
from lgsp.sandbox.axis.directory import Member
from lgsp.sandbox.axis.faults import Habits
from lgsp.sandbox.axis.habits import (
    ARRIVED,
    REPLY,
    Record,
    answered_by,
    answers,
    silenced,
    target_of,
    what_of,
)
from lgsp.sandbox.axis.transit import header_of
from lgsp.sandbox.axis.tree import BadPacket, Node, grow
from lgsp.sandbox.axis.writing import Answered, Draft, document, status
from lgsp.wire.http import Http

Ask = Callable[[str, dict[str, str], bytes], Awaitable[bytes]]
"""Posts a body to an operation and returns what came back; raises Unavailable when nothing did."""


@dataclass(slots=True, frozen=True)
class Letter:
    """A packet that is to be sent.

    Attributes:
        what: the document's id, or the code of a status.
    """

    kind: MessageType
    sender: str
    packet: bytes
    what: str


@dataclass(slots=True, frozen=True)
class Said:
    """A status that an agency of the clerk told, or wished to tell."""

    teller: str
    document: str
    code: str


@dataclass(slots=True)
class Tally:
    """What the clerk knows for itself.

    Attributes:
        written: documents that were put into the outbox, replies included, in order.
        said: statuses that were put there, in order.
        sent: documents that were taken, by their ids, with the id that the answer told.
        refused: what was not taken, and the words of the answer.
        repeats: requests that had to be made again because no answer came, or none that could be read.
        unread: packets that could not be read, or are for nobody here, and why.
        received: what each agency received, by document.
        told: the statuses told of the clerk's own documents, by document and teller, in the order they came.
    """

    written: list[Draft] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    repeats: int = 0
    unread: list[str] = field(default_factory=list)
    received: dict[str, dict[str, Record]] = field(default_factory=dict)
    told: dict[str, dict[str, list[str]]] = field(default_factory=dict)


class Clerk:
    """A document system of some agencies.

    Nothing happens by itself: each `turn` sends what lies in the outbox, collects what waits, and takes every
    step whose turn it is; a document's next step waits for the next turn.

    Args:
        ask: reaches the gateway's façade, or the axis.
        system: its system id.
        secret: shared with whom it asks.
        agencies: those it works for.
        habits: how it answers; `pace_ms` and `silent` mean nothing here.
        of_agency: the habits of agencies that answer otherwise, by code.
        tells_arrival: whether a sender is told 01 by this system; not where the gateway tells it by itself.
        now: the wall clock.
    """

    def __init__(  # noqa: PLR0913 - each is one independent property of the clerk
        self,
        ask: Ask,
        system: str,
        secret: str,
        agencies: tuple[Member, ...],
        *,
        habits: Habits | None = None,
        of_agency: Mapping[str, Habits] | None = None,
        tells_arrival: Callable[[str], bool] = lambda _: True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.tally = Tally()
        self._ask = ask
        self._system = system
        self._secret = secret
        self._agencies = {code: one for one in agencies for code in (one.code, one.old) if code}
        self._habits = habits or Habits()
        self._of_agency = of_agency or {}
        self._tells_arrival = tells_arrival
        self._now = now
        self._outbox: deque[Letter] = deque()
        self._steps: list[tuple[int, int, str, str, Answered]] = []
        self._turn = self._number = 0

    @property
    def idle(self) -> bool:
        """Tell whether there is nothing left to send, now or at a later turn."""
        return not self._outbox and not self._steps

    def write(self, draft: Draft) -> str:
        """Put a document into the outbox; returns its id."""
        self.tally.written.append(draft)
        letter = Letter(MessageType.DOCUMENT, draft.sender.code, document(draft), draft.document)
        self._outbox.append(letter)
        return draft.document

    def take_back(self, sender: Member, asked: Answered) -> None:
        """Wish to have a document back (status 13) from the receiver that `asked` names."""
        packet = status(sender, "13", asked, self._now())
        self.tally.said.append(Said(sender.code, asked.document, "13"))
        self._outbox.append(Letter(MessageType.STATUS, sender.code, packet, "13"))

    async def turn(self) -> bool:
        """Send and collect once; False when somebody did not answer, and the rest is for another turn."""
        self._turn += 1
        try:
            await self._send_all()
            for kind in MessageType:
                await self._collect(kind)
            self._take_steps()
            await self._send_all()
        except (Unavailable, Unreadable):
            self.tally.repeats += 1
            return False
        return True

    async def _send_all(self) -> None:
        while self._outbox:
            letter = self._outbox[0]
            answer = await self._send(letter)
            self._outbox.popleft()
            if not answer.ok:
                self.tally.refused.append((letter.what, f"{answer.code}: {answer.text}"))
            elif letter.kind is MessageType.DOCUMENT:
                self.tally.sent[letter.what] = answer.docid

    async def _send(self, letter: Letter) -> Answer:
        said = {"servicetype": SERVICE, "messagetype": str(letter.kind), "from": letter.sender}
        said["hash-file"] = hash_file(letter.packet)
        return await self._call("sendEdoc", said, letter.packet + TAIL, FILE_TYPE)

    async def _call(
        self, operation: str, said: dict[str, str], body: bytes = b"", content_type: str = JSON_TYPE
    ) -> Answer:
        headers = sign(self._secret, self._system, said, self._now(), content_type=content_type)
        return read_answer(await self._ask(operation, headers, body))

    async def _collect(self, kind: MessageType) -> None:
        answer = await self._call("getReceivedEdocList", {"servicetype": SERVICE, "messagetype": str(kind)})
        for item in read_entries(Received, answer.items() if answer.ok else []).entries:
            fetched = await self._call("getEdoc", {"docId": item.docid, "filePath": "./store/"}, b"{}")
            if fetched.ok:
                done = self._note(kind, item, fetched.packet())
                await self._call("updateStatus", {"docid": item.docid, "status": done}, b"{}")

    def _note(self, kind: MessageType, item: Received, packet: bytes) -> TransportStatus:
        """Note what came; returns what the transport is told of it."""
        try:
            header = header_of(grow(packet))
        except BadPacket as fault:
            self.tally.unread.append(f"{item.docid}: {fault}")
            return TransportStatus.FAIL
        message, traces = header.all("MessageHeader")[0], header.first("TraceHeaderList")
        if kind is MessageType.STATUS:
            self._hear(message)
        for mine in self._meant(item):
            self._take(kind, mine, message, traces)
        return TransportStatus.DONE

    def _hear(self, message: Node) -> None:
        tellers = self.tally.told.setdefault(message.said("ResponseFor", "DocumentId"), {})
        tellers.setdefault(message.said("From", "OrganId"), []).append(message.said("StatusCode"))

    def _meant(self, item: Received) -> Iterable[Member]:
        """Return the agencies that an item is for, each once however many of its codes are named."""
        found: dict[str, Member] = {}
        for code in item.receiver.split(SEVERAL):
            mine = self._agencies.get(code)
            if mine is None:
                self.tally.unread.append(f"{item.docid}: {code} is no agency of this clerk")
            else:
                found[mine.code] = mine
        return found.values()

    def _take(self, kind: MessageType, mine: Member, message: Node, traces: Node | None) -> None:
        subject, what = target_of(message, traces), what_of(message, traces)
        record = self.tally.received.setdefault(mine.code, {}).setdefault(subject, Record())
        if not record.take(kind, what):
            return
        habits, answered = self._of_agency.get(mine.code, self._habits), answered_by(message, traces)
        codes = answers(habits, _falls, what, subject, record)
        if not self._tells_arrival(answered.sender):
            codes = tuple(code for code in codes if code != ARRIVED)
        for later, code in enumerate(codes):
            self._number += 1
            heapq.heappush(self._steps, (self._turn + later, self._number, mine.code, code, answered))

    def _take_steps(self) -> None:
        while self._steps and self._steps[0][0] <= self._turn:
            _, number, code, step, answered = heapq.heappop(self._steps)
            mine = self._agencies[code]
            record = self.tally.received[mine.code][answered.document]
            if not silenced(record, step):
                record.answered.append(step)
                self._outbox.append(self._answer(mine, step, answered, number))

    def _answer(self, mine: Member, step: str, answered: Answered, number: int) -> Letter:
        if step != REPLY:
            packet = status(mine, step, answered, self._now())
            self.tally.said.append(Said(mine.code, answered.document, step))
            return Letter(MessageType.STATUS, mine.code, packet, step)
        subject = f"Trả lời văn bản số {answered.code}"
        to = ((answered.sender, answered.sender),)
        draft = Draft(mine, to, str(number), "TL-VP", subject, self._now(), answers=answered)
        self.tally.written.append(draft)
        return Letter(MessageType.DOCUMENT, mine.code, document(draft), draft.document)


def over(http: Http, url: str) -> Ask:
    """Return how to ask over HTTP.

    Args:
        http: the pool of connections.
        url: the endpoint, without a slash at the end; operations stand right behind it.
    """

    async def ask(operation: str, headers: dict[str, str], body: bytes) -> bytes:
        answer = await http.post(f"{url}/{operation}", body, headers=headers)
        return answer.text.encode()

    return ask


def _falls(share: float, what: str, which: str) -> bool:
    return share > zlib.crc32(f"{what}\x1f{which}".encode()) / 2**32

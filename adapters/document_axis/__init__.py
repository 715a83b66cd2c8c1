"""The national document axis (Trục liên thông văn bản quốc gia): documents and their statuses, both ways.

We are a client of it: we send, look into the list of what we sent, and collect what waits for our agencies.
What is known of the axis, and how surely, stands in docs/axis.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from lgsp.adapter import Adapter, Arrival, Page, Receipt, Tools
from lgsp.errors import Refused, Rejected, Unavailable
from lgsp.formats.axis.protocol import SERVICE, MessageType
from lgsp.formats.axis.replies import Answer
from lgsp.formats.edxml import DOCUMENT, STATUS, Limits, received
from lgsp.formats.edxml.answering import narrowed
from lgsp.message import Message, Raw
from lgsp.wire.http import Answer as Reply
from lgsp.wire.xmldsig import seal_holds

from . import answers, mapping, roll
from .attempts import Attempts
from .axis import Axis, AxisConfig
from .collecting import Collection
from .likeness import Sought
from .outgoing import written
from .sent import SentList, first_day, look_for, missed

DOCUMENTS, STATUSES, AGENCIES = "documents", "statuses", "agencies"
_KINDS = {DOCUMENT: MessageType.DOCUMENT, STATUS: MessageType.STATUS}
_COLLECTS = {DOCUMENTS: MessageType.DOCUMENT, STATUSES: MessageType.STATUS}
_TO = {DOCUMENT: "MessageHeader/To", STATUS: "MessageHeader/ResponseFor/OrganId"}


class DocumentAxis(Adapter):
    """Sends packets to the axis and collects those that wait there.

    Its jobs: `documents` and `statuses` collect, `agencies` reads the list of everybody on the axis.
    """

    Config = AxisConfig
    config: AxisConfig
    takes = frozenset({DOCUMENT, STATUS})
    brings = frozenset({DOCUMENT, STATUS})
    jobs = frozenset({DOCUMENTS, STATUSES, AGENCIES})

    def __init__(self, config: AxisConfig, tools: Tools) -> None:
        super().__init__(config, tools)
        self._axis = Axis(config, tools)
        self._attempts = Attempts()

    async def read(self, raw: Raw) -> list[Message | Rejected]:
        """Read a packet that somebody hands in as a file."""
        limits = Limits(packet=self.config.largest_bytes)
        packet = await received(raw, self.tools.files, limits, seal_holds)
        return [packet.message()]

    async def send(self, message: Message) -> Receipt:
        """Send a packet, narrowed to the message's receivers: one sendEdoc, whatever comes of it.

        Raises:
            Refused: the axis takes it not, or for none of its receivers; or it cannot be written.
            Unavailable: the axis is away, does not know us, or says what nobody knows.
            Uncertain: the whole packet was written, and no answer of the axis came.
        """
        data = _meant(message)
        sender = mapping.sender_of(data, self.config.agency)
        if not (sender.isascii() and sender.isprintable()):  # it stands in a header of the request
            raise Refused("not-writable", fields=["MessageHeader/From/OrganId"])
        async with written(message.type, data, self.tools.files) as parcel:
            self._attempts.begin(message, self.tools.clock())
            reply = await self._axis.send(parcel.upload, _KINDS[message.type], sender, parcel.hash_file)
        own = mapping.is_ours(sender, self.config.agency)
        receipt = await self._receipt(message, mapping.meant(message), reply, own_sender=own)
        self._attempts.end(message)
        return receipt

    async def drawn_up(self, message: Message) -> Raw:
        """Return the packet, up to its first file.

        Raises:
            Refused: it cannot be written.
        """
        async with written(message.type, _meant(message), self.tools.files) as parcel:
            return Raw.of(parcel.upload.shown, "application/xml")

    async def probe(self, message: Message) -> Arrival:
        """Look into the list of what we sent, which shows no document's id.

        So this says `UNKNOWN` wherever title, notation, receivers and times could mean another packet too;
        without a body there is nothing to compare.
        """
        sought = self._sought(message)
        today = self.tools.clock().date()
        first = first_day(sought, today, self.config.days) if sought else None
        if sought is None or first is None:
            return Arrival.UNKNOWN
        listed = SentList(self._axis, sought.kind, first, today, self.config.page, self.config.pages)
        return await look_for(listed, sought)

    def fetch(self, job: str, cursor: Any) -> AsyncIterator[Page]:
        """Bring what waits, or the list of agencies; see `Collection` and `roll`."""
        if job == AGENCIES:
            return roll.pages(self._axis, self.tools)
        if job in _COLLECTS:
            return Collection(self.config, self._axis, self.tools, cursor).pages(_COLLECTS[job])
        return super().fetch(job, cursor)

    async def check(self) -> None:
        """Ask how many documents wait: the least that only a known client is answered."""
        await self._axis.ask("countReceiveEdoc", b"{}", servicetype=SERVICE)

    async def _receipt(
        self, message: Message, receivers: Sequence[str], reply: Reply, *, own_sender: bool
    ) -> Receipt:
        """Return the receipt of a packet, or raise what the axis says against all of it."""
        answer = answers.sent(reply)
        if not answer.ok:
            failed = answers.in_part(answer, receivers)
            if failed is None:
                signature, to = reply.signature(), _TO[message.type]
                raise answers.verdict(answer, signature, own_sender=own_sender, to=to)
            return Receipt(_note(answer), failed=failed)
        return Receipt(_note(answer), failed=await self._missed(message, receivers, answer))

    async def _missed(self, message: Message, receivers: Sequence[str], answer: Answer) -> dict[str, Refused]:
        """Ask whom a packet of several receivers did not reach; what is not known yet is no failure."""
        if not self.config.outcomes or not receivers[1:] or not answer.docid:
            return {}
        today = self.tools.clock().date()
        listed = SentList(self._axis, _KINDS[message.type], today, today, self.config.page, self.config.pages)
        try:
            async with asyncio.timeout(self.config.timeout):
                return await missed(listed, answer.docid, receivers)
        except (Unavailable, TimeoutError) as fault:
            self.tools.log.warning("whom a packet reached is not known", docid=answer.docid, fault=str(fault))
            return {}

    def _sought(self, message: Message) -> Sought | None:
        began = self._attempts.began(message)
        since = began or message.taken_on
        if since is None or not message.data:
            return None
        receivers = mapping.meant(message)
        if message.type == STATUS:
            return Sought.of_status(receivers, since)
        return Sought.of_document(message.data, receivers, since, begun=began is not None)


def _note(answer: Answer) -> str:
    return f"DocId {answer.docid}" if answer.docid else "OK"


def _meant(message: Message) -> dict[str, Any]:
    """Return a message's body, a document's narrowed to its receivers."""
    if message.type == DOCUMENT and message.recipients:
        return narrowed(message.data, message.recipients)
    return message.data

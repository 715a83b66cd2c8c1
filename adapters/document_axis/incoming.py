"""Fetching one item of the axis into a file: decoded on the way, judged when it is whole."""

from __future__ import annotations

import hashlib

from lgsp.adapter import Tools
from lgsp.errors import Rejected
from lgsp.formats.axis.listing import Received
from lgsp.formats.axis.replies import Answer, Unreadable
from lgsp.formats.axis.streaming import PacketStream
from lgsp.formats.edxml import Limits, Packet, Passing, received
from lgsp.message import Raw
from lgsp.wire.xmldsig import seal_holds

from .answers import denied, no_answer
from .axis import Axis

PACKET_TYPE = "application/xml"


class Parcel:
    """A packet on its way in, in a file of its own that goes away when it is left.

    Args:
        tools: keep its attachments.
        entry: of the list, by which it is fetched.
        largest: bytes that it may have.
    """

    def __init__(self, tools: Tools, entry: Received, largest: int) -> None:
        self._files = tools.files
        self._entry = entry
        self._limits = Limits(packet=largest)
        self._file: Passing | None = None
        self._digest = hashlib.sha256()
        self._size = 0

    async def fetch(self, axis: Axis) -> None:
        """Fetch the packet.

        Raises:
            Unavailable: it did not come whole, or the axis says no.
        """
        file = self._file = self._files.passing()
        stream = PacketStream()

        def take(piece: bytes) -> None:
            packet = stream.feed(piece)
            self._digest.update(packet)
            self._size += file.write(packet)

        try:
            await axis.stream("getEdoc", take, b"{}", docId=self._entry.docid)
            _passed(stream.close())
        except Unreadable as fault:
            raise no_answer(fault) from None

    @property
    def raw(self) -> Raw:
        """The packet, verbatim, with what the axis' list says of it."""
        entry = self._entry
        said = {
            "docId": entry.docid,
            "from": entry.sender,
            "to": entry.receiver,
            "messageType": entry.message_type,
            "created_time": entry.created,
        }
        return Raw(PACKET_TYPE, self._digest.digest(), self._size, file=self._file, attributes=said)

    async def read(self) -> Packet | Rejected:
        """Return what the packet says, its attachments kept; or why it cannot be read."""
        try:
            return await received(self.raw, self._files, self._limits, seal_holds)
        except Rejected as reason:
            return reason

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()


def _passed(answer: Answer) -> None:
    if not answer.ok:
        raise denied(answer)

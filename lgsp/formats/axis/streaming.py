"""Reading an answer of the document axis while it comes, in memory that does not grow with it.

A list of a hundred thousand agencies is cut into its entries; a packet of a hundred megabytes is decoded.
"""

from __future__ import annotations

from typing import Any

from lgsp.domain.nesting import load
from lgsp.formats.axis.replies import Answer, Unreadable, read_answer, unwrapped
from lgsp.formats.cutting import Envelope, RowStream

_QUANTUM = 4
_LONGEST_ESCAPE = len("\\u003d")
_WHITE = b" \t\r\n"


class EntryStream(RowStream):
    """Cuts the list of an answer into its entries.

    Feed every piece of the body in order, then `close`: only that tells whether the list is whole. Entries
    that were handed out before are nothing to act on until then; a list that came as a text inside the
    answer is in the answer's `items`.
    """

    def __init__(self) -> None:
        super().__init__(fault=Unreadable)

    def close(self) -> Answer:
        """Return the answer, its data an empty list, when the body has come to its end.

        Raises:
            Unreadable: the body is no answer, or broke off.
        """
        return read_answer(self.envelope())


class PacketStream:
    """Decodes the packet of a getEdoc answer."""

    def __init__(self) -> None:
        self._envelope = Envelope(b'"', fault=Unreadable)
        self._held = b""
        self._escape = b""
        self._padded = False
        self.size = 0

    def feed(self, piece: bytes) -> bytes:
        """Return the bytes of the packet that are complete with this piece.

        Raises:
            Unreadable: what stands there is no base64.
        """
        if self._envelope.over:
            self._envelope.leave(piece)
            return b""
        inside = piece if self._envelope.inside else self._envelope.enter(piece)
        return self._decode(inside) if self._envelope.inside else b""

    def close(self) -> Answer:
        """Return the answer, its data empty, when the body has come to its end.

        Raises:
            Unreadable: the body is no answer, or broke off, or told of no packet though it says OK.
        """
        answer = read_answer(self._envelope.whole())
        if answer.ok and not self.size:
            raise Unreadable("no-packet")
        return answer

    def _decode(self, inside: bytes) -> bytes:
        text, mark, rest = inside.partition(b'"')
        if mark:
            self._envelope.leave(mark + rest)
        held = self._held + self._unescape(self._escape + text, last=bool(mark)).translate(None, _WHITE)
        whole = len(held) if mark else len(held) - len(held) % _QUANTUM
        if held and self._padded:
            raise Unreadable("bad-base64")
        packet, self._held = unwrapped(held[:whole]), held[whole:]
        self._padded = held[:whole].endswith(b"=")
        self.size += len(packet)
        return packet

    def _unescape(self, text: bytes, *, last: bool) -> bytes:
        """Return a piece of a JSON text as it reads; half an escape waits for its other half."""
        cut = text.find(b"\\", max(0, len(text) - _LONGEST_ESCAPE + 1))
        cut = len(text) if last or cut < 0 else cut
        text, self._escape = text[:cut], text[cut:]
        return str(_loads(b'"' + text + b'"')).encode() if b"\\" in text else text


def _loads(text: bytes) -> Any:
    try:
        return load(text)
    except ValueError:
        raise Unreadable("not-json") from None

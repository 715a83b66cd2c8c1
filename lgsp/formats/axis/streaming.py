"""Reading an answer of the document axis while it comes, in memory that does not grow with it.

A list of a hundred thousand agencies is cut into its entries; a packet of a hundred megabytes is decoded.
What is not `data` is kept, and judged at the end like any other answer: so an answer that breaks off, or
turns out to be a page of some proxy, is never taken for a short list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from lgsp.formats.axis.replies import Answer, Unreadable, read_answer, unwrapped

_TEXT = rb'"(?:[^"\\]|\\.)*+"'
_TOKEN = re.compile(rb'\{(?:[^{}\[\]"]|' + _TEXT + rb")*+\}|" + _TEXT + rb'|["{}\[\]]', re.DOTALL)
"""An object without another inside, a text, or a mark of structure."""

_DATA = re.compile(rb'"data"\s*:\s*(?P<start>[\[{"]|[^\s\[{"])', re.IGNORECASE)
_LARGEST_ENVELOPE = 1 << 20
_LARGEST_ENTRY = 1 << 20
_QUANTUM = 4
_LONGEST_ESCAPE = len("\\u003d")
_WHITE = b" \t\r\n"
_BETWEEN = _WHITE + b","
_DEPTH = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}


class _Envelope:
    """The part of an answer that is not the inside of `data`."""

    def __init__(self, opening: bytes) -> None:
        self._opening = opening
        self._kept = b""
        self.inside = False
        self.over = False

    def enter(self, piece: bytes) -> bytes:
        """Take what comes before the inside; return what of it is inside already."""
        self._keep(piece)
        found = _DATA.search(self._kept)
        if found is None or found["start"] != self._opening:
            return b""
        inside = self._kept[found.end() :]
        self._kept = self._kept[: found.end()]
        self.inside = True
        return inside

    def leave(self, rest: bytes) -> None:
        """Take what comes behind the inside, its closing mark first."""
        self.inside, self.over = False, True
        self._keep(rest)

    def _keep(self, piece: bytes) -> None:
        self._kept += piece
        if len(self._kept) > _LARGEST_ENVELOPE:
            raise Unreadable("too-large")

    def answer(self) -> Answer:
        """Return the answer without the inside of its data."""
        if self.inside:
            raise Unreadable("broken-off")
        return read_answer(self._kept)


class EntryStream:
    """Cuts the list of an answer into its entries.

    Feed every piece of the body in order, then `close`: only that tells whether the list is whole. Entries
    that were handed out before are nothing to act on until then; a list that came as a text inside the
    answer is in the answer's `items`.
    """

    def __init__(self) -> None:
        self._envelope = _Envelope(b"[")
        self._held = b""

    def feed(self, piece: bytes) -> list[Any]:
        """Return the entries that are complete with this piece.

        Raises:
            Unreadable: an entry is no JSON, or larger than a megabyte.
        """
        if self._envelope.over:
            self._envelope.leave(piece)
            return []
        self._held += piece if self._envelope.inside else self._envelope.enter(piece)
        return self._cut() if self._envelope.inside else []

    def close(self) -> Answer:
        """Return the answer, its data an empty list, when the body has come to its end.

        Raises:
            Unreadable: the body is no answer, or broke off.
        """
        return self._envelope.answer()

    def _cut(self) -> list[Any]:
        entries: list[Any] = []
        done = 0
        for start, end in self._spans():
            if self._held[done:start].strip(_BETWEEN):
                raise Unreadable("no-entries")
            if self._held[start:end] == b"]":
                self._envelope.leave(self._held[start:])
                self._held = b""
                return entries
            entries.append(_loads(self._held[start:end]))
            done = end
        self._hold(done)
        return entries

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Yield where each whole entry begins and ends, and last, where it is there, the end of the list."""
        depth = start = 0
        for token in _TOKEN.finditer(self._held):
            mark = token[0]
            if mark == b'"':
                return
            start = start if depth else token.start()
            depth += _DEPTH.get(mark, 0)
            if depth <= 0:
                yield start, token.end()

    def _hold(self, done: int) -> None:
        self._held = self._held[done:]
        if len(self._held) > _LARGEST_ENTRY:
            raise Unreadable("too-large")


class PacketStream:
    """Decodes the packet of a getEdoc answer."""

    def __init__(self) -> None:
        self._envelope = _Envelope(b'"')
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
        answer = self._envelope.answer()
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
        return orjson.loads(text)
    except ValueError:
        raise Unreadable("not-json") from None

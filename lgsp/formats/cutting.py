"""Cutting a list out of a JSON answer while it comes, in memory that does not grow with it.

What is not the list is kept, and judged at the end like any other answer: so an answer that breaks off, or
turns out to be a page of some proxy, is never taken for a short list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lgsp.domain.nesting import load

_TEXT = rb'"(?:[^"\\]|\\.)*+"'
_TOKEN = re.compile(rb'\{(?:[^{}\[\]"]|' + _TEXT + rb")*+\}|" + _TEXT + rb'|["{}\[\]]', re.DOTALL)
"""An object without another inside, a text, or a mark of structure."""

_LARGEST_ENVELOPE = 1 << 20
_LARGEST_ENTRY = 1 << 20
_BETWEEN = b" \t\r\n,"
_DEPTH = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}


class Broken(ValueError):  # noqa: N818 - named after what the answer is
    """An answer of which no list can be cut.

    Attributes:
        what: the oddity, as a stable name (`not-json`, `broken-off`, `too-large`).
    """

    def __init__(self, what: str, whose: str = "a system") -> None:
        super().__init__(f"reading an answer of {whose}: {what}")
        self.what = what


class Envelope:
    """The part of an answer that is not the inside of one of its values.

    Args:
        opening: the mark that begins the inside.
        key: the name of the value, in any case.
        fault: what is raised of an answer that cannot be cut.

    Attributes:
        inside: the value has begun, and is not over.
        over: it is over.
    """

    def __init__(self, opening: bytes, key: str = "data", fault: type[Broken] = Broken) -> None:
        self._opening = opening
        self._fault = fault
        name = re.escape(key.encode())
        self._begins = re.compile(rb'"' + name + rb'"\s*:\s*(?P<start>[\[{"]|[^\s\[{"])', re.IGNORECASE)
        self._kept = b""
        self.inside = False
        self.over = False

    def enter(self, piece: bytes) -> bytes:
        """Take what comes before the inside; return what of it is inside already."""
        self._keep(piece)
        found = self._begins.search(self._kept)
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

    def whole(self) -> bytes:
        """Return the answer without the inside of the value.

        Raises:
            Broken: it ends inside.
        """
        if self.inside:
            raise self._fault("broken-off")
        return self._kept

    def _keep(self, piece: bytes) -> None:
        self._kept += piece
        if len(self._kept) > _LARGEST_ENVELOPE:
            raise self._fault("too-large")


class RowStream:
    """Cuts the list of an answer into its rows.

    Feed every piece of the body in order, then ask for the `envelope`: only that tells whether the list is
    whole. Rows that were handed out before are nothing to act on until then.

    Args:
        key: the name under which the list stands.
        fault: what is raised of an answer that cannot be cut.
    """

    def __init__(self, key: str = "data", fault: type[Broken] = Broken) -> None:
        self._fault = fault
        self._around = Envelope(b"[", key, fault)
        self._held = b""

    def feed(self, piece: bytes) -> list[Any]:
        """Return the rows that are complete with this piece.

        Raises:
            Broken: a row is no JSON, or larger than a megabyte.
        """
        if self._around.over:
            self._around.leave(piece)
            return []
        self._held += piece if self._around.inside else self._around.enter(piece)
        return self._cut() if self._around.inside else []

    def envelope(self) -> bytes:
        """Return the body without the rows, when it has come to its end.

        Raises:
            Broken: it broke off.
        """
        return self._around.whole()

    def _cut(self) -> list[Any]:
        rows: list[Any] = []
        done = 0
        for start, end in self._spans():
            if self._held[done:start].strip(_BETWEEN):
                raise self._fault("no-entries")
            if self._held[start:end] == b"]":
                self._around.leave(self._held[start:])
                self._held = b""
                return rows
            rows.append(self._loads(self._held[start:end]))
            done = end
        self._hold(done)
        return rows

    def _spans(self) -> Iterator[tuple[int, int]]:
        """Yield where each whole row begins and ends, and last, where it is there, the end of the list."""
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
            raise self._fault("too-large")

    def _loads(self, text: bytes) -> Any:
        try:
            return load(text)
        except ValueError:
            raise self._fault("not-json") from None

"""Cutting the rows out of an answer of the portal while it comes, plain or wrapped by a proxy.

A provincial proxy puts the whole true answer as JSON text into its own `message`; such a text is read as it
comes, too, so that a list of a hundred thousand rows is never held as one text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

import orjson

from lgsp.formats.cutting import Broken, RowStream

_MARK = b"\xef\xbb\xbf"
_DEEPEST = 3
_LARGEST_HEAD = 1 << 20
_INSIDE = re.compile(rb'"message"\s*:\s*"\s*(?=[\[{])')
_PLAIN = re.compile(rb'"result"\s*:\s*[\[{]')
_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BARE = b'{"result":'


class AnswerRows:
    """Cuts the rows of one list out of an answer; feed every piece, then ask for the `envelope`.

    Args:
        key: the name under which the rows stand: `result`, or a name inside it.
        deep: how many answers may stand one in the other.
    """

    def __init__(self, key: str = "result", deep: int = _DEEPEST) -> None:
        self._key = key
        self._deep = deep
        self._head = b""
        self._plain: RowStream | None = None
        self._wrapped: _Wrapped | None = None

    def feed(self, piece: bytes) -> list[Any]:
        """Return the rows that are complete with this piece.

        Raises:
            Broken: it is nothing of which rows can be cut.
        """
        if self._plain is not None:
            return self._plain.feed(piece)
        if self._wrapped is not None:
            return self._wrapped.feed(piece)
        self._head += piece
        return self._begin()

    def envelope(self) -> bytes:
        """Return the answer without the rows, when it has come to its end.

        Raises:
            Broken: it broke off.
        """
        if self._plain is not None:
            return self._plain.envelope()
        return self._head if self._wrapped is None else self._wrapped.envelope()

    def _begin(self) -> list[Any]:
        """Decide from what came first how the answer is made."""
        if len(self._head) > _LARGEST_HEAD:
            raise Broken("too-large")
        head = self._head.removeprefix(_MARK)
        plain = _PLAIN.search(head)
        inside = _INSIDE.search(head) if self._deep > 1 else None
        if inside is not None and (plain is None or inside.start() < plain.start()):
            self._wrapped = _Wrapped(head[: inside.end()], AnswerRows(self._key, self._deep - 1))
            return self._wrapped.feed(head[inside.end() :])
        if plain is None:
            return []
        self._plain = RowStream(self._key)
        return self._plain.feed(head)


class _Wrapped:
    """An answer that stands as text in the message of another."""

    def __init__(self, before: bytes, inner: AnswerRows) -> None:
        self._before = before
        self._inner = inner
        self._held = b""
        self._after = b""
        self._bare = False
        self._begun = False

    def feed(self, piece: bytes) -> list[Any]:
        """Return the rows that are complete with this piece."""
        if self._after:
            self._keep(piece)
            return []
        self._held += piece
        found = _TEXT.match(self._held)
        end = found.end() if found else 0
        if self._held[end : end + 1] == b'"':
            text, after = self._held[:end], self._held[end:]
            self._held = b""
            rows = self._pass(text, last=True)
            self._keep(after)
            return rows
        return self._pass_some(end)

    def envelope(self) -> bytes:
        """Return the outer answer with the inner one, without its rows, as text."""
        if not self._after:
            raise Broken("broken-off")
        inner = orjson.dumps(self._inner.envelope().decode("utf-8", "replace"))
        return self._before + inner[1:-1] + self._after

    def _pass_some(self, end: int) -> list[Any]:
        """Hand on up to the last comma: no escape and no letter is cut there."""
        cut = self._held.rfind(b",", 0, end) + 1
        text, self._held = self._held[:cut], self._held[cut:]
        if len(self._held) > _LARGEST_HEAD:
            raise Broken("too-large")
        return self._pass(text) if text else []

    def _pass(self, text: bytes, *, last: bool = False) -> list[Any]:
        try:
            read = str(orjson.loads(b'"' + text + b'"')).encode()
        except ValueError:
            raise Broken("not-json") from None
        if not self._begun:
            self._begun = True
            self._bare = read.lstrip().startswith(b"[")
            read = _BARE + read if self._bare else read
        return self._inner.feed(read + b"}" if last and self._bare else read)

    def _keep(self, after: bytes) -> None:
        self._after += after
        if len(self._after) > _LARGEST_HEAD:
            raise Broken("too-large")


@dataclass(slots=True)
class Spooled:
    """A list as it came: each row a line of a file, so that only a page of it is in memory."""

    file: IO[bytes]
    key: str = "result"
    count: int = 0
    rows: AnswerRows = field(init=False)

    def __post_init__(self) -> None:
        self.empty()

    def empty(self) -> None:
        """Begin anew: the list is asked for once more."""
        self.rows, self.count = AnswerRows(self.key), 0
        self.file.seek(0)
        self.file.truncate()

    def take(self, piece: bytes) -> None:
        """Take the next piece of the answer."""
        for row in self.rows.feed(piece):
            self.file.write(orjson.dumps(row))
            self.file.write(b"\n")
            self.count += 1

    def rewind(self) -> None:
        """Go back to the first row."""
        self.file.seek(0)

    def page(self, size: int) -> list[Any]:
        """Return the next rows, at most so many; none at the end."""
        return [orjson.loads(line) for line in islice(self.file, size)]

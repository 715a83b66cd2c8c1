"""A hundred thousand short texts in one block of memory, found by what they say."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate


class Texts:
    """Texts by number, in the order in which they came. More may come behind them; nothing changes one."""

    __slots__ = ("_blob", "_ends")

    def __init__(self) -> None:
        self._blob = bytearray()
        self._ends = array("I", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def raw(self, number: int) -> bytes:
        """Return a text as it is kept: UTF-8, which sorts as its code points do."""
        return bytes(self._blob[self._ends[number] : self._ends[number + 1]])

    def __getitem__(self, number: int) -> str:
        return self._blob[self._ends[number] : self._ends[number + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def take(self, texts: Iterable[str]) -> None:
        """Take texts in behind the others."""
        raws = [text.encode() for text in texts]
        self._ends.extend(accumulate(map(len, raws), initial=self._ends.pop()))
        self._blob += b"".join(raws)

    def copy(self) -> Texts:
        """Return the same texts, to which others may come."""
        made = Texts()
        made._blob += self._blob
        made._ends = self._ends[:]
        return made


class Index:
    """Numbers of texts, sorted by what the texts say; equal ones stay in their order."""

    __slots__ = ("_order", "_texts")

    def __init__(self, texts: Texts, numbers: Iterable[int]) -> None:
        self._texts = texts
        self._order = array("I", sorted(numbers, key=texts.raw))

    def find(self, text: str) -> list[int]:
        """Return the numbers of the texts that say this."""
        wanted, raw, order = text.encode(), self._texts.raw, self._order
        found = []
        for place in range(bisect_left(order, wanted, key=raw), len(order)):
            if raw(order[place]) != wanted:
                break
            found.append(order[place])
        return found

    def beginning(self, start: str) -> Iterator[int]:
        """Yield the numbers of the texts that begin so, sorted by what they say."""
        wanted, raw, order = start.encode(), self._texts.raw, self._order
        for place in range(bisect_left(order, wanted, key=raw), len(order)):
            if not raw(order[place]).startswith(wanted):
                return
            yield order[place]

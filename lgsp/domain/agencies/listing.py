"""What lists say of agencies: a hundred thousand entries in memory, by code and by the other code of each.

A list says who is there, from the day on which that was first read; it closes nothing by an act. So all that
it says is told as a fact of its own, with the list as its source, and a decision goes before it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from lgsp.domain.agencies.entries import Row
from lgsp.domain.agencies.facts import Confidence, Fact
from lgsp.domain.agencies.texts import Index, Texts
from lgsp.domain.codes import Form, read_agency

_DAY = timedelta(days=1)
_DEEPEST = 255
_TEXTS = ("code", "identity", "name", "other", "parent")


class Source(NamedTuple):
    """A list.

    Attributes:
        name: its system and its job, `document-axis agencies`.
        said: what it names as its source.
    """

    name: str
    said: str
    confidence: Confidence


class Told(NamedTuple):
    """What a list said of an agency from one day to another.

    Attributes:
        fact: as of those days; its id names list and row, and cannot be withdrawn.
        code: as the list writes it.
        other: the other code of the body; empty for none.
    """

    fact: Fact
    code: str
    other: str


class Rows:
    """Rows of lists, in columns. More may come behind them, until a listing is made of them."""

    __slots__ = ("days", "levels", "listed", "numbers", "sources", "texts")

    def __init__(self) -> None:
        self.texts = {name: Texts() for name in _TEXTS}
        self.numbers, self.days, self.sources = array("I"), array("I"), array("H")
        self.listed, self.levels = bytearray(), bytearray()

    def take(self, source: int, rows: Sequence[Row]) -> None:
        """Take rows of one list in, behind those of it that are there."""
        for name, kept in zip(_TEXTS, zip(*map(_kept, rows), strict=True), strict=False):
            self.texts[name].take(kept)
        self.numbers.extend(row.number for row in rows)
        self.days.extend(row.since.toordinal() if row.since else 0 for row in rows)
        self.sources.extend([source] * len(rows))
        self.listed.extend(row.listed for row in rows)
        self.levels.extend(min(row.entry.level, _DEEPEST) for row in rows)

    def copy(self) -> Rows:
        """Return the same rows, to which others may come."""
        made = Rows()
        made.texts = {name: texts.copy() for name, texts in self.texts.items()}
        made.numbers, made.days, made.sources = self.numbers[:], self.days[:], self.sources[:]
        made.listed, made.levels = self.listed[:], self.levels[:]
        return made


class Listing:
    """What all lists say. It never changes: what is said later is another one, made of more rows.

    Attributes:
        sources: the lists.
        heads: number of the newest row of each.
        names: of the rows, in their order.
    """

    def __init__(
        self, sources: Sequence[Source] = (), heads: Sequence[int] = (), rows: Rows | None = None
    ) -> None:
        self.sources = tuple(sources)
        self.heads = tuple(heads)
        self._rows = rows or Rows()
        texts = self._rows.texts
        self.names = texts["name"]
        self._by_identity = Index(texts["identity"], range(len(self.names)))
        self._by_other = Index(texts["other"], (n for n in range(len(self.names)) if texts["other"].raw(n)))

    def __len__(self) -> int:
        """Return how many rows there are, those of the past too."""
        return len(self.names)

    def rows(self) -> Rows:
        """Return its rows, to which others may come."""
        return self._rows.copy()

    def told(self, identity: str) -> list[Told]:
        """Return what lists ever said of a code, list by list, the earliest first."""
        runs: dict[tuple[int, str], list[int]] = {}
        for row in self._by_identity.find(identity):
            runs.setdefault((self._rows.sources[row], self._rows.texts["code"][row]), []).append(row)
        return [told for run in runs.values() for told in self._spans(run)]

    def told_of_other(self, identity: str) -> list[Told]:
        """Return what lists ever said of the bodies that they give this code as their other one."""
        names = self._rows.texts["identity"]
        codes = dict.fromkeys(names[row] for row in self._by_other.find(identity))
        return [told for code in codes for told in self.told(code) if told.other == identity]

    def identity(self, row: int) -> str:
        """Return the code that a row is about."""
        return self._rows.texts["identity"][row]

    def identities(self, start: str = "") -> Iterator[str]:
        """Yield the codes that lists speak of, sorted, each once: those that begin so."""
        last = None
        for row in self._by_identity.beginning(start):
            code = self.identity(row)
            if code != last:
                yield code
            last = code

    def _spans(self, run: Sequence[int]) -> Iterator[Told]:
        """Yield the rows of one list and code as facts; one that held for no day does not count."""
        rows = self._rows
        for row, newer in zip(run, [*run[1:], None], strict=True):
            first, last = _day(rows.days[row]), None
            if newer is not None:
                if not rows.days[newer] or rows.days[newer] == rows.days[row]:
                    continue
                last = date.fromordinal(rows.days[newer]) - _DAY
            if rows.listed[row]:
                yield self._told(row, first, last)

    def _told(self, row: int, first: date | None, last: date | None) -> Told:
        rows, source = self._rows, self.sources[self._rows.sources[row]]
        said = {name: texts[row] for name, texts in rows.texts.items()}
        fact = Fact(
            said["identity"], said["name"], rows.levels[row] or None, said["parent"], first, last,
            source.said, source.confidence, id=f"{source.name} {rows.numbers[row]}",
        )  # fmt: skip
        return Told(fact, said["code"] or fact.code, said["other"])


def _kept(row: Row) -> tuple[str, ...]:
    """Return the texts of a row; what the identity says already takes no place twice."""
    entry, identity = row.entry, row.identity
    code = "" if entry.code == identity else entry.code
    return code, identity, entry.name, row.other, _above(entry.parent, identity) if entry.parent else ""


def _above(written: str, identity: str) -> str:
    """Return the identity of the body above, unless a code of the new form tells it anyway."""
    read = read_agency(written)
    told = read.form is Form.NEW and identity.isupper() and identity.rpartition(".")[0] == read.identity
    return "" if told or read.identity == identity else read.identity


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


NOTHING = Listing()
"""No list."""

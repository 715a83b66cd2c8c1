"""Ways to go through the numbers of messages in order, each along an index that holds them in that order.

Whoever searches draws numbers from a way and looks at those messages alone. No way ever reads more of an
index than what it is asked for, however much there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from lgsp.journal.contract import Transaction

_AT_ONCE = 16
"""Ranges that are asked for in one statement."""
WINDOW = 20_000
"""Deliveries that are looked through in one go where no index leads to those that are wanted."""


class Span(NamedTuple):
    """Which numbers are meant, and from which end.

    Attributes:
        above, below: the numbers next to the range, which do not belong to it.
        down: the highest come first.
    """

    above: int
    below: int
    down: bool = True

    def behind(self, number: int) -> Span:
        """Return what lies behind a number, in the span's direction."""
        return self._replace(below=number) if self.down else self._replace(above=number)

    def ordered(self, numbers: Sequence[int]) -> list[int]:
        """Return numbers in the span's direction, each once."""
        return sorted(set(numbers), reverse=self.down)

    def further(self, one: int, other: int) -> bool:
        """Tell whether a number lies behind another, in the span's direction."""
        return one < other if self.down else one > other


class Drawn(NamedTuple):
    """What a way gave.

    Attributes:
        numbers: in the span's direction.
        upto: nothing is left out up to this number; None when the way is at its end.
    """

    numbers: list[int]
    upto: int | None


class Way(Protocol):
    """A way through the numbers of messages that may match."""

    def draw(self, tx: Transaction, span: Span, count: int) -> Drawn:
        """Return the first numbers of a span, about so many."""


@dataclass(slots=True, frozen=True)
class Along:
    """The ranges of an index whose last column is the number of a message.

    Attributes:
        table: whose index it is.
        columns: before the number, in the index's order.
        ranges: the values of these columns, one tuple for each range.
        number: the column of the number.
        only: the condition of a partial index, in its very words.
    """

    table: str
    columns: Sequence[str]
    ranges: Sequence[Sequence[Any]]
    number: str = "message_id"
    only: str = ""

    def draw(self, tx: Transaction, span: Span, count: int) -> Drawn:
        """See `Way.draw`: the first of all ranges together are among the first of each."""
        found: list[int] = []
        for start in range(0, len(self.ranges), _AT_ONCE):
            some = list(self.ranges[start : start + _AT_ONCE])
            full = 1 << (len(some) - 1).bit_length()  # few statements are ever prepared
            sql = " UNION ALL ".join([self._range(place, down=span.down) for place in range(full)])
            some += [some[0]] * (full - len(some))  # more of the same, of which nothing is wanted
            wanted = [count if start + place < len(self.ranges) else 0 for place in range(full)]
            values = [
                value for at, most in zip(some, wanted, strict=True) for value in (*at, *span[:2], most)
            ]
            found += [row[0] for row in tx.rows(sql, values)]
        found.sort(reverse=span.down)
        if len(found) < count:  # no range gave all it was asked for
            return Drawn(span.ordered(found), None)
        return Drawn(span.ordered(found[:count]), found[count - 1])

    def _range(self, place: int, *, down: bool) -> str:
        """Return the SELECT of one range."""
        rules = [self.only] if self.only else []
        rules += [*(f"{name} = ?" for name in self.columns), f"{self.number} > ?", f"{self.number} < ?"]
        turn = " DESC" if down else ""
        return (
            f"SELECT * FROM (SELECT {self.number} FROM {self.table} WHERE {' AND '.join(rules)}"
            f" ORDER BY {self.number}{turn} LIMIT ?) AS r{place}"
        )


@dataclass(slots=True, frozen=True)
class Through:
    """Open deliveries for which a condition holds, in the order of their messages, a window at a time.

    Attributes:
        rule: the condition, and its values.
    """

    rule: str
    values: Sequence[Any] = ()

    def draw(self, tx: Transaction, span: Span, count: int) -> Drawn:
        """See `Way.draw`: what is behind the window is asked for next."""
        turn, end = ("DESC", "min") if span.down else ("", "max")
        window = (
            "(SELECT message_id, state, system, cause FROM deliveries WHERE message_id > ? AND message_id < ?"
            f" ORDER BY message_id {turn} LIMIT {WINDOW}) AS w"
        )
        seen, last = tx.rows(f"SELECT count(*), {end}(message_id) FROM {window}", span[:2])[0]
        sql = f"SELECT message_id FROM {window} WHERE {self.rule} ORDER BY message_id {turn} LIMIT ?"
        found = [row[0] for row in tx.rows(sql, (*span[:2], *self.values, count))]
        if len(found) == count:
            return Drawn(span.ordered(found), found[-1])
        return Drawn(span.ordered(found), last if seen == WINDOW else None)


@dataclass(slots=True, frozen=True)
class Named:
    """A few numbers that are known."""

    known: Sequence[int]

    def draw(self, tx: Transaction, span: Span, count: int) -> Drawn:  # noqa: ARG002 - there are few
        """See `Way.draw`."""
        inside = [number for number in self.known if span.above < number < span.below]
        return Drawn(span.ordered(inside), None)


@dataclass(slots=True, frozen=True)
class Together:
    """Several ways at once: a number that any of them gives."""

    ways: Sequence[Way]

    def draw(self, tx: Transaction, span: Span, count: int) -> Drawn:
        """See `Way.draw`: nothing behind the first end that is not known for sure."""
        drawn = [way.draw(tx, span, count) for way in self.ways]
        ends = [one.upto for one in drawn if one.upto is not None]
        numbers = span.ordered([number for one in drawn for number in one.numbers])
        if not ends:
            return Drawn(numbers, None)
        end = max(ends) if span.down else min(ends)
        return Drawn([number for number in numbers if not span.further(number, end)], end)


def sparsest(tx: Transaction, ways: Sequence[Way], span: Span, count: int) -> tuple[Way, Drawn]:
    """Return the way of which so many numbers lead furthest, with what it gave: it leaves most out."""
    best: tuple[Way, Drawn] | None = None
    for way in ways:
        drawn = way.draw(tx, span, count)
        if best is None or _sparser(span, drawn, best[1]):
            best = way, drawn
        if drawn.upto is None:
            break  # all of it
    assert best is not None, "there is always a way"  # noqa: S101 - whoever searches gives at least one
    return best


def _sparser(span: Span, one: Drawn, other: Drawn) -> bool:
    return one.upto is None or (other.upto is not None and span.further(one.upto, other.upto))


def values_of(  # noqa: PLR0913, PLR0917 - the terms of a look along an index
    tx: Transaction,
    table: str,
    column: str,
    before: Sequence[tuple[str, Any]] = (),
    only: str = "",
    span: tuple[str, str] = ("", ""),
    limit: int = 2000,
) -> list[Any]:
    """Return the values that an index's column has, in order, each found by one step from the one before.

    Args:
        tx: the snapshot to read.
        table: whose index it is.
        column: of the index.
        before: the index's columns before it, and the value of each.
        only: the condition of a partial index, in its very words.
        span: the first value that is wanted, and the first that is not any more, if any.
        limit: how many at most.
    """
    first, last = span
    rules = [*([only] if only else []), *(f"{name} = ?" for name, _ in before)]
    rules += [f"{column} < ?"] if last else []
    given = [*(value for _, value in before), *([last] if last else [])]
    start, step = " AND ".join([*rules, f"{column} >= ?"]), " AND ".join([*rules, f"{column} > s.v"])
    sql = (
        f"WITH RECURSIVE s(v) AS (SELECT min({column}) FROM {table} WHERE {start} UNION ALL"
        f" SELECT (SELECT min({column}) FROM {table} WHERE {step}) FROM s WHERE s.v IS NOT NULL)"
        " SELECT v FROM s WHERE v IS NOT NULL LIMIT ?"
    )
    return [row[0] for row in tx.rows(sql, [*given, first, *given, limit])]


def number_at(tx: Transaction, moment: int) -> int:
    """Return the number of the first message that was taken on at a time (microseconds) or later, about.

    Numbers rise with time but for transactions that ran side by side.
    """
    low, high = (tx.rows(f"SELECT {end}(id) FROM messages")[0][0] or 0 for end in ("min", "max"))
    while low <= high:
        middle = (low + high) // 2
        sql = "SELECT id, accepted_at FROM messages WHERE id >= ? ORDER BY id LIMIT 1"
        number, at = tx.rows(sql, (middle,))[0]
        if at < moment:
            low = number + 1
        else:
            high = middle - 1
    return low

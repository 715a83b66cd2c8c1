"""How often systems were asked lately, by whom and with which ending: counts of the newest questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.enquiry import Ending
from lgsp.journal.contract import Transaction

MOST = 20_000
"""Questions that are counted at most, the newest first: what is asked each tick has to stay quick."""
SLOW = 3_000_000
"""Microseconds from which on an answer is slow to somebody who stands at a counter."""
_NEWEST = "SELECT source, system, type, outcome, took, age, at FROM asks ORDER BY id DESC LIMIT ?"
_COUNTED = (
    "SELECT source, system, type, outcome, count(*), coalesce(max(took), 0),"
    " coalesce(sum(CASE WHEN age IS NULL THEN took ELSE 0 END), 0),"
    " sum(CASE WHEN took >= ? THEN 1 ELSE 0 END), count(age), min(at)"
    f" FROM ({_NEWEST}) newest WHERE at >= ? GROUP BY source, system, type, outcome"
    " ORDER BY source, system, type, outcome"
)


@dataclass(slots=True, frozen=True)
class Count:
    """The questions of one source to one system, of one type and with one ending.

    Attributes:
        longest: microseconds of the one that took longest.
        took: microseconds of all of them together that were not answered from memory.
        slow: how many took `SLOW` or longer.
        remembered: how many were answered from memory.
    """

    source: str
    system: str
    type: str
    ending: Ending
    count: int
    longest: int
    took: int
    slow: int
    remembered: int


@dataclass(slots=True, frozen=True)
class Lately:
    """What was counted.

    Attributes:
        since: microseconds since 1970: older questions are not among them.
        cut: there were more than `MOST` since the time that was asked for.
    """

    counts: tuple[Count, ...]
    since: int
    cut: bool


def lately(tx: Transaction, since: int, most: int = MOST) -> Lately:
    """Return how often was asked since a time (microseconds), as far as the newest `most` questions go."""
    rows = tx.rows(_COUNTED, (SLOW, most, since))
    counts = tuple(_count(row) for row in rows)
    cut = sum(one.count for one in counts) >= most
    return Lately(counts, min((int(row[9]) for row in rows), default=since) if cut else since, cut)


def _count(row: Sequence[Any]) -> Count:
    source, system, type_, outcome, *numbers, _ = row
    count, longest, took, slow, remembered = map(int, numbers)
    return Count(source, system, type_, Ending(outcome), count, longest, took, slow, remembered)

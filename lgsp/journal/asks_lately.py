"""How often systems were asked lately, by whom and with which ending: counts of the newest questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lgsp.enquiry import Ending
from lgsp.journal.contract import Transaction

MOST = 20_000
"""Questions that are counted at most, the newest first: what is asked each tick has to stay quick."""
MOST_LOOKED = 5_000
"""Questions that are looked at for systems that do not answer."""
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


_STATES = "SELECT id, system, outcome, cause, age, at FROM asks ORDER BY id DESC LIMIT ?"
_HEARD = (
    f"SELECT system, max(id) AS id FROM ({_STATES}) good WHERE age IS NULL AND outcome IN"
    f" ({Ending.ANSWERED:d}, {Ending.ABSENT:d}, {Ending.REFUSED:d}) GROUP BY system"
)
_SILENT = (
    "SELECT n.system, min(n.at), count(*),"
    f" max(CASE WHEN n.outcome = {Ending.FAILED:d} THEN n.id END), max(n.id)"
    f" FROM ({_STATES}) n LEFT JOIN ({_HEARD}) h ON h.system = n.system"
    f" WHERE n.at >= ? AND n.outcome IN ({Ending.FAILED:d}, {Ending.LATE:d}, {Ending.TURNED_AWAY:d})"
    " AND coalesce(n.cause, '') NOT IN ('caller-gone', 'quota-used-up', 'too-busy', 'journal-unavailable')"
    " AND n.system <> '' AND n.id > coalesce(h.id, 0) GROUP BY n.system ORDER BY n.system"
)
"""Who gave up, and what we ourselves would not ask, says nothing of a far side."""
_CAUSES = "SELECT id, cause FROM asks WHERE id IN ({})"


@dataclass(slots=True, frozen=True)
class Silent:
    """A system that gave none of the newest answers.

    Attributes:
        since: microseconds since 1970: of the first question that had none.
        count: how many had none.
        cause: why, of the newest of which that is known.
    """

    system: str
    since: int
    count: int
    cause: str


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


def silent(tx: Transaction, since: int, most: int = MOST_LOOKED) -> list[Silent]:
    """Return the systems whose newest questions got no answer, as far as the newest of all questions go.

    Args:
        tx: a look.
        since: microseconds; older questions do not count.
        most: how many of the newest are looked at.
    """
    rows = tx.rows(_SILENT, (most, most, since))
    causes = dict(tx.among(_CAUSES, [row[3] or row[4] for row in rows])) if rows else {}
    return [
        Silent(system, int(at), int(count), causes.get(failed or last) or "deadline-passed")
        for system, at, count, failed, last in rows
    ]


def _count(row: Sequence[Any]) -> Count:
    source, system, type_, outcome, *numbers, _ = row
    count, longest, took, slow, remembered = map(int, numbers)
    return Count(source, system, type_, Ending(outcome), count, longest, took, slow, remembered)

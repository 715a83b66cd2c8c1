"""The figures of a period, made of what was added before it and in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from lgsp.domain.statistics.definitions import APART, Definition
from lgsp.domain.statistics.lives import Life
from lgsp.domain.statistics.moves import COLUMNS, REASONS, moves

Vector = Sequence[int]
"""What was added to each of `COLUMNS`."""
NOTHING: Vector = (0,) * len(COLUMNS)

FIGURES = (
    "received", "online", "direct", "carried_over", "total", "early", "on_time", "late", "in_time", "solved",
    "withdrawn", "stopped", "in_process", "in_process_on_time", "in_process_late", "waiting", "refused",
    "unclassified", *REASONS,
)  # fmt: skip
"""The columns of a table: those of `lgsp.domain.figures`, and what stands apart. What is refused or
unclassified is in no other column; the reasons are part of `unclassified`. What is `waiting` is in process,
and neither within nor beyond term; where the way to count does not tell it apart it is 0."""
_AT = MappingProxyType({column: n for n, column in enumerate(COLUMNS)})


def added(one: Vector, other: Vector) -> Vector:
    """Return the sum of two."""
    return [a + b for a, b in zip(one, other, strict=True)]


def figures(definition: Definition, before: Vector, during: Vector) -> dict[str, int]:
    """Return the figures of a period.

    Args:
        definition: the way to count.
        before: what was added before the period began.
        during: what was added in it, until the moment as of which it is counted.
    """
    whole = added(before, during)
    received = _sum(during, ("online", "direct"))
    carried = _in_process(definition, before)
    in_process, late = _in_process(definition, whole), whole[_AT["overdue"]]
    waiting = whole[_AT["waiting"]] if definition.waiting == APART else 0
    told = {column: during[_AT[column]] for column in COLUMNS[:8]}
    return told | {
        "received": received,
        "carried_over": carried,
        "total": received + carried,
        "in_time": _sum(during, ("early", "on_time")),
        "solved": _sum(during, definition.solving),
        "in_process": in_process,
        "in_process_on_time": in_process - late - waiting,
        "in_process_late": late,
        "waiting": waiting,
        "unclassified": _sum(whole, REASONS),
        **{reason: whole[_AT[reason]] for reason in REASONS},
    }


def of_one(definition: Definition, life: Life, begins: int, ends: int) -> Mapping[str, int]:
    """Return what one life counts in the figures of a period: 0 or 1 in each.

    Args:
        definition: the way to count.
        life: as it was known.
        begins: the first moment of the period.
        ends: the moment as of which it is counted.
    """
    before, during = [0] * len(COLUMNS), [0] * len(COLUMNS)
    for move in moves(life, definition):
        if move.at < ends:
            (before if move.at < begins else during)[_AT[move.column]] += move.number
    return figures(definition, before, during)


def _in_process(definition: Definition, whole: Vector) -> int:
    return _sum(whole, ("online", "direct")) - _sum(whole, definition.leaving)


def _sum(vector: Vector, columns: Iterable[str]) -> int:
    return sum(vector[_AT[column]] for column in columns)

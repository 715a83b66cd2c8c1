"""Which anchors are there when events come: delivered there, found there, or brought by that very system."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from lgsp.journal.contract import Transaction
from lgsp.journal.promoting import dispatch, make_present, next_heads
from lgsp.journal.turns import Frame

_PRESENT = "SELECT line, type FROM presence WHERE line IN ({}) AND how <> 'unsure'"
_CAME = "SELECT DISTINCT partitionkey, source, type FROM messages WHERE partitionkey IN ({})"


class Asked(NamedTuple):
    """An anchor that an event needs at a system."""

    line: bytes
    system: str
    type: str
    partitionkey: str


def present(tx: Transaction, asked: Collection[Asked]) -> tuple[set[tuple[bytes, str]], list[Frame]]:
    """Return which anchors (line, type) are there, and the frames of what was parked for one until now.

    What a system brought itself is there: that is written down, so that it is looked for once.
    """
    if not asked:
        return set(), []
    lines = sorted({one.line for one in asked})
    found = {(bytes(line), type_) for line, type_ in tx.among(_PRESENT, lines)}
    missing = [one for one in asked if (one.line, one.type) not in found]
    brought = _brought(tx, missing)
    make_present(tx, [(one.line, one.type, "origin", None, None) for one in brought])
    frames = dispatch(tx, next_heads(tx, [one.line for one in brought])) if brought else []
    return found | {(one.line, one.type) for one in brought}, frames


def _brought(tx: Transaction, missing: Collection[Asked]) -> list[Asked]:
    keys = sorted({one.partitionkey for one in missing})
    came = {tuple(row) for row in tx.among(_CAME, keys)} if keys else set()
    return [one for one in dict.fromkeys(missing) if (one.partitionkey, one.system, one.type) in came]

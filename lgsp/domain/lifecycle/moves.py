"""Telling an ordinary move between two statuses from an odd one, by a table that is data.

An odd move is a finding, never a reason to turn a dossier away: what the source tells is kept as it was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from lgsp.domain.dossier import STATUSES
from lgsp.domain.tables import rows


class Move(Enum):
    """What kind of step it is from one status to the next; the values are the letters of `moves.tsv`."""

    NONE = "."
    ORDINARY = "o"
    JUMP = "j"
    RESET = "r"


def move(before: str, after: str) -> Move:
    """Return what the step from one status to another is.

    Args:
        before: the canonical word of the status that was known.
        after: the one that is told now.

    Raises:
        KeyError: a word that is no status.
    """
    return MOVES[before, after]


def _table() -> Mapping[tuple[str, str], Move]:
    words = [status.word for status in STATUSES]
    read = rows("lifecycle/moves.tsv")
    return MappingProxyType({(row["from"], word): Move(row[word]) for row in read for word in words})


MOVES = _table()
"""Every pair of statuses."""
